"""Arb's functions on adcli's balls: proven enclosures, and faster with many digits (python-flint, the extra `proof`).

Those of its methods that are operations, and the others, stand in `adcli.arithmetic.arb_functions` and, for the
handbook's functions, `adcli.arithmetic.arb_special` and `adcli.arithmetic.arb_parameters`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from threading import RLock
from typing import Any, TypeAlias

from adcli.arithmetic.ball import NONE, log2, log_sum
from adcli.arithmetic.kept import free_at_forks
from adcli.ops import Op

Number: TypeAlias = Any
"""An arb."""
Pair: TypeAlias = tuple[Any, float]
"""A midpoint, a number of mpmath's, and the radius's logarithm."""

EXTRA = 10
"""Bits that Arb computes with beyond those of the midpoint."""
WIDTH = 20
"""Bits of a radius that is given to Arb."""
FAR = 10_000
"""Numbers beyond 2^±this are left to mpmath."""
FARTHEST = 2**60
"""Exponents beyond this are left to others, too."""
_lock = free_at_forks(RLock())
"""Arb's precision is one for all threads."""


class Unknown(ArithmeticError):
    """Arb has no function for such arguments."""


@cache
def installed() -> bool:
    """Whether python-flint is there."""
    try:
        import flint
    except ImportError:
        return False
    return hasattr(flint, "arb")


def function(op: Op) -> Callable[..., Number] | None:
    """Arb's function for an operation; None where there is none, or no Arb."""
    found = named(op.name)
    if found is None and installed():
        from flint import arb

        from adcli.arithmetic.arb_functions import OTHERWISE, SAME

        name = OTHERWISE.get(op.name, op.name if op.name in SAME else "")
        found = getattr(arb, name) if name else None
    return found


def named(name: str) -> Callable[..., Number] | None:
    """The function that is called so of those that stand there; None where there is none, or no Arb."""
    if not installed():
        return None
    from adcli.arithmetic import arb_functions, arb_parameters, arb_special

    rooms = (arb_functions, arb_special, arb_parameters)
    return next((found for room in rooms if (found := getattr(room, name, None)) is not None), None)


def applied(function: Callable[..., Number], args: Sequence[Pair], context: Any, bits: int) -> Pair | None:
    """The function's value, with a midpoint of so many bits; None where it is not finite. Raises Unknown."""
    given = [_arb(*arg) for arg in args]
    with _precision(bits + EXTRA):
        try:
            found = function(*given)
        except ValueError as error:
            raise Unknown from error
    return _pair(found, context, bits)


def product(xs: Sequence[Pair], ys: Sequence[Pair], context: Any, bits: int) -> list[Pair] | None:
    """The coefficients of the product of two polynomials; None where one is not finite."""
    from flint import arb_poly

    try:
        given = [[_arb(*x) for x in factor] for factor in (xs, ys)]
    except Unknown:
        return None
    with _precision(bits + EXTRA):
        found = arb_poly(given[0]) * arb_poly(given[1])
    pairs = [_pair(found[i], context, bits) for i in range(len(xs) + len(ys) - 1)]
    return None if None in pairs else pairs  # type: ignore[return-value]  # None is excluded


def exact_product(xs: Sequence[Fraction], ys: Sequence[Fraction]) -> list[Fraction]:
    """The coefficients of the product of two polynomials."""
    from flint import fmpq, fmpq_poly

    one, two = [fmpq_poly([fmpq(x.numerator, x.denominator) for x in factor]) for factor in (xs, ys)]
    found = one * two
    return [Fraction(int(x.p), int(x.q)) for x in map(found.__getitem__, range(len(xs) + len(ys) - 1))]


@contextmanager
def _precision(bits: int) -> Iterator[None]:
    """Arb's precision for a while, for this thread alone."""
    from flint import ctx

    with _lock:
        before = ctx.prec
        ctx.prec = bits
        try:
            yield
        finally:
            ctx.prec = before


def _pair(found: Number, context: Any, bits: int) -> Pair | None:
    """One of Arb's balls with a midpoint of so many bits; None where it is not finite, or out of all range."""
    from mpmath.libmp import from_man_exp

    if not found.is_finite():
        return None
    man, exponent = map(int, found.mid().man_exp())
    mid = context.make_mpf(from_man_exp(man, exponent, bits, "n"))
    wide, place = map(int, found.rad().man_exp())
    if max(abs(exponent), abs(place)) > FARTHEST:
        return None
    radius = math.log2(wide) + place + 2.0**-40 if wide else NONE
    if man.bit_length() > bits:
        radius = log_sum(radius, log2(mid) - bits)
    return mid, radius


def pointwise(function: Callable[..., Number], context: Any, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """A function of mpmath's numbers by Arb's, where that is known to all their digits; else as *otherwise*."""

    def found(*args: Any) -> Any:
        given = [(context.convert(x), NONE) for x in args]
        if any(abs(x._mpf_[2] + x._mpf_[3]) > FAR for x, _ in given if hasattr(x, "_mpf_")):
            return otherwise(*args)
        for extra in (EXTRA, context.prec):
            try:
                answer = applied(function, given, context, context.prec + extra)
            except (Unknown, AttributeError):  # what is no real number
                break
            if answer is None:
                break
            mid, radius = answer
            if radius == NONE or radius < log2(mid) - context.prec - 2:
                return +mid
        return otherwise(*args)

    return found


def _arb(mid: Any, radius: float) -> Number:
    """One of Arb's balls, which holds all that is at most 2^*radius* from a number of mpmath's."""
    from flint import arb

    negative, man, exponent, _ = mid._mpf_
    if not man and exponent:
        raise Unknown
    middle = (-int(man) if negative else int(man), int(exponent))
    if radius == NONE:
        return arb(middle)
    place = math.floor(radius)
    return arb(middle, (math.ceil(2.0 ** (radius - place + WIDTH)) + 1, place - WIDTH))
