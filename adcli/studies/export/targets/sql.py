"""SQL: a query over a table with a column for each input.

Every input is made a double first, so that no division is one of integers. A formula is computed one level of the query
above those whose names it uses.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from adcli.ops import EQ, NE, NOT, Op
from adcli.studies.export.target import (
    ATOM,
    NEGATION,
    SIGN,
    Cases,
    Parameter,
    Statement,
    Target,
    Text,
    Unit,
    within,
    words,
)

_EVERYWHERE = {
    **{name: name for name in ["exp", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "floor"]},
    "log": "ln",
    "log10": "log10",
    "ceiling": "ceil",
    "Abs": "abs",
    "Max": "greatest",
    "Min": "least",
}
_HYPERBOLIC = {name: name for name in ["sinh", "cosh", "tanh", "asinh", "acosh", "atanh"]}
_WORDS = words(
    "all and any as asc between by case cast check collate column constraint create cross current data date default",
    "desc distinct else end except exists false fetch for foreign from full group having in inner insert intersect",
    "interval into is join key left like limit natural not null of offset on or order outer over partition primary",
    "range references right row rows select set some table then time timestamp to true union unique update user using",
    "value values view when where window with year month day hour minute second point box circle line path",
)


MOST_ARGUMENTS = 50
"""A function is called with at most so many."""


class SQL(Target):
    """What the dialects share."""

    name = "sql"
    extension = ".sql"
    strict = True
    comment = ("-- ", "")
    reserved = _WORDS
    caseless = True
    tabular = True
    quotes = '"'
    longest = 55  # with a version behind, of the 63 that there may be
    conjunction = " AND "
    disjunction = " OR "
    truths = ("FALSE", "TRUE")
    signs: ClassVar[Mapping[Op, str]] = {**Target.signs, EQ: " = ", NE: " <> "}
    double: ClassVar[str] = "DOUBLE"
    materialized: ClassVar[str] = ""
    """What keeps a database from putting a level's formulas into those of the next, over and over."""
    domain = "where a function has no value, the database says so or gives NULL or NaN"

    def number(self, text: str) -> Text:
        return (SIGN if text.startswith("-") else ATOM), text if set(text) & set(".e") else text + ".0"

    def spell(self, op: Op, args: Sequence[Text]) -> Text:
        if op is NOT:
            return NEGATION, "NOT " + within(args[0], ATOM)
        return super().spell(op, args)

    def power(self, x: Text, y: Text) -> Text:
        return self.call("power", [x, y])

    def choice(self, condition: Text, x: Text, y: Text) -> Text:
        return ATOM, f"CASE WHEN {condition[1]} THEN {x[1]} ELSE {y[1]} END"

    def quoted(self, name: str) -> str:
        """A column or table of this name: in quotes where the name alone would mean something else or nothing."""
        return (
            name
            if self.identifier(name) == name and re.fullmatch(r"\w+", name)
            else f"{self.quotes}{name}{self.quotes}"
        )

    def function_name(self, name: str) -> str:
        return ".".join(map(self.quoted, name.replace(self.quotes, "").split(".")))

    def input_name(self, name: str, taken: Container[str]) -> str:
        while self.quoted(name).lower() in taken:
            name += "_"
        return self.quoted(name)

    def element(self, parameter: Parameter, index: Sequence[int]) -> str:
        return self.quoted("_".join([parameter.local.strip(self.quotes), *map(str, index)]))

    def undefined(self) -> Text:
        return ATOM, "NULL"

    def code(self, unit: Unit) -> str:
        levels, source = self._levels(unit, "data" if unit.name == "f" else unit.name)
        results = [f"{text} AS {label}" for label, text in self.results(unit)]
        lines = ["WITH", *levels, "SELECT", *_listed([*self.columns(unit), *results]), f"FROM {source};"]
        return "\n".join([*self.heading(unit), *lines, ""])

    def results(self, unit: Unit) -> list[tuple[str, str]]:
        """The results' columns, called as no input is: their names and formulas."""
        taken = {name.lower() for name in self.columns(unit)}  # columns do not tell capitals apart
        found = []
        for block, texts in unit.results:
            for label, text in zip(block.labels, texts, strict=True):
                name = self.input_name(label, taken)
                taken.add(name.lower())
                found.append((name, text))
        return found

    def _levels(self, unit: Unit, table: str, more: Sequence[str] = ()) -> tuple[list[str], str]:
        """The named queries, and the last one's name; columns *more* go through them."""
        columns = [f"CAST({name} AS {self.double}) AS {name}" for name in (*self.columns(unit), *more)]
        lines = ["input AS (", "  SELECT", *_listed(columns or ["0.0 AS nothing"], "    "), f"  FROM {table}", ")"]
        source = "input"
        for i, level in enumerate(_levels(unit.statements), 1):
            lines[-1] += ","
            formulas = [f"{s.text} AS {s.local}" for s in level]
            lines += [
                f"step{i} AS {self.materialized}(",
                "  SELECT *,",
                *_listed(formulas, "    "),
                f"  FROM {source}",
                ")",
            ]
            source = f"step{i}"
        return lines, source

    def test(self, unit: Unit, cases: Cases) -> str:
        names = self.columns(unit)
        truths = [f"truth_{i}" for i in range(1, unit.size + 1)]
        rows = [
            "  SELECT "
            + ", ".join(
                f"{self.number(repr(x))[1]} AS {name}" for name, x in zip((*names, *truths), (*p, *t), strict=True)
            )
            for p, t in zip(cases.points, cases.truths, strict=True)
        ]
        levels, source = self._levels(unit, "points", truths)
        errors = [
            f"coalesce(abs(({text}) - {t})/CASE WHEN abs({t}) > 1e-300 THEN abs({t}) ELSE 1.0 END, 1e300)"
            for (_, text), t in zip(self.results(unit), truths, strict=True)
        ] or ["0.0"]
        lines = ["WITH points AS (", " UNION ALL\n".join(rows), "),", *levels]
        lines[-1] += ","
        lines += [
            "errors AS (",
            "  SELECT",
            *_listed([f"{e} AS e{i}" for i, e in enumerate(errors)], "    "),
            f"  FROM {source}",
            ")",
        ]
        worst = [f"e{i}" for i in range(len(errors))]
        while len(worst) > 1:
            groups = [worst[i : i + MOST_ARGUMENTS] for i in range(0, len(worst), MOST_ARGUMENTS)]
            worst = [f"{self.functions['Max']}({', '.join(group)})" if len(group) > 1 else group[0] for group in groups]
        lines += [
            f"SELECT max({worst[0]}) AS largest_relative_error, max({worst[0]}) <= {cases.tolerance!r} AS passed",
            "FROM errors;",
        ]
        return "\n".join([*self.heading(unit), *lines, ""])


