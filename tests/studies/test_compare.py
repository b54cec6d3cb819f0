"""The ways to differentiate, side by side; the slips that a wrong derivative is made of."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import pytest
import sympy

from adcli.arithmetic.complexes import Impossible, complexes
from adcli.errors import AdcliError, DomainError, NameFault, SyntaxFault, UsageError
from adcli.ops import TABLE, Op
from adcli.problem.problem import problem
from adcli.studies.compare.compare import Comparison, Method, compare

RUNNING = "ln(x1)+x1*x2-sin(x2)"
POINT = {"x1": 2, "x2": 5}
NOT_ANALYTIC = {"Abs", "sign", "Max", "Min", "floor", "ceiling", "Mod", "Heaviside", "relu"}
ANALYTIC = {"add", "sub", "mul", "div", "neg", "pow", "exp", "log", "sqrt", "sin", "cos", "tan", "asin", "atan", "tanh"}
ANALYTIC |= {"cbrt", "hypot", "atan2", "expm1", "log1p", "sigmoid", "softplus", "logaddexp", "sinc", "acosh", "asec"}
SPECIAL = {"erf", "erfc", "erfi", "erfinv", "gamma", "loggamma", "digamma", "polygamma", "beta", "LambertW"}

pytestmark = pytest.mark.usefixtures("hurried")


def of(text: str, at: dict[str, Any], **options: Any) -> Comparison:
    """The comparison for a formula."""
    given = {name: options.pop(name) for name in ("manual", "steps") if name in options}
    return compare(problem(text, at, **options), **given)


def named(found: Comparison) -> dict[str, Method]:
    return {method.name: method for method in found.methods}


def test_the_truth_has_fifty_digits() -> None:
    """∂/∂x2 of the running formula is x1 - cos(x2), by hand and by mpmath."""
    truth = of(RUNNING, POINT).truth
    assert truth["x1"] == "5.5"
    with mpmath.workdps(60):
        assert mpmath.almosteq(mpmath.mpf(truth["x2"]), 2 - mpmath.cos(5), 1e-49)
    assert len(truth["x2"]) == 51


def test_all_ways_are_there_and_keep_the_digits_they_can() -> None:
    """Half the digits by forward differences, two thirds by central ones, all by the others (Baydin et al., sec. 2)."""
    ways = named(of(RUNNING, POINT))
    assert list(ways) == [
        "forward-difference",
        "central-difference",
        "complex-step",
        "symbolic",
        "forward",
        "reverse",
    ]
    assert 6 <= ways["forward-difference"].digits <= 10 < ways["central-difference"].digits <= 12
    for name in ("complex-step", "symbolic", "forward", "reverse"):
        assert ways[name].digits >= 15
        assert ways[name].gradient == pytest.approx({"x1": 5.5, "x2": 1.7163378145367738}, rel=1e-15)


def test_what_the_ways_take() -> None:
    """n + 1, 2n and n evaluations; one for each mode. Its 5 operations are evaluated, and swept by 9 more."""
    ways = named(of(RUNNING, POINT))
    assert {name: way.evaluations for name, way in ways.items()} == {
        "forward-difference": 3,
        "central-difference": 4,
        "complex-step": 2,
        "symbolic": 0,
        "forward": 1,
        "reverse": 1,
    }
    assert ways["reverse"].operations == 5 + 9
    assert ways["symbolic"].operations == 4  # 1/x1, + x2; cos(x2), x1 - cos(x2)


def test_the_best_step_is_no_worse_than_the_default() -> None:
    """It is chosen with the truth in hand."""
    for name in ("forward-difference", "central-difference"):
        way = named(of("exp(sin(x))*x^3", {"x": 1.3}))[name]
        assert way.best is not None
        assert way.best.max_rel_error <= way.max_rel_error


def test_the_v_curve() -> None:
    """Large steps truncate, small ones round off; central differences fall twice as fast; the complex step is flat."""
    found = of("exp(x)*sin(x)", {"x": 1}, steps=True).steps
    errors = {round(-mpmath.log10(row.step) * 2): row for row in found}  # by twice the exponent
    assert len(found) == 31
    forward = {k: row.forward_difference for k, row in errors.items()}
    central = {k: row.central_difference for k, row in errors.items()}
    # Truncation: a hundredth of the step has a hundredth, or a ten-thousandth, of the error.
    assert forward[4] / forward[8] == pytest.approx(100, rel=0.1)
    assert central[4] / central[8] == pytest.approx(10_000, rel=0.1)
    # Round-off: with tiny steps both are useless.
    assert min(forward[k] for k in (28, 29, 30)) > 1e-4
    assert forward[32] is None or forward[32] > 1e-4  # 1 + 1e-16 is 1: there is no difference to divide
    # The bottoms of the two curves lie near ε^(1/2) and ε^(1/3), and the second one is deeper.
    assert min(range(2, 31), key=forward.get) in range(14, 21)
    assert min(range(2, 31), key=central.get) in range(8, 16)
    assert min(central[k] for k in range(2, 31)) < min(forward[k] for k in range(2, 31)) / 10
    assert all(row.complex_step < 1e-15 for row in found if row.step < 1e-9)


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.samples], ids=lambda op: op.name)
def test_complex_step_of_every_operation_that_has_one(op: Op) -> None:
    """Im f(x + ih)/h is the derivative to nearly all digits, wherever the row's tests sample."""
    arithmetic = complexes()
    chance = random.Random(op.name)
    for _ in range(25):
        point = [_drawn(chance, part) for part in op.samples.split(";")]
        for position in range(len(point)):
            args = [complex(x, 1e-100 if i == position else 0) for i, x in enumerate(point)]
            try:
                step = arithmetic.value(op)(*args).imag / 1e-100
            except Impossible:
                assert op.name not in ANALYTIC
                continue
            exact = _slope(op, point, position)
            assert abs(step - exact) <= 2e-14 * abs(exact) + 1e-30


