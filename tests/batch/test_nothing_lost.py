"""Whatever a table holds, every row of it comes out: with its texts, and with its derivative or the reason for none."""

from __future__ import annotations

import csv
import json
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rounding import moved_by_roundings
from rows import WITHOUT, each_engine, needs_data

from adcli.batch import run
from adcli.batch.run import REFUSALS
from adcli.cli import main
from adcli.derivatives.answers import gradient
from adcli.errors import AdcliError
from adcli.problem.problem import problem

FORMULAS = (
    "ln(x)+x*y-sin(y)",
    "sqrt(x)*y/(x-1)",
    "x^y",
    "where(x > 0, log(x), x^2)*y",
    "exp(x)*Abs(y)",
    "x*1 + 0*y",
)
RESULTS = ["value", "d_x", "d_y", "status"]

# What stands in tables

FINITE = st.one_of(
    st.floats(-20, 20),
    st.integers(-5, 5).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 5e-324, 1e-310, 1.7976931348623157e308, -1e300, 0.1, 2.0**53 + 2]),
)
SPELLED = st.one_of(
    FINITE.map(repr),
    FINITE.map(lambda x: f"{x:.25e}"),
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from(["+5", " 2.5 ", "1E3", ".5", "5.", "-0", "007", "1e999", "-1e999", "1e-999"]),
    st.sampled_from(["", "NA", "null", "nan", "NaN", "inf", "-inf", "Infinity"]),
)
"""Numbers as people and programs write them, and what stands for none."""
MISSING = {"", "NA", "null"}

WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
    st.text("ab,;\t\"\n\r '|\\#", max_size=6),
    st.sampled_from(
        ["", " ", '"', '""', "NA", "null", "\n", "\r\n", "a\rb", "=1+1", "007", "1.50", "é", "𝜋", "\ufeff", "\u2028"]
    ),
)


class Table(NamedTuple):
    """Column names, and per row what stands in each."""

    names: list[str]
    rows: list[list[Any]]


@st.composite
def tables(draw: st.DrawFn, numbers: st.SearchStrategy[Any], others: st.SearchStrategy[Any]) -> Table:
    """Tables with the columns x and y and up to two that no formula knows, in any order."""
    names = draw(st.permutations(["x", "y", *draw(st.sampled_from([[], ["id"], ["id", "note, really"], ["Δ"]]))]))
    row = st.tuples(*[numbers if name in ("x", "y") else others for name in names]).map(list)
    return Table(list(names), draw(st.lists(row, max_size=9)))


# What is expected of a row, computed apart from the code for many rows


class Expected(NamedTuple):
    """A row's value and gradient, or why it has none."""

    numbers: list[float] | None
    status: str | None


def expected(formula: str, names: Sequence[str], row: dict[str, float | None]) -> Expected:
    for name in names:
        x = row[name]
        if x is None:
            return Expected(None, f"{name} is null")
        if not math.isfinite(x):
            return Expected(None, f"{name} is {'NaN' if math.isnan(x) else 'infinite'}")
    try:
        result = gradient(formula, {name: row[name] for name in names}, wrt=["x", "y"], allow_unused=True)
    except AdcliError as error:
        where = f" in {formula[slice(*error.span)]}" if error.span and error.message in REFUSALS else ""
        return Expected(None, error.message + where)
    return Expected([result.value, result.gradient["x"], result.gradient["y"]], None)


def agree(formula: str, row: dict[str, Any], got: Expected, want: Expected) -> bool:
    if got.numbers is None or want.numbers is None:
        return got == want
    pairs = list(zip(got.numbers, want.numbers, strict=True))
    if all(math.isclose(a, b, rel_tol=1e-13) for a, b in pairs):
        return got.status is None
    moved = moved_by_roundings(problem(formula, row, wrt=["x", "y"]), row, want.numbers)
    return all(abs(a - b) <= 1e-13 * abs(b) + 2 * m for (a, b), m in zip(pairs, moved, strict=True))


def number(text: str) -> float | None:
    """A number as the tables spell it."""
    return None if text.strip() in MISSING else float(text)


def check(
    formula: str,
    policy: str,
    columns: Sequence[str],
    points: Sequence[dict[str, float | None]],
    kept: Sequence[Any],
    kept_found: Sequence[Any],
    found: Sequence[Expected],
) -> None:
    """Rows that came out are those that went in, in their order, each with what the scalar path says of it."""
    order = [name for name in columns if name in ("x", "y")]
    wanted = [expected(formula, order, point) for point in points]
    places = [i for i, want in enumerate(wanted) if policy == "null" or want.numbers is not None]
    assert len(found) == len(places)
    assert list(kept_found) == [kept[i] for i in places]
    for i, got in zip(places, found, strict=True):
        assert agree(formula, points[i], got, wanted[i]), (points[i], got, wanted[i])


