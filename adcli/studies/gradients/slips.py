"""What is likely wrong with a derivative that is off at many points, when only numbers are known."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import NamedTuple

from adcli.studies.gradients.differences import MARGIN

MAX_FACTOR = 12
"""Wrong factors are sought among fractions of numbers up to this."""
ANGLES = {"π/180": math.pi / 180, "180/π": 180 / math.pi, "π": math.pi, "2π": 2 * math.pi, "ln 10": math.log(10)}
"""And among these."""
SMALL = 1e-2
"""What is missing is small if it is less than this part of the derivative."""
STEADY = 1e-6
"""A factor that is not simple differs by no more than this between points."""
LEAST = 3
"""Points that it takes for a slip to be told from chance."""


class Seen(NamedTuple):
    """Point by point: what was claimed, what is true and how far that may be off, by name; inputs and values."""

    claimed: Sequence[Mapping[str, float]]
    true: Sequence[Mapping[str, float]]
    error: Sequence[Mapping[str, float]]
    inputs: Sequence[Mapping[str, float]]
    values: Sequence[float]
    tolerance: float


def guess(seen: Seen, name: str) -> str:
    """The likely slip behind the derivative by *name*; "" where none is thought of."""
    points = [k for k in range(len(seen.true)) if math.isfinite(seen.true[k][name])]
    claimed = [seen.claimed[k][name] for k in points]
    true = [seen.true[k][name] for k in points]
    error = [seen.error[k][name] for k in points]

    def fits(expected: Sequence[float]) -> bool:
        pairs = zip(claimed, expected, error, strict=True)
        return all(abs(a - b) <= 10 * (seen.tolerance * max(abs(a), abs(b)) + off) for a, b, off in pairs)

    if not any(claimed):
        return "it is 0 everywhere"
    if all(off > SMALL * max(abs(a), abs(b)) for a, b, off in zip(claimed, true, error, strict=True)):
        return ""  # known too badly: anything would fit
    if len(points) < LEAST:
        return "it has the wrong sign" if fits([-x for x in true]) else _off(claimed[0], true[0])
    if fits([-x for x in true]):
        return "it has the wrong sign"
    if points == list(range(len(seen.true))) and _stale(seen, name):
        return "it is stale: the derivative at the point asked for before"
    for other in seen.true[0]:
        if other != name and fits([seen.true[k][other] for k in points]):
            if _transposed(other) == name:
                return f"it is transposed: the derivative by {other}"
            return f"it is the derivative by {other}"
    ratio = _factor(claimed, true, error, seen.tolerance)
    if ratio is not None and fits([ratio * x for x in true]):
        return f"it is {_shown(ratio)} times the derivative: a factor is wrong"
    if fits([seen.values[k] for k in points]):
        return "it is the function itself, not its derivative"
    rest = [b - a for a, b in zip(claimed, true, strict=True)]
    for what, summand in _summands(seen, points, name):
        if any(not x or not math.isfinite(x) for x in summand):
            continue
        ratios = [a / b for a, b in zip(rest, summand, strict=True)]
        times = _steady(ratios, 1e3 * seen.tolerance)
        if times is None or (exact := _simple(times) or _steady(ratios, seen.tolerance)) is None:
            continue
        if fits([b - exact * s for b, s in zip(true, summand, strict=True)]):
            return _missing(what, exact)
    if all(abs(a) <= SMALL * abs(b) for a, b in zip(rest, true, strict=True)):
        return f"a small summand is missing, or too much: {max(map(abs, rest)):.1g} at most"
    return ""


def _factor(claimed: Sequence[float], true: Sequence[float], error: Sequence[float], tolerance: float) -> float | None:
    """The factor that is the same at all points within the noise: a simple one, or one that is steady to six digits.
    A small summand makes ratios that are all near 1, and differ from each other about as much as from it."""
    told = [(a / b, MARGIN * off / abs(b)) for a, b, off in zip(claimed, true, error, strict=True) if b]
    if not told or max(off for _, off in told) > SMALL:
        return None
    ratio = sorted(a for a, _ in told)[len(told) // 2]
    spread = max(abs(a - ratio) - off for a, off in told)
    exact = _simple(ratio)
    simple = exact is not None and abs(exact - ratio) <= 1e-5 * abs(ratio)
    steady = spread <= (20 * tolerance if simple else STEADY) * abs(ratio)
    return ratio if ratio and steady and spread <= SMALL * abs(ratio - 1) else None


def _missing(what: str, times: float) -> str:
    size = "" if abs(times) == 1 and what else _shown(abs(times)) + ("·" if what else "")
    if times < 0 and not what:
        return f"a constant, {_shown(-times)}, is too much"
    return f"a summand is missing: {'-' if times < 0 else ''}{size}{what}"


def _summands(seen: Seen, points: Sequence[int], name: str) -> Iterator[tuple[str, list[float]]]:
    """What may be missing, and its values: constants, simple terms of one input and of two, other derivatives."""
    yield "", [1.0] * len(points)
    names = list(seen.inputs[0])
    for x in names:
        at = [seen.inputs[k][x] for k in points]
        yield x, at
        for text, function in _SIMPLE.items():
            try:
                yield text.format(x), [function(value) for value in at]
            except (ArithmeticError, ValueError):
                continue
    for x, y in combinations_with_replacement(names[:8], 2):
        yield f"{x}*{y}" if x != y else f"{x}^2", [seen.inputs[k][x] * seen.inputs[k][y] for k in points]
        if x != y:
            for a, b in ((x, y), (y, x)):
                if all(seen.inputs[k][b] for k in points):
                    yield f"{a}/{b}", [seen.inputs[k][a] / seen.inputs[k][b] for k in points]
    for other in seen.true[0]:
        if other != name:
            yield f"the derivative by {other}", [seen.true[k][other] for k in points]
    yield "the function itself", [seen.values[k] for k in points]


_SIMPLE: dict[str, Callable[[float], float]] = {
    "1/{}": lambda x: 1 / x,
    "{}^3": lambda x: x**3,
    "1/{}^2": lambda x: 1 / x**2,
    "sqrt({})": math.sqrt,
    "1/sqrt({})": lambda x: 1 / math.sqrt(x),
    "ln {}": math.log,
    "exp({})": math.exp,
    "exp(-{})": lambda x: math.exp(-x),
    "sin {}": math.sin,
    "cos {}": math.cos,
}


def _stale(seen: Seen, name: str) -> bool:
    """Whether each answer is the derivative at the point before."""
    for k in range(1, len(seen.true)):
        a, b = seen.claimed[k][name], seen.true[k - 1][name]
        if abs(a - b) > 10 * (seen.tolerance * max(abs(a), abs(b)) + seen.error[k - 1][name]):
            return False
    return True


def _transposed(name: str) -> str:
    """A[2,1] of A[1,2]."""
    return re.sub(r"\[(\d+),(\d+)\]$", r"[\2,\1]", name)


def _off(claimed: float, true: float) -> str:
    return f"it is {_shown(claimed / true)} times the derivative" if true else ""


def _steady(ratios: Sequence[float], tolerance: float) -> float | None:
    """The number that all ratios are."""
    if not ratios:
        return None
    middle = sorted(ratios)[len(ratios) // 2]
    return middle if middle and all(abs(r - middle) <= 20 * tolerance * abs(middle) for r in ratios) else None


def _simple(number: float) -> float | None:
    """The fraction of small numbers, or the constant, that a number nearly is."""
    near = Fraction(number).limit_denominator(MAX_FACTOR)
    candidates = [float(near), *ANGLES.values(), *(-x for x in ANGLES.values())]
    return next((x for x in candidates if x and abs(x - number) <= 1e-3 * abs(number)), None)


def _shown(number: float) -> str:
    """A number as a simple fraction, where it is one."""
    for text, value in ANGLES.items():
        if abs(number - value) < 1e-5 * value:
            return text
    near = Fraction(number).limit_denominator(MAX_FACTOR)
    return str(near) if near and abs(float(near) - number) < 1e-5 * abs(number) else f"{number:.6g}"
