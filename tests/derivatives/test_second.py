"""Second derivatives: four orders of the two modes, against SymPy, mpmath and cases from outside."""

from __future__ import annotations

import json
import math
import os
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from mpmath import mp
from programs import POINT, programs

from adcli.derivatives.answers import evaluate, gradient, hessian, hvp
from adcli.derivatives.derive import derivative_program
from adcli.derivatives.results import Hessian
from adcli.derivatives.taylor import taylor
from adcli.errors import DomainError, KinkError, NameFault, UndeterminedError, UsageError
from adcli.ops import TABLE, Op
from adcli.problem.given import ORDERS
from adcli.problem.problem import problem

NUMERIC = [op for op in TABLE.values() if op.samples and not op.lean]
FOLDER = os.environ.get("ADCLI_CORPUS")
FILES = sorted(Path(FOLDER).glob("*.jsonl")) if FOLDER else []

FORMULAS = [
    ("x^2*y + sin(y)", {"x": 2.0, "y": 1.0}),
    ("exp(x*y)/(1 + z^2)", {"x": 0.3, "y": -1.2, "z": 0.7}),
    ("log(x + y*z)*atan2(y, x)", {"x": 1.5, "y": 0.5, "z": 2.0}),
    ("(1 - x)^2 + 100*(y - x^2)^2", {"x": -1.2, "y": 1.0}),
    ("x^y", {"x": 2.0, "y": 0.0}),
    ("sqrt(x^2 + y^2)*tanh(x/y)", {"x": 3.0, "y": 4.0}),
    ("gamma(x)*erf(y)", {"x": 2.5, "y": 0.3}),
    ("a = x*y; b = a + sin(a); b*x", {"x": 0.7, "y": 1.1}),
]


@pytest.mark.parametrize(("text", "at"), FORMULAS, ids=[text for text, _ in FORMULAS])
def test_the_four_orders_agree_with_sympy(text: str, at: dict[str, float]) -> None:
    """Forward or reverse over either: SymPy's second derivatives, to nearly all digits."""
    names = list(at)
    symbols = sympy.symbols(names, real=True)
    known: dict[str, Any] = dict(zip(names, symbols, strict=True))
    *statements, last = text.replace("^", "**").split("; ")
    for statement in statements:
        name, _, body = statement.partition(" = ")
        known[name] = sympy.sympify(body, locals=known)
    formula = sympy.sympify(last, locals=known)
    values = dict(zip(symbols, map(sympy.Rational, at.values()), strict=True))
    truth = [[float(formula.diff(a, b).subs(values).evalf(30)) for b in symbols] for a in symbols]
    top = max(abs(entry) for row in truth for entry in row)
    for mode in ORDERS:
        found = hessian(text, at, mode=mode)
        assert found.inputs == tuple(names)
        for row, expected in zip(found.hessian, truth, strict=True):
            assert row == pytest.approx(expected, rel=1e-13, abs=1e-14 * top), mode
        first = gradient(text, at)
        assert found.value == pytest.approx(first.value, rel=1e-15)
        assert found.gradient == pytest.approx(first.gradient, rel=1e-14)


def sample(op: Op) -> list[float]:
    """A point in the row's intervals."""
    draw = random.Random(op.name)
    found = []
    for part in op.samples.split(";"):
        low, _, high = draw.choice(part.replace("|", " ").split()).partition(":")
        found.append(draw.uniform(float(low), float(high)) if high else float(low))
    return found


@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_the_four_orders_agree_for_every_operation(op: Op) -> None:
    """At 40 digits, with an operation before and one behind, so that all first partials matter too."""
    drawn = sample(op)
    names = [f"x{i}" for i in range(1, len(drawn) + 1)]
    point = dict(zip(names, drawn, strict=True))
    moving = [name for i, name in enumerate(names) if op.variadic or op.partials[i] is not None]
    inner = [f"({name} + sin({name}*0))" if name in moving else name for name in names]
    called = (
        f" {op.symbol} ".join(inner) if op.symbol and len(names) == 2 else f"{op.symbol or op.name}({', '.join(inner)})"
    )
    text = f"({called})*(1 + {moving[0]}^2)"
    found = [hessian(text, point, wrt=moving, mode=mode, precision=40).hessian for mode in ORDERS]
    line = taylor(text, point, order=2, var=moving[0], precision=40).derivatives[2]  # which knows no program
    assert abs(found[0][0][0] - line) <= mp.mpf(10) ** -36 * max(abs(line), 1)
    for other in found[1:]:
        for row, expected in zip(other, found[0], strict=True):
            assert all(abs(a - b) <= mp.mpf(10) ** -36 * max(abs(b), 1) for a, b in zip(row, expected, strict=True))


