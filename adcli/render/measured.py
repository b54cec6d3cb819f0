"""Values with their uncertainties, rounded as in metrology: two digits of u, and the value to match."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal

from adcli.render.numbers import exact, rounded
from adcli.results import Number

DIGITS = 2
"""Of an uncertainty."""
PLAIN = (-5, 7)
"""Powers of ten of values that are written without an exponent."""


def measured(value: Number, u: Number, digits: int = DIGITS) -> tuple[str, str]:
    """A value and its uncertainty: 127.7321… and 0.0711… are 127.732 and 0.071."""
    spread = _decimal(u)
    number = _decimal(value)
    if not spread.is_finite() or not spread or not number.is_finite():
        return rounded(value, None), rounded(u, digits)
    place = spread.adjusted() - digits + 1
    if _cut(spread, place).adjusted() > spread.adjusted():  # 0.0996 is 0.10
        place += 1
    number, spread = _cut(number, place), _cut(spread, place)
    size = max(number.adjusted() if number else place, spread.adjusted())
    if PLAIN[0] <= size < PLAIN[1]:
        return f"{number:f}", f"{spread:f}"
    return _scientific(number, place), _scientific(spread, place)


def spread(u: Number, digits: int = DIGITS) -> str:
    """An uncertainty alone."""
    return measured(u, u, digits)[1]


def _decimal(number: Number) -> Decimal:
    return Decimal(exact(number, 40))


def _cut(number: Decimal, place: int) -> Decimal:
    """Rounded to a multiple of 10^place."""
    digits = max(number.adjusted() - place + 1, 1)
    if digits > 28:
        from decimal import Context

        return number.quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN, Context(prec=digits + 5))
    return number.quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN) if number else Decimal(0).scaleb(place)


def _scientific(number: Decimal, place: int) -> str:
    if not number:
        return "0"
    places = max(number.adjusted() - place, 0)
    mantissa, _, exponent = f"{number:.{places}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def percent(share: float) -> str:
    """A share of a whole."""
    return f"{share:.1f} %" if abs(share) >= 0.05 or not share else "< 0.1 %" if share > 0 else "> -0.1 %"


def bar(share: float, width: int, full: str = "█", least: str = "▏") -> str:
    """A share in percent as a bar."""
    length = math.floor(min(max(share, 0), 100) / 100 * width + 0.5)
    return full * length or (least if share > 0 else "")
