"""Julia: a number before a name or bracket is its factor and binds tighter than *; broadcasting dots are dropped."""

from __future__ import annotations

import re

from adcli.language.arrays.calls import Signs
from adcli.language.notations.code import FUNCTIONS, OPERATORS, cut
from adcli.language.notations.forms import by_count, chosen, floored, form, incomplete, logarithm, square, truncated
from adcli.language.notations.linear import LINEAR, OF_TOTALS
from adcli.language.notations.matrices import TURNED, Rules
from adcli.language.notations.meant import NORMAL, meant, of_normal
from adcli.language.notations.notation import (
    AND,
    ELSE,
    IF,
    NOT,
    OR,
    POSTFIX,
    PRODUCT,
    TIGHT,
    Notation,
    Operator,
    Slices,
    Word,
    comment,
)
from adcli.language.notations.programs import INFIX, PREFIX

_ALL_DOTTED = re.compile(r"@\.")


def _cut(notation: Notation, text: str) -> list[Word]:
    """Words; behind @. every operator and call of the statement has a dot."""
    starts = [match.end() for match in _ALL_DOTTED.finditer(text)]
    found = cut(notation, text)
    for start in starts:
        for place, word in enumerate(found):
            if word.start < start:
                continue
            if word.kind == "end":
                break
            if word.kind == "call" and not word.text.endswith(".("):
                found[place] = Word("call", f"{word.text[:-1]}.(", *word.span)
            elif word.kind == "symbol" and f".{word.text}" in notation.infix and word.text != "=":
                found[place] = Word("symbol", f".{word.text}", *word.span)
    return found


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
        r"|(?P<symbol>\.?(?:\\|//|<=|>=|==|!=|[-+*/^<>%÷≤≥≠])|&&|\|\||[=!?:√∛×−·⋅'])"
        r"|(?P<other>.)"
    ),
    infix={
        **{dot + sign: op for sign, op in OPERATORS.items() if sign != "÷" for dot in ("", ".")},
        **{dot + "÷": Operator("truncdiv", PRODUCT) for dot in ("", ".")},
        **{dot + "%": Operator("fmod", PRODUCT) for dot in ("", ".")},
        "//": Operator("div", PRODUCT + 0.2),
        "≠": OPERATORS["!="],
        "&&": Operator("and", AND),
        "||": Operator("or", OR),
        "⋅": INFIX["*"],
        "\\": Operator("left division", PRODUCT),
        ".\\": Operator("left division", PRODUCT),
        "?": Operator("then", IF, right=True),
        ":": Operator("else", ELSE, right=True),
    },
    postfix={"'": Operator(TURNED, POSTFIX)},
    prefix={**PREFIX, "!": Operator("Not", NOT), "√": Operator("sqrt", TIGHT), "∛": Operator("cbrt", TIGHT)},
    brackets={"(": ")", "[": "]"},
    lists=frozenset("["),
    functions={
        **FUNCTIONS,
        **LINEAR,
        **OF_TOTALS,
        "logistic": "sigmoid",
        "div": truncated,
        "fld": floored,
        "cld": meant("x y", "ceiling(x/y)"),
        **dict.fromkeys(("muladd", "fma"), meant("x y z", "x*y + z")),
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
    matrices=Rules(
        inner=("⋅", "·"), cross=("×",), hint="a dot goes by elements: exp.(x), x .* y, x ./ y, x .^ 2, x .+ 1"
    ),
    signs=Signs("{}*{}", "{}'"),
    coefficient=Operator("mul", TIGHT),
    lists_outputs=True,
    slices=Slices(last="end", first="begin", step_between=True, flat=True),
    indicators=True,
    instead={
        "im": "adcli has no complex numbers, such as im",
        **dict.fromkeys(("Inf", "-Inf"), "there is no infinity among the numbers"),
        "'": "there are no strings here",
        "|": "write f(x)",
    },
    cut=_cut,
    number=lambda text: text.replace("_", "").replace("f", "e"),
)
