"""mpmath's numbers: any number of digits, no overflow, and every refusal made explicit.

Here the questions are settled that doubles leave open: domains are checked by the rows' own conditions, a
pole of a partial is an infinity (so that 0 × ∞ shows as nan instead of a plausible number), a literal 0 of a
rule is a structural zero, the integer 0, which stays 0 even times ∞.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

from adcli.arithmetic import arb, many_digits, mpmath_functions, parameters, special
from adcli.arithmetic.determinants import cofactors
from adcli.arithmetic.kept import PerThread
from adcli.arithmetic.rules import OPERATORS, Arithmetic, Function
from adcli.graphs import figures
from adcli.ops import DIV, LOG, MUL, POW, UNDEFINED, Op

MAX_EXPONENT = 1_000_000
"""Beyond 2^±this a number counts as overflowed or underflowed here too."""
MOST_KEPT = 100
"""Values of a function that is slow to compute which are remembered."""
MAX_ARGUMENT = 10_000
"""An elementary function refuses arguments beyond 2^this: the work grows with the exponent."""


def named(name: str) -> Function | None:
    """The function of mpmath's numbers that is called so; None where there is none."""
    rooms = (mpmath_functions, many_digits, special, parameters)
    return next((found for room in rooms if (found := getattr(room, name, None)) is not None), None)


