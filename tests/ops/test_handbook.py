"""The handbook's rows: what the other tests of the table ask, at the few points that mpmath leaves time for.

The truth is mpmath's function by its definition with many more digits, SymPy's derivative, and for polynomials SymPy's
fractions.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import mpmath
import pytest
from mpmath import mp

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.multiprecision import multiprecision
from adcli.derivatives.answers import evaluate, gradient, hessian
from adcli.derivatives.derive import derivative_program
from adcli.errors import AdcliError, DomainError
from adcli.language import parse
from adcli.ops import Op

from . import truth
from .comparison import attempt, in_range, partial_of, ulps
from .rules import written
from .samples import LEAN, Point, at, points, ranges, text
from .test_mutation import mutants

ULPS = 8
DIGITS = 52
each_row = pytest.mark.parametrize("op", LEAN, ids=lambda op: op.name)
each_partial = pytest.mark.parametrize(
    ("op", "i"),
    [
        pytest.param(op, i, id=f"{op.name}-{name}")
        for op in LEAN
        for i, name in enumerate(op.arguments)
        if op.partials[i] is not None
    ],
)
written_by_people = [op for op in LEAN if not op.inner]
"""Programs are written with the others; their own derivatives of higher orders take long."""


def spread(op: Op, count: int = 6) -> Iterator[Point]:
    """Points at all distances from 0 up to 30, whatever the row's intervals are; where nothing is, none."""
    draw = random.Random(op.name)
    for _ in range(count):
        yield tuple(
            float(draw.choice(choices))
            if all(":" not in choice for choice in choices)
            else draw.choice((1, -1)) * 10 ** draw.uniform(-9, 1.5)
            for choices in ranges(op)
        )


@cache
def values(op: Op) -> list[tuple[Point, Any]]:
    """Points of the row's intervals, and further out, with the value there."""
    found = []
    with mpmath.workdps(DIGITS):
        for point in (*points(op, 3), *spread(op)):
            try:
                found.append((point, truth.value(op, *point)))
            except truth.NoValue:
                continue
    return found


@cache
def slopes(op: Op, i: int) -> list[tuple[Point, Any]]:
    """The same points with the derivative there, by differences."""
    with mpmath.workdps(DIGITS):
        return [(point, truth.derivative(op, i, point)) for point, _ in values(op)[:5]]


EQUAL = {"zeta_derivative(1, s, 2)"}
"""No mutant: ζ(s, 2) is ζ(s) - 1."""


def kinked(op: Op, point: Point) -> bool:
    """Whether a rule is a convention there."""
    return bool(op.kink) and bool(doubles().condition(op, op.kink)(doubles().value(op)(*point), *point))


@each_row
def test_value_is_right_in_doubles_and_at_any_precision(op: Op) -> None:
    """To 8 ulps, and to all but the last two of 20 and 45 digits."""
    for point, exact in values(op):
        if in_range(exact) and (abs(exact) > 1e-290 or not op.underflows):
            with mpmath.workdps(DIGITS):
                assert ulps(doubles().value(op)(*point), exact) <= ULPS, (point, mp.nstr(exact, 20))
        for digits in (20, 45):
            wide = multiprecision(digits)
            got = wide.value(op)(*map(wide.exactly, point))
            with mpmath.workdps(DIGITS):
                assert abs(mp.mpf(got) - exact) <= abs(exact) * mp.mpf(10) ** (2 - digits), (point, digits)


@each_partial
def test_partial_is_right_in_doubles_and_at_any_precision(op: Op, i: int) -> None:
    """Likewise, against differences."""
    wide = multiprecision(40)
    for point, exact in slopes(op, i):
        if kinked(op, point) or not in_range(exact):
            continue
        with mpmath.workdps(DIGITS):
            if abs(exact) > 1e-290 or not op.underflows:
                assert ulps(partial_of(op, i, doubles())(point), exact) <= ULPS, (point, mp.nstr(exact, 20))
            assert abs(mp.mpf(partial_of(op, i, wide)(point)) - exact) <= abs(exact) * mp.mpf(10) ** -38, point


@each_partial
def test_partial_is_sympys(op: Op, i: int) -> None:
    """Where SymPy has a derivative in closed form."""
    formula = truth.sympy_derivative(op, i, len(ranges(op)))
    if formula is None:
        pytest.skip("SymPy leaves it unevaluated, or has no such function")
    (point,) = points(op, 1)
    with mpmath.workdps(40):
        expected = formula(*map(mp.mpf, point))
        got = partial_of(op, i, multiprecision(40))(point)
        assert abs(mp.mpf(got) - expected) <= abs(expected) * mp.mpf(10) ** -30, point


@each_partial
def test_a_wrong_rule_is_noticed(op: Op, i: int) -> None:
    """Signs, factors, terms, powers: each mutant of a rule differs from the derivative at some point."""
    known = [(point, exact) for point, exact in slopes(op, i) if not kinked(op, point)]

    def noticed(rule: str) -> bool:
        try:
            partial = written(op, rule, 80)
            return any(abs(mp.mpf(partial(point)) - exact) > abs(exact) * mp.mpf(10) ** -14 for point, exact in known)
        except (AdcliError, ArithmeticError, ValueError, TypeError):
            return True

    assert not noticed(op.partials[i] or "")
    for what, rule in mutants(op, i) if not op.inner else ():
        assert noticed(rule) or rule in EQUAL, what


def neighbourhood(op: Op) -> list[Point]:
    """Combinations of the places where a domain may end."""
    places = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.5] if len(ranges(op)) < 3 else [-1.0, 0.0, 0.5, 1.0]
    grid = list(itertools.product(places, repeat=len(ranges(op))))
    return random.Random(op.name).sample(grid, min(len(grid), 20))


