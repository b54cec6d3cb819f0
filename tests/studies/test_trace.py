"""Traces: the textbook's tables for any formula."""

from __future__ import annotations

import math
import random

import pytest

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.answers import gradient, jacobian, jvp, vjp
from adcli.errors import DomainError, NameFault, UndeterminedError, UsageError
from adcli.modes import evaluate, reverse
from adcli.problem.problem import problem
from adcli.studies.trace.trace import Trace, trace

SEED = "ln(x1)+x1*x2-sin(x2)"
POINT = {"x1": 2, "x2": 5}
UNARY = ("sin", "cos", "exp", "tanh", "atan", "sigmoid", "erf", "cosh", "relu")


def program(source: random.Random) -> str:
    """A random program of a few statements, with names used several times and assigned anew."""
    names = ["x1", "x2", "x3"]
    lines = []
    for number in range(source.randint(2, 9)):
        a, b = source.choice(names), source.choice(names)
        right = source.choice(
            [
                f"{a} + {b}",
                f"{a} - {b}",
                f"{a}*{b}",
                f"{a}/(2 + {b}^2)",
                f"{source.choice(UNARY)}({a})",
                f"where({a} > {b}, {a}*{b}, {b})",
                f"Max({a}, {b}, 0.3)",
                f"0*{a} + {b}",
            ]
        )
        name = source.choice([f"t{number}", "a"])
        lines.append(f"{name} = {right}")
        names.append(name)
    return "; ".join([*lines, f"{names[-1]}, {source.choice(names)}*x1"])


def finals(found: Trace, of: str) -> dict[str, float]:
    """The last value of each adjoint."""
    assert found.adjoint is not None
    return {row.name: row.value for row in found.adjoint[of]}


def test_the_primal_trace_is_the_textbooks() -> None:
    """Baydin et al. 2018, table 2, left."""
    found = trace(SEED, POINT)
    assert [(row.name, row.op, row.args, row.formula) for row in found.primal] == [
        ("v-1", "input", (), "x1"),
        ("v0", "input", (), "x2"),
        ("v1", "log", ("v-1",), "ln v-1"),
        ("v2", "mul", ("v-1", "v0"), "v-1 × v0"),
        ("v3", "sin", ("v0",), "sin v0"),
        ("v4", "add", ("v1", "v2"), "v1 + v2"),
        ("v5", "sub", ("v4", "v3"), "v4 - v3"),
    ]
    assert [round(row.value, 3) for row in found.primal] == [2, 5, 0.693, 10, -0.959, 10.693, 11.652]
    assert found.outputs == ("y",)
    assert [SEED[slice(*row.span)] for row in found.primal[:4]] == ["x1", "x2", "ln(x1)", "x1*x2"]


def test_the_tangent_trace_is_the_textbooks() -> None:
    """Baydin et al. 2018, table 2, right: v̇ by x1, with terms that are 0 in them."""
    found = trace(SEED, POINT, mode="fwd", wrt="x1")
    assert found.adjoint is None
    assert found.tangent is not None
    assert [(row.name, row.formula, row.value) for row in found.tangent["x1"]] == [
        ("v-1", "ẋ1", 1.0),
        ("v0", "ẋ2", 0.0),
        ("v1", "v̇-1/v-1", 0.5),
        ("v2", "v̇-1·v0 + v-1·v̇0", 5.0),
        ("v3", "v̇0·cos v0", 0.0),
        ("v4", "v̇1 + v̇2", 5.5),
        ("v5", "v̇4 - v̇3", 5.5),
    ]


def test_the_adjoint_trace_is_the_textbooks() -> None:
    """Baydin et al. 2018, table 3, right, read upwards: the fan-out of v0 and v-1 is gathered line by line."""
    found = trace(SEED, POINT, mode="rev")
    assert found.tangent is None
    assert found.adjoint is not None
    rows = found.adjoint["y"]
    assert [(row.name, row.formula) for row in rows] == [
        ("v5", "ȳ"),
        ("v4", "v̄5"),
        ("v3", "-v̄5"),
        ("v1", "v̄4"),
        ("v2", "v̄4"),
        ("v0", "v̄3·cos v0"),
        ("v-1", "v̄2·v0"),
        ("v0", "v̄0 + v̄2·v-1"),
        ("v-1", "v̄-1 + v̄1/v-1"),
    ]
    assert [round(row.value, 3) for row in rows] == [1, 1, -1, 1, 1, -0.284, 5, 1.716, 5.5]
    assert [row.partial for row in rows] == [None, 1, -1, 1, 1, pytest.approx(math.cos(5)), 5, 2, 0.5]


