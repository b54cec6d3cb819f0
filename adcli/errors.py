"""The exception family: every failure that a user can meet, with its exit code and its place in the text.

An error says what is wrong (`message`), where (`span` in `text`, shown with a caret), why it came about
(`notes`, one line each, below the caret) and what to do next (`hint`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

Span = tuple[int, int]
"""Half-open range [start, end) in characters of a source text."""


class AdcliError(Exception):
    """Base of all errors that adcli raises on purpose.

    `text` is the source that `span` points into, `origin` what to call it (a file's name, "--at" …;
    None for an expression of the command line). Who raises an error deep inside may leave both out:
    whoever holds the text fills them in with `located`.
    """

    kind: ClassVar[str] = "usage"
    exit_code: ClassVar[int] = 2

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        *,
        hint: str | None = None,
        notes: tuple[str, ...] = (),
        text: str | None = None,
        origin: str | None = None,
    ) -> None:
        message = brief(message)
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint and brief(hint)
        self.notes = tuple(map(brief, notes))
        self.text = text
        self.origin = origin

    def __str__(self) -> str:
        """The message, the place in the text, the notes and the hint, as the command prints them."""
        import adcli

        text: str = adcli.displayed(self, "text")
        return text

    def saying(self, message: str, notes: tuple[str, ...] | None = None) -> AdcliError:
        """The same error in other words."""
        why = self.notes if notes is None else notes
        return type(self)(message, self.span, hint=self.hint, notes=why, text=self.text, origin=self.origin)

    def located(self, text: str, origin: str | None = None) -> AdcliError:
        """Fill in the source text where it is still missing; returns the error itself, for `raise e.located(t)`."""
        if self.text is None:
            self.text, self.origin = text, origin
        return self


class UsageError(AdcliError):
    """The command's words do not fit together: options, values, names of inputs."""


class SyntaxFault(AdcliError):
    """The text is no sentence of the language."""

    kind = "syntax"


class NameFault(AdcliError):
    """A name that is not known, lacks a value, or may not be used so."""

    kind = "name"


class LimitError(AdcliError):
    """A stated limit (input size, nodes, unrolling, nesting of definitions) is exceeded."""

    kind = "limit"


class DomainError(AdcliError):
    """No value, or no finite derivative, exists at this point."""

    kind = "domain"
    exit_code = 3


class RangeError(AdcliError):
    """The value or the derivative exists but exceeds what a double can hold."""

    kind = "overflow"
    exit_code = 3


class KinkError(AdcliError):
    """No derivative exists at this point, and the convention is refused."""

    kind = "kink"
    exit_code = 3


class UndeterminedError(AdcliError):
    """The chain rule meets 0 × ∞ or ∞ - ∞: the derivative may exist, but not as this product."""

    kind = "undetermined"
    exit_code = 3


class UndecidedError(AdcliError):
    """No number of digits that adcli tries tells whether there is a value or a derivative, or which it is."""

    kind = "undecided"
    exit_code = 3


class FileError(AdcliError):
    """A file cannot be read or written."""

    kind = "file"
    exit_code = 4


class DataError(AdcliError):
    """A file was read, but what stands in it cannot be used."""

    kind = "data"
    exit_code = 4


_typed = False


@contextmanager
def typed() -> Iterator[None]:
    """For the command line: within it, `option` spells options as they are typed."""
    global _typed
    before, _typed = _typed, True
    try:
        yield
    finally:
        _typed = before


def option(name: str, value: object = None) -> str:
    """An option as whoever asks would write it: `--precision 30` on the command line, `precision=30` in Python."""
    if value is None:
        return "--" + name.replace("_", "-") if _typed else name
    if _typed:
        if isinstance(value, dict):
            value = ",".join(f"{key}={number}" for key, number in value.items())
        elif isinstance(value, list):
            value = ",".join(map(str, value))
        return option(name) if value is True else f"{option(name)} {value}"
    if isinstance(value, dict):
        said = "{" + ", ".join(f'"{key}": {number}' for key, number in value.items()) + "}"
    else:
        said = f'"{value}"' if isinstance(value, str) else str(value)
    return f"{name}={said}"


def line_of(text: str, position: int) -> tuple[int, int, int]:
    """Line number (from 1) of *position*, and the [start, end) of that line in *text*."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text.count("\n", 0, start) + 1, start, len(text) if end < 0 else end


def reason(fault: OSError) -> str:
    """Why the operating system refused, in the middle of a sentence."""
    said = fault.strerror or str(fault)
    return said[:1].lower() + said[1:]


def counted(count: int, thing: str, things: str = "") -> str:
    """ "1 output", "2 outputs"; of what has another plural, *things*: "1 entry", "2 entries"."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names with commas between them, at most so many."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def there_are(names: Sequence[str], thing: str = "") -> str:
    """ "there is x", "there are x, y"; of things: "there is 1 input: x", "there are 2 inputs: x, y"."""
    count = f"{counted(len(names), thing)}: " if thing else ""
    return f"there {'is' if len(names) == 1 else 'are'} {count}{listed(names)}"


def shown(given: Any) -> str:
    """Something to quote: its start where it is long."""
    try:
        text = repr(given)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        text = f"{'an integer' if isinstance(given, int) else 'something'} of more than 4,300 digits"
    return text if len(text) <= 40 else text[:39] + "…"


LONGEST_WORD, LONGEST = 300, 2_000
"""Characters that a sentence may quote in one word, and that it may have."""


def brief(sentence: str) -> str:
    """The sentence as somebody can read it, whatever it quotes: long words, and a long whole, lose their middle."""
    if len(sentence) > LONGEST_WORD:
        sentence = " ".join([_cut(word, LONGEST_WORD) for word in sentence.split(" ")])
    return _cut(sentence, LONGEST)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most * 2 // 3]}…{text[-most // 4 :]}"