def adcli(formula: str, *words: str, size: int, input: bytes | None = None) -> bytes:
    """Runs `adcli grad` with batches of a few rows; gives what went to standard output."""
    with mock.patch.dict(run.BATCHES, dict.fromkeys(run.BATCHES, size)):
        done = CliRunner().invoke(main, ["grad", formula, "--wrt", "x,y", "--status", *words], input=input)
    assert done.exit_code == 0, done.output
    return done.stdout_bytes


policies = st.sampled_from(["null", "skip"])
sizes = st.sampled_from([1, 2, 3, 1000])
formulas = st.sampled_from(FORMULAS)


def write_text(table: Table, delimiter: str, ends: str, *, all: bool) -> bytes:
    """CSV by hand: a field in quotes where it must be, or everywhere."""

    def field(text: str) -> str:
        quoted = all or any(c in text for c in delimiter + '"\r\n')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return "".join(delimiter.join(map(field, row)) + ends for row in (table.names, *table.rows)).encode()


@each_engine
@pytest.mark.parametrize("extension", ["csv", "tsv"])
@settings(max_examples=60)
@given(
    table=tables(SPELLED, WORDS),
    formula=formulas,
    policy=policies,
    size=sizes,
    ends=st.sampled_from(["\n", "\r\n"]),
    quoted=st.booleans(),
    pipes=st.booleans(),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_separated_values(
    table: Table,
    formula: str,
    policy: str,
    size: int,
    ends: str,
    quoted: bool,
    pipes: bool,
    mark: bytes,
    extension: str,
    engine: str,
) -> None:
    """CSV and TSV, quoted or not, from files and pipes: every column that came in is written as it was."""
    delimiter = "," if extension == "csv" else "\t"
    given_bytes = mark + write_text(table, delimiter, ends, all=quoted)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in." + extension), Path(folder, "out." + extension)
        source.write_bytes(given_bytes)
        options = ["--engine", engine, "--on-error", policy, "-o", str(target)]
        if pipes:
            adcli(formula, "--data", "-", "--data-format", extension, *options, size=size, input=given_bytes)
        else:
            adcli(formula, "--data", str(source), *options, size=size)
        with target.open(encoding="utf-8", newline="") as stream:
            header, *lines = csv.reader(stream, delimiter=delimiter, strict=True)
    width = len(table.names)
    assert header == [*table.names, *RESULTS]
    points = [
        {name: number(text) for name, text in zip(table.names, row, strict=True) if name in ("x", "y")}
        for row in table.rows
    ]
    found = [
        Expected(None if line[width] == "" else [float(text) for text in line[width:-1]], line[-1] or None)
        for line in lines
    ]
    check(formula, policy, table.names, points, table.rows, [line[:width] for line in lines], found)


JSON_NUMBERS = st.one_of(
    FINITE,
    st.integers(-(10**400), 10**400),
    SPELLED,
    st.sampled_from([None, math.nan, math.inf, -math.inf, True, False]),
)
JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), FINITE, WORDS, st.sampled_from(["\ud800", "\0"])),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


