"""MATLAB and Octave: dots before operators are dropped, x(1) is an element, powers group from the left."""

from __future__ import annotations

import re

from adcli.errors import SyntaxFault
from adcli.language.arrays.calls import Signs
from adcli.language.notations.code import FUNCTIONS, OPERATORS, cut
from adcli.language.notations.forms import branch, by_count, chosen, flat_pairs, form
from adcli.language.notations.linear import LINEAR, OF_COLUMNS
from adcli.language.notations.matrices import TURNED, Rules
from adcli.language.notations.meant import ROUNDED_AWAY, meant
from adcli.language.notations.notation import AND, NOT, OR, POWER, PRODUCT, Notation, Operator, Slices
from adcli.language.notations.programs import PREFIX
from adcli.language.notations.trees import OPERATION, Tree, number, operation


def _incomplete(tree: Tree) -> Tree:
    """gammainc(x, a), with 'lower' or 'upper' behind them or not."""
    which = tree.parts[2].text if len(tree.parts) == 3 else "'lower'"
    if which not in ("'lower'", "'upper'"):
        raise SyntaxFault("'lower' or 'upper' is expected here", tree.parts[2].span)
    parts = Tree(tree.kind, tree.text, tree.parts[:2], tree.span)
    return form("gammainc" if which == "'lower'" else "gammaincc", "10")(parts)


def _dilogarithm(tree: Tree) -> Tree:
    """dilog(x) is Li2(1 - x) here."""
    (of,) = form("dilog")(tree).parts
    return operation("dilog", operation("sub", number("1", tree.span), of, span=tree.span), span=tree.span)


def _airy(tree: Tree) -> Tree:
    """airy(x), and airy(kind, x) with kind 0 to 3."""
    kinds = ("airyai", "airyaiprime", "airybi", "airybiprime")
    if len(tree.parts) == 1:
        return form("airyai")(tree)
    kind, of = form("mul", "01")(tree).parts
    if kind.text not in ("0", "1", "2", "3"):
        raise SyntaxFault("the first argument is 0, 1, 2 or 3", kind.span)
    return operation(kinds[int(kind.text)], of, span=tree.span)


NOTATION = Notation(
    name="matlab",
    words=re.compile(
        r"(?P<comment>%[^\n]*|\.\.\.[^\n]*\n|@\s*\([^()]*\)|\bfunction\b[^\n;]*|\bend\b|\bsyms\b[^\n;]*)"
        r"|(?P<foreign>[0-9][0-9.]*[ij]\b)"
        r"|(?P<end>[;\n])"
        r"|(?P<blank>\s+)"
        r"|(?P<call>[^\W\d]\w*[^\S\n]*\()"
        r"|(?P<name>[^\W\d]\w*|'(?:upper|lower)')"
        r"|(?P<number>(?:[0-9]+(?:\.(?![*/^\\])[0-9]*)?|\.[0-9]+)(?:[eEdD][+-]?[0-9]+)?)"
        r"|(?P<open>\()"
        r"|(?P<close>\))"
        r"|(?P<comma>,)"
        r"|(?P<symbol>\.[*/^\\']|'|\\|<=|>=|==|~=|!=|&&|\|\||[-+*/^<>=&|~!≤≥≠×÷−·])"
        r"|(?P<other>.)"
    ),
    infix={
        **{dot + sign: op for sign, op in OPERATORS.items() for dot in ("", ".")},
        "^": Operator("pow", POWER),
        ".^": Operator("pow", POWER),
        "~=": OPERATORS["!="],
        "&&": Operator("and", AND),
        "&": Operator("and", AND),
        "||": Operator("or", OR),
        "|": Operator("or", OR),
        "\\": Operator("left division", PRODUCT),
        ".\\": Operator("left division", PRODUCT),
    },
    postfix={sign: Operator(TURNED, POWER) for sign in ("'", ".'")},
    prefix={**PREFIX, "~": Operator("Not", NOT), "!": Operator("Not", NOT)},
    brackets={"(": ")"},
    functions={
        **{name: meaning for name, meaning in FUNCTIONS.items() if name not in ("legendre", "round")},
        "round": meant("x", ROUNDED_AWAY),
        "expint": by_count("E1", "expint"),
        "gammainc": _incomplete,
        "igamma": "uppergamma",
        "bincoeff": "binomial",
        "ei": "Ei",
        "dilog": _dilogarithm,
        "zeta": form("zeta"),
        "hurwitzZeta": "hurwitz_zeta",
        "hypergeom": "hyp1f1",
        "airy": _airy,
        **{f"jacobi{name.upper()}": name for name in ("sn", "cn", "dn")},
        "betainc": form("betainc", "120"),
        "lambertw": branch,
        "piecewise": flat_pairs,
        "merge": chosen,
        "ellipke": "elliptic_k",
        "realsqrt": "sqrt",
        **LINEAR,
        **OF_COLUMNS,
        "mtimes": lambda tree: Tree(OPERATION, "mul", form("mul", "01")(tree).parts, tree.span),
        "times": form("mul", "01"),
        "plus": form("add", "01"),
        "minus": form("sub", "01"),
        "rdivide": form("div", "01"),
    },
    constants={"pi": "pi", "true": "True", "false": "False", "NaN": "undefined", "nan": "undefined"},
    matrices=Rules(functions=2, marks=True, adds=True, hint="by elements it is x.*y, x./y, x.^2"),
    signs=Signs("{}*{}", "{}'"),
    calls_index=True,
    slices=Slices(last="end", step_between=True, lying=True, flat=True),
    lists_outputs=True,
    indicators=True,
    instead={
        "'": "there are no strings here but 'lower' and 'upper'",
        "[": "lists are not read here: write out the sum, or name a vector's elements, x(1)",
        "for": "write the terms of the sum out",
        **dict.fromkeys(("if", "elseif", "else"), "an alternative is merge(condition, a, b), or (condition).*a + …"),
        **dict.fromkeys(("Inf", "inf"), "there is no infinity among the numbers"),
    },
    cut=cut,
    number=lambda text: re.sub("[dD]", "e", text),
)
