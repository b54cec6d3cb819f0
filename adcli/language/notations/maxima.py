"""Maxima's language: statements end with ; or $, constants are %pi and %e, assignments `a : …` and `f(x) := …`."""

from __future__ import annotations

import re

from adcli.language.arrays.calls import Signs
from adcli.language.notations.forms import (
    arctangent,
    branch,
    form,
    incomplete,
    indicator,
    iterated_flat,
    itself,
    jump,
)
from adcli.language.notations.meant import NORMAL, meant
from adcli.language.notations.notation import (
    AND,
    ASSIGN,
    COMPARE,
    ELSE,
    IF,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SIMPLIFIED,
    Notation,
    Operator,
    comment,
    handbook,
    renamed,
    same,
)
from adcli.language.notations.programs import ELEMENTARY, FACTORIAL, INFIX, PREFIX
from adcli.language.notations.ranges import element
from adcli.language.notations.reductions import joined
from adcli.language.notations.trees import LIST, Tree, operation
from adcli.ops import TABLE


def _psi(tree: Tree) -> Tree:
    """psi[n](x), the polygamma function of order n."""
    parts = form("polygamma", "01")(tree).parts
    return operation("digamma", parts[1], span=tree.span) if repr(parts[0]) == "0" else operation("polygamma", *parts)


def _logarithm(tree: Tree) -> Tree:
    return operation("log", *form("log")(tree).parts, span=tree.span)


NOTATION = Notation(
    name="maxima",
    words=re.compile(
        comment(r"/\*", r"\*/", r"\b(?:load|kill|assume|declare)\s*\([^()]*\)\s*[;$]") + r"|(?P<blank>\s+)"
        r"|(?P<symbol>(?:if|then|elseif|else|and|or|not)\b)"
        r"|(?P<call>[^\W\d]\w*\s*\()"
        r"|(?P<name>[^\W\d]\w*|%\w+)"
        r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eEbBdDfF][+-]?[0-9]+)?)"
        r"|(?P<index>\[)"
        r"|(?P<open>\()"
        r"|(?P<close>[)\]])"
        r"|(?P<comma>,)"
        r"|(?P<end>[;$])"
        r"|(?P<operator>\*\*|:=|<=|>=|\.(?![0-9])|[-+*/^<>=#:!≤≥≠×÷−·])"
        r"|(?P<other>.)"
    ),
    infix={
        ".": Operator("matmul", PRODUCT),
        **INFIX,
        "**": Operator("pow", POWER, right=True),
        "=": Operator("Eq", COMPARE),
        "#": Operator("Ne", COMPARE),
        "≠": Operator("Ne", COMPARE),
        "and": Operator("and", AND),
        "or": Operator("or", OR),
        ":": Operator("assign", ASSIGN, right=True),
        ":=": Operator("assign", ASSIGN, right=True),
        "then": Operator("then", IF, right=True),
        "else": Operator("else", ELSE, right=True),
        "elseif": Operator("else", ELSE, right=True),
    },
    prefix={**PREFIX, "not": Operator("Not", NOT), "if": Operator("pos", IF + 0.1)},
    postfix=FACTORIAL,
    brackets={"(": ")", "[": "]"},
    lists=frozenset("["),
    functions={
        **handbook("Phi phi step mix frac fact remainder clip"),
        **same(ELEMENTARY + " beta erfi"),
        **renamed(
            "abs=Abs max=Max min=Min mod=Mod signum=sign ceiling=ceiling log_gamma=loggamma"
            " lambert_w=LambertW inverse_erf=erfinv ln=log"
        ),
        "log": _logarithm,
        "atan2": form("atan2", "01"),
        **renamed(
            "lnGAMMA=loggamma Li=li ProductLog=LambertW hstep=Heaviside"
        ),  # GAMMA, Psi and the like: as the tables of integrals have them
        "GAMMA": incomplete("gamma", "uppergamma", ""),
        "Psi": _psi,
        "atan": arctangent("01"),
        "psi[]": _psi,
        "truncate": "trunc",
        "li[]": form("polylog", "01"),
        "generalized_lambert_w": branch,
        "beta_incomplete_regularized": "betainc",
        "sum": iterated_flat("sum"),
        "product": iterated_flat("product"),
        "unit_step": jump("Gt"),
        "charfun": indicator,
        **dict.fromkeys(["float", "bfloat", *SIMPLIFIED.split()], itself),
        **{f"{name}_normal": meant("x m s", formula) for name, formula in NORMAL.items()},
        "matrix": lambda tree: Tree(LIST, tree.text, tree.parts, tree.span),
        **renamed(
            "determinant=det invert=inv transpose=transpose ident=eye hypergeometric=hyper HypergeometricPFQ=hyper"
        ),
        "lmax": joined(TABLE["Max"]),
        "lmin": joined(TABLE["Min"]),
        "first": element("1"),
        **dict.fromkeys(("entier", "fix"), "floor"),
    },
    constants={
        "%pi": "pi",
        "%e": "E",
        "true": "True",
        "false": "False",
        "und": "undefined",
        "%gamma": "EulerGamma",
        "%phi": "GoldenRatio",
        "%catalan": "Catalan",
        "EulerGamma": "EulerGamma",
        "Catalan": "Catalan",
    },
    signs=Signs("{}.{}", "transpose({})"),
    instead={
        ",": "several outputs are separated by ;",
        "[": "an element is written x[1], with a number",
        "%i": "adcli has no complex numbers, such as %i",
        **dict.fromkeys(("inf", "minf", "infinity"), "there is no infinity among the numbers"),
        "lambda": "lambda makes a function without a name, which is not read",
        **{name: f"{name} needs brackets around its arguments" for name in ELEMENTARY.split() if name != "gamma"},
    },
    number=lambda text: re.sub("[bBdDfF]", "e", text),
)
