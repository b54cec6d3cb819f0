"""Results computed again with more digits: what a cross-check compares with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from adcli.derivatives.questions import Question
from adcli.derivatives.solver import Solution, solve_precisely
from adcli.problem.problem import Problem
from adcli.results import Result

Solver: TypeAlias = "Callable[[Problem, Question], Solution]"

_Kind = TypeVar("_Kind", bound=Result)
_Way = TypeVar("_Way", bound=Callable[..., Result])
_WAYS: dict[type[Result], tuple[Callable[..., Any], tuple[str, ...]]] = {}


class Precisely:
    """A solver that gives *digits* digits, of the inputs that an answer was computed from: the doubles, or the values
    as written where a precision was asked for."""

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def __call__(self, asked: Problem, question: Question) -> Solution:
        return solve_precisely(asked, question, self.digits, exact=asked.exact)


def computes(kind: type[Result], *fields: str) -> Callable[[_Way], _Way]:
    """Marks what computes such results, from a problem, a solver, and these of their fields."""

    def mark(way: _Way) -> _Way:
        _WAYS[kind] = way, fields
        return way

    return mark


def recompute(asked: Problem, result: _Kind, digits: int) -> _Kind:
    """The same result by the same mode, right to *digits* digits."""
    way, fields = _WAYS[type(result)]
    found: _Kind = way(asked, Precisely(digits), *[getattr(result, field) for field in fields])
    return found
