"""MATLAB and Octave: dots before operators are dropped, x(1) is an element, powers group from the left."""

from __future__ import annotations

import re

from adcli.language.notations.code import FUNCTIONS, OPERATORS, cut
from adcli.language.notations.forms import branch, chosen, flat_pairs, form
from adcli.language.notations.notation import AND, NOT, OR, POWER, Notation, Operator
from adcli.language.notations.programs import PREFIX

NOTATION = Notation(
    name="matlab",
    words=re.compile(
        r"(?P<comment>%[^\n]*|\.\.\.[^\n]*\n|@\s*\([^()]*\))"
        r"|(?P<end>[;\n])"
        r"|(?P<blank>\s+)"
        r"|(?P<call>[^\W\d]\w*[^\S\n]*\()"
        r"|(?P<name>[^\W\d]\w*)"
        r"|(?P<number>(?:[0-9]+(?:\.(?![*/^\\])[0-9]*)?|\.[0-9]+)(?:[eEdD][+-]?[0-9]+)?)"
        r"|(?P<open>\()"
        r"|(?P<close>\))"
        r"|(?P<comma>,)"
        r"|(?P<symbol>\.[*/^]|<=|>=|==|~=|!=|&&|\|\||[-+*/^<>=&|~!≤≥≠×÷−·])"
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
    },
    prefix={**PREFIX, "~": Operator("Not", NOT), "!": Operator("Not", NOT)},
    brackets={"(": ")"},
    functions={
        **{name: meaning for name, meaning in FUNCTIONS.items() if name not in ("legendre", "round")},
        "expint": form("E1"),
        "gammainc": form("gammainc", "10"),
        "betainc": form("betainc", "120"),
        "lambertw": branch,
        "piecewise": flat_pairs,
        "merge": chosen,
    },
    constants={"pi": "pi", "true": "True", "false": "False", "NaN": "undefined", "nan": "undefined"},
    calls_index=True,
    lists_outputs=True,
    indicators=True,
    instead={"'": "a transpose is not read here", "[": "lists are not read here", "i": "adcli has no complex numbers"},
    cut=cut,
    number=lambda text: re.sub("[dD]", "e", text),
)
