"""Spreadsheets: cells and names, arguments separated by , or ;, a sign that binds tighter than ^."""

from __future__ import annotations

import re
from collections.abc import Callable

from adcli.errors import SyntaxFault
from adcli.language.arrays.calls import Signs
from adcli.language.notations import cells
from adcli.language.notations.forms import (
    arctangent,
    chosen,
    degrees,
    flat_pairs,
    folded,
    form,
    inverse_degrees,
    logarithm,
)
from adcli.language.notations.meant import OF_SHEETS
from adcli.language.notations.notation import (
    COMPARE,
    POSTFIX,
    POWER,
    Meaning,
    Notation,
    Operator,
    renamed,
)
from adcli.language.notations.programs import INFIX
from adcli.language.notations.ranges import element
from adcli.language.notations.reductions import joined
from adcli.language.notations.trees import Tree, number, operation
from adcli.ops import ADD, MUL, TABLE

_SAME = "SIN COS TAN SEC CSC COT ASIN ACOS SINH COSH TANH SECH CSCH COTH ASINH ACOSH ATANH ACOTH EXP SQRT SIGN"


def _constant(name: str) -> Meaning:
    def write(tree: Tree) -> Tree:
        return operation(name, span=tree.span)

    return write


def _conditions(name: str) -> Meaning:
    """Conditions, each of one value."""

    def write(tree: Tree) -> Tree:
        parts = [operation("one", part, span=part.span) for part in tree.parts]
        return folded(name)(Tree(tree.kind, tree.text, parts, tree.span))

    return write


def _arccotangent(tree: Tree) -> Tree:
    """Between 0 and pi here."""
    (of,) = form("neg")(tree).parts
    half = operation("div", operation("pi", span=tree.span), number("2", tree.span), span=tree.span)
    return operation("sub", half, operation("atan", of, span=tree.span), span=tree.span)


def _cumulative(distribution: str, density: str, order: str = "0") -> Callable[[Tree], Tree]:
    """NORM.S.DIST(x, TRUE) is the distribution, with FALSE the density."""

    def write(tree: Tree) -> Tree:
        *parts, which = form("Max", "0123"[: len(order) + 1])(tree).parts
        op = distribution if repr(which) in ("TRUE", "TRUE()", "1") else density
        if not op or (op is density and repr(which) not in ("FALSE", "FALSE()", "0")):
            what = "TRUE or FALSE" if density else "TRUE"
            raise SyntaxFault(f"{what} is expected here", which.span)
        return form(op, order)(Tree(tree.kind, tree.text, parts, tree.span))

    return write


def _gamma(tree: Tree) -> Tree:
    """GAMMA.DIST(x, a, b, TRUE): the distribution with shape a and scale b."""
    of, shape, scale = _cumulative("Max", "", "012")(tree).parts
    scaled = of if repr(scale) == "1" else operation("div", of, scale, span=tree.span)
    return operation("gammainc", shape, scaled, span=tree.span)


def _normal(tree: Tree) -> Tree:
    """NORM.DIST(x, mean, deviation, TRUE)."""
    of, middle, spread = _cumulative("Max", "Min", "012")(tree).parts
    scaled = operation("div", operation("sub", of, middle), spread, span=tree.span)
    if _cumulative("Max", "Min", "012")(tree).text == "Max":
        return operation("normcdf", scaled, span=tree.span)
    return operation("div", operation("normpdf", scaled, span=tree.span), spread, span=tree.span)


def _quantile(tree: Tree) -> Tree:
    """NORM.INV(p, mean, deviation)."""
    of, middle, spread = form("Max", "012")(tree).parts
    steps = operation("mul", spread, operation("normppf", of, span=tree.span), span=tree.span)
    return operation("add", middle, steps, span=tree.span)


