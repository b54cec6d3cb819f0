"""Files of rows: every row that goes in comes out, whatever the format, or the run says why not."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rows import each_engine, needs_data

from adcli.cli import main

Grad = Callable[..., Result]

ROWS = "id,x1,x2\na,2,5\nb,3,5\n"
HEADER = "id,x1,x2,value,d_x1,d_x2\n"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def gradient(row: dict[str, str]) -> tuple[float, float]:
    """The truth, by hand."""
    x1, x2 = float(row["x1"]), float(row["x2"])
    return 1 / x1 + x2, x1 - math.cos(x2)


@each_engine
def test_rows_keep_their_text_and_get_their_derivatives(grad: Grad, engine: str) -> None:
    """Kept columns are written as they were read, and each row has its own gradient."""
    rows = 'id,x1,x2\n"a, b",2.50,5e0\n007,3,+5\n" ",1,1\n'
    found = table(grad("--data", "-", "--engine", engine, input=rows).stdout)
    assert [row["id"] for row in found] == ["a, b", "007", " "]
    assert [row["x1"] for row in found] == ["2.50", "3", "1"]
    for row in found:
        assert (float(row["d_x1"]), float(row["d_x2"])) == pytest.approx(gradient(row), rel=1e-14)


@each_engine
def test_files_of_each_engine_are_equal(grad: Grad, engine: str) -> None:
    """Whatever reads and computes, the numbers and the texts are the same."""
    Path("p.csv").write_text('id,x1,x2\na,2,5\n"b ""q""",0.125,3\n\nc,,1\nd,-1,1\n')
    grad("--data", "p.csv", "--engine", engine, "--status", "-o", "out.csv")
    found = table(Path("out.csv").read_text())
    assert [row["id"] for row in found] == ["a", 'b "q"', "c", "d"]
    assert [row["status"] for row in found] == ["", "", "x1 is null", "log is not defined at -1 (needs x > 0)"]
    assert float(found[1]["d_x1"]) == 11.0


@pytest.mark.parametrize(("name", "module"), [("p.csv.gz", gzip), ("p.csv.bz2", bz2), ("p.csv.xz", lzma)])
@each_engine
def test_compressed_files(grad: Grad, name: str, module: object, engine: str) -> None:
    """They are read and written by their names."""
    Path(name).write_bytes(module.compress(ROWS.encode()))  # type: ignore[attr-defined]  # three modules with one function
    grad("--data", name, "--engine", engine, "-o", "out-" + name)
    text = module.decompress(Path("out-" + name).read_bytes()).decode()  # type: ignore[attr-defined]  # as above
    assert text.startswith(HEADER)
    assert [row["id"] for row in table(text)] == ["a", "b"]


NUMBERS = "0 -0.0 1 2.0 -3 1e15 1e16 123456789012345678 1e22 1e300 0.1 1e-4 -1e-5 2.5e-7 1e-300 0.30000000000000004"


@each_engine
def test_numbers_are_written_as_python_writes_them(grad: Grad, engine: str) -> None:
    """Shortest, and the same text whatever is installed."""
    numbers = NUMBERS.split()
    Path("p.csv").write_text("x\n" + "\n".join(numbers) + "\n\n")
    grad("--data", "p.csv", "--engine", engine, "--keep", "none", "-o", "out.csv", formula="x")
    want = [f"{float(number) + 0.0!r},1.0" for number in numbers]
    assert Path("out.csv").read_text().splitlines() == ["value,d_x", *want, ","]


@each_engine
def test_one_column_has_no_blank_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    """Which most readers would pass over."""
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text("x\n1\n\n3\n")
    words = ["eval", "x", "--data", "p.csv", "--engine", engine, "--keep", "none", "-o", "out.csv"]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert Path("out.csv").read_text() == 'value\n1.0\n""\n3.0\n'


def test_json_lines(grad: Grad) -> None:
    """An object per row, with the columns that it had."""
    lines = '{"x1": 2, "x2": 5, "tag": {"a": [1]}}\n\n{"x1": null, "x2": 1}\n'
    found = grad("--data", "-", "--data-format", "jsonl", "--status", input=lines).stdout
    first, second = map(json.loads, found.splitlines())
    assert first["tag"] == {"a": [1]}
    assert first["d_x1"] == 5.5
    assert second["d_x1"] is None
    assert second["status"] == "x1 is null"