@settings(max_examples=60)
@given(programs())
def test_the_four_orders_agree_on_random_programs(text: str) -> None:
    """And the Hessian is symmetric, and times a vector it is H·v."""
    asked = problem(text, POINT, wrt=list(POINT), allow_unused=True)
    found = [hessian(asked, mode=mode).hessian for mode in ORDERS]
    top = max([1.0, *(abs(entry) for row in found[0] for entry in row)])
    for other in found[1:]:
        for row, expected in zip(other, found[0], strict=True):
            assert row == pytest.approx(expected, rel=1e-11, abs=1e-12 * top)
    assert all(found[0][i][j] == found[0][j][i] for i in range(3) for j in range(3))
    vector = (0.5, -2.0, 1.0)
    product = hvp(asked, vector=dict(zip(POINT, vector, strict=True))).hvp
    expected = [sum(h * v for h, v in zip(row, vector, strict=True)) for row in found[0]]
    assert list(product.values()) == pytest.approx(expected, rel=1e-11, abs=1e-12 * top)


def numeric(text: str, at: dict[str, float], one: str, other: str) -> Any:
    """∂² by differences in mpmath of values that adcli computes with many digits."""
    from adcli.derivatives.answers import evaluate

    with mpmath.workdps(60):
        h = mp.mpf(10) ** -18

        def value(a: int, b: int) -> Any:
            moved = {name: mp.mpf(x) for name, x in at.items()}
            moved[one] += a * h
            moved[other] += b * h
            return evaluate(text, moved, precision=60).values[0]

        return (value(1, 1) - value(1, -1) - value(-1, 1) + value(-1, -1)) / (4 * h * h)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("sinc(x*y)", {"x": 0.0, "y": 3.0}),
        ("sinc(x)^2", {"x": 1e-9}),
        ("x^y", {"x": 3.0, "y": 0.0}),
        ("(1 + x)^(y - 1)", {"x": 2.0, "y": 1.0}),
        ("logaddexp(x, 2*x)", {"x": 40.0}),
        ("atan(x)", {"x": 1e8}),
        ("polygamma(2, x)*beta(x, 2)", {"x": 1.5}),
        ("where(x > 1, x^3, x)", {"x": 2.0}),
    ],
)
def test_hessians_are_second_differences(text: str, at: dict[str, float]) -> None:
    """Also where a rule alone would divide by zero or cancel: ten digits and more."""
    found = hessian(text, at)
    for i, one in enumerate(at):
        for j, other in enumerate(at):
            assert found.hessian[i][j] == pytest.approx(float(numeric(text, at, one, other)), rel=1e-10, abs=1e-20)


@pytest.mark.parametrize("mode", ORDERS)
@pytest.mark.parametrize(
    ("text", "at", "wrt", "truth"),
    [
        ("sinc(x)", {"x": 0}, "x", [[-1 / 3]]),
        ("x^3", {"x": -2}, "x", [[-12.0]]),
        ("x^2", {"x": 0}, "x", [[2.0]]),
        ("x^2.5", {"x": 0}, "x", [[0.0]]),
        ("x^y", {"x": 0, "y": 2}, "x,y", [[2.0, 0.0], [0.0, 0.0]]),
        ("c = 2; c*x^2 + 2*c", {"x": 3}, "c,x", [[0.0, 6.0], [6.0, 4.0]]),
        ("a = x*1; a*x", {"x": 3}, "a", [[0.0]]),
        ("a = x + 0; a^2", {"x": 3}, "a", [[2.0]]),
        ("a = x^2; b = a*y; a*b", {"x": 2, "y": 3}, "a,b", [[6.0, 1.0], [1.0, 0.0]]),
        ("x*2", {"x": 1, "z": 5}, "x,z", [[0.0, 0.0], [0.0, 0.0]]),
        ("Piecewise((sin(x)/x, x != 0), (1, True))", {"x": 0}, "x", [[-1 / 3]]),
    ],
)
def test_special_places(text: str, at: dict[str, float], wrt: str, truth: list[list[float]], mode: str) -> None:
    """Exceptions of rules, whole powers at 0, numbers and intermediates that are differentiated by."""
    found = hessian(text, at, wrt=wrt, mode=mode, allow_unused=True).hessian
    assert [list(row) for row in found] == [pytest.approx(row, rel=1e-14, abs=1e-16) for row in truth]


