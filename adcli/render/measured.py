"""Values with their uncertainties, rounded as in metrology: two digits of u, and the value to match."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from adcli.render.numbers import exact, rounded
from adcli.results import Number

DIGITS = 2
"""Of an uncertainty."""
PLAIN = (-5, 7)
"""Powers of ten of values that are written without an exponent."""
WIDEST = (-8, 15)
"""Such powers beside others that are, and of values that are known to the last digit in front of the point."""


class _Cut(NamedTuple):
    """A value and its uncertainty, rounded to a multiple of 10^place."""

    number: Decimal
    spread: Decimal
    place: int

    @property
    def plain(self) -> bool:
        """Whether people write it without an exponent: it is neither tiny nor longer than what is known of it."""
        return PLAIN[0] <= self.size < (WIDEST[1] if self.place <= 0 else PLAIN[1])

    @property
    def size(self) -> int:
        """The power of ten of the larger one."""
        return max(self.number.adjusted() if self.number else self.place, self.spread.adjusted())

    def texts(self, plain: bool) -> tuple[str, str]:
        """Both in one notation."""
        if plain:
            return f"{self.number:f}", f"{self.spread:f}"
        return _scientific(self.number, self.place), _scientific(self.spread, self.place)


def measured(value: Number, u: Number, digits: int | None = None) -> tuple[str, str]:
    """A value and its uncertainty: 127.7321… and 0.0711… are 127.732 and 0.071."""
    return pairs([value], [u], digits)[0]


def pairs(values: Sequence[Number], spreads: Sequence[Number], digits: int | None = None) -> list[tuple[str, str]]:
    """Values with their uncertainties, as a column of one notation: with exponents where one of them needs its own."""
    count = digits or DIGITS
    cuts = [_measured(value, u, count) for value, u in zip(values, spreads, strict=True)]
    plain = _plainly([(cut.plain, cut.size) for cut in cuts if cut is not None])
    return [
        (rounded(value, digits), rounded(u, count)) if cut is None else cut.texts(plain)
        for cut, value, u in zip(cuts, values, spreads, strict=True)
    ]


def _plainly(numbers: Sequence[tuple[bool, int]]) -> bool:
    """Whether a column is written without exponents: all are written so alone, or some are and all can be."""
    alone = [plain for plain, _ in numbers]
    return all(alone) or (any(alone) and all(WIDEST[0] <= size < WIDEST[1] for _, size in numbers))


def _measured(value: Number, u: Number, digits: int) -> _Cut | None:
    """None where a value has no uncertainty, or is no number."""
    spread = _decimal(u)
    number = _decimal(value)
    if not spread.is_finite() or not spread or not number.is_finite():
        return None
    place = spread.adjusted() - digits + 1
    if _cut(spread, place).adjusted() > spread.adjusted():  # 0.0996 is 0.10
        place += 1
    return _Cut(_cut(number, place), _cut(spread, place), place)


def spread(u: Number, digits: int | None = None) -> str:
    """An uncertainty alone."""
    return measured(u, u, digits)[1]


def expanded(
    values: Sequence[Number], spreads: Sequence[Number], wide: Sequence[Number], digits: int | None = None
) -> list[tuple[str, str, str]]:
    """Values with their uncertainties and *wide* multiples of these, in one notation."""
    texts = pairs([*values, *values], [*spreads, *wide], digits)
    count = len(values)
    return [(value, u, wider) for (value, u), (_, wider) in zip(texts[:count], texts[count:], strict=True)]


def spreads(numbers: Sequence[Number], digits: int | None = None) -> list[str]:
    """Uncertainties alone, as a column of one notation."""
    return [u for _, u in pairs(numbers, numbers, digits)]


def column(numbers: Sequence[Number], digits: int) -> list[str]:
    """Numbers of so many digits as a column of one notation, without trailing zeros."""
    found = [_decimal(number) for number in numbers]
    known = [number for number in found if number.is_finite() and number]
    sizes = [number.adjusted() for number in known]
    plain = _plainly([(PLAIN[0] <= size < PLAIN[1], size) for size in sizes])
    texts = []
    for number, exact_one in zip(found, numbers, strict=True):
        if number not in known:
            texts.append(rounded(exact_one, digits))
            continue
        cut = _cut(number, min(number.adjusted() - digits + 1, 0) if plain else number.adjusted() - digits + 1)
        if not plain:
            cut = cut.normalize()
            texts.append(_scientific(cut, int(cut.as_tuple().exponent)))
        else:
            text = f"{cut:f}"
            texts.append(text.rstrip("0").rstrip(".") if "." in text else text)
    return texts


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
    return f"{mantissa}e{int(exponent):+03d}"


def percent(share: float) -> str:
    """A share of a whole."""
    return f"{share:.1f} %" if abs(share) >= 0.05 or not share else "< 0.1 %" if share > 0 else "> -0.1 %"


def bar(share: float, width: int, full: str = "█", least: str = "▏") -> str:
    """A share in percent as a bar."""
    length = math.floor(min(max(share, 0), 100) / 100 * width + 0.5)
    return full * length or (least if share > 0 else "")
