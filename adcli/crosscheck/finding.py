"""A number of a result, its meaning in terms of partial derivatives, and what a witness said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adcli.results import Number

SYMPY, READ, DIFFERENCES, DOT = "SymPy", "SymPy's reading", "differences in mpmath", "the other mode"
"""The witnesses: SymPy's derivatives; values of the function as SymPy reads it, or as adcli does; the dot test."""

TOLERANCE = 1e-20
FLOOR = 1e-6
"""Errors are relative to the entry, but at least to this times the largest entry of its kind."""


class Claim(NamedTuple):
    """A number of the result: Σ weightᵢ·∂fᵢ/∂xⱼ·tangentⱼ, or the value of output i where there is no tangent.

    With another tangent, `other`, it is the second derivative along both; with an `order`, the Taylor coefficient of
    that order along the tangent; a `determinant` is that of the ∂fᵢ/∂xⱼ. `given` is what the result says, `truth` what
    the same mode gives with many digits, `scale` the largest number of the same kind (values, or derivatives).
    """

    label: str
    given: Number
    truth: Number
    weights: Mapping[int, Number]
    tangent: Mapping[int, Number] | None
    scale: Number = 0
    other: Mapping[int, Number] | None = None
    order: int = 0
    determinant: bool = False


class Finding(NamedTuple):
    """What a witness said of an entry, and the errors against it."""

    entry: Claim
    witness: str
    said: Number
    absolute: Number
    relative: Number

    @property
    def agrees(self) -> bool:
        """Whether the error is within the tolerance."""
        return bool(self.relative <= TOLERANCE)


def finding(entry: Claim, witness: str, said: Number) -> Finding:
    """Compare what *witness* said with the entry's many digits."""
    absolute = abs(entry.truth - said)
    size = max(abs(said), abs(entry.truth), FLOOR * entry.scale)
    return Finding(entry, witness, said, absolute, absolute / size if absolute else absolute)


def of_rows(entry: Claim, witness: str, rows: Sequence[Sequence[Number]]) -> Finding:
    """Compare a determinant with that of the *rows* that a witness gives, relative to what its terms may be at most."""
    context = entry.truth.context
    with context.workdps(2 * context.dps):  # elimination loses none of the digits
        most = context.fprod([context.norm(row) for row in rows])
        said = context.det(context.matrix(rows)) if most else context.zero
    return finding(entry._replace(scale=most), witness, said)
