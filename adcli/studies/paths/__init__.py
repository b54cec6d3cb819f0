"""Derivatives as sums over paths: every way from an output back to an input, and the product of the partials on it.

This is what the chain rule says before anyone shares work. There may be 2^200 paths, so they are never listed to
be counted: numbers of paths and sums over them pass down the graph as adjoints do, and the largest products are
found one after the other without a look at the rest. What the graph's structure lets paths share can be written as
one nested expression.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from adcli.derivatives.questions import Matrix
from adcli.derivatives.solver import solve
from adcli.errors import LimitError
from adcli.graphs import dependent
from adcli.problem.problem import Expression, problem
from adcli.problem.values import FLOATS, Value
from adcli.results import Notice, Number, Result
from adcli.studies.linear_graph import LinearGraph, linear_graph, structure
from adcli.studies.paths.best import BestPaths, Edges

if TYPE_CHECKING:
    from adcli.studies.paths.nesting import Factor, Nested, Nester

LIMIT = 20
"""How many paths are listed unless asked."""
MAX_FACTORS = 2_000_000
"""The paths that are listed may have so many factors together."""
WIDE = 40
"""Digits for products that overflow a float."""
OUTSIDE = -1
"""What an input's node is differentiated by: the input itself."""


@dataclass(frozen=True)
class Path:
    """From `output` to `input`: the nodes passed, the partial on each edge between them, and their product.

    Numbers are None without a point.
    """

    output: str
    input: str
    nodes: tuple[str, ...]
    factors: tuple[Number | None, ...]
    product: Number | None


@dataclass(frozen=True)
class Partial:
    """∂target/∂source as a factor. `outside`: the source is the input itself, and the target is its node."""

    target: str
    source: str
    value: Number | None
    outside: bool = False


Token: TypeAlias = "Partial | str"


@dataclass(frozen=True)
class Nesting:
    """The derivative of `output` by `input` as one expression, from the input to the output.

    `tokens` are its factors and the signs "·", "+", "(", ")" between them: none where no path leads there, None
    where there would be too many.
    """

    output: str
    input: str
    tokens: tuple[Token, ...] | None


@dataclass(frozen=True, kw_only=True)
class Paths(Result):
    """The paths with the largest |product|, those first; and of all paths, how many there are and their sums.

    `counts`, `totals` (the derivatives) and `cancellation` are by output and input. The last is
    Σ|product| / |Σ product|: 1 where nothing cancels, 10^k where about k digits do. Without a point there are only
    the structure and the counts.
    """

    command: ClassVar[str] = "paths"

    outputs: tuple[str, ...]
    values: tuple[Number, ...] | None
    paths: tuple[Path, ...]
    count: int
    counts: dict[str, dict[str, int]]
    totals: dict[str, dict[str, Number]] | None
    cancellation: dict[str, dict[str, Number]] | None
    factored: tuple[Nesting, ...] | None = None


def paths(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    limit: int = LIMIT,
    factored: bool = False,
    **options: Any,
) -> Paths:
    """The paths from each output to each name of `wrt`; without *at* their structure only.

    At most *limit* are listed; *factored* adds the nested expressions. Options and errors as of `gradient`.
    """
    asked = problem(expr, at, **{"values": at is not None, **options})
    if len(asked.at) < len(asked.graph.inputs):
        return _Study(structure(asked)).result(limit, factored)
    answer = solve(asked, Matrix("forward" if len(asked.wrt) < len(asked.graph.outputs) else "reverse"))
    found = linear_graph(asked, [node for _, node in asked.wrt if node >= 0])
    found.notices = tuple(answer.notices)
    return _Study(found).result(limit, factored, answer.values, answer.entries)


