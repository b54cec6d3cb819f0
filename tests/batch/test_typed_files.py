"""Parquet and Arrow: columns of every type pass unchanged, or are refused; damaged files are said to be damaged."""

from __future__ import annotations

import csv
import decimal
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from click.testing import CliRunner, Result
from rows import WITHOUT, each_engine

from adcli.batch.files.formats import reader
from adcli.cli import main
from adcli.errors import DataError

if WITHOUT:
    pytest.skip("needs the extra `data`", allow_module_level=True)

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from adcli.batch.files import arrow_reader

Grad = Callable[..., Result]
FINE = [1, 1_000_000_000_123_456_789]


def of_counts(kind: Any, counts: list[int | None] = FINE) -> Any:
    return pa.array(counts, pa.int64()).view(kind)


def write(path: str, table: Any) -> None:
    if path.endswith(".parquet"):
        pq.write_table(table, path, row_group_size=1)
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)


def read(path: str) -> Any:
    if path.endswith(".parquet"):
        return pq.read_table(path)
    with pa.OSFile(path) as stream:
        opened = pa.ipc.open_file(stream) if path.endswith(".arrow") else pa.ipc.open_stream(stream)
        return opened.read_all()


# Types

TEXTS = {
    "moments": (of_counts(pa.timestamp("ns")), "1970-01-01 00:00:00.000000001", "2001-09-09 01:46:40.123456789"),
    "zoned": (
        of_counts(pa.timestamp("ns", "Etc/GMT-2")),
        "1970-01-01 02:00:00.000000001+02:00",
        "2001-09-09 03:46:40.123456789+02:00",
    ),
    "before": (of_counts(pa.timestamp("ns"), [-1, None]), "1969-12-31 23:59:59.999999999", None),
    "times": (of_counts(pa.time64("ns"), [1, 86_399_999_999_999]), "00:00:00.000000001", "23:59:59.999999999"),
    "lengths": (of_counts(pa.duration("ns"), [1, 90_061_000_000_001]), "0:00:00.000000001", "1 day, 1:01:01.000000001"),
    "coarse": (of_counts(pa.timestamp("ns"), [0, 1500]), "1970-01-01 00:00:00", "1970-01-01 00:00:00.000001500"),
    "late": (pa.array([2_933_297, -800_000], pa.int32()).view(pa.date32()), "10001-02-04", "-0221-09-04"),
    "views": (pa.array(["a", None], pa.string_view()), "a", None),
    "categories": (pa.array(["a", None]).cast(pa.large_string()).dictionary_encode(), "a", None),
    "runs": (pc.run_end_encode(pa.array(["a", None])), "a", None),
    "geo.loc": (pa.array([{"lon": 1.5}, None]), '{"lon": 1.5}', None),
    "inner": (pa.array([[1], None], pa.list_(pa.int64())).cast(pa.list_(pa.timestamp("ns"))), "", None),
    "mixed": (pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["", "b"])]), "1",
              "b"),
}  # fmt: skip


@each_engine
@pytest.mark.parametrize("name", TEXTS)
def test_every_type_has_a_text(grad: Grad, name: str, engine: str) -> None:
    """In CSV and JSON, with all digits; in Arrow and, where that has the type, in Parquet it stays what it is."""
    column, *said = TEXTS[name]
    table = pa.table({"x": [1.0, 2.0], name: column})
    write("p.arrow", table)
    words = ["--data", "p.arrow", "--engine", engine]
    grad(*words, "-o", "out.csv", formula="x")
    with open("out.csv", encoding="utf-8", newline="") as stream:
        found = [row[name] for row in csv.DictReader(stream)]
    if name == "inner":
        said = ['["1970-01-01 00:00:00.000000001"]', None]
    assert found == [text or "" for text in said]
    grad(*words, "-o", "out.jsonl", formula="x")
    found = [json.loads(line)[name] for line in Path("out.jsonl").read_text().splitlines()]
    assert [value if isinstance(value, str | None) else json.dumps(value) for value in found] == said
    grad(*words, "-o", "out.arrow", formula="x")
    assert read("out.arrow").column(name).combine_chunks().equals(column)
    done = CliRunner().invoke(main, ["grad", "x", *words, "-o", "out.parquet"])
    if name == "mixed":
        assert (done.exit_code, "the column mixed of p.arrow cannot be written" in done.stderr) == (4, True)
    else:
        assert done.exit_code == 0
        assert read("out.parquet").column(name).to_pylist() == column.to_pylist() if name == "views" else True


