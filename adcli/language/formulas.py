"""A node's formula in adcli's language, in pieces: with as few brackets as its precedences allow."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any

from adcli.graphs import Graph
from adcli.ops import ADD, DIV, INPUT, LITERAL, MUL, NEG, NOT, POW, SUB, UNDEFINED, WHERE, Op

Rope = Any
"""Text in pieces: a string, or a list of ropes. Joining strings at each level would take quadratic time."""
Fragment = tuple[int, Rope]
"""A piece of formula, and the precedence of its outermost operation (9: it stands as it is)."""

ATOM = 9
CHAINS = {ADD: 5, SUB: 5, MUL: 6, DIV: 6}
"""Operations that are folded from the left; chains of equal precedence need no brackets."""
_JUNCTIONS = {"and": 2, "or": 1}
"""Their precedences."""
SIDES = {"and": 1, "or": 2}
"""Which argument of the `where` that stands for one is its right side."""


class Input(str):
    """The name of an input, where it stands for the input: told apart in the text from names that are assigned."""

    __slots__ = ()


def formula(graph: Graph, node: int, limit: int = 10_000) -> str | None:
    """The formula of *node* in terms of the inputs, everything written out; None where it is longer than *limit*."""
    done: dict[int, tuple[Fragment, int]] = {}  # fragments and their lengths
    waiting = [node]
    while waiting:
        current = waiting[-1]
        op, args = graph.ops[current], graph.args[current]
        missing = [a for a in args if a not in done]
        if missing:
            if len(waiting) > 2 * limit:  # deeper than the text may be long
                return None
            waiting += reversed(missing)
            continue
        waiting.pop()
        if current in done:
            continue
        length = sum(done[a][1] for a in args) + 1
        if length > limit:
            return None
        done[current] = (operation(graph, op, current, [done[a][0] for a in args]), length)
    text = joined(done[node][0][1])
    return text if len(text) <= limit else None


def joined(rope: Rope) -> str:
    if isinstance(rope, str):
        return rope
    pieces: list[str] = []
    waiting = [rope]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            waiting += reversed(piece)
    return "".join(pieces)


def _inside(fragment: Fragment, least: int) -> Rope:
    """A fragment as an operand: in brackets where its precedence is less than *least*."""
    precedence, rope = fragment
    return rope if precedence >= least else ["(", rope, ")"]


def leaf(graph: Graph, node: int) -> Fragment:
    label = graph.labels[node]
    if graph.ops[node] is INPUT:
        return ATOM, Input(label)
    return (NEG.precedence if label.startswith("-") else ATOM, label)


def _folded(precedence: int, signs: Sequence[str], operands: Sequence[Fragment], begun: bool = False) -> Fragment:
    """Operands with signs between them, folded from the left; *begun*: the first is a chain that goes on."""
    pieces: list[Rope] = [_inside(operands[0], precedence + (not begun))]
    for sign, operand in zip(signs, operands[1:], strict=True):
        pieces += (sign, _inside(operand, precedence + 1))
    return precedence, pieces


def chain(ops: Sequence[Op], operands: Sequence[Fragment], begun: bool = False) -> Fragment:
    """A sum or product."""
    precedence = ops[0].precedence
    signs = [f" {op.symbol} " if precedence == ADD.precedence else op.symbol for op in ops]
    return _folded(precedence, signs, operands, begun)


def junction(word: str, operands: Sequence[Fragment], begun: bool = False) -> Fragment:
    """A chain of "and", or of "or"."""
    return _folded(_JUNCTIONS[word], [f" {word} "] * (len(operands) - 1), operands, begun)


def _call(name: str, operands: Iterable[Fragment]) -> Fragment:
    pieces: list[Rope] = [name, "("]
    for i, (_, rope) in enumerate(operands):
        pieces += (", ", rope) if i else (rope,)
    pieces.append(")")
    return ATOM, pieces


def piecewise(pairs: Sequence[tuple[Fragment, Fragment]]) -> Fragment:
    """Piecewise of pairs (value, condition)."""
    return _call("Piecewise", [(ATOM, ["(", value, ", ", condition, ")"]) for (_, value), (_, condition) in pairs])


def kind(graph: Graph, node: int, named: Container[int] = ()) -> str:
    """ "and" or "or" for the `where` that stands for one, else ""; *named* literals are variables."""
    if graph.ops[node] is not WHERE:
        return ""
    _, then, otherwise = graph.args[node]
    if graph.labels.get(otherwise) == "False" and graph.ops[otherwise] is LITERAL and otherwise not in named:
        return "and"
    if graph.labels.get(then) == "True" and graph.ops[then] is LITERAL and then not in named:
        return "or"
    return ""


def operation(graph: Graph, op: Op, node: int, operands: Sequence[Fragment]) -> Fragment:
    """One operation applied to operands already written; chains are continued."""
    if op is INPUT or op is LITERAL:
        return leaf(graph, node)
    if op in CHAINS:
        return chain([op], operands, begun=True)
    if op is UNDEFINED:
        return piecewise([((ATOM, "0"), (ATOM, "False"))])
    if word := kind(graph, node):
        return junction(word, [operands[0], operands[SIDES[word]]], begun=True)
    if op is POW:
        return POW.precedence, [_inside(operands[0], ATOM), "^", _inside(operands[1], NEG.precedence)]
    if op is NEG:
        # A minus before a number would be the number's sign.
        figure = isinstance(operands[0][1], str) and operands[0][1][0] in "0123456789."
        return NEG.precedence, ["-", _inside(operands[0], ATOM + 1 if figure else NEG.precedence)]
    if op is NOT:
        return NOT.precedence, ["not ", _inside(operands[0], NOT.precedence)]
    if op.symbol:
        left, right = operands
        return op.precedence, [_inside(left, op.precedence + 1), f" {op.symbol} ", _inside(right, op.precedence + 1)]
    return _call(op.name, operands)