def test_kinks_are_those_of_the_formula() -> None:
    """Told once, where no derivative of the order exists; a comparison inside a rule is no kink."""
    for text, at, first, second in [
        ("relu(x)^2", {"x": 0}, ["limit"], ["kink"]),
        ("relu(x)^3", {"x": 0}, ["limit"], ["limit"]),
        ("Max(x, y)*x", {"x": 1, "y": 1}, ["kink"], ["kink"]),
        ("x^y", {"x": 0, "y": 2}, [], []),
    ]:
        assert [notice.kind for notice in gradient(text, at).warnings] == first
        assert [notice.kind for notice in hessian(text, at).warnings] == second
    with pytest.raises(KinkError):
        hessian("abs(x)*x", {"x": 0}, kinks="error")


def test_where_there_is_no_second_derivative() -> None:
    """Where the first one fails, its own error; else what failed behind it."""
    with pytest.raises(DomainError, match="sqrt has no finite derivative at 0"):
        hessian("sqrt(x)", {"x": 0})
    with pytest.raises(DomainError, match="no second derivative"):
        hessian("x^1.5", {"x": 0})
    with pytest.raises((DomainError, UndeterminedError), match="no second derivative"):
        hessian("cbrt(x^4)", {"x": 0})
    with pytest.raises(DomainError, match="log is not defined at -1"):
        hessian("log(x)*0 + x^2", {"x": -1})


def test_several_outputs_need_a_choice() -> None:
    """The error says how."""
    for function in (hessian, hvp):
        with pytest.raises(UsageError) as caught:
            function("u = x*y; v = sin(u); u, v", {"x": 1, "y": 2})
        assert 'output="NAME"' in (caught.value.hint or "")
    found = hessian("u = x*y; v = sin(u); u, v", {"x": 1, "y": 2}, output="u")
    assert found.hessian == ((0, 1), (1, 0))
    assert found.output == "u"


def test_a_vector_names_what_is_differentiated_by() -> None:
    """A name left out has 0; an unknown one is an error; without any, one input has 1."""
    assert hvp("x^3", {"x": 2}).hvp == {"x": 12.0}
    assert hvp("x^2*y", {"x": 2, "y": 3}, {"y": 1}).hvp == {"x": 4.0, "y": 0.0}
    with pytest.raises(NameFault, match="the vector names z"):
        hvp("x^2*y", {"x": 2, "y": 3}, {"z": 1})
    with pytest.raises(UsageError, match="2 components"):
        hvp("x^2*y", {"x": 2, "y": 3})
    with pytest.raises(UsageError, match="order of modes"):
        hessian("x", {"x": 1}, mode="sideways")


def test_many_digits_are_right() -> None:
    """Fifty of ∂²/∂x² exp(x²), from the decimals as they are written."""
    found = hessian("exp(x^2)", {"x": "0.1"}, precision=50)
    with mpmath.workdps(60):
        x = mp.mpf("0.1")
        truth = (2 + 4 * x**2) * mp.exp(x**2)
        assert abs(found.hessian[0][0] - truth) < mp.mpf(10) ** -48


def test_out_of_the_range_of_floats_and_back() -> None:
    """sqrt(x^2 + y^2) at 3e200: y²/r³ is an ordinary number."""
    found = hessian("sqrt(x^2+y^2)", {"x": 3e200, "y": 4e200})
    r = 5e200
    assert found.hessian[0][0] == pytest.approx(0.64 / r, rel=1e-14)
    assert [notice.kind for notice in found.warnings] == ["range"]


