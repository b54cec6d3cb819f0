"""Formulas as code: what Python, Julia and MATLAB spell alike."""

from __future__ import annotations

from adcli.language.notations.forms import (
    arctangent,
    chosen,
    form,
    logarithm,
    psi,
    root,
    signed,
    step,
)
from adcli.language.notations.notation import (
    ASSIGN,
    COMPARE,
    Meaning,
    Notation,
    Operator,
    Word,
    handbook,
    renamed,
    same,
)
from adcli.language.notations.programs import ELEMENTARY, INFIX
from adcli.language.notations.trees import Tree, operation


def cut(notation: Notation, text: str) -> list[Word]:
    """Words; a line break inside brackets is a blank."""
    found: list[Word] = []
    opened = 0
    for kind, match in notation.matches(text):
        if kind == "end" and opened and match[0] != ";":
            continue
        opened += (kind in ("call", "open", "index")) - (kind == "close")
        found.append(Word(kind, match[0], match.start(), match.end()))
    return found


def _normalised(tree: Tree) -> Tree:
    """sinc(x) is sin(πx)/(πx) here."""
    (of,) = form("neg")(tree).parts
    return operation("sinc", operation("mul", operation("pi", span=tree.span), of), span=tree.span)


FUNCTIONS: dict[str, Meaning] = {
    **handbook("Phi phi step mix frac fact remainder"),
    **same(
        ELEMENTARY + " expm1 log1p log2 log10 cbrt hypot erfi erfinv loggamma digamma polygamma beta sigmoid factorial"
        " softplus relu logaddexp sign"
    ),
    **renamed(
        "abs=Abs fabs=Abs max=Max min=Min maximum=Max minimum=Min fmax=Max fmin=Min ceil=ceiling arcsin=asin"
        " arccos=acos arctan2=atan2 arcsinh=asinh arccosh=acosh arctanh=atanh mod=Mod lgamma=loggamma"
        " gammaln=loggamma tgamma=gamma expit=sigmoid absolute=Abs power=pow"
        " pow=pow lambertw=LambertW sgn=sign Abs=Abs Max=Max Min=Min ln=log ceiling=ceiling acot=acot"
        " comb=binomial binom=binomial nchoosek=binomial binomial=binomial"
    ),
    "log": logarithm(1),
    "arctan": arctangent("01"),
    "atan": arctangent("01"),
    "atan2": form("atan2", "01"),
    "sinc": _normalised,
    **dict.fromkeys(("heaviside", "Heaviside"), step),
    "psi": psi,
    "copysign": signed,
    "where": chosen,
    "nthroot": root,
}

OPERATORS = {
    **INFIX,
    "==": Operator("Eq", COMPARE),
    "!=": Operator("Ne", COMPARE),
    "=": Operator("assign", ASSIGN, right=True),
}
