"""Mathematica's input form, read by SymPy's Mathematica parser.

Blanks are products, functions have square brackets, `x[[1]]` is the input `x[1]`, `\\[Lambda]` is `lambda`.
"""

from __future__ import annotations

import re
from typing import Any

from adcli.errors import SyntaxFault
from adcli.language.foreign.operators import Statements, unknown
from adcli.language.foreign.words import Called, Word
from adcli.language.words import depths

_WORD = re.compile(
    r"(?P<comment>\(\*.*?\*\))"
    r"|(?P<blank>\s+)"
    r"|(?P<element>[A-Za-z]\w*\s*\[\[\s*\d+(?:\s*,\s*\d+)*\s*\]\])"
    r"|(?P<subscript>Subscript\s*\[\s*[A-Za-z]\w*\s*,\s*\w+\s*\])"
    r"|(?P<function>[A-Za-z][A-Za-z0-9]*\s*\[(?!\[))"
    r"|(?P<name>[A-Za-z$][A-Za-z0-9$]*|[^\W\d_]|\\\[[A-Za-z]+\])"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:\*\^[+-]?\d+)?)"
    r"|(?P<operator><=|>=|==|!=|[-+*/^<>])"
    r"|(?P<open>[({])"
    r"|(?P<close>[)}\]])"
    r"|(?P<comma>,)"
    r"|(?P<end>;)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}

_ARCS = "Sin Cos Tan Cot Sec Csc Sinh Cosh Tanh Coth Sech Csch"
_SAME = _ARCS + " Exp Log Sqrt Abs Sign Max Min Floor Ceiling Mod Erf Erfc Erfi Gamma Beta Sinc Log2 Log10"
_FUNCTIONS: dict[str, Called] = {
    **{name: Called(name if name in ("Max", "Min", "Mod", "Abs") else name.lower()) for name in _SAME.split()},
    **{f"Arc{name}": Called(f"a{name.lower()}") for name in _ARCS.split()},
    "InverseErf": Called("erfinv"),
    "LogGamma": Called("loggamma"),
    "PolyGamma": Called("polygamma"),
    "ProductLog": Called("LambertW"),
    "CubeRoot": Called("cbrt"),
    "LogisticSigmoid": Called("sigmoid"),
    "Ramp": Called("relu"),
    "HeavisideTheta": Called("Heaviside"),
    "If": Called("If"),
    "Piecewise": Called("Piecewise"),
}
_TWO = {"Log": Called("log", (1, 0)), "ArcTan": Called("atan2", (1, 0))}
"""Functions whose second argument makes them another one: Log[b, x], ArcTan[x, y]."""
_CONSTANTS = {"Pi": "pi", "E": "E", "\\[Pi]": "pi", "\\[ExponentialE]": "E"}
_TRUTH = ("True", "False")
_INSTEAD = {
    "_": "a name cannot have an underscore in Mathematica: Subscript[x, 1] is x_1",
    "=": "assignments belong to adcli's own syntax",
    "!": "write the factorial n! as Gamma[n + 1]",
    "&": "write nested If for two conditions",
    "@": "write f[x]",
    "#": "pure functions are not read",
    '"': "there are no strings here",
}


class Reader(Statements):
    """From Mathematica to SymPy. A semicolon ends a statement."""

    words = _WORD
    most = 3_000  # SymPy's reader takes a millisecond a word
    closing = _CLOSING
    products = True
    instead = _INSTEAD

    def plain(self, words: list[Word]) -> list[Word]:
        """The words with elements and subscripts as names; a list is refused outside Piecewise."""
        self._statement = words
        found = []
        cases = any(word.kind == "function" and word.text.startswith("Piecewise") for word in words)
        for word in words:
            if word.text == "{" and not cases:
                raise SyntaxFault("a list is no formula", word.span)
            if word.kind == "element":
                base, _, index = "".join(word.text.split()).partition("[[")
                word = word._replace(kind="name", text=f"{base}[{index[:-1]}")
            elif word.kind == "subscript":
                base, _, index = "".join(word.text.split())[len("Subscript[") : -1].partition(",")
                word = word._replace(kind="name", text=f"{base}_{index}")
            found.append(word)
        return found

    def spelling(self, word: Word) -> str:
        """A word as SymPy's reader gets it."""
        text = word.text
        if word.kind == "number":
            return self.stand_ins.number(text.replace("*^", "e"))
        if word.kind == "name":
            if text in _TRUTH:
                return text
            if text in _CONSTANTS:
                return self.stand_ins.constant(_CONSTANTS[text])
            if text == "I":
                raise SyntaxFault("adcli has no complex numbers, such as I", word.span)
            if text in _FUNCTIONS:
                raise SyntaxFault(f"{text} needs brackets around its arguments: {text}[…]", word.span)
            return self.stand_ins.name(_plain(text, word))
        if word.kind == "function":
            name = text[:-1].rstrip()
            called = _FUNCTIONS.get(name)
            if called is None:
                raise unknown(name, word, list(_FUNCTIONS))
            if name in _TWO and _has_two(self._statement, word):
                called = _TWO[name]
            return self.stand_ins.call(called) + "["
        return text

    def read(self, spelling: str) -> Any:
        """SymPy's expression."""
        import sympy
        from sympy.parsing.mathematica import parse_mathematica

        with sympy.evaluate(False):
            return parse_mathematica(spelling)


def _plain(text: str, word: Word) -> str:
    """A variable's name; \\[CapitalDelta] is Delta, \\[Lambda] is lambda."""
    if not text.startswith("\\["):
        if "$" in text:
            raise SyntaxFault("a variable's name has letters and digits only", word.span)
        return text
    letter = text[2:-1]
    return letter.removeprefix("Capital") if letter.startswith("Capital") else letter.lower()


def _has_two(words: list[Word], function: Word) -> bool:
    """Whether the call that *function* opens has a comma of its own."""
    inside = [word for word in words if word.start > function.start]
    for word, depth in zip(inside, depths("open" if w.kind == "function" else w.kind for w in inside), strict=True):
        if depth < 0:
            return False
        if word.kind == "comma" and not depth:
            return True
    return False