@needs_data
@pytest.mark.parametrize("extension", ["parquet", "arrow"])
@each_engine
def test_columns_keep_their_types(grad: Grad, extension: str, engine: str) -> None:
    """Dates, decimals and dictionaries pass through; whole numbers, decimals and dictionaries can be variables."""
    import datetime
    from decimal import Decimal

    import pyarrow as pa
    import pyarrow.feather as feather
    import pyarrow.parquet as pq

    given = pa.table(
        {
            "day": pa.array([datetime.date(2024, 1, 2)] * 3),
            "x1": pa.array([2, None, 4], pa.int32()),
            "x2": pa.array([Decimal("5.00"), Decimal("1.50"), Decimal("2.25")]),
            "kind": pa.array(["u", "v", "u"]).dictionary_encode(),
        }
    )
    path = "p." + extension
    (pq.write_table if extension == "parquet" else feather.write_feather)(given, path)
    grad("--data", path, "--engine", engine, "-o", "out." + extension)
    found = (pq.read_table if extension == "parquet" else feather.read_table)("out." + extension)
    assert found.column_names == ["day", "x1", "x2", "kind", "value", "d_x1", "d_x2"]
    assert found.select(["day", "x1", "x2"]).equals(given.select(["day", "x1", "x2"]))
    assert found["kind"].to_pylist() == ["u", "v", "u"]
    assert found["d_x1"].to_pylist() == [5.5, None, 2.5]


@needs_data
@pytest.mark.parametrize("extension", ["csv", "parquet"])
@each_engine
def test_columns_that_are_not_used_are_not_read(grad: Grad, extension: str, engine: str) -> None:
    """Of a wide file only what is asked for; a column is the same beside others."""
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    given = pa.table({"a.x1": [7.0, 8.0], "x1": [2.0, 3.0], "": ["u", "v"], "x2": [5.0, 5.0], "x": ["p", "q"]})
    if extension == "parquet":
        given = given.append_column("s", pa.array([{"x1": 1.0, "t": [2]}, None]))
        pq.write_table(given, "p.parquet")
    else:
        pc.write_csv(given, "p.csv")
    grad("--data", "p." + extension, "--engine", engine, "-o", "all.jsonl")
    everything = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert [row["d_x1"] for row in everything] == [5.5, 1 / 3 + 5]
    for keep in ("none", "x", "x1", "a.x1", *(["s", "s,x1"] if extension == "parquet" else [])):
        grad("--data", "p." + extension, "--engine", engine, "--keep", keep, "-o", "some.jsonl")
        for row, line in zip(everything, Path("some.jsonl").read_text().splitlines(), strict=True):
            kept = keep.split(",") if keep != "none" else []
            assert json.loads(line) == {name: row[name] for name in (*kept, "value", "d_x1", "d_x2")}


@needs_data
def test_columns_that_repeat_stay_small(grad: Grad) -> None:
    """What a Parquet file had in a dictionary is in one again; other numbers are written as they are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"x1": [1.5, 2.5] * 5000, "x2": [1 + i / 7 for i in range(10_000)]}), "p.parquet")
    grad("--data", "p.parquet", "-o", "out.parquet")
    group = pq.read_metadata("out.parquet").row_group(0)
    coded = {c.path_in_schema: "RLE_DICTIONARY" in c.encodings for c in map(group.column, range(group.num_columns))}
    assert coded == {"x1": True, "x2": False, "value": False, "d_x1": False, "d_x2": False}


@needs_data
def test_formats_mix(grad: Grad) -> None:
    """CSV becomes Parquet becomes JSON lines."""
    import pyarrow.parquet as pq

    Path("p.csv").write_text(ROWS)
    grad("--data", "p.csv", "-o", "a.parquet")
    assert pq.read_table("a.parquet")["id"].to_pylist() == ["a", "b"]
    grad("--data", "a.parquet", "--keep", "id", "-o", "b.jsonl")
    assert json.loads(Path("b.jsonl").read_text().splitlines()[0])["d_x1"] == 5.5


def test_several_files_are_one(grad: Grad) -> None:
    """A pattern's files are read in the order of their names; rows are counted in each."""
    Path("p1.csv").write_text(ROWS)
    Path("p2.csv").write_text("id,x1,x2\nc,1,1\nd,-1,1\n")
    done = grad("--data", "p*.csv")
    assert [row["id"] for row in table(done.stdout)] == ["a", "b", "c", "d"]
    assert "row 2 of p2.csv" in done.stderr


