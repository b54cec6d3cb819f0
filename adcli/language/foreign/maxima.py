"""Maxima's language, read by SymPy's Maxima parser, which evaluates Python: it sees stand-ins and operators only.

Statements end with ; or $, constants are %pi and %e, `x[1]` is the input `x[1]`.
"""

from __future__ import annotations

import re
from typing import Any

from adcli.errors import SyntaxFault
from adcli.language.foreign.operators import Statements, unknown
from adcli.language.foreign.words import Called, Word, listed

_WORD = re.compile(
    r"(?P<comment>/\*.*?\*/)"
    r"|(?P<blank>\s+)"
    r"|(?P<element>[A-Za-z]\w*\s*\[\s*\d+(?:\s*,\s*\d+)*\s*\])"
    r"|(?P<function>[A-Za-z]\w*\s*\()"
    r"|(?P<name>[^\W\d]\w*|%\w+)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eEbBdDfF][+-]?\d+)?)"
    r"|(?P<operator>\*\*|[-+*/^])"
    r"|(?P<open>\()"
    r"|(?P<close>\))"
    r"|(?P<comma>,)"
    r"|(?P<end>[;$])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_CLOSING = {"(": ")"}

_SAME = (
    "sin cos tan sec csc cot asin acos atan acot asec acsc sinh cosh tanh sech csch coth asinh acosh atanh acoth asech"
    " acsch atan2 exp log sqrt abs max min floor mod erf erfc erfi gamma beta"
)
_FUNCTIONS: dict[str, Called] = {
    **{name: Called(name) for name in _SAME.split()},
    "signum": Called("sign"),
    "ceiling": Called("ceiling"),
    "entier": Called("floor"),
    "log_gamma": Called("loggamma"),
    "lambert_w": Called("LambertW"),
    "inverse_erf": Called("erfinv"),
}
_CONSTANTS = {"%pi": "pi", "%e": "E"}
_LETTERS = ("beta", "gamma")
"""Functions that are variables where no bracket follows."""
_INSTEAD = {
    ":": "assignments belong to adcli's own syntax",
    "=": "an equation is no formula",
    "!": "write the factorial n! as gamma(n + 1)",
    "[": "an element is written x[1], with a number",
    "'": "there are no strings here",
    '"': "there are no strings here",
    ".": "there are no attributes here",
}
_WORDS = listed("if then else elseif for do while and or not lambda true false inf minf und ind")
"""Words that are no variables."""


class Reader(Statements):
    """From Maxima to SymPy. A semicolon or a dollar ends a statement."""

    words = _WORD
    most = 20_000  # what Python's own parser, which SymPy's reader calls, is trusted with
    closing = _CLOSING
    products = False
    instead = _INSTEAD

    def plain(self, words: list[Word]) -> list[Word]:
        """The words with elements as names."""
        return [w._replace(kind="name", text="".join(w.text.split())) if w.kind == "element" else w for w in words]

    def spelling(self, word: Word) -> str:
        """A word as SymPy's reader gets it."""
        text = word.text
        if word.kind == "number":
            return self.stand_ins.number(re.sub("[bBdDfF]", "e", text))
        if word.kind == "name":
            if text in _CONSTANTS:
                return self.stand_ins.constant(_CONSTANTS[text])
            if text == "%i":
                raise SyntaxFault("adcli has no complex numbers, such as %i", word.span)
            if text.startswith("%") or text in _WORDS:
                raise SyntaxFault(f"{text} cannot be read here", word.span)
            if text in _FUNCTIONS and text not in _LETTERS:
                raise SyntaxFault(f"{text} needs brackets around its arguments", word.span)
            return self.stand_ins.name(text)
        if word.kind == "function":
            name = text[:-1].rstrip()
            if name not in _FUNCTIONS:
                raise unknown(name, word, list(_FUNCTIONS))
            return self.stand_ins.call(_FUNCTIONS[name]) + "("
        return "^" if text == "**" else text

    def read(self, spelling: str) -> Any:
        """SymPy's expression."""
        import sympy
        from sympy.parsing.maxima import parse_maxima

        known: dict[str, Any] = {name: sympy.Symbol(name) for name in self.stand_ins.meanings}
        known.update({name: sympy.Function(name) for name in self.stand_ins.calls})
        with sympy.evaluate(False):
            return parse_maxima(spelling, name_dict=known)
