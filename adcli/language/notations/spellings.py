"""How each notation writes formulas: the printers' table, beside the readers'."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from adcli.language.notations import letters
from adcli.language.notations.handbook import CALLS, FORMS, called
from adcli.language.notations.notation import AND, COMPARE, ELSE, NOT, OR, POSTFIX, POWER, PRODUCT, SIGN, SUM
from adcli.language.notations.programs import ELEMENTARY
from adcli.language.notations.spelling import Form, Pairs, Piece, Spelling
from adcli.ops import TABLE


def _infix(power: str, words: str, compared: str = "< <= > >= == !=", times: str = "*") -> dict[str, Form]:
    """Arithmetic, comparisons and logic; *words* are those for and, or, not."""
    both, either, reverse = words.split()
    gap = " " if reverse.isalpha() else ""
    signs = dict(zip(("Lt", "Le", "Gt", "Ge", "Eq", "Ne"), compared.split(), strict=True))
    return {
        "add": Form("#1 + #2", SUM, (SUM, PRODUCT)),
        "sub": Form("#1 - #2", SUM, (SUM, PRODUCT)),
        "mul": Form(f"#1{times}#2", PRODUCT, (PRODUCT, SIGN)),
        "div": Form("#1/#2", PRODUCT, (PRODUCT, SIGN)),
        "neg": Form("-#1", SIGN, (POWER,)),
        "pow": Form(f"#1{power}#2", POWER, (POSTFIX, SIGN - 0.1)),
        **{op: Form(f"#1 {sign} #2", COMPARE, (SUM - 0.5, SUM - 0.5)) for op, sign in signs.items()},
        "and": Form(f"#1 {both} #2", AND, (AND, NOT)),
        "or": Form(f"#1 {either} #2", OR, (OR, AND)),
        "Not": Form(f"{reverse}{gap}#1", NOT if gap else POSTFIX, (NOT if gap else POSTFIX,)),
    }


def _nested(template: str, precedence: float) -> Callable[[Spelling, Pairs, Piece | None], Piece]:
    """Cases one inside the other: #1 is the condition, #2 the value, #3 what is left."""
    form = Form(template, precedence, (OR, OR, ELSE) if precedence < POSTFIX else ())

    def write(spelling: Spelling, pairs: Pairs, default: Piece | None) -> Piece:
        total = spelling.applied("undefined", []) if default is None else default
        for value, condition in reversed(pairs):
            total = spelling.filled(form, [condition, value, total])
        return total

    return write


def _listed(
    before: str, pair: str, between: str, last: str, behind: str
) -> Callable[[Spelling, Pairs, Piece | None], Piece]:
    """Cases one beside the other: *pair* has the value #1 and the condition #2."""

    def write(spelling: Spelling, pairs: Pairs, default: Piece | None) -> Piece:
        parts = [spelling.filled(Form(pair), [value, condition]) for value, condition in pairs]
        if default is not None:
            parts.append(spelling.filled(Form(last), [default]))
        places = between.join(f"#{i + 1}" for i in range(len(parts)))
        return spelling.filled(Form(before + places + behind), parts)

    return write


def _mathematica_cases(spelling: Spelling, pairs: Pairs, default: Piece | None) -> Piece:
    total = spelling.applied("undefined", []) if default is None else default
    listed = _listed("Piecewise[{", "{#1, #2}", ", ", "", "}")(spelling, pairs, None)
    return spelling.filled(Form("#1, #2]"), [listed, total])


def _element(before: str, behind: str, offset: int = 0) -> Callable[[str, Sequence[int]], str]:
    return lambda base, indices: f"{base}{before}{', '.join(str(i - offset) for i in indices)}{behind}"


def _apart(words: frozenset[str] | set[str], mark: str) -> Callable[[str], str]:
    """Names that mean something get a mark."""
    return lambda name: name + mark if name in words else name


def _scientific(mark: str) -> Callable[[str], str]:
    return lambda text: re.sub("[eE]", mark, text)


_NUMBERS = ("EulerGamma", "GoldenRatio", "Catalan")
"""Numbers by the names that SymPy and Mathematica have for them."""


_ENDLESS = ("Inf", "inf", "NaN", "nan")


