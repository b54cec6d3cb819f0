"""Parts of arrays as programs write them: x(2:end), x[1:-1], x[[2;;3]], A[:, 0]; in a tree a call of ":"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from adcli.errors import Span, SyntaxFault
from adcli.language.arrays.shapes import described
from adcli.language.notations.notation import Notation, Slices, Word
from adcli.language.notations.trees import CALL, ELEMENT, MISSING, NAME, Tree, number

RANGE = ":"
"""The call that a range is: of its bounds, which may be missing, and of a step."""
_OPENING = frozenset({"call", "open", "index", "method"})
_OPERANDS = frozenset({"name", "close"})


@dataclass
class _Bracket:
    """A bracket that is open: whether it holds indices, where its parts begin, and the signs of ranges in the last."""

    indices: bool
    parts: list[int]
    signs: list[list[int]] = field(default_factory=lambda: [[]])
    alternatives: int = 0


def with_ranges(notation: Notation, words: Sequence[Word]) -> list[Word]:
    """The words, those of a range in an index as a call."""
    slices, found = notation.slices, list[Word]()
    opened: list[_Bracket] = []
    if slices is None or all(word.text != slices.sign for word in words):
        return list(words)
    for word in words:
        bracket = opened[-1] if opened else None
        if word.kind in _OPENING:
            before = found[-1].kind if found else ""
            called = word.kind == "call" and notation.calls_index
            unknown = called and word.text[:-1].strip() not in notation.functions
            indices = unknown or (word.kind == "index" and (before in _OPERANDS or word.text not in notation.lists))
            found.append(word)
            opened.append(_Bracket(indices, [len(found)]))
            continue
        if word.kind == "close" and bracket is not None:
            opened.pop()
            if bracket.indices:
                _call(found, bracket, word)
        elif bracket is not None and bracket.indices:
            if word.kind == "comma":
                bracket.parts.append(len(found) + 1)
                bracket.signs.append([])
            elif word.text == "?":
                bracket.alternatives += 1
            elif word.text == slices.sign and bracket.alternatives:
                bracket.alternatives -= 1
            elif word.text == slices.sign:
                bracket.signs[-1].append(len(found))
        found.append(word)
    return found


def _call(found: list[Word], bracket: _Bracket, closing: Word) -> None:
    """Make calls of the ranges between the last words' bracket."""
    ends = [*[start - 1 for start in bracket.parts[1:]], len(found)]
    for start, end, signs in reversed(list(zip(bracket.parts, ends, bracket.signs, strict=True))):
        if not signs:
            continue
        first = found[start].start
        last = found[end - 1].end if end > start else closing.start
        for place in signs:
            found[place] = Word("comma", ",", *found[place].span)
        found.insert(end, Word("close", ")", last, last))
        found.insert(start, Word("call", f"{RANGE}(", first, first))


def is_range(tree: Tree) -> bool:
    """Whether an index is several."""
    return tree.kind == CALL and tree.text == RANGE


def needs_size(tree: Tree, slices: Slices) -> bool:
    """Whether it can only be told where the array's size is known."""
    inside = [tree]
    while inside:
        part = inside.pop()
        if is_range(part) or (part.kind == NAME and part.text in (slices.last, slices.every)):
            return True
        inside += part.parts
    return False


def places(tree: Tree, name: str, size: int, slices: Slices, offset: int, whole: Callable[[Tree], int]) -> int | range:
    """The places, from 0, of an index along a dimension of this size. Raises SyntaxFault."""
    if tree.kind == NAME and tree.text == slices.every != "":
        return range(size)
    if not is_range(tree):
        return _place(whole(tree) + offset, name, size, slices, tree.span, offset)
    parts: list[int | None] = [None if part.kind == MISSING else whole(part) for part in tree.parts]
    if len(parts) > 3 or (len(parts) == 3 and parts[1 if slices.step_between else 2] == 0):
        raise SyntaxFault("a range has two bounds, and a step that is not 0", tree.span)
    first, last, step = (
        (parts[0], parts[2], parts[1]) if len(parts) == 3 and slices.step_between else (*parts, None)[:3]
    )
    if offset:  # as Python has them: the end is not in it, and beyond the ends there is nothing
        found = range(size)[slice(first, last, step)]
    else:
        step = 1 if step is None else step
        bounds = [size if step < 0 else 1] if first is None else [first]
        bounds += [1 if step < 0 else size] if last is None else [last]
        low, high = (bound + size + 1 if bound < 0 and slices.backwards else bound for bound in bounds)
        found = range(low - 1, high if step > 0 else high - 2, step)
    if not found:
        raise SyntaxFault("this range is empty", tree.span)
    if min(found) < 0 or max(found) >= size:
        raise SyntaxFault(f"there is no such element: there {name} has {size:,}", tree.span)
    return found


def _place(index: int, name: str, size: int, slices: Slices, span: Span, offset: int) -> int:
    back = index < 1 and (offset or (slices.backwards and index < 0))
    place = index + size + (0 if offset else 1) if back else index
    if not 1 <= place <= size:
        said = f"elements are counted from {1 - offset}" if index < 1 and not back else ""
        raise SyntaxFault(said or f"there is no such element: {name} is {described((size,))} there", span)
    return place - 1


def element(*indices: str) -> Callable[[Tree], Tree]:
    """First[x] as x[[1]], Rest[x] as x[[2;;]]: "2:" is a range, "#" the call's own next argument."""

    def write(tree: Tree) -> Tree:
        base, *given = tree.parts or (tree,)
        if base.kind != NAME:
            raise SyntaxFault(f"{tree.text} is read of a name only", tree.span)
        arguments = iter(given)

        def bound(text: str) -> Tree:
            if not text:
                return Tree(MISSING, "", (), tree.span)
            if text == "#":
                found = next(arguments, None)
                if found is None:
                    raise SyntaxFault(f"an argument of {tree.text} is missing", tree.span)
                return found
            return number(text, tree.span)

        parts = []
        for index in indices or ["#"] * len(given):
            low, sign, high = index.partition(":")
            parts.append(Tree(CALL, RANGE, (bound(low), bound(high)), tree.span) if sign else bound(low))
        if next(arguments, None) is not None:
            raise SyntaxFault(f"{tree.text} has too many arguments", tree.span)
        return Tree(ELEMENT, base.text, parts, tree.span)

    return write
