"""Spreadsheets' cells: ranges, array constants, what is computed over them, and LET."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import product

from adcli.errors import LimitError, Span, SyntaxFault, counted
from adcli.language.arrays.functions import Row, scalar
from adcli.language.arrays.shapes import Array
from adcli.language.arrays.unroll import Unroll
from adcli.language.notations.notation import Notation, Word
from adcli.language.notations.reductions import over
from adcli.language.notations.trees import CALL, LIST, MISSING, NAME, Tree, number, operation
from adcli.ops import DIV, POW, SQRT, SUB

MAX_CELLS = 100_000
"""Cells of a range."""
CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]+"
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")
TOTAL = "array sum"
"""The sum of all values, as the notation's functions call it."""


def cut(notation: Notation, text: str) -> list[Word]:
    """The words of formulas: a first = begins one, ; is a comma inside brackets, capitals mean nothing."""
    found: list[Word] = []
    opened: list[str] = []
    names: dict[str, str] = {}  # as they are first spelled
    semicolons = any(word.text == ";" and word.kind == "comma" for word in _words(notation, text))
    for word in _words(notation, text):
        kind, said = word.kind, word.text
        if said == "=" and (not found or found[-1].kind == "end"):
            continue
        if kind in ("call", "open"):
            opened.append(said)
        elif kind == "close" and opened:
            opened.pop()
        if kind == "comma" and said == "," and semicolons and "{" not in opened:
            raise SyntaxFault("a comma cannot separate arguments where ; does", word.span, hint="write all with ;")
        if kind == "range":
            found += _cells(word)
            continue
        if kind == "call":
            said = said.upper()
        elif kind == "name":
            said = names.setdefault(said.replace("$", "").upper(), said.replace("$", ""))
        found.append(Word(kind, said, word.start, word.end))
    return [_spelled(word, names) for word in found]


def _spelled(word: Word, names: dict[str, str]) -> Word:
    """A cell of a range as the text spells it elsewhere."""
    if word.kind != "name" or word.text not in names:
        return word
    return Word(word.kind, names[word.text], word.start, word.end)


def _words(notation: Notation, text: str) -> list[Word]:
    """Words, with decimal commas where ; separates: 1,5 there is one number."""
    found: list[Word] = []
    depth: list[str] = []
    for kind, match in notation.matches(text):
        if kind in ("call", "open"):
            depth.append(match[0])
        elif kind == "close" and depth:
            depth.pop()
        if match[0] == ";" and depth:
            kind = "comma"
        found.append(Word(kind, match[0], match.start(), match.end()))
    return _joined(found) if any(w.text == ";" and w.kind == "comma" for w in found) else found


def _joined(words: Sequence[Word]) -> list[Word]:
    found: list[Word] = []
    braces = 0
    for place, word in enumerate(words):
        braces += (word.text == "{") - (word.text == "}")
        if not braces and word.kind == "number" and place > 1 and word.text.isdecimal():
            comma, whole = words[place - 1], words[place - 2]
            adjacent = comma.text == "," and comma.end == word.start and comma.start == whole.end
            if adjacent and whole.kind == "number" and whole.text.isdecimal() and found[-2:] == [whole, comma]:
                found[-2:] = [Word("number", f"{whole.text}.{word.text}", whole.start, word.end)]
                continue
        found.append(word)
    return found


def _cells(word: Word) -> list[Word]:
    """A range as a list of its cells, row by row."""
    ends = [_PLACE.fullmatch(end.upper()) for end in word.text.replace("$", "").split(":")]
    (first, last), rows = (
        sorted(_column(end[1]) for end in ends if end),
        sorted(int(end[2]) for end in ends if end),
    )
    if (last - first + 1) * (rows[1] - rows[0] + 1) > MAX_CELLS:
        raise LimitError(f"a range has at most {MAX_CELLS:,} cells here", word.span)
    cells = [f"{_letters(c)}{r}" for r, c in product(range(rows[0], rows[1] + 1), range(first, last + 1))]
    inner = [Word(kind, text, *word.span) for cell in cells for kind, text in (("comma", ","), ("name", cell))]
    return [Word("open", "{", *word.span), *inner[1:], Word("close", "}", *word.span)]