def test_files_that_do_not_fit(grad: Grad) -> None:
    """Files with different columns are refused."""
    Path("p1.csv").write_text(ROWS)
    Path("p2.csv").write_text("x1,x2\n1,1\n")
    assert "different columns: id" in grad("--data", "p1.csv", "--data", "p2.csv", exit=4).stderr


# What has no result


BAD = "x1,x2\n2,5\n-1,5\n3,5\n"


@each_engine
def test_null_keeps_the_row(grad: Grad, engine: str) -> None:
    """The default: the row stays, its results are missing, and the end says how many there were."""
    done = grad("--data", "-", "--engine", engine, input=BAD)
    assert [row["value"] == "" for row in table(done.stdout)] == [False, True, False]
    assert "3 rows, 1 without a result" in done.stderr
    assert "log is not defined at -1" in done.stderr


@each_engine
def test_skip_leaves_it_out(grad: Grad, engine: str) -> None:
    """The rows with results remain."""
    Path("p.csv").write_text(BAD)
    grad("--data", "p.csv", "--engine", engine, "--on-error", "skip", "-o", "out.csv")
    assert [row["x1"] for row in table(Path("out.csv").read_text())] == ["2", "3"]


@each_engine
def test_stop_ends_the_run(grad: Grad, engine: str) -> None:
    """The message names the row, counted without the header, and the file; no output is left."""
    Path("p.csv").write_text(BAD)
    Path("out.csv").write_text("old")
    done = grad("--data", "p.csv", "--engine", engine, "--on-error", "stop", "-o", "out.csv", exit=3)
    assert "row 2 of p.csv: log is not defined at -1" in done.stderr
    assert Path("out.csv").read_text() == "old"
    assert sorted(os.listdir()) == ["out.csv", "p.csv"]


@each_engine
@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "NaN", "1e999"])
def test_what_is_not_finite_has_no_result(grad: Grad, value: str, engine: str) -> None:
    """Not even where a comparison would make something finite of it."""
    done = grad("--data", "-", "--engine", engine, "--status", formula="where(x > 0, 1, 2)*1", input=f"x\n1\n{value}\n")
    last = table(done.stdout)[-1]
    assert last["value"] == ""
    assert last["status"] in ("x is NaN", "x is infinite")


@each_engine
def test_kinks_are_counted(grad: Grad, engine: str) -> None:
    """They follow the convention, and the summary says in how many rows."""
    done = grad("--data", "-", "--engine", engine, formula="Abs(x)", input="x\n1\n0\n0\n")
    assert [float(row["d_x"]) for row in table(done.stdout)] == [1, 0, 0]
    assert "2 rows: the derivative of Abs(x) follows a convention" in done.stderr
    refused = grad("--data", "-", "--engine", engine, "--kinks", "error", formula="Abs(x)", input="x\n1\n0\n")
    assert [row["d_x"] == "" for row in table(refused.stdout)] == [False, True]


# What cannot be read


@each_engine
def test_a_cell_that_is_no_number_ends_the_run_where_errors_stop_it(grad: Grad, engine: str) -> None:
    """The row and the column are said."""
    Path("p.csv").write_text("x1,x2\n1,1\n2,hello\n")
    done = grad("--data", "p.csv", "--engine", engine, "--on-error", "stop", "-o", "out.csv", exit=4)
    assert "row 2 of p.csv: x2 is 'hello', which is no number" in done.stderr
    assert not Path("out.csv").exists()


@each_engine
@pytest.mark.parametrize("policy", ["null", "skip"])
def test_a_row_with_an_unreadable_cell_has_no_result(grad: Grad, engine: str, policy: str) -> None:
    """Like any other: it is counted, its status says what stands there, and the rest is answered."""
    Path("p.csv").write_text("x1,x2\n1,1\nn.a.,1\n3,-\n2,5\n?,5\n")
    done = grad("--data", "p.csv", "--engine", engine, "--on-error", policy, "--status", "-o", "out.csv")
    found = table(Path("out.csv").read_text())
    bad = [("n.a.", "x1 is 'n.a.', which is no number"), ("3", "x2 is '-', which is no number")]
    bad.append(("?", "x1 is '?', which is no number"))
    assert [(row["x1"], row["status"]) for row in found if not row["value"]] == (bad if policy == "null" else [])
    assert [row["x1"] for row in found if row["value"]] == ["1", "2"]
    assert "5 rows, 3 without a result" in done.stderr
    assert "2 rows: x1 is 'n.a.', which is no number (first in row 2 of p.csv)" in done.stderr
    assert "1 row: x2 is '-', which is no number (row 3 of p.csv)" in done.stderr


