"""LaTeX as papers and programs print it.

A letter, Greek or not, is a variable, with its subscript: `x_{1}` is `x_1`, `\\theta_0` is `theta_0`. So is a word in
`\\mathrm{…}` or `\\text{…}`. Names beside each other are a product, `x(y+1)` too; `e` and `\\pi` are the constants. A
function without brackets takes the numbers and names beside it: `\\sin 2x y + 1` is sin(2·x·y) + 1. A written `\\cdot`,
`\\times`, `/`, `+`, a bracket or another function ends its argument.
"""

from __future__ import annotations

import re

from adcli.errors import SyntaxFault, counted
from adcli.language.arrays.calls import Signs
from adcli.language.notations.forms import arctangent, branch, by_count, cases, chosen, form, logarithm, root
from adcli.language.notations.handbook import CALLS
from adcli.language.notations.matrices import TURNED, Rules
from adcli.language.notations.meant import meant
from adcli.language.notations.notation import (
    AND,
    COMPARE,
    ELSE,
    IF,
    NOT,
    OR,
    POSTFIX,
    PRODUCT,
    Meaning,
    Notation,
    Operator,
    handbook,
    renamed,
    same,
)
from adcli.language.notations.programs import ELEMENTARY, FACTORIAL, INFIX, KNOWN, PREFIX
from adcli.language.notations.tex import cut
from adcli.language.notations.trees import LIST, Tree, operation
from adcli.ops import TABLE

_HYPERBOLIC = "sinh cosh tanh sech csch coth"
_CIRCULAR = "sin cos tan sec csc cot"


def _inverse(name: str) -> Meaning:
    """\\sin^{-1}; only circular and hyperbolic functions have an inverse that is meant so."""
    return form(f"a{name}")


def _no_inverse(tree: Tree) -> Tree:
    name = tree.text.partition(" ")[2]
    raise SyntaxFault(
        f"{name}^{{-1}} may be an inverse or a reciprocal", tree.span, hint=f"write \\frac{{1}}{{{name} …}}"
    )


def _cases(tree: Tree) -> Tree:
    """Values and conditions in turn."""
    if not tree.parts or len(tree.parts) % 2:
        raise SyntaxFault(f"cases have a value and a condition each, got {counted(len(tree.parts), 'part')}", tree.span)
    return cases(list(zip(tree.parts[::2], tree.parts[1::2], strict=True)), None, tree.span)


def _digamma(tree: Tree) -> Tree:
    """\\psi(x), and \\psi^{(n)}(x) of an order."""
    if len(tree.parts) == 2:
        return operation("polygamma", *tree.parts, span=tree.span)
    return form("digamma")(tree)


def _polygamma(tree: Tree) -> Tree:
    """\\psi_{n}(x), as Maxima prints it."""
    order, of = form("polygamma", "01")(tree).parts
    return operation("digamma", of, span=tree.span) if repr(order) == "0" else operation("polygamma", order, of)


def _associated(tree: Tree) -> Tree:
    """L_n^{(a)}(x), and L_n^{(a)}(a, x), as Maxima prints it."""
    parts = tree.parts
    if len(parts) == 4 and repr(parts[1]) == repr(parts[2]):
        tree = Tree(tree.kind, tree.text, (*parts[:2], parts[3]), tree.span)
    return form("assoc_laguerre", "012")(tree)


def _of_order_or_bound(tree: Tree) -> Tree:
    """I_n(x) of Bessel; I_x(a, b), the incomplete beta function, as SymPy prints it with both bounds: I_{(0, x)}."""
    if len(tree.parts) != 3:
        return form("besseli", "01")(tree)
    bound, a, b = tree.parts
    if bound.kind == LIST:
        if len(bound.parts) != 2 or repr(bound.parts[0]) != "0":
            raise SyntaxFault("the lower bound is 0", bound.span)
        bound = bound.parts[1]
    return operation("betainc", a, b, bound, span=tree.span)


