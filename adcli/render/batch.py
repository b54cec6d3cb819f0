"""What became of the rows of a file: one line, and one for each cause."""

from __future__ import annotations

from adcli.batch.run import Cause, Summary
from adcli.render import View


def render(summary: Summary, view: View) -> str:
    """The summary as lines for stderr."""
    threads = f", {summary.threads} threads" if summary.threads > 1 else ""
    parts = [_rows(summary.rows)]
    if summary.failed:
        parts.append(f"{summary.failed:,} without a result" + (" left out" if summary.skipped else ""))
    lines = [f"adcli: {', '.join(parts)} (engine {', then '.join(summary.engines)}{threads})"]
    lines += [_cause(cause) for cause in (*summary.failures, *summary.kinks)]
    return "\n".join(lines) + "\n"


def _cause(cause: Cause) -> str:
    where = cause.first if cause.count == 1 else f"first in {cause.first}"
    return f"  {_rows(cause.count)}: {cause.message} ({where})"


def _rows(count: int) -> str:
    return f"{count:,} row" + ("" if count == 1 else "s")