def test_line_by_line_accumulation_ends_where_the_reverse_mode_does() -> None:
    """On random programs, to the last bit: every node's adjoint, not only the inputs'."""
    source = random.Random(3)
    for _ in range(150):
        text = program(source)
        at = {f"x{i}": source.uniform(-2, 2) for i in (1, 2, 3)}
        asked = problem(text, {k: v for k, v in at.items() if k in text}, allow_unused=True)
        arithmetic = doubles()
        tape = evaluate(asked.graph, arithmetic, asked.point(arithmetic))
        sources = [node for _, node in asked.wrt]
        args = {node: args for node, _, args in tape.steps}
        for output in asked.graph.outputs:
            additions: list[tuple[int, int, float | None, float]] = []
            swept = reverse(tape, {output: 1.0}, sources, lambda *addition, to=additions: to.append(addition))
            ended = {output: 1.0}
            for node, position, earlier, value in additions:
                argument = args[node][position]
                assert earlier == ended.get(argument)
                ended[argument] = value
            assert swept == reverse(tape, {output: 1.0}, sources)
            assert ended == {node: value for node, value in enumerate(swept) if value is not None}, text


def test_traces_end_in_the_derivatives() -> None:
    """The last tangent is a column of the Jacobian, the inputs' adjoints are a row of it."""
    source = random.Random(4)
    for _ in range(60):
        text = program(source)
        at = {f"x{i}": source.uniform(-2, 2) for i in (1, 2, 3) if f"x{i}" in text}
        found = trace(text, at)
        expected = jacobian(text, at, mode="reverse", allow_unused=True)
        assert found.tangent is not None
        for i, output in enumerate(expected.outputs):
            adjoints = finals(found, output)
            for j, name in enumerate(expected.inputs):
                truth = pytest.approx(expected.jacobian[i][j], rel=1e-12, abs=1e-14)
                assert adjoints.get(found.starts[name], 0.0) == truth, text
                tangents = {row.name: row.value for row in found.tangent[name]}
                assert tangents.get(found.ends[output], 0.0) == truth, text


def test_several_outputs_have_an_adjoint_trace_each() -> None:
    """And each tangent trace serves them all."""
    found = trace(["x1^2*x2", "x2+1"], POINT)
    assert found.adjoint is not None
    assert found.tangent is not None
    assert list(found.adjoint) == ["y1", "y2"]
    assert list(found.tangent) == ["x1", "x2"]
    assert finals(found, "y1") == {"v2": 1, "v1": 5, "v0": 4, "v-1": 20}


def test_an_input_that_an_output_does_not_depend_on_has_the_adjoint_0() -> None:
    """It is said, not left out."""
    found = trace(["x1^2*x2", "x2+1"], POINT)
    assert finals(found, "y2") == {"v3": 1, "v0": 1, "v-1": 0}


def test_a_cotangent_gives_one_combined_trace() -> None:
    """As vjp computes it: ȳ1 = 1, ȳ2 = 2."""
    found = trace(["x1^2*x2", "x2+1"], POINT, cotangent=[1, 2])
    (rows,) = (found.adjoint or {}).values()
    assert found.combined
    assert [(row.name, row.formula, row.value) for row in rows[:2]] == [("v3", "ȳ2", 2), ("v2", "ȳ1", 1)]
    swept = vjp(["x1^2*x2", "x2+1"], POINT, [1, 2]).vjp
    assert {name: {row.name: row.value for row in rows}[node] for name, node in found.starts.items()} == swept


def test_a_tangent_gives_one_combined_trace() -> None:
    """As jvp computes it."""
    found = trace(SEED, POINT, tangent={"x1": 1, "x2": -0.5})
    ((title, rows),) = (found.tangent or {}).items()
    assert title == "x1=1,x2=-0.5"
    assert [row.value for row in rows[:2]] == [1, -0.5]
    assert rows[-1].value == jvp(SEED, POINT, {"x1": 1, "x2": -0.5}).jvp[0]


def test_derivatives_by_an_intermediate_start_at_it() -> None:
    """v̇ of an assigned name is seeded, and what comes before it does not move."""
    found = trace("a=x*y; b=sin(a); b*a", {"x": 2, "y": 3}, wrt="a")
    assert found.tangent is not None
    assert [(row.name, row.formula) for row in found.tangent["a"]][:3] == [("v-1", "ẋ"), ("v0", "ẏ"), ("v1", "ȧ")]
    expected = math.cos(6) * 6 + math.sin(6)
    assert found.tangent["a"][-1].value == pytest.approx(expected)
    assert finals(found, "y")["v1"] == pytest.approx(expected)
    assert "v0" not in finals(found, "y")


def test_the_branch_taken_is_shown() -> None:
    """A where is a copy of the branch, and says why."""
    found = trace("Piecewise((x^2, x < 1), (sin(x), True))", {"x": 2})
    row = found.primal[-1]
    assert (row.op, row.args, row.formula, row.note) == ("where", ("v2",), "v2", "x < 1 is false")
    assert found.primal[1].value is False
    assert [row.op for row in found.primal] == ["input", "Lt", "sin", "where"]
    assert finals(found, "y") == {"v3": 1, "v2": 1, "v0": math.cos(2)}