def json_number(value: Any) -> float | None:
    """A number as JSON may have it."""
    if value is None or isinstance(value, str):
        return None if value is None else number(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


@each_engine
@settings(max_examples=60)
@given(
    table=tables(JSON_NUMBERS, JSON_VALUES),
    formula=formulas,
    policy=policies,
    size=sizes,
    lacking=st.integers(0, 8),
    ascii=st.booleans(),
)
def test_json_lines(table: Table, formula: str, policy: str, size: int, lacking: int, ascii: bool, engine: str) -> None:
    """Nested values, numbers in quotes, lines that lack a column."""
    records = [dict(zip(table.names, row, strict=True)) for row in table.rows]
    if not records:
        return
    for record in records[1:]:
        if lacking < len(table.names):
            record.pop(table.names[lacking])
    text = "".join(json.dumps(record, ensure_ascii=ascii) + "\n" for record in records)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        source.write_bytes(text.encode("utf-8", "backslashreplace"))
        words = ["--data", str(source), "--engine", engine, "--on-error", policy, "-o", str(target)]
        adcli(formula, *words, size=size)
        written = [json.loads(line) for line in target.read_bytes().decode().split("\n")[:-1]]
    points = [{name: json_number(record.get(name)) for name in ("x", "y")} for record in records]
    found = []
    for record in written:
        *numbers, status = [record.pop(name) for name in RESULTS]
        found.append(Expected(None if numbers[0] is None else numbers, status))
    # JSON's texts compare what Python's == does not: NaN is itself, 1 is neither 1.0 nor true.
    kept, kept_found = ([json.dumps(record) for record in some] for some in (records, written))
    check(formula, policy, table.names, points, kept, kept_found, found)


# Tables with types


def arrow_columns(draw: st.DrawFn, pa: Any, count: int, *, numeric: bool) -> Any:
    """A column of Arrow, of one of many types, with nulls."""
    import datetime

    whole = st.integers(-9, 9)
    cents = st.decimals(-99, 99, places=2, allow_nan=False)
    kinds: list[tuple[Any, st.SearchStrategy[Any]]] = [
        (pa.float64(), st.one_of(FINITE, st.sampled_from([math.nan, math.inf, -math.inf]))),
        (pa.float32(), st.floats(width=32)),
        (pa.float16(), st.floats(width=16)),
        (pa.int8(), whole),
        (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
        (pa.uint64(), st.integers(0, 2**64 - 1)),
        (pa.bool_(), st.booleans()),
        (pa.null(), st.none()),
        (pa.decimal128(6, 2), cents),
        (pa.dictionary(pa.int8(), pa.float64()), FINITE),
        (pa.dictionary(pa.int32(), pa.int16()), whole),
        (pa.string(), SPELLED),
        (pa.large_string(), SPELLED),
        (pa.dictionary(pa.int32(), pa.string()), SPELLED),
    ]
    if not numeric:
        kinds += [
            (pa.string(), WORDS),
            (pa.dictionary(pa.int16(), pa.string()), WORDS),
            (pa.binary(), st.binary(max_size=4)),
            (pa.date32(), st.dates(datetime.date(1700, 1, 1))),
            (pa.timestamp("us"), st.datetimes(datetime.datetime(1970, 1, 1))),
            (pa.list_(pa.int8()), st.lists(whole, max_size=2)),
            (pa.struct([("a", pa.float64()), ("b", pa.string())]), st.fixed_dictionaries({"a": FINITE, "b": WORDS})),
        ]  # fmt: skip
    kind, values = draw(st.sampled_from(kinds))
    column = draw(st.lists(st.one_of(values, st.none()), min_size=count, max_size=count))
    if pa.types.is_dictionary(kind):
        encoded = pa.array(column, kind.value_type).dictionary_encode()
        return pa.DictionaryArray.from_arrays(encoded.indices.cast(kind.index_type), encoded.dictionary)
    if kind == pa.float16():
        return pa.array(column, pa.float32()).cast(kind)
    return pa.array(column, kind)


@needs_data
@each_engine
@pytest.mark.parametrize("extension", ["parquet", "arrow"])
@settings(max_examples=60)
@given(data=st.data(), formula=formulas, policy=policies, size=sizes)
def test_typed_tables(data: st.DataObject, formula: str, policy: str, size: int, extension: str, engine: str) -> None:
    """Parquet and Arrow: kept columns have their types and values, in several row groups."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    draw = data.draw
    count = draw(st.integers(0, 9))
    names = draw(st.permutations(["x", "y", "id", "Δ"]))
    columns = [arrow_columns(draw, pa, count, numeric=name in ("x", "y")) for name in names]
    table = pa.table(columns, names=names)
    with tempfile.TemporaryDirectory() as folder:
        source, target = str(Path(folder, "in." + extension)), str(Path(folder, "out." + extension))
        group = draw(st.sampled_from([2, 100]))
        if extension == "parquet":
            table = table.cast(
                pa.schema([f.with_type(pa.float32()) if f.type == pa.float16() else f for f in table.schema])
            )
            pq.write_table(table, source, row_group_size=group)
            table = pq.read_table(source)  # Parquet has types of its own for some
        else:
            with pa.ipc.new_file(source, table.schema) as file:
                file.write_table(table.unify_dictionaries(), max_chunksize=group)
        words = ["--data", source, "--engine", engine, "--on-error", policy, "-o", target]
        adcli(formula, *words, size=size)
        if extension == "parquet":
            written = pq.read_table(target)
        else:
            with pa.OSFile(target) as stream:
                written = pa.ipc.open_file(stream).read_all()
    assert written.column_names == [*names, *RESULTS]
    assert written.schema.types[: len(names)] == table.schema.types
    points = []
    for row in table.select(["x", "y"]).to_pylist():
        points.append({name: json_number(x) for name, x in row.items()})
    kept = [repr(row) for row in table.to_pylist()]
    kept_found = [repr(row) for row in written.select(names).to_pylist()]
    found = []
    for row in written.select(RESULTS).to_pylist():
        *numbers, status = row.values()
        found.append(Expected(None if numbers[0] is None else numbers, status))
    check(formula, policy, names, points, kept, kept_found, found)


@needs_data
@settings(max_examples=300)
@given(st.lists(st.one_of(FINITE, st.integers(-(10**18), 10**18).map(float), st.floats(1e9, 1e17)), min_size=1))
def test_numbers_are_spelled_alike(numbers: list[float]) -> None:
    """Whatever writes CSV, a number is the shortest text that reads back the same, as Python spells it."""
    import numpy as np

    from adcli.batch.files.arrow import shortest

    assert shortest(np.array(numbers), []).to_pylist() == list(map(repr, numbers))


@each_engine
@pytest.mark.parametrize("extension", ["tsv", "jsonl", *([] if WITHOUT else ["parquet", "arrow"])])
@settings(max_examples=40)
@given(table=tables(SPELLED, WORDS), formula=formulas, policy=policies, size=sizes)
def test_csv_becomes_something_else(
    table: Table, formula: str, policy: str, size: int, extension: str, engine: str
) -> None:
    """Texts stay texts; the variables' columns become numbers and nulls where the format has them. (Whole numbers
    in other columns, and those that no double holds, have tests of their own.)"""
    if extension in ("parquet", "arrow"):
        for row in table.rows:
            for name, text in zip(table.names, row, strict=True):
                whole = text.strip().lstrip("+-").isdecimal()
                assume(not whole or (name in ("x", "y") and int(text) == float(text)))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.csv"), Path(folder, "out." + extension)
        source.write_bytes(write_text(table, ",", "\n", all=False))
        words = ["--data", str(source), "--engine", engine, "--on-error", policy, "-o", str(target)]
        adcli(formula, *words, size=size)
        written = read_any(target)
    numeric = [name in ("x", "y") and extension != "tsv" for name in table.names]
    kept = [
        [repr(number(text)) if is_number else text for text, is_number in zip(row, numeric, strict=True)]
        for row in table.rows
    ]
    kept_found, found = [], []
    for row in written:
        *numbers, status = row[len(table.names) :]
        found.append(Expected(None if numbers[0] in (None, "") else list(map(float, numbers)), status or None))
        kept_found.append(
            [
                repr(None if value is None else float(value)) if is_number else value
                for value, is_number in zip(row, numeric, strict=False)
            ]
        )
    points = [
        {name: number(text) for name, text in zip(table.names, row, strict=True) if name in ("x", "y")}
        for row in table.rows
    ]
    check(formula, policy, table.names, points, kept, kept_found, found)


def read_any(path: Path) -> list[list[Any]]:
    """The rows of a file, without the header."""
    if path.suffix in (".csv", ".tsv"):
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.reader(stream, delimiter="," if path.suffix == ".csv" else "\t", strict=True))[1:]
    if path.suffix == ".jsonl":
        return [list(json.loads(line).values()) for line in path.read_bytes().decode().split("\n")[:-1]]
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix == ".parquet":
        return [list(row.values()) for row in pq.read_table(path).to_pylist()]
    with pa.OSFile(str(path)) as stream:
        return [list(row.values()) for row in pa.ipc.open_file(stream).read_all().to_pylist()]


@each_engine
def test_numbers_of_json_are_kept_as_they_are_written(engine: str, tmp_path: Path) -> None:
    """A float would make 1.10 to 1.1, 1e400 to infinity, and lose digits of what is longer."""
    row = '{"id": 12345678901234567890.123, "big": 1e400, "m": 1.10, "n": {"a": [1.0, 2.50], "b": "é"}, "x": 2.50'
    (tmp_path / "rows.jsonl").write_text(row + "}\n", encoding="utf-8")
    words = ["grad", "x^2", "--data", str(tmp_path / "rows.jsonl"), "--engine", engine]
    assert CliRunner().invoke(main, words).stdout == row + ', "value": 6.25, "d_x": 5.0}\n'
    done = CliRunner().invoke(main, [*words, "--format", "csv", "--keep", "id,big,m"]).stdout
    assert done.splitlines()[1] == "12345678901234567890.123,1e400,1.10,6.25,5.0"


@pytest.mark.parametrize("format", ["csv", pytest.param("parquet", marks=needs_data)])
def test_what_only_later_rows_of_json_have_is_not_dropped(format: str, tmp_path: Path) -> None:
    """Where the header stands already the row is refused, unless --keep says that it may be left out."""
    (tmp_path / "rows.jsonl").write_text('{"x": 1}\n{"x": 2, "extra": 5}\n', encoding="utf-8")
    words = ["grad", "x^2", "--data", str(tmp_path / "rows.jsonl"), "-o", str(tmp_path / f"out.{format}")]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert read_any(tmp_path / f"out.{format}")[1][:2] in (["2", "5"], [2, 5])
    words.append("--line-buffered")
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 4
    assert "row 2" in done.stderr
    assert "has extra" in done.stderr
    assert CliRunner().invoke(main, [*words, "--keep", "x"]).exit_code == 0
    done = CliRunner().invoke(main, words[:4])
    assert json.loads(done.stdout.splitlines()[1]) == {"x": 2, "extra": 5, "value": 4.0, "d_x": 4.0}