@each_engine
def test_years_beyond_all_calendars_are_refused_as_text(grad: Grad, engine: str) -> None:
    """With the column's name."""
    write("p.arrow", pa.table({"x": [1.0], "t": of_counts(pa.timestamp("us"), [2**60])}))
    done = grad("--data", "p.arrow", "--engine", engine, "-o", "out.csv", formula="x", exit=4)
    assert "the column t of p.arrow has a value that cannot be read" in done.stderr


@each_engine
def test_decimals_are_the_nearest_doubles(grad: Grad, engine: str) -> None:
    """As those of text are: a boundary at 0.35 is met by 0.35."""
    random.seed(7)
    texts = ["0.35", "1E-15", *(f"{random.choice('-+')}{random.random():.15f}" for _ in range(500))]
    write("p.parquet", pa.table({"x": pa.array(list(map(decimal.Decimal, texts)), pa.decimal128(30, 15))}))
    grad("--data", "p.parquet", "--engine", engine, "--keep", "none", "-o", "out.parquet", formula="x")
    assert read("out.parquet")["value"].to_pylist() == list(map(float, texts))
    done = grad("--data", "p.parquet", "--engine", engine, "--keep", "none", formula="where(x <= 0.35, 1, 2)*x")
    assert float(done.stdout.splitlines()[1].split(",")[0]) == 0.35


@each_engine
@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.int8(), pa.uint64(), pa.bool_(), pa.null()])
def test_numbers_of_every_type_are_variables(grad: Grad, kind: Any, engine: str) -> None:
    """CountingStream in runs and coded by dictionaries too; nulls are none."""
    plain = pa.nulls(2) if kind == pa.null() else pa.array([1, None], pa.float32()).cast(kind)
    forms = [plain]
    if kind not in (pa.null(), pa.float16(), pa.bool_()):
        forms += [plain.dictionary_encode(), pc.run_end_encode(plain)]
    for form in forms:
        write("p.arrow", pa.table({"x": form}))
        done = grad("--data", "p.arrow", "--engine", engine, "--keep", "none", "--status", formula="x^2")
        rows = [row.split(",") for row in done.stdout.splitlines()[1:]]
        assert rows[1] == ["", "", "x is null"]
        assert rows[0] == (["", "", "x is null"] if kind == pa.null() else ["1.0", "2.0", ""])


@pytest.mark.parametrize("extension", ["parquet", "arrow"])
def test_dictionaries_may_grow_from_group_to_group(grad: Grad, extension: str) -> None:
    """All rows keep their words."""
    words = [["a", "b", None], ["c", "a", None], ["b", "d", "c"]]
    kind = pa.dictionary(pa.int8(), pa.string())
    batches = [
        pa.record_batch({"x": [1.0, 2.0, 3.0], "side": pa.array(some, pa.string()).dictionary_encode().cast(kind)})
        for some in words
    ]
    with pa.ipc.new_stream("p.arrows", batches[0].schema) as file:
        for batch in batches:
            file.write_batch(batch)
    grad("--data", "p.arrows", "-o", f"out.{extension}", formula="x")
    found = read(f"out.{extension}")
    assert found["side"].to_pylist() == [word for some in words for word in some]
    assert pa.types.is_dictionary(found["side"].type)


