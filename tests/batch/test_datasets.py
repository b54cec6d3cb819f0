"""`--data` from folders and into folders: each row once, part by part."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from adcli.batch.files import places
from adcli.batch.files.extended import partitions
from adcli.batch.ledger import LOCK, MANIFEST, UNFINISHED

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("numpy")

Grad = Callable[..., Result]
FORMULA = "S^2*year"
WORDS = ("--wrt", "S", "--data", "lake")
PARTS = ("year=2024/month=01/a.parquet", "year=2024/month=02/a.parquet", "year=2025/month=01/a.parquet")


def lake(**more: Any) -> list[dict[str, Any]]:
    """Three parts in folders; all their rows."""
    rows = []
    for number, name in enumerate(PARTS):
        path = Path("lake", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        ids = range(10 * number, 10 * number + 10)
        own = [{"id": i, "S": i - 12.0, "region": ("EU", "US", "it's/AS")[i % 3], **more} for i in ids]
        pq.write_table(pa.Table.from_pylist(own), path, row_group_size=4)
        folders = partitions(PARTS)[number]
        rows += [{**row, **folders} for row in own]
    return rows


def answers(folder: str) -> list[dict[str, Any]]:
    """All rows of a data set, by pyarrow's own reader, by their id."""
    from pyarrow import dataset

    flavour = dataset.partitioning(pa.schema([("year", pa.int64()), ("month", pa.string()), ("region", pa.string())]))
    flavour = dataset.partitioning(flavour.schema, flavor="hive")
    files = [str(path) for path in Path(folder).rglob("*.parquet")]
    tables = [dataset.dataset(file, format="parquet", partitioning=flavour).to_table() for file in files]
    return sorted((row for table in tables for row in table.to_pylist()), key=lambda row: row["id"])


def test_folders_give_columns_and_keep_them(grad: Grad) -> None:
    """Those of whole numbers are numbers, and variables; the results stand in the same folders."""
    rows = lake()
    grad(*WORDS, "-o", "out/", formula=FORMULA)
    assert sorted(str(p.relative_to("out")) for p in Path("out").rglob("*.parquet")) == list(PARTS)
    assert pq.ParquetFile(f"out/{PARTS[0]}").schema_arrow.names == ["id", "S", "region", "value", "d_S"]
    found = answers("out")
    assert [row["d_S"] for row in found] == [2 * row["S"] * row["year"] for row in rows]
    assert [{name: row[name] for name in rows[0]} for row in found] == rows
    whole = grad(*WORDS, "--format", "csv", formula=FORMULA).stdout.splitlines()
    assert whole[0] == "id,S,region,year,month,value,d_S"
    assert whole[1] == "0,-12.0,EU,2024,01,291456.0,-48576.0"
    assert len(whole) == 31


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_folders_of_texts_are_data_sets_too(grad: Grad, kind: str) -> None:
    """Globs over them mean the files in the folders that they match."""
    for year in (2024, 2025):
        Path(f"t/year={year}").mkdir(parents=True)
        text = "S\n1.5\n" if kind == "csv" else '{"S": 1.5}\n'
        Path(f"t/year={year}/x.{kind}").write_text(text)
        Path(f"t/year={year}/_ignored.{kind}").write_text("?")
    for data in ("t", "t/year=*", f"t/**/*.{kind}", "t/**"):
        found = grad("--wrt", "S", "--data", data, "--format", "csv", formula=FORMULA).stdout
        assert found == "S,year,value,d_S\n1.5,2024,4554.0,6072.0\n1.5,2025,4556.25,6075.0\n", data
    grad("--wrt", "S", "--data", "t", "-o", "out/", "--format", "parquet", formula=FORMULA)
    assert pq.read_table("out/year=2025/x.parquet", partitioning=None)["d_S"].to_pylist() == [6075]


def test_values_of_folders_are_numbers_where_all_are(grad: Grad) -> None:
    """Escaped texts are themselves, and the folder of no value is null."""
    found = partitions(["d/a=1/b=x%20y/f", "d/a=-20/b=__HIVE_DEFAULT_PARTITION__/f"])
    assert found == [{"a": 1, "b": "x y"}, {"a": -20, "b": None}]
    assert partitions(["a=01/f", "a=2/f"]) == [{"a": "01"}, {"a": "2"}]


