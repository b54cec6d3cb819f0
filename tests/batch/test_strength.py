"""Strength reduction leaves every number as it was, to rounding, and writes fewer steps."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from programs import POINT, programs
from rows import by_engine, each_engine

from adcli.batch import question, strength
from adcli.batch.engines import Outcome, compiled
from adcli.batch.kernel import Kernel
from adcli.batch.question import Request, build
from adcli.derivatives.answers import evaluate
from adcli.ops import DIV
from adcli.problem.problem import problem


def kernel(text: str, what: str = "eval") -> Kernel:
    base = problem(text, values=False)
    return build(base, Request(what), [name for name, _ in base.wrt])


def steps(found: Kernel) -> list[str]:
    return sorted(op.name for op, _ in found.steps)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("0.5*x*(y*2)", ["mul"]),
        ("-x*-y", ["mul"]),
        ("x - -y", ["add"]),
        ("-x - y", ["add", "neg"]),
        ("x/4*y/0.25", ["mul"]),
        ("3*x - 3*y", ["mul", "sub"]),
        ("x*y*z + z*(y*x)", ["mul", "mul", "mul"]),
        ("x*y + x*z", ["add", "mul"]),
        ("x/y + sin(z/y)", ["add", "div", "div", "sin"]),
        ("sqrt(4*x)/2", ["sqrt"]),
        ("Abs(-8*x)*0.125", ["Abs"]),
        ("where(x > y, 2*y, 2*z)/2", ["Gt", "where"]),
        ("where(x > y, -x, -y)", ["Gt", "neg", "where"]),
        ("-(x - y)", ["sub"]),
        ("2 - (-x)", ["add"]),
        ("-2 - x", ["sub"]),
        ("x - 3*x", ["mul"]),
        ("2*sin(x) + sin(x)", ["mul", "sin"]),
        ("2*x - 2*y + 2*z", ["add", "mul", "sub"]),
        ("x*y*z + x*y*w", ["add", "mul", "mul"]),
        ("(x*y)*(y*x)", ["mul", "mul"]),
        ("-x/-y", ["div"]),
        ("3/x", ["div"]),
        ("3/sin(x)", ["div", "sin"]),
        ("x/y/z", ["div", "div"]),
        ("x/y + z/y + w/y", ["add", "add", "div", "div", "div"]),
        ("w/(x*y) + z/x", ["add", "div", "div", "mul"]),
        ("w/(x*y) + z/y", ["add", "div", "div", "mul"]),
        ("a = 1/x; a, a*y", ["div", "mul"]),
        ("x - y, -(x - y)", ["neg", "sub"]),
        ("sin(x)/7 + cos(x)/7", ["add", "cos", "mul", "sin"]),
        ("sqrt(-4*x)", ["mul", "sqrt"]),
        ("1e60*x*1e60", ["mul", "mul"]),
        ("(1e60*x)/(1e-60*y)", ["div", "mul", "mul"]),
        ("x/2 + y", ["add", "mul"]),
        ("floor(x)/4*8", ["floor", "mul"]),
        ("floor((x*y)*z) - floor(x*(y*z))", ["floor", "floor", "mul", "mul", "mul", "mul", "sub"]),
        ("floor(x)/3*3", ["div", "floor", "mul"]),
        ("floor(x) + x*3*5", ["add", "floor", "mul", "mul"]),
        ("(x*y)*z + sin(x*(y*z))", ["add", "mul", "mul", "sin"]),
        ("(x*y)*z + sin(z*(y*x))", ["add", "mul", "mul", "sin"]),
        ("3/x + 0.5*y*(z*2)", ["add", "div", "mul"]),
        ("1/x + 0.5*y*(z*2)", ["add", "div", "mul"]),
        ("a = 2/x; a + 0.5*y*(z*2) - sin(a)", ["add", "div", "mul", "sin", "sub"]),
        ("w - (x - y)*2*(z*0.5)", ["mul", "sub", "sub"]),
    ],
)
def test_what_is_left_of_a_formula(text: str, want: list[str]) -> None:
    """Signs and constants wander, and a common factor is multiplied by once; the value is the formula's."""
    found = kernel(text)
    assert steps(found) == want
    side = -1 if "sqrt(-" in text else 1
    at = {name: side * (0.3 + 0.7 * place) for place, name in enumerate(found.columns)}
    values = compiled("python", found)([[at[name]] for name in found.columns], 1).outputs
    assert [column[0] for column in values] == pytest.approx(evaluate(text, at).values, rel=1e-14)


@pytest.mark.parametrize(
    "text",
    [
        "a = y*3; b = -(z + 3); a*b + b*a - w",  # where signs stay
        "a = 2; b = -(w + x); a*b + b*a - 2",  # where they wander
    ],
)
def test_of_several_ways_the_cheapest_is_taken(text: str) -> None:
    """Whichever that is."""
    found = kernel(text)
    ways = []
    for way in strength.WAYS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(strength, "WAYS", (way,))
            ways.append(len(kernel(text).steps))
    assert len(found.steps) == min(ways) < max(ways)


