"""The verdict on a gradient from elsewhere as text."""

from __future__ import annotations

from adcli.errors import counted
from adcli.render import View
from adcli.render.numbers import exact, rounded
from adcli.render.sheet import Cell, Part, Said, Sheet, Short, written
from adcli.studies.gradients.check import OK, UNDECIDED, WRONG, GradientCheck, Verdict

DIGITS = 10
"""Digits of the numbers that are compared, unless others are asked for."""
_MARKS = {OK: "✓", WRONG: "✗", UNDECIDED: "?"}


def render(result: GradientCheck, format: str, view: View) -> str:
    """The verdicts in one of the formats of tables; for programs a line for each entry."""
    if format == "json":
        return written([], result, format, view)
    if format == "value":
        return "".join(f"{entry.verdict}\n" for entry in result.entries)
    if format == "plain":
        return "".join(
            f"{entry.name}\t{entry.verdict}\t{exact(entry.claimed)}\t{_number(entry.true)}\t{entry.slip}\n"
            for entry in result.entries
        )
    heads = ["", "", "claimed", "true", "± error"]
    sheet = Sheet(heads, [_row(entry, view) for entry in result.entries], left=2)
    if format == "csv":
        heads = ["name", "verdict", "claimed", "true", "error", "slip"]
        rows = [[e.name, e.verdict, e.claimed, e.true, e.error, e.slip] for e in result.entries]
        return written([Sheet(heads, rows)], result, format, view)
    return written([Said(_what(result)), sheet, *_verdicts(result, view)], result, format, view)


def _number(number: float | None) -> str:
    return "" if number is None else exact(number)


def _row(entry: Verdict, view: View) -> list[Cell]:
    digits = view.digits or DIGITS
    true = None if entry.true is None else rounded(entry.true, digits)
    error = None if not entry.error else Short(entry.error, 1)
    return [_MARKS[entry.verdict], entry.name, rounded(entry.claimed, digits), true, error]


def _what(result: GradientCheck) -> str:
    where = "at the point" if result.points == 1 else f"at {result.points} points, each entry where it is worst"
    against = "differences of the function" if result.against == "differences" else "the formula"
    return f"the gradient of `{result.gradient}` against {against}, {where}"


def _verdicts(result: GradientCheck, view: View) -> list[Part]:
    found: list[Part] = []
    for entry in result.entries:
        if entry.verdict != OK:
            said = f"{entry.name}: {entry.slip or 'differences do not settle'}"
            at = ", ".join(f"{name} = {rounded(x, view.digits)}" for name, x in list(entry.at.items())[:6])
            if entry.verdict == WRONG and not entry.slip:
                said = f"{entry.name} is wrong"
            found.append(Said(f"{said} ({at})", "✗" if entry.verdict == WRONG else "!"))
    if result.ok:
        right = [entry for entry in result.entries if entry.verdict == OK]
        found.append(Said(counted(len(right), "entry agrees", "entries agree"), "✓"))
    return found
