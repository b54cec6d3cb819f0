"""Spreadsheets: cells and names, arguments separated by , or ;, a sign that binds tighter than ^."""

from __future__ import annotations

import re
from collections.abc import Callable

from adcli.errors import SyntaxFault
from adcli.language.notations.forms import (
    arctangent,
    average,
    chosen,
    degrees,
    flat_pairs,
    folded,
    form,
    inverse_degrees,
    logarithm,
)
from adcli.language.notations.notation import (
    COMPARE,
    POSTFIX,
    POWER,
    Meaning,
    Notation,
    Operator,
    Word,
    renamed,
)
from adcli.language.notations.programs import INFIX
from adcli.language.notations.trees import Tree, number, operation

_SAME = "SIN COS TAN SEC CSC COT ASIN ACOS SINH COSH TANH SECH CSCH COTH ASINH ACOSH ATANH ACOTH EXP SQRT SIGN"


def _constant(name: str) -> Meaning:
    def write(tree: Tree) -> Tree:
        return operation(name, span=tree.span)

    return write


def _arccotangent(tree: Tree) -> Tree:
    """Between 0 and pi here."""
    (of,) = form("neg")(tree).parts
    half = operation("div", operation("pi", span=tree.span), number("2", tree.span), span=tree.span)
    return operation("sub", half, operation("atan", of, span=tree.span), span=tree.span)


def _squares(tree: Tree) -> Tree:
    squares = [operation("pow", part, number("2", part.span), span=part.span) for part in tree.parts]
    return folded("add")(Tree(tree.kind, tree.text, squares, tree.span))


def _cumulative(distribution: str, density: str, order: str = "0") -> Callable[[Tree], Tree]:
    """NORM.S.DIST(x, TRUE) is the distribution, with FALSE the density."""

    def write(tree: Tree) -> Tree:
        *parts, which = form("Max", "0123"[: len(order) + 1])(tree).parts
        op = distribution if repr(which) in ("TRUE", "TRUE()", "1") else density
        if not op or (op is density and repr(which) not in ("FALSE", "FALSE()", "0")):
            raise SyntaxFault("TRUE is expected here", which.span, hint="densities other than the normal are not read")
        return form(op, order)(Tree(tree.kind, tree.text, parts, tree.span))

    return write


def _gamma(tree: Tree) -> Tree:
    """GAMMA.DIST(x, a, b, TRUE): the distribution with shape a and scale b."""
    of, shape, scale = _cumulative("Max", "", "012")(tree).parts
    scaled = of if repr(scale) == "1" else operation("div", of, scale, span=tree.span)
    return operation("gammainc", shape, scaled, span=tree.span)


def _cut(notation: Notation, text: str) -> list[Word]:
    """Words in capitals where a call needs them; a first = begins a formula, ; is a comma inside brackets."""
    found: list[Word] = []
    opened = 0
    for match in notation.words.finditer(text):
        kind = notation.kind(match.lastgroup or "")
        if kind in ("blank", "comment") or (match[0] == "=" and (not found or found[-1].kind == "end")):
            continue
        word = match[0]
        if kind == "call":
            word = word.upper()
        opened += (kind in ("call", "open")) - (kind == "close")
        if word == ";":
            kind = "comma" if opened else "end"
        found.append(Word(kind, word, match.start(), match.end()))
    return found


NOTATION = Notation(
    name="excel",
    words=re.compile(
        r"(?P<end>[;\n])"
        r"|(?P<blank>\s+)"
        r"|(?P<call>[^\W\d][\w.]*\()"
        r"|(?P<name>\$?[A-Za-z]{1,3}\$?[0-9]+(?![\w.])|[^\W\d]\w*)"
        r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
        r"|(?P<open>\()"
        r"|(?P<close>\))"
        r"|(?P<comma>,)"
        r"|(?P<symbol><=|>=|<>|[-+*/^<>=%≤≥≠×÷−·])"
        r"|(?P<other>.)"
    ),
    infix={
        **INFIX,
        "^": Operator("pow", POWER),
        "=": Operator("Eq", COMPARE),
        "<>": Operator("Ne", COMPARE),
    },
    prefix={"-": Operator("neg", POSTFIX), "−": Operator("neg", POSTFIX), "+": Operator("pos", POSTFIX)},
    postfix={"%": Operator("percent", POSTFIX)},
    brackets={"(": ")"},
    functions={
        **renamed(" ".join(f"{name}={name.lower()}" for name in _SAME.split())),
        **renamed(
            "ABS=Abs MAX=Max MIN=Min MOD=Mod LN=log LOG10=log10 ERF=erf ERFC=erfc GAMMA=gamma GAMMALN=loggamma"
            " INT=floor POWER=pow NOT=Not GAMMALN.PRECISE=loggamma ERF.PRECISE=erf ERFC.PRECISE=erfc"
            " TRUNC=trunc FACT=factorial COMBIN=binomial NORMSDIST=normcdf NORMSINV=normppf NORM.S.INV=normppf"
        ),
        "LOG": lambda tree: logarithm(1)(tree) if len(tree.parts) == 2 else form("log10")(tree),
        "ATAN": arctangent("01"),
        "ATAN2": form("atan2", "10"),
        "IF": chosen,
        "AND": folded("and"),
        "OR": folded("or"),
        "SUM": folded("add"),
        "PRODUCT": folded("mul"),
        "SUMSQ": _squares,
        **{f"BESSEL{kind}": form(f"bessel{kind.lower()}", "10") for kind in "IJKY"},
        "NORM.S.DIST": _cumulative("normcdf", "normpdf"),
        "GAMMA.DIST": _gamma,
        "BETA.DIST": _cumulative("betainc", "", "120"),
        "PI": _constant("pi"),
        "NA": _constant("undefined"),
        "TRUE": _constant("True"),
        "FALSE": _constant("False"),
        "RADIANS": degrees,
        "DEGREES": inverse_degrees,
        "ACOT": _arccotangent,
        "IFS": flat_pairs,
        "AVERAGE": average,
    },
    constants={"TRUE": "True", "FALSE": "False"},
    instead={
        ":": "ranges of cells are not read: name each cell",
        '"': "there are no strings here",
        "!": "cells of other sheets are not read: name them",
    },
    spelled=lambda name: name.replace("$", ""),
    cut=_cut,
)
