"""Python: functions with math., np., jnp., torch. and the like before them or not, a lambda's body, elements from 0.

Nothing is ever evaluated. `x[0]` is the input `x[1]`: adcli counts from 1.
"""

from __future__ import annotations

import re

from adcli.language.notations.code import FUNCTIONS, OPERATORS, cut
from adcli.language.notations.forms import clipped, degrees, form, inverse_degrees, itself, square
from adcli.language.notations.notation import (
    AND,
    COMPARE,
    ELSE,
    IF,
    NOT,
    OR,
    POSTFIX,
    POWER,
    PRODUCT,
    Meaning,
    Notation,
    Operator,
    Slices,
    Word,
)
from adcli.language.notations.numpy import ARRAYS
from adcli.language.notations.programs import KNOWN, PREFIX
from adcli.language.notations.trees import Tree, number, operation

_MODULES = (
    r"(?:(?:(?:(?:np|numpy|jnp|torch|scipy)\.)?linalg|math|cmath|np|numpy|jnp|jax\.numpy|jax\.nn|jax\.scipy\.special|jsp"
    r"|torch|torch\.special|torch\.nn|tf|tf\.math|tf\.nn|tensorflow|sp|sympy|scipy\.special|special|mp|mpmath|F|nn|torch\.nn\.functional"
    r"|casadi|ca)\.)"
)
_NORMAL = r"(?:(?:scipy\.)?(?:stats\.)?norm\.)"


def _reciprocal(tree: Tree) -> Tree:
    (of,) = form("neg")(tree).parts
    return operation("div", Tree(0, "1", (), tree.span), of, span=tree.span)


def _dilogarithm(tree: Tree) -> Tree:
    """spence(x) is Li2(1 - x)."""
    (of,) = form("dilog")(tree).parts
    return operation("dilog", operation("sub", number("1", tree.span), of, span=tree.span), span=tree.span)


def _results(calls: str, order: str = "0") -> dict[str, Meaning]:
    """Functions with several results: sici(x)[0] is Si(x)."""
    pairs = (call.split("=") for call in calls.split())
    return {f"{name}[{place}]": form(op, order) for name, ops in pairs for place, op in enumerate(ops.split(","))}


_SPECIAL = {name: op for name, op in KNOWN.items() if name not in ("round", "remainder", "rint", "int")}
"""SciPy's functions; Python rounds halves to even, and NumPy's remainder has another sign than C's."""

_IMPORTED = re.compile(r"\bimport\s+[\w.]+\s+as\s+(\w+)|\bfrom\s+[\w.]+\s+import\s+\w+\s+as\s+(\w+)")
_ALIASES = frozenset({"sc", "sps", "ss", "st"})
"""Modules by the names that many give them."""


def _cut(notation: Notation, text: str) -> list[Word]:
    """Words; what stands behind the name that an import gave to a module is a function, and no method."""
    modules = {name for match in _IMPORTED.finditer(text) for name in match.groups() if name} | _ALIASES
    found: list[Word] = []
    for word in cut(notation, text):
        before = found[-1] if found else None
        if word.kind == "method" and before and before.text in modules and before.end == word.start:
            found[-1] = Word("call", before.text + word.text, before.start, word.end)
        else:
            found.append(word)
    return found