# Between files


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pa.array([True]), pa.array([5])),
        (pa.array([1]), pa.array(["007"])),
        (pa.array([{"a": 1, "b": 2}]), pa.array([{"a": 1}])),
        (pa.array([decimal.Decimal("1.5")]), pa.array([decimal.Decimal("1.25")])),
        (pa.array([0], pa.date32()), pa.array([86_400_000], pa.date64())),
        (pa.array([1.5], pa.float32()).cast(pa.float16()), pa.array([0.1])),
        (pa.array([0]).cast(pa.timestamp("us", "UTC")), pa.array([0]).cast(pa.timestamp("us", "Etc/GMT-2"))),
        (pa.array([0]).cast(pa.timestamp("us")), pa.array([0]).cast(pa.timestamp("ms"))),
        (pa.array([1.5]), pa.array([1])),
        (pa.array(["a"]), pa.array([1])),
    ],
)
def test_kept_columns_have_one_type_in_all_files(grad: Grad, first: Any, second: Any) -> None:
    """Or both files are named: a conversion would change a value."""
    write("a.arrow", pa.table({"x": [1.0], "k": first}))
    write("b.arrow", pa.table({"x": [2.0], "k": second}))
    for target in ("out.parquet", "out.arrow"):
        words = ["--data", "a.arrow", "--data", "b.arrow", "-o", target]
        done = grad(*words, formula="x", exit=4)
        assert "the column k of b.arrow is" in done.stderr
        assert "in a.arrow" in done.stderr
        assert not Path(target).exists()
        grad(*words, "--keep", "x", formula="x")
        Path(target).unlink()


def test_kept_columns_may_be_stored_in_other_ways(grad: Grad) -> None:
    """Dictionaries, long texts and columns without a value hold no other values."""
    write("a.arrow", pa.table({"x": [1.0], "k": pa.array(["a"])}))
    write("b.arrow", pa.table({"x": [2.0], "k": pa.array(["b"]).dictionary_encode()}))
    write("c.arrow", pa.table({"k": pa.array(["c"], pa.large_string()), "x": [3.0]}))
    write("d.arrow", pa.table({"x": [4.0], "k": pa.nulls(1)}))
    grad("--data", "[abcd].arrow", "-o", "out.parquet", formula="x")
    assert read("out.parquet")["k"].to_pylist() == ["a", "b", "c", None]


def test_a_column_that_must_have_values_gets_no_null(grad: Grad) -> None:
    """It stays one that must, and a further file that lacks a value is refused."""
    schema = pa.schema([pa.field("x", pa.float64(), nullable=False), pa.field("k", pa.int64(), nullable=False)])
    write("a.parquet", pa.table({"x": [1.0], "k": [1]}, schema=schema))
    write("b.parquet", pa.table({"x": [2.0], "k": pa.array([None], pa.int64())}))
    grad("--data", "a.parquet", "-o", "out.parquet", formula="x")
    assert not read("out.parquet").schema.field("k").nullable
    done = grad("--data", "a.parquet", "--data", "b.parquet", "-o", "none.parquet", formula="x", exit=4)
    assert "the column k of b.parquet lacks values" in done.stderr


@pytest.mark.parametrize("extension", ["parquet", "arrow"])
def test_what_a_schema_says_is_kept(grad: Grad, extension: str) -> None:
    """Of the whole while all columns are kept (a data frame's index, a map's geometry), and of each column."""
    field = pa.field("k", pa.int64(), metadata={"unit": "m"})
    schema = pa.schema([pa.field("x", pa.float64()), field], metadata={"geo": "{}", "pandas": "{}"})
    write(f"p.{extension}", pa.table({"x": [1.0], "k": [1]}, schema=schema))
    grad("--data", f"p.{extension}", "-o", f"out.{extension}", formula="x")
    found = read(f"out.{extension}").schema
    assert (found.metadata[b"geo"], found.metadata[b"pandas"]) == (b"{}", b"{}")
    assert found.field("k").metadata[b"unit"] == b"m"
    grad("--data", f"p.{extension}", "--keep", "x", "-o", f"out.{extension}", formula="x")
    assert b"geo" not in (read(f"out.{extension}").schema.metadata or {})


