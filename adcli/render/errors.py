"""Errors and warnings for people: the sentence, the place in the source with carets under it, what to do next."""

from __future__ import annotations

from adcli.errors import AdcliError, Span, brief, line_of
from adcli.render.screen import BOLD, RED, YELLOW, head, one_line, paint, width_of
from adcli.results import Notice, Result

WIDTH = 100
"""How long a source line may be where the terminal does not say."""

_VALUE = "the value of "
"""How the origin of a constant expression begins, before the name that has it."""


class Sources:
    """The texts that were joined, by newlines, to one program, each with what to call it (None: typed as an EXPR)."""

    __slots__ = ("origins", "texts")

    def __init__(self, texts: tuple[str, ...] = (), origins: tuple[str | None, ...] = ()) -> None:
        self.texts = texts
        self.origins = origins

    def find(self, text: str, span: Span) -> tuple[str, Span, str | None] | None:
        """The text in which `span` of the joined program lies, and its place there; None if `text` is another."""
        if len(text) != sum(map(len, self.texts)) + max(len(self.texts) - 1, 0) or text != "\n".join(self.texts):
            return None
        start = 0
        for part, origin in zip(self.texts, self.origins, strict=True):
            if span[0] <= start + len(part):
                return part, (span[0] - start, min(span[1] - start, len(part))), origin
            start += len(part) + 1
        return None


def report(fault: AdcliError, sources: Sources | None = None, *, width: int | None = None, color: bool = False) -> str:
    """The error as the command prints it, ending in a newline."""
    lead = f"{paint('adcli:', BOLD, color)} {paint('error:', BOLD + ';' + RED, color)}"
    return f"{lead} {described(fault, sources, width=width, color=color)}\n"


def described(
    fault: AdcliError, sources: Sources | None = None, *, width: int | None = None, color: bool = False
) -> str:
    """What is wrong, where, why, and what to do next: lines of text."""
    lines = [one_line(fault.message)]
    if fault.text is not None and fault.span is not None:
        lines += excerpt(fault.text, fault.span, fault.origin, sources, width=width, color=color)
    lines += [f"  {one_line(note)}" for note in fault.notes]
    if fault.hint:
        lines.append(f"  {paint('hint:', BOLD, color)} {one_line(fault.hint)}")
    return "\n".join(lines)


def warning(
    notice: Notice, text: str, sources: Sources | None = None, *, width: int | None = None, color: bool = False
) -> str:
    """A warning in the form of an error."""
    mark = paint("warning:", BOLD + ";" + YELLOW, color)
    lines = [f"{paint('adcli:', BOLD, color)} {mark} {one_line(brief(notice.message))}"]
    if notice.span is not None and text:
        lines += excerpt(text, notice.span, None, sources, width=width, color=color)
    return "\n".join(lines) + "\n"


def read_as(program: str, *, color: bool = False) -> str:
    """How a formula was read, in adcli's language: beside the words where it is one line, else below them."""
    lines = [one_line(line) for line in program.splitlines()]
    before = " " if len(lines) == 1 else "\n  "
    return f"{paint('adcli:', BOLD, color)} read as{before}" + "\n  ".join(lines) + "\n"


def excerpt(
    text: str,
    span: Span,
    origin: str | None = None,
    sources: Sources | None = None,
    *,
    width: int | None = None,
    color: bool = False,
) -> list[str]:
    """The line that holds `span`, carets below it, and in front the file and line unless the text is one short EXPR.

    A line longer than `width` is shown around the place; a place of several lines up to the first line's end.
    """
    found = sources.find(text, span) if sources and origin is None else None
    if found:
        text, span, origin = found
    number, first, last = line_of(text, min(span[0], len(text)))
    line = one_line(text[first:last])
    start, end = (len(one_line(text[first : min(place, last)])) for place in span)
    end = max(start + 1, end)
    lead = "  "
    above = []
    if origin is not None and origin.startswith("--"):
        lead = f"  {origin} "
    elif origin is not None and origin.startswith(_VALUE):
        lead = f"  {origin.removeprefix(_VALUE)} = "
    elif origin is not None:
        above = [f"  {one_line(origin)}:{number}:"]
    elif "\n" in text.strip("\n"):
        above = [f"  line {number}:"]
    line, start, end = _window(line, start, end, (width or WIDTH) - len(lead))
    gap = width_of(line[:start])
    carets = "^" * max(1, width_of(line[start:end]))
    return [*above, lead + line, " " * (len(lead) + gap) + paint(carets, RED, color)]


def _window(line: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """As much of the line around [start, end) as fits into `room` columns, and where the place is in it."""
    before, place, after = width_of(line[:start]), max(width_of(line[start:end]), 1), width_of(line[end:])
    if before + place + after <= room:
        return line, start, end
    room = max(room, 20) - 2  # for a … at each end
    spare = max(room - place, 0)
    before = min(before, max(spare // 2, spare - after))
    first = start - len(head(line[:start][::-1], before))
    last = first + len(head(line[first:], room))
    left, right = "…" if first else "", "…" if last < len(line) else ""
    return left + line[first:last] + right, start - first + len(left), max(min(end, last), start) - first + len(left)


def disagreement(result: Result, *, color: bool = False) -> str:
    """What a failed cross-check says."""
    assert result.check is not None
    detail = one_line(brief(result.check.detail)) or f"{result.check.against} disagrees"
    return f"{paint('adcli:', BOLD, color)} {paint('check failed:', BOLD + ';' + RED, color)} {detail}\n"