NOTATION = Notation(
    name="python",
    words=re.compile(
        r"(?P<comment>#[^\n]*|\\\n|\blambda\b[^:\n]*:|\breturn\b|\bimport\b[^\n;]*|\bfrom\b[^\n;]*\bimport\b[^\n;]*|\bdef\b[^:\n]*:)"
        r"|(?P<end>[;\n])"
        r"|(?P<blank>\s+)"
        r"|(?P<symbol>(?:and|or|not|if|else|for|in)\b)"
        r"|(?P<foreign>[0-9][0-9.]*[jJ]\b|0[xXbBoO]\w+|\bis\b)"
        r"|(?P<method>\.[^\W\d]\w*[^\S\n]*\()"
        rf"|(?P<call>(?:{_MODULES}|{_NORMAL})?[^\W\d]\w*[^\S\n]*\()"
        rf"|(?P<name>{_MODULES}?[^\W\d]\w*)"
        r"|(?P<number>(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
        r"|(?P<index>\[)"
        r"|(?P<open>\()"
        r"|(?P<close>[)\]])"
        r"|(?P<comma>,)"
        r"|(?P<operator>\.T\b|\*\*|//|<=|>=|==|!=|[-+*/<>=%&|~@≤≥≠×÷−·])"
        r"|(?P<other>.)"
    ),
    infix={
        **{sign: op for sign, op in OPERATORS.items() if sign != "^"},
        "**": Operator("pow", POWER, right=True),
        "//": Operator("floordiv", PRODUCT),
        "%": Operator("Mod", PRODUCT),
        "and": Operator("and", AND),
        "or": Operator("or", OR),
        "&": Operator("and", AND),
        "|": Operator("or", OR),
        "for": Operator("for", ELSE),
        "in": Operator("in", COMPARE),
        "@": Operator("matmul", PRODUCT),
        "if": Operator("if", IF),
        "else": Operator("else", ELSE, right=True),
    },
    postfix={".T": Operator("method T", POSTFIX)},
    prefix={**PREFIX, "not": Operator("Not", NOT), "~": Operator("Not", NOT)},
    brackets={"(": ")", "[": "]"},
    lists=frozenset("["),
    functions={
        **_SPECIAL,
        **FUNCTIONS,
        "math.remainder": "remainder",
        "remainder": "Mod",
        "square": square,
        "reciprocal": _reciprocal,
        "spence": _dilogarithm,
        "norm.cdf": FUNCTIONS["normcdf"],
        "norm.pdf": FUNCTIONS["normpdf"],
        "norm.ppf": FUNCTIONS["norminv"],
        "int": "trunc",
        "eval_gegenbauer": "gegenbauer",
        "mp.gammainc": "uppergamma",
        "mpmath.gammainc": "uppergamma",
        **_results("sici=Si,Ci shichi=Shi,Chi fresnel=fresnels,fresnelc airy=airyai,airyaiprime,airybi,airybiprime"),
        **_results("ellipj=sn,cn,dn", "01"),
        **dict.fromkeys(("clip", "clamp"), clipped),
        **dict.fromkeys(("radians", "deg2rad"), degrees),
        **dict.fromkeys(("degrees", "rad2deg"), inverse_degrees),
        **dict.fromkeys(("float", "float64", "tensor", "array", "asarray"), itself),
        "Rational": form("div", "01"),
        **ARRAYS,
        "sp.sinc": "sinc",
        "sympy.sinc": "sinc",
    },
    constants={
        **{name: name.rpartition(".")[2] for name in ("math.pi", "np.pi", "numpy.pi", "jnp.pi", "torch.pi", "sp.pi")},
        **dict.fromkeys(("math.e", "np.e", "numpy.e", "jnp.e", "torch.e", "sp.E", "sympy.E"), "E"),
        "sympy.pi": "pi",
        **dict.fromkeys(("np.euler_gamma", "numpy.euler_gamma", "mpmath.euler", "sympy.EulerGamma"), "EulerGamma"),
        **dict.fromkeys(("math.nan", "np.nan", "numpy.nan", "jnp.nan"), "undefined"),
        "pi": "pi",
        "True": "True",
        "False": "False",
    },
    offset=1,
    lists_outputs=True,
    slices=Slices(backwards=True, rows=True),
    indicators=True,
    instead={
        "^": "^ is no power in Python: write **",
        ".": "functions are read with math., np., jnp., torch., sympy. before them, of methods those of arrays",
        "'": "there are no strings here",
        '"': "there are no strings here",
        ":": "only expressions and assignments are read",
        "for": "the terms of a sum are written sum(… for i in range(n))",
    },
    number=lambda text: text.replace("_", ""),
    cut=_cut,
)