def test_columns_of_one_name(grad: Grad) -> None:
    """They cannot be told apart, and are refused while they are kept."""
    write("p.arrow", pa.Table.from_arrays([pa.array([1.0]), pa.array([2]), pa.array([3])], ["x", "k", "k"]))
    for target in ("out.csv", "out.parquet", "out.jsonl"):
        assert "several columns k" in grad("--data", "p.arrow", "-o", target, formula="x", exit=4).stderr
    assert grad("--data", "p.arrow", "--keep", "x", formula="x").stdout == "x,value,d_x\n1.0,1.0,1.0\n"


# From text


@each_engine
def test_whole_numbers_of_text_stay_whole(grad: Grad, engine: str) -> None:
    """In columns that are no variables; 007 is none, and where others follow, the column is refused."""
    Path("p.csv").write_text("id,code,x\n1,007,2\n-12,008,3\n,,4\n")
    grad("--data", "p.csv", "--engine", engine, "-o", "out.parquet", formula="x")
    found = read("out.parquet")
    assert found["id"].to_pylist() == [1, -12, None]
    assert found["code"].to_pylist() == ["007", "008", ""]
    Path("p.jsonl").write_text('{"id": 9007199254740993, "x": 1}\n{"id": 2, "x": 2}\n')
    grad("--data", "p.jsonl", "--engine", engine, "-o", "out.parquet", formula="x")
    assert read("out.parquet")["id"].to_pylist() == [9007199254740993, 2]
    Path("q.csv").write_text("id,code,x\n007,7,1\n")
    done = grad("--data", "[pq].csv", "--engine", engine, "-o", "none.parquet", formula="x", exit=4)
    assert "row 1 of q.csv: id is '007', and all before it are whole numbers" in done.stderr


@each_engine
@pytest.mark.parametrize("name", ["p.csv", "p.jsonl"])
def test_a_whole_number_that_no_double_holds_is_refused(grad: Grad, name: str, engine: str) -> None:
    """Where the output has doubles only; text keeps it."""
    number = 2**53 + 1
    Path(name).write_text(f"x\n{number}\n" if name == "p.csv" else f'{{"x": {number}}}\n')
    done = grad("--data", name, "--engine", engine, "-o", "out.parquet", formula="x", exit=4)
    assert f"row 1 of {name}: x is {number}" in done.stderr
    assert str(number) in grad("--data", name, "--engine", engine, formula="x").stdout


# Groups and streams


def test_row_groups_are_large_whatever_the_batches_are(grad: Grad) -> None:
    """A stream is read a few rows at a time, and written as a file is."""
    rows = "x\n" + "1.5\n" * 20_000
    grad("--data", "-", "-o", "out.parquet", formula="x", input=rows)
    assert pq.ParquetFile("out.parquet").metadata.num_row_groups == 1
    assert pq.read_table("out.parquet")["value"].to_pylist() == [1.5] * 20_000


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_bytes_go_through_pipes(grad: Grad, format: str) -> None:
    """From standard input to standard output; Arrow as a stream. A second pass has a prefix of its own."""
    write("p.parquet", pa.table({"x": [1.0, 2.0], "id": ["a", "b"]}))
    first = CliRunner().invoke(main, ["grad", "x^2", "--data", "p.parquet", "--format", format]).stdout_bytes
    words = ["grad", "value+x", "--wrt", "x", "--prefix", "sum_", "--data", "-", "--data-format", format]
    assert b"has a column value already" in CliRunner().invoke(main, [*words[:4], *words[6:]], input=first).stderr_bytes
    second = CliRunner().invoke(main, [*words, "--format", format], input=first).stdout_bytes
    source = pa.BufferReader(second)
    found = pq.read_table(source) if format == "parquet" else pa.ipc.open_stream(source).read_all()
    assert found.column_names == ["x", "id", "value", "d_x", "sum_value", "sum_d_x"]
    assert found["sum_value"].to_pylist() == [2.0, 6.0]


