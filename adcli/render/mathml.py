"""Formulas in MathML: what a browser typesets by itself. Every node of the graph is an element that can be found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from adcli.graphs import Graph
from adcli.language.notations.letters import GREEK_LETTERS
from adcli.ops import ABS, ADD, DIV, INPUT, LITERAL, MUL, NEG, POW, SQRT, SUB, Op

_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "-": "−", "*": "·"}
_ATOM = 9
_NAME = re.compile(r"([^\W\d_]+)_?(\w*?)(′*)")
_GREEK = {word: letter for letter, word in GREEK_LETTERS.items()}


class _Piece(NamedTuple):
    """Markup, and the precedence of its outermost operation."""

    text: str
    precedence: int


def statement(graph: Graph, node: int, name: str, named: Mapping[int, str], marks: Mapping[int, str]) -> str:
    """`name = formula`; nodes in *named* stand for themselves within, *marks* become the elements' data-node."""
    right = _written(graph, node, {n: text for n, text in named.items() if n != node}, marks)
    return f'<math display="block"><mrow>{identifier(name)}<mo>=</mo>{right.text}</mrow></math>'


def _written(graph: Graph, root: int, named: Mapping[int, str], marks: Mapping[int, str]) -> _Piece:
    """The formula of a node, of all it is made of, without recursion."""
    found: dict[int, _Piece] = {}
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if node in found:
            continue
        op = graph.ops[node]
        if node in named or op is INPUT:
            piece = _Piece(identifier(named.get(node) or graph.labels[node]), _ATOM)
        elif op is LITERAL:
            piece = number(graph.labels[node])
        elif ready:
            piece = _applied(op, [found[a] for a in graph.args[node]])
        else:
            stack += [(node, True), *((a, False) for a in graph.args[node])]
            continue
        mark = marks.get(node)
        found[node] = (
            piece if mark is None else _Piece(f'<mrow data-node="{mark}">{piece.text}</mrow>', piece.precedence)
        )
    return found[root]


def identifier(name: str) -> str:
    """x₁ for x1, x₁₂ for x[1,2], θ for theta, v_max with an index."""
    base, bracket, index = name.partition("[")
    match = None if bracket else _NAME.fullmatch(base)
    if match and (match[2] or len(match[1]) == 1 or match[1] in _GREEK):
        base, index = match[1] + match[3], match[2]
    written = f"<mi>{escape(_GREEK.get(base, base))}</mi>"
    return f"<msub>{written}<mtext>{escape(index.rstrip(']'))}</mtext></msub>" if index else written


def number(text: str) -> _Piece:
    """A literal: 1.5·10⁻³ for 1.5e-3."""
    if text in ("pi", "E", "True", "False"):
        return _Piece(f"<mi>{ {'pi': 'π', 'E': 'e'}.get(text, text.lower()) }</mi>", _ATOM)
    mantissa, power, exponent = text.lower().partition("e")
    written = f"<mn>{escape(mantissa.replace('-', '−'))}</mn>"
    if not power:
        return _Piece(written, NEG.precedence if text.startswith("-") else _ATOM)
    raised = f"<msup><mn>10</mn><mn>{escape(exponent.lstrip('+').replace('-', '−'))}</mn></msup>"
    return _Piece(f"<mrow>{written}<mo>·</mo>{raised}</mrow>", MUL.precedence)


def _bracketed(text: str, left: str = "(", right: str = ")") -> str:
    return f"<mrow><mo>{left}</mo>{text}<mo>{right}</mo></mrow>"


def _within(piece: _Piece, least: int) -> str:
    return piece.text if piece.precedence >= least else _bracketed(piece.text)


def _infix(op: Op, a: _Piece, b: _Piece) -> _Piece:
    own = op.precedence
    right = _within(b, own + (op is not ADD and op is not MUL))
    return _Piece(f"<mrow>{_within(a, own)}<mo>{escape(_SIGNS.get(op.symbol, op.symbol))}</mo>{right}</mrow>", own)


_SPELLED: dict[Op, Callable[[Sequence[_Piece]], _Piece]] = {
    NEG: lambda args: _Piece(f"<mrow><mo>−</mo>{_within(args[0], MUL.precedence)}</mrow>", NEG.precedence),
    DIV: lambda args: _Piece(f"<mfrac>{args[0].text}{args[1].text}</mfrac>", _ATOM - 1),
    POW: lambda args: _Piece(f"<msup>{_within(args[0], _ATOM)}{args[1].text}</msup>", POW.precedence),
    SQRT: lambda args: _Piece(f"<msqrt>{args[0].text}</msqrt>", _ATOM),
    ABS: lambda args: _Piece(_bracketed(args[0].text, "|", "|"), _ATOM),
    SUB: lambda args: _infix(SUB, *args),
}


def _applied(op: Op, args: Sequence[_Piece]) -> _Piece:
    spelled = _SPELLED.get(op)
    if spelled is not None:
        return spelled(args)
    if len(args) == 2 and op.symbol:
        return _infix(op, *args)
    name = op.symbol or (op.reading if "#" not in op.reading else "") or op.name
    inside = "<mo>,</mo>".join(a.text for a in args)
    return _Piece(f"<mrow><mi>{escape(name)}</mi><mo>&#x2061;</mo>{_bracketed(inside)}</mrow>", _ATOM)