def _column(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - 64
    return total


def _letters(column: int) -> str:
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def values(tree: Tree) -> list[Tree]:
    """The arguments of a call, with the cells of a range for the range. Raises SyntaxFault."""
    found: list[Tree] = []
    for part in tree.parts:
        if part.kind == MISSING:
            raise SyntaxFault("an argument is missing here", part.span)
        found += part.parts if part.kind == LIST else [part]
    if not found:
        raise SyntaxFault(f"{tree.text} takes 1 argument or more, got 0", tree.span)
    return found


def _binary(op: str, left: Tree, right: Tree) -> Tree:
    return operation(op, left, right, span=left.span)


def _powers(unroll: Unroll, nodes: Sequence[int]) -> int:
    two = scalar(unroll.literal(2))
    return unroll.total(unroll.each(POW, Array((len(nodes),), nodes), two).nodes)


def _mean(unroll: Unroll, nodes: Sequence[int]) -> int:
    return unroll.apply(DIV, unroll.total(nodes), unroll.literal(len(nodes)))


def _deviations(unroll: Unroll, nodes: Sequence[int]) -> int:
    middle, two = _mean(unroll, nodes), unroll.literal(2)
    return unroll.total([unroll.apply(POW, unroll.apply(SUB, node, middle), two) for node in nodes])


SQUARES, MEAN, DEVIATIONS = over(_powers), over(_mean), over(_deviations)
COUNT = over(lambda unroll, nodes: unroll.literal(len(nodes)))


def variance(less: int, root: bool = False) -> Row:
    """Over n, or n - 1."""

    def of(unroll: Unroll, nodes: Sequence[int]) -> int:
        if len(nodes) <= less:
            raise SyntaxFault(f"this takes {counted(less + 1, 'value')} or more", unroll.span)
        found = unroll.apply(DIV, _deviations(unroll, nodes), unroll.literal(len(nodes) - less))
        return unroll.apply(SQRT, found) if root else found

    return over(of)


def paired(combine: Callable[[Sequence[Tree]], Tree]) -> Callable[[Tree], Tree]:
    """The sum over ranges of equal size of what *combine* makes of the values in one place."""

    def write(tree: Tree) -> Tree:
        values(tree)
        if not all(part.kind == LIST for part in tree.parts):
            return Tree(CALL, TOTAL, (combine(tree.parts),), tree.span)
        for part in tree.parts:
            if len(part.parts) != len(tree.parts[0].parts):
                sizes = f"{counted(len(part.parts), 'cell')}, and the first {len(tree.parts[0].parts)}"
                raise SyntaxFault(f"this range has {sizes}", part.span)
        return Tree(
            CALL, TOTAL, [combine(row) for row in zip(*(part.parts for part in tree.parts), strict=True)], tree.span
        )

    return write


def times(row: Sequence[Tree]) -> Tree:
    """Their product."""
    total = row[0]
    for part in row[1:]:
        total = _binary("mul", total, part)
    return total


def difference(row: Sequence[Tree]) -> Tree:
    """The square of their difference."""
    if len(row) != 2:
        raise SyntaxFault("two ranges are expected here", row[0].span)
    return _binary("pow", _binary("sub", *row), number("2", row[0].span))


def let(tree: Tree) -> Tree:
    """LET(name, value, …, formula)."""
    *given, body = tree.parts
    if len(given) < 2 or len(given) % 2:
        raise SyntaxFault("LET takes names with their values, and a formula", tree.span, hint="as in LET(a, 2, a*B1)")
    for name, value in reversed(list(zip(given[::2], given[1::2], strict=True))):
        if name.kind != NAME or re.fullmatch(CELL, name.text):
            raise SyntaxFault("a name is expected here, which is no cell's", name.span)
        span: Span = tree.span
        body = operation("let", name, value, body, span=span)
    return body
