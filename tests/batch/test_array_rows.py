"""Rows of vectors and matrices: columns of lists, columns called x[1], x[2], … and arrays of shape (rows, n)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import adcli
from adcli.errors import AdcliError

np = pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")

Grad = Callable[..., Result]
ROWS = [{"x": [1.0, 2.0, 3.0], "k": 2.0}, {"x": [0.5, -1.0, 4.0], "k": 1.0}, {"x": [0.0, 0.0, 1.0], "k": -1.0}]
FORMULA = "k*sum(x^2)"
SLOPES = [[4.0, 8.0, 12.0], [1.0, -2.0, 8.0], [0.0, 0.0, -2.0]]


def answered(grad: Grad, *words: str, formula: str = FORMULA) -> list[dict[str, object]]:
    grad(*words, "-o", "out.jsonl", formula=formula)
    return [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]


def written(rows: list[dict[str, object]]) -> None:
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def parquet(rows: list[dict[str, object]], name: str = "in.parquet") -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), name)


@pytest.mark.parametrize("engine", ["python", "numpy"])
@pytest.mark.parametrize("format", ["jsonl", "parquet", "arrow"])
def test_a_column_of_lists_is_a_vector(grad: Grad, format: str, engine: str) -> None:
    written(ROWS)
    parquet(ROWS)
    with pa.ipc.new_file("in.arrow", (table := pa.Table.from_pylist(ROWS)).schema) as sink:
        sink.write_table(table)
    found = answered(grad, "--data", f"in.{format}", "--engine", engine)
    assert [row["d_x"] for row in found] == SLOPES
    assert [row["d_k"] for row in found] == [14.0, 17.25, 1.0]


def test_columns_with_indices_are_a_vector(grad: Grad) -> None:
    Path("in.csv").write_text("x[1],x[2],x[3],k\n1,2,3,2\n0.5,-1,4,1\n")
    done = grad("--data", "in.csv", formula=FORMULA)
    assert done.output.splitlines()[:2] == [
        "x[1],x[2],x[3],k,value,d_x[1],d_x[2],d_x[3],d_k",
        "1,2,3,2,28.0,4.0,8.0,12.0,14.0",
    ]
    assert [row["d_x"] for row in answered(grad, "--data", "in.csv")] == SLOPES[:2]


def test_results_are_lists_where_the_format_has_them(grad: Grad) -> None:
    import pyarrow.parquet

    parquet(ROWS)
    grad("--data", "in.parquet", "-o", "out.parquet", formula=FORMULA)
    table = pyarrow.parquet.read_table("out.parquet")
    assert table.column("d_x").to_pylist() == SLOPES
    assert table.column("x").to_pylist() == [row["x"] for row in ROWS]
    grad("--data", "in.parquet", "-o", "out.csv", formula=FORMULA)
    assert "d_x[1],d_x[2],d_x[3]" in Path("out.csv").read_text()


def test_a_matrix_is_a_list_of_lists(grad: Grad) -> None:
    written([{"A": [[1, 2], [3, 4]]}, {"A": [[0, 1], [1, 0]]}])
    assert [row["d_A"] for row in answered(grad, "--data", "in.jsonl", formula="det(A)")] == [
        [[4.0, -3.0], [-2.0, 1.0]],
        [[0.0, -1.0], [-1.0, 0.0]],
    ]


def test_a_list_of_another_length_has_no_result(grad: Grad) -> None:
    for rows in (
        [*ROWS, {"x": [1.0, 2.0], "k": 1.0}],
        [*ROWS, {"x": None, "k": 1.0}],
        [*ROWS, {"x": [1.0, None, 2.0], "k": 1.0}],
    ):
        written(rows)
        parquet(rows)
        for name in ("in.jsonl", "in.parquet"):
            found = answered(grad, "--data", name, "--status")
            assert [row["d_x"] for row in found] == [*SLOPES, None], name
            assert found[-1]["status"]


def test_what_was_a_number_for_each_index_stays_one(grad: Grad) -> None:
    """A program that names elements alone has results of their names."""
    Path("in.jsonl").write_text('{"x[1]": 2, "x[2]": 3}\n')
    (row,) = answered(grad, "--data", "in.jsonl", formula="x[1]*x[2]")
    assert (row["d_x[1]"], row["d_x[2]"]) == (3.0, 2.0)


def test_compiled_functions_take_arrays_of_rows() -> None:
    draw = np.random.default_rng(1)
    x, A = draw.normal(size=(5, 3)), draw.normal(size=(2, 3))
    f = adcli.compile("x : 3; A : 2, 3; k*norm(A@x)^2")
    assert f.inputs == ("A", "x", "k") or set(f.inputs) == {"A", "x", "k"}
    found = f(x=x, A=A, k=2.0)
    assert found["d_x"] == pytest.approx(4 * (x @ A.T) @ A)
    assert found["d_A"].shape == (5, 2, 3)
    assert found["d_k"] == pytest.approx(((x @ A.T) ** 2).sum(1))
    value = adcli.compile("x : 3; 2*x", what="value")(x)
    assert value["y"] == pytest.approx(2 * x)
    with pytest.raises(AdcliError, match="shape"):
        f(x=draw.normal(size=(5, 4)), A=A, k=1.0)


@pytest.mark.parametrize("engine", ["python", "numpy", "llvm"])
def test_every_engine_goes_through_determinants_and_solutions(engine: str) -> None:
    """∂ log det S = S⁻ᵀ, ∂ bᵀS⁻¹b = -S⁻ᵀb·bᵀS⁻ᵀ; a row with a singular matrix has no result."""
    if engine == "llvm":
        pytest.importorskip("llvmlite")
    draw = np.random.default_rng(2)
    S, b = draw.normal(size=(5, 3, 3)), draw.normal(size=(5, 3))
    S = S @ S.transpose(0, 2, 1) + np.eye(3)
    S[4] = 1.0
    found = adcli.compile("S : 3, 3; b : 3; logdet(S) + b@solve(S, b)", engine=engine)(S=S, b=b)
    solution = np.linalg.solve(S[:4], b[:4, :, None])[..., 0]
    truth = np.linalg.inv(S[:4]).transpose(0, 2, 1) - solution[:, :, None] * solution[:, None, :]
    assert found["d_S"][:4] == pytest.approx(truth, rel=1e-12)
    assert found["d_b"][:4] == pytest.approx(2 * solution, rel=1e-12)
    assert np.isnan(found["d_S"][4]).all()


def test_a_size_that_is_not_declared_is_asked_for() -> None:
    with pytest.raises(AdcliError) as caught:
        adcli.compile("norm(x^2)")
    assert "x : 3" in (caught.value.hint or "")
