"""Compiled functions over what other engines hold: thin files upon the one face of Arrow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

from adcli.errors import UsageError

ENGINES = {"dask": "dask", "duckdb": "duckdb", "pandas": "pandas", "polars": "polars", "pyspark": "spark", "ray": "ray"}
"""The packages that are known, and the file here for each."""


class Columnwise(Protocol):
    """A function of record batches: `adcli.compile` makes them."""

    @property
    def parameters(self) -> Any:
        """The inputs with their types, as a schema."""

    @property
    def face(self) -> Callable[..., Any]:
        """What answers batches of a schema."""

    @property
    def schema(self) -> Callable[..., Any]:
        """The columns that `batch` makes of those of a schema."""

    @property
    def batch(self) -> Callable[..., Any]:
        """The rows with their results."""


class Beside:
    """Results that go beside a frame's own columns, which stay as they are: `kept` are written again, `used` are read.

    A frame is told by its *names* alone.
    """

    def __init__(self, names: Sequence[str], f: Columnwise, options: Mapping[str, Any]) -> None:
        from adcli.batch.files.arrow import arrow

        face = f.face(arrow().schema([(name, arrow().null()) for name in names]), **options)
        self.kept: Sequence[str] = face.kept
        self.used: Sequence[str] = face.used
        self.skips = options.get("on_error") == "skip"
        self._f = f
        self._told = options.get("status", True)
        policy = {"on_error": "null"} if self.skips else {}
        self._options = {**options, "keep": "none", "status": self._told or self.skips, **policy}

    def results(self, table: Any) -> tuple[Any, Any]:
        """The results for a table of what is used; and a mask of the rows that stay, where some are left out."""
        found = self._f.batch(table, **self._options)
        stays = found.column(found.num_columns - 1).is_null() if self.skips else None
        return (found if self._told else found.drop_columns(found.column_names[-1:])) if self.skips else found, stays


def mapped(frame: Any, f: Columnwise, **options: Any) -> Any:
    """A frame of any of the engines with the results of *f* as further columns."""
    package = type(frame).__module__.partition(".")[0]
    if package == "pyarrow":
        return f.batch(frame, **options)
    if package not in ENGINES:
        raise UsageError(f"a frame of {package} is not known", hint=f"there are those of {', '.join(ENGINES)}, pyarrow")
    return import_module(f"adcli.batch.far.{ENGINES[package]}").map(frame, f, **options)


def __getattr__(name: str) -> Any:
    if name in ENGINES.values():
        return import_module(f"adcli.batch.far.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
