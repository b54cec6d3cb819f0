"""How the command line is called in tests."""

from __future__ import annotations

import pytest
from calling import Run
from click.testing import CliRunner, Result

from adcli.cli import main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command line in this process; `input` is what is piped into it."""
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("ADCLI_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: str, input: str | bytes | None = None, exit: int = 0) -> Result:
        done = CliRunner().invoke(main, list(words), input=input)
        assert done.exit_code == exit, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done

    return call
