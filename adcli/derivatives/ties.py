"""Where rounding may have decided: comparisons, jumps and kinks whose operands are as near as it moves them.

A program is continued by a condition that says so. Each number gets a bound of how far rounding has moved it, its
width, by the rules of differentiation; what is given, and what is chosen of it, has none. A decision is in doubt where
its operands are nearer than their widths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from adcli.arithmetic.enclosures import written
from adcli.arithmetic.rules import parsed
from adcli.arithmetic.symbolic import Sym, Symbolic
from adcli.derivatives.branches import paths, under
from adcli.derivatives.programs import Transcript, pruned
from adcli.graphs import Graph, chosen_of, decides, dependent
from adcli.modes import evaluate
from adcli.ops import ADD, BOOLEAN, COMPARISONS, CONSTANTS, DIV, INPUT, LITERAL, MUL, NEG, POW, SUB, WHERE, Op

_PART = "3.6e-15*Abs(v)"
"""What rounding does to a number at most, the errors of the library's functions included."""
_ROOT = "3.6e-15*Abs(where(v == 0, x, v))"
"""The same where a zero may be one that rounding of the argument made."""
_LOST = {
    ADD: "Abs(where(v == x, y, where(v == y, x, 0)))",
    SUB: "Abs(where(v == x, y, where(v == -y, x, 0)))",
}
"""The term of a sum that vanished beside the other one."""
_JUMPS = "d = where(w > 0, w + 3.6e-15*Abs(x), 0); {0}(x - d) != {0}(x + d)"
_CLOSE = "Abs(x - y) < w"

Width = Sym | None


def doubt(graph: Graph, sources: frozenset[int] | None) -> Graph | None:
    """The program that computes whether rounding may have decided something, as `in_doubt` says."""

    def write() -> tuple[Graph | None]:
        transcript = Transcript(graph)
        flag = in_doubt(transcript, sources, lost=False)
        return (None if flag is None else pruned(transcript.finish([flag], ["doubt"])),)

    return graph.found(("doubt", sources), write)[0]


def in_doubt(transcript: Transcript, sources: Iterable[int] | None, *, lost: bool) -> Sym | None:
    """The condition that rounding may have decided something that the outputs need; None where that cannot be.

    Kinks without a jump count where there is a derivative by *sources*. *lost* leaves out what is moved by its last
    place only: then it is in doubt behind terms that vanished beside larger ones, and behind functions that are not
    rational.
    """
    graph, tape = transcript.graph, transcript.tape
    if not decides(graph):
        return None
    active = dependent(graph, sources or ())
    seeker = _Seeker(transcript.symbolic, lost=lost, kinks=lambda node: any(active[a] for a in graph.args[node]))
    routes = paths(graph)
    flags = [
        under(transcript.symbolic, route, flag)
        for node, flag in seeker.flags(graph, tape.values, {})
        if (route := routes[node]) is not None
    ]
    return _any(transcript.symbolic, flags)


def _any(symbolic: Symbolic, flags: Sequence[Sym]) -> Sym | None:
    total = flags[-1] if flags else None
    for flag in reversed(flags[:-1]):
        assert total is not None
        total = symbolic.apply(WHERE, flag, symbolic.literal("True"), total)
    return total