# Damage


@pytest.mark.parametrize("extension", ["parquet", "arrow", "arrows"])
def test_damaged_files_are_said_to_be_damaged(grad: Grad, extension: str) -> None:
    """Whatever byte is wrong, the answer is right or there is an error about data: never a crash."""
    table = pa.table(
        {"x": [1.0, 2.0, 3.0], "id": ["a", None, "ccc"], "k": pa.array(["u", "v", "u"]).dictionary_encode()}
    )
    if extension == "arrows":
        with pa.ipc.new_stream("p.arrows", table.schema) as file:
            file.write_table(table)
    else:
        write(f"p.{extension}", table)
    whole = Path(f"p.{extension}").read_bytes()
    random.seed(3)
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(random.choice((1, 3))):
            broken[random.randrange(len(whole))] = random.choice((0, 1, 127, 255, random.randrange(256)))
        Path(f"q.{extension}").write_bytes(broken)
        done = CliRunner().invoke(main, ["grad", "x", "--data", f"q.{extension}"])
        assert done.exit_code in (0, 2, 4), done.stderr


@pytest.mark.parametrize("extension", ["parquet", "arrow"])
def test_a_file_that_shrinks_while_it_is_read(grad: Grad, extension: str) -> None:
    """It ends with an error about data, not with the process: files are read, and not mapped."""
    numbers = pa.array([random.random() for _ in range(200_000)])
    pq.write_table(pa.table({"x": numbers}), "p.parquet", row_group_size=10_000)
    with pa.ipc.new_file("p.arrow", pa.schema([("x", pa.float64())])) as file:
        file.write_table(pa.table({"x": numbers}), 10_000)
    source = reader(f"p.{extension}")
    source.open()
    batches = source.batches(10_000)
    next(batches)
    with open(f"p.{extension}", "r+b") as stream:
        stream.truncate(200_000)
    with pytest.raises(DataError, match=f"p.{extension}"):
        list(batches)
    source.close()


@pytest.mark.parametrize("extension", ["parquet", "arrow"])
def test_wide_rows_make_short_batches(grad: Grad, extension: str) -> None:
    """About as many bytes are held at a time, whatever a row takes."""
    write(f"p.{extension}", pa.table({"x": [1.0] * 3000, "k": ["a" * 1000] * 3000}))
    with mock.patch.object(arrow_reader, "MOST_BYTES", 100_000):
        source = reader(f"p.{extension}")
        source.open()
        counts = [batch.count for batch in source.batches(100_000)]
        source.close()
    assert sum(counts) == 3000
    assert max(counts) <= (100 if extension == "arrow" else 3000)


@each_engine
def test_errors_of_writers_are_errors_about_data(grad: Grad, engine: str) -> None:
    """With the column, and nothing is written."""
    write("p.arrow", pa.table({"x": [1.0], "k": pa.array([pa.MonthDayNano([1, 2, 3])])}))
    done = grad("--data", "p.arrow", "--engine", engine, "-o", "out.parquet", formula="x", exit=4)
    assert "the column k of p.arrow cannot be written" in done.stderr
    assert not Path("out.parquet").exists()


def test_timestamps_of_96_bits_are_kept(tmp_path: Path) -> None:
    """As the nanoseconds that they are, and as text that says them."""
    times = of_counts(pa.timestamp("ns"))
    source, target = tmp_path / "old.parquet", tmp_path / "new.parquet"
    pq.write_table(pa.table({"t": times, "x": [1.0, 2.0]}), source, use_deprecated_int96_timestamps=True)
    words = ["grad", "x^2", "--data", str(source)]
    assert CliRunner().invoke(main, [*words, "-o", str(target)]).exit_code == 0
    assert pq.read_table(target)["t"].combine_chunks().equals(times)
    assert "2001-09-09 01:46:40.123456789,2.0,4.0,4.0" in CliRunner().invoke(main, words).output