@pytest.mark.parametrize(
    ("text", "what", "cost"),
    [
        ("((4-x)*(x/4))*-(y*4)", "grad", 7),
        ("-(x*4)*((z+0.5)*-y)", "grad", 7),
        ("b = (x-y)/3; (z+y)*sin(x)*(b - 4*y)", "grad", 17),
        ("((y-4)+x/x)*((3-y)/4)", "grad", 16),
        ("(0.5*x-(x-4))*(y/y/3)", "grad", 16),
        ("s*(1+erf(log(s/k)/sqrt(2)))/2 - k*exp(-r)*(1+erf(log(s/k)/3))", "hessian", 133),
    ],
)
def test_which_ways_are_tried_is_told_by_what_they_cost(text: str, what: str, cost: int) -> None:
    """Any other choice of three would do one of these worse."""
    assert sum(strength.COSTS.get(op, 1) for op, _ in kernel(text, what).steps) == cost


def test_a_gradient_that_was_written_twice() -> None:
    """A distance that a formula spells out twice is derived once: its adjoints are added before they are spread."""
    found = kernel("exp(-sqrt((a-b)^2 + (c-d)^2))/sqrt((a-b)^2 + (c-d)^2)", "grad")
    assert len(found.steps) <= 21
    assert sum(op is DIV for op, _ in found.steps) <= 3


@each_engine
@pytest.mark.parametrize(
    ("text", "what", "at", "truth"),
    [
        ("sin(x)/x", "grad", 1e-300, 0.0),
        ("x/x", "grad", 1e-300, 0.0),
        ("x/x", "hessian", 1e-100, 0.0),
        ("3*x/x", "grad", 1e-300, 0.0),
        ("sqrt(x)*sqrt(x)", "hessian", 1e-100, 0.0),
        ("x*x/x", "grad", 1e-200, 1.0),
    ],
)
def test_what_cancels_near_0_leaves_nothing(text: str, what: str, at: float, truth: float, engine: str) -> None:
    """Equal terms of any size are computed alike: the last derivative is the limit, not the terms' last digit."""
    base = problem(text, values=False)
    (found,) = by_engine(base, Request(what), [{"x": at}], engine)
    assert found[-1] == truth


def test_nothing_that_may_have_no_value_is_dropped() -> None:
    """x·(1/x) has none at 0, nor has x/(1/x), nor x - x where x overflows, nor a quotient by 0."""
    for text in ("x*(1/x)", "x/(1/x)", "exp(x) - exp(x)", "x/0"):
        assert list(compiled("python", kernel(text))([[0.0 if "/" in text else 1000.0]], 1).doubtful) == [0]


def test_a_constant_too_large_to_wander_stays_where_it_is() -> None:
    """A product with 1e200/x is no quotient by x; 1e198 is no factor, although x has 1e99 and y 1e-99."""
    assert compiled("python", kernel("y*(1e200/x)"))([[3e-60], [4e-70]], 1).outputs[0] == (3e-60 * (1e200 / 4e-70),)
    found = compiled("python", kernel("1e99*x + 1e-99*y"))([[1e150], [1.0]], 1)
    assert found.outputs[0][0] == pytest.approx(1e249, rel=1e-15)
    assert not found.doubtful


def test_what_compares_stays_exact() -> None:
    """49·(1/49) is not 1: floor(x/49) must not become floor(x·(1/49))."""
    found = kernel("floor(x/49) + x/49*0")
    assert compiled("python", found)([[49.0]], 1).outputs[0] == (1.0,)


@settings(max_examples=60)
@given(text=programs())
def test_random_programs_keep_their_values(text: str) -> None:
    """Values and second derivatives are those of the kernel as the modes wrote it; exactly, where it compares."""
    base = problem(text, values=False)
    names = [name for name, _ in base.wrt]
    draw = random.Random(text)
    columns = [[POINT[name] + draw.uniform(-2, 2) for _ in range(5)] for name in names]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(question, "reduced", lambda found: found)
        plain = build(base, Request("hessian"), names)
    short = strength.reduced(plain)
    assert len(short.steps) <= len(plain.steps)
    before, after = (compiled("python", found)(columns, 5) for found in (plain, short))
    exact = any(op.boolean or op.kink for op, _ in plain.steps)
    for row in set(range(5)) - {*before.doubtful, *after.doubtful}:
        wanted = [column[row] for column in before.outputs]
        floor = 0.0 if exact else 1e-13 * max([1.0, *map(abs, wanted)])
        assert _row(after, row) == pytest.approx(wanted, rel=0 if exact else 1e-13, abs=floor)


def _row(outcome: Outcome, row: int) -> list[float]:
    assert all(math.isfinite(column[row]) for column in outcome.outputs)
    return [column[row] for column in outcome.outputs]
