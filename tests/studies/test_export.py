"""Exported code, run: every operation of the table in every language whose compiler is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from exported import RUNNERS, at, expressible, missing, program

from adcli.studies.export.export import export
from adcli.studies.export.targets import target


@pytest.mark.parametrize("to", RUNNERS)
def test_every_operation_of_the_table_is_right_in(to: str, tmp_path: Path) -> None:
    """With its derivatives, at its sampled points, to 1e-12: compiled and run, the code says so itself."""
    tool, run = RUNNERS[to]
    if missing(tool):
        pytest.skip(f"there is no {tool} here")
    name, _, dialect = to.partition(":")
    ops, refused = expressible(name, dialect or None)
    assert not refused
    found = export(program(ops), to=name, dialect=dialect or None, what=["value"], self_test=True, points=at(ops))
    file = tmp_path / f"program{target(name, dialect or None).extension}"
    file.write_text(found.code, encoding="utf-8")
    done = run(file)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