class _Seeker:
    """Writes widths, and conditions that decisions are in doubt."""

    def __init__(self, symbolic: Symbolic, *, lost: bool, kinks: Callable[[int], bool]) -> None:
        self.symbolic = symbolic
        self.lost = lost
        self.kinks = kinks

    def flags(self, graph: Graph, values: Sequence[Sym], widths: dict[int, Width]) -> list[tuple[int, Sym]]:
        """Each decision of a graph that may be in doubt, by its node, given the *widths* of its inputs."""
        wanted = _deciding(graph)
        found = []
        for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            if op is INPUT or not wanted[node]:
                continue
            given, wide = [values[a] for a in args], [widths.get(a) for a in args]
            width = self._width(op, values[node], given, wide, graph.labels.get(node, ""))
            if any(wide) and not (op in COMPARISONS and chosen_of(graph, args)):
                found += [(node, flag) for flag in self._flags(op, values[node], width, given, wide, self.kinks(node))]
            widths[node] = width
        return found

    def _flags(
        self, op: Op, v: Sym, width: Width, args: Sequence[Sym], widths: Sequence[Width], kinks: bool
    ) -> list[Sym]:
        """Conditions that the operation decides something in doubt."""
        if op in COMPARISONS:
            return [self._written(_CLOSE, x=args[0], y=args[1], w=self._sum(widths))]
        if not (op.kink or op.bend):
            return []
        if op.level and len(args) == 1:
            return [self._written(_JUMPS.format(op.name), x=args[0], w=widths[0])]
        if op.variadic:
            return [self._tied(op, v, args, widths)] if kinks else []
        names, wide = dict(zip(op.arguments, args, strict=True)), dict(zip(op.arguments, widths, strict=True))
        found = self._inside(op.around, names, wide, kinks) if op.kink and op.around else []
        if kinks:
            for text in filter(None, (op.kink, op.bend)):
                found += self._inside(text, {"v": v, **names}, {"v": width, **wide}, kinks)
        return found

    def _tied(self, op: Op, v: Sym, args: Sequence[Sym], widths: Sequence[Width]) -> Sym:
        """Where an argument comes near to the one that is chosen."""
        width = self._sum(widths)
        if len(args) == 2:
            return self._written(_CLOSE, x=args[0], y=args[1], w=width)
        near = [self._written(f"where({_CLOSE}, 1, 0)", x=x, y=v, w=width) for x in args]
        return self._written("n > 1", n=self._sum(near))

    def _inside(self, text: str, names: Mapping[str, Sym], widths: Mapping[str, Width], kinks: bool) -> list[Sym]:
        """What is decided in a text of the table."""
        graph = parsed(text)
        given = {node: names[graph.labels[node]] for node in graph.inputs}
        inner: dict[int, Width] = {node: widths[graph.labels[node]] for node in graph.inputs}
        seeker = _Seeker(self.symbolic, lost=self.lost, kinks=lambda _: kinks)
        return [flag for _, flag in seeker.flags(graph, evaluate(graph, self.symbolic, given).values, inner)]

    def _width(self, op: Op, v: Sym, args: Sequence[Sym], widths: Sequence[Width], label: str) -> Width:
        """How far rounding may have moved a result; None of one that it has not moved."""
        if op is LITERAL:
            return self._written(_PART, v=v) if self._rounded(label) else None
        if op.boolean or op.level:
            return None
        if op is WHERE:
            zero = self.symbolic.literal("0")
            ends = [zero if width is None else width for width in widths[1:]]
            return self.symbolic.apply(WHERE, args[0], *ends) if any(widths) else None
        chosen = op is NEG or (op.flops <= 1 and bool(op.kink))  # or a remainder: they are not rounded
        if chosen or op is ADD or op is SUB:
            passed = list(widths)
        else:
            passed = [self._passed(op, v, args, place, w) for place, w in enumerate(widths) if w is not None]
        return self._sum(passed if chosen else [self._own(op, v, args), *passed])

    def _own(self, op: Op, v: Sym, args: Sequence[Sym]) -> Width:
        """How far the operation itself rounds."""
        if op is ADD or op is SUB:
            return self._written(_LOST[op], v=v, x=args[0], y=args[1]) if self.lost else self._written(_PART, v=v)
        if op is MUL or op is DIV or (op is POW and self._whole(args[1])) or (op.flops <= 1 and not op.root):
            return None if self.lost else self._written(_PART, v=v)
        if len(args) > 1 or op.zeros == "none":
            return self._written(_PART, v=v)
        return self._written(_ROOT, v=v, x=args[0])

    def _rounded(self, label: str) -> bool:
        """Whether a literal's double is another number."""
        if label in CONSTANTS:
            return True
        return not self.lost and label not in BOOLEAN and not written(label, float(label))

    def _whole(self, exponent: Sym) -> bool:
        return self.symbolic.builder.labels.get(exponent.node, "").lstrip("-").isdigit()

    def _passed(self, op: Op, v: Sym, args: Sequence[Sym], place: int, width: Sym) -> Sym:
        """What becomes of an argument's width."""
        try:
            return self._written("w*Abs(p)", w=width, p=self.symbolic.partial_at(op, place, v, args))
        except ValueError:  # it has no derivative by that argument
            return self._written(_PART, v=v)

    def _written(self, text: str, **names: Width) -> Sym:
        """A text of this file's, with numbers for its names."""
        found: Sym = self.symbolic.compile(tuple(names), self.symbolic.source(text), "tie")(**names)
        return found

    @staticmethod
    def _sum(widths: Sequence[Width]) -> Width:
        total: Width = None
        for width in widths:
            if width is not None:
                total = width if total is None else total + width
        return total


def _deciding(graph: Graph) -> bytearray:
    """The nodes that decisions are made of, or are."""
    wanted = bytearray(op in COMPARISONS or bool(op.kink or op.bend) for op in graph.ops)
    for node in range(len(graph) - 1, -1, -1):
        if wanted[node]:
            for a in graph.args[node]:
                wanted[a] = 1
    return wanted
