"""Functions in the SQL of DuckDB."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Any

from adcli.batch.far import Columnwise
from adcli.batch.files.arrow import arrow
from adcli.errors import UsageError


def register(con: Any, name: str, f: Columnwise, **options: Any) -> Any:
    """Make *f* a function of a connection: of its inputs in their order, to a struct of its results and the status.

    *options* are those of `batch`; the arguments are numbers, for an array a list of them.
    """
    pa = arrow()
    if options.get("on_error") == "skip":
        raise UsageError("a function of SQL leaves no row out", hint="WHERE … IS NOT NULL does")
    options = {**options, "keep": "none"}
    given = f.parameters
    found = f.schema(given, **options)
    folded = [field.name.lower() for field in found]
    if len(set(folded)) < len(folded):
        twice = [field.name for field in found if folded.count(field.name.lower()) > 1]
        raise UsageError(f"SQL does not tell {' from '.join(twice)}", hint="another name for a variable does")

    def call(*columns: Any) -> Any:
        table = pa.Table.from_arrays([c.cast(k) for c, k in zip(columns, given.types, strict=True)], schema=given)
        answered = f.batch(table, **options)
        return pa.StructArray.from_arrays([column.combine_chunks() for column in answered.columns], fields=list(found))

    # DuckDB counts a function's parameters.
    named = [Parameter(f"x{place}", Parameter.POSITIONAL_OR_KEYWORD) for place in range(len(given))]
    call.__signature__ = Signature(named)  # type: ignore[attr-defined]
    return con.create_function(
        name,
        call,
        [_spelled(con, field.type) for field in given],
        con.struct_type({field.name: _spelled(con, field.type) for field in found}),
        type="arrow",
        null_handling="special",
    )


def _spelled(con: Any, kind: Any) -> Any:
    """A type of Arrow as one of DuckDB."""
    if hasattr(kind, "value_type"):
        inner = _spelled(con, kind.value_type)
        return con.array_type(inner, kind.list_size) if hasattr(kind, "list_size") else con.list_type(inner)
    return con.type("DOUBLE" if str(kind) == "double" else "VARCHAR")
