"""Files and disks that are damaged, full, of many kinds, or huge: all rows come out, or the old file stays."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rows import WITHOUT, each_engine, needs_data

Grad = Callable[..., Result]

FORMATS = ["csv", "tsv", "jsonl", "csv.gz", *([] if WITHOUT else ["parquet", "arrow"])]
each_format = pytest.mark.parametrize("extension", FORMATS)
posix = pytest.mark.skipif(os.name == "nt", reason="signals, pipes and disks of POSIX")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has files without a name")


def adcli(folder: Path, *words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """`adcli grad x^2` as a process of its own."""
    command = [sys.executable, "-m", "adcli", "grad", "x^2", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


def many(path: Path, count: int) -> None:
    path.write_text("x\n" + "".join(f"{i}\n" for i in range(count)))


# Disks


@pytest.fixture
def small_disk(tmp_path: Path):
    """A folder on a disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(words, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("only root may mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@posix
@each_format
def test_a_full_disk(small_disk: Path, extension: str) -> None:
    """The run says so; the old file is as it was, and no other is left to fill the disk."""
    many(small_disk.parent / "p.csv", 200_000)
    old = small_disk / f"out.{extension}"
    old.write_bytes(b"old")
    done = adcli(small_disk, "--data", "../p.csv", "-o", old.name)
    assert done.returncode == 4
    assert b"no space left on device" in done.stderr
    assert {path.name: path.read_bytes() for path in small_disk.iterdir()} == {old.name: b"old"}


@posix
@each_engine
def test_a_file_that_may_not_grow(tmp_path: Path, engine: str) -> None:
    """A limit on the size of files ends the run like a full disk."""
    import resource

    many(tmp_path / "p.csv", 20_000)
    (tmp_path / "out.csv").write_text("old")
    done = adcli(
        tmp_path,
        *("--data", "p.csv", "--engine", engine, "-o", "out.csv"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert done.returncode == 4
    assert b"cannot write" in done.stderr
    assert (tmp_path / "out.csv").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["out.csv", "p.csv"]


# Ends


@posix
@each_engine
@pytest.mark.parametrize("extension", [extension for extension in FORMATS if extension != "tsv"])
@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGKILL, marks=needs_linux)])
def test_an_ended_run_changes_nothing(tmp_path: Path, number: signal.Signals, extension: str, engine: str) -> None:
    """In the middle of the rows, whatever is written."""
    target = tmp_path / f"out.{extension}"
    target.write_bytes(b"old")
    words = [sys.executable, "-m", "adcli", "grad", "x^2", "--data", "-", "--engine", engine, "-o", target.name]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert child.stdin is not None
    assert child.stderr is not None
    child.stdin.write(b"x\n" + b"1.5\n" * 100_000)
    child.stdin.flush()
    child.send_signal(number)
    child.wait(30)
    child.stdin.close()
    said = child.stderr.read()
    child.stderr.close()
    assert child.returncode == (-9 if number == signal.SIGKILL else 128 + number), said
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {target.name: b"old"}


@posix
@each_engine
def test_a_reader_that_has_seen_enough(tmp_path: Path, engine: str) -> None:
    """A closed pipe ends the run without a word, as it does any program of a pipeline."""
    many(tmp_path / "p.csv", 100_000)
    words = [sys.executable, "-m", "adcli", "grad", "x^2", "--data", "p.csv", "--engine", engine]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.readline() == b"x,value,d_x\n"
    child.stdout.close()
    child.wait(60)
    said = child.stderr.read()
    child.stderr.close()
    assert (child.returncode, said) == (128 + signal.SIGPIPE, b"")


# Damage


@needs_data
@each_engine
@pytest.mark.parametrize("extension", ["parquet", "arrow"])
def test_files_cut_off_anywhere(grad: Grad, extension: str, engine: str) -> None:
    """They are refused, with their name; nothing is written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"x1": [1.0 + i for i in range(1000)], "x2": [2.0] * 1000})
    if extension == "parquet":
        pq.write_table(table, "whole", row_group_size=100)
    else:
        with pa.ipc.new_file("whole", table.schema) as file:
            file.write_table(table, max_chunksize=100)
    whole = Path("whole").read_bytes()
    source = f"p.{extension}"
    for length in (0, 1, 4, 8, 100, len(whole) // 2, len(whole) - 8, len(whole) - 1):
        Path(source).write_bytes(whole[:length])
        done = grad("--data", source, "--engine", engine, "-o", "out.csv", exit=4)
        assert source in done.stderr
        assert not Path("out.csv").exists()


@each_engine
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("7,8,9", "line 40002: 3 fields where the header has 2"),
        ("7", "line 40002: 1 field where the header has 2"),
        ('"7"8,8', "line 40002: a quoted field goes on after its closing quote"),
    ],
)
def test_a_bad_line_far_down(grad: Grad, bad: str, said: str, engine: str) -> None:
    """The line's number is right behind the first batches, too."""
    good = "1.5,2.5\n"
    Path("p.csv").write_text("x1,x2\n" + good * 40_000 + bad + "\n" + good * 10)
    assert said in grad("--data", "p.csv", "--engine", engine, "-o", "out.csv", exit=4).stderr
    assert not Path("out.csv").exists()


# Few rows and many


@needs_data
@each_engine
@each_format
@pytest.mark.parametrize("count", [0, 1])
def test_one_row_or_none(grad: Grad, count: int, extension: str, engine: str) -> None:
    """In every format: as many come out."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["é"], "x": [3.0]}).slice(0, count), "p.parquet")
    grad("--data", "p.parquet", "--overwrite", "-o", f"p.{extension}", formula="x")
    options = ["--keep", "id,x", "--engine", engine, "-o", "out.csv"]
    exit = 4 if extension == "jsonl" and not count else 0  # no line says which columns there are
    done = grad("--data", f"p.{extension}", *options, formula="x^2", exit=exit)
    if exit:
        assert "is empty" in done.stderr
        return
    header, *rows = csv.reader(Path("out.csv").read_text(encoding="utf-8").splitlines())
    assert header == ["id", "x", "value", "d_x"]
    assert [[row[0], *map(float, row[1:])] for row in rows] == [["é", 3.0, 9.0, 6.0]] * count


@needs_data
@pytest.mark.parametrize("extension", ["csv", "parquet"])
@pytest.mark.parametrize("engine", ["numpy", "llvm"])
def test_sums_over_a_million_rows(grad: Grad, extension: str, engine: str) -> None:
    """Whole numbers add up exactly; every thousandth row has no result."""
    pytest.importorskip("llvmlite" if engine == "llvm" else engine)
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    count = 1_000_000
    Path("p.csv").write_text("x\n" + "".join(f"{i}\n" if i % 1000 else "\n" for i in range(count)))
    grad("--data", "p.csv", "--engine", engine, "--threads", "2", "-o", f"out.{extension}", formula="x^2")
    if extension == "csv":
        import pyarrow.csv

        table = pyarrow.csv.read_csv("out.csv")
    else:
        table = pq.read_table("out.parquet")
    assert table.num_rows == count
    assert table["d_x"].null_count == table["x"].null_count == count // 1000
    total = sum(i for i in range(count) if i % 1000)
    assert pc.sum(table["x"].cast(pa.float64())).as_py() == total
    assert pc.sum(table["d_x"]).as_py() == 2 * total


# Several files


@needs_data
def test_files_of_different_formats_and_types(grad: Grad) -> None:
    """They are one where the columns have the same names; Parquet says no where a type would change a value."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["a"], "x": pa.array([2], pa.int64())}), "whole.parquet")
    pq.write_table(pa.table({"id": ["b"], "x": [2.5]}), "broken.parquet")
    pq.write_table(pa.table({"id": ["b"], "x": pa.array([2.5], pa.float32())}), "short.parquet")
    Path("p.csv").write_text("id,x\nc,3\n")
    files = ["--data", "whole.parquet", "--data", "broken.parquet", "--data", "p.csv"]
    grad(*files, "-o", "out.csv", formula="x^2")
    assert Path("out.csv").read_text() == "id,x,value,d_x\na,2,4.0,4.0\nb,2.5,6.25,5.0\nc,3,9.0,6.0\n"
    grad("--data", "whole.parquet", "--data", "p.csv", "-o", "out.parquet", formula="x^2")
    assert pq.read_table("out.parquet")["x"].to_pylist() == [2, 3]
    for first, second in (("whole", "broken"), ("short", "broken")):
        names = ["--data", f"{first}.parquet", "--data", f"{second}.parquet"]
        done = grad(*names, "-o", "none.parquet", formula="x^2", exit=4)
        assert f"the column x of {second}.parquet is double" in done.stderr
        assert not Path("none.parquet").exists()


@each_engine
def test_columns_in_another_order(grad: Grad, engine: str) -> None:
    """They are the same: columns are matched by name, and written in the first file's order."""
    Path("p1.csv").write_text("x1,x2,id\n1,2,a\n")
    Path("p2.csv").write_text("id, x2,x1\nb,2,1\n")
    done = grad("--data", "p[12].csv", "--engine", engine, "-o", "out.csv", exit=4)
    assert "p2.csv and p1.csv have different columns: x2,  x2 only in one" in done.stderr
    assert not Path("out.csv").exists()
    grad("--data", "p[12].csv", "--engine", engine, "--keep", "id,x1", "-o", "out.csv")
    _, first, second = Path("out.csv").read_text().splitlines()
    assert first[:4] == "a,1,"
    assert first[1:] == second[1:]
    Path("p2.csv").write_text("x2,more\n2,7\n")
    assert "p2.csv has no column x1" in grad("--data", "p[12].csv", "--keep", "none", exit=4).stderr
    Path("p2.csv").write_text("x2,more,x1\n2,7,1\n")
    assert len(grad("--data", "p[12].csv", "--engine", engine, "--keep", "none").stdout.splitlines()) == 3
