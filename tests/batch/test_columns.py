"""Columns come out as they went in, are told apart by their names, and what is not read is said."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rows import each_engine, needs_data

Grad = Callable[..., Result]


@needs_data
@each_engine
def test_kept_values_that_text_formats_have_no_words_for(grad: Grad, engine: str) -> None:
    """Bytes are text or refused, JSON has no NaN, decimals and large integers keep their digits."""
    import decimal

    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "x": pa.array([2**63 - 1, 3]),
        "y": pa.array([decimal.Decimal("1.10"), None], pa.decimal128(5, 2)),
        "desk": pa.array([b"fx", "é".encode()]),
        "rate": pa.array([float("nan"), None]),
        "size": pa.array([2.0, -0.0]),
        "side": pa.array(["buy", None]).dictionary_encode(),
        "legs": pa.array([[1.5], []]),
    }
    pq.write_table(pa.table(columns), "p.parquet")
    words = ["--data", "p.parquet", "--engine", engine]
    grad(*words, "-o", "out.csv", formula="x*y")
    header, *lines = Path("out.csv").read_text().splitlines()
    assert header == "x,y,desk,rate,size,side,legs,value,d_x,d_y"
    assert lines[0].startswith("9223372036854775807,1.10,fx,nan,2.0,buy,[1.5],")
    assert lines[1] == "3,,é,,-0.0,,[],,,"
    grad(*words, "-o", "out.jsonl", formula="x*y")
    text = Path("out.jsonl").read_text()
    assert text.startswith('{"x": 9223372036854775807, "y": 1.10, "desk": "fx", "rate": "NaN", "size": 2.0, ')
    assert json.loads(text.splitlines()[1])["desk"] == "é"
    columns["desk"] = pa.array([b"fx", b"\xff"])
    pq.write_table(pa.table(columns), "p.parquet")
    for target in ("none.csv", "none.jsonl"):
        assert "row 2 of p.parquet" in grad(*words, "-o", target, formula="x*y", exit=4).stderr
        assert not Path(target).exists()


def test_digits_of_variables_survive_the_way_to_json(grad: Grad) -> None:
    """What is a number in JSON too is written as it was."""
    Path("p.csv").write_text("x\n9007199254740993\n1.10\n+1\n01\n")
    done = grad("--data", "p.csv", "--format", "json", formula="x")
    found = [line.partition(", ")[0] for line in done.stdout.splitlines()]
    assert found == ['{"x": 9007199254740993', '{"x": 1.10', '{"x": 1', '{"x": 1']


@each_engine
def test_columns_of_one_name(grad: Grad, engine: str) -> None:
    """CSV can hold them; other formats would lose one, and are refused."""
    Path("p.csv").write_text("x,a,a\n1,2,3\n")
    words = ["--data", "p.csv", "--engine", engine]
    assert grad(*words, formula="x").stdout == "x,a,a,value,d_x\n1,2,3,1.0,1.0\n"
    for more in (["-o", "out.jsonl"], ["--keep", "a"]):
        assert "p.csv has several columns a" in grad(*words, *more, formula="x", exit=4).stderr
    assert not Path("out.jsonl").exists()


def test_columns_and_variables(grad: Grad) -> None:
    """Two variables may come from one column, but no variable from two."""
    Path("p.csv").write_text("a,b\n3,4\n")
    words = ["--data", "p.csv", "--keep", "none"]
    assert grad(*words, "--column", "x=a,y=a", formula="x*y").stdout == "value,d_x,d_y\n9.0,3.0,3.0\n"
    assert grad(*words, "--column", "x=b", formula="x*b").stdout == "value,d_x,d_b\n16.0,4.0,4.0\n"
    done = grad(*words, "--column", "x=a", "--column", "x=b", formula="x", exit=2)
    assert "--column gives x two columns, a and b" in done.stderr


def test_columns_that_are_not_read_are_said(grad: Grad, monkeypatch: pytest.MonkeyPatch) -> None:
    """Always where --at gives another value; else to a person."""
    Path("p.csv").write_text("x,y,z\n1,2,3\n")
    done = grad("--data", "p.csv", "--at", "y=5", formula="x*y")
    assert "since --at gives a value: column y\n" in done.stderr
    assert "column z" not in done.stderr
    assert grad("--data", "p.csv", formula="x").stderr == ""
    monkeypatch.setenv("ADCLI_VERBOSE", "1")
    assert "not in the formula: columns y, z\n" in grad("--data", "p.csv", formula="x").stderr


def test_a_later_record_has_a_name_of_the_results(grad: Grad) -> None:
    """It is not overwritten, whether it is one of the rows that say which columns there are or not."""
    Path("p.jsonl").write_text('{"x": 1}\n{"x": 2, "value": 9}\n')
    assert "p.jsonl has a column value already" in grad("--data", "p.jsonl", formula="x", exit=2).stderr
    done = grad("--data", "p.jsonl", "--line-buffered", formula="x", exit=4)
    assert "row 2 of p.jsonl has a value already" in done.stderr
    assert grad("--data", "p.jsonl", "--keep", "none", formula="x").stdout.splitlines()[1:] == [
        '{"value": 2.0, "d_x": 1.0}'
    ]


@each_engine
def test_extensions_in_capitals(grad: Grad, engine: str) -> None:
    """They mean what those in small letters mean."""
    Path("P.CSV.GZ").write_bytes(gzip.compress(b"x\n1\n"))
    assert grad("--data", "P.CSV.GZ", "--engine", engine, formula="x").stdout == "x,value,d_x\n1,1.0,1.0\n"
