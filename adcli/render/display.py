"""Formulas of the language as displayed LaTeX."""

from __future__ import annotations

import re

from adcli.graphs import Graph
from adcli.language import parse
from adcli.language.notation import LITERAL as NUMBER
from adcli.language.notation import Applied, Latex, Leaf, Tree
from adcli.language.notations.letters import name
from adcli.ops import BOOLEAN, CONSTANTS, INPUT, LITERAL
from adcli.render.latex import number

_PRIMED = re.compile(r"(\w+)'")
_PRIME = "ˈ"
"""A letter that stands for a prime while a formula is read."""
_CONSTANTS = {"pi": r"\pi", "E": r"\mathrm{e}"}


def display(text: str) -> str:
    """A formula in LaTeX; a name with a prime is the derivative of what is called so."""
    graph = parse(_PRIMED.sub(lambda name: name[1] + _PRIME, text))
    return Latex(r" \, ").write(tree(graph, graph.outputs[0]), _leaf)


def tree(graph: Graph, node: int) -> Tree:
    """A node's formula as a tree, everything written out."""
    done: dict[int, Tree] = {}
    waiting = [node]
    while waiting:
        current = waiting[-1]
        missing = [a for a in graph.args[current] if a not in done]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        op = graph.ops[current]
        if op is INPUT or op is LITERAL:
            done[current] = Leaf("input" if op is INPUT else NUMBER, graph.labels[current])
        else:
            done[current] = Applied(op, tuple([done[a] for a in graph.args[current]]))
    return done[node]


def _leaf(leaf: Leaf) -> str:
    if leaf.kind == NUMBER:
        known = CONSTANTS.get(leaf.name, leaf.name)
        return _CONSTANTS.get(known, rf"\text{{{leaf.name}}}" if leaf.name in BOOLEAN else number(leaf.name))
    primed = leaf.name.endswith(_PRIME)
    return name(leaf.name.removesuffix(_PRIME)) + ("'" if primed else "")
