"""`--syntax latex|mathematica|maxima`: notations of other programs, read by SymPy's readers.

SymPy's readers evaluate what they read, or take what they do not know for something else (`\\mathrm{rate}` for a
product of ten letters). So each notation is cut into words here first, which locates what is wrong and lets
nothing through but names, numbers, brackets, operators and known functions; and SymPy sees stand-ins for names and
numbers only. What it makes of their structure becomes a graph as any SymPy expression does, and the program's
text from then on is that graph written in adcli's own language: errors point into what has been understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from adcli.errors import AdcliError, LimitError, Span, SyntaxFault
from adcli.graph import Graph

if TYPE_CHECKING:
    from adcli.language.foreign.words import StandIns

SYNTAXES = ("latex", "mathematica", "maxima")


class Reader(Protocol):
    """What the module of a notation defines under this name."""

    stand_ins: StandIns

    def spelled(self, text: str) -> Iterable[tuple[str, Span]]:
        """The expressions of a text as SymPy's reader gets them, and where each stands."""

    def read(self, spelling: str) -> Any:
        """What SymPy's reader makes of one."""


def parse_foreign(syntax: str, text: str | Sequence[str], *, origin: str | None = None) -> Graph:
    """The graph of a text, or of several, in one of SYNTAXES; its own `text` is in adcli's language.

    Raises SyntaxFault, NameFault, LimitError; UsageError where a reader is not installed.
    """
    from adcli.language.foreign.writer import ForeignWriter
    from adcli.language.parser import parse
    from adcli.language.printer import unparse

    reader: Reader = import_module(f"adcli.language.foreign.{syntax}").Reader()
    writer = ForeignWriter(reader.stand_ins)
    outputs: list[int] = []
    texts = (text,) if isinstance(text, str) else tuple(text)
    start = 0
    for part in texts:
        span = (0, len(part))
        try:
            for spelling, place in reader.spelled(part):
                span = place
                outputs.append(_written(reader, writer, spelling, syntax))
        except AdcliError as error:
            first, last = error.span or span
            error.span = (start + first, start + last)
            raise error.located("\n".join(texts), origin) from error.__cause__
        start += len(part) + 1
    return parse(unparse(writer.finish(outputs)))


def _written(reader: Reader, writer: Any, spelling: str, syntax: str) -> int:
    try:
        node: int = writer.write(reader.read(spelling))
    except AdcliError:
        raise
    except (RecursionError, MemoryError):
        raise LimitError("the expression is too deep for SymPy's reader") from None
    except Exception as error:  # SymPy's readers raise what they like
        raise SyntaxFault(f"SymPy's reader of {syntax} cannot read this") from error
    return node
