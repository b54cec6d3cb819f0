"""What works with nothing but the four packages that adcli depends on."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("click", "rich", "sympy", "mpmath", "pygments", "markdown_it", "mdurl")


@pytest.fixture
def bare(tmp_path: Path):
    """Runs adcli where no other package can be imported; gives the exit status, the output and the errors."""
    library = tmp_path / "library"
    library.mkdir()
    for name in (*PACKAGES, "adcli"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            (library / name).symlink_to(next(iter(spec.submodule_search_locations)))
    environment = {**os.environ, "PYTHONPATH": str(library)}

    def run(*words: str, input: str = "") -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-S", "-m", "adcli", *words],
            input=input,
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_csv_and_json_lines_need_nothing(bare) -> None:
    """Nor do many rows."""
    many = "x\n" + "1.5\n" * 60_000
    assert bare("grad", "x^2", "--data", "-", "--keep", "none", input="x\n3\n")[1] == "value,d_x\n9.0,6.0\n"
    status, out, _ = bare("grad", "erf(x)", "--data", "-", input=many)
    assert status == 0
    assert out.count("\n") == 60_001
    assert '"d_x": 6.0' in bare("grad", "x^2", "--data", "-", "--data-format", "jsonl", input='{"x": 3}\n')[1]


def test_what_needs_the_extra_says_so(bare, tmp_path: Path) -> None:
    """Parquet, the engines numpy and llvm."""
    (tmp_path / "p.parquet").write_bytes(b"PAR1")
    for words in (["--data", "p.parquet"], ["--data", "-", "--engine", "numpy"], ["--data", "-", "-o", "o.parquet"]):
        status, _, errors = bare("grad", "x^2", *words, input="x\n3\n")
        assert status == 2
        assert "adcli[data]" in errors
    status, _, errors = bare("grad", "x^2", "--data", "-", "--engine", "llvm", input="x\n3\n")
    assert status == 2
    assert "adcli[fast]" in errors
    assert not (tmp_path / "o.parquet").exists()