class _Study:
    """What is known of a problem's paths."""

    def __init__(self, found: LinearGraph) -> None:
        asked = found.problem
        self.problem = asked
        self.names = found.names
        self.notices = list(found.notices)
        self.outputs = asked.graph.outputs
        self.sources: dict[int, list[str]] = {}
        for name, node in asked.wrt:
            if node >= 0:
                self.sources.setdefault(node, []).append(name)
        self.edges = _active(found, self.sources)
        self.numbers = _Numbers(asked.precision)
        self.one = self.numbers.one if found.values else None
        self.counts, self.sizes = self._sums()
        if asked.precision == FLOATS and not all(math.isfinite(size) for row in self.sizes for size in row):
            self.numbers = _Numbers(asked.precision, wide=True)
            self.counts, self.sizes = self._sums()

    def result(
        self,
        limit: int,
        factored: bool,
        values: Sequence[Number] | None = None,
        totals: Sequence[Sequence[Number]] | None = None,
    ) -> Paths:
        """Everything that is asked for."""
        asked = self.problem
        self._check(limit)
        nestings = tuple(self._nestings()) if factored else None
        ratios = None
        if totals is not None:
            ratios = [list(map(self.numbers.ratio, *rows)) for rows in zip(self.sizes, totals, strict=True)]
        return Paths(
            **asked.shared(self.notices),
            outputs=asked.graph.output_names,
            values=None if values is None else tuple(values),
            paths=tuple(self._listed(limit)),
            count=sum(map(sum, self.counts)),
            counts=self._named(self.counts),
            totals=None if totals is None else self._named(totals),
            cancellation=None if ratios is None else self._named(ratios),
            factored=nestings,
        )

    def _check(self, limit: int) -> None:
        """Refuse a list that is too long, and say so where there can be no path."""
        lengths: dict[int, int] = {}
        for node, uses in self.edges.items():
            lengths[node] = 1 + max([lengths.get(argument, 0) for argument, _ in uses])
        longest = max(lengths.values(), default=0)
        listed = min(limit, sum(map(sum, self.counts)))
        if listed * longest > MAX_FACTORS:
            raise LimitError(
                f"{listed:,} paths of up to {longest:,} factors are not listed: {MAX_FACTORS:,} factors are the most",
                hint=f"--limit {MAX_FACTORS // longest} lists the largest of them; sums and counts are of all",
            )
        if not self.problem.wrt:
            self.notices.append(Notice("path", "no path leads anywhere: the program has no inputs"))

    def _named(self, rows: Iterable[Iterable[Any]]) -> dict[str, dict[str, Any]]:
        """Rows of one entry per input, under the outputs' names."""
        names = [name for name, _ in self.problem.wrt]
        return {
            output: dict(zip(names, row, strict=True))
            for output, row in zip(self.problem.graph.output_names, rows, strict=True)
        }

    def _sums(self) -> tuple[list[list[int]], list[list[Number]]]:
        """The number of paths, and the sum of their |products|: a row per output, an entry per input."""
        counts, sizes = [], []
        for output in self.outputs:
            count, size = self._down(output)
            counts.append([count.get(node, 0) for _, node in self.problem.wrt])
            sizes.append([size.get(node, 0.0) for _, node in self.problem.wrt])
        return counts, sizes

    def _down(self, output: int) -> tuple[dict[int, int], dict[int, Number]]:
        """From one output down to each source: how many paths, and the sum of their |products|."""
        count: dict[int, int] = {output: 1}
        size: dict[int, Number] = {output: self.numbers.size(None)}
        for node in reversed(self.edges):
            if node not in count:
                continue
            ways, weight = count[node], size[node]
            if node not in self.sources:  # the number of 2^100000 paths is large: keep only what is asked for
                del count[node], size[node]
            for argument, partial in self.edges[node]:
                step = weight * self.numbers.size(partial)
                count[argument] = count.get(argument, 0) + ways
                size[argument] = size[argument] + step if argument in size else step
        return count, size

    def _listed(self, limit: int) -> Iterator[Path]:
        """The paths with the largest |products|."""
        best = BestPaths(self.edges, self.sources, self.outputs, self.numbers.size)
        for rank in range(limit):
            found = best.path(rank)
            if found is None:
                return
            factors = tuple(found.partials)
            product = None if None in factors else self.numbers.product(factors)
            output = self.problem.graph.output_names[found.place]
            yield Path(output, found.source, tuple(map(self.names.__getitem__, found.nodes)), factors, product)

    def _nestings(self) -> Iterator[Nesting]:
        """The nested expression of each output and input."""
        from adcli.studies.paths.nesting import MAX_FACTORS, Nester

        nester = Nester(self.edges)
        graph = self.problem.graph
        long: list[str] = []
        for output, node, counts in zip(graph.output_names, self.outputs, self.counts, strict=True):
            for (name, source), count in zip(self.problem.wrt, counts, strict=True):
                tokens = self._nested(nester, node, source, name) if count else ()
                if tokens is None:
                    long.append(f"d{output}/d{name}")
                yield Nesting(output, name, tokens)
        if long:
            named = ", ".join(long[:3]) + (f" and {len(long) - 3:,} more" if len(long) > 3 else "")
            what = f"{'have' if len(long) > 1 else 'has'} more than {MAX_FACTORS} factors even when nested"
            self.notices.append(Notice("size", f"{named} {what}: not shown"))

    def _nested(self, nester: Nester, output: int, source: int, name: str) -> tuple[Token, ...] | None:
        """One nested expression, beginning with the derivative of the input's node by the input's name."""
        from adcli.studies.paths.nesting import Factor, joined, written

        whole: Factor | Nested = Factor(source, OUTSIDE, self.one)
        if output != source:
            inner = nester.nest(output, source)
            if inner is None:
                return None
            whole = joined("·", whole, inner)
        tokens: list[Token] = []
        for item in written(whole):
            if isinstance(item, str):
                tokens.append(item)
            elif item.source == OUTSIDE:
                tokens.append(Partial(self.names[item.target], name, item.partial, outside=True))
            else:
                tokens.append(Partial(self.names[item.target], self.names[item.source], item.partial))
        return tuple(tokens)