def _drawn(chance: random.Random, sample: str) -> float:
    part = chance.choice(sample.split())
    if "|" in part:
        return float(chance.choice(part.split("|")))
    low, high = map(float, part.split(":"))
    return chance.uniform(low, high)


def _slope(op: Op, point: list[float], position: int) -> Any:
    """The derivative by a central difference with many digits: no rule, nothing complex."""
    from adcli.arithmetic.multiprecision import multiprecision

    wide = multiprecision(100)
    args = [wide.exactly(x) for x in point]
    h = wide.context.mpf(10) ** -30
    sides = []
    for step in (h, -h):
        moved = list(args)
        moved[position] += step
        sides.append(wide.value(op)(*moved))
    return (sides[0] - sides[1]) / (2 * h)


@pytest.mark.parametrize("name", sorted(NOT_ANALYTIC | SPECIAL))
def test_complex_step_refuses_what_is_not_analytic(name: str) -> None:
    """Operations without an extension to complex numbers, or whose extension is not computed here."""
    op = TABLE[name]
    count = max(1, len(op.arguments)) if not op.variadic else 2
    with pytest.raises(Impossible):
        complexes().value(op)(*[complex(0.5, 1e-100)] * count)


@pytest.mark.parametrize(
    ("text", "which"), [("Abs(x)", "Abs"), ("where(x > 1, x^2, x)", ">"), ("gamma(x)", "gamma"), ("Max(x, 1)", "Max")]
)
def test_a_complex_step_that_is_not_possible_says_why(text: str, which: str) -> None:
    """The other ways stay."""
    ways = named(of(text, {"x": 2.5}))
    assert ways["complex-step"].gradient is None
    assert ways["complex-step"].reason == f"not possible: {which} means nothing at complex numbers"
    assert ways["reverse"].gradient is not None


def test_real_parts_need_no_complex_numbers() -> None:
    """Abs and comparisons of constants, or of what is not differentiated by, forbid nothing."""
    found = named(of("Abs(c)*x + where(c < 0, x^2, 0)", {"c": -3, "x": 2}, wrt="x"))
    assert found["complex-step"].gradient == {"x": 7.0}


def test_by_an_assigned_name() -> None:
    """An intermediate moves alone: ∂b/∂a of b = sin(a)·y at a = x² = 4."""
    found = of("a=x*x; b=sin(a)*y", {"x": 2, "y": 3}, wrt=["a", "y"])
    for way in found.methods:
        assert way.gradient["a"] == pytest.approx(3 * float(mpmath.cos(4)), rel=1e-6)


def test_where_floats_fail_the_modes_remain() -> None:
    """hypot by squares at 3e200: mpmath takes over for the modes, differences have no such way."""
    ways = named(of("sqrt(x^2+y^2)", {"x": 3e200, "y": 4e200}))
    assert ways["reverse"].gradient == {"x": 0.6, "y": 0.8}
    assert ways["forward-difference"].gradient is None
    assert ways["symbolic"].reason == "floats have no value at this point"