@each_engine
@pytest.mark.parametrize("count", [1, 4, 5000])
def test_a_column_of_texts_is_no_variable(grad: Grad, count: int, engine: str) -> None:
    """It is told by its first cells, and the first three are shown; nothing is written."""
    Path("p.csv").write_text("x\n" + "".join(f"w{i}\n" for i in range(count)))
    done = grad("--data", "p.csv", "--engine", engine, "-o", "out.csv", formula="x", exit=4)
    assert "the column x of p.csv is text, not numbers: 'w0'" in done.stderr
    assert ("'w0', 'w1', 'w2', …" in done.stderr) == (count > 3)
    assert not Path("out.csv").exists()


@each_engine
def test_a_column_of_as_many_texts_as_numbers_is_doubtful(grad: Grad, engine: str) -> None:
    """It is refused as one of texts, unless a policy says what becomes of rows without a number."""
    words = ("--data", "-", "--engine", engine)
    assert "'hello'" in grad(*words, formula="x^2", input="x\n1\nhello\n", exit=4).stderr
    done = grad(*words, "--on-error", "null", formula="x^2", input="x\n1\nhello\n")
    assert done.stdout.splitlines()[1:] == ["1,1.0,2.0", "hello,,"]
    assert grad(*words, formula="x^2", input="x\n1\nhello\n2\n").stdout.splitlines()[3] == "2,4.0,4.0"


@pytest.mark.parametrize("number", ["1_000", "0x10", "1,5", "１２x", "--1"])
def test_other_spellings_of_numbers_are_texts(grad: Grad, number: str) -> None:
    """What only one program would read as a number is none."""
    assert "is text, not numbers" in grad("--data", "-", formula="x^2", input=f'x\n"{number}"\n', exit=4).stderr


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("x1,x2\n1,2\n3\n", "line 3: 1 field where the header has 2"),
        ("x1,x2\n1,2,3\n", "line 2: 3 fields where the header has 2"),
        ('x1,x2\n1,"2\n', "a quoted field is not closed"),
        ("", "is empty: it has no header"),
        ("x1,y\n2,5\n", "has no column x2"),
        ("x1,x1,x2\n2,5,1\n", "has several columns x1"),
        ("\nx1,x2\n", "line 1 is blank"),
        ('x1,x2\n1,"2"3"",\n', "line 2: a quoted field goes on"),
        ('x1,x2,id\n1,2,"a"b"\n1,2,"c"\n', "line 2: a quoted field goes on"),
    ],
)
@each_engine
def test_malformed_files(grad: Grad, rows: str, said: str, engine: str) -> None:
    """The line is said, by whatever reads the file."""
    Path("p.csv").write_text(rows)
    assert said in grad("--data", "p.csv", "--engine", engine, exit=4).stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"x1": 2', "column 9: the line ends within the object"),
        ('{"x1": 2, "id": "a', "column 19: the line ends within the object"),
        ('{"x1": 2}}', "column 10: something follows the object"),
        ('{"x1": 2,}', "a comma stands before the closing brace"),
        ("{'x1': 2}", "column 2: names and texts are in double quotes"),
        ("{x1: 2}", "column 2: a name in double quotes is expected"),
        ('{"x1" 2}', "column 7: a colon is expected"),
        ('{"x1": two}', "column 8: a value is missing, or is not one that JSON has"),
        ('{"x1": 2 3}', "column 10: a comma or the closing brace is expected"),
        ('[{"x1": 2}]', "is an array"),
        ("2", "is no object"),
    ],
)
def test_malformed_json_lines(grad: Grad, line: str, said: str) -> None:
    """The line and the column are said, and what is the matter."""
    rows = '{"x1": 1, "x2": 1}\n' + line + "\n"
    errors = grad("--data", "-", "--data-format", "jsonl", input=rows, exit=4).stderr
    assert "standard input, line 2" in errors
    assert said in errors
    assert "one object per line" in errors


def test_no_json_lines(grad: Grad) -> None:
    """Without a row there are no columns."""
    assert "is empty" in grad("--data", "-", "--data-format", "jsonl", input="\n", exit=4).stderr


@each_engine
def test_a_header_may_have_spaces(grad: Grad, engine: str) -> None:
    """They do not belong to the names."""
    Path("p.csv").write_text("x1, x2\n2, 5\n")
    grad("--data", "p.csv", "--engine", engine, "-o", "out.csv")
    assert Path("out.csv").read_text() == "x1, x2,value,d_x1,d_x2\n2, 5,11.652071455223084,5.5,1.7163378145367738\n"


