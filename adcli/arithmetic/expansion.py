"""A number that is an expansion along a ray: its terms, and what is known of those left out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from adcli.arithmetic.ball import Ball, Undecided

ZERO, ONE = Fraction(0), Fraction(1)


class Short(ArithmeticError):
    """The terms computed do not tell; more of them may."""


class Beyond(ArithmeticError):
    """The function has no value on this side of the point."""


class Expansion:
    """Terms (exponent, coefficient) in ascending order; what is left out is of order t^`cut`, nothing where None.

    `positive` says that it is nowhere negative, whatever is left out.
    """

    __slots__ = ("cut", "positive", "terms")

    def __init__(
        self, terms: Sequence[tuple[Fraction, Ball]], cut: Fraction | None = None, *, positive: bool = False
    ) -> None:
        self.terms = tuple(terms)
        self.cut = cut
        self.positive = positive

    @property
    def small(self) -> Fraction | None:
        """The power of t that it is small like, where no more is known of it."""
        return None if self.terms else self.cut

    @property
    def constant(self) -> bool:
        """Whether it is one number for ever."""
        return self.cut is None and all(not exponent for exponent, _ in self.terms)

    @property
    def floor(self) -> Fraction | None:
        """An exponent that no term lies below; None of an exact zero."""
        return self.terms[0][0] if self.terms else self.cut

    def leading(self) -> tuple[Fraction, Ball] | None:
        """The first term, which is not zero; None of an exact zero. Raises Short, Undecided."""
        if not self.terms:
            if self.cut is not None:
                raise Short
            return None
        if not self.terms[0][1].told(0):
            raise Undecided
        return self.terms[0]

    def sign(self) -> int:
        """The sign for small t. Raises Short, Undecided."""
        first = self.leading()
        return first[1].sign if first else 0

    def coefficient(self, exponent: Fraction) -> Ball | Fraction:
        """The coefficient of t^exponent. Raises Short."""
        if self.cut is not None and exponent >= self.cut:
            raise Short
        return next((c for q, c in self.terms if q == exponent), ZERO)

    def between(self, low: Fraction, high: Fraction) -> list[tuple[Fraction, Ball]]:
        """The terms strictly between two exponents."""
        return [(q, c) for q, c in self.terms if low < q < high]
