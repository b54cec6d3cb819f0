"""Where an operation has a value, and where it has none: the same on both kinds of numbers."""

from __future__ import annotations

import itertools
import math

import mpmath
import pytest

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.answers import evaluate, gradient
from adcli.errors import DomainError, RangeError
from adcli.ops import TABLE, Op

from . import truth
from .comparison import attempt, in_range, ulps
from .samples import Point, at, boundaries, each_operation, ranges, text


def neighbourhood(op: Op) -> list[Point]:
    """All combinations of the places where a domain may end, and of their neighbours."""
    size = len(ranges(op))
    places = list(boundaries()) if size == 1 else [-2.0, -0.5, -1e-300, 0.0, 1e-300, 1.0, 2.5]
    return list(itertools.product(places, repeat=size))


def true_value(op: Op, point: Point) -> object:
    """The value by the definition; None where there is none."""
    with mpmath.workdps(truth.DIGITS if len(point) < 3 else 400):  # of a difference, more
        try:
            return truth.value(op, *point)
        except truth.NoValue:
            return None


def expected_everywhere(op: Op, point: Point) -> bool:
    """Whether adcli and the definition must agree on there being a value."""
    if op.name == "polygamma_step":  # x + y is rounded
        return not (sum(point[1:]) <= 0 and sum(point[1:]) == math.floor(sum(point[1:])))
    if op.name == "beta":  # 0 where only the denominator has a pole: adcli refuses, since ψ has a pole there
        return not (sum(point) <= 0 and sum(point) == math.floor(sum(point)))
    # -exp(-1) itself means the branch point, whichever side of it the double lies on.
    return not (op.name == "LambertW" and point == (-math.exp(-1),))


@each_operation
@pytest.mark.parametrize("precision", [15, 30])
def test_domain_is_where_the_definition_has_a_real_value(op: Op, precision: int) -> None:
    """Next to every place where one may end: on one side a value, on the other an error that names the operation."""
    for point in neighbourhood(op):
        if not expected_everywhere(op, point):
            continue
        exact = true_value(op, point)
        result, error = attempt(evaluate, text(op), at(op, point), precision=precision)
        if exact is None:
            assert isinstance(error, DomainError), point
            assert any(word and word in error.message for word in (op.name, op.symbol, op.refusal)), error.message
            assert error.span is not None
        elif in_range(exact):
            assert error is None, point
            assert ulps(float(result.values[0]), exact) <= 8, point
        else:
            assert error is None or isinstance(error, RangeError), point


@each_operation
def test_doubles_never_give_a_number_outside_the_domain(op: Op) -> None:
    """The functions themselves refuse, or give what is not finite: no check stands in front of them."""
    for point in neighbourhood(op):
        if expected_everywhere(op, point) and true_value(op, point) is None:
            try:
                got = doubles().value(op)(*point)
            except (ValueError, ZeroDivisionError, OverflowError):
                continue
            assert not math.isfinite(got), point


@each_operation
@pytest.mark.parametrize("precision", [15, 30])
def test_gradient_next_to_a_boundary_is_right_or_refused(op: Op, precision: int) -> None:
    """Where the function has a derivative at all: never a number of which 10 digits are wrong."""
    for point in neighbourhood(op):
        if true_value(op, point) is None or not expected_everywhere(op, point):
            continue
        wanted = [n for n, p in zip(at(op, point), op.partials * len(point), strict=False) if p is not None]
        for i, name in enumerate(at(op, point)):
            if name not in wanted:
                continue
            result, error = attempt(gradient, text(op), at(op, point), wrt=[name], precision=precision)
            assert error is None or error.exit_code == 3, point
            if error is not None or result.warnings:
                continue
            formula = truth.sympy_derivative(op, i, len(point))
            with mpmath.workdps(truth.far_digits(op)):
                expected = None
                if formula is not None:
                    try:
                        expected = formula(*map(mpmath.mpf, point))
                    except (ZeroDivisionError, ValueError):
                        continue
                if expected is not None and mpmath.isfinite(expected):
                    error_of_double = mpmath.mpf(2) ** -1073 if precision == 15 else 0
                    error = abs(result.gradient[name] - expected)
                    assert error <= 1e-10 * abs(expected) + error_of_double, (point, name)


def test_every_domain_has_an_end_that_the_tests_meet() -> None:
    """So that no row's domain goes unseen."""
    for op in TABLE.values():
        if op.domain and op.samples and not op.lean:
            values = [true_value(op, point) is None for point in neighbourhood(op)]
            assert True in values, op.name
            assert False in values, op.name


def test_beta_does_not_say_that_it_has_no_value_where_it_is_0() -> None:
    """Where only x + y is a pole of gamma, beta is 0, and its rules are not: it is refused in other words."""
    assert mpmath.beta(0.5, -0.5) == 0
    _, error = attempt(evaluate, "beta(x, y)", {"x": 0.5, "y": -0.5}, precision=15)
    assert isinstance(error, DomainError)
    assert error.message == "beta is computed where none of x, y and x + y is 0 or a negative whole number"
