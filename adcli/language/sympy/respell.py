"""adcli's words, spelled anew for SymPy's parser.

SymPy's parser evaluates Python. What reaches it is therefore spelled from adcli's tokens and contains nothing
of the text itself: every name, number and function is an identifier `n0`, `n1`, … that stands for an object,
so that `lambda`, `N` or `beta` are variables like any other and nothing can be called but what was put there.
Where the two languages differ (conditions, bars, elements), the spelling is a call.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any, TypeAlias

from adcli.language.reading import ALTERNATIVES, alternatives
from adcli.language.words import Token, closing

Expr: TypeAlias = Any

COMPARISONS = {"<": "Lt", "<=": "Le", ">": "Gt", ">=": "Ge", "==": "Eq", "!=": "Ne"}
BARS = {"|": "Abs"}

Piece: TypeAlias = tuple[str, str]
"""(kind, spelling) of what stands between two brackets: an "operand", an "operator" or a "keyword"."""


class Speller:
    """Spells words for SymPy's parser; `objects` is what the identifiers in the spelling stand for.

    *name*, *number*, *function* and *element* give the object of a word: a SymPy expression for the first two,
    something to call with SymPy expressions for the others. *deferred* may claim a call: given the words of its
    arguments, it returns something to call with none, which then reads them itself (a sum binds a name).
    """

    def __init__(
        self,
        name: Callable[[Token], Expr],
        number: Callable[[Token], Expr],
        function: Callable[[Token, int], Callable[..., Expr]],
        element: Callable[[Token], Callable[..., Expr]] | None = None,
        deferred: Callable[[Token, Sequence[Token]], Callable[[], Expr] | None] = lambda word, arguments: None,
    ) -> None:
        import sympy

        self.name, self.number, self.function, self.element = name, number, function, element
        self.deferred = deferred
        self.objects: dict[str, Any] = {
            known: getattr(sympy, known) for known in ("And", "Or", "Not", "Abs", *COMPARISONS.values())
        }
        self.objects["Where"] = lambda c, x, y: sympy.Piecewise((x, c), (y, True))
        self._known: dict[tuple[str, str], str] = {}

    def _stand_in(self, thing: Any) -> str:
        identifier = f"n{len(self.objects)}"
        self.objects[identifier] = thing
        return identifier

    def _leaf(self, word: Token, meaning: Callable[[Token], Expr]) -> str:
        key = (word.kind, word.text)
        if key not in self._known:
            self._known[key] = self._stand_in(meaning(word))
        return self._known[key]

    def spell(self, words: Sequence[Token]) -> str:
        """The words of one statement for SymPy's parser. They must be well formed: adcli has read them before."""
        groups: list[tuple[str, list[str]]] = [("", [])]  # per open bracket: what is called, and the items so far
        levels: list[list[Piece]] = [[]]  # and the pieces of its current item
        position = 0
        while position < len(words):
            word = words[position]
            position += 1
            if word.kind == "number":
                levels[-1].append(("operand", self._leaf(word, self.number)))
            elif word.kind == "name":
                levels[-1].append(("operand", self._leaf(word, self.name)))
            elif word.kind in ("function", "element"):
                end = closing(words, position)
                reader = self.deferred(word, words[position + 1 : end]) if word.kind == "function" else None
                if reader is not None:
                    levels[-1].append(("operand", self._stand_in(reader) + "()"))
                    position = end + 1
                    continue
                if word.kind == "function":
                    called = self._stand_in(self.function(word, words[end].end))
                else:
                    assert self.element is not None, "an element where there are none"
                    called = self._leaf(word, self.element)
                position += 1  # its bracket
                groups.append((called, []))
                levels.append([])
            elif word.kind == "open" and word.text == "[":
                part = levels[-1].pop()[1] if levels[-1] and levels[-1][-1][0] == "operand" else ""
                groups.append(("Part", [part]) if part else ("List", []))
                levels.append([])
            elif word.text == "." and word.kind == "operator":
                levels[-1].append(("operand", f"Turned({levels[-1].pop()[1]})"))
                position += 1  # its T
            elif word.kind == "open":
                groups.append((BARS.get(word.text, ""), []))
                levels.append([])
            elif word.kind == "close":
                called, items = groups.pop()
                items.append(_item(levels.pop()))
                levels[-1].append(("operand", f"{called}({', '.join(items)})"))
            elif word.text == ",":
                groups[-1][1].append(_item(levels[-1]))
                levels[-1] = []
            elif word.kind == "keyword":
                levels[-1].append(("keyword", word.text))
            else:
                levels[-1].append(("operator", "**" if word.text == "^" else word.text))
        return ", ".join([*groups[0][1], _conditions(levels[0])])


def read(text: str, objects: dict[str, Any]) -> list[Expr]:
    """What SymPy's parser makes of a spelling: one expression for each item between commas."""
    from sympy.parsing.sympy_parser import parse_expr

    found = parse_expr(text, local_dict=objects, global_dict={"__builtins__": {}}, transformations=())
    return list(found) if isinstance(found, tuple) else [found]


def _item(pieces: list[Piece]) -> str:
    """What stands between commas, which in an index may be a slice."""
    if ("operator", ":") not in pieces or ("operator", "?") in pieces:
        return _conditions(pieces)
    bounds = [_conditions(part) if part else "None" for part in _split(pieces, {":"})]
    return f"Slice({', '.join(bounds)})"


def _conditions(pieces: list[Piece]) -> str:
    """An item's spelling. Python's `and` and `==` are not what SymPy means by them, so they become calls."""
    if all(kind == "operand" or spelling not in _LOOSE for kind, spelling in pieces):
        return " ".join([spelling for _, spelling in pieces])
    signs = [spelling for kind, spelling in pieces if kind != "operand" and spelling in ALTERNATIVES]
    if signs:
        items = [_conditions(part) for part in _split(pieces, ALTERNATIVES)]
        return alternatives(signs, items, lambda c, a, b: f"Where({c}, {a}, {b})", lambda i: ValueError(signs[i]))
    for keyword, called in (("or", "Or"), ("and", "And")):
        parts = _split(pieces, {keyword})
        if len(parts) > 1:
            return f"{called}({', '.join([_conditions(part) for part in parts])})"
    if pieces[0] == ("keyword", "not"):
        return f"Not({_conditions(pieces[1:])})"
    sides = [" ".join([spelling for _, spelling in part]) for part in _split(pieces, set(COMPARISONS))]
    signs = [COMPARISONS[spelling] for kind, spelling in pieces if kind == "operator" and spelling in COMPARISONS]
    links = [f"{sign}({a}, {b})" for sign, a, b in zip(signs, sides, sides[1:], strict=False)]
    return links[0] if len(links) == 1 else f"And({', '.join(links)})"


_LOOSE = {*COMPARISONS, *ALTERNATIVES, "and", "or", "not"}


def _split(pieces: Sequence[Piece], at: Container[str]) -> list[list[Piece]]:
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece[0] != "operand" and piece[1] in at:
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts
