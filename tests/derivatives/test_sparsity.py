"""Patterns are exact, and compressed sweeps give the numbers of the dense ones."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import POINT, programs

from adcli.derivatives import sparsity as room
from adcli.derivatives.answers import hessian, jacobian, sparse_hessian, sparse_jacobian
from adcli.errors import LimitError, UsageError
from adcli.problem.problem import problem
from adcli.studies.sparsity import sparsity

ARROW = "a = Sum(x[i]^2, (i, 1, n)); r[i=2..n] = x[1]*x[i]"


def entries(result: Any) -> dict[tuple[int, int], Any]:
    return {(i, j): number for i, j, number in result.entries}


def dense(rows: Any) -> dict[tuple[int, int], Any]:
    """What is not zero of a matrix."""
    return {(i, j): number for i, row in enumerate(rows) for j, number in enumerate(row) if number != 0}


def pattern(program: str, **options: Any) -> set[tuple[int, int]]:
    return set(sparsity(program, **options).entries)


@st.composite
def generic_programs(draw: st.DrawFn, inputs: int = 5) -> tuple[list[str], dict[str, float]]:
    """Statements whose derivatives vanish nowhere but by structure, and a point without pattern.

    Coefficients are positive and differ, so that nothing cancels.
    """
    names = [f"x{i}" for i in range(inputs)]
    lines = []
    for number in range(draw(st.integers(1, 8))):
        left, right = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        form = draw(st.sampled_from(("{0} + {2}*{1}", "{0}*{1}", "sin({0})", "exp({2}*{0})", "{2}*{0}", "0*{0} + {1}")))
        lines.append(f"t{number} = {form.format(left, right, 0.3 + math.sqrt(number + 2) / 10)}")
        names.append(f"t{number}")
    outputs = draw(st.lists(st.sampled_from(names), min_size=1, max_size=6))
    program = [*lines, ", ".join(outputs)]
    written = " ".join(program)
    return program, {f"x{i}": 0.2 + math.sqrt(i + 3) / 7 for i in range(inputs) if f"x{i}" in written}


@given(generic_programs())
def test_patterns_are_exact(case: tuple[list[str], dict[str, float]]) -> None:
    """At a point without pattern, what is not zero is where the pattern says, and nowhere else."""
    program, point = case
    asked = problem(program, point)
    assert pattern(asked) == set(dense(jacobian(asked).jacobian))


@given(programs(), st.lists(st.floats(-3, 3), min_size=3, max_size=3))
def test_patterns_hold_for_all_values(program: str, values: list[float]) -> None:
    """Wherever the point is, nothing outside the pattern is other than zero; kinks, zeros and ties included."""
    asked = problem(program + "\nt0, t", dict(zip(POINT, values, strict=True)))
    assert set(dense(jacobian(asked).jacobian)) <= pattern(asked)


@given(programs())
def test_patterns_need_no_memory(program: str) -> None:
    """What is kept of shared nodes changes nothing: also without it, the same is found."""
    asked = problem(program + "\nt0, t", POINT)
    usual = pattern(asked)
    kept, room.KEPT = room.KEPT, 0
    try:
        assert pattern(asked) == usual
    finally:
        room.KEPT = kept


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto"])
@given(generic_programs())
def test_compressed_is_dense(mode: str, case: tuple[list[str], dict[str, float]]) -> None:
    """The same numbers, to the last few bits, in at most as many sweeps."""
    program, point = case
    asked = problem(program, point)
    sparse = sparse_jacobian(asked, mode=mode)
    assert entries(sparse) == pytest.approx(dense(jacobian(asked).jacobian), rel=1e-13)
    assert sparse.sweeps <= sparse.dense_sweeps
    assert sparse.values == jacobian(asked).values


@given(programs())
def test_a_compressed_hessian_is_the_dense_one(program: str) -> None:
    """By products with one vector per colour, and in both triangles the same."""
    asked = problem(program, POINT, kinks="warn")
    full = hessian(asked)
    sparse = sparse_hessian(asked)
    found = entries(sparse)
    scale = max(abs(x) for row in full.hessian for x in row) or 1
    for i, row in enumerate(full.hessian):
        for j, number in enumerate(row):
            assert found.get((i, j), 0) == pytest.approx(number, rel=1e-11, abs=1e-12 * scale)
            assert ((i, j) in found) == ((j, i) in found)
            assert found.get((i, j)) == found.get((j, i))
    assert (sparse.value, sparse.gradient) == (full.value, full.gradient)


def test_tridiagonal_of_a_thousand_takes_three_sweeps() -> None:
    """Each x occurs in three residuals, and each residual has three x."""
    n = 1000
    x = [0.5 + i / n for i in range(n + 2)]
    program = "r[i=1..n] = x[i]^2 - 2*x[i+1] + sin(x[i+2])"
    for mode in ("forward", "reverse", "auto"):
        result = sparse_jacobian(program, {"x": x}, let={"n": n}, output="r", mode=mode)
        assert result.sweeps == 3
        assert result.dense_sweeps in (n, n + 2)
        assert len(set(result.colors)) == 3
    assert result.nnz == 3 * n
    truth = {}
    for i in range(n):
        truth.update({(i, i): 2 * x[i], (i, i + 1): -2, (i, i + 2): math.cos(x[i + 2])})
    assert entries(result) == pytest.approx(truth)


def test_an_arrow_takes_three_mixed_sweeps() -> None:
    """A full row, a full column and a diagonal: each mode alone needs n, and two sweeps cannot tell 3n - 2 entries."""
    n = 50
    result = sparsity(ARROW, let={"n": n}, output=["a", "r"])
    assert (result.forward, result.reverse, result.mixed, result.sweeps) == (n, n, 3, 3)
    assert result.mode == "mixed"
    assert result.nnz == 3 * n - 2
    assert "Fewer are impossible" in result.reason
    asked = problem(ARROW, {"x": list(range(1, n + 1))}, let={"n": n}, output=["a", "r"])
    sparse = sparse_jacobian(asked)
    assert (sparse.mode, sparse.sweeps) == ("mixed", 3)
    assert entries(sparse) == dense(jacobian(asked).jacobian)


def test_an_arrow_of_second_derivatives_takes_two_products() -> None:
    """The tip by itself, and all others together (Coleman & Moré 1984)."""
    program, n = "Sum(x[1]*x[i]^2, (i, 1, n))", 50
    found = sparsity(program, let={"n": n}, hessian=True)
    assert (found.sweeps, found.dense_sweeps, found.forward) == (2, n, n)
    asked = problem(program, {"x": [1 + i / 10 for i in range(n)]}, let={"n": n})
    sparse = sparse_hessian(asked)
    assert sparse.sweeps == 2
    assert entries(sparse) == pytest.approx(dense(hessian(asked).hessian))


def test_both_branches_count_and_conditions_do_not() -> None:
    """The pattern holds for all values, so for either branch; what decides between them has no derivative."""
    program = "where(c > 0, x, y)"
    assert pattern(program) == {(0, 1), (0, 2)}
    for c, place in ((1, (0, 1)), (-1, (0, 2))):
        found = entries(sparse_jacobian(program, {"c": c, "x": 2, "y": 3}))
        assert set(found) == {(0, 1), (0, 2)}
        assert dense([[found.get((0, j), 0) for j in range(3)]]) == {place: 1}


@pytest.mark.parametrize(
    ("program", "places"),
    [
        ("0*x + y", {(0, 1)}),
        ("x*0.0e5 + y", {(0, 1)}),
        ("x^0 + y", {(0, 1)}),
        ("floor(x) + y", {(0, 1)}),
        ("ceiling(x)*y", {(0, 1)}),
        ("sign(x)*y", {(0, 1)}),
        ("Heaviside(x) + y", {(0, 1)}),
        ("where(True, x, y)", {(0, 0)}),
        ("where(x > y, 1, 2)", set()),
        ("Mod(x, 1) + y", {(0, 0), (0, 1)}),
        ("Max(x, 0) + relu(y)", {(0, 0), (0, 1)}),
        ("x^2 + 0*x*y", {(0, 0)}),
        ("3, y, x", {(1, 0), (2, 1)}),
    ],
)
def test_what_is_zero_by_its_rule_is_not_in_the_pattern(program: str, places: set[tuple[int, int]]) -> None:
    """A literal 0, a power 0, a step, a branch that is never taken."""
    assert pattern(program, wrt=None if "3," in program else "x,y", allow_unused=True) == places


def test_names_may_be_assigned_copied_or_unused() -> None:
    """Derivatives by an intermediate besides what it is made of; two names of one node are two columns."""
    program = "v = x*z; w = v; r = v^2 + z; s = sin(x); r, s"
    asked = problem(program, {"x": 2, "z": 3}, wrt="x,v,w,z")
    for mode in ("forward", "reverse", "auto"):
        assert entries(sparse_jacobian(asked, mode=mode)) == pytest.approx(dense(jacobian(asked).jacobian))
    unused = problem("x*y", {"x": 2, "y": 3, "q": 5}, wrt="q,x", allow_unused=True)
    assert entries(sparse_jacobian(unused)) == {(0, 1): 3}


def test_the_layout_is_that_of_the_dense_jacobian() -> None:
    """In the denominator layout a row is an input, and the entries are in order again."""
    asked = problem(["x*y", "y*z", "z"], {"x": 2, "y": 3, "z": 5})
    for mode in ("forward", "reverse"):
        turned = sparse_jacobian(asked, mode=mode, layout="denominator")
        assert entries(turned) == dense(jacobian(asked, layout="denominator").jacobian)
        assert list(turned.entries) == sorted(turned.entries)
        assert turned.colors == sparse_jacobian(asked, mode=mode).colors


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto"])
def test_entries_have_the_digits_asked_for(mode: str) -> None:
    """Also where modes are mixed, whose sweeps have different lengths."""
    at = {"x": ["0.1"] * 6}
    result = sparse_jacobian(ARROW, at, let={"n": 6}, output=["a", "r"], precision=40, mode=mode)
    assert {str(number) for number in entries(result).values()} == {"0.1", "0.2"}


def test_floats_that_leave_their_range_are_recomputed() -> None:
    """As of the dense Jacobian: the squares overflow, and the derivatives are ordinary numbers."""
    asked = problem(["sqrt(x^2 + y^2)", "y*z"], {"x": 3e200, "y": 4e200, "z": 1})
    found = sparse_jacobian(asked)
    assert entries(found) == pytest.approx({(0, 0): 0.6, (0, 1): 0.8, (1, 1): 1, (1, 2): 4e200})
    assert [notice.kind for notice in found.warnings] == ["range"]


def test_zero_times_infinity_is_sought_as_a_limit() -> None:
    """In the entry's own direction, whatever shares its sweep."""
    asked = problem(["sqrt(x^4)", "3*y", "x*z"], {"x": 0, "y": 1, "z": 2})
    found = sparse_jacobian(asked)
    assert entries(found) == {(0, 0): 0, (1, 1): 3, (2, 0): 2, (2, 2): 0}
    assert [notice.kind for notice in found.warnings] == ["limit"]


