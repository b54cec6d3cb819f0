"""The simplification pass: the same program with fewer operations, and every value to the last bit.

Common subexpressions are computed once, literal integers are computed exactly, x·1, x + 0, x/1, x^1 and -(-x)
become x, x + (-y) becomes x - y, and what no output needs goes. Nothing is rewritten that would change where the
program is defined (x·0 stays) or a value by rounding. Traces never see it: there, what you wrote is what you see.
"""

from __future__ import annotations

from adcli.arithmetic.symbolic import Sym, Symbolic, transcribe
from adcli.derivatives.programs import pruned
from adcli.graphs import Builder, Graph, is_zero
from adcli.modes import evaluate
from adcli.ops import ADD, MUL, NEG, POW, SUB, WHERE, Op


class Simplifier(Symbolic):
    """Writes each operation on the same arguments only once."""

    annihilates = False
    handwriting = False

    def __init__(self, builder: Builder | None = None) -> None:
        super().__init__(builder)
        self._written: dict[tuple[Op, tuple[int, ...]], Sym] = {}

    def apply(self, op: Op, *args: Sym) -> Sym:
        """The node that already computes this, or a new one."""
        if op is ADD or op is SUB:
            op, args = self._unsigned(op, *args)
        key = self._key(op, tuple([a.node for a in args]))
        found = self._written.get(key)
        if found is None:
            found = self._written[key] = super().apply(op, *args)
        return found

    def know(self, node: int) -> None:
        """Find a node again that was written without asking."""
        op = self.builder.ops[node]
        self._written.setdefault(self._key(op, self.builder.args[node]), Sym(self, node))

    @staticmethod
    def _key(op: Op, nodes: tuple[int, ...]) -> tuple[Op, tuple[int, ...]]:
        commutes = op is ADD or op is MUL or (op.variadic and not op.matrix)
        return op, tuple(sorted(nodes)) if commutes else nodes  # equal to the last bit in either order

    def _folded(self, op: Op, args: tuple[Sym, ...]) -> Sym | None:
        """As for derivatives, but for what would drop an operation that may have no value: log(x)^0 stays."""
        if op is POW:
            exponent = self._label(args[1])
            return None if exponent is not None and is_zero(exponent) else super()._folded(op, args)
        if op is WHERE and args[1].node == args[2].node:
            return args[1] if self._harmless(args[0].node) else None
        return super()._folded(op, args)

    def _folded_branch(self, op: Op, x: Sym, *factor: Sym) -> Sym | None:
        return None  # a factor that goes into both branches is no operation less

    def _harmless(self, node: int) -> bool:
        """Whether a condition compares only what always has a value."""
        waiting = [node]
        while waiting:
            current = waiting.pop()
            op = self.builder.ops[current]
            if op.domain or op.matrix or len(waiting) > 100:
                return False
            waiting += self.builder.args[current]
        return True

    def _unsigned(self, op: Op, x: Sym, y: Sym) -> tuple[Op, tuple[Sym, Sym]]:
        """A sum with a negated term is a difference, to the last bit, and the other way round."""
        ops, arguments = self.builder.ops, self.builder.args
        if ops[y.node] is NEG:
            return SUB if op is ADD else ADD, (x, Sym(self, arguments[y.node][0]))
        if op is ADD and ops[x.node] is NEG:
            return SUB, (y, Sym(self, arguments[x.node][0]))
        return op, (x, y)


def optimize(graph: Graph, by: type[Simplifier] = Simplifier) -> Graph:
    """The simplified program. Its inputs, outputs and their names are the same."""
    simplifier = by(Builder(graph.text))
    tape = evaluate(graph, simplifier, transcribe(graph, simplifier))
    builder = simplifier.builder
    for node, value in enumerate(tape.values):
        if value is not None and builder.spans[value.node] == (0, 0):
            builder.spans[value.node] = graph.spans[node]
    kept = [(name, tape.values[node].node) for name, node in graph.assignments if tape.values[node] is not None]
    return pruned(builder.finish([tape.values[node].node for node in graph.outputs], graph.output_names, kept))


def operations(graph: Graph) -> int:
    """How many operations a graph has: its nodes without inputs and literals."""
    return len(graph) - len(graph.labels)
