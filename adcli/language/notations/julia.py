"""Julia: a number before a name or bracket is its factor and binds tighter than *; broadcasting dots are dropped."""

from __future__ import annotations

import re

from adcli.language.notations.code import FUNCTIONS, OF_VECTORS, OPERATORS, cut
from adcli.language.notations.forms import by_count, chosen, form, incomplete, logarithm, square
from adcli.language.notations.meant import NORMAL, meant, of_normal
from adcli.language.notations.notation import AND, ELSE, IF, NOT, OR, PRODUCT, TIGHT, Notation, Operator, comment
from adcli.language.notations.programs import INFIX, PREFIX

NOTATION = Notation(
    name="julia",
    words=re.compile(
        comment(
            "#=",
            "=#",
            r"#[^\n]*|@\.|\bfunction\b[^\n;(]*\([^()]*\)|\b(?:begin|end|let|return|local|const)\b"
            r"|(?:\([\w\s,]*\)|[^\W\d]\w*)\s*->",
        )
        + r"|(?P<end>[;\n])"
        r"|(?P<blank>\s+)"
        r"|(?P<call>[^\W\d]\w*\.?\()"
        r"|(?P<name>[^\W\d][\w₀-₉]*)"
        r"|(?P<number>(?:[0-9][0-9_]*(?:\.(?![*/^+-])[0-9]*)?|\.[0-9]+)(?:[eEf][+-]?[0-9]+)?)"
        r"|(?P<index>\[)"
        r"|(?P<open>\()"
        r"|(?P<close>[)\]])"
        r"|(?P<comma>,)"
        r"|(?P<symbol>\.?(?://|<=|>=|==|!=|[-+*/^<>%÷≤≥≠])|&&|\|\||[=!?:√∛×−·⋅])"
        r"|(?P<other>.)"
    ),
    infix={
        **{dot + sign: op for sign, op in OPERATORS.items() if sign != "÷" for dot in ("", ".")},
        "//": Operator("div", PRODUCT + 0.2),
        "≠": OPERATORS["!="],
        "&&": Operator("and", AND),
        "||": Operator("or", OR),
        "⋅": INFIX["*"],
        "?": Operator("then", IF, right=True),
        ":": Operator("else", ELSE, right=True),
    },
    prefix={**PREFIX, "!": Operator("Not", NOT), "√": Operator("sqrt", TIGHT), "∛": Operator("cbrt", TIGHT)},
    brackets={"(": ")", "[": "]"},
    lists=frozenset("["),
    functions={
        **FUNCTIONS,
        **OF_VECTORS,
        "logistic": "sigmoid",
        **dict.fromkeys(("muladd", "fma"), meant("x y z", "x*y + z")),
        "inv": meant("x", "1/x"),
        "pdf": of_normal(NORMAL["pdf"], "Normal"),
        "cdf": of_normal(NORMAL["cdf"], "Normal"),
        "quantile": of_normal(NORMAL["quantile"], "Normal"),
        "expinti": "Ei",
        "ifelse": chosen,
        "log": logarithm(0),
        "abs2": square,
        "gamma": incomplete("gamma", "uppergamma", ""),
        "expint": by_count("E1", "expint"),
        "gamma_inc[1]": form("gammainc", "01"),
        "gamma_inc[2]": form("gammaincc", "01"),
        "beta_inc[1]": form("betainc", "012"),
    },
    constants={"pi": "pi", "π": "pi", "ℯ": "E", "NaN": "undefined", "true": "True", "false": "False"},
    coefficient=Operator("mul", TIGHT),
    lists_outputs=True,
    indicators=True,
    instead={
        "im": "adcli has no complex numbers, such as im",
        **dict.fromkeys(("Inf", "-Inf"), "there is no infinity among the numbers"),
        "'": "a transpose is not read here",
        "|": "write f(x)",
        "%": "% is a remainder with the sign of the first number: write mod(a, b)",
        "÷": "÷ divides whole numbers: write floor(a/b)",
    },
    cut=cut,
    number=lambda text: text.replace("_", "").replace("f", "e"),
)
