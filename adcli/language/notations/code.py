"""Formulas as code: what Python, Julia and MATLAB spell alike."""

from __future__ import annotations

import re

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
from adcli.language.notations.meant import IN_DEGREES, NORMAL, POWERS, located
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
    """Words; a line break inside brackets is a blank, and f = lambda x: … is f(x) = …."""
    found: list[Word] = []
    opened = 0
    for kind, match in notation.matches(text, comments=True):
        if kind == "comment" and len(found) > 1 and found[-1].text == "=" and found[-2].kind == "name":
            parameters = _parameters(match)
            if parameters:
                name, equals = found[-2:]
                found[-2:] = [Word("call", f"{name.text}(", *name.span), *parameters, equals]
        slices = notation.slices
        if kind == "comment" and opened and slices is not None and match[0] in (slices.first, slices.last):
            kind = "name"
        if kind == "comment" or (kind == "end" and opened and match[0] != ";"):
            continue
        opened += (kind in ("call", "open", "index")) - (kind == "close")
        found.append(Word(kind, match[0], match.start(), match.end()))
    return found


def _parameters(match: re.Match[str]) -> list[Word]:
    """The parameters of a function without a name, as in a call, with the bracket that closes it."""
    if not re.match(r"lambda\b|@|.*->", match[0]):
        return []
    found: list[Word] = []
    for name in re.finditer(r"\b(?!lambda\b)[^\W\d]\w*", match[0]):
        start = match.start() + name.start()
        if found:
            found.append(Word("comma", ",", start, start))
        found.append(Word("name", name[0], start, start + len(name[0])))
    return [*found, Word("close", ")", match.end(), match.end())] if found else []


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
    **IN_DEGREES,
    **POWERS,
    "normpdf": located(NORMAL["pdf"].replace("m)", "loc)").replace("/s", "/scale"), "normpdf"),
    "normcdf": located(NORMAL["cdf"].replace("m)", "loc)").replace("/s", "/scale"), "normcdf"),
    "norminv": located("loc + scale*normppf(x)", "normppf"),
}

OPERATORS = {
    **INFIX,
    "==": Operator("Eq", COMPARE),
    "!=": Operator("Ne", COMPARE),
    "=": Operator("assign", ASSIGN, right=True),
}