class _Numbers:
    """How products are computed: with floats, with mpmath's numbers of the precision asked for, or with such wherever
    floats overflow on the way (`wide`); results are what the problem's precision asks for."""

    def __init__(self, precision: int, *, wide: bool = False) -> None:
        self._float = precision == FLOATS
        self._context: Any = None
        if wide or not self._float:
            from adcli.arithmetic.multiprecision import Multiprecision

            self._context = Multiprecision(WIDE if wide else precision).context
        self.one: Number = 1.0 if self._float else self._context.one

    def size(self, partial: Number | None) -> Any:
        """|partial|; 1 where there is none."""
        if partial is None:
            partial = self.one
        return abs(partial) if self._context is None else abs(self._context.mpf(partial))

    def product(self, factors: Iterable[Number]) -> Number:
        """The product of all factors."""
        if self._context is None:
            return float(math.prod(factors))
        product = self._context.one
        for factor in factors:
            product = product * factor
        return float(product) if self._float else product

    def ratio(self, size: Any, total: Number) -> Number:
        """Σ|product| / |Σ product|."""
        if not total:
            return self.one if not size else self.one * math.inf
        ratio = size / abs(total)
        return float(ratio) if self._float else ratio


def _active(found: LinearGraph, sources: Iterable[int]) -> Edges:
    """The edges that derivatives by *sources* pass."""
    graph = found.problem.graph
    depends = bytearray() if found.values else dependent(graph, sources)
    edges: Edges = {}
    for step in found.steps:
        node, op, args = step
        if found.values:
            uses = [use for use in found.edges(step) if use[1] is not None]
        elif depends[node] and not op.boolean:  # without a point, all branches count
            uses = [(a, None) for i, a in enumerate(args) if depends[a] and op.takes_boolean(i) is not True]
        else:
            continue
        if uses:
            edges[node] = uses
    return edges
