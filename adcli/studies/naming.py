"""What the nodes of a graph are called, and what stands in their formulas: v₋₁, v₀, v₁ … as in the textbooks.

Inputs are v₋ₙ₊₁ … v₀, in the order in which `--at` gives them; the operations that are evaluated are v₁ … v_l,
in their order of evaluation. Literals and constants have no number, and a copy (`a = x`) is no node.
Griewank & Walther 2008, ch. 2; Baydin et al. 2018, tables 2 and 3.

Formulas are trees (`adcli.language.notation`), made from the rules of the table and the nodes' names. The same
tree is written with names or with numbers, as text or as LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

from adcli.arithmetic.rules import Arithmetic, parsed
from adcli.graphs import Graph, primed
from adcli.language.notation import LITERAL, Applied, Leaf, Notation, Tree
from adcli.modes import COPY, Step, Tape, evaluate, steps_of
from adcli.ops import ADD, DIV, INPUT, MUL, NEG, POW, SUB, WHERE, Op
from adcli.ops import LITERAL as LITERAL_OP
from adcli.problem.problem import Problem

VALUE, TANGENT, ADJOINT = "value", "tangent", "adjoint"
"""What a leaf of a formula is: v₃, v̇₃ or v̄₃."""
INPUT_NAME, SEED, SEED_BAR = "input", "seed", "output seed"
"""Or a name of the program: x1, the seed of its tangent ẋ1, the seed of an output's adjoint ȳ."""

_SUBSCRIPTS = str.maketrans("-0123456789", "₋₀₁₂₃₄₅₆₇₈₉")
_DOT, _BAR = "\N{COMBINING DOT ABOVE}", "\N{COMBINING MACRON}"


def numbering(problem: Problem, tape: Tape | None = None) -> dict[int, str]:
    """The name of each numbered node: "v-1", "v0", "v1" …, inputs first.

    All inputs of the program have one, whatever is differentiated by. Of the operations, those that the outputs
    need; with a *tape*, those that were evaluated (of a `where`, one branch).
    """
    graph = problem.graph
    nodes = {graph.labels[node]: node for node in graph.inputs}
    ordered = [nodes[name] for name in problem.at if name in nodes]
    ordered += [node for node in graph.inputs if graph.labels[node] not in problem.at]
    names = {node: f"v{number}" for number, node in enumerate(ordered, 1 - len(ordered))}
    steps = steps_of(graph) if tape is None else tape.steps
    names.update((node, f"v{number}") for number, (node, _, _) in enumerate(steps, 1))
    return names


def versions(graph: Graph) -> dict[int, str]:
    """What the program calls each node. A name that is assigned again gets a prime: a, a′, a″."""
    counts: dict[str, int] = {graph.labels[node]: 1 for node in graph.inputs}
    found: dict[int, list[str]] = {}
    for name, node in graph.assignments:
        primes = counts.get(name, 0)
        counts[name] = primes + 1
        if graph.ops[node] is not LITERAL_OP:
            found.setdefault(node, []).append(primed(name, primes))
    return {node: ", ".join(listed) for node, listed in found.items()}


def branch(asked: Problem, names: Mapping[int, str], tape: Tape, node: int) -> str:
    """Which branch a `where` took, and why."""
    graph = asked.graph
    condition = graph.args[node][0]
    start, end = graph.spans[condition]
    written = " ".join(graph.text[start:end].split())
    if not written or graph.spans[condition] == graph.spans[node]:  # the text does not tell them apart
        written = names.get(condition, "the condition")
    return f"{written} is {'true' if tape.values[condition] else 'false'}"


@dataclass(frozen=True)
class Form:
    """How names are written: `node` "v3", its tangent `dot` v̇₃, its adjoint `bar` v̄₃.

    The fields are templates, in which # stands for the number; `subscript` writes it below the line.
    """

    value: str
    tangent: str
    adjoint: str
    subscript: bool = False

    def node(self, name: str) -> str:
        """The name of a node's value."""
        return self._written(self.value, name)

    def dot(self, name: str) -> str:
        """The name of a node's tangent."""
        return self._written(self.tangent, name)

    def bar(self, name: str) -> str:
        """The name of a node's adjoint."""
        return self._written(self.adjoint, name)

    def input(self, name: str) -> str:
        """An input's own name."""
        return name

    def literal(self, text: str) -> str:
        """A number as written, or a constant."""
        return "π" if text == "pi" and self.subscript else text

    def seed(self, name: str) -> str:
        """The seed of an input's tangent: ẋ1."""
        return f"d{name}" if self is ASCII else _accented(name, _DOT)

    def output_seed(self, name: str) -> str:
        """The seed of an output's adjoint: ȳ."""
        return f"{name}bar" if self is ASCII else _accented(name, _BAR)

    def leaf(self, leaf: Leaf) -> str:
        """A leaf of a formula."""
        writers = {
            LITERAL: self.literal,
            INPUT_NAME: self.input,
            VALUE: self.node,
            TANGENT: self.dot,
            ADJOINT: self.bar,
            SEED: self.seed,
            SEED_BAR: self.output_seed,
        }
        return writers[leaf.kind](leaf.name)

    def _written(self, template: str, name: str) -> str:
        number = name[1:].translate(_SUBSCRIPTS) if self.subscript else name[1:]
        return template.replace("#", number)


