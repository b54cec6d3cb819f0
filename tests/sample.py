"""Random programs at hard points, judged by central differences of an evaluator that owes nothing to adcli.

`python tests/sample.py --count 20000 --seed 1` draws programs from all operations, asks for derivatives in every way
that there is and prints what was wrong, refused for no reason, or silent at a kink. A small share runs in the suite.

A program is a tree. Its truth is mpmath's: the tree evaluated by `tests/ops/truth.py`, differences at two steps with
Richardson's extrapolation, from each side on its own. Where two precisions or two steps disagree nothing is known, and
the case is passed over.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import math
import random
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import combinations_with_replacement, product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import mpmath
from mpmath import mp
from ops.truth import NoValue, value

import adcli
from adcli.batch.engines import ENGINES, installed
from adcli.ops import TABLE, Op

NAMES = ("x", "y", "z")
LITERALS = ("1", "2", "3", "0.5", "10", "-1", "1e-10", "1e9", "pi")
SPECIAL = (0.0, 0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, 0.1, 1e-300, -1e-20, 1e20, 1e150, 40.0, -700.0, 750.0)
UNKNOWN = ("polygamma", "polygamma_step", "sinc_derivative", "undefined")
"""Left out: their first argument is a choice; nobody writes the last."""
COMPARED = ("<", "<=", ">", ">=")
SMOOTH_STEP, SECOND_STEP = 60, 40
"""Digits that a step is smaller than the point."""
PATIENCE = 30
"""Seconds of the processor for a judge and a case."""


Matrix = Sequence[Sequence[Any]]
Ways = dict[str, Callable[[dict[str, Any]], Matrix]]
"""How it is asked: a function of further options of the library."""


class Unclear(Exception):
    """The truth cannot be told."""


def _fail(error: Exception) -> Any:
    raise error


@dataclass(frozen=True)
class Tree:
    """An operation on trees; a leaf is a name or a literal."""

    op: str
    parts: tuple[Tree, ...] = ()

    def __str__(self) -> str:
        if not self.parts:
            return f"({self.op})" if self.op.startswith("-") else self.op
        inner = [str(part) for part in self.parts]
        if self.op == "where":
            return f"where({inner[0]}, {inner[1]}, {inner[2]})"
        op = TABLE.get(self.op)
        symbol = op.symbol if op else self.op
        if symbol:
            return f"({symbol}{inner[0]})" if len(inner) == 1 else f"({inner[0]} {symbol} {inner[1]})"
        return f"{self.op}({', '.join(inner)})"

    def names(self) -> set[str]:
        """The inputs."""
        if not self.parts:
            return {self.op} & set(NAMES)
        return set().union(*(part.names() for part in self.parts))

    def at(self, point: dict[str, Any]) -> Any:
        """The value with mpmath's present precision. NoValue where there is none, Unclear where it is out of reach."""
        if not self.parts:
            if self.op in point:
                return point[self.op]
            return +mp.pi if self.op == "pi" else mp.mpf(self.op)
        if self.op == "where":
            chosen = self.parts[1 if self.parts[0].at(point) else 2]
            return chosen.at(point)
        args = [part.at(point) for part in self.parts]
        if any(x and abs(mp.mag(x)) > 1600 for x in args):
            raise Unclear("beyond the digits")
        if self.op in COMPARED:
            return _told(args[0], args[1], self.op)
        if any(abs(x) > 1e7 for x in args) and TABLE[self.op].flops > 1:
            raise Unclear("far out")
        for x in args:
            _boundary(TABLE[self.op], x)
        if self.op == "Mod" and args[1]:
            _boundary(TABLE[self.op], args[0] / args[1])
        return _real(TABLE[self.op], args)


def _real(op: Op, args: list[Any]) -> Any:
    if op.name == "div" and not args[1]:
        raise NoValue
    if op.name == "pow":
        x, y = args
        if (not x and y < 0) or (x < 0 and y != mp.floor(y)):
            raise NoValue
        if not x:
            return mp.one if not y else mp.zero
    return value(op, *args)


