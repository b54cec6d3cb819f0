"""Costs as text: the ways to differentiate in a table, their growth, chains of Jacobians."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.derivatives.elimination import KINDS, Accumulation
from adcli.derivatives.elimination.best import MAX_TRIED
from adcli.derivatives.elimination.chain import Chain, Chained, Order
from adcli.errors import counted
from adcli.render import View
from adcli.render.numbers import exact
from adcli.render.sheet import Cell, Part, Said, Sheet, Short, fields, short, written
from adcli.results import Result
from adcli.studies.cost.cost import Cost
from adcli.studies.cost.growth import Growth
from adcli.studies.cost.layers import Layers
from adcli.studies.cost.tally import Accumulated, Evaluations, Forward, Product, Reverse

MAX_TERMS = 12
"""People see this many products of a sum; the rest is counted."""
MAX_SHOWN = 40
"""People see this many vertices of an order."""
MAX_KINDS = 12
"""People see this many kinds of operations."""


def render(result: Result, format: str, view: View) -> str:
    """A cost, its growth, or a chain, in one of the formats of tables."""
    if format == "json":
        from adcli.render.json import render as render_json

        return render_json(result, view, _own(result))
    if format == "value":
        return "".join(f"{line}\n" for line in _answer(result))
    machine = format in ("plain", "csv")
    if isinstance(result, Cost):
        parts = [*_cost(result, machine), *_elimination(result.elimination, machine, ("vertex", "vertices"))]
        return written(parts, result, format, view)
    if isinstance(result, Growth):
        return written(_growth(result), result, format, view)
    if isinstance(result, Layers):
        parts = [*_chain(result.chain, machine), *_layers(result)]
        parts += _elimination(result.elimination, machine, ("unit", "units"))
        return written(parts, result, format, view)
    assert isinstance(result, Chained)
    return written(_chain(result.chain, machine), result, format, view)


def _own(result: Result) -> dict[str, object]:
    """The keys of the JSON object."""
    own: dict[str, object] = {name: fields(value) for name, value in vars(result).items()}
    if isinstance(result, (Chained, Layers)):
        own["chain"] = _chain_fields(result.chain)
    return own


def _chain_fields(chain: Chain) -> dict[str, object]:
    found: dict[str, object] = {"dims": chain.dims}
    for name in ("forward", "reverse", "optimal"):
        order: Order = getattr(chain, name)
        found[name] = order.multiplications
        found[f"{name}_order"] = order.brackets
        found[f"{name}_terms"] = order.terms
    return {**found, "cheaper": chain.cheaper, "rule": chain.rule, "verdict": chain.verdict}


def _answer(result: Result) -> list[str]:
    """The bare answer: the recommended mode, or the numbers."""
    if isinstance(result, Cost):
        return [result.recommended]
    if isinstance(result, Growth):
        return ["" if row.reverse is None else exact(row.reverse) for row in result.growth]
    assert isinstance(result, (Chained, Layers))
    return [str(result.chain.optimal.multiplications)]


# The cost of one program


FLOPS = (
    "Flops: + - × ÷ and comparisons count as 1, whole powers as their multiplications, other powers and functions "
    "such as sin as 10, special functions such as gamma as 40."
)


def _cost(result: Cost, machine: bool) -> list[Part]:
    """The ways, one a row, then what the modes count in detail."""
    mode = result.evaluation
    heads = ["way", "runs", "mult.", "add.", "flops", "× f", "live", "stored"]
    if machine:
        heads = ["way", "runs", "multiplications", "additions", "flops", "ratio", "live", "stored"]
    rows: list[list[Cell]] = [
        ["one evaluation of f", 1, mode.multiplications, mode.additions, mode.flops, Short(1.0), mode.live, None],
        _mode("forward mode", result.forward),
        _mode("reverse mode", result.reverse),
        _differences("forward differences", result.finite_differences.forward),
        _differences("central differences", result.finite_differences.central),
    ]
    names = ("evaluation", "forward", "reverse", "forward-difference", "central-difference")
    if machine:
        for row, name in zip(rows, names, strict=True):
            row[0] = name
    if result.ratios is not None:
        heads.append("ratio of times" if machine else "time")
        for row, name in zip(rows, names, strict=True):
            row.append(short(result.ratios.get(name)))
    strong = 1 if result.recommended == "forward" else 2
    what = f"{counted(result.inputs, 'input')}, {counted(result.outputs, 'output')}"
    what += "; × f: the evaluation included, in evaluations of f"
    parts: list[Part] = [Sheet(heads, rows, "" if machine else what, strong=strong)]
    if not machine:
        parts.append(Sheet(["operations", "of each kind"], _kinds(result), left=2))
    parts.append(Said(f"{result.recommended}: {result.reason}", "→"))
    parts.append(Said(_tape(result.reverse)))
    parts.append(Said(FLOPS))
    for mode_name, done in (("forward", result.forward.accumulation), ("reverse", result.reverse.accumulation)):
        total = result.forward.flops if mode_name == "forward" else result.reverse.flops
        if done is not None and done.flops != total:
            parts.append(Said(_whole(mode_name, done)))
    if result.hvp is not None and not machine:
        parts.append(Said(_product(result.hvp, result)))
    parts.append(Said(_symbolic(result)))
    return parts


def _mode(name: str, mode: Forward | Reverse) -> list[Cell]:
    ratio = short(mode.ratio)
    stored = mode.stored if isinstance(mode, Reverse) else None
    return [name, mode.sweeps, mode.multiplications, mode.additions, mode.flops, ratio, mode.live, stored]


def _differences(name: str, way: Evaluations) -> list[Cell]:
    ratio = short(way.ratio)
    return [name, way.evaluations, None, None, way.flops, ratio, None, None]


def _kinds(result: Cost) -> list[list[str]]:
    named = (("f", result.evaluation), ("forward", result.forward), ("reverse", result.reverse))
    rows = []
    for name, mode in named:
        kinds = sorted(mode.operations.items(), key=lambda item: -item[1])
        shown = ", ".join(f"{count:,} {kind}" for kind, count in kinds[:MAX_KINDS])
        rest = len(kinds) - MAX_KINDS
        rows.append([name, (shown or "none") + (f", and {rest} kinds more" if rest > 0 else "")])
    return rows


def _tape(mode: Reverse) -> str:
    again = "all of them" if mode.needed == mode.stored else f"{mode.needed:,} of them"
    return (
        f"The tape of reverse mode holds {counted(mode.stored, 'value')}, {mode.bytes:,} bytes; its rules read {again}."
    )


def _whole(mode: str, done: Accumulated) -> str:
    """What the sweeps take that skip zeros."""
    ratio = "" if done.ratio is None else f", {done.ratio:.3g} × f"
    return (
        f"Skipping what is zero by structure, {mode} mode takes {counted(done.multiplications, 'multiplication')} and "
        f"{counted(done.additions, 'addition')} ({counted(done.flops, 'flop')}{ratio}) for the whole Jacobian."
    )


def _product(done: Product, result: Cost) -> str:
    """What H·v takes, and of what that is the sum."""
    first, second = result.evaluation.flops, result.reverse.flops
    ratio = "" if done.ratio is None else f", {done.ratio:.3g} × f"
    beside = "" if done.gradients is None else f", {done.gradients:.3g} × the gradient"
    return (
        f"A Hessian-vector product takes {counted(done.flops, 'flop')} in all ({first:,} for f, {second:,} for its "
        f"gradient, {done.flops - first - second:,} for one forward sweep through that){ratio}{beside}."
    )


def _symbolic(result: Cost) -> str:
    found = result.symbolic
    if found.before is None or found.after is None or found.function is None:
        return f"SymPy's derivative is not counted: {found.reason}."
    return (
        f"SymPy's derivative has {counted(found.before, 'operation')}, where f has {found.function:,}; "
        f"{found.after:,} with common subexpressions computed once."
    )


# Orders of elimination

_ORDERS = {
    "forward": "forward",
    "reverse": "reverse",
    "markowitz": "lowest Markowitz degree",
    "relative_markowitz": "lowest relative degree",
    "layers": "chain of layers",
    "optimal": "optimum",
    "annealed": "simulated annealing",
}


def _elimination(found: Accumulation | None, machine: bool, thing: tuple[str, str]) -> list[Part]:
    """What each order multiplies, with and without factors ±1."""
    if found is None:
        return []
    kinds = [kind for kind in KINDS if getattr(found, kind) is not None]
    rows: list[list[Cell]] = [
        [kind if machine else _ORDERS[kind], getattr(found, kind), found.nontrivial[kind]] for kind in kinds
    ]
    if machine:
        sheet = Sheet(["order", "multiplications", "nontrivial"], rows)
        eliminated: list[list[Cell]] = [[step, name] for step, name in enumerate(found.order, 1)]
        if not eliminated:
            return [sheet]
        return [sheet, Sheet(["step", "eliminated"], eliminated), Said(f"best: {found.best}, in the steps listed")]
    title = f"the whole Jacobian by eliminating {counted(found.vertices, *thing)}"
    parts: list[Part] = [
        Sheet(["order", "multiplications", "without ±1"], rows, title, strong=kinds.index(found.best)),
        Said(
            "Multiplications count whatever the factors; in the last column, only where neither is 1 or -1 by its rule."
        ),
    ]
    if found.optimal is None:
        parts.append(Said(f"The optimum is not known: the search ends after {MAX_TRIED:,} steps."))
    if found.order:
        shown = found.order if len(found.order) <= MAX_SHOWN else (*found.order[:MAX_SHOWN], "…")
        parts.append(Said(f"{_ORDERS[found.best]}: {', '.join(shown)}", "→"))
    return parts


# Its growth


def _growth(result: Growth) -> list[Part]:
    heads = [result.size, "inputs", "flops of f", "forward", "reverse", "differences", "stored"]
    rows = [
        [
            row.size,
            row.inputs,
            row.flops,
            short(row.forward),
            short(row.reverse),
            row.finite_differences,
            row.stored,
        ]
        for row in result.growth
    ]
    return [Sheet(heads, rows, left=0), Said(result.summary, "→")]


# Chains


def _chain(chain: Chain, machine: bool) -> list[Part]:
    """The three orders, their brackets, and their sums of products."""
    named = (("forward", chain.forward), ("reverse", chain.reverse), ("best", chain.optimal))
    if machine:
        rows: list[list[Cell]] = [
            ["optimal" if n == "best" else n, o.multiplications, o.brackets, _sum(o, None)] for n, o in named
        ]
        return [Sheet(["order", "multiplications", "brackets", "sum"], rows), Said(chain.verdict)]
    dims = chain.dims
    shapes = ", ".join(f"J{i} is {dims[i]}×{dims[i - 1]}" for i in range(1, min(len(dims), 7)))
    more = ", …" if len(dims) > 7 else ""
    parts: list[Part] = [
        Said(f"layers of {' → '.join(map(str, dims))}: {shapes}{more}"),
        Sheet(
            ["order", "brackets", "multiplications"],
            [[name, _shortened(order.brackets), order.multiplications] for name, order in named],
            left=2,
            strong=0 if chain.cheaper == "forward" else 1,
        ),
    ]
    parts += [Said(f"{name}: {_sum(order, MAX_TERMS)}") for name, order in named if order.terms]
    parts.append(Said(chain.verdict, "→"))
    return parts


def _shortened(brackets: str) -> str:
    return brackets if len(brackets) <= 60 else f"{brackets[:30]}…{brackets[-29:]}"


def _sum(order: Order, most: int | None) -> str:
    """A sum of products: 1×2×8 + 1×8×6 + 1×6×10 = 124."""
    terms = ["×".join(map(str, term)) for term in order.terms]
    if most is not None and len(terms) > most:
        terms = [*terms[: most - 1], f"… ({len(terms) - most:,} more)", terms[-1]]
    return " + ".join(terms) + f" = {order.multiplications}" if terms else "0"


def _layers(result: Layers) -> list[Part]:
    """The layers' sizes; the product of their Jacobians in every order."""
    names: Sequence[str] = [layer.name for layer in result.layers]
    rows: list[list[Cell]] = [
        [layer.name, layer.size, "" if not before else f"∂{layer.name}/∂{before}", _shape(layer.size, size)]
        for layer, before, size in zip(
            result.layers, ["", *names], [0, *(layer.size for layer in result.layers)], strict=False
        )
    ]
    parts: list[Part] = [Sheet(["layer", "size", "Jacobian", "rows × columns"], rows)]
    if result.products is None or result.automatic is None or result.max_difference is None:
        return parts
    counts = ", ".join(f"{product.order} {product.multiplications:,}" for product in result.products)
    first, last = result.layers[0], result.layers[-1]
    if last.size == 1:
        columns = [product.jacobian[0] for product in result.products]
        entries: list[list[Cell]] = [
            [f"∂{last.members[0]}/∂{name}", *values, automatic]
            for name, *values, automatic in zip(first.members, *columns, result.automatic[0], strict=True)
        ]
        parts.append(Sheet(["entry", *(p.order for p in result.products), "automatic"], entries))
    parts.append(
        Said(
            f"Multiplied on the numbers at this point ({counts} multiplications, counted), every order gives the same "
            f"Jacobian as adcli's sweeps; the largest difference is {result.max_difference:.2g} of the largest entry.",
            "✓",
        )
    )
    return parts


def _shape(rows: int, columns: int) -> str:
    return f"{rows} × {columns}" if columns else ""