_DOUBLED = re.compile(r"\(\((v\W?-\d+)\)\)")
"""A name in brackets that is the only argument of a call."""


class _Bracketed(Form):
    """Names whose number has a sign stand in brackets."""

    def _written(self, template: str, name: str) -> str:
        written = super()._written(template, name)
        return f"({written})" if name[1] == "-" else written


def _accented(name: str, accent: str) -> str:
    """A name with an accent on its first letter, as one character where there is one: ẋ1, ȳ."""
    from unicodedata import normalize

    return normalize("NFC", name[:1] + accent) + name[1:]


PRETTY = Form("v#", f"v{_DOT}#", f"v{_BAR}#", subscript=True)
"""v₋₁, v̇₋₁, v̄₋₁: for people."""
LINEAR = Form("v#", f"v{_DOT}#", f"v{_BAR}#")
"""v-1, v̇-1, v̄-1: for JSON and the like, where a name is a key."""
BRACKETED = _Bracketed("v#", f"v{_DOT}#", f"v{_BAR}#")
"""(v-1) inside of a formula, where -v-1 and v̇-1·v0 would read as differences."""
ASCII = Form("v#", "dv#", "vbar#")
"""v-1, dv-1, vbar-1: where nothing but ASCII can be written."""


# Formulas of nodes

ONE, ZERO = Leaf(LITERAL, "1"), Leaf(LITERAL, "0")


def leaf(problem: Problem, names: Mapping[int, str], node: int) -> Leaf:
    """A node as it stands in a formula: its name, or the literal that it is."""
    graph = problem.graph
    return Leaf(LITERAL, graph.labels[node]) if graph.ops[node] is LITERAL_OP else Leaf(VALUE, names[node])


def statement(problem: Problem, names: Mapping[int, str], node: int, step: Step | None = None) -> Tree:
    """What a node is: `ln v₋₁`, `v₁ + v₂`; of an input, its own name. *step* is the tape's, where there is one."""
    graph = problem.graph
    _, op, args = step or (node, graph.ops[node], graph.args[node])
    if op is INPUT:
        return Leaf(INPUT_NAME, graph.labels[node])
    if op is LITERAL_OP:
        return leaf(problem, names, node)
    if op is COPY:
        return leaf(problem, names, args[0])
    return Applied(op, tuple(leaf(problem, names, a) for a in args))


