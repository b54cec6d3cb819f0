"""What is wrong with a text, where, and what to write instead: the parser's error messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from adcli.errors import NameFault, Span, SyntaxFault, option
from adcli.language.lexer import FIGURE, NAME, OTHER, TOKEN, unexpected
from adcli.language.reading import (
    ALTERNATIVES,
    BAR,
    BASE,
    BODY,
    CALLS,
    GROUP,
    INFIX,
    PAIR,
    TERMS,
    UNROLLED,
    Frame,
    Reading,
)
from adcli.ops import LOG, SUGGESTED, TABLE, Op

REMAINDERS = "Mod(a, b), of the sign of b as in Python, or fmod(a, b), of that of a as in C"
_ELSEWHERE = {
    "if": "write a if condition else b",
    "else": "write a if condition else b",
    "lambda": "a function is written f(x) = …",
    "def": "a function is written f(x) = …",
    "let": "write name = …",
    "return": "the last expression is the output",
    "import": "there are no modules: all functions are there already",
    "for": "write Sum(…, (i, 1, n)), or a family v[i=1..n] = …",
}
"""Words of other languages, and what is written here; with an operator behind them they are names."""


_FAMILIAR = {
    "int": "write trunc(x)", "cdf": "the normal distribution is normcdf", "pdf": "the normal density is normpdf",
    "ellint_1": "write elliptic_f(phi, k^2)", "comp_ellint_1": "write elliptic_k(k^2)",
    "ellint_2": "write elliptic_e(phi, k^2)", "comp_ellint_2": "write elliptic_e(k^2)",
    "comp_ellint_3": "write elliptic_pi(n, k^2)", "ellint_3": "write elliptic_pi(n, phi, k^2)",
    "spence": "write dilog(1 - x)", "trigamma": "write polygamma(1, x)", "dawsn": "write sqrt(pi)/2*exp(-x^2)*erfi(x)",
    "tg": "write tan(x)", "ctg": "write cot(x)", "arctg": "write atan(x)", "arcctg": "write acot(x)",
    "sh": "write sinh(x)", "ch": "write cosh(x)", "th": "write tanh(x)", "sqr": "write x^2",
    "hypergeom": "write hyper([a], [b], x)", "hypergeometric": "write hyper([a], [b], x)",
    "jn": "write besselj(n, x)", "yn": "write bessely(n, x)",
    **{f"{letter}{order}": f"write bessel{letter}({order}, x)" for letter in "jyik" for order in "01"},
    "N": "the normal distribution is normcdf", "u": "the step function is Heaviside", "sici": "write Si(x) and Ci(x)",
    "lg": "write log10(x), or log2(x)", "cotan": "write cot(x)", "cotg": "write cot(x)", "sen": "write sin(x)",
    "arsh": "write asinh(x)", "arch": "write acosh(x)", "arth": "write atanh(x)", "cth": "write coth(x)",
    "power": "write x^n", "square": "write x^2", "cube": "write x^3", "reciprocal": "write 1/x",
    "gaussian": "the normal density is normpdf", "gauss": "the normal density is normpdf", "signum": "write sign(x)",
    "softsign": "write x/(1 + |x|)", "relu6": "write clamp(x, 0, 6)",
    "leaky_relu": "write where(x > 0, x, 0.01*x)", "hardswish": "write x*clamp(x + 3, 0, 6)/6",
    "rect": "write where(|x| < 1/2, 1, 0)", "versin": "write 1 - cos(x)", "haversin": "write sin(x/2)^2",
    "hav": "write sin(x/2)^2", "wofz": "adcli has no complex numbers; for real x, erfcx(x) is exp(x^2)*erfc(x)",
    "dawson": "write sqrt(pi)/2*exp(-x^2)*erfi(x)",
    "sph_bessel": "write sqrt(pi/(2*x))*besselj(n + 1/2, x)", "avg": "write mean(x)", "average": "write mean(x)",
    "diff": "a derivative is what adcli computes: write the function itself",
    **dict.fromkeys(("range", "arange", "linspace", "array", "list"), "a list is written out: [0, 1, 2]"),
    "integrate": "adcli differentiates; it does not integrate",
}  # fmt: skip
"""Functions that others have, and what is written here."""


_CLOSING = {"(": ")", "[": "]"}


def suggestion(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """A "did you mean" for *name*, or None."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(candidates))
    # Any two short names are alike.
    near = get_close_matches(name, [c for c in names if len(c) > 2], n=3, cutoff=cutoff) if len(name) > 2 else []
    near += [c for c in names if c.lower() == name.lower() and c not in near]
    return f"did you mean {' or '.join(near)}?" if near else None