_FUNCTIONS: dict[str, Meaning] = {
    "matrix": lambda tree: Tree(LIST, tree.text, tree.parts, tree.span),
    r"\det": "det",
    r"\frac": "div",
    **dict.fromkeys(("det", "Det"), "det"),
    **dict.fromkeys(("tr", "Tr", "trace"), "trace"),
    **same("diag"),
    **KNOWN,
    **{op.name: op.name for op in TABLE.values() if op.arguments and not (op.conditions or op.symbol)},
    **handbook(pattern=r"[EC]i|Si|[SC]hi|erfc(x|inv)|(airy|bessel|fresnel|norm)\w+|polylog|dilog"),
    **{name: op for op, name in CALLS["maxima"].items() if "_" in name and name not in TABLE},  # as tex() prints them
    **same(
        ELEMENTARY + " erfi erfinv loggamma digamma polygamma sinc beta cbrt sigmoid softplus relu hypot log2 log10"
    ),
    **renamed(
        "arcsin=asin arccos=acos arccot=acot arcsec=asec arccsc=acsc arsinh=asinh arcosh=acosh artanh=atanh"
        " arsech=asech arcsch=acsch arcoth=acoth arcsinh=asinh arccosh=acosh arctanh=atanh arccoth=acoth"
        " ln=log lg=log10 max=Max min=Min Max=Max Min=Min Gamma=gamma sgn=sign sign=sign abs=Abs Abs=Abs"
        " LambertW=LambertW Heaviside=Heaviside tg=tan ctg=cot arctg=atan sh=sinh ch=cosh th=tanh"
        " expit=sigmoid binom=binomial ceiling=ceiling B=beta mod=Mod"
        " log_gamma=loggamma inverse_erf=erfinv signum=sign hstep=Heaviside"  # as Maxima prints them
    ),
    "atan": arctangent("01"),
    "arctan": arctangent("01"),
    "atan2": form("atan2", "01"),
    "log": logarithm(1),
    "psi": _digamma,
    "psi_": _polygamma,
    "Gamma": by_count("gamma", "uppergamma"),
    "Ai": "airyai",
    "Ai'": "airyaiprime",
    "Bi": "airybi",
    "Bi'": "airybiprime",
    "E_": "expint",
    "Li_": "polylog",
    "li_": "polylog",
    "J_": "besselj",
    "Y_": "bessely",
    "I_": _of_order_or_bound,
    "K_": "besselk",
    "H_": "hermite",
    "L_": "laguerre",
    "L_^": _associated,
    "T_": "chebyshevt",
    "U_": "chebyshevu",
    "P_": "legendre",
    "C_^": "gegenbauer",
    "W_": form("LambertW", "10"),
    "generalized_lambert_w": branch,
    "hyp0f0": form("exp"),
    "hyp1f0": meant("a z", "(1 - z)**(-a)"),
    "ITE": chosen,
    "sqrt": root,
    "cases": _cases,
    "inverse normcdf": form("normppf"),
    **{f"inverse {name}": _inverse(name) for name in (_CIRCULAR + " " + _HYPERBOLIC).split()},
}
_FUNCTIONS |= {f"inverse {name}": _no_inverse for name in _FUNCTIONS if f"inverse {name}" not in _FUNCTIONS}

_CALLED = (
    r"\\(?:{0}(?![A-Za-z])|(?:operatorname\*?|mathrm|text)\{{{0}\}})"
    r"(?!(?:\s*\^\{{[^{{}}]*\}})?\s*\{{\s*\\left\()"
)
"""A function, but as SymPy prints it, who means what adcli reads."""

NOTATION = Notation(
    matrices=Rules(
        functions=1,
        marks=True,
        inner=(r"\cdot",),
        cross=(r"\times",),
        hint=r"x^\top y is an inner product, x \odot y goes by elements, A^{-1} is the inverse, \|x\| a norm",
    ),
    signs=Signs("{} {}", r"{}^\top"),
    name="latex",
    equations=True,
    words=re.compile(""),
    cut=cut,
    infix={
        **INFIX,
        **dict.fromkeys((r"\cdot", r"\times", r"\ast", "⋅"), INFIX["*"]),
        r"\odot": INFIX["*"],
        r"\div": INFIX["/"],
        **dict.fromkeys((r"\le", r"\leq", r"\leqslant"), INFIX["<="]),
        **dict.fromkeys((r"\ge", r"\geq", r"\geqslant"), INFIX[">="]),
        r"\lt": INFIX["<"],
        r"\gt": INFIX[">"],
        "=": Operator("Eq", COMPARE),
        r"\ne": Operator("Ne", COMPARE),
        r"\neq": Operator("Ne", COMPARE),
        **{sign: Operator("and", AND) for sign in (r"\wedge", r"\land", "and")},
        **{sign: Operator("or", OR) for sign in (r"\vee", r"\lor", "or")},
        "then": Operator("then", IF, right=True),
        "else": Operator("else", ELSE, right=True),
        **dict.fromkeys((r"\bmod", r"\mod", "mod"), Operator("Mod", PRODUCT)),
    },
    prefix={**PREFIX, r"\neg": Operator("Not", NOT), r"\lnot": Operator("Not", NOT)},
    postfix={
        **FACTORIAL,
        **dict.fromkeys((r"\top", r"\intercal"), Operator(TURNED, POSTFIX)),
        r"\degree": Operator("degree", POSTFIX),
        **{name: Operator(name, POSTFIX) for name in ("norm F", "norm 1", "norm inf")},
        r"\%": Operator("percent", POSTFIX),
    },
    brackets={
        "(": ")",
        "[": "]",
        "{": "}",
        "|": "|",
        r"\{": r"\}",
        r"\lfloor": r"\rfloor",
        r"\lceil": r"\rceil",
        r"\lvert": r"\rvert",
    },
    functions=_FUNCTIONS,
    constants={"pi": "pi", "e": "E", "π": "pi", r"\top": "True", "True": "True", "False": "False"},
    product=Operator("mul", PRODUCT),
    doubtful="all",
    ambiguous=(
        (
            rf"{_CALLED.format('log')}(?!\s*_)",
            r"\log is read as the natural logarithm; write \log_{10} for that of base 10",
        ),
        (_CALLED.format("sinc"), r"sinc is read as sin(x)/x; write \frac{\sin \pi x}{\pi x} for the normalized one"),
    ),
    instead={
        "'": "a derivative is what adcli computes: write the function itself",
        "_": "a subscript belongs to a variable",
        ",": "numbers have no commas, and several formulas are several arguments",
        r"\mid": "an absolute value is |x|",
        r"\Gamma": "",
        r"\psi": "",
    },
)