def _mathematica_name(name: str) -> str:
    """x_1 is Subscript[x, 1]; one-letter names of Mathematica's own get a $."""
    base, _, index = name.partition("_")
    if index and base:
        return f"Subscript[{_mathematica_name(base)}, {index.replace('_', '$')}]"
    return f"{name}$" if name in set("CDEIKNO") | {"Pi", "Degree", *_NUMBERS} else name.replace("_", "$")


def _mathematica_number(text: str) -> str:
    return re.sub("[eE][+]?", "*^", text)


def _julia_number(text: str) -> str:
    """Whole numbers of many digits would overflow."""
    return text if len(text) < 10 or re.search("[.eE]", text) else f"{text}.0"


def _latex_number(text: str) -> str:
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent:
        return text
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def _aligned(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return lines[0].replace("&= ", "= ", 1) if lines[0].partition(" ")[2].startswith("&= ") else lines[0]
    body = " \\\\\n".join(lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def _latex_calls() -> dict[str, str]:
    """TeX's own commands where it has one for a name or an alias, else upright words."""
    found = {}
    for op in TABLE.values():
        names = [name for name in (*op.aliases, op.reading, op.name) if f" {name} " in _TEX]
        if op.symbol or op.conditions or not op.arguments or (op.sympy and not names):  # the formula says more
            continue
        found[op.name] = f"\\{names[0]}" if names else rf"\operatorname{{{op.name}}}"
    return found


_SHAPED = ("sqrt", "cbrt", "Abs", "floor", "ceiling", "gamma", "digamma")
"""Functions that LaTeX writes with shapes of their own; letters such as K and S would be read as variables."""
_TEX = " arccos arcsin arctan cos cosh cot coth csc det exp ln log max min sec sin sinh tan tanh "
"""What TeX has a command for."""
_NATURAL = "expm1 log1p log2 log10 hypot gamma erfinv digamma polygamma beta"
_CODE = ELEMENTARY + " " + _NATURAL + " log Max=max Min=min Abs=abs ceiling=ceil"
_CONSTANTS = {"pi": "pi", "E": "E", "True": "True", "False": "False"}

_MATH = (
    "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp expm1 log log1p log2 log10 sqrt cbrt"
    " hypot erf erfc gamma loggamma=lgamma floor ceiling=ceil"
)
_SPECIAL = "erfi erfinv digamma polygamma beta LambertW=lambertw"
_PYTHON = _infix("**", "and or not")
_JULIA = _infix("^", "&& || !")
_EXCEL = _infix("^", "AND OR NOT", "< <= > >= = <>")
_ARCS = "sin cos tan cot sec csc sinh cosh tanh coth sech csch"
_CELLS = f"{_ARCS} asin acos atan asinh acosh atanh exp sqrt sign erf erfc gamma"

_OWN: dict[str, Spelling] = {
    "python": Spelling(
        forms={
            **_PYTHON,
            "Mod": Form("#1 % #2", PRODUCT, (PRODUCT, SIGN)),
            "undefined": Form("math.nan"),
        },
        calls={
            **{op: f"math.{name}" for op, name in called(_MATH).items()},
            **{op: f"special.{name}" for op, name in called(_SPECIAL).items()},
            **called("Abs=abs Max=max Min=min"),
        },
        cases=_nested("#2 if #1 else #3", ELSE),
        name=_apart({*keyword.kwlist, "math", "special"}, "_"),
        element=_element("[", "]", 1),
        constants={**_CONSTANTS, "pi": "math.pi", "E": "math.e"},
    ),
    "sympy": Spelling(
        forms={
            **_PYTHON,
            "Eq": Form("Eq(#1, #2)"),
            "Ne": Form("Ne(#1, #2)"),
            "and": Form("And(#1, #2)"),
            "or": Form("Or(#1, #2)"),
            "Not": Form("Not(#1)"),
            "log2": Form("log(#1, 2)"),
            "log10": Form("log(#1, 10)"),
            "cbrt": Form("sign(#1)*Abs(#1)**(1/3)", PRODUCT),
            "det": Form("#1.det()"),
        },
        matrix=("Matrix([[", ", ", "], [", "]])"),
        calls=called(
            ELEMENTARY + " log Abs sign Max Min ceiling Mod Heaviside atan2 erfi erfinv loggamma digamma polygamma beta"
            " sinc LambertW factorial"
        ),
        cases=_listed("Piecewise(", "(#1, #2)", ", ", "(#1, True)", ")"),
        name=_apart({*keyword.kwlist, *_NUMBERS, "I", "oo", "zoo", "nan"}, "_"),
        element=_element("[", "]"),
        constants=_CONSTANTS,
        statement=None,
    ),
    "julia": Spelling(
        forms={**_JULIA, "undefined": Form("NaN"), "atan2": Form("atan(#1, #2)")},
        calls=called(_CODE + " cbrt sign Mod=mod erfi loggamma LambertW=lambertw acot sec csc cot"),
        cases=_nested("#1 ? #2 : #3", ELSE),
        name=_apart({"if", "else", "end", "for", "function", "let", "pi", "true", "false", "im", "Inf", "NaN"}, "_"),
        element=_element("[", "]"),
        number=_julia_number,
        constants={"pi": "pi", "E": "ℯ", "True": "true", "False": "false"},
    ),
    "matlab": Spelling(
        forms={
            **_infix("^", "&& || ~", "< <= > >= == ~="),
            "pow": Form("#1^#2", POWER, (POSTFIX, POSTFIX)),
            "cbrt": Form("nthroot(#1, 3)"),
            "polygamma": Form("psi(#1, #2)"),
            "undefined": Form("NaN"),
        },
        calls=called(_CODE + " sign Mod=mod atan2 loggamma=gammaln digamma=psi LambertW=lambertw"),
        cases=_listed("piecewise(", "#2, #1", ", ", "#1", ")"),
        binary=frozenset({"Max", "Min"}),
        name=_apart({"end", "for", "function", "if", "else", "pi", "true", "false", "i", "j", *_ENDLESS}, "_"),
        element=_element("(", ")"),
        constants={"pi": "pi", "E": "exp(1)", "True": "true", "False": "false"},
        lines=lambda lines: "\n".join(f"{line};" for line in lines),
        several=None,
    ),
    "maxima": Spelling(
        forms={
            **_infix("^", "and or not", "< <= > >= = #"),
            "polygamma": Form("psi[#1](#2)"),
            "digamma": Form("psi[0](#1)"),
            "log2": Form("log(#1)/log(2)", PRODUCT),
            "log10": Form("log(#1)/log(10)", PRODUCT),
            "cbrt": Form("signum(#1)*abs(#1)^(1/3)", PRODUCT),
            "undefined": Form("und"),
            "factorial": Form("#1!", POSTFIX, (POSTFIX,)),
        },
        calls=called(
            ELEMENTARY + " log Abs=abs sign=signum Max=max Min=min ceiling Mod=mod atan2 erfi erfinv=inverse_erf"
            " loggamma=log_gamma beta LambertW=lambert_w Heaviside=hstep det=determinant"
        ),
        matrix=("matrix([", ", ", "], [", "])"),
        cases=_nested("if #1 then #2 else #3", ELSE),
        name=_apart({"if", "then", "else", "do", "for", "and", "or", "not", "lambda", "true", "false", *_NUMBERS}, "_"),
        element=_element("[", "]"),
        constants={"pi": "%pi", "E": "%e", "True": "true", "False": "false"},
        statement="#1: #2",
        lines=lambda lines: "\n".join(f"{line};" for line in lines),
        several=None,
    ),
    "mathematica": Spelling(
        forms={
            **_infix("^", "&& || !"),
            "log2": Form("Log[2, #1]"),
            "log10": Form("Log[10, #1]"),
            "atan2": Form("ArcTan[#2, #1]"),
            "digamma": Form("PolyGamma[0, #1]"),
            "undefined": Form("Indeterminate"),
            "factorial": Form("#1!", POSTFIX, (POSTFIX,)),
        },
        calls={
            **{name: name.capitalize() for name in f"{_ARCS} exp sqrt floor ceiling erf erfc erfi gamma sinc".split()},
            **{f"a{name}": f"Arc{name.capitalize()}" for name in _ARCS.split()},
            **called(
                "log=Log Abs sign=Sign Max Min Mod cbrt=CubeRoot erfinv=InverseErf loggamma=LogGamma"
                " polygamma=PolyGamma beta=Beta LambertW=ProductLog sigmoid=LogisticSigmoid relu=Ramp det=Det"
            ),
        },
        matrix=("{{", ", ", "}, {", "}}"),
        cases=_mathematica_cases,
        name=_mathematica_name,
        element=_element("[[", "]]"),
        number=_mathematica_number,
        constants={**_CONSTANTS, "pi": "Pi"},
        call=("[", ", ", "]"),
        lines=";\n".join,
        several=("{", "}"),
    ),
    "excel": Spelling(
        forms={
            **_EXCEL,
            "neg": Form("-#1", POSTFIX - 0.5, (POSTFIX,)),
            "pow": Form("#1^#2", POWER, (POSTFIX, POSTFIX)),
            "and": Form("AND(#1, #2)"),
            "or": Form("OR(#1, #2)"),
            "Not": Form("NOT(#1)"),
            "atan2": Form("ATAN2(#2, #1)"),
            "ceiling": Form("-INT(-#1)", SIGN, (POSTFIX,)),
            "log2": Form("LOG(#1, 2)"),
            "cbrt": Form("SIGN(#1)*ABS(#1)^(1/3)", PRODUCT),
            "undefined": Form("NA()"),
        },
        calls={
            **{name: name.upper() for name in _CELLS.split()},
            **called("Abs=ABS Max=MAX Min=MIN Mod=MOD log=LN log10=LOG10 loggamma=GAMMALN floor=INT"),
        },
        cases=_nested("IF(#1, #2, #3)", POSTFIX),
        name=_apart({"R", "C", "r", "c", "TRUE", "FALSE"}, "_"),
        element=lambda base, indices: f"{base}_{'_'.join(map(str, indices))}",
        number=_scientific("E"),
        constants={"pi": "PI()", "E": "EXP(1)", "True": "TRUE", "False": "FALSE"},
        statement=None,
        several=None,
        begin="=",
    ),
    "latex": Spelling(
        forms={
            **_infix("^", r"\land \lor \lnot", r"< \le > \ge = \ne"),
            **{name: Form(TABLE[name].latex) for name in _SHAPED},
            "mul": Form(r"#1 \cdot #2", PRODUCT, (PRODUCT, PRODUCT + 0.5)),
            "div": Form(r"\frac{#1}{#2}", PRODUCT + 0.5),
            "neg": Form("-#1", SIGN, (PRODUCT,)),
            "pow": Form("#1^{#2}", POWER, (POSTFIX, 0)),
            "exp": Form("e^{#1}", POWER, (0,)),
            "log2": Form(r"\log_{2}\left(#1\right)"),
            "log10": Form(r"\log_{10}\left(#1\right)"),
            "polygamma": Form(r"\psi^{(#1)}\left(#2\right)"),
            "Not": Form(r"\lnot \left(#1\right)", NOT),
            "factorial": Form("#1!", POSTFIX, (POSTFIX,)),
        },
        matrix=(r"\begin{bmatrix} ", " & ", r" \\ ", r" \end{bmatrix}"),
        calls=_latex_calls(),
        cases=_listed(r"\begin{cases} ", r"#1 & \text{if } #2", r" \\ ", r"#1 & \text{otherwise}", r" \end{cases}"),
        name=letters.name,
        element=lambda base, indices: letters.name(f"{base}[{','.join(map(str, indices))}]"),
        number=_latex_number,
        constants={"pi": r"\pi", "E": "e", "True": r"\top", "False": r"\bot"},
        brackets=(r"\left(", r"\right)"),
        call=(r"\left(", ", ", r"\right)"),
        statement="#1 &= #2",
        lines=_aligned,
        several=None,
    ),
}  # fmt: skip

SPELLINGS = {
    syntax: replace(own, forms={**own.forms, **FORMS.get(syntax, {})}, calls={**own.calls, **CALLS.get(syntax, {})})
    for syntax, own in _OWN.items()
}
"""Each notation's spelling."""