def meant(name: str, arrays: Mapping[str, str]) -> str | None:
    """What the tables say of functions in words like *name*: "the Fresnel integral S … is fresnels", or None."""
    words = [word for word in re.findall("[A-Z]?[a-z]+", name) if len(word) > 3]
    told = {**{op.name: op.about for op in TABLE.values() if op.about and not op.inner}, **arrays}
    found = [
        f"{about} is {known}"
        for known, about in told.items()
        if words and all(re.search(rf"\b{word}", f"{known} {about}", re.IGNORECASE) for word in words)
    ]
    return "; ".join(found[:3]) if 0 < len(found) < 5 else None


def short(text: str, most: int = 30) -> str:
    """A piece of text to quote: its start where it is long."""
    return text if len(text) <= most else text[: most - 1] + "…"


def opening(text: str, frame: Frame) -> Span:
    """The place of the bracket or bar that opened *frame*."""
    position = frame[1]
    if (name := re.compile(NAME).match(text, position)) is not None:
        position = text.index("(", name.end())
    return (position, position + 1)


def unclosed(text: str, frame: Frame) -> SyntaxFault:
    """A bracket or bar is open where the statement ends."""
    span = opening(text, frame)
    sign = text[span[0]]
    return SyntaxFault(f"this {sign} is not closed", span, hint=f"close it with {_CLOSING.get(sign, sign)}")


def unmatched(text: str, match: re.Match[str], reading: Reading) -> SyntaxFault:
    """A bracket or bar closes what is not open."""
    sign = match[0]
    if sign == "|":
        hint = "a bar is an absolute value; to multiply by one, write * before it"
        return SyntaxFault("this | closes nothing", match.span(), hint=hint)
    if reading.frames[-1][0] == BAR:
        return unclosed(text, reading.frames[-1])
    return SyntaxFault(f"this {sign} closes nothing", match.span())


def no_operand(text: str, match: re.Match[str], reading: Reading) -> SyntaxFault:
    """A word stands where a number, a name, a call or a bracket is expected."""
    word, span = match[0], match.span()
    if match.lastindex == OTHER and word[0] in ";\r\n":
        return incomplete(text, reading, match.start())
    if word == ")" and reading.frames[-1][0] in (BASE, BODY, TERMS):
        return unmatched(text, match, reading)
    if word == ")":
        if text[reading.begin : span[0]].rstrip().endswith("("):
            return SyntaxFault("an expression is missing between these brackets", _back_to(text, span))
        return SyntaxFault("an operand is missing before this )", span)
    if word in INFIX or word in "=,":
        if word == "*" and text[: span[0]].endswith("*"):
            return SyntaxFault("there is no operation ***", (span[0] - 2, span[1]))
        if word == "/" and text[: span[0]].endswith("/"):
            return SyntaxFault("there is no operation //", (span[0] - 1, span[1]), hint="write floor(a/b)")
        return SyntaxFault(f"an operand is missing before this {word}", span)
    if word == "[":
        return SyntaxFault(
            "an expression cannot start with [", span, hint=f"an element of x is x[1]; lists go to {option('at')}"
        )
    return unexpected(text, match)


def _back_to(text: str, span: Span) -> Span:
    return (text.rindex("(", 0, span[0]), span[1])


def incomplete(text: str, reading: Reading, position: int) -> SyntaxFault:
    """The text ends at *position*, where an operand is expected."""
    if reading.frames[-1][0] not in (BASE, BODY, TERMS):
        return unclosed(text, reading.frames[-1])
    last = None
    for match in TOKEN.finditer(text, reading.begin, position):
        if match.lastindex != OTHER or match[0][0] not in "#\r\n":
            last = match
    if last is None:
        before = max(0, reading.begin - 1)
        return SyntaxFault("an expression is missing here", (before, max(before, position)))
    hint = (
        "an expression goes on in the next line only inside brackets"
        if text[position : position + 1] in ("\r", "\n") and text[position:].strip()
        else None
    )
    return SyntaxFault(f"an operand is missing after this {last[0]}", last.span(), hint=hint)


