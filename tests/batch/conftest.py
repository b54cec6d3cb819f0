"""How the command line is called in tests of rows, and the engines that take a minute to begin: once for all tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


def slow(name: str, package: str) -> Any:
    """What is imported by a test that is only run where it is asked for by name."""
    if name not in os.environ.get("ADCLI_FAR", "").split(","):
        pytest.skip(f"ADCLI_FAR={name} runs it")
    return pytest.importorskip(package)


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Any]:
    """A session of Spark on this machine."""
    sql = slow("spark", "pyspark.sql")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = sql.SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", False).getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def ray_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Ray on this machine. A process reads its token once; without a file of the tests' own, one would be made in the
    user's home."""
    token = tmp_path_factory.mktemp("ray") / "token"
    token.write_text(os.urandom(32).hex())
    os.environ["RAY_AUTH_TOKEN_PATH"] = str(token)
    ray = slow("ray", "ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()
