"""`adcli check-gradient` from the command line: its formats and its exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from calling import Run

from adcli.render import FORMATS

CODE = """
import json, sys
for line in sys.stdin:
    x = json.loads(line)["x"]
    print(json.dumps({"x": [2*a for a in x[:-1]] + [x[-1]]}), flush=True)
"""


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, ...]:
    """Σ xᵢ², of which the last derivative lacks its 2."""
    file = tmp_path / "theirs.py"
    file.write_text(CODE, encoding="utf-8")
    theirs = f"'{sys.executable}' '{file}'"
    return (
        "check-gradient",
        "--gradient",
        theirs,
        "--against",
        "x[1]^2 + x[2]^2 + x[3]^2",
        "--at",
        "x=[1,2,3]",
        "--points",
        "3",
    )


def test_a_wrong_entry_exits_with_1(run: Run, words: tuple[str, ...]) -> None:
    """And says what is wrong, in JSON and for people."""
    found = json.loads(run(*words, "--format", "json", exit=1).stdout)
    assert (found["command"], found["ok"], found["points"]) == ("check-gradient", False, 3)
    assert [entry["verdict"] for entry in found["entries"]] == ["ok", "ok", "wrong"]
    assert found["entries"][2]["name"] == "x[3]"
    table = run(*words, "--format", "table", exit=1).stdout
    assert "✗   x[3]" in table
    assert "✗ x[3]: " in table


@pytest.mark.parametrize("format", FORMATS)
def test_the_verdict_in_every_format(run: Run, words: tuple[str, ...], format: str) -> None:
    """Each names what is wrong."""
    text = run(*words, "--format", format, exit=1).stdout
    assert "wrong" in text or "the exponent is missing" in text


def test_a_command_is_wanted(run: Run) -> None:
    """And something to hold it against."""
    assert "whose gradient?" in run("check-gradient", "--at", "x=1", exit=2).stderr
    said = run("check-gradient", "--gradient", "true", "--at", "x=1", exit=2).stderr
    assert "add --function CMD or --against EXPR" in said
