"""Cells of text: how numbers are spelled, what separates them, and what means that there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from rows import each_engine, needs_data

from adcli.batch.files.cells import NULLS, Spelling, numbers

Grad = Callable[..., Result]


def cells(*texts: str) -> str:
    return "x\n" + "".join('"' + text.replace('"', '""') + '"\n' for text in texts)


@given(st.integers(-(10**9), 10**9), st.sampled_from([",", "."]), st.sampled_from(["", " ", "'", "."]))
def test_numbers_are_read_as_they_are_written(number: int, decimal: str, thousands: str) -> None:
    """With any decimal sign and any mark between thousands, which need not be there."""
    if decimal == thousands:
        return
    grouped = f"{number:,}".replace(",", thousands)
    for text in (grouped, str(number), grouped + decimal + "25"):
        assert Spelling(decimal, thousands).number(text) == float(text.replace(thousands, "").replace(decimal, "."))


@pytest.mark.parametrize(
    "text", ["1,23", "1,2345", ",123", "1,234,5", "12,34,567", "1.5,000", "1 234", "1,,234", "--1"]
)
def test_thousands_are_groups_of_three(text: str) -> None:
    """Else the mark means something else, which nobody knows."""
    assert numbers([text], Spelling(".", ",")).unreadable


def test_other_alphabets_and_pythons_spellings_are_no_numbers() -> None:
    """Under every spelling."""
    for spelling in (Spelling(), Spelling(","), Spelling(".", ",")):
        for text in ("1_000", "0x10", "1e", "e5", "+-1", "1 2", "x"):
            assert numbers([text], spelling).unreadable == {0: repr(text)}


def test_nulls_are_texts_of_their_own() -> None:
    """The usual ones, and those that are given besides, even where they look like numbers."""
    spelling = Spelling(nulls=(*NULLS, "-999", "-"))
    found = numbers(["1", "-999", "-", "n/a", "\\N", "Null", "", None, -999.0], spelling)
    assert found.null == [1, 2, 3, 4, 5, 6, 7]
    assert found.values[0] == 1.0
    assert found.values[8] == -999.0


@each_engine
def test_decimal_commas_and_semicolons(grad: Grad, engine: str) -> None:
    """What separates fields is seen in the header where no comma does, and said; texts are kept as they are."""
    Path("p.csv").write_text('x;k\n1,5;"a;b"\n"2,5";c,d\n')
    done = grad("--data", "p.csv", "--engine", engine, "--decimal", ",", "-o", "out.csv", formula="x^2")
    assert Path("out.csv").read_text() == 'x,k,value,d_x\n"1,5",a;b,2.25,3.0\n"2,5","c,d",6.25,5.0\n'
    assert "p.csv is read as separated by semicolons" in done.stderr
    done = grad("--data", "p.csv", "--engine", engine, formula="x^2", exit=4)
    assert "--decimal" in done.stderr
    Path("q.csv").write_text("x~k\n1~2\n")
    done = grad("--data", "q.csv", "--engine", engine, "--delimiter", "~", "--keep", "none", formula="x")
    assert (done.stdout, done.stderr) == ("value,d_x\n1.0,1.0\n", "")


@pytest.mark.parametrize(("mark", "called"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_what_separates_is_guessed_from_the_header_alone(grad: Grad, mark: str, called: str) -> None:
    """A comma in it speaks for itself, as a quoted name does."""
    done = grad("--data", "-", formula="x", input=f"x{mark}y\n1{mark}2\n")
    assert done.stdout == "x,y,value,d_x\n1,2,1.0,1.0\n"
    assert called in done.stderr
    quoted = f'"a{mark}b"\n1\n'
    assert "has no column x" in grad("--data", "-", formula="x", input=quoted, exit=4).stderr
    assert "guess" not in grad("--data", "-", formula="x", input=f"x,a{mark}b\n1,2\n").stderr


@each_engine
def test_thousands_and_nulls(grad: Grad, engine: str) -> None:
    """Under the options that say how they are written."""
    Path("p.csv").write_text(cells("1,234.50", "-", "-1,000", "12", "1,2"))
    words = ["--thousands", ",", "--null-values", "-", "--status", "--keep", "none"]
    done = grad("--data", "p.csv", "--engine", engine, *words, formula="x")
    assert done.stdout.splitlines()[1:] == [
        "1234.5,1.0,",
        ",,x is null",
        "-1000.0,1.0,",
        "12.0,1.0,",
        ",,\"x is '1,2', which is no number\"",
    ]


def test_texts_of_json_are_cells_too(grad: Grad) -> None:
    """Kept numbers are those that were read, and kept texts what they were."""
    lines = '{"x": "1,5"}\n{"x": "?"}\n{"x": 2}\n'
    done = grad("--data", "-", "--data-format", "jsonl", "--decimal", ",", "--status", formula="x", input=lines)
    found = list(map(json.loads, done.stdout.splitlines()))
    assert [row["value"] for row in found] == [1.5, None, 2.0]
    assert [row["x"] for row in found] == ["1,5", "?", 2]
    rows = grad("--data", "-", "--decimal", ",", "--format", "json", formula="x", input='x\n"1,5"\n"?"\n"2"\n').stdout
    assert [json.loads(row)["x"] for row in rows.splitlines()] == [1.5, "?", 2]


@needs_data
def test_an_unreadable_cell_is_null_where_numbers_only_have_a_place(grad: Grad) -> None:
    """In Parquet; the status says what it was."""
    import pyarrow.parquet as pq

    grad("--data", "-", "--status", "-o", "out.parquet", formula="x", input="x\n1\nspot\n2\n")
    found = pq.read_table("out.parquet").to_pylist()
    assert found[1] == {"x": None, "value": None, "d_x": None, "status": "x is 'spot', which is no number"}


@pytest.mark.parametrize(
    "words",
    [("--decimal", "1"), ("--decimal", ""), ("--thousands", "-"), ("--delimiter", '"'), ("--delimiter", ";;"),
     ("--decimal", ",", "--thousands", ",")],
)  # fmt: skip
def test_marks_that_cannot_be_meant_are_refused(grad: Grad, words: tuple[str, ...]) -> None:
    """With the option's name."""
    assert words[0] in grad("--data", "-", *words, formula="x", input="x\n1\n", exit=2).stderr