def test_a_step_out_of_the_domain() -> None:
    """log at 1e-9: a central difference looks at the other side of 0, and says that there is nothing."""
    way = named(of("log(x)", {"x": 1e-9}))["central-difference"]
    assert (way.gradient, way.reason) == (None, "the function has no value beside this point")
    assert way.best is not None
    assert way.best.digits >= 6


def test_what_would_take_long_is_not_tried() -> None:
    """A thousand inputs: a gradient by reverse mode is one sweep, the others would run the function again and again."""
    terms = "+".join(f"sin(x{i})*x{i + 1}" for i in range(2000))
    ways = named(of(terms, {f"x{i}": 1 + i / 2001 for i in range(2001)}))
    assert ways["central-difference"].reason == "not tried: 4,002 evaluations of 5,999 operations are too many"
    assert ways["complex-step"].gradient is None
    assert ways["forward"].reason == "not tried: 2,001 sweeps of 5,999 operations are too many"
    assert ways["reverse"].digits >= 14


# By hand


def test_right_derivatives_by_hand() -> None:
    """Nothing is wrong, and a part of the gradient is enough."""
    found = of(RUNNING, POINT, manual={"x1": "1/x1+x2", "x2": "x1-cos(x2)"})
    assert found.mistakes == ()
    assert found.check is not None
    assert found.check.ok
    assert named(found)["manual"].digits == 16
    assert of(RUNNING, POINT, manual={"x2": "x1-cos(x2)"}).check.detail.endswith("x2")


def test_names_of_the_program_can_be_used_by_hand() -> None:
    """An intermediate has its value."""
    assert of("a=x*x; b=sin(a)", {"x": 2}, manual={"x": "2*x*cos(a)"}).mistakes == ()


SLIPS = [
    (RUNNING, POINT, "x2", "x1+cos(x2)", "the summand -cos(x2) has the wrong sign"),
    (RUNNING, POINT, "x1", "1/x1", "the summand x2 is missing"),
    (RUNNING, POINT, "x1", "x2", "the summand 1/x1 is missing"),
    (RUNNING, POINT, "x1", "1/x1+2*x2", "the summand x2 is there twice"),
    (RUNNING, POINT, "x1", "-1/x1-x2", "it has the wrong sign"),
    (RUNNING, POINT, "x2", "x1-sin(x2)", "the derivative of sin(x2): cos and sin are confused"),
    (RUNNING, POINT, "x1", "x1-cos(x2)", "it is the derivative by x2"),
    (RUNNING, POINT, "x1", "1/x1+x2+1", "a constant, 1, is too much"),
    (RUNNING, POINT, "x1", "0", "no summand of it is there"),
    (RUNNING, POINT, "x2", "1.7163", "digits agree: perhaps a rounded number"),
    (RUNNING, POINT, "x1", "x1^7", "no usual slip explains it"),
    ("cos(x)", {"x": 2}, "x", "sin(x)", "it has the wrong sign"),
    ("cos(x)*y", {"x": 2, "y": 3}, "y", "x", "no usual slip explains it"),
    ("sin(3*x^2)", {"x": 0.7}, "x", "cos(3*x^2)", "is missing: the chain rule for sin(3*x^2)"),
    ("sin(3*x^2)", {"x": 0.7}, "x", "cos(3*x^2)*3*x", "the derivative of x^2: the exponent is missing as a factor"),
    ("sin(3*x^2)", {"x": 0.7}, "x", "cos(3*x^2)*2*x", "the factor 3 is missing, from the derivative of 3*x^2"),
    ("sqrt(x)*cos(x)", {"x": 2}, "x", "-sin(x)/(2*sqrt(x))", "the product rule for sqrt(x)*cos(x)"),
    ("sin(x)/x^2", {"x": 2}, "x", "cos(x)/(2*x)", "the quotient rule for sin(x)/x^2"),
    ("a^x", {"a": 2, "x": 3.5}, "x", "a^x", "the factor log of the base is missing"),
    ("x^3", {"x": 2}, "x", "3*x^3", "the exponent is not lowered by 1"),
    ("exp(x)/y", {"x": 2, "y": 3}, "y", "exp(x)/y^2", "it has the wrong sign"),
    ("sqrt(x)+x", {"x": 2}, "x", "1/sqrt(x)+1", "the 2 of the root's derivative is missing"),
    ("exp(x*y)", {"x": 0.5, "y": 3}, "x", "2*y*exp(x*y)", "the summand exp(x*y)*y is there twice"),
    ("where(x > 1, x^3, x)*y", {"x": 2, "y": 3}, "x", "3*x^2", "the factor y is missing"),
]


