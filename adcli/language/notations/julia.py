"""Julia: a number before a name or bracket is its factor and binds tighter than *; broadcasting dots are dropped."""

from __future__ import annotations

import re

from adcli.language.arrays.calls import Signs
from adcli.language.notations.code import FUNCTIONS, OPERATORS, cut
from adcli.language.notations.forms import (
    by_count,
    chosen,
    floored,
    form,
    incomplete,
    logarithm,
    square,
    summed,
    truncated,
)
from adcli.language.notations.linear import LINEAR, OF_TOTALS
from adcli.language.notations.matrices import TURNED, Rules
from adcli.language.notations.meant import NORMAL, Form, meant, of_normal
from adcli.language.notations.notation import (
    AND,
    COMPARE,
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
from adcli.language.notations.trees import Tree

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
    for place in reversed(range(1, len(found) - 3)):
        if found[place].text == "for" and found[place + 2].text in ("in", "=", "∈"):
            _bound(found, place + 2)
    return found


def _bound(words: list[Word], place: int) -> None:
    """In f for i in 1:3, what stands behind the word at this place as range(1, 3)."""
    depth, end = 0, place
    while end + 1 < len(words) and (depth or words[end + 1].kind not in ("close", "end", "comma")):
        end += 1
        depth += (words[end].kind in ("open", "call", "index")) - (words[end].kind == "close")
        if words[end].text == ":" and not depth:
            words[end] = Word("comma", ",", *words[end].span)
    words.insert(end + 1, Word("close", ")", words[end].end, words[end].end))
    sign = words[place]
    words[place : place + 1] = [Word("symbol", "in", *sign.span), Word("call", "range(", sign.end, sign.end)]


def _total(name: str) -> Form:
    """The sum over i in 1:n, or that of an array."""
    whole = OF_TOTALS[name]
    assert callable(whole)

    def write(tree: Tree) -> Tree:
        generator = len(tree.parts) == 1 and tree.parts[0].text == "for"
        return summed(name, "range", 0)(tree) if generator else whole(tree)

    return write


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
        r"|(?P<foreign>0[xbo][0-9a-fA-F]+)"
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
        "for": Operator("for", ELSE),
        "in": Operator("in", COMPARE),
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
        "sum": _total("sum"),
        "prod": _total("prod"),
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
        "for": "a sum is sum(… for i in 1:n)",
        **dict.fromkeys(("if", "elseif", "else"), "an alternative is condition ? a : b"),
    },
    cut=_cut,
    number=lambda text: text.replace("_", "").replace("f", "e"),
)
