"""Numbers as text: exact for machines, rounded for people."""

from __future__ import annotations

from adcli.results import Number

NAN, INFINITY = "NaN", "Infinity"
BLOCK = 4000
MANY = 10**BLOCK


def exact(number: Number, precision: int = 15) -> str:
    """The shortest text that reads back as the same float; of an mpf, all its `precision` digits.

    A negative zero is a zero: its sign says how the sum was formed, nothing about the derivative.
    """
    if type(number) is float:
        if number - number != 0.0:
            return NAN if number != number else INFINITY if number > 0 else "-" + INFINITY
        return repr(number + 0.0)
    if isinstance(number, (int, float)):  # a bool or an int stands for the float of the same value
        return exact(float(number))
    return _multiprecise(number, precision, strip_zeros=False)


def whole(number: int) -> str:
    """All digits of a whole number. Python itself refuses more than 4300 of them."""
    if -MANY < number < MANY:
        return str(number)
    blocks, rest = [], abs(number)
    while rest:
        rest, block = divmod(rest, MANY)
        blocks.append(f"{block:0{BLOCK}}")
    return ("-" if number < 0 else "") + "".join(reversed(blocks)).lstrip("0")


def shown_digits(digits: int | None, precision: int) -> int:
    """How many digits people see unless they ask: 6 of a float, all of an mpf."""
    return digits or (6 if precision == 15 else precision)


def rounded(number: Number, digits: int | None, precision: int = 15) -> str:
    """At most `digits` significant digits (default 6, of an mpf all), without trailing zeros."""
    if isinstance(number, (int, float)):
        if number - number != 0.0:
            return exact(float(number))
        return f"{number + 0.0:.{shown_digits(digits, 15)}g}"
    return _multiprecise(number, shown_digits(digits, precision), strip_zeros=True).removesuffix(".0")


def outward(number: float, digits: int | None, *, up: bool) -> str:
    """At most `digits` significant digits of a number that is at least (*up*) or at most the double itself.

    The nearest text of a lower bound can lie above what is bounded: what is proven of the double would be false of it.
    """
    from decimal import ROUND_CEILING, ROUND_FLOOR, Context

    if number - number != 0.0 or not number:
        return exact(number) if number else "0"
    count = shown_digits(digits, 15)
    cut = Context(prec=count, rounding=ROUND_CEILING if up else ROUND_FLOOR).create_decimal(number).normalize()
    power = cut.adjusted()
    if -5 < power < count:
        return f"{cut:f}"
    mantissa, _, _ = f"{cut:e}".partition("e")
    return f"{mantissa}e{power:+03d}"


def is_text(number: Number) -> bool:
    """Whether JSON writes the number as a string: an mpf, or no finite float."""
    return not isinstance(number, (int, float)) or number - number != 0.0


def _multiprecise(number: Number, digits: int, *, strip_zeros: bool) -> str:
    import mpmath

    if mpmath.isnan(number):
        return NAN
    if mpmath.isinf(number):
        return INFINITY if number > 0 else "-" + INFINITY
    text: str = mpmath.nstr(number, digits, strip_zeros=strip_zeros)
    if strip_zeros:
        text = text.replace(".0e", "e")
    return text.replace(".e", "e").removesuffix(".")  # a point has digits on both sides
