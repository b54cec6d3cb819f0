"""Names in LaTeX: letters with subscripts, Greek letters, words."""

from __future__ import annotations

import re

_WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_GREEK = tuple(_WORDS.split())
GREEK_LETTERS = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", _GREEK, strict=True))
_OTHERS = dict(zip("ϑϕϱϖςħℓ", ["vartheta", "varphi", "varrho", "varpi", "varsigma", "hbar", "ell"], strict=True))
SPELLED = {**GREEK_LETTERS, **_OTHERS}
"""Letters and their commands."""
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
        parts = right.split("_") if all(right.split("_")) else [right]
        indices = [*map(_letter, parts), *indices]
    return _letter(base) + (f"_{{{','.join(indices)}}}" if indices else "")


def _letter(text: str) -> str:
    """One letter, Greek or not, as it is; anything longer upright."""
    if text in _GREEK:
        return f"\\{text}"
    if text in SPELLED:
        return f"\\{SPELLED[text]}"
    if text.isascii() and text.isalnum() and (len(text) == 1 or text.isdigit()):
        return text
    spelled = "".join(f"\\{SPELLED[c]} " if c in SPELLED else "\\_" if c == "_" else c for c in text).strip()
    return f"\\mathrm{{{spelled}}}" if spelled.isascii() else f"\\text{{{text}}}"