@each_row
def test_domain_is_where_the_definition_has_a_real_value(op: Op) -> None:
    """On one side a value, on the other an error that names the operation."""
    for point in neighbourhood(op):
        try:
            with mpmath.workdps(30):
                exact = truth.value(op, *point)
        except truth.NoValue:
            exact = None
        result, error = attempt(evaluate, text(op), at(op, point))
        if exact is None:
            assert isinstance(error, DomainError), point
            assert any(word and word in error.message for word in (op.name, op.refusal)), error.message
        else:
            assert error is None, point
            assert abs(exact) < 1e-25 or ulps(result.values[0], exact) <= ULPS, point


@pytest.mark.parametrize("op", written_by_people, ids=lambda op: op.name)
def test_modes_agree_and_second_derivatives_are_right(op: Op) -> None:
    """From the text: forward is reverse, and the Hessian is what differences give."""
    (point,) = points(op, 1)
    names = list(at(op, point))
    active = [i for i in range(len(names)) if op.partials[i] is not None]
    wrt = [names[i] for i in active]
    forward, reverse = (gradient(text(op), at(op, point), wrt=wrt, mode=mode) for mode in ("fwd", "rev"))
    assert forward.gradient == reverse.gradient
    found = hessian(text(op), at(op, point), wrt=wrt, precision=20).hessian
    with mpmath.workdps(40):
        for row, i in enumerate(active):
            expected = truth.derivative(op, i, point, 2)
            assert abs(found[row][row] - expected) <= max(abs(expected), 1) * mp.mpf(10) ** -17, (point, i)


@each_row
def test_its_derivative_program_can_be_read_again(op: Op) -> None:
    """And computes the gradient."""
    (point,) = points(op, 1)
    names = list(at(op, point))
    wrt = [name for name, rule in zip(names, op.partials, strict=True) if rule is not None]
    program = derivative_program(text(op), wrt=wrt).program
    expected = list(gradient(text(op), at(op, point), wrt=wrt).gradient.values())
    used = parse(program).input_names
    found = evaluate(program, {name: x for name, x in at(op, point).items() if name in used})
    assert list(found.values) == pytest.approx(expected, rel=1e-12)


@each_row
@pytest.mark.parametrize("engine", ["python", "numpy", "llvm"])
def test_engines_give_the_scalar_paths_numbers(op: Op, engine: str) -> None:
    """Over rows, values and gradients."""
    pytest.importorskip({"python": "math", "numpy": "scipy", "llvm": "llvmlite"}[engine])
    from adcli.batch.engines import Declined, compiled
    from adcli.batch.question import Request, build
    from adcli.problem.problem import problem

    rows = points(op, 3)
    names = list(at(op, rows[0]))
    wrt = [name for name, rule in zip(names, op.partials, strict=True) if rule is not None]
    try:
        run = compiled(engine, build(problem(text(op), values=False, wrt=wrt), Request("grad"), names))
    except Declined:
        return
    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
    if engine != "python":
        import numpy as np

        columns = [np.array(column) for column in columns]
    outcome = run(columns, len(rows))
    for number, point in enumerate(rows):
        if number in set(outcome.doubtful):
            continue
        got = [float(column[number]) for column in outcome.outputs]
        value = doubles().value(op)(*point)
        partials = [partial_of(op, i, doubles())(point) for i, rule in enumerate(op.partials) if rule is not None]
        assert got == pytest.approx([value, *partials], rel=4e-15, abs=0), point


def test_a_series_that_does_not_converge_is_an_error_of_adclis() -> None:
    """Located, and no value."""
    with pytest.raises(AdcliError, match="hyp4f3") as caught:
        evaluate("1 + hyp4f3(0.9, 0.4, 2, 2.5e7, 10, 0.9, x, x)", {"x": 0.7})
    assert caught.value.span == (4, 45)


@pytest.mark.parametrize("op", [op for op in LEAN if op.kink], ids=lambda op: op.name)
def test_a_kink_is_flagged_exactly_where_one_sided_slopes_differ(op: Op) -> None:
    """At whole and half numbers."""
    for point in neighbourhood(op):
        try:
            with mpmath.workdps(30):
                here = truth.value(op, *point)
                sides = []
                for i in range(len(point)):
                    for side in (-1, 1):
                        moved = (*point[:i], point[i] + side * mp.mpf(2) ** -40, *point[i + 1 :])
                        sides.append((truth.value(op, *moved) - here) * side * mp.mpf(2) ** 40)
        except truth.NoValue:
            continue
        expected = any(
            abs(left - right) > 1e-6 or abs(left) > 1e6 for left, right in zip(sides[::2], sides[1::2], strict=True)
        )
        result = gradient(text(op), at(op, point))
        assert bool([notice for notice in result.warnings if notice.kind == "kink"]) == expected, point


@each_row
def test_samples_lie_in_the_domain_and_off_the_kinks(op: Op) -> None:
    """So that what is tested there is a value and a derivative."""
    for point in points(op, 10):
        assert not op.domain or doubles().condition(op, op.domain)(None, *point), point
        assert not kinked(op, point), point


@each_row
def test_slopes_bound_the_derivative_and_monotone_operations_keep_its_sign(op: Op) -> None:
    """What bounds of errors rest on."""
    if op.slope or op.monotone:
        found = [partial_of(op, 0, doubles())(point) for point, _ in values(op)]
        assert not op.slope or max(map(abs, found)) <= op.slope
        assert not op.monotone or len({math.copysign(1, slope) for slope in found if slope}) == 1
