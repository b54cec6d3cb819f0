"""How the command line is called in tests of rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adcli.cli import main

FORMULA = "ln(x1)+x1*x2-sin(x2)"


@pytest.fixture
def grad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`adcli grad` of the running formula, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*words: str, input: str | bytes | None = None, exit: int = 0, formula: str = FORMULA) -> Result:
        done = CliRunner().invoke(main, ["grad", formula, *words], input=input)
        assert done.exit_code == exit, done.output
        return done

    return call
