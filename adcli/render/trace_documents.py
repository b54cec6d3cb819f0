"""Traces for documents: LaTeX, and a page of HTML that needs nothing else."""

from __future__ import annotations

import re

from adcli.language.notation import Latex
from adcli.language.notations import letters
from adcli.render import View, latex
from adcli.render.numbers import rounded
from adcli.render.screen import one_line
from adcli.render.trace_rows import ALONG, BACK, PRIMAL, RowWriter, Section, hidden
from adcli.results import Number
from adcli.studies.naming import Form
from adcli.studies.trace.trace import Trace


def render(result: Trace, format: str, view: View) -> str:
    """The traces as latex or html."""
    return {"latex": _latex, "html": _html}[format](result, view)


# LaTeX


class _LatexForm(Form):
    """Names in LaTeX."""

    def input(self, name: str) -> str:
        return letters.name(name)

    def seed(self, name: str) -> str:
        return _accented("dot", self.input(name))

    def output_seed(self, name: str) -> str:
        return _accented("bar", self.input(name))

    def literal(self, text: str) -> str:
        constants = {"pi": r"\pi", "E": "e", "True": r"\text{true}", "False": r"\text{false}"}
        return constants.get(text) or latex.number(text.lower())


def _accented(accent: str, name: str) -> str:
    """A name with a dot or a bar, which its index does without."""
    base, _, index = name.partition("_{") if name[:1] != "\\" else (name, "", "")
    return rf"\{accent} {{{base}}}" + (f"_{{{index}" if index else "")


class _LatexWriter(RowWriter):
    form = _LatexForm("v_{#}", r"\dot v_{#}", r"\bar v_{#}")
    rules = Latex()
    statements = Latex(r" \times ")
    filled = Latex(r" \times ")

    def __init__(self, result: Trace, view: View) -> None:
        super().__init__(result, View(digits=view.digits))

    def number(self, value: Number | bool) -> str:
        if isinstance(value, bool):
            return r"\text{true}" if value else r"\text{false}"
        return latex.number(rounded(value, self.view.digits, self.result.precision))

    def name(self, written: str) -> str:
        return ", ".join(map(_primed, written.split(", ")))

    def partial(self, output: str, name: str) -> str:
        return rf"\partial {self.name(output)} / \partial {self.name(name)}"

    def because(self, note: str) -> str:
        return rf" \quad \text{{as {latex.words(note)}}}"


def _primed(written: str) -> str:
    """A variable's version: a, a′, a⁽⁴⁾."""
    bare = written.rstrip("′″‴⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹")
    raised = written[len(bare) :].translate(str.maketrans("⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹", "()0123456789"))
    primes = "′″‴".find(raised) + 1 if raised else 0
    return letters.name(bare) + ("'" * primes if primes or not raised else f"^{{{raised}}}")


def _latex(result: Trace, view: View) -> str:
    """A tabular for each trace; it needs amsmath."""
    arrows = {PRIMAL: r" $\downarrow$", ALONG: r" $\downarrow$", BACK: ", last node first"}
    blocks = []
    for section in _LatexWriter(result, view).sections():
        labels = any(row.label for row in section.rows)
        lines = [
            r"{\noindent\renewcommand{\arraystretch}{1.3}%",
            rf"\begin{{tabular}}{{{'l' * labels}l@{{\enspace}}l@{{\enspace}}l@{{\enspace}}l}}",
            rf"\multicolumn{{{4 + labels}}}{{l}}{{{latex.words(section.title)}{arrows[section.kind]}}} \\ \hline",
        ]
        for row in section.rows:
            cells = [
                f"${row.name}$",
                *(f"$= {cell}$" if cell else "" for cell in (row.formula, row.numbers, row.value)),
            ]
            if labels:
                cells.insert(0, f"${row.label}$" if row.label else "")
            lines.append(" & ".join(cells) + r" \\")
        lines.append(r"\end{tabular}\par\medskip}")
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join([*blocks, *(f"% {note}\n" for note in hidden(result))])


# A page of its own

_STYLE = """
:root { color-scheme: light dark; --quiet: #767676; --line: #8886; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
h1 { font-size: 1.15rem; font-weight: 600; }
code { font: 1em ui-monospace, monospace; }
.traces { display: flex; flex-wrap: wrap; gap: 0 3rem; align-items: flex-start; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; color: var(--quiet); padding: .3em 0; }
td { padding: .15em .5em .15em 0; vertical-align: baseline; white-space: nowrap; }
td { font-family: "STIX Two Text", Cambria, Georgia, "DejaVu Serif", serif; }
td.value { font-weight: 600; }
td.label, .quiet { color: var(--quiet); }
tr.end td { border-top: 1px solid var(--line); }
tr:hover td { background: #0b61; }
sub, sup { line-height: 0; font-size: .75em; }
"""
_LOWERED = re.compile("[₋₀-₉]+")
_RAISED = re.compile(r"\^(\([^()]*\)|[\w.]+(?:<sub>[^<]*</sub>)?)")
_DIGITS = str.maketrans("₋₀₁₂₃₄₅₆₇₈₉", "−0123456789")


def _html(result: Trace, view: View) -> str:
    """A page that needs nothing else."""
    from html import escape

    def formula(text: str) -> str:
        lowered = _LOWERED.sub(lambda found: f"<sub>{found[0].translate(_DIGITS)}</sub>", escape(text))
        return _RAISED.sub(lambda found: f"<sup>{found[1].strip('()')}</sup>", lowered)

    def section_table(section: Section) -> str:
        labels = any(row.label for row in section.rows)
        lines = [f"<table>\n<caption>{escape(section.heading(view))}</caption>\n"]
        below = False
        for row in section.rows:
            lines.append('<tr class="end">' if row.end and not below else "<tr>")
            below = row.end
            if labels:
                lines.append(f'<td class="label">{escape(row.label)}</td>')
            lines.append(f"<td>{formula(row.name)}</td>")
            lines += [f"<td>{f'= {formula(cell)}' if cell else ''}</td>" for cell in (row.formula, row.numbers)]
            lines.append(f'<td class="value">= {formula(row.value)}</td></tr>\n')
        return "".join([*lines, "</table>\n"])

    writer = RowWriter(result, View(digits=view.digits))
    point = ", ".join(f"{name} = {rounded(value, view.digits, result.precision)}" for name, value in result.at.items())
    title = "; ".join(one_line(text) for text in result.expr)
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n",
        f"<h1><code>{escape(title)}</code></h1>\n",
        f'<p class="quiet">at {escape(point)}</p>\n' if point else "",
        f'<div class="traces">\n{"".join(map(section_table, writer.sections()))}</div>\n',
        *(f'<p class="quiet">{escape(note)}</p>\n' for note in hidden(result)),
        *(f'<p class="quiet">{escape(notice.message)}</p>\n' for notice in result.warnings),
        "</body>\n</html>\n",
    ]
    return "".join(parts)