def misplaced(text: str, match: re.Match[str], reading: Reading) -> SyntaxFault:
    """A word stands behind an operand, where an operator or the end is expected."""
    word, span = match[0], match.span()
    left = reading.places[-1]
    operand = text[left[0] : left[1]]
    if match.lastindex == OTHER and word != "(":
        if word == "=":
            hint = (
                "== compares; an assignment, name = expression, is a statement of its own; for equations, `adcli solve`"
            )
            return SyntaxFault("unexpected '='", span, hint=hint)
        if word == "[":
            return SyntaxFault("only a name has elements", span)
        if word == "|":
            return unmatched(text, match, reading)
        if word == "%":
            return _percent(operand, left, span)
        if word == ".":
            after = re.compile(NAME).match(text, span[1])
            if after:
                return SyntaxFault(
                    f"there are no attributes: .{short(after[0])} means nothing here",
                    (span[0], after.end()),
                    hint="only names, numbers, operators and functions of the language are read",
                )
        return unexpected(text, match)
    line = re.search(r"[\r\n]", text[left[1] : span[0]])
    if line and reading.brackets and re.match(rf"{NAME}[^\r\n;=<>!]*=(?!=)", text[span[0] : span[0] + 1000]):
        frame = next(f for f in reversed(reading.frames) if f[0] not in (BAR, BODY))
        if frame[0] not in (BASE, TERMS):
            return unclosed(text, frame)
    if match.lastindex == FIGURE and (operand[-1] in "0123456789." and operand[0] in "0123456789."):
        if left[1] == span[0]:
            return SyntaxFault(f"{short(operand + word)} is no number", (left[0], span[1]))
        return SyntaxFault("two numbers in a row", (left[0], span[1]), hint="an operator is missing between them")
    name = match[2] or word
    here = (span[0], span[0] + len(name))
    if hexadecimal(operand, match):
        hint = f"numbers are decimal: {int(operand + name, 0)}; to multiply, write {operand}*{name}"
        return SyntaxFault(f"{short(operand + name)} is no number", (left[0], here[1]), hint=hint)
    if operand in _ELSEWHERE:
        return SyntaxFault(f"unexpected {operand!r}", left, hint=_ELSEWHERE[operand])
    if name.startswith("_") and operand[-1].isdigit() and left[1] == span[0]:
        written = re.compile(r"[\d_.]+\b").match(text, left[0])
        hint = f"write {short(written[0].replace('_', ''))}" if written else "write 1000000, or 1e6"
        return SyntaxFault("digits are not grouped by _ here", (left[0], here[1]), hint=hint)
    shown, named = short(operand), short(name)
    if word == "not":
        return SyntaxFault("an operator is missing before not", here)
    if word == "(":
        return SyntaxFault("an operator is missing before this (", here, hint="to multiply, write *")
    hint = f"to multiply, write {shown}*{named}"
    if operand in CALLS:
        hint = f"write {shown}({named}) for the function, {shown}*{named} for a product"
    return SyntaxFault(f"an operator is missing between {shown} and {named}", (left[0], here[1]), hint=hint)


def hexadecimal(operand: str, match: re.Match[str]) -> bool:
    """Whether 0 and the name right behind it are a number of other languages: 0x1f, 0b101."""
    digits = match[2] or ""
    right = len(digits) < 18 and match.string[match.start() - 1] == "0"
    return operand == "0" and right and re.fullmatch("[xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+", digits) is not None


def _percent(operand: str, left: Span, span: Span) -> SyntaxFault:
    """5%, which may be meant as a number or as a remainder."""
    place = (left[0], span[1])
    if re.fullmatch(r"[0-9]*\.?[0-9]+", operand) is None:
        return SyntaxFault("unexpected '%'", span, hint=f"write {short(operand)}/100, or for a remainder {REMAINDERS}")
    from decimal import Decimal

    part = f"{Decimal(operand).scaleb(-2):f}" if len(operand) < 18 else f"{short(operand)}/100"
    return SyntaxFault(f"{short(operand)}% is no number", place, hint=f"write {part}, or for a remainder {REMAINDERS}")


def unknown_function(
    text: str, match: re.Match[str], variables: Iterable[str], functions: Iterable[str], arrays: Mapping[str, str]
) -> NameFault:
    """A name that is followed by a bracket but is no function; *arrays* tells of those of arrays."""
    name = match[2]
    span = match.span(2)
    head = re.compile(r"([^()=;\r\n]*)\)[^\S\r\n]*=(?!=)").match(text, match.end())
    if head is not None and not head[1].strip():
        return NameFault("a function has parameters", span, hint=f"a value without any is {short(name)} = …")
    if head is not None and not all(re.fullmatch(rf"\s*{NAME}\s*", parameter) for parameter in head[1].split(",")):
        return NameFault("parameters are names", head.span(1), hint=f"such as {short(name)}(x) = …")
    known = [known for known in SUGGESTED if known not in ALTERNATIVES]
    known = [*functions, *known, "And", "Or", *UNROLLED, "Piecewise"]
    hint = suggestion(name, [*known, *arrays], 0.8) or meant(name, arrays) or suggestion(name, known)
    if defines(text, name):
        hint = f"define {short(name)} before it is used"
    elif name in _FAMILIAR and name not in variables:
        hint = _FAMILIAR[name]
    elif name in variables or hint is None:
        end = text.find(")", match.end())
        inside = text[match.end() - 1 : end + 1] if match.end() < end < match.end() + 20 else "(…)"
        parameters = ", ".join("xyzuvw"[: inside.count(",") + 1])
        define = f"a function is defined in front: {short(name)}({parameters}) = …"
        # A longer word before a bracket is meant as a function, unless it is known to be none.
        product = "," not in inside and (name in variables or len(name.rstrip("0123456789_")) == 1)
        multiply = f"to multiply, write {short(name)}*{inside}"
        hint = "; ".join([*([multiply] if product else []), hint or define])
    return NameFault(f"there is no function {short(name)}", span, hint=hint)