class Refusal(ArithmeticError):
    """A value that does not exist (`reason` "domain"), leaves all range ("overflow", "underflow"), or is given by a
    series that does not converge ("convergence")."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Multiprecision(Arithmetic):
    """Real numbers with a fixed number of decimal digits, in an mpmath context of their own."""

    def __init__(self, digits: int) -> None:
        super().__init__()
        from adcli.arithmetic.contexts import Context

        self.digits = digits
        self.context = Context()
        self.context.dps = digits
        ctx = self.context
        self.infinity = ctx.inf
        self.settles = True
        self._inner: Multiprecision | None = None
        self._operators: dict[Op, Function] = {
            **OPERATORS,
            MUL: self._multiply,
            DIV: self._divide,
            POW: self._power,
            LOG: self._log,
        }

    def literal(self, text: str) -> Any:
        if text in ("True", "False"):
            return text == "True"
        if text == "pi":
            return +self.context.pi
        if text == "E":
            return +self.context.e
        return self.context.mpf(text) if len(text) <= 4_000 else self._long(text)

    def _long(self, text: str) -> Any:
        """A literal of more digits than Python makes a number of at once."""
        mantissa, _, exponent = text.lower().removeprefix("-").partition("e")
        whole, _, fraction = mantissa.partition(".")
        if len(exponent) > 12:
            raise OverflowError
        context = self.context
        with context.extraprec(20):
            number = context.mpf(figures(whole + fraction)) * context.mpf(10) ** (int(exponent or 0) - len(fraction))
        return -number if text[0] == "-" else +number

    def spell_literal(self, text: str) -> str:
        # A rule's integers stay Python's: exact at any precision, and 0 is the structural zero.
        if text.lstrip("-").isdigit():
            return f"({text})"
        if text in ("pi", "E"):  # mpmath's constants, which have as many digits as are computed with
            self.namespace[f"literal_{text}"] = self.context.pi if text == "pi" else self.context.e
            return f"literal_{text}"
        return super().spell_literal(text)

    def partial_source(self, op: Op, position: int) -> str:
        self.namespace["context"] = self.context
        accurate = self.accurate_source(op, position, named, "context")
        if accurate or not op.settled:
            return accurate or super().partial_source(op, position)
        context, value, plain = self.context, self._bare(op), self._unsettled()
        rule = plain.compile(("v", *op.arguments), plain.source(self.partial_rule(op, position)), f"rule of {op.name}")
        name = f"settled_{op.name}_{position}"
        self.namespace[name] = lambda *args: special.settled(context, lambda: rule(value(*args), *args), args)
        return f"{name}({', '.join(op.arguments)})"

    def cofactor(self, op: Op, args: Sequence[Any], position: int) -> Any:
        return self.cofactors(op, args)(position)

    def cofactors(self, op: Op, args: Sequence[Any]) -> Callable[[int], Any]:
        found = cofactors(tuple(map(mpmath_functions.scaled, args)))
        return lambda position: mpmath_functions.of_scaled(self.context, found[position])

    def exactly(self, number: Any) -> Any:
        """A number as this arithmetic's: a float or integer without rounding."""
        context = self.context
        if isinstance(number, float):
            return context.make_mpf(context.mpf(number)._mpf_)
        if hasattr(number, "denominator"):
            return context.mpf(int(number.numerator)) / int(number.denominator)
        return context.mpf(number)

    def rounded(self, number: Any) -> float:
        """The nearest double; OverflowError beyond the largest, 0.0 below the smallest."""
        result = float(number)
        if result in (float("inf"), float("-inf")) and self.context.isfinite(number):
            raise OverflowError
        return result

    def function(self, op: Op) -> Function:
        found = self._operators.get(op)
        if found is None:
            if op is UNDEFINED:
                return _refuse
            found = self._bare(op)
            if op.settled and self.settles:
                return self._settled(found)
        return found

    def _settled(self, plain: Function) -> Function:
        """A function that is settled; what it was last asked is known, since each sweep asks it again."""
        context = self.context
        known: dict[Any, Any] = {}

        def settled(*args: Any) -> Any:
            key = (context.prec, *[getattr(x, "_mpf_", x) for x in args])
            if key not in known:
                if len(known) >= MOST_KEPT:
                    known.clear()
                known[key] = special.settled(context, lambda: plain(*args), args)
            return known[key]

        return settled

    def _unsettled(self) -> Multiprecision:
        """The same arithmetic within a rule that is settled as a whole."""
        if self._inner is None:
            self._inner = copy(self)
            self._inner.settles = False
            self._inner.namespace, self._inner._functions, self._inner._compiled = {}, {}, {}
        return self._inner

    def _bare(self, op: Op) -> Function:
        """The operation's function with the digits that the context has, or nearly."""
        context = self.context
        own = named(op.name)
        if own is not None:
            found: Function = lambda *args: own(context, *args)  # noqa: E731
        elif op.value and not op.mpmath:  # mpmath's own may lose digits
            found = self._wider(self.by_value(op))
        else:
            found = getattr(context, op.mpmath or op.name)
        if op.settled:
            found = _converging(found, context.NoConvergence)
        known = arb.function(op) if op.flops > 1 else None
        return found if known is None else arb.pointwise(known, context, found)

    def _wider(self, function: Function) -> Function:
        """A function whose own roundings do not show."""
        context = self.context

        def wide(*args: Any) -> Any:
            result = mpmath_functions.wider(context, 10, lambda: function(*args))
            return context.mpf(result) if result.__class__ is int else result

        return wide

    def _checked(self, op: Op) -> Function:
        function = self.function(op)
        domain = self.condition(op, op.domain) if op.domain else None
        elementary = op.flops >= 10 or op is POW

        def checked(*args: Any) -> Any:
            if domain is not None and not domain(None, *args):
                raise Refusal("domain")
            if elementary:
                for x in args:
                    if _exponent(x) > MAX_ARGUMENT:
                        raise Refusal("overflow")
            result = function(*args)
            if not hasattr(result, "_mpf_"):
                if isinstance(result, (bool, int)):
                    return self.context.mpf(result)
                raise Refusal("domain")
            exponent = _exponent(result)
            if exponent > MAX_EXPONENT:
                raise Refusal("overflow")
            if exponent < -MAX_EXPONENT:
                raise Refusal("underflow")
            if not self.context.isfinite(result):
                raise Refusal("domain")
            return result

        return checked

    def _multiply(self, a: Any, b: Any) -> Any:
        if (a.__class__ is int and not a) or (b.__class__ is int and not b):
            return 0
        return a * b

    def _divide(self, a: Any, b: Any) -> Any:
        if b:
            return self.context.mpf(a) / b
        if not a:
            return self.context.nan
        return self.infinity if a > 0 else -self.infinity

    def _power(self, x: Any, y: Any) -> Any:
        if not x and y < 0:
            return self.infinity
        if x < 0 and y != self.context.floor(y):
            raise Refusal("domain")
        return mpmath_functions.pow(self.context, x, y)

    def _log(self, x: Any) -> Any:
        if x < 0:
            raise Refusal("domain")
        return self.context.log(x)


def _converging(function: Function, failure: type[Exception]) -> Function:
    """A function whose series may not converge: mpmath's *failure* is no ArithmeticError."""

    def converging(*args: Any) -> Any:
        try:
            return function(*args)
        except failure as error:
            raise Refusal("convergence") from error

    return converging


def _refuse() -> Any:
    raise Refusal("domain")


def _exponent(number: Any) -> int:
    """The binary exponent of an mpf; 0 for zero and for what is no mpf."""
    parts: Sequence[int] = getattr(number, "_mpf_", (0, 0, 0, 0))
    return int(parts[2]) + int(parts[3]) if parts[1] else 0


multiprecision: PerThread[Multiprecision] = PerThread(Multiprecision)
"""The thread's arithmetic of so many digits, to compute with.

Its numbers stay inside: whoever has one might change the context.
"""