def rule(
    op: Op, position: int, own: Tree, args: Sequence[Tree], values: tuple[Arithmetic, Any, Sequence[Any]] | None = None
) -> Tree:
    """The partial derivative of *op* by the argument at *position*: the table's rule, with the nodes' names in it.

    *own* is the operation's result, *args* are its arguments. *values*, the arithmetic, the result's value and
    the arguments', decide which case of a rule holds; without them the rule is shown with all its cases.
    Simplified for reading: 2·v₀^(2 - 1) is 2·v₀.
    """
    if op is COPY:
        return ONE
    arithmetic = values[0] if values else Arithmetic()
    graph = parsed(arithmetic.partial_rule(op, position))
    trees: dict[str, Tree] = {"v": own}
    given: dict[str, Any] = {}
    if op.matrix:
        trees["cofactor"] = _cofactor(op, args, position)
    elif op.variadic:
        trees["x"] = args[position]
        trees["ties"] = Leaf(LITERAL, "ties")
        if values:
            ties = arithmetic.ties(values[1], list(values[2]))
            trees["ties"] = Leaf(LITERAL, str(ties))
            given = {"v": values[1], "x": values[2][position], "ties": ties}
    else:
        trees.update(zip(op.arguments, args, strict=True))
        if values:
            given = {"v": values[1], **dict(zip(op.arguments, values[2], strict=True))}
    found: list[Tree] = []
    for node, (own_op, own_args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if own_op is INPUT:
            found.append(trees[graph.labels[node]])
        elif own_op is LITERAL_OP:
            found.append(Leaf(LITERAL, graph.labels[node]))
        elif own_op is WHERE and values:
            found.append(found[own_args[1 if _holds(graph, own_args[0], arithmetic, given) else 2]])
        else:
            found.append(simplified(own_op, [found[a] for a in own_args]))
    return found[graph.outputs[0]]


def _cofactor(op: Op, args: Sequence[Tree], position: int) -> Tree:
    """The determinant without the row and the column of an element, with its sign."""
    size = isqrt(len(args))
    row, column = divmod(position, size)
    rest = [tree for i, tree in enumerate(args) if i // size != row and i % size != column]
    minor = Applied(op, tuple(rest)) if len(rest) > 1 else rest[0]
    return negative(minor) if (row + column) % 2 else minor


def _holds(graph: Graph, condition: int, arithmetic: Arithmetic, given: Mapping[str, Any]) -> bool:
    """Whether a condition of a rule is true."""
    asked = graph.with_outputs([condition], [""])
    point = {node: given[graph.labels[node]] for node in graph.inputs if graph.labels[node] in given}
    return bool(evaluate(asked, arithmetic, point).values[condition])


def simplified(op: Op, args: Sequence[Tree]) -> Tree:
    """An operation on formulas, without what a reader would leave out: factors 1, exponents 1, 2 - 1."""
    if op is NEG:
        return negative(args[0])
    if len(args) == 2:
        a, b = args
        if op is MUL:
            return product(a, b)
        if op is DIV:
            return quotient(a, b)
        if op is POW and b in (ONE, ZERO):
            return a if b == ONE else ONE
        if op in (ADD, SUB) and _plain(a) and _plain(b):
            from decimal import Decimal

            x, y = Decimal(a.name), Decimal(b.name)  # type: ignore[union-attr]  # leaves, both
            return Leaf(LITERAL, f"{(x + y if op is ADD else x - y).normalize():f}")
    return Applied(op, tuple(args))


def product(a: Tree, b: Tree) -> Tree:
    """a·b, read from the left: a·(1/b) is a/b, and the sign comes first."""
    if a == ZERO or b == ZERO:
        return ZERO
    if a == ONE:
        return b
    if b == ONE:
        return a
    if isinstance(b, Leaf):
        if _signed(b):
            return negative(product(a, negative(b)))
    elif b.op is NEG:
        return negative(product(a, b.args[0]))
    elif b.op is MUL:
        return product(product(a, b.args[0]), b.args[1])
    elif b.op is DIV:
        return quotient(product(a, b.args[0]), b.args[1])
    if _signed(a):
        return negative(product(negative(a), b))
    return Applied(MUL, (a, b))


def quotient(a: Tree, b: Tree) -> Tree:
    """a/b; the sign comes first."""
    if b == ONE or a == ZERO:
        return a
    if _signed(a):
        return negative(quotient(negative(a), b))
    return Applied(DIV, (a, b))


def negative(a: Tree) -> Tree:
    """-a."""
    if isinstance(a, Applied) and a.op is NEG:
        return a.args[0]
    if isinstance(a, Leaf) and a.kind == LITERAL and a.name.startswith("-"):
        return Leaf(LITERAL, a.name[1:])
    return ZERO if a == ZERO else Applied(NEG, (a,))


def _signed(tree: Tree) -> bool:
    """Whether a minus stands in front of the formula."""
    return tree.kind == LITERAL and tree.name.startswith("-") if isinstance(tree, Leaf) else tree.op is NEG


def _plain(tree: Tree) -> bool:
    """Whether the formula is a short decimal number."""
    if not isinstance(tree, Leaf) or tree.kind != LITERAL or len(tree.name) > 15:
        return False
    return tree.name.lstrip("-").replace(".", "", 1).isdigit()


def pushed(partials: Mapping[int, Tree], tangents: Mapping[int, Tree]) -> Tree:
    """The tangent of an operation: Σ partial·tangent over its active arguments, by their positions."""
    found: Tree = ZERO
    for position, partial in partials.items():
        # The product rule as it is taught: v̇₁·v₂ + v₁·v̇₂.
        leads = position > 0 and isinstance(partial, Leaf)
        term = product(partial, tangents[position]) if leads else product(tangents[position], partial)
        found = total(found, term)
    return found


def total(a: Tree, b: Tree) -> Tree:
    """a + b, without zeros."""
    return b if a == ZERO else a if b == ZERO else Applied(ADD, (a, b))


def pulled(adjoint: Tree, partial: Tree, earlier: Tree | None) -> Tree:
    """What an argument's adjoint becomes: adjoint·partial, on top of its *earlier* value."""
    term = product(adjoint, partial)
    return term if earlier is None else total(earlier, term)


def spelled(tree: Tree, form: Form, notation: Notation) -> str:
    """The formula with names."""
    if form is not BRACKETED:
        return notation.write(tree, form.leaf)
    if isinstance(tree, Leaf):
        return notation.write(tree, LINEAR.leaf)
    return _DOUBLED.sub(r"(\1)", notation.write(tree, form.leaf))