def _told(x: Any, y: Any, symbol: str) -> bool:
    """A comparison that rounding cannot have turned."""
    if x != y and abs(x - y) < max(abs(x), abs(y)) * mp.mpf(10) ** (-mp.dps // 2):
        raise Unclear("a comparison within rounding")
    return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[symbol]


def _boundary(op: Op, x: Any) -> None:
    """Unclear where an argument is as good as a landmark, but not the landmark."""
    if op.flops <= 1 and not op.kink:
        return
    nearest = mp.nint(x)
    if x != nearest and abs(x - nearest) < max(1, abs(x)) * mp.mpf(10) ** (-mp.dps // 2) and abs(x) > 0.5:
        raise Unclear("near a landmark within rounding")


@dataclass(frozen=True)
class Case:
    """A program and a point."""

    tree: Tree
    point: dict[str, float]

    @cached_property
    def truth(self) -> Truth:
        """What is so: computed once for all judges."""
        return Truth(self)

    def __str__(self) -> str:
        return f'"{self.tree}" --at {",".join(f"{name}={number!r}" for name, number in self.point.items())}'


OPERATIONS = [op for op in TABLE.values() if op.samples and not op.lean and op.name not in UNKNOWN]


ARITHMETIC = ("add", "sub", "mul", "mul", "div", "pow")


def draw_tree(draw: random.Random, depth: int) -> Tree:
    """A random tree."""
    if not depth or draw.random() < 0.12:
        return Tree(draw.choice(NAMES) if draw.random() < 0.75 else draw.choice(LITERALS))
    kind = draw.random()
    if kind < 0.06:
        condition = Tree(draw.choice(COMPARED), (draw_tree(draw, 1), draw_tree(draw, 0)))
        return Tree("where", (condition, draw_tree(draw, depth - 1), draw_tree(draw, depth - 1)))
    op = TABLE[draw.choice(ARITHMETIC)] if kind < 0.5 else draw.choice(OPERATIONS)
    return Tree(
        op.name, tuple(draw_tree(draw, depth - 1) for _ in range(2 if op.variadic and not op.matrix else op.count))
    )


def draw_case(draw: random.Random) -> Case:
    """A random program with a random point, of which half the coordinates are special."""
    while not (tree := draw_tree(draw, draw.choice((1, 2, 2, 3, 3, 4)))).names():
        pass
    point = {name: _coordinate(draw) for name in sorted(tree.names())}
    return Case(tree, point)


def _coordinate(draw: random.Random) -> float:
    kind = draw.random()
    if kind < 0.4:
        return draw.choice(SPECIAL)
    if kind < 0.9:
        return round(draw.uniform(-4, 4), draw.choice((1, 3, 15)))
    return math.copysign(10 ** draw.uniform(-20, 20), draw.random() - 0.5)


def agreed(function: Callable[[], Any], digits: int = 25) -> Any:
    """What *function* gives at two precisions, which must agree."""
    found = []
    for precision in (500, 900):
        with mpmath.workdps(precision):
            try:
                found.append(function())
            except (OverflowError, MemoryError, mpmath.libmp.NoConvergence, TypeError) as error:
                raise Unclear(str(error)) from error
    return _same(found[0], found[1], digits)


def _same(one: Any, other: Any, digits: int) -> Any:
    if one != other and abs(one - other) > max(abs(one), abs(other)) * mp.mpf(10) ** -digits:
        if max(abs(one), abs(other)) < mp.mpf(10) ** -350:
            return mp.zero
        raise Unclear("not settled")
    return other


@dataclass
class Truth:
    """Derivatives of a case: numbers, None where there is none."""

    case: Case
    _point: dict[str, Any] = field(init=False)
    _slopes: dict[str, Any] = field(init=False, default_factory=dict)
    _middle: dict[int, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._point = {name: mp.mpf(number) for name, number in self.case.point.items()}

    def value(self) -> Any:
        """f at the point. NoValue where there is none."""
        return agreed(self._at_point)

    def _at_point(self) -> Any:
        # Every difference starts here: once a precision.
        if mp.prec not in self._middle:
            self._middle[mp.prec] = self._told(lambda: self.case.tree.at(self._point))
        return self._middle[mp.prec]()

    @staticmethod
    def _told(function: Callable[[], Any]) -> Callable[[], Any]:
        """What *function* answers or raises, as a function that does so again."""
        try:
            found = function()
        except (Unclear, NoValue, OverflowError, MemoryError, TypeError) as error:
            return partial(_fail, error)
        return lambda: found

    def along(self, way: dict[str, Any]) -> Callable[[Any], Any]:
        """t ↦ f(point + t·way)."""
        return lambda t: self.case.tree.at({n: x + t * way[n] if n in way else x for n, x in self._point.items()})

    def slope_by(self, name: str) -> Any:
        """∂f/∂name; as `slope`."""
        if name not in self._slopes:
            self._slopes[name] = self._told(lambda: self.slope({name: mp.one}))
        return self._slopes[name]()

    def _scale(self, way: dict[str, Any]) -> Any:
        # Within rounding of the smallest coordinate that moves, and of what cancels against it.
        return min([abs(x) for n, x in self._point.items() if x and n in way] + [mp.one])

    def slope(self, way: dict[str, Any]) -> Any:
        """df/dt along *way* at 0; None where the sides differ or grow without bound."""
        try:
            sides = [self._side(way, sign) for sign in (1, -1)]
        except NoValue as error:
            raise Unclear("the domain ends here") from error
        if None in sides:
            return None
        if abs(sides[0] - sides[1]) > max(abs(s) for s in sides) * mp.mpf(10) ** -18:
            return None
        return sides[0]

    def _side(self, way: dict[str, Any], sign: int) -> Any:
        f, scale = self.along(way), self._scale(way)
        scale /= max([abs(x) for x in self._point.values()] + [mp.one])  # no step may span jumps, such as floor(1e20*x)

        def slope(k: int) -> Any:
            h = sign * scale * mp.mpf(10) ** -k
            return (f(h) - self._at_point()) / h

        one, other = (agreed(partial(slope, k)) for k in (SMOOTH_STEP, SMOOTH_STEP + 30))
        largest = max(abs(one), abs(other))
        if abs(one - other) <= largest * mp.mpf(10) ** -18:
            return other
        if abs(other) > 1e5 * abs(one):
            return None  # an infinite slope, or a jump
        if largest < 1e-15 and abs(other) < abs(one) / 1000:
            return mp.zero  # slower than linear, such as |x|^1.5
        raise Unclear("the slope does not settle")

    def second(self, one: str, other: str) -> Any:
        """∂²f/∂one∂other where f is smooth; Unclear where the steps do not agree."""

        def mixed(k: int) -> Callable[[], Any]:
            def difference() -> Any:
                h = self._scale({one: 1}) * mp.mpf(10) ** -k
                g = self._scale({other: 1}) * mp.mpf(10) ** -k * mp.mpf("1.1")
                values = []
                for a, b in product((1, -1), repeat=2):
                    moved = dict(self._point)
                    moved[one] += a * h
                    moved[other] += b * g
                    values.append(a * b * self.case.tree.at(moved))
                total = mp.fsum(values)
                if not total and max(map(abs, values)) * mp.eps > mp.mpf("1e-320") * abs(h * g):
                    raise Unclear("nothing is left of the difference")
                return total / (4 * h * g)

            return difference

        try:
            first, then = agreed(mixed(SECOND_STEP)), agreed(mixed(SECOND_STEP + 20))
        except NoValue as error:
            raise Unclear("the domain ends here") from error
        return _same(first, then, 14)

    def coefficients(self, way: dict[str, Any], order: int) -> list[Any]:
        """Taylor coefficients along *way* by differences of a stencil."""
        f, scale = self.along(way), self._scale(way)

        def stencil(k: int) -> list[Any]:
            h = scale * mp.mpf(10) ** -k
            values = [f((j - order) * h) for j in range(2 * order + 1)]
            found = []
            for n in range(order + 1):
                middle = values[order - n : order + n + 1 : 2] if n else [values[order]]
                total = mp.fsum((-1) ** i * mp.binomial(n, i) * v for i, v in enumerate(reversed(middle)))
                found.append(total / (2 * h) ** n / mp.factorial(n))
            return found

        try:
            with mpmath.workdps(900):
                one, other = stencil(30), stencil(45)
        except NoValue as error:
            raise Unclear("the domain ends here") from error
        except (OverflowError, MemoryError, mpmath.libmp.NoConvergence, TypeError) as error:
            raise Unclear(str(error)) from error
        return [_same(a, b, 14) for a, b in zip(one, other, strict=True)]


@dataclass(frozen=True)
class Fault:
    """What adcli said that is not so."""

    kind: str
    asked: str
    case: Case
    said: str
    truth: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.asked} {self.case}\n    said {self.said}; truth {self.truth}"


def near(said: Any, truth: Any, tolerance: float = 1e-9) -> bool:
    """Whether a number is the truth; 0 where the truth is below the doubles, infinity never."""
    if truth is None or not mp.isfinite(said):
        return False
    truth = mp.mpf(truth)
    return bool(abs(mp.mpf(said) - truth) <= max(abs(truth) * tolerance, mp.mpf("5e-324")))


def _rounded(case: Case, name: str | None, truth: Any, found: Any) -> bool:
    """Whether doubles alone are to blame: 30 digits give the truth, and nothing was said of leaving the doubles."""
    if any(notice.kind == "range" for notice in found.warnings):
        return False
    try:
        more = adcli.gradient(str(case.tree), case.point, precision=30)
    except adcli.AdcliError:
        return False
    return near(more.gradient[name] if name else more.value, truth, 1e-20)


def _in_doubles(truth: Any) -> bool:
    return truth is not None and (not truth or mp.mpf("1e-300") < abs(truth) < mp.mpf("1e300"))


def gradients(case: Case) -> Iterator[Fault]:
    """The gradient in both modes, against slopes."""
    truth = case.truth
    try:
        at_point = truth.value()
    except NoValue:
        at_point = None
    slopes: dict[str, Any] = {}
    if at_point is not None:
        for name in case.point:
            try:
                slopes[name] = truth.slope_by(name)
            except Unclear:
                continue
    whole = bool(slopes) and len(slopes) == len(case.point) and all(_in_doubles(s) for s in slopes.values())
    for mode in ("fwd", "rev"):
        asked = f"grad --mode {mode}"
        try:
            found = adcli.gradient(str(case.tree), case.point, mode=mode)
        except adcli.AdcliError as error:
            if whole and at_point is not None and _in_doubles(at_point):
                yield Fault("refused", asked, case, str(error).splitlines()[0], _text(slopes))
            continue
        if at_point is None:
            yield Fault("answered where nothing is defined", asked, case, repr(found.value), "no value")
            continue
        kinks = [notice for notice in found.warnings if notice.kind == "kink"]
        if _in_doubles(at_point) and not near(found.value, at_point):
            kind = "rounded value" if _rounded(case, None, at_point, found) else "wrong value"
            yield Fault(kind, asked, case, repr(found.value), mp.nstr(at_point, 17))
        for name, slope in slopes.items():
            said = found.gradient[name]
            if slope is None:
                if not kinks:
                    yield Fault("silent", asked, case, f"{name}: {said!r}", "no derivative")
            elif _in_doubles(slope) and not near(said, slope):
                kind = "rounded" if _rounded(case, name, slope, found) else "wrong"
                yield Fault(kind, asked, case, f"{name}: {said!r}", mp.nstr(slope, 17))


def hessians(case: Case) -> Iterator[Fault]:
    """The Hessian in four orders, its sparse form and its product, against second differences."""
    truth, names = case.truth, list(case.point)
    try:
        if not _in_doubles(truth.value()):
            return
        slopes = [truth.slope_by(name) for name in names]
        if not all(_in_doubles(s) for s in slopes):
            return
        half = {(a, b): truth.second(a, b) for a, b in combinations_with_replacement(names, 2)}
        expected = [[half[min(a, b), max(a, b)] for b in names] for a in names]
    except (NoValue, Unclear):
        return
    if not all(_in_doubles(number) for row in expected for number in row):
        return

    def dense(mode: str, options: Any) -> Matrix:
        return adcli.hessian(str(case.tree), case.point, mode=mode, **options).hessian

    def sparse(options: Any) -> Matrix:
        rows = [[0.0] * len(names) for _ in names]
        for i, j, number in adcli.sparse_hessian(str(case.tree), case.point, **options).entries:
            rows[i][j] = number
        return rows

    def products(options: Any) -> Matrix:
        found = [adcli.hvp(str(case.tree), case.point, vector={name: 1}, **options).hvp for name in names]
        return [[column[name] for column in found] for name in names]

    ways: Ways = {
        f"hessian --mode {mode}": partial(dense, mode) for mode in ("fwd-rev", "rev-fwd", "fwd-fwd", "rev-rev")
    }
    yield from _matrices(case, ways | {"hessian --sparse": sparse, "hvp": products}, expected)


def _matrices(case: Case, ways: Ways, expected: list[list[Any]]) -> Iterator[Fault]:
    for asked, way in ways.items():
        try:
            found = way({})
        except adcli.AdcliError as error:
            yield Fault("refused", asked, case, str(error).splitlines()[0], _text(expected))
            continue
        pairs = [pair for rows in zip(found, expected, strict=True) for pair in zip(*rows, strict=True)]
        wrong = [(said, number) for said, number in pairs if not near(said, number)]
        if wrong:
            right = False
            with contextlib.suppress(adcli.AdcliError):
                precise = [number for row in way({"precision": 30}) for number in row]
                right = all(near(said, number, 1e-13) for said, (_, number) in zip(precise, pairs, strict=True))
            said, number = wrong[0]
            yield Fault("rounded" if right else "wrong", asked, case, repr(said), mp.nstr(number, 17))


def others(case: Case) -> Iterator[Fault]:
    """Products, sparse and crosswise Jacobians, the derived program, each engine: against slopes."""
    truth, names, text = case.truth, list(case.point), str(case.tree)
    try:
        if not _in_doubles(truth.value()):
            return
        slopes = [truth.slope_by(name) for name in names]
    except (NoValue, Unclear):
        return
    if not all(_in_doubles(s) for s in slopes):
        return

    def sparse(options: Any) -> Matrix:
        row = [0.0] * len(names)
        for _, j, number in adcli.sparse_jacobian(text, case.point, **options).entries:
            row[j] = number
        return [row]

    def derived(options: Any) -> Matrix:
        program = adcli.derivative_program(text, wrt=names).program
        used = {name: number for name, number in case.point.items() if re.search(rf"\b{name}\b", program)}
        try:
            return [adcli.evaluate(program, used, limits=True, **options).values]
        except adcli.AdcliError:
            if any(notice.kind == "limit" for notice in adcli.gradient(text, case.point).warnings):
                return [slopes]  # that of acsc(x/x) is 0/0 all around
            raise

    def rows(engine: str, options: Any) -> Matrix:
        if options:  # engines compute with doubles: as exact as that allows
            return jacobian("rev", options)
        found = adcli.compile(text, engine=engine)(**{name: [number] for name, number in case.point.items()})
        return [[float(found[f"d_{name}"][0]) for name in names]]

    def jacobian(mode: str, options: Any) -> Matrix:
        return adcli.jacobian(text, case.point, mode=mode, **options).jacobian

    def tangents(options: Any) -> Matrix:
        return [[adcli.jvp(text, case.point, tangent={name: 1}, **options).jvp[0] for name in names]]

    ways: Ways = {
        "jvp": tangents,
        "vjp": lambda options: [list(adcli.vjp(text, case.point, **options).vjp.values())],
        "jacobian --sparse": sparse,
        "jacobian --mode cross": partial(jacobian, "cross"),
        "derive | eval": derived,
    }
    if installed("numpy"):
        ways |= {f"compile --engine {engine}": partial(rows, engine) for engine in ENGINES if installed(engine)}
    yield from _matrices(case, ways, [slopes])


def series(case: Case) -> Iterator[Fault]:
    """Taylor coefficients to order 8 along a direction."""
    truth = case.truth
    way = {name: mp.mpf(i + 1) / 2 for i, name in enumerate(case.point)}
    try:
        if not _in_doubles(truth.value()):
            return
        expected = truth.coefficients(way, 8)
    except (NoValue, Unclear):
        return
    if not all(_in_doubles(number) for number in expected):
        return

    def found(options: Any) -> Matrix:
        along = {name: float(number) for name, number in way.items()}
        return [adcli.taylor_series(str(case.tree), case.point, order=8, direction=along, **options).coefficients]

    yield from _matrices(case, {"taylor": found}, [expected])


JUDGES: dict[str, Callable[[Case], Iterator[Fault]]] = {
    "gradients": gradients,
    "hessians": hessians,
    "others": others,
    "series": series,
}


def _text(numbers: Any) -> str:
    if isinstance(numbers, dict):
        return ", ".join(f"{name}: {_text(number)}" for name, number in numbers.items())
    if isinstance(numbers, list):
        return ", ".join(map(_text, numbers))
    return "none" if numbers is None else str(mp.nstr(numbers, 17))


class Slow(Exception):
    """It has taken too long."""


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raises Slow in what uses more of the processor than that, where the system can tell."""
    if not hasattr(signal, "SIGVTALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(*_: Any) -> None:
        raise Slow(f"over {seconds:g} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def faults(seed: int, count: int, judges: list[str]) -> Iterator[Fault]:
    """Every fault of *count* random cases; an exception that is not adcli's own is one, too, and so is a hang."""
    for number in range(count):
        case = draw_case(random.Random(f"{seed}/{number}"))
        for name in judges:
            try:
                with _limited(PATIENCE):
                    yield from list(JUDGES[name](case))
            except Unclear:
                continue
            except Slow as error:
                yield Fault("slow", name, case, str(error), "")
            except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError, MemoryError) as error:
                yield Fault("crash", name, case, f"{type(error).__name__}: {error}", "")


def main() -> None:
    """Print the faults, then how many there are of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judges", default=",".join(JUDGES))
    given = parser.parse_args()
    kinds: collections.Counter[str] = collections.Counter()
    for fault in faults(given.seed, given.count, given.judges.split(",")):
        kinds[f"{fault.kind}: {fault.asked}"] += 1
        print(fault, flush=True)
    for kind, number in kinds.most_common():
        print(f"{number:6} {kind}")
    print(f"{sum(kinds.values())} faults in {given.count} programs")


if __name__ == "__main__":
    main()