def test_too_many_failures_end_with_a_code(grad: Grad) -> None:
    """More than the part that --fail-fraction allows; the output is written all the same."""
    rows = "x\n1\n0\n1\n1\n"
    done = grad("--data", "-", "--fail-fraction", "0.2", "-o", "out.csv", formula="1/x", input=rows, exit=3)
    assert "1 of 4 rows have no result" in done.stderr
    assert len(Path("out.csv").read_text().splitlines()) == 5
    grad("--data", "-", "--fail-fraction", "0.25", formula="1/x", input=rows)
    grad("--data", "-", "--fail-fraction", "0", formula="1/x", input=rows, exit=3)
    grad("--data", "-", "--fail-fraction", "0", formula="1/x", input="x\n1\n")
    assert "0 to 1" in grad("--data", "-", "--fail-fraction", "20", formula="x", input=rows, exit=2).stderr


def test_a_status_says_where_there_is_no_value(grad: Grad) -> None:
    """Of several divisions, which."""
    done = grad("--data", "-", "--status", "--keep", "none", formula="1/x + 1/(x-1)", input="x\n0\n1\n")
    assert [row.split(",")[-1] for row in done.stdout.splitlines()[1:]] == [
        "division by zero in 1/x",
        "division by zero in 1/(x-1)",
    ]


@each_engine
def test_line_ends_within_quotes_are_kept_on_every_boundary(grad: Grad, engine: str) -> None:
    """Of the blocks in which a file is read, too."""
    block = 1 << 20
    for shift in (-1, 0, 1):
        head = "x,k\n1,"
        filler = "a" * (block + shift - len(head) - 2)
        Path("p.csv").write_bytes(f'{head}"{filler}\r\nb"\n2,c\n'.encode())
        grad("--data", "p.csv", "--engine", engine, "-o", "out.csv", formula="x")
        assert f'"{filler}\r\nb",1.0,1.0\n'.encode() in Path("out.csv").read_bytes()


@each_engine
def test_a_header_longer_than_a_block(grad: Grad, engine: str) -> None:
    """Nothing stands between it and the rows but them."""
    names = [f"c{i:030d}" for i in range(40_000)]
    Path("p.csv").write_text(",".join(["x", *names]) + "\n" + ",".join(["1"] * 40_001) + "\n")
    grad("--data", "p.csv", "--engine", engine, "-o", "out.csv", formula="x")
    header, row = Path("out.csv").read_text().splitlines()
    assert header == ",".join(["x", *names, "value", "d_x"])
    assert row == ",".join(["1"] * 40_001 + ["1.0", "1.0"])


@each_engine
def test_skipped_rows_leave_nothing(grad: Grad, engine: str) -> None:
    """Where whole batches are left out, too."""
    Path("p.csv").write_text("x\n" + "0\n" * 300_000 + "1\n")
    grad("--data", "p.csv", "--engine", engine, "--on-error", "skip", "-o", "out.csv", formula="1/x")
    assert Path("out.csv").read_text() == "x,value,d_x\n1,1.0,-1.0\n"


def test_a_name_twice_in_a_record_is_refused(grad: Grad) -> None:
    """Python would take the last."""
    done = grad("--data", "-", "--data-format", "jsonl", formula="x", input='{"x": 1}\n{"x": 1, "x": 2}\n', exit=4)
    assert "line 2: 'x' occurs twice" in done.stderr


def test_columns_of_json_are_those_of_the_first_rows(grad: Grad) -> None:
    """Of all that are read before the first is answered."""
    lines = '{"x": 1}\n{"b": 2, "x": 2}\n{"x": 3, "a": "c"}\n'
    done = grad("--data", "-", "--data-format", "jsonl", "--format", "csv", formula="x", input=lines)
    assert done.stdout == "x,b,a,value,d_x\n1,,,1.0,1.0\n2,2,,2.0,1.0\n3,,c,3.0,1.0\n"


def test_columns_with_commas_in_their_names(grad: Grad) -> None:
    """A list and an object of JSON name them."""
    rows = '"a, b",c\n1,2\n'
    words = ["--data", "-", "--column", '{"x": "a, b"}', "--keep", '["a, b"]']
    assert grad(*words, formula="x", input=rows).stdout == '"a, b",value,d_x\n1,1.0,1.0\n'
    assert "no JSON" in grad("--data", "-", "--column", "{x", formula="x", input=rows, exit=2).stderr


def test_long_rows_make_short_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not rows alone but bytes are counted."""
    from unittest import mock

    from adcli.batch.files import csv_reader, json_reader
    from adcli.batch.files.formats import reader

    monkeypatch.chdir(tmp_path)
    with mock.patch.object(csv_reader, "MOST_BYTES", 100), mock.patch.object(json_reader, "MOST_BYTES", 100):
        for name, text in (
            ("p.csv", "k\n" + ("a" * 60 + "\n") * 10),
            ("p.jsonl", ('{"k": "' + "a" * 60 + '"}\n') * 10),
        ):
            Path(name).write_text(text)
            source = reader(name)
            source.open()
            batches = list(source.batches(1000))
            source.close()
            assert sum(batch.count for batch in batches) == 10
            assert len(batches) >= (4 if name == "p.csv" else 1)