def test_conditions_have_a_value_and_no_tangent() -> None:
    """They are evaluated, but not differentiated."""
    found = trace("where(x > 1, x, 0)", {"x": 2}, mode="fwd")
    assert [row.name for row in found.primal] == ["v0", "v1", "v2"]
    assert found.tangent is not None
    assert [row.name for row in found.tangent["x"]] == ["v0", "v2"]


def test_a_reassigned_variable_has_versions() -> None:
    """a, a′, a″; an input that is assigned has had its first one."""
    found = trace("a=x; a=a*a; a=a+1; x=2*a; x", {"x": 3})
    assert [row.label for row in found.primal] == ["a", "a′", "a″", "x′"]
    assert trace("b=2*x; b", {"x": 3}).primal[-1].label == "b"


def test_many_versions_are_numbered() -> None:
    """Nobody counts ten primes."""
    found = trace("; ".join(["a=x", *["a=2*a"] * 5, "a"]), {"x": 1})
    assert found.primal[-1].label == "a⁽⁵⁾"


def test_values_that_leave_the_floats_are_kept() -> None:
    """exp(800) is no float, and log(1 + exp(800)) is 800."""
    found = trace("log(1+exp(x))", {"x": 800})
    assert str(found.primal[1].value).endswith("e+347")
    assert found.primal[-1].value == 800.0
    assert finals(found, "y")["v0"] == 1.0
    assert [notice.kind for notice in found.warnings] == ["range"]


def test_a_precision_holds_for_every_row() -> None:
    """sin(1/3) and its derivative to 40 digits (mpmath)."""
    import mpmath

    found = trace("sin(x)", {"x": "1/3"}, precision=40)
    with mpmath.workdps(60):
        assert abs(found.primal[-1].value - mpmath.sin(mpmath.mpf(1) / 3)) < mpmath.mpf(10) ** -40
        assert abs(finals(found, "y")["v0"] - mpmath.cos(mpmath.mpf(1) / 3)) < mpmath.mpf(10) ** -40


def test_a_term_without_a_finite_partial_is_left_out_where_it_does_not_count() -> None:
    """(-2)^y has no derivative by y; by x, the term for y is not written."""
    found = trace("x^y", {"x": -2, "y": 3}, wrt="x")
    assert found.tangent is not None
    assert found.tangent["x"][-1].formula == "v̇-1·v0·(v-1)^(v0 - 1)"
    assert found.tangent["x"][-1].value == 12


def test_a_program_without_operations_has_a_trace() -> None:
    """An input, or a number."""
    found = trace("x", {"x": 2})
    assert found.ends == {"x": "v0"}
    assert finals(found, "x") == {"v0": 1}
    assert trace("3").primal == ()


def test_a_long_chain_is_no_recursion() -> None:
    """Ten thousand operations deep."""
    found = trace("; ".join(["a=x", *["a=sin(a)"] * 10_000, "a"]), {"x": 1})
    assert found.primal[-1].name == "v10000"
    assert finals(found, "a")["v0"] == gradient("; ".join(["a=x", *["a=sin(a)"] * 10_000, "a"]), {"x": 1}).gradient["x"]


def test_rows_are_given_by_the_numbers_of_nodes() -> None:
    """Both ends count; what is out of range is cut off."""
    assert trace(SEED, POINT, rows=(1, 3)).rows == (1, 3)
    assert trace(SEED, POINT, rows=(None, 0)).rows == (-1, 0)
    assert trace(SEED, POINT, rows=(4, 99)).rows == (4, 5)
    with pytest.raises(UsageError, match="from -1 to 5"):
        trace(SEED, POINT, rows=(9, 12))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"mode": "sideways"}, UsageError),
        ({"mode": "rev", "tangent": {"x1": 1}}, UsageError),
        ({"mode": "fwd", "cotangent": [1]}, UsageError),
        ({"cotangent": [1, 2]}, UsageError),
        ({"tangent": {"z": 1}}, NameFault),
    ],
)
def test_what_does_not_fit_together_is_refused(options: dict[str, object], error: type[Exception]) -> None:
    """Modes, directions and names."""
    with pytest.raises(error):
        trace(SEED, POINT, **options)  # type: ignore[arg-type]  # wrong on purpose


def test_where_there_is_no_derivative_there_is_no_trace() -> None:
    """The same refusals as of a gradient."""
    with pytest.raises(DomainError):
        trace("log(x)", {"x": -1})
    with pytest.raises(UndeterminedError):
        trace("sqrt(x)*sqrt(x)", {"x": 0})