def test_long_programs_do_not_recurse() -> None:
    """A Hessian-vector product through a sum of 20,000 terms and through 5,000 statements."""
    total = "+".join(f"x{i % 10}*sin(x{(i + 1) % 10})" for i in range(20_000))
    at = {f"x{i}": 0.1 * i for i in range(10)}
    found = hvp(total, at, {"x1": 1.0})
    # x0·sin(x1) occurs 2000 times: ∂²/∂x0∂x1 = 2000 cos(x1).
    assert found.hvp["x0"] == pytest.approx(2000 * math.cos(0.1))
    chain = "a = x\n" + "a = sin(a) + x\n" * 5_000 + "a"
    small = "a = x\n" + "a = sin(a) + x\n" * 60 + "a"
    assert math.isfinite(hvp(chain, {"x": 0.5}).hvp["x"])
    assert hvp(small, {"x": 0.5}).hvp["x"] == pytest.approx(float(numeric(small, {"x": 0.5}, "x", "x")), rel=1e-9)


def test_the_gradients_program_is_written_once() -> None:
    """A second product on the same graph only evaluates."""
    from adcli.derivatives.second import gradient_problem

    asked = problem("x^2*sin(y)", {"x": 1, "y": 2})
    assert gradient_problem(asked, "reverse").graph is gradient_problem(asked, "reverse").graph
    assert gradient_problem(asked, "reverse").graph is not gradient_problem(asked, "forward").graph


# Cases from outside


def outside() -> list[Any]:
    found = []
    for file in FILES:
        with file.open(encoding="utf-8") as lines:
            found += [case for case in map(json.loads, lines) if "hess" in case["expect"] and len(case["exprs"]) == 1]
    return found


def complaint(case: dict[str, Any], found: Hessian) -> str:
    """What is wrong; "" where nothing is. Entries count as at least a thousandth of the largest in their row."""
    tolerance = max(Decimal("1e-10"), 1000 * Decimal(str(case.get("naive_f64_err") or 0)))
    for i, (wanted, row) in enumerate(zip(case["expect"]["hess"], found.hessian, strict=True)):
        truths = [None if entry is None else Decimal(str(entry)) for entry in wanted]
        top = max((abs(t) for t in truths if t is not None and t.is_finite()), default=Decimal(0))
        for j, (truth, got) in enumerate(zip(truths, row, strict=True)):
            if truth is None:
                continue
            size = max(abs(truth), top / 1000) or Decimal(1)
            if abs(truth - Decimal(repr(got))) > tolerance * size:
                return f"[{i}][{j}] is {got} instead of {truth:.17g}"
    return ""


@pytest.mark.skipif(not FILES, reason="ADCLI_CORPUS names no folder of cases")
@pytest.mark.parametrize("mode", ORDERS)
def test_hessians_from_outside(mode: str) -> None:
    """Ten digits, or a thousand times the error of plain doubles, in each order."""
    wrong = []
    for case in outside():
        at = case.get("at_text") or {name: repr(value) for name, value in case["at"].items()}
        found = hessian(case["exprs"], at, wrt=case["expect"]["vars"], allow_unused=True, mode=mode)
        said = complaint(case, found)
        if said:
            wrong.append(f"{case['id']}: {said}")
    assert not wrong


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("log(beta(x, y))", {"x": 1e15, "y": 3}),
        ("log(beta(x, y))", {"x": 1e20, "y": 3}),
        ("LambertW(x)", {"x": -0.36787944117144}),
        ("Mod(x, y)*y", {"x": 1, "y": 0.1}),
    ],
)
def test_programs_keep_the_digits_that_accurate_rules_keep(text: str, at: dict[str, float]) -> None:
    """The gradient beside a Hessian, the Hessian itself, and a derivative's program are as accurate as a gradient."""
    point = {name: Fraction(value) for name, value in at.items()}  # the doubles themselves
    found, truth = hessian(text, at), hessian(text, point, precision=40)
    assert list(found.gradient.values()) == pytest.approx(list(map(float, truth.gradient.values())), rel=2e-15)
    for row, right in zip(found.hessian, truth.hessian, strict=True):
        assert row == pytest.approx(list(map(float, right)), rel=2e-14)
    program = derivative_program(text).program
    assert evaluate(program, at).values == pytest.approx(list(map(float, truth.gradient.values())), rel=4e-15)