def _listed(texts: Sequence[str], indent: str = "  ") -> list[str]:
    """Texts with commas, a line each."""
    return [f"{indent}{text}{',' if i < len(texts) - 1 else ''}" for i, text in enumerate(texts)]


def _levels(statements: Iterable[Statement]) -> list[list[Statement]]:
    """Statements by how deep they stand on each other."""
    depth: dict[str, int] = {}
    found: list[list[Statement]] = []
    for s in statements:
        here = depth[s.local] = 1 + max((depth.get(word, -1) for word in re.findall(r"\w+", s.text)), default=-1)
        if here == len(found):
            found.append([])
        found[here].append(s)
    return found


class DuckDB(SQL):
    """DuckDB, whose log has the base 10."""

    materialized = "MATERIALIZED "
    functions = MappingProxyType({**_EVERYWHERE, **_HYPERBOLIC, "log2": "log2", "cbrt": "cbrt"})
    domain = "where a function has no value, DuckDB says so or gives NaN"


class Postgres(SQL):
    """PostgreSQL."""

    double = "double precision"
    materialized = "MATERIALIZED "
    functions = MappingProxyType({**_EVERYWHERE, **_HYPERBOLIC, "cbrt": "cbrt"})
    domain = "where a function has no value, PostgreSQL says so"


class SQLite(SQL):
    """SQLite with its mathematical functions (3.35 and later)."""

    double = "REAL"
    materialized = "MATERIALIZED "
    functions = MappingProxyType({**_EVERYWHERE, **_HYPERBOLIC, "log2": "log2", "Max": "max", "Min": "min"})
    domain = "where a function has no value, SQLite gives NULL"


class Spark(SQL):
    """Spark SQL, whose numbers with a point are decimals of few digits."""

    quotes = "`"

    def number(self, text: str) -> Text:
        precedence, written = super().number(text)
        return precedence, written + "D"

    def constant(self, text: str) -> str:
        return super().constant(text) + "D"

    functions = MappingProxyType(
        {
            **_EVERYWHERE,
            **_HYPERBOLIC,
            **{name: name for name in ["log2", "cbrt", "hypot", "expm1", "log1p"]},
        }
    )
    domain = "where a function has no value, Spark gives NULL or NaN"


class BigQuery(SQL):
    """BigQuery."""

    double = "FLOAT64"
    quotes = "`"
    functions = MappingProxyType({**_EVERYWHERE, **_HYPERBOLIC, "cbrt": "cbrt"})


DIALECTS = {
    "duckdb": DuckDB(),
    "postgres": Postgres(),
    "sqlite": SQLite(),
    "spark": Spark(),
    "bigquery": BigQuery(),
}
