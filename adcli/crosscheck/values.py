"""SymPy's expressions at a point, by mpmath, to a stated number of digits.

The second half of the independent route from text to number. Each distinct subexpression is computed once;
a Piecewise computes only the branch it takes; a number that comes out complex, infinite or undefined, or an
operation that has no number (a derivative that SymPy left as it is), is no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from adcli.arithmetic import arb
from adcli.ops import FUNCTIONS

Expr: TypeAlias = Any
Value: TypeAlias = Any

MAX_DIGITS = 2_000
"""The most working digits: a number that is smaller than half of them counts as 0."""
MAX_EXPONENT = 20_000
"""Arguments beyond 2^this are refused: the work of a function grows with its argument's exponent."""

FAR = 100
"""Polygamma functions are reflected below minus this."""
MAX_ORDER = 50
"""The most derivatives of a cotangent."""


class NoValue(Exception):
    """There is no finite real value."""


class Values:
    """Computes expressions at one point; *point* maps each symbol to an mpf, exactly."""

    def __init__(self, point: Mapping[Expr, Value]) -> None:
        from adcli.arithmetic.contexts import Context

        self.context = Context()
        self._point = dict(point)
        self._found: dict[int, dict[Expr, Value]] = {}  # per working precision

    def move(self, point: Mapping[Expr, Value]) -> None:
        """Compute at another point from now on."""
        self._point = dict(point)
        self._found = {}

    def once(self, expr: Expr, working: int) -> Value:
        """The value as it comes out of so many working digits. Raises NoValue."""
        return self._real(expr, working)

    def value(self, expr: Expr, digits: int) -> Value:
        """The value of *expr*, right to *digits* digits. Raises NoValue.

        The working precision doubles until two runs agree. What is 0, or shrinks to nothing, up to the last of
        them is 0.
        """
        context = self.context
        working, earlier = digits + 15 + self._more(expr), None
        while True:
            now = self._real(expr, working)
            if expr.is_Number:
                return now
            if earlier is not None and now and abs(now - earlier) <= abs(now) * context.mpf(10) ** -digits:
                return now
            if 2 * working > MAX_DIGITS:
                break
            earlier, working = now, 2 * working
        if abs(now) > context.mpf(10) ** (-working // 2):
            raise NoValue
        return context.zero

    def _more(self, expr: Expr) -> int:
        """Digits for small and large numbers: with fewer, 1 + x^2 is 1 in every run, and the runs agree on it."""
        numbers = [self._point[symbol] for symbol in expr.free_symbols if symbol in self._point]
        bits = [abs(x._mpf_[2] + x._mpf_[3]) for x in numbers if x]
        for number in expr.atoms():
            if number.is_Rational and number:
                bits.append(max(int(number.p).bit_length(), int(number.q).bit_length()))
        return min(max(bits, default=0) * 2 * 3 // 10, MAX_DIGITS // 3)

    def _real(self, expr: Expr, working: int) -> Value:
        self.context.dps = working
        try:
            found = self._compute(expr, self._found.setdefault(working, {}))
        except (ArithmeticError, ValueError, TypeError, AttributeError, NotImplementedError) as error:
            raise NoValue from error
        if isinstance(found, bool) or found is None:
            raise NoValue
        if hasattr(found, "_mpc_"):
            if abs(found.imag) > abs(found.real) * self.context.mpf(10) ** (-working // 2):
                raise NoValue
            found = found.real
        if not self.context.isfinite(found):
            raise NoValue
        return found

    def _compute(self, root: Expr, found: dict[Expr, Value]) -> Value:
        stack = [root]
        while stack:
            expr = stack[-1]
            if expr in found:
                stack.pop()
                continue
            missing = [e for e in self._wanted(expr, found) if e not in found]
            if missing:
                stack.extend(missing)
            else:
                found[stack.pop()] = self._apply(expr, found)
        return found[root]

    def _wanted(self, expr: Expr, found: Mapping[Expr, Value]) -> Sequence[Expr]:
        """What must be known before *expr*: of a Piecewise, the conditions in turn and the branch they lead to."""
        if not expr.is_Piecewise:
            return () if expr.is_Number else expr.args
        for value, condition in expr.args:
            if condition not in found:
                return (condition,)
            if found[condition] is None:
                raise NoValue
            if found[condition]:
                return (value,)
        raise NoValue

    def _apply(self, expr: Expr, found: Mapping[Expr, Value]) -> Value:
        context = self.context
        if expr.is_Symbol:
            return context.mpf(self._point[expr])
        if expr.is_Rational:
            return context.mpf(expr.p) / expr.q
        if expr.is_NumberSymbol:
            return context.make_mpf(expr._as_mpf_val(context.prec))
        if expr.is_Piecewise:
            return next(found[value] for value, condition in expr.args if found[condition])
        if expr.is_Boolean or expr.is_Relational:
            return self._condition(expr, found)
        args = [found[a] for a in expr.args]
        if expr.is_Add:
            return context.fsum(args)
        if expr.is_Mul:
            return context.fprod(args)
        if expr.is_Pow:
            base, exponent = args
            return base ** _moderate(exponent)
        return self._function(expr.func.__name__, len(args))(*args)

    def _function(self, name: str, count: int) -> Callable[..., Value]:
        op = FUNCTIONS.get(name)
        called: Callable[..., Value] | None = getattr(self, f"_{name.lower()}", None)
        if called is None:
            called = self._careful(getattr(self.context, (op.mpmath or op.name) if op else name, None))
        row = op and op.of(count)
        if row is None or row.level or not (row.variadic or count == len(row.arguments)):
            return called  # a jump is a decision, which Arb would take with the arguments as they are rounded
        known = arb.function(row)
        return called if known is None else arb.pointwise(known, self.context, called)

    @staticmethod
    def _careful(called: Callable[..., Value] | None) -> Callable[..., Value]:
        """A function that refuses arguments which would take too long."""
        if called is None:
            raise NoValue
        return lambda *args: called(*map(_moderate, args))

    def _condition(self, expr: Expr, found: Mapping[Expr, Value]) -> bool | None:
        """A condition: True, False, or None where it compares what has no real value."""
        import sympy

        if expr in (sympy.true, sympy.false):
            return bool(expr)
        args = [found[a] for a in expr.args]
        if isinstance(expr, sympy.And):
            return False if False in args else None if None in args else True
        if isinstance(expr, sympy.Or):
            return True if True in args else None if None in args else False
        if isinstance(expr, sympy.Not):
            return None if args[0] is None else not args[0]
        left, right = args
        if hasattr(left, "_mpc_") or hasattr(right, "_mpc_"):
            return None
        self._apart(left, right)
        sign = type(expr).rel_op
        compare = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
        return bool({**compare, "==": left == right, "!=": left != right}[sign])

    # Functions with a value of their own where mpmath has none, or another

    def _max(self, *args: Value) -> Value:
        return max(args)

    def _min(self, *args: Value) -> Value:
        return min(args)

    def _floor(self, x: Value) -> Value:
        self._apart(x, self.context.nint(x))
        return self.context.floor(x)

    def _ceiling(self, x: Value) -> Value:
        return -self._floor(-x)

    def _sign(self, x: Value) -> Value:
        self._apart(x, self.context.zero)
        return self.context.sign(x)

    def _apart(self, x: Value, y: Value) -> None:
        """Refuse to decide between numbers that differ by rounding at most: decimals are rounded, too."""
        difference = abs(x - y)
        if difference and difference <= max(abs(x), abs(y), 1) * self.context.mpf(10) ** (-self.context.dps // 2):
            raise NoValue

    def _heaviside(self, x: Value, middle: Value) -> Value:
        self._apart(x, self.context.zero)
        return middle if x == 0 else self.context.mpf(x > 0)

    def _polygamma(self, n: Value, x: Value) -> Value:
        """ψₙ(x); far below 0, from where mpmath would walk up, by reflection, with a numeric derivative of cot."""
        context, order = self.context, int(n)
        if order != n or x > -FAR:
            return context.psi(_moderate(n), _moderate(x))
        if order > MAX_ORDER:
            raise NoValue
        turn = context.taylor(lambda t: context.cospi(t) / context.sinpi(t), x, order)[order] * context.factorial(order)
        return (-1) ** order * context.psi(order, 1 - x) - context.pi * turn

    def _tuplearg(self, *args: Value) -> Value:
        return args

    def _hyper(self, above: Value, below: Value, z: Value) -> Value:
        return self.context.hyper(above, below, _moderate(z))

    def _betainc_regularized(self, *args: Value) -> Value:
        return self.context.betainc(*map(_moderate, args), regularized=True)

    def _diracdelta(self, x: Value, *_order: Value) -> Value:
        if x == 0:
            raise NoValue
        return self.context.zero


def _moderate(x: Value) -> Value:
    """A function's argument, refused where it would take too long."""
    parts = getattr(x, "_mpf_", None)
    if parts is not None and parts[1] and parts[2] + parts[3] > MAX_EXPONENT:
        raise NoValue
    return x
