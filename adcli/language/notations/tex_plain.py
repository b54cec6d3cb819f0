"""Plain TeX, as Maxima's tex() and older papers write it, as LaTeX: {a \\over b}, {n \\choose k}, {\\rm max}."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adcli.errors import SyntaxFault
from adcli.language.notations.notation import Word

QUOTIENTS = {r"\over": r"\frac", r"\choose": r"\binom"}
FONTS = {
    r"\rm": r"\mathrm", r"\it": r"\mathit", r"\bf": r"\mathbf", r"\sf": r"\mathsf", r"\tt": r"\mathrm",
    r"\cal": r"\mathcal", r"\sl": r"\mathit",
}  # fmt: skip
"""What holds until its group ends, and what LaTeX has for it."""
WRAPPERS = frozenset({r"\mathop", r"\mathrel", r"\mathbin", r"\mathord", r"\boxed", r"\ensuremath"})
"""What changes nothing but how its argument is set."""
_LEFT, _RIGHT = (r"\left", r"\bigl", r"\Bigl"), (r"\right", r"\bigr", r"\Bigr")


@dataclass
class _Group:
    """A group that is open: the places where it and its contents begin, and that of what divides it."""

    opening: int
    start: int
    middle: int = -1


class _Brackets:
    """What is put before the words at some places, and the words that are left out."""

    def __init__(self) -> None:
        self.before: dict[int, list[Word]] = {}
        self.without: set[int] = set()

    def put(self, place: int, *words: Word, outside: bool = False) -> None:
        """Put *words* before what stands there, and *outside* of what was put there."""
        known = self.before.setdefault(place, [])
        self.before[place] = [*words, *known] if outside else [*known, *words]


def _braced(tokens: list[Word]) -> list[Word]:
    """\\left\\{ and an array for one with a brace in its first column: Piecewise as Mathematica's TeXForm prints it."""
    found: list[Word] = []
    opened: list[bool] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        texts = [word.text for word in tokens[place : place + 9]]
        row = texts.index("}") + 1 if texts[0].startswith(r"\begin") and texts[1:2] == ["{"] and "}" in texts else 0
        if row and texts[row : row + 2] == [r"\{", "&"] and r"\begin{array}" in texts[row + 2 :]:
            found += [Word("command", r"\left", *token.span), tokens[place + row]]
            opened.append(True)
            place += row + 2
            continue
        if texts[0].startswith(r"\begin"):
            opened.append(False)
        elif texts[0].startswith(r"\end") and opened and opened.pop():
            if found[-1].kind == "break":
                found.pop()
            found += [Word("command", r"\right", token.start, token.start), Word("other", ".", *token.span)]
            place += 1
            continue
        found.append(token)
        place += 1
    return found


def as_latex(tokens: list[Word]) -> list[Word]:
    """The words of a text without what only plain TeX has. Raises SyntaxFault where a quotient lacks a part."""
    if any(token.text == r"\begin{array}" for token in tokens):
        tokens = _braced(tokens)
    if not any(token.text in QUOTIENTS or token.text in FONTS or token.text in WRAPPERS for token in tokens):
        return tokens
    brackets = _Brackets()
    opened = [_Group(-1, 0)]
    for place, token in enumerate(tokens):
        text = token.text
        if text in QUOTIENTS:
            if opened[-1].middle >= 0:
                raise SyntaxFault(f"{text} needs braces around one of these quotients", token.span)
            opened[-1].middle = place
        elif text in WRAPPERS:
            brackets.without.add(place)
        elif text == "{" or text in _LEFT or text.startswith(r"\begin"):
            opened.append(_Group(place, place + (2 if text in _LEFT else 1)))
        elif text == "}" or text in _RIGHT or text.startswith(r"\end"):
            _divide(tokens, opened[-1], place, brackets)
            begun = opened.pop().opening if len(opened) > 1 else 0
            if begun > 0 and tokens[begun - 1].text == r"\mathop":
                brackets.without |= {begun, place}
        elif text == "&" or token.kind == "break":
            _divide(tokens, opened[-1], place, brackets)
            opened[-1] = _Group(opened[-1].opening, place + 1)
        elif text in FONTS:
            _upright(tokens, place, brackets)
    _divide(tokens, opened[-1], len(tokens), brackets)
    found: list[Word] = []
    for place, token in enumerate(tokens):
        found += brackets.before.get(place, ())
        if token.text in FONTS:
            found.append(Word("command", FONTS[token.text], token.start, token.end))
        elif token.text not in QUOTIENTS and place not in brackets.without:
            found.append(token)
    return found + brackets.before.get(len(tokens), [])


def _divide(tokens: Sequence[Word], group: _Group, end: int, brackets: _Brackets) -> None:
    """{a \\over b} as {\\frac{a}{b}}."""
    if group.middle < 0:
        return
    sign = tokens[group.middle]
    if group.start >= group.middle or group.middle + 1 >= end:
        raise SyntaxFault(f"something is missing at {sign.text}", sign.span)
    command = Word("command", QUOTIENTS[sign.text], sign.start, sign.end)
    brackets.put(group.start, command, _opening(sign.start, tokens[group.start].start), outside=True)
    brackets.put(group.middle, _closing(sign.start), _opening(sign.start + 1, sign.end))
    brackets.put(end, _closing(tokens[end - 1].end))


def _upright(tokens: Sequence[Word], place: int, brackets: _Brackets) -> None:
    """{\\rm max} as \\mathrm{max}: the letters beside each other."""
    end = place + 1
    while end < len(tokens) and (tokens[end].kind in ("letter", "number") or tokens[end].text == r"\_"):
        if end > place + 1 and tokens[end].start > tokens[end - 1].end:
            break
        end += 1
    if end == place + 1:
        return
    if place and tokens[place - 1].text == "{" and end < len(tokens) and tokens[end].text == "}":
        brackets.without |= {place - 1, end}
    brackets.put(place + 1, _opening(tokens[place].start, tokens[place + 1].start), outside=True)
    brackets.put(end, _closing(tokens[end - 1].end))


def _opening(start: int, end: int) -> Word:
    """A brace that is known by a place of its own, as all that open are."""
    return Word("other", "{", start, end)


def _closing(at: int) -> Word:
    return Word("other", "}", at, at)
