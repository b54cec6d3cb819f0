"""The correction of a learner's table, as text."""

from __future__ import annotations

from adcli.render import View
from adcli.render.numbers import rounded
from adcli.render.screen import GREEN, RED, one_line, paint
from adcli.studies.trace.grading import FOLLOWS, UNKNOWN, UNREAD, Correction, Grade

LISTED = 8
"""How many names a line lists."""


def render(result: Grade, format: str, view: View) -> str:
    """A few sentences, or JSON."""
    if format == "json":
        return _json(result, view)
    lines = _verdict(result, view)
    if result.rounded:
        names = _list([f"{entry.name} {one_line(entry.given)}" for entry in result.rounded])
        lines.append(f"rounded, and accepted: {names}")
    if result.missing:
        lines.append(f"missing: {_list(list(result.missing))}")
    if result.unread:
        lines.append(f"columns that were not read: {_list([one_line(name) for name in result.unread])}")
    return "".join(f"{line}\n" for line in lines)


def _verdict(result: Grade, view: View) -> list[str]:
    def number(entry: Correction) -> str:
        value = entry.expected
        if isinstance(value, bool):
            return str(value).lower()
        return rounded(value, view.digits, result.precision)

    if result.right:
        mark = paint("✓", GREEN, view.color)
        if result.count == 1:
            return [f"{mark} the one entry is right" + ("" if result.missing else "; well done")]
        return [f"{mark} all {result.count} entries are right" + ("" if result.missing else "; well done")]
    mark = paint("✗", RED, view.color)
    first, *others = result.wrong
    what = "is no number" if first.verdict == UNREAD else "is wrong"
    line = f"{mark} line {first.line}: {one_line(first.name)} = {one_line(first.given)} {what}; "
    if first.verdict == UNKNOWN:
        beside = [entry for entry in others if entry.line == first.line and entry.verdict == UNKNOWN]
        others = [entry for entry in others if entry not in beside]
        either = f", and no {_list([one_line(entry.name) for entry in beside])} either" if beside else ""
        lines = [line + f"there is no {first.quantity} of that name{either}"]
    else:
        lines = [line + f"it is {number(first)}"]
    if first.slip:
        lines.append(f"  probably {first.slip}")
    strangers = [entry for entry in others if entry.verdict == UNKNOWN]
    others = [entry for entry in others if entry.verdict != UNKNOWN]
    if others:
        follow = sum(entry.verdict == FOLLOWS for entry in others)
        more = f"{len(others)} more {'entry differs' if len(others) == 1 else 'entries differ'}"
        why = "" if not follow else f", {'all' if follow == len(others) else follow} of them because of an earlier one"
        why = ", because of an earlier one" if follow == len(others) == 1 else why
        lines.append(f"  {more}{why}: {_list([one_line(entry.name) for entry in others])}")
    if strangers:
        rows: dict[int, list[str]] = {}
        for entry in strangers:
            rows.setdefault(entry.line, []).append(one_line(entry.name))
        more = f"{len(rows)} more {'row has a name' if len(rows) == 1 else 'rows have names'}"
        lines.append(f"  {more} that the trace does not have: {_list([' and '.join(row) for row in rows.values()])}")
    return lines


def _list(names: list[str]) -> str:
    return ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")


def _json(result: Grade, view: View) -> str:
    from adcli.render.json import render as render_json

    def entry(found: Correction) -> dict[str, object]:
        return {
            name: getattr(found, name) for name in ("line", "name", "quantity", "given", "expected", "verdict", "slip")
        }

    own = {
        "right": result.right,
        "entries": result.count,
        "wrong": [entry(found) for found in result.wrong],
        "rounded": [entry(found) for found in result.rounded],
        "missing": result.missing,
    }
    return render_json(result, view, own)