_TRANSLATED = dict(
    pair.split("=")
    for pair in [
        "WURZEL=SQRT",
        "WENN=IF",
        "POTENZ=POWER",
        "SUMME=SUM",
        "MITTELWERT=AVERAGE",
        "RUNDEN=ROUND",
        "UND=AND",
        "ODER=OR",
        "NICHT=NOT",
        "REST=MOD",
        "RACINE=SQRT",
        "SI=IF",
        "PUISSANCE=POWER",
        "SOMME=SUM",
        "MOYENNE=AVERAGE",
        "ARRONDI=ROUND",
        "RAIZ=SQRT",
        "SUMA=SUM",
        "PROMEDIO=AVERAGE",
        "POTENCIA=POWER",
        "RADQ=SQRT",
        "SE=IF",
        "SOMMA=SUM",
        "MEDIA=AVERAGE",
        "POTENZA=POWER",
    ]
)
"""German, French, Spanish and Italian names of functions."""

NOTATION = Notation(
    name="excel",
    words=re.compile(
        r"(?P<end>[;\n])"
        r"|(?P<blank>\s+|@(?=[A-Za-z$]))"
        r"|(?P<call>[^\W\d][\w.]*\()"
        rf"|(?P<range>{cells.CELL}:{cells.CELL}(?![\w.]))"
        rf"|(?P<name>{cells.CELL}(?![\w.])|[^\W\d][\w.]*)"
        r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
        r"|(?P<open>[({])"
        r"|(?P<close>[)}])"
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
    brackets={"(": ")", "{": "}"},
    functions={
        **renamed(" ".join(f"{name}={name.lower()}" for name in _SAME.split())),
        **renamed(
            "ABS=Abs MOD=Mod LN=log LOG10=log10 ERF=erf ERFC=erfc GAMMA=gamma GAMMALN=loggamma"
            " INT=floor POWER=pow NOT=Not GAMMALN.PRECISE=loggamma ERF.PRECISE=erf ERFC.PRECISE=erfc"
            " TRUNC=trunc FACT=factorial COMBIN=binomial NORMSDIST=normcdf NORMSINV=normppf NORM.S.INV=normppf"
        ),
        "LOG": lambda tree: logarithm(1)(tree) if len(tree.parts) == 2 else form("log10")(tree),
        "ATAN": arctangent("01"),
        "ATAN2": form("atan2", "10"),
        "IF": chosen,
        "AND": _conditions("and"),
        "OR": _conditions("or"),
        **dict.fromkeys(("SUM", cells.TOTAL), joined(ADD)),
        "PRODUCT": joined(MUL),
        "MAX": joined(TABLE["Max"]),
        "MIN": joined(TABLE["Min"]),
        "SUMSQ": cells.SQUARES,
        "AVERAGE": cells.MEAN,
        "DEVSQ": cells.DEVIATIONS,
        "COUNT": cells.COUNT,
        **dict.fromkeys(("VAR.S", "VAR"), cells.variance(1)),
        **dict.fromkeys(("STDEV.S", "STDEV"), cells.variance(1, root=True)),
        **dict.fromkeys(("VAR.P", "VARP"), cells.variance(0)),
        **dict.fromkeys(("STDEV.P", "STDEVP"), cells.variance(0, root=True)),
        "SUMPRODUCT": cells.paired(cells.times),
        "MMULT": form("matmul", "01"),
        **renamed("MDETERM=det MINVERSE=inv TRANSPOSE=transpose"),
        "INDEX": element(),
        "SUMXMY2": cells.paired(cells.difference),
        "LET": cells.let,
        **dict.fromkeys(("NORM.DIST", "NORMDIST"), _normal),
        **dict.fromkeys(("NORM.INV", "NORMINV"), _quantile),
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
        **OF_SHEETS,
    },
    constants={"TRUE": "True", "FALSE": "False"},
    instead={
        ":": "a range has a cell at each end: A1:A3",
        ",": "decimals have a point here, and several formulas are several arguments",
        '"': "there are no strings here",
        "!": "cells of other sheets are not read: name them",
        "'": "names have no blanks, and cells of other sheets are not read",
        "[": "columns of tables are not read: name them",
        "&": "texts are not read",
        **{local: f"functions have their English names here: {name}" for local, name in _TRANSLATED.items()},
    },
    spelled=lambda name: name.replace(".", "_"),
    cut=cells.cut,
    signs=Signs(""),
    lists=frozenset("{"),
)