def test_rows_are_chosen_by_a_condition(grad: Grad) -> None:
    """Those that remain are called as they are in their file, with whatever was not read before them."""
    rows = lake()
    done = grad(*WORDS, "--where", "S > 5 or (year == 2024 and not S >= -11)", "--format", "jsonl", formula=FORMULA)
    chosen = [row for row in rows if row["S"] > 5 or (row["year"] == 2024 and row["S"] < -11)]
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [row["id"] for row in chosen]
    assert f"--where leaves out {30 - len(chosen)} rows" in done.stderr
    failing = grad("--data", "lake", "--where", "S > 16", "--on-error", "stop", exit=3, formula="1/(S - 17)")
    assert "row 10 of lake/year=2025/month=01/a.parquet" in failing.stderr
    Path("t/k=1").mkdir(parents=True)
    Path("t/k=2").mkdir()
    for name in ("t/k=1/a.csv", "t/k=2/a.csv"):  # of texts that are not read nobody knows how many rows they have
        Path(name).write_text("S\n1\n-1\n")
    told = grad("--data", "t", "--where", "k > 1 and S > 0", formula="S^2").stderr
    assert "--where leaves out 1 row and all of 1 file" in told
    for wrong, said in (("S >", "--where"), ("T > 0", "no column T"), ("S", "condition")):
        assert said in grad(*WORDS, "--where", wrong, formula=FORMULA, exit=4 if "T" in wrong else 2).stderr


