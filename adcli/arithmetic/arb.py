"""Arb's functions on adcli's balls: proven enclosures, and faster with many digits (python-flint, the extra `proof`).

A function of one argument that Arb has under the operation's name is that operation; the others stand in
`adcli.arithmetic.arb_functions`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from threading import Lock
from typing import Any, TypeAlias

from adcli.arithmetic.ball import NONE, Ball, log2, log_sum
from adcli.ops import Op

Number: TypeAlias = Any
"""An arb."""

EXTRA = 10
"""Bits that Arb computes with beyond those of the midpoint."""
WIDTH = 20
"""Bits of a radius that is given to Arb."""
_lock = Lock()
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
    if found is None and installed() and len(op.arguments) == 1 and not op.variadic:
        from flint import arb

        found = getattr(arb, op.name, None)
    return found


def named(name: str) -> Callable[..., Number] | None:
    """The function of `adcli.arithmetic.arb_functions` that is called so; None where there is none, or no Arb."""
    if not installed():
        return None
    from adcli.arithmetic import arb_functions

    return getattr(arb_functions, name, None)


def applied(function: Callable[..., Number], args: Sequence[Ball]) -> tuple[Any, float] | None:
    """The midpoint, as a number of mpmath's, and the radius's logarithm; None where the value is not finite.

    Raises Unknown.
    """
    from flint import ctx
    from mpmath.libmp import from_man_exp

    home = args[0].home
    with _lock:
        before = ctx.prec
        ctx.prec = home.bits + EXTRA
        try:
            found = function(*map(_arb, args))
        except ValueError as error:
            raise Unknown from error
        finally:
            ctx.prec = before
    if not found.is_finite():
        return None
    man, exponent = map(int, found.mid().man_exp())
    mid = home.context.make_mpf(from_man_exp(man, exponent, home.bits, "n"))
    wide, place = map(int, found.rad().man_exp())
    radius = math.log2(wide) + place + 2.0**-40 if wide else NONE
    if man.bit_length() > home.bits:
        radius = log_sum(radius, log2(mid) - home.bits)
    return mid, radius


def _arb(ball: Ball) -> Number:
    """A ball as one of Arb's, which holds it."""
    from flint import arb

    negative, man, exponent, _ = ball.mid._mpf_
    if not man and exponent:
        raise Unknown
    mid = (-int(man) if negative else int(man), int(exponent))
    if ball.radius == NONE:
        return arb(mid)
    place = math.floor(ball.radius)
    return arb(mid, (math.ceil(2.0 ** (ball.radius - place + WIDTH)) + 1, place - WIDTH))
