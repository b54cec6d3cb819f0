"""What the commands compute that show how derivatives come about, as functions of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from adcli.problem.parameters import Expression, Names, Point, Sizes, Weights, described, names_in, of
from adcli.problem.values import FLOATS

if TYPE_CHECKING:
    from adcli.derivatives.elimination.chain import Chained
    from adcli.studies.bounds.bounds import Bounds
    from adcli.studies.compare.compare import Comparison
    from adcli.studies.cost.cost import Cost
    from adcli.studies.cost.growth import Growth
    from adcli.studies.cost.layers import Layers
    from adcli.studies.explore import Exploration
    from adcli.studies.gradients.check import GradientCheck
    from adcli.studies.graph import GraphView
    from adcli.studies.paths import Paths
    from adcli.studies.sparsity import Sparsity
    from adcli.studies.trace.grading import Grade
    from adcli.studies.trace.trace import Trace


@described
def sparsity(
    expr: Expression,
    at: Point | None = None,
    *,
    mode: str = "auto",
    hessian: bool = False,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
) -> Sparsity:
    """Where the Jacobian can be other than zero, whatever the point: `entries` are the (row, column) pairs, from 0.

    `sweeps` compute it, of which `colors` tells each column's (Curtis, Powell & Reid 1974); `reason` says why so many.

    mode: "forward", "reverse", or "auto", which takes the fewest sweeps and mixes both modes where that helps.
    hessian: the Hessian of one output instead, by products H·v.
    """
    from adcli.studies.sparsity import sparsity

    return sparsity(of(locals(), values=False), mode=mode, hessian=hessian)


@described
def trace(
    expr: Expression,
    at: Point | None = None,
    *,
    mode: str = "auto",
    tangent: Point | None = None,
    cotangent: Weights | None = None,
    rows: tuple[int | None, int | None] | None = None,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
) -> Trace:
    """Every step of a derivative, as the textbooks print it (Baydin et al. 2018, tables 2 and 3).

    `primal` has a row per node; `tangent` a list of rows per input, or one along *tangent*; `adjoint` one per output,
    or one for the weights *cotangent*. Each row has the rule (`formula`) and the number (`value`).

    mode: "forward", "reverse", or "auto" for both.
    rows: the numbers of the first and the last node to show, (1, 5) for v1 … v5; either may be None.
    """
    from adcli.studies.trace.trace import trace

    return trace(of(locals()), mode=mode, tangent=tangent, cotangent=cotangent, rows=rows)


@described
def grade(
    expr: Expression,
    at: Point | None,
    table: str,
    *,
    mode: str = "auto",
    tangent: Point | None = None,
    cotangent: Weights | None = None,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
) -> Grade:
    """A learner's table of a trace, corrected: `right`, and `wrong` with the first wrong entry and the probable slip.

    table: CSV with the columns `name`, `value`, and where wanted `tangent` and `adjoint`; of several inputs or outputs
        `tangent_x1`, `adjoint_y2`.
    mode, tangent, cotangent: the traces that the table is of, as of `trace`.

    Raises DataError where the table cannot be read.
    """
    from adcli.studies.trace.grading import grade

    return grade(of(locals()), table, mode=mode, tangent=tangent, cotangent=cotangent)


@described
def explore(
    expr: Expression,
    at: Point,
    *,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
) -> Exploration:
    """A page to step through both passes, with inputs that can be moved: a notebook shows it in a frame.

    `to_html()` is the whole page, one file for any browser. Raises LimitError for a program of too many nodes.
    """
    from adcli.studies.explore import explore

    return explore(of(locals()), {})


@described
def graph(
    expr: Expression,
    at: Point | None = None,
    *,
    adjoints: bool = False,
    cotangent: Weights | None = None,
    highlight: Names = (),
    group: bool = False,
    expand: Names = (),
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
) -> GraphView:
    """The computational graph: `nodes` (inputs first, then operations in order of evaluation) and `edges` between them.

    At a point nodes have values, and edges the local partial derivatives ∂target/∂source. Without one: the structure.

    adjoints: put v̄ on the nodes, the derivative of the output by each.
    cotangent: the weights of several outputs, for adjoints.
    highlight: mark what depends on these names.
    group: draw what one operation on arrays expands to as one box.
    expand: take these boxes apart, by an array's name, an assigned name or the operation's text.
    """
    from adcli.studies.graph import graph_view

    asked = of(locals(), values=at is not None)
    marked, opened = names_in(highlight, "highlight"), names_in(expand, "expand")
    return graph_view(asked, adjoints=adjoints, cotangent=cotangent, highlight=marked, group=group, expand=opened)


@described
def paths(
    expr: Expression,
    at: Point | None = None,
    *,
    limit: int = 20,
    factored: bool = False,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
) -> Paths:
    """The derivatives as sums over paths: `paths` with the largest |product|, `totals` their sums, `counts` how many.

    `cancellation` is Σ|product| / |Σ product|, 10^k where about k digits cancel. Without a point: names and counts.

    limit: list at most so many; sums and counts are of all.
    factored: add each derivative as the one nested expression that the graph's structure gives.
    """
    from adcli.studies.paths import paths

    return paths(of(locals(), values=at is not None), limit=limit, factored=factored)


@described
def cost(
    expr: Expression,
    at: Point | None = None,
    *,
    measure: bool = False,
    elimination: bool = False,
    tangent: Point | None = None,
    cotangent: Weights | None = None,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
) -> Cost:
    """What derivatives cost by every way to get them, in flops, counted by running the modes; no point is needed.

    A flop is + - × ÷ or a comparison; functions such as sin count as 10, special ones as 40 (Griewank & Walther 2008,
    ch. 3). `recommended` is the cheaper mode, `reason` says why. `growth`, `layers` and `chain` are its relatives.

    measure: measure `seconds` too; needs a point.
    elimination: the Jacobian by other orders of the chain rule, vertex by vertex.
    tangent: one direction J·ẋ, instead of all columns.
    cotangent: one combination ȳᵀ·J, instead of all rows.
    """
    from adcli.derivatives.directions import weights
    from adcli.problem.given import by_name
    from adcli.studies.cost.cost import cost

    asked = of(locals(), values=at is not None)
    return cost(
        asked,
        tangent=None if tangent is None else list(by_name(tangent, "the tangent")),
        cotangent=None if cotangent is None else len(weights(asked, cotangent)),
        measure=measure,
        elimination=elimination,
    )


@described
def growth(
    expr: Expression,
    size: str,
    sizes: Sequence[int],
    *,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
) -> Growth:
    """How the cost grows with a size of the program: `growth` has a row for each of *sizes*, in evaluations of f.

    size: the name of the size, such as the n of a sum.
    sizes: the values that it takes, for instance range(1, 51).
    """
    from adcli.studies.cost.growth import growth

    return growth(expr, size, sizes, let=let or {}, wrt=wrt, output=output, syntax=syntax, allow_unused=allow_unused)


@described
def layers(
    expr: Expression,
    at: Point | None = None,
    names: Names = (),
    *,
    elimination: bool = False,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
) -> Layers:
    """The layers of a program as a chain of Jacobians: what each order of multiplying them costs, and what it gives.

    names: the layers (families of intermediates) from input to output, for instance "x,z1,z2,y".
    elimination: the orders of eliminating single units besides.
    """
    from adcli.studies.cost.layers import layers

    wanted = names_in(names, "names")
    return layers(of(locals(), values=at is not None), wanted, values=at is not None, elimination=elimination)


def chain(sizes: Sequence[int]) -> Chained:
    """The orders of multiplying the Jacobians of layers of these *sizes*, from input to output, and what each costs.

    In multiplications of numbers; the best order by dynamic programming (Godbole 1973). Raises UsageError, LimitError.
    """
    from adcli.derivatives.elimination.chain import Chained, chain

    return Chained(expr=(), at={}, chain=chain(sizes))


@described
def compare(
    expr: Expression,
    at: Point | None = None,
    *,
    manual: Mapping[str, str] | None = None,
    steps: bool = False,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    kinks: str = "warn",
) -> Comparison:
    """The ways to differentiate one output, side by side: by hand, differences, SymPy, both modes.

    `methods` has each way's gradient, its error against 50 digits (`truth`), what it takes, and how long, in seconds
    (Baydin et al. 2018, sec. 2).

    manual: derivatives worked out by hand, formulas by the names of inputs; `check` says whether they are right.
    steps: the errors of the differences for steps from 0.1 to 1e-16.
    """
    from adcli.studies.compare.compare import compare

    return compare(of(locals()), manual=manual, steps=steps)


@described
def bounds(
    expr: Expression,
    over: Point,
    at: Point | None = None,
    *,
    tolerance: float = 1e-6,
    seconds: float = 10,
    hessian: bool = False,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
) -> Bounds:
    """Proven bounds of one output over a box: `value`, `gradient`, and what follows from them.

    `monotone`, `convex`, `concave`, `lipschitz`, `zeros` and `roots` are None, or empty, where nothing is proven.

    over: the intervals in which inputs move, by name: pairs of numbers or texts "low:high".
    at: the values of the inputs that do not move.
    tolerance: how near to attained values bounds are sought, relative above 1.
    seconds: processor time after which what is proven by then is the answer, with a warning.
    hessian: bounds of the second derivatives too.
    """
    from adcli.studies.bounds.bounds import bounds

    options = {"output": names_in(output, "output"), "let": let, "syntax": syntax}
    return bounds(expr, over, at, tolerance=tolerance, seconds=seconds, hessian=hessian, **options)


def check_gradient(
    gradient: str,
    at: Point,
    *,
    function: str | None = None,
    against: Expression = None,
    points: int = 20,
    tolerance: float = 1e-6,
    timeout: float = 10,
) -> GradientCheck:
    """A gradient from elsewhere, held against differences of its function or against a formula: `entries`, and `ok`.

    Commands are started once; each reads a JSON object of inputs a line, and answers with a line of JSON.

    gradient: the command that answers with an object of derivatives.
    at: the point, as of `gradient`.
    function: the command that answers with the function's value.
    against: a formula of the function, as of `gradient`.
    points: how many points are checked, the one given and others near it.
    tolerance: the relative difference up to which numbers agree.
    timeout: how many seconds an answer may take.
    """
    from adcli.studies.gradients.check import check_gradient

    return check_gradient(
        gradient, at, function=function, against=against, points=points, tolerance=tolerance, seconds=timeout
    )
