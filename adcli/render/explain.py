"""Reasons for derivatives: a tree of lines, nested lists, or a page."""

from __future__ import annotations

import html
from collections.abc import Iterator

from adcli.render import View
from adcli.render.derived import evidence, fraction, named
from adcli.render.sheet import Code, Part, Said, written
from adcli.studies.diff.diff import Derivatives, Derived
from adcli.studies.diff.explain import CHECKED, Step
from adcli.studies.equal.points import DIGITS


def render(result: Derivatives, format: str, view: View) -> str:
    """The steps to each derivative, in one of the formats."""
    if format == "html":
        return _html(result)
    if format == "latex":
        return "\n".join(_latex(result, entry) for entry in result.entries)
    if format == "markdown":
        return "\n".join(_markdown(entry) for entry in result.entries)
    blocks = []
    for entry in result.entries:
        lines: list[str] = []
        for step in entry.steps:
            lines += [*_tree(step), ""]
        blocks.append("\n".join([*lines, f"{named(entry)} = {entry.text}", ""]))
    parts: list[Part] = [Said(said(result), "✓"), *evidence(result)]
    if format == "plain":
        return "\n".join(blocks) + "\n" + "".join(f"# {part.text}\n" for part in parts if isinstance(part, Said))
    return written([*(Code(block.rstrip("\n").split("\n")) for block in blocks), *parts], result, format, view)


def said(result: Derivatives) -> str:
    """How the lines were checked."""
    count = sum(len(list(step.all())) for entry in result.entries for step in entry.steps)
    lines = f"each of the {count} lines" if count > 1 else "the line"
    return f"{lines} agrees with adcli's forward mode at {CHECKED} points, to {DIGITS} digits"


def reason(step: Step) -> str:
    """The rule and what its letters stand for."""
    given = ", ".join(f"{letter} = {text}" for letter, text in step.letters)
    return f"{step.rule}: {step.statement}" + (f" with {given}" if given else "")


def _tree(step: Step, first: str = "", rest: str = "") -> Iterator[str]:
    """The lines of a tree."""
    mark = " (as above)" if step.again else ""
    yield f"{first}({step.subject})' = {step.result}{mark}"
    if step.again:
        return
    yield f"{rest}{'│' if step.steps else ' '}    {reason(step)}"
    for position, below in enumerate(step.steps):
        last = position == len(step.steps) - 1
        yield from _tree(below, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _markdown(entry: Derived) -> str:
    lines = [f"**{named(entry)}**", ""]

    def write(step: Step, depth: int) -> None:
        indent = "  " * depth
        lines.append(
            f"{indent}- `({step.subject})' = {step.result}`" + (" (as above)" if step.again else f": {_worded(step)}")
        )
        if not step.again:
            for below in step.steps:
                write(below, depth + 1)

    for step in entry.steps:
        write(step, 0)
    lines += ["", f"So {named(entry)} = `{entry.text}`.", ""]
    return "\n".join(lines)


def _worded(step: Step) -> str:
    given = ", ".join(f"`{letter} = {text}`" for letter, text in step.letters)
    return f"{step.rule}, `{step.statement}`" + (f" with {given}" if given else "")


def _latex(result: Derivatives, entry: Derived) -> str:
    """Nested lists; LaTeX's own hold four levels, so deeper ones are one list."""
    from adcli.render.display import display
    from adcli.render.latex import words

    lines: list[str] = []

    def formula(text: str) -> str:
        name, equals, rest = text.partition(" = ")
        return f"{display(name)} = {display(rest)}" if equals else display(text)

    def write(step: Step, depth: int) -> None:
        by = display(step.by)
        sign = rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}} {by}}}"
        body = rf"${sign}\left[{formula(step.subject)}\right] = {display(step.result)}$"
        given = ", ".join(
            f"${display(letter) if letter != 'condition' else letter} = {display(text)}$"
            for letter, text in step.letters
        )
        why = "as above" if step.again else words(step.rule) + (f" with {given}" if given else "")
        lines.append(rf"\item {body}: {why}")
        if step.steps and not step.again:
            nested = depth < 3
            if nested:
                lines.append(r"\begin{itemize}")
            for below in step.steps:
                write(below, depth + 1)
            if nested:
                lines.append(r"\end{itemize}")

    lines.append(r"\begin{itemize}")
    for step in entry.steps:
        write(step, 0)
    lines.append(r"\end{itemize}")
    lines.append(rf"\[ {fraction(result, entry)} = {display(entry.text)} \]")
    return "\n".join(lines) + "\n"


def _html(result: Derivatives) -> str:
    """A page of nested lists that open and close."""
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><title>Derivatives, step by step</title>',
        "<style>body{font:16px/1.5 sans-serif;margin:2em;max-width:60em}code{font-size:1em}"
        "ul{list-style:none;border-left:1px solid #ccc;padding-left:1.2em}.rule{color:#555}</style></head><body>",
    ]

    def code(text: str) -> str:
        return f"<code>{html.escape(text)}</code>"

    def write(step: Step) -> None:
        given = ", ".join(code(f"{letter} = {text}") for letter, text in step.letters)
        why = (
            "as above"
            if step.again
            else f"{html.escape(step.rule)}: {code(step.statement)}" + (f" with {given}" if given else "")
        )
        line = f'{code(f"({step.subject})′ = {step.result}")} <span class="rule">{why}</span>'
        if not step.steps or step.again:
            lines.append(f"<li>{line}</li>")
            return
        lines.append(f"<li><details open><summary>{line}</summary><ul>")
        for below in step.steps:
            write(below)
        lines.append("</ul></details></li>")

    for entry in result.entries:
        lines.append(f"<h2>{html.escape(named(entry))} = {code(entry.text)}</h2><ul>")
        for step in entry.steps:
            write(step)
        lines.append("</ul>")
    lines.append(f"<p>{html.escape(said(result))}.</p></body></html>")
    return "\n".join(lines) + "\n"
