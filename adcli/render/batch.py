"""What became of the rows of a file: one line, and one for each cause."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.batch.summary import Cause, Summary
from adcli.errors import counted
from adcli.render import View
from adcli.render.screen import one_line

MOST_COLUMNS = 5
"""Columns named in a line, and perhaps one; of more, the number is said."""


def render(
    summary: Summary,
    view: View,
    replaced: Sequence[str] = (),
    surplus: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> str:
    """The summary as lines for stderr; with the columns that --at *replaced*, those that are no variables, and *notes*
    of what was guessed."""
    threads = f", {summary.threads} threads" if summary.threads > 1 else ""
    parts = [_rows(summary.rows)]
    if summary.failed:
        parts.append(f"{summary.failed:,} without a result" + (" left out" if summary.skipped else ""))
    lines = [f"adcli: {', '.join(parts)} (engine {', then '.join(summary.engines)}{threads})"]
    if summary.declined:
        lines.append(f"  {summary.declined}")
    lines += [f"  {note}" for note in notes]
    lines += [_cause(cause) for cause in (*summary.failures, *summary.kinks)]
    if replaced:
        lines.append(f"  not read, since --at gives a value: {_columns(replaced)}")
    if surplus:
        lines.append(f"  not in the formula: {_columns(surplus)}")
    return "".join(one_line(line) + "\n" for line in lines)


def _columns(names: Sequence[str]) -> str:
    few = names if len(names) <= MOST_COLUMNS + 1 else names[:MOST_COLUMNS]
    more = f" and {len(names) - len(few)} more" if len(names) > len(few) else ""
    return f"column{'' if len(names) == 1 else 's'} {', '.join(few)}{more}"


def _cause(cause: Cause) -> str:
    where = cause.first if cause.count == 1 else f"first in {cause.first}"
    return f"  {_rows(cause.count)}: {cause.message} ({where})"


def _rows(count: int) -> str:
    return counted(count, "row")
