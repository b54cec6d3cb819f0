"""SymPy's terms, factors and numbers as people write them: with signs and fractions, and sums written out."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, TypeAlias

from adcli.errors import LimitError, NameFault
from adcli.ops import SUGGESTED

Expr: TypeAlias = Any
"""Any SymPy object. SymPy ships no types, and is imported only where an expression is at hand."""

MAX_UNROLLED = 100_000
"""Terms that SymPy sums and products may unroll to."""


def signed(term: Expr) -> tuple[bool, Expr]:
    """A sum's term without its sign: (whether it is subtracted, what is added or subtracted)."""
    import sympy

    if term.is_Number and term.is_negative:
        return True, -term
    if isinstance(term, sympy.Mul) and term.args[0].is_Number and term.args[0].is_negative:
        coefficient, rest = -term.args[0], list(term.args[1:])
        if coefficient is not sympy.S.One:
            rest.insert(0, coefficient)
        return True, rest[0] if len(rest) == 1 else sympy.Mul(*rest, evaluate=False)
    return False, term


def fraction(factors: Sequence[Expr]) -> tuple[list[Expr], list[Expr], bool]:
    """A product's factors above and below the line, and whether it is negative."""
    import sympy

    above: list[Expr] = []
    below: list[Expr] = []
    negative = False
    for position, factor in enumerate(factors):
        if factor is sympy.S.NegativeOne and position == 0 and len(factors) > 1:
            negative = True
        elif isinstance(factor, sympy.Rational) and factor.q != 1:
            if factor.p == -1:
                negative = not negative
            elif factor.p != 1:
                above.append(sympy.Integer(factor.p))
            below.append(sympy.Integer(factor.q))
        elif isinstance(factor, sympy.Pow) and isinstance(factor.exp, sympy.Rational) and factor.exp.p < 0:
            below.append(power_of(factor.base, -factor.exp))
        else:
            above.append(factor)
    return above or [sympy.S.One], below, negative


def power_of(base: Expr, exponent: Expr) -> Expr:
    import sympy

    return base if exponent is sympy.S.One else sympy.Pow(base, exponent, evaluate=False)


def literal(number: Expr) -> str:
    """A number's text in adcli's language, with all its digits."""
    import sympy

    if number is sympy.pi:
        return "pi"
    if number is sympy.E:
        return "E"
    if isinstance(number, sympy.Integer):
        try:
            return str(number.p)
        except ValueError:
            raise LimitError("the expression has an integer of more than 4300 digits") from None
    if isinstance(number, sympy.Float) and number.is_finite:
        from mpmath.libmp import from_str, repr_dps, round_nearest, to_str

        if number._prec == 53 and float(number) == number:
            return repr(float(number))
        for digits in range(repr_dps(number._prec) - 3, repr_dps(number._prec) + 4):
            text: str = to_str(number._mpf_, digits, min_fixed=-6, max_fixed=21)
            if from_str(text, number._prec, round_nearest) == number._mpf_:
                break
        return text
    raise unsupported(number, str(number))


def unrolled(expr: Expr) -> Expr:
    """A Sum or a Product with integer bounds as a plain sum or product."""
    import sympy

    terms = [expr.function]
    for index, low, high in expr.limits:
        if not (low.is_Integer and high.is_Integer):
            raise NameFault(f"the bounds of {index} are not integers: {low} to {high}")
        if len(terms) * max(0, int(high) - int(low) + 1) > MAX_UNROLLED:
            raise LimitError(f"a sum or product of more than {MAX_UNROLLED:,} terms is not unrolled")
        terms = [body.xreplace({index: sympy.Integer(k)}) for body in terms for k in range(int(low), int(high) + 1)]
    if len(terms) == 1:
        return terms[0]
    return (sympy.Add if isinstance(expr, sympy.Sum) else sympy.Mul)(*terms, evaluate=False)


def unsupported(expr: Expr, name: str) -> NameFault:
    import sympy

    if expr is sympy.I:
        return NameFault(
            "adcli has no complex numbers, such as SymPy's I", hint="a variable I is a Symbol of that name"
        )
    near = get_close_matches(name, SUGGESTED, 1)
    return NameFault(
        f"SymPy's {name} has no counterpart in adcli",
        hint=f"did you mean {near[0]}?" if near else "`adcli ops` lists the operations that there are",
    )
