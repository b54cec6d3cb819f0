"""How functions of mpmath's numbers keep their digits: they are computed with more than are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Context = Any
"""An mpmath context; mpmath ships no types."""


def wider_than(ctx: Context, precision: int, function: Callable[[], Any]) -> Any:
    """The value of *function* computed with a *precision* of its own, in bits."""
    before = ctx.prec
    ctx.prec = precision
    try:
        return function()
    finally:
        ctx.prec = before


def wider(ctx: Context, bits: int, function: Callable[[], Any]) -> Any:
    """The value of *function* computed with so many more *bits*, rounded to the working precision."""
    before = ctx.prec
    ctx.prec += bits
    try:
        result = function()
    finally:
        ctx.prec = before
    return +result


def cancelling(ctx: Context, terms: Callable[..., tuple[Any, Any]], *args: Any) -> Any:
    """The sum of two *terms* at *args*, computed with as many more bits as they have leading bits in common.

    Terms that agree in more bits than all the digits and magnitudes of *args* can set apart are equal.
    """
    before = ctx.prec
    most = 4 * before + 2 * sum(abs(ctx.mag(x)) for x in args if x) + 100
    extra = 20
    try:
        while True:
            ctx.prec = before + extra
            first, second = terms(*args)
            total = first + second
            lost = ctx.mag(first) - ctx.mag(total) if total else most
            if lost <= extra - 10:
                break
            if extra > most:
                return ctx.zero
            extra = min(lost, 4 * extra) + 20
    finally:
        ctx.prec = before
    return +total