def test_files_that_are_not_text(grad: Grad) -> None:
    """Bytes that are no UTF-8, a cut archive, or none, are data errors."""
    Path("p.csv").write_bytes(b"x1,x2\n1,2\n\xff,3\n")
    assert "p.csv, line 3: the byte 0xff is no UTF-8" in grad("--data", "p.csv", exit=4).stderr
    Path("p.csv").write_text("x1,x2\n1,2\n", "utf-16")
    assert "iconv -f UTF-16" in grad("--data", "p.csv", exit=4).stderr
    Path("p.csv.gz").write_bytes(gzip.compress(ROWS.encode() * 1000)[:-12])
    assert "cut off" in grad("--data", "p.csv.gz", exit=4).stderr
    for extension in ("gz", "bz2", "xz"):
        Path("p.csv." + extension).write_text(ROWS)
        assert "file, or damaged" in grad("--data", "p.csv." + extension, exit=4).stderr


@needs_data
def test_a_truncated_parquet_file(grad: Grad) -> None:
    """It is said to be none, and so are others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"x1": [1.0], "x2": [2.0]}), "p.parquet")
    Path("p.parquet").write_bytes(Path("p.parquet").read_bytes()[:-20])
    assert "p.parquet is no Parquet file, or is cut off" in grad("--data", "p.parquet", exit=4).stderr
    Path("p.arrow").write_text("x1,x2\n1,2\n")
    assert "p.arrow is no Arrow file" in grad("--data", "p.arrow", exit=4).stderr
    Path("p.parquet").write_bytes(b"")
    assert "p.parquet is empty" in grad("--data", "p.parquet", exit=4).stderr
    os.mkdir("d.parquet")
    assert "is a directory" in grad("--data", "d.parquet", exit=4).stderr


def test_missing_files(grad: Grad) -> None:
    """They are file errors."""
    assert "no such file" in grad("--data", "none.csv", exit=4).stderr.lower()
    assert "no file matches" in grad("--data", "none*.csv", exit=4).stderr


# Few rows, and none


@each_engine
def test_no_rows(grad: Grad, engine: str) -> None:
    """A header gives a header."""
    Path("p.csv").write_text("id,x1,x2\n")
    grad("--data", "p.csv", "--engine", engine, "-o", "out.csv")
    assert Path("out.csv").read_text() == HEADER


@each_engine
def test_a_blank_line_in_one_column_is_a_row(grad: Grad, engine: str) -> None:
    """It is a null, not a lost row; among several columns it is nothing."""
    Path("p.csv").write_text("x\n1\n\n3\n")
    done = grad("--data", "p.csv", "--engine", engine, "--keep", "none", formula="x^2")
    first, *rest = [line.split(",")[0] for line in done.stdout.splitlines()]
    assert first == "value"
    assert [number and float(number) for number in rest] == [1, "", 9]


# How the output comes about


def test_existing_columns_are_not_doubled(grad: Grad) -> None:
    """A column named like an output is refused, unless it is left out."""
    rows = "x1,x2,value\n2,5,9\n"
    assert "has a column value already" in grad("--data", "-", input=rows, exit=2).stderr
    assert grad("--data", "-", "--keep", "x1", input=rows).stdout.startswith("x1,value,d_x1,d_x2\n2,")


def test_values_for_all_rows(grad: Grad) -> None:
    """--at gives what is no column, or instead of a column; then nothing is differentiated by it."""
    assert (
        grad("--data", "-", "--at", "x2=5", input="x1,x2\n2,7\n").stdout
        == "x1,x2,value,d_x1\n2,7,11.652071455223084,5.5\n"
    )


def test_an_unwritable_disk(grad: Grad) -> None:
    """A full disk is a file error."""
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    Path("p.csv").write_text(ROWS)
    assert "no space left" in grad("--data", "p.csv", "-o", "/dev/full", exit=4).stderr


ENDED = {
    signal.SIGINT: pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    getattr(signal, "SIGHUP", signal.SIGTERM): pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    signal.SIGTERM: pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    "SIGKILL": pytest.mark.skipif(sys.platform != "linux", reason="only Linux has files without a name"),
}


@pytest.mark.parametrize("number", [pytest.param(number, marks=mark) for number, mark in ENDED.items()])
def test_an_ended_run_leaves_nothing(tmp_path: Path, number: signal.Signals | str) -> None:
    """Interrupted, told to end or killed, it leaves the old file as it was, and no other."""
    (tmp_path / "out.csv").write_text("old")
    words = [sys.executable, "-m", "adcli", "grad", "x^2", "--data", "-", "-o", "out.csv"]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert child.stdin is not None
    child.stdin.write(b"x\n" + b"1\n" * 500_000)  # more than a pipe holds: when that is through, it is at work
    child.stdin.flush()
    child.send_signal(number if isinstance(number, signal.Signals) else signal.SIGKILL)
    child.wait(30)
    child.stdin.close()
    assert child.stderr is not None
    said = child.stderr.read()
    child.stderr.close()
    assert child.returncode == (128 + number if isinstance(number, signal.Signals) else -9), said
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.csv": "old"}


def test_a_new_file_keeps_the_rights_of_the_old_one(grad: Grad) -> None:
    """And the link that led to it."""
    if sys.platform == "win32":
        pytest.skip("rights of POSIX")
    Path("p.csv").write_text(ROWS)
    Path("real.csv").write_text("old")
    Path("real.csv").chmod(0o604)
    Path("out.csv").symlink_to("real.csv")
    grad("--data", "p.csv", "-o", "out.csv")
    assert Path("out.csv").is_symlink()
    assert Path("real.csv").read_text().startswith(HEADER)
    assert Path("real.csv").stat().st_mode & 0o777 == 0o604
    assert sorted(os.listdir()) == ["out.csv", "p.csv", "real.csv"]


@pytest.mark.parametrize("missing", ["O_TMPFILE", "link"])
def test_systems_without_nameless_files(grad: Grad, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the draft has a name, or gets the content at the end."""

    def refuse(*args: object, **options: object) -> None:
        raise OSError(1, "not here")

    if missing == "link":
        monkeypatch.setattr(os, "link", refuse)
    else:
        monkeypatch.setattr("adcli.batch.files.drafts._unnamed", lambda folder: None)
    Path("p.csv").write_text(ROWS)
    for _ in range(2):
        grad("--data", "p.csv", "-o", "out.csv")
        assert Path("out.csv").read_text().startswith(HEADER)
        assert sorted(os.listdir()) == ["out.csv", "p.csv"]


