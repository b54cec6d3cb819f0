"""Names in LaTeX: letters with subscripts, Greek letters, words."""

from __future__ import annotations

import re

_WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_GREEK = tuple(_WORDS.split())
GREEK_LETTERS = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", _GREEK, strict=True))
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NUMBERED = re.compile(r"([^\W\d_]+)_?(\d+)")


def name(text: str) -> str:
    """A name of the language: x1 gets a subscript, lambda its letter, a word of several letters stays upright."""
    base, _, place = text.translate(SUBSCRIPTS).partition("[")
    indices = [place.rstrip("]")] if place else []
    numbered = _NUMBERED.fullmatch(base)
    left, _, right = base.partition("_")
    if numbered:
        base = numbered[1]
        indices.insert(0, numbered[2])
    elif left.isalpha() and right:
        base = left
        indices.insert(0, _letter(right))
    return _letter(base) + (f"_{{{','.join(indices)}}}" if indices else "")


def _letter(text: str) -> str:
    """One letter, Greek or not, as it is; anything longer upright."""
    text = GREEK_LETTERS.get(text, text)
    if text in _GREEK:
        return f"\\{text}"
    if text.isascii() and text.isalnum() and (len(text) == 1 or text.isdigit()):
        return text
    word = text.replace("_", "\\_")
    return f"\\mathrm{{{word}}}" if text.isascii() else f"\\text{{{word}}}"