def test_where_a_value_is_missing_the_error_is_that_of_the_dense_jacobian() -> None:
    """Located, with its exit code."""
    errors = []
    for derive in (jacobian, sparse_jacobian):
        with pytest.raises(Exception, match="log is not defined") as caught:
            derive(["x*y", "log(x)"], {"x": -1, "y": 2})
        errors.append(caught.value)
    assert type(errors[0]) is type(errors[1])


def test_a_pattern_that_is_not_sparse_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than to run out of memory."""
    monkeypatch.setattr(room, "MAX_NONZEROS", 5)
    with pytest.raises(LimitError, match="more than 5 entries"):
        sparsity(["x*y*z", "x+y+z"])


def test_an_elimination_has_no_sweeps_to_compress() -> None:
    """The mode cross belongs to the dense Jacobian."""
    with pytest.raises(UsageError, match="cross"):
        sparse_jacobian("x*y", {"x": 1, "y": 2}, mode="cross")


def test_a_hessian_has_one_mode() -> None:
    """Its sweeps are products with vectors."""
    with pytest.raises(UsageError, match="forward over reverse"):
        sparsity("x*y", hessian=True, mode="reverse")


def test_sums_that_all_share_one_part_are_found_once() -> None:
    """Each of 3,000 outputs uses the same sum of 300 inputs and one input of its own."""
    program = "s = Sum(x[i]^2, (i, 1, 300)); r[i=1..3000] = s*y[i]"
    result = sparsity(program, output="r")
    assert result.nnz == 3000 * 301
    assert (result.forward, result.reverse) == (301, 3000)


def test_a_linear_function_has_no_second_derivatives() -> None:
    """Nothing to compute takes no sweeps."""
    result = sparse_hessian("2*x - y", {"x": 1, "y": 2})
    assert (result.nnz, result.sweeps, result.entries) == (0, 0, ())
    assert result.gradient == {"x": 2, "y": -1}
    assert sparsity("floor(x)").sweeps == 0