def defines(text: str, name: str) -> bool:
    """Whether the text holds a statement that defines the function *name*."""
    return re.search(rf"(?:^|[;\r\n])\s*{re.escape(name)}\s*\([^()=]*\)\s*=(?!=)", text) is not None


def arity(name: str, wanted: str, got: int, span: Span) -> SyntaxFault:
    """A call with too few or too many arguments; *wanted* is such as "1 argument"."""
    return SyntaxFault(f"{name} takes {wanted}, got {got}", span)


def count_of(parameters: tuple[str, ...]) -> str:
    """ "1 argument", "2 arguments (a, b)"."""
    if len(parameters) == 1:
        return "1 argument"
    return f"{len(parameters)} arguments ({', '.join(parameters)})"


def arity_of(name: str, op: Op, got: int, span: Span) -> SyntaxFault:
    """A call of an operation with too few or too many arguments."""
    if op is LOG:
        return arity(name, "1 or 2 arguments (x, base)", got, span)
    return arity(name, "at least 1 argument" if op.variadic else count_of(op.arguments), got, span)


def two_numbers(left: str, right: str, start: int) -> SyntaxFault:
    """Two outputs that look like one number: 1,000 or 3,14*x. *start* is the place of the second."""
    words = re.compile(r"[\w.]+")
    before, after = words.findall(left)[-1], words.match(right)
    figures = after[0] if after else right
    return SyntaxFault(
        f"{short(before)},{short(figures)} is no number",
        (start - len(before) - 1, start + len(figures)),
        hint="digits are not grouped, and decimals are written with a point; "
        f"two outputs are {short(left)}, {short(right)}",
    )


def misplaced_comma(text: str, match: re.Match[str], reading: Reading) -> SyntaxFault:
    """A comma where nothing is listed."""
    frame, span = reading.frames[-1], match.span()
    if frame[0] == BASE:
        return SyntaxFault("an assignment has one expression", span, hint="separate statements by ; or a new line")
    if frame[0] == BAR:
        return unclosed(text, frame)
    if frame[0] == GROUP:
        inside = re.compile(r"[^()]*").match(text, match.end())
        several = inside is not None and "," in inside[0]
        decimal = re.search(r"\d,\d", text[max(span[0] - 1, 0) : span[1] + 1]) and not several
        hint = "a list stands in square brackets: [1, 2]" + (
            "; decimals are written with a point: 1.5" if decimal else ""
        )
        return SyntaxFault("these brackets hold one expression", span, hint=hint)
    if frame[0] == PAIR:
        return SyntaxFault("a pair of Piecewise is (expression, condition)", span)
    return SyntaxFault("unexpected ','", span)


def mixed(span: Span, wanted: bool) -> SyntaxFault:
    """A condition where a number is needed, or (*wanted*) the reverse."""
    if wanted:
        return SyntaxFault("a condition is needed here, not a number", span, hint="compare it, as in x != 0")
    return SyntaxFault(
        "a number is needed here, not a condition", span, hint="where(condition, 1, 0) makes a number of it"
    )


def unpaired(text: str, sign: str, left: Span, right: Span) -> SyntaxFault:
    """An if, else, ? or : without the one that belongs to it."""
    between = text[left[1] : right[0]]
    place = left[1] + max(between.find(sign), 0)
    wanted = "a if condition else b" if sign in ("if", "else") else "condition ? a : b"
    return SyntaxFault(f"unexpected {sign!r}", (place, place + len(sign)), hint=f"an alternative is {wanted}")


def chained(text: str, places: Sequence[Span], run: Sequence[Op]) -> SyntaxFault:
    """a < b < c"""
    a, b, c = (text[start:end] for start, end in places[:3])
    hint = f"write {a} {run[0].symbol} {b} and {b} {run[1].symbol} {c}"
    if len(hint) > 80:
        hint = "join two comparisons with `and`"
    return SyntaxFault("comparisons cannot be chained", (places[0][0], places[-1][1]), hint=hint)