@pytest.mark.parametrize(("text", "at", "by", "formula", "likely"), SLIPS)
def test_the_usual_slips_are_named(text: str, at: dict[str, Any], by: str, formula: str, likely: str) -> None:
    """A wrong derivative says which entry, both values, and what is likely wrong."""
    found = of(text, at, manual={by: formula})
    assert found.mistakes is not None
    (mistake,) = found.mistakes
    assert mistake.name == by
    assert likely in mistake.likely
    assert mistake.truth == found.truth[by]
    assert found.check is not None
    assert not found.check.ok
    assert formula in found.check.detail


def test_a_slip_must_explain_the_formula_not_only_the_number() -> None:
    """At x = y = 1 many formulas have the same value; a second point tells them apart."""
    (mistake,) = of("x*y + y", {"x": 1, "y": 1}, manual={"y": "y^2"}).mistakes
    assert mistake.manual == "1"
    assert mistake.likely == "no usual slip explains it"
    (mistake,) = of("x*y + y", {"x": 1, "y": 1}, manual={"y": "x"}).mistakes
    assert mistake.likely == "the summand 1 is missing"
    (mistake,) = of("x*y + y", {"x": 1, "y": 1}, manual={"y": "y"}).mistakes
    assert mistake.likely == "it is the derivative by x"


@pytest.mark.parametrize(
    ("text", "at", "by", "formula"),
    [
        ("x^2", {"x": 2}, "x", "x^2"),
        ("x^2", {"x": 2}, "x", "x+2"),
        ("x*y + y", {"x": 1, "y": 1}, "x", "x"),
        ("log(x)", {"x": 1}, "x", "x"),
        ("abs(x)^3", {"x": 2}, "x", "3*x^2"),
        ("x^3", {"x": 0}, "x", "x"),
    ],
)
def test_a_coincidence_at_the_point_is_a_mistake(text: str, at: dict[str, Any], by: str, formula: str) -> None:
    """A formula is tried at other points, too, and one of them is shown, with both values there."""
    found = of(text, at, manual={by: formula})
    (mistake,) = found.mistakes
    assert not found.check.ok
    assert "right at the point asked for, but not everywhere" in found.check.detail
    names = {name: sympy.Symbol(name, real=True) for name in at}
    there = {names[name]: value for name, value in mistake.at.items()}
    truth, claimed = (sympy.sympify(t.replace("^", "**").replace("abs", "Abs"), locals=names) for t in (text, formula))
    assert float(mistake.truth) == pytest.approx(float(truth.diff(names[by]).subs(there)))
    assert float(mistake.manual) == pytest.approx(float(claimed.subs(there)))
    assert float(mistake.truth) != pytest.approx(float(mistake.manual))


def test_a_number_by_hand_is_one_of_the_point() -> None:
    """It is no formula that would have to hold elsewhere."""
    assert of("x^2", {"x": 2}, manual={"x": "4"}).mistakes == ()


def test_a_formula_without_a_value() -> None:
    """It is wrong there, whatever it is elsewhere."""
    found = of("x^2", {"x": 2}, manual={"x": "log(x-3)"})
    assert found.mistakes[0].manual is None
    assert named(found)["manual"].gradient is None


@pytest.mark.parametrize(
    ("manual", "error"),
    [
        ({"z": "1"}, NameFault),
        ({"x": "q"}, NameFault),
        ({"x": "2*"}, SyntaxFault),
        ({"x": "1; 2"}, UsageError),
    ],
)
def test_formulas_that_cannot_be_read(manual: dict[str, str], error: type[AdcliError]) -> None:
    """They are refused where they stand."""
    with pytest.raises(error):
        of("x^2", {"x": 2}, manual=manual)


def test_what_cannot_be_compared() -> None:
    """Several outputs, more digits than floats have, a point without a derivative."""
    with pytest.raises(UsageError, match="compare needs one output"):
        of("x, x^2", {"x": 2})
    with pytest.raises(UsageError, match="nothing to differentiate by"):
        of("2+3", {})
    with pytest.raises(UsageError, match="about floats"):
        of("x", {"x": 2}, precision=30)
    with pytest.raises(DomainError):
        of("log(x)", {"x": -1})
