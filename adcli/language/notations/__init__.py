"""`--syntax mathematica|maxima|…`: the notations of papers and other programs, by one parser and a table for each.

A text becomes a graph with its places, so that errors point into what was written. From then on the program's text
is that graph in adcli's own language: what was understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from adcli.errors import AdcliError, LimitError
from adcli.graph import Graph

SYNTAXES = ("latex", "mathematica", "maxima", "python", "excel", "julia", "matlab")
MAX_TEXT = 20_000_000
"""A text in another notation may have this many characters."""


def read(syntax: str, text: str | Sequence[str], *, origin: str | None = None) -> Graph:
    """The graph of a text, or of several, in one of SYNTAXES, with spans in the text (joined by line breaks).

    Raises SyntaxFault, NameFault, LimitError.
    """
    from adcli.language.notations.pratt import Parser
    from adcli.language.notations.writer import Writer

    notation = import_module(f"adcli.language.notations.{syntax}").NOTATION
    texts = (text,) if isinstance(text, str) else tuple(text)
    whole = "\n".join(texts)
    writer = Writer(notation, whole)
    start = 0
    for part in texts:
        try:
            if len(part) > MAX_TEXT:
                raise LimitError(f"a text has at most {MAX_TEXT:,} characters here", (0, len(part)))
            for tree in Parser(notation, part).statements():
                writer.statement(tree)
        except AdcliError as error:
            first, last = error.span or (0, len(part))
            error.span = (start + first, start + last)
            raise error.located(whole, origin) from None
        start += len(part) + 1
    try:
        return writer.finish()
    except AdcliError as error:
        raise error.located(whole, origin) from None


def parse_foreign(syntax: str, text: str | Sequence[str], *, origin: str | None = None) -> Graph:
    """The graph of a text in one of SYNTAXES, whose own `text` is what was understood, in adcli's language."""
    from adcli.language.printer import unparse
    from adcli.language.texts import parse

    return parse(unparse(read(syntax, text, origin=origin)))
