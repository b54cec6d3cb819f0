"""Manual pages: roff for `man`, out of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_FENCED = re.compile(r"^```.*?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\([^)]*\)")
_ESCAPES = str.maketrans({"\\": "\\e", "-": "\\-", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"})
_HEADS = {"## ": ".SH", "### ": ".SS", "#### ": ".SS"}


def manual(name: str, about: str, text: str) -> str:
    """The page called *name*, of section 1, whose text is Markdown without its first heading."""
    from adcli import __version__

    return "".join(
        f"{line}\n"
        for line in [
            f'.TH {_quoted(name.upper())} 1 "" {_quoted("adcli " + __version__)} {_quoted("adcli")}',
            ".SH NAME",
            f"{_plain(name)} \\- {_plain(about)}",
            *_body(text),
        ]
    )


def _body(text: str) -> Iterator[str]:
    """The text: programs as they stand, everything else by its lines."""
    place = 0
    for found in _FENCED.finditer(text):
        yield from _blocks(text[place : found.start()])
        yield from _verbatim(found[1].splitlines())
        place = found.end()
    yield from _blocks(text[place:])


def _blocks(text: str) -> Iterator[str]:
    """Headings, lists, tables, indented programs and paragraphs, with empty lines between them."""
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        lines = [line for line in block.splitlines() if line.strip()]
        while lines and (head := next((mark for mark in _HEADS if lines[0].startswith(mark)), "")):
            title = lines.pop(0).removeprefix(head)
            yield f"{_HEADS[head]} {_quoted(title.upper() if head == '## ' else title)}"
        if not lines:
            continue
        if lines[0].startswith("    "):
            yield from _verbatim(line[4:] for line in lines)
        elif lines[0].startswith("|"):
            yield from _table(lines)
        elif lines[0].startswith("- "):
            yield from _list(lines)
        else:
            yield ".PP"
            yield from map(_inline, lines)


def _verbatim(lines: Iterable[str]) -> Iterator[str]:
    yield from (".PP", ".RS 4", ".nf")
    yield from map(_plain, lines)
    yield from (".fi", ".RE")


def _table(lines: list[str]) -> Iterator[str]:
    """A row is a term with what it means: tables of pages are no wider than that."""
    for line in lines[2:]:
        first, *rest = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
        yield from (".TP", _inline(first), _inline("; ".join(cell for cell in rest if cell)) or "\\&")


def _list(lines: list[str]) -> Iterator[str]:
    """Items; one that begins with a word in code and a colon is a term with what it means."""
    items: list[str] = []
    for line in lines:
        if line.startswith("- "):
            items.append(line[2:])
        else:
            items[-1] += " " + line.strip()
    for item in items:
        term = re.match(r"(`[^`]+`): (.*)", item, re.DOTALL)
        yield from (".TP", _inline(term[1]), _inline(term[2])) if term else (".IP \\(bu 2", _inline(item))


def _inline(text: str) -> str:
    """A line with code and what is strong in bold, and stresses in italics."""
    pieces, place = [], 0
    for found in _INLINE.finditer(text):
        code, strong, stressed, link = found.groups()
        pieces.append(_plain(text[place : found.start()]))
        style = "I" if stressed else "B" if code or strong else "R"
        pieces.append(rf"\f{style}{_escaped(code or strong or stressed or link)}\fR")
        place = found.end()
    line = "".join([*pieces, _escaped(text[place:])])
    return rf"\&{line}" if line[:1] in (".", "'") else line


def _plain(text: str) -> str:
    """A line as it stands."""
    line = _escaped(text)
    return rf"\&{line}" if line[:1] in (".", "'") else line


def _escaped(text: str) -> str:
    """Text in which roff reads nothing: hyphens are minus signs, which can be copied."""
    return text.translate(_ESCAPES)


def _quoted(text: str) -> str:
    return '"' + _escaped(text).replace('"', "\\(dq") + '"'