def test_statistics_tell_what_need_not_be_read(grad: Grad, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of rows in which the condition cannot hold, and parts whose folder excludes it, are not decoded."""
    from adcli.batch.files.arrow import ParquetFile

    lake()
    read = []
    batches = ParquetFile.batches

    def counted(self: Any, size: int, wanted: Any, most: int, groups: Any = None) -> Any:
        for batch in batches(self, size, wanted, most, groups):
            read.append(batch.num_rows)
            yield batch

    monkeypatch.setattr(ParquetFile, "batches", counted)
    for condition, most in (("S > 15.5", 2), ("S > 100", 0), ("year == 2025 and S > 15.5", 2), ("year < 2000", 0),
                            ("not (S <= 15.5)", 2), ("S^2 > 1000", 30), ("S == 3 or S == 5", 4),
                            ("region < 'EU'", 0), ("month = '02' or not region >= 'EU'", 10)):  # fmt: skip
        read.clear()
        grad(*WORDS, "--where", condition, formula=FORMULA)
        assert sum(read) == most, condition


def test_missing_numbers_satisfy_no_condition(grad: Grad) -> None:
    """Neither a comparison nor its contrary; where the other side of an `or` holds, that is enough, as in SQL."""
    Path("n.csv").write_text("S,k,r\n1,1,\n,2,EU\nNaN,3,EU\n-1,4,US\n")
    for condition, rows in (("S > 0", "1"), ("not (S > 0)", "4"), ("S != 0", "14"), ("S > 0 or k^2 > 8", "134"),
                            ("not (S > 0 and k > 2)", "124"), ("not (S > 0) and k > 0", "4"),
                            ("S > 0 or k^2 == 4", "12"), ("S < -5 or r == 'EU'", "23"),
                            ("not (S < -5 and r == 'US')", "1234")):  # fmt: skip
        found = grad("--data", "n.csv", "--keep", "k", "--where", condition, formula="S^2").stdout.splitlines()[1:]
        assert [line.split(",")[0] for line in found] == list(rows), condition


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_texts_and_days_are_compared_in_quotes(grad: Grad, kind: str) -> None:
    """In every format, as SQL compares them: by characters, days by the calendar, and what is missing with nothing."""
    rows = [("EU", "2026-01-02"), ("US", "2026-03-01"), (None, "2026-05-01"), ("it's", None), ("", "2026-07-01")]
    if kind == "csv":
        lines = [f"{a or ''},{b or ''},{i}" for i, (a, b) in enumerate(rows)]
        Path("q.csv").write_text("\n".join(["region,day,S", *lines, ""]))
        rows[4] = (None, "2026-07-01")
    elif kind == "jsonl":
        lines = [json.dumps({"region": a, "day": b, "S": i}) for i, (a, b) in enumerate(rows)]
        Path("q.jsonl").write_text("\n".join([*lines, ""]))
    else:
        regions = pa.array([a for a, _ in rows]).dictionary_encode()
        days = pa.array([b and date.fromisoformat(b) for _, b in rows], pa.date32())
        pq.write_table(pa.table({"region": regions, "day": days, "S": [0.0, 1, 2, 3, 4]}), "q.parquet")
    conditions: dict[str, Callable[[Any, Any, int], bool | None]] = {
        "region == 'EU'": lambda a, b, i: a == "EU",
        'not region = "EU"': lambda a, b, i: a is not None and a != "EU",
        "region != 'it''s' and S < 4": lambda a, b, i: a is not None and a != "it's" and i < 4,
        "day >= '2026-03-01' or S == 3": lambda a, b, i: b is None or b >= "2026-03-01",
        "day < '2026-03-01'": lambda a, b, i: b is not None and b < "2026-03-01",
        "region > 'F' and day <= '2026-03-01'": lambda a, b, i: a == "US",
    }
    for engine in ("python", "numpy"):
        for condition, holds in conditions.items():
            words = ("--data", f"q.{kind}", "--format", "csv", "--engine", engine, "--keep", "S")
            found = grad(*words, "--where", condition, formula="S^2").stdout.splitlines()[1:]
            chosen = [i for i, (a, b) in enumerate(rows) if holds(a, b, i)]
            assert [float(line.split(",")[0]) for line in found] == chosen, condition


def test_texts_are_not_compared_with_numbers(grad: Grad) -> None:
    """Nothing would be left, and 2026-02-01 is 2023: it is said what a column holds, and how it is compared."""
    Path("q.csv").write_text("S,day\n1,2026-01-02\n2,2026-03-01\n")
    pq.write_table(pa.table({"S": [1.0], "day": [date(2026, 1, 2)]}), "q.parquet")
    for file, condition, said in (
        ("q.csv", "day > 2026-02-01", "the column day of q.csv is text, not numbers: '2026-01-02'"),
        ("q.parquet", "day > 2026-02-01", "holds date32[day], not numbers"),
        ("q.parquet", "S == '1'", "the column S of q.parquet holds double, no text"),
        ("q.parquet", "day == '2026-13-01'", "holds date32[day], which '2026-13-01' is not"),
        ("q.csv", "dey == '2026-01-02'", "q.csv has no column dey"),
    ):
        assert said in grad("--data", file, "--where", condition, formula="S^2", exit=4).stderr
    located = grad("--data", "q.csv", "--where", "day == '2026-01-02' and and", formula="S^2", exit=2).stderr
    assert "  day == '2026-01-02' and and\n                          ^^^\n" in located


def test_infinite_numbers_satisfy_conditions(grad: Grad) -> None:
    """Such a row has no result, and that is said of it: it is not left out."""
    Path("n.csv").write_text("S,k\n1,1\ninf,2\n-inf,3\n")
    for condition, rows in (("S > 0", "12"), ("not S > 0", "3"), ("S*k < 5", "13")):
        done = grad("--data", "n.csv", "--keep", "k", "--status", "--where", condition, formula="S^2")
        lines = [line.split(",") for line in done.stdout.splitlines()[1:]]
        assert [line[0] for line in lines] == list(rows), condition
        assert [line[-1] for line in lines] == ["" if row == "1" else "S is infinite" for row in rows]


def test_results_are_spread_by_columns(grad: Grad) -> None:
    """Each row stands once, in the folder of its values."""
    rows = lake()
    grad(*WORDS, "-o", "out/", "--partition-by", "region", formula=FORMULA)
    folders = sorted(path.name for path in Path("out").iterdir() if path.is_dir())
    assert folders == ["region=EU", "region=US", "region=it%27s%2FAS"]
    found = answers("out")
    assert [(row["id"], row["region"], row["d_S"]) for row in found] == [
        (row["id"], row["region"], 2 * row["S"] * row["year"]) for row in rows
    ]
    assert "is no column that is kept" in grad(
        *WORDS, "-o", "new/", "--partition-by", "nation", formula=FORMULA, exit=2
    ).stderr  # fmt: skip


def test_the_manifest_says_what_was_made_of_what(grad: Grad) -> None:
    """It comes last; nothing else is left beside the parts."""
    lake()
    grad(*WORDS, "-o", "out/", formula=f"log({FORMULA})")
    told = json.loads(Path("out", MANIFEST).read_text())
    assert told["complete"]
    assert told["question"]["expr"] == [f"log({FORMULA})"]
    part = told["parts"][os.path.abspath(f"lake/{PARTS[1]}")]
    assert part["input"]["size"] == os.path.getsize(f"lake/{PARTS[1]}")
    assert (part["rows"], part["failed"]) == (10, 1)
    assert part["outputs"] == [{"path": PARTS[1], "size": os.path.getsize(f"out/{PARTS[1]}")}]
    assert not Path("out", UNFINISHED).exists()
    assert not Path("out", LOCK).exists()


def test_a_part_that_fails_leaves_the_others(grad: Grad) -> None:
    """Damaged or missing, it is named, with how to go on; going on does it alone."""
    lake()
    whole = Path("lake", PARTS[1]).read_bytes()
    Path("lake", PARTS[1]).write_bytes(whole[:-30])
    failed = grad(*WORDS, "-o", "out/", formula=FORMULA, exit=4)
    assert f"lake/{PARTS[1]} is no Parquet file, or is cut off" in failed.stderr
    assert "1 of 3 parts failed" in failed.stderr
    assert "--resume" in failed.stderr
    assert not Path("out", MANIFEST).exists()
    before = {name: os.stat(f"out/{name}").st_mtime_ns for name in (PARTS[0], PARTS[2])}
    Path("lake", PARTS[1]).write_bytes(whole)
    assert "--resume goes on" in grad(*WORDS, "-o", "out/", formula=FORMULA, exit=2).stderr
    assert "2 parts done before" in grad(*WORDS, "-o", "out/", "--resume", formula=FORMULA).stderr
    assert {name: os.stat(f"out/{name}").st_mtime_ns for name in before} == before
    assert [row["id"] for row in answers("out")] == list(range(30))
    assert "begun with another expr" in grad(*WORDS, "-o", "out/", "--resume", formula="S^3", exit=2).stderr
    Path("out", PARTS[0]).write_bytes(b"")  # not of the size that it had
    assert "2 parts done before" in grad(*WORDS, "-o", "out/", "--resume", formula=FORMULA).stderr
    assert len(answers("out")) == 30


def test_a_row_that_stops_names_its_file_and_place(grad: Grad) -> None:
    """The other parts are written."""
    lake()
    failed = grad(*WORDS, "-o", "out/", "--on-error", "stop", formula="1/S", exit=3)
    assert "row 3 of lake/year=2024/month=02/a.parquet" in failed.stderr
    assert [row["id"] for row in answers("out")] == [*range(10), *range(20, 30)]


def test_a_data_set_is_only_replaced_on_demand(grad: Grad) -> None:
    """And what is left of the old one goes, so that no row stands twice; files of others are not touched."""
    lake()
    grad(*WORDS, "-o", "out/", formula=FORMULA)
    for folder in ("lake/year=2025",):
        for path in Path(folder).rglob("*.parquet"):
            path.unlink()
    assert "not among --data" in grad(*WORDS, "-o", "out/", "--resume", formula=FORMULA, exit=2).stderr
    grad(*WORDS, "-o", "out/", "--overwrite", formula=FORMULA)
    assert [row["id"] for row in answers("out")] == list(range(20))
    Path("mine").mkdir()
    Path("mine/rows.csv").write_text("x\n")
    assert "no run of adcli has written" in grad(*WORDS, "-o", "mine/", "--overwrite", formula=FORMULA, exit=2).stderr
    assert Path("mine/rows.csv").read_text() == "x\n"


def test_a_large_file_is_done_piece_by_piece(grad: Grad, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each range of its groups of rows is a part: counted, gone on with, and done anew where the file has changed."""
    monkeypatch.setattr("adcli.cli.datasets.PIECE", 2_000)
    Path("lake").mkdir()

    def write(count: int) -> None:
        rows = {"id": list(range(count)), "S": [i - 12.0 for i in range(count)], "L": [[1.0, i] for i in range(count)]}
        pq.write_table(pa.table(rows), "lake/a.parquet", row_group_size=100)

    def hold(count: int) -> list[str]:
        names = sorted(path.name for path in Path("out").glob("*.parquet"))
        rows = [row for name in names for row in pq.ParquetFile(f"out/{name}").read().to_pylist()]
        assert [row["id"] for row in rows] == list(range(count))
        told = json.loads(Path("out", MANIFEST).read_text())["parts"].values()
        assert sorted(output["path"] for part in told for output in part["outputs"]) == names
        assert sum(part["rows"] for part in told) == count
        return names

    words = ("--data", "lake/a.parquet", "-o", "out/", "--wrt", "S")
    write(1_000)
    done = grad(*words, "--status", "--where", "id < 5000", formula="log(S)*L[1]").stderr
    assert "13 rows: log is not defined at" in done
    assert "row 1 of lake/a.parquet" in done
    names = hold(1_000)
    assert 3 < len(names) <= 10
    assert names == [f"a.{place:05}.parquet" for place in range(len(names))]
    rows = [row for name in names for row in pq.ParquetFile(f"out/{name}").read().to_pylist()]
    assert rows[-1]["d_S"] == 1 / 987
    grad(*words, "--overwrite", formula="S^2*L[1]")
    hold(1_000)
    Path("out", names[1]).unlink()
    gone_on = grad(*words, "--resume", formula="S^2*L[1]")
    assert f"{len(names) - 1} parts done before" in gone_on.stderr
    hold(1_000)
    for count in (400, 5, 700):
        write(count)
        assert "done before" not in grad(*words, "--resume", formula="S^2*L[1]").stderr
        assert (hold(count) == ["a.parquet"]) == (count == 5)
    told = grad(*words[:2], "--where", "id >= 600", formula="1/(S - 588)*L[1]", exit=0, input=None).stdout
    assert told.count("\n") == 101
    for data in ("lake/a.parquet", "lake"):
        new = ("--data", data, "-o", "new/", "--overwrite", "--on-error", "stop")
        assert "row 601 of lake/a.parquet" in grad(*new, formula="1/(S - 588)*L[1]", exit=3).stderr
        grad(*new, "--where", "id != 600", formula="1/(S - 588)*L[1]")
    Path("lake/a.00001.parquet").write_bytes(Path("lake/a.parquet").read_bytes())
    grad("--data", "lake", "-o", "both/", "--keep", "id", formula="S*L[1]")
    found = [row for path in Path("both").glob("*.parquet") for row in pq.ParquetFile(path).read()["id"].to_pylist()]
    assert sorted(found) == sorted([*range(700), *range(700)])


def test_a_file_that_changes_while_its_pieces_are_done_is_told(grad: Grad, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise half of the rows would be old and half new."""
    from adcli.batch.parts import Part

    monkeypatch.setattr("adcli.cli.datasets.PIECE", 2_000)
    Path("lake").mkdir()
    pq.write_table(pa.table({"S": [float(i) for i in range(1000)]}), "lake/a.parquet", row_group_size=100)
    divided = Part.divided

    def changed(self: Part, *given: Any) -> list[Part]:
        os.utime("lake/a.parquet", ns=(1, 1))
        return divided(self, *given)

    monkeypatch.setattr(Part, "divided", changed)
    assert "has changed since it was begun" in grad("--data", "lake", "-o", "out/", formula="S^2", exit=4).stderr
    monkeypatch.undo()


def test_two_runs_do_not_write_to_one_folder(grad: Grad) -> None:
    """The second is refused while the first lives; what a dead one has left is no obstacle."""
    lake()
    Path("out").mkdir()
    mine = {"host": os.uname().nodename, "pid": os.getpid(), "began": Path("/proc/self/stat").read_text().split()[21]}
    Path("out", LOCK).write_text(json.dumps(mine))
    assert "another run writes to" in grad(*WORDS, "-o", "out/", formula=FORMULA, exit=4).stderr
    Path("out", LOCK).write_text(json.dumps({**mine, "began": "1"}))
    grad(*WORDS, "-o", "out/", formula=FORMULA)
    assert places.create("out/x", b"1")
    assert not places.create("out/x", b"2")


def test_a_killed_run_goes_on(grad: Grad) -> None:
    """Each row stands once when it has gone on, and no half of a part is ever seen."""
    lake()
    script = (
        "import os, sys, adcli.batch.ledger as ledger\n"
        "from adcli.cli import main\n"
        "ledger.PAUSE = 0\n"
        "record = ledger.Ledger.record\n"
        "def then_die(self, *args, **counts):\n"
        "    record(self, *args, **counts)\n"
        "    os.kill(os.getpid(), 9)\n"
        "ledger.Ledger.record = then_die\n"
        "main(sys.argv[1:])\n"
    )
    words = ["grad", FORMULA, *WORDS, "-o", "out/"]
    assert subprocess.run([sys.executable, "-c", script, *words], check=False, timeout=300).returncode == -9
    assert Path("out", LOCK).exists()
    assert [row["id"] for row in answers("out")] == list(range(10))
    assert "1 part done before" in grad(*WORDS, "-o", "out/", "--resume", formula=FORMULA).stderr
    assert [row["id"] for row in answers("out")] == list(range(30))
    assert sorted(path.name for path in Path("out").iterdir()) == [MANIFEST, "year=2024", "year=2025"]


def test_a_full_disk_leaves_no_half_part(grad: Grad) -> None:
    """The error says why; the parts that are written are whole."""
    resource = pytest.importorskip("resource")
    lake()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = 400  # bytes: no part is so small
    script = (
        "import resource, sys\n"
        "from adcli.cli import main\n"
        "import adcli.batch.ledger as ledger\n"
        "write = ledger.Ledger._write\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {before[1]}))\n"
        "main(sys.argv[1:])\n"
    )
    words = [sys.executable, "-c", script, "grad", FORMULA, *WORDS, "-o", "out/"]
    done = subprocess.run(words, check=False, timeout=300, capture_output=True, text=True)
    assert done.returncode == 4
    assert "cannot write" in done.stderr
    assert "too large" in done.stderr
    assert not answers("out")


def test_files_that_differ_are_told_or_united(grad: Grad) -> None:
    """Both are named; united, each has all columns in types that hold what all have."""
    Path("d").mkdir()
    pq.write_table(pa.table({"S": pa.array([1, 2], pa.int32()), "a": ["x", "y"]}), "d/1.parquet")
    pq.write_table(pa.table({"b": [True], "S": [2.5]}), "d/2.parquet")
    told = grad("--data", "d", "-o", "all.parquet", formula="S^2", exit=4).stderr
    assert "d/1.parquet" in told
    assert "d/2.parquet" in told
    for words in ((), ("--keep", "S")):
        told = grad("--data", "d", *words, "-o", "parts/", "--overwrite", formula="S^2", exit=4).stderr
        assert "d/1.parquet" in told
        assert "d/2.parquet" in told
        assert "--union-by-name" in told
    assert [path.name for path in Path("parts").glob("*.parquet")] == ["1.parquet"]
    for target in ("all.parquet", "all/"):
        grad("--data", "d", "--union-by-name", "-o", target, formula="S^2")
    rows = [
        {"S": 1.0, "a": "x", "b": None, "value": 1.0, "d_S": 2.0},
        {"S": 2.0, "a": "y", "b": None, "value": 4.0, "d_S": 4.0},
        {"S": 2.5, "a": None, "b": True, "value": 6.25, "d_S": 5.0},
    ]
    assert pq.read_table("all.parquet").to_pylist() == rows
    assert [row for n in (1, 2) for row in pq.ParquetFile(f"all/{n}.parquet").read().to_pylist()] == rows
    assert pq.ParquetFile("all/1.parquet").schema_arrow.equals(pq.ParquetFile("all/2.parquet").schema_arrow)
    pq.write_table(pa.table({"S": [1.0], "a": [[1]]}), "d/3.parquet")
    told = grad("--data", "d", "--union-by-name", "-o", "more/", formula="S^2", exit=4).stderr
    assert "the column a is string in d/1.parquet, and list" in told
    assert "in d/3.parquet" in told


def test_what_a_folder_cannot_take_is_refused(grad: Grad) -> None:
    """And so is what only a folder can."""
    lake()
    Path("a").mkdir()
    Path("b").mkdir()
    for name in ("a/x.csv", "b/x.csv", "a/x.tsv"):
        Path(name).write_text("S\n1\n")
    for words, said in (
        (("--data", "lake", "-o", "out/", "--reduce", "sum"), "-o names a file"),
        (("--data", "-", "-o", "out/"), "standard input goes to a file"),
        (("--data", "lake", "-o", "lake/out/"), "lies in lake"),
        (("--data", "lake", "-o", "lake/"), "lies in lake"),
        (("--data", "lake", "--resume"), "-o FOLDER/"),
        (("--data", "lake", "--partition-by", "region"), "-o FOLDER/"),
        (("--data", "lake", "--cluster", "dask"), "-o FOLDER/"),
        (("--data", "a/x.csv", "--data", "a/x.tsv", "-o", "out/"), "would both be called x.csv"),
        (("--data", "lake", "-o", "out/", "--cluster", "slurm"), "--cluster slurm is not known"),
    ):
        assert said in grad(*words, formula="S^2", input="S\n1\n", exit=2).stderr
    grad("--data", "a/x.csv", "--data", "b/x.csv", "-o", "out/", formula="S^2")
    assert Path("out/a/x.csv").read_text() == Path("out/b/x.csv").read_text() == "S,value,d_S\n1,1.0,2.0\n"