def test_each_line_is_answered_at_once(tmp_path: Path) -> None:
    """With --line-buffered a shell loop can wait for each answer."""
    words = [sys.executable, "-m", "adcli", "grad", "x^2", "--data", "-", "--line-buffered", "--keep", "none"]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("x\n")
    answers = []
    for number in (3, 4):
        child.stdin.write(f"{number}\n")
        child.stdin.flush()
        if not answers:
            assert child.stdout.readline() == "value,d_x\n"
        answers.append(child.stdout.readline())
    child.stdin.close()
    child.stdout.close()
    assert child.wait(30) == 0
    assert answers == ["9.0,6.0\n", "16.0,8.0\n"]


def test_options_of_one_point_are_refused(grad: Grad) -> None:
    """What means nothing for rows is said to."""
    for words in (["--precision", "30"], ["--check"], ["--format", "latex"], ["--layout", "denominator"]):
        grad("--data", "-", *words, input=ROWS, exit=2)


@needs_data
def test_a_million_rows(grad: Grad) -> None:
    """All of them come out, in order, by threads too."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    draw = np.random.default_rng(1)
    given = pa.table(
        {"id": np.arange(1_000_000), "x1": draw.uniform(1, 3, 1_000_000), "x2": draw.uniform(1, 3, 1_000_000)}
    )
    pq.write_table(given, "p.parquet")
    grad("--data", "p.parquet", "--engine", "numpy", "--threads", "2", "-o", "out.parquet")
    found = pq.read_table("out.parquet")
    assert found["id"].equals(given["id"])
    assert np.allclose(found["d_x1"], 1 / given["x1"].to_numpy() + given["x2"].to_numpy(), rtol=1e-14)


@pytest.mark.parametrize("text", ["x^1.5", "x*sqrt(x)", "sqrt(x)^3"])
@each_engine
def test_rows_at_the_end_of_a_domain_are_answered_as_points_and_counted(grad: Grad, text: str, engine: str) -> None:
    """The derivative at 0 is that of the side that there is: 0."""
    found = grad("--data", "-", "--engine", engine, formula=text, input="x\n0\n4\n0\n")
    assert found.stdout == "x,value,d_x\n0,0.0,0.0\n4,8.0,3.0\n0,0.0,0.0\n"
    assert "2 rows: " in found.stderr
    assert "stands at the end of its domain: its derivative is one-sided" in found.stderr
