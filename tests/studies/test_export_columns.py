"""What columns, tables and functions of exported code are called."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from adcli.errors import UsageError
from adcli.studies.export.export import export


def _columns(sql: str, table: str, create: str) -> list[str]:
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute(create)
        base.execute(f"INSERT INTO {table} VALUES (2.0, 3.0)")
        found = base.execute(sql)
        assert found.fetchone()[:2] == (2.0, 3.0)
        return [column[0] for column in found.description]


@pytest.mark.parametrize(
    ("text", "inputs", "heads"),
    [
        ("x*y", "x y", "x y f d_x d_y"),
        ("x*d_x", "x d_x", "x d_x y d_x_ d_d_x"),
        ("value^2*x", "value x", "value x y d_value d_x"),
        ("f*gradient", "f gradient", "f gradient y d_f d_gradient"),
        ("order*λ", "order λ", "order λ y d_order d_λ"),
        ("x*Y", "x Y", "x Y y_ d_x d_Y"),
    ],
)
def test_no_two_columns_of_a_query_or_sheet_are_called_the_same(text: str, inputs: str, heads: str) -> None:
    """An unnamed output is y, f where an input is called so; columns that are words of SQL are read by their names."""
    columns = ", ".join(f'"{name}" REAL' for name in inputs.split())
    query = export(text, to="sql", dialect="sqlite").code
    assert _columns(query, "data", f"CREATE TABLE data ({columns})") == heads.split()
    query = export(text, to="sql", dialect="sqlite", name="my-table").code
    assert _columns(query, '"my-table"', f'CREATE TABLE "my-table" ({columns})') == heads.split()
    sheet = export(text, to="excel").code.splitlines()[0].split("\t")
    assert len(set(sheet)) == len(sheet)
    assert set(inputs.split()) < set(sheet)


def test_a_sheet_calls_what_excel_has() -> None:
    """The normal distribution and error functions, where an input is called as a function is, too."""
    formula = "S*normcdf(d) - K*exp(-r*T)*normcdf(d - s*sqrt(T)) + erfc(d) + erf(r)"
    sheet = export(formula, to="excel", what=["value"]).code
    assert "NORM.S.DIST(B2,TRUE)" in sheet
    assert "ERFC.PRECISE(B2)" in sheet
    assert "ERF.PRECISE(D2)" in sheet
    assert len(sheet.splitlines()[0].split("\t")) < 15
    assert "=A2*EXP(B2)" in export("EXP*exp(x)", to="excel", what=["value"]).code


@pytest.mark.parametrize("name", ["my-f", "f x", "2f", "double", "größe"])
def test_a_function_is_not_called_what_the_language_cannot_call_it(name: str) -> None:
    """The hint has a name that it can."""
    with pytest.raises(UsageError, match="cannot be a function's name") as caught:
        export("x", to="c", name=name)
    assert export("x", to="c", name=str(caught.value.hint).rpartition(" ")[2]).code
