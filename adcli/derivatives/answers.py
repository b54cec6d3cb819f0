"""The answers to a problem, as frozen results: values, gradients, Jacobians, JVPs, VJPs, Hessians and HVPs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adcli.derivatives.questions import Across, Along, Matrix, Passing, Question
from adcli.derivatives.solver import Answer, solve, solve_precisely
from adcli.errors import AdcliError, NameFault, UsageError, counted, listed, there_are
from adcli.problem.checks import among
from adcli.problem.given import by_name, sequence
from adcli.problem.problem import Expression, Problem, moving, problem, scalar
from adcli.problem.values import FLOATS, Value, flatten
from adcli.results import (
    HVP,
    JVP,
    VJP,
    Evaluation,
    Gradient,
    Hessian,
    Jacobian,
    Number,
    Result,
    SparseHessian,
    SparseJacobian,
    Taylor,
)

MODES = {"fwd": "forward", "forward": "forward", "rev": "reverse", "reverse": "reverse", "auto": "auto"}
CROSS = "cross"
"""The mode of a Jacobian that eliminates vertices in any order: "cross-country" between forward and reverse."""
ORDERS = ("fwd-rev", "rev-fwd", "fwd-fwd", "rev-rev")
"""Orders of the two modes in a Hessian, the outer one first; the first is the default."""


def evaluate(expr: Expression, at: Mapping[str, Value] | None = None, **options: Any) -> Evaluation:
    """The outputs' values. Options as of `problem`. Raises DomainError, RangeError besides."""
    asked = problem(expr, at, **options)
    return _evaluate(asked, solve)


def gradient(
    expr: Expression, at: Mapping[str, Value] | None = None, *, mode: str = "auto", **options: Any
) -> Gradient:
    """The gradient of one output: ∂y/∂x for each name of `wrt`. Options as of `problem`.

    Raises UsageError for several outputs, DomainError, RangeError, UndeterminedError, KinkError where no
    derivative exists.
    """
    asked = scalar(problem(expr, at, **options), "grad", "use `adcli jacobian` for all of them, or ")
    return _gradient(asked, solve, chosen(mode, asked))


def jacobian(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    mode: str = "auto",
    layout: str = "numerator",
    det: bool = False,
    **options: Any,
) -> Jacobian:
    """The Jacobian: a row per output, a column per name of `wrt`; *layout* "denominator" gives its transpose.

    *mode* "cross" eliminates vertices in the best order found (`adcli.derivatives.elimination`). *det* adds the
    determinant of a square one. Options as of `problem`, errors as of `gradient`.
    """
    asked = moving(problem(expr, at, **options))
    _known(layout)
    if det and len(asked.graph.outputs) != len(asked.wrt):
        raise UsageError(
            f"only a square Jacobian has a determinant; this one is {len(asked.graph.outputs)} × {len(asked.wrt)}"
        )
    return _jacobian(asked, solve, mode if mode == CROSS else chosen(mode, asked), layout, det)


def sparse_jacobian(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    mode: str = "auto",
    layout: str = "numerator",
    **options: Any,
) -> SparseJacobian:
    """The Jacobian's nonzeros by compressed sweeps; *mode* "auto" takes the fewest, mixing modes where that helps.

    Options and errors as of `jacobian`.
    """
    asked = moving(problem(expr, at, **options))
    _known(layout)
    if mode == CROSS:
        raise UsageError(
            "mode cross knows no sweeps to be compressed", hint="modes: fwd (forward), rev (reverse), auto"
        )
    return _sparse_jacobian(asked, solve, mode if mode == "auto" else chosen(mode, asked), layout)


def jvp(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    tangent: Mapping[str, Value] | None = None,
    **options: Any,
) -> JVP:
    """J·ẋ in one forward sweep. *tangent* may be left out for one input (1); a name it lacks has 0."""
    asked = moving(problem(expr, at, **options))
    return _jvp(asked, solve, components(asked, tangent, "tangent"))


def vjp(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    cotangent: Sequence[Value] | Mapping[str, Value] | None = None,
    **options: Any,
) -> VJP:
    """ȳᵀ·J in one reverse sweep. *cotangent* may be left out for one output (1)."""
    asked = moving(problem(expr, at, **options))
    return _vjp(asked, solve, weights(asked, cotangent))


def hessian(expr: Expression, at: Mapping[str, Value] | None = None, *, mode: str = "auto", **options: Any) -> Hessian:
    """The Hessian of one output, by one of ORDERS (outer mode first). Options and errors as of `gradient`."""
    asked = scalar(problem(expr, at, **options), "hessian")
    if mode not in (*ORDERS, "auto"):
        raise UsageError(f"no order of modes is called {mode!r}", hint="orders: " + ", ".join(ORDERS))
    outer, inner = ORDERS[0 if mode == "auto" else ORDERS.index(mode)].split("-")
    return _hessian(asked, solve, MODES[outer], MODES[inner])


def sparse_hessian(expr: Expression, at: Mapping[str, Value] | None = None, **options: Any) -> SparseHessian:
    """The Hessian's nonzeros from Hessian-vector products, one per colour. Options and errors as of `hessian`."""
    return _sparse_hessian(scalar(problem(expr, at, **options), "hessian"), solve)


def hvp(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    vector: Mapping[str, Value] | None = None,
    **options: Any,
) -> HVP:
    """H·v for one output, by forward over reverse, without forming the Hessian.

    *vector* may be left out for one input (1); a name it lacks has 0. Options and errors as of `gradient`.
    """
    asked = scalar(problem(expr, at, **options), "hvp")
    return _hvp(asked, solve, components(asked, vector, "vector"))


def recompute(asked: Problem, result: Result, digits: int) -> Result:
    """The same result by the same mode, right to *digits* digits: what a cross-check compares with.

    The inputs are those that *result* was computed from: the doubles, or the values as written where a
    precision was asked for.
    """

    def precisely(asked: Problem, question: Question) -> Answer:
        return solve_precisely(asked, question, digits, exact=asked.precision != FLOATS)

    if isinstance(result, Evaluation):
        return _evaluate(asked, precisely)
    if isinstance(result, Gradient):
        return _gradient(asked, precisely, result.mode)
    if isinstance(result, Jacobian):
        return _jacobian(asked, precisely, result.mode, result.layout, result.determinant is not None, digits)
    if isinstance(result, JVP):
        return _jvp(asked, precisely, result.tangent)
    if isinstance(result, VJP):
        return _vjp(asked, precisely, list(result.cotangent))
    if isinstance(result, Hessian):
        return _hessian(asked, precisely, *result.mode.split(" over "))
    if isinstance(result, HVP):
        return _hvp(asked, precisely, result.vector)
    if isinstance(result, SparseJacobian):
        return _sparse_jacobian(asked, precisely, result.mode, result.layout)
    if isinstance(result, SparseHessian):
        return _sparse_hessian(asked, precisely)
    if isinstance(result, Taylor):
        from adcli.derivatives.taylor import recompute as recompute_series

        return recompute_series(asked, result, digits)
    raise TypeError(f"no way to recompute a {type(result).__name__}")


# From the solver's numbers to results

Solver = Callable[[Problem, Question], Answer]


def _evaluate(asked: Problem, solver: Solver) -> Evaluation:
    answer = solver(asked, Question())
    return Evaluation(**asked.shared(answer.notices), outputs=asked.graph.output_names, values=answer.values)


def _gradient(asked: Problem, solver: Solver, mode: str) -> Gradient:
    answer = solver(asked, Matrix(mode))
    (row,) = answer.entries
    return Gradient(
        **asked.shared(answer.notices),
        mode=mode,
        sweeps=1 if mode == "reverse" else len(asked.wrt),
        output=asked.graph.output_names[0],
        value=answer.values[0],
        gradient=_named(asked, row),
    )


def _jacobian(asked: Problem, solver: Solver, mode: str, layout: str, det: bool, digits: int | None = None) -> Jacobian:
    cross = None
    if mode == CROSS:
        from adcli.derivatives.elimination.jacobian import Cross

        cross = Cross()
    answer = solver(asked, cross or Matrix(mode))
    rows = answer.entries
    sweeps = {"reverse": len(asked.graph.outputs), "forward": len(asked.wrt)}
    return Jacobian(
        **asked.shared(answer.notices),
        mode=mode,
        outputs=asked.graph.output_names,
        inputs=tuple(name for name, _ in asked.wrt),
        values=answer.values,
        layout=layout,
        jacobian=rows if layout == "numerator" else tuple(zip(*rows, strict=True)),
        sweeps=sweeps.get(mode, 0),
        determinant=_determinant(rows, digits or asked.precision) if det else None,
        elimination=None if cross is None else cross.summary,
    )


def _sparse_jacobian(asked: Problem, solver: Solver, mode: str, layout: str) -> SparseJacobian:
    from adcli.derivatives.sparsity import Colours, Compressed, pattern

    rows = pattern(asked.graph, [node for _, node in asked.wrt])
    colours = Colours(rows, len(asked.wrt), mode)
    question = Compressed(rows, colours.columns, colours.rows)
    answer = solver(asked, question)
    entries = [(i, j, number) for (i, j), number in zip(question.places, answer.entries[0], strict=True)]
    if layout == "denominator":
        entries = sorted([(j, i, number) for i, j, number in entries], key=lambda entry: entry[:2])
    return SparseJacobian(
        **asked.shared(answer.notices),
        mode=colours.mode,
        outputs=asked.graph.output_names,
        inputs=tuple([name for name, _ in asked.wrt]),
        values=answer.values,
        layout=layout,
        nnz=len(entries),
        entries=tuple(entries),
        colors=colours.colors,
        row_colors=colours.row_colors,
        sweeps=colours.sweeps,
        dense_sweeps=colours.dense_sweeps,
    )


def _jvp(asked: Problem, solver: Solver, tangent: Mapping[str, Value]) -> JVP:
    answer = solver(asked, Along(tangent))
    return JVP(
        **asked.shared(answer.notices),
        outputs=asked.graph.output_names,
        values=answer.values,
        tangent={name: asked.seed(value, f"the tangent of {name}") for name, value in tangent.items()},
        jvp=tuple(row[0] for row in answer.entries),
    )


def _vjp(asked: Problem, solver: Solver, cotangent: list[Value]) -> VJP:
    answer = solver(asked, Across(cotangent))
    (row,) = answer.entries
    return VJP(
        **asked.shared(answer.notices),
        outputs=asked.graph.output_names,
        values=answer.values,
        cotangent=tuple(asked.seed(value, "the cotangent") for value in cotangent),
        vjp=_named(asked, row),
    )


def _second(asked: Problem, solver: Solver, inner: str, question: Question) -> tuple[Number, Answer]:
    """The value, and the answer to *question* about the gradient, which one mode has written as a program."""
    from adcli.derivatives.second import gradient_problem, stands_alone

    primal = solver(asked, Passing())
    gradient = gradient_problem(asked, inner)
    try:
        answer = solver(gradient, question)
    except AdcliError as error:
        solver(asked, Matrix("reverse"))  # where the first derivative fails, it says so better
        message = f"no second derivative by the chain rule: {error.message}"
        raise type(error)(
            message, error.span, hint=error.hint, notes=error.notes, text=error.text, origin=error.origin
        ) from error
    if stands_alone(asked):
        answer = _around(gradient, question, answer)
    said = {notice.kind for notice in primal.notices}
    answer.notices = [*primal.notices, *(notice for notice in answer.notices if notice.kind not in said)]
    return primal.values[0], answer


def _around(gradient: Problem, question: Question, answer: Answer) -> Answer:
    """The answer with what the gradient does around the point, where its branch is that point alone."""
    from adcli.derivatives.limits import limit

    rows = [list(row) for row in answer.entries]
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            exact = gradient.precision != FLOATS
            found, _ = limit(gradient, *question.direction(gradient, i, j), exact=exact)
            if found is not None:
                row[j] = entry * 0 + found if hasattr(entry, "_mpf_") else float(found)
    return Answer(answer.values, rows, answer.notices)


def _hessian(asked: Problem, solver: Solver, outer: str, inner: str) -> Hessian:
    value, answer = _second(asked, solver, inner, Matrix(outer))
    rows = answer.entries
    return Hessian(
        **asked.shared(answer.notices),
        mode=f"{outer} over {inner}",
        output=asked.graph.output_names[0],
        inputs=tuple(name for name, _ in asked.wrt),
        value=value,
        gradient=_named(asked, answer.values),
        # Rounding alone makes the two triangles differ.
        hessian=tuple(tuple(_mean(x, rows[j][i]) for j, x in enumerate(row)) for i, row in enumerate(rows)),
    )


def _sparse_hessian(asked: Problem, solver: Solver) -> SparseHessian:
    from adcli.derivatives.colouring import count
    from adcli.derivatives.second import gradient_problem
    from adcli.derivatives.sparsity import Compressed, hessian_pattern

    rows, colours = hessian_pattern(gradient_problem(asked, "reverse"))
    question = Compressed(rows, colours, (), symmetric=True)
    value, answer = _second(asked, solver, "reverse", question)
    entries = tuple([(i, j, number) for (i, j), number in zip(question.places, answer.entries[0], strict=True)])
    return SparseHessian(
        **asked.shared(answer.notices),
        output=asked.graph.output_names[0],
        inputs=tuple([name for name, _ in asked.wrt]),
        value=value,
        gradient=_named(asked, answer.values),
        nnz=len(entries),
        entries=entries,
        colors=tuple(colours),
        sweeps=count(colours),
        dense_sweeps=len(colours),
    )


def _hvp(asked: Problem, solver: Solver, vector: Mapping[str, Value]) -> HVP:
    value, answer = _second(asked, solver, "reverse", Along(vector))
    return HVP(
        **asked.shared(answer.notices),
        output=asked.graph.output_names[0],
        value=value,
        vector={name: asked.seed(component, f"the vector's {name}") for name, component in vector.items()},
        hvp=_named(asked, [row[0] for row in answer.entries]),
    )


def _mean(x: Number, y: Number) -> Number:
    return x if x == y else x / 2 + y / 2


def _known(layout: str) -> None:
    """Raise UsageError where there is no such layout."""
    if layout not in ("numerator", "denominator"):
        raise UsageError(f'layout is "numerator" or "denominator", not {layout!r}')


def weights(asked: Problem, cotangent: Sequence[Value] | Mapping[str, Value] | None) -> list[Value]:
    """A cotangent's weight for each output; left out, 1 for the only one."""
    outputs = asked.graph.output_names
    if cotangent is None:
        if len(outputs) != 1:
            raise UsageError(
                f"several outputs ({', '.join(outputs)}) need a cotangent, one weight for each",
                hint="for instance --cotangent " + ",".join("1" for _ in outputs),
            )
        cotangent = (1.0,)
    if isinstance(cotangent, Mapping):
        for name in cotangent:
            if name not in outputs:
                raise NameFault(f"the cotangent names {name}, which is no output", hint=among(name, outputs))
        cotangent = [cotangent.get(name, 0.0) for name in outputs]
    cotangent = sequence(cotangent, "a cotangent")
    if len(cotangent) != len(outputs):
        given = counted(len(cotangent), "component")
        raise UsageError(f"the cotangent has {given}, and {there_are(outputs, 'output')}")
    return list(cotangent)


def components(asked: Problem, given: Mapping[str, Value] | None, what: str) -> dict[str, Value]:
    """A direction's component for each name differentiated by."""
    names = [name for name, _ in asked.wrt]
    if given is None:
        if len(names) != 1:
            raise UsageError(
                f"the {what} has {len(names)} components: {listed(names)}",
                hint=f"give them with --{what}, for instance --{what} " + ",".join(f"{n}=1" for n in names[:2]),
            )
        given = {names[0]: 1.0}
    flat = flatten(by_name(given, f"the {what}"))
    for name in flat:
        if name not in names:
            raise NameFault(f"the {what} names {name}, which is not differentiated by", hint=among(name, names))
    return {name: flat.get(name, 0.0) for name in names}


def _named(asked: Problem, row: Sequence[Number]) -> dict[str, Number]:
    return {name: entry for (name, _), entry in zip(asked.wrt, row, strict=True)}


def _determinant(rows: Sequence[Sequence[Number]], digits: int) -> Number:
    """The determinant of the entries as they are, computed with enough digits that elimination loses none."""
    from adcli.arithmetic.multiprecision import Multiprecision, multiprecision

    context = multiprecision(max(2 * digits, 50) + len(rows)).context
    result = context.det(context.matrix([[context.mpf(x) for x in row] for row in rows])) if rows else context.one
    return float(result) if digits == FLOATS else +Multiprecision(digits).context.mpf(result)


def chosen(mode: str, asked: Problem) -> str:
    """The mode's full name; "auto" is forward where there are fewer inputs than outputs, else reverse."""
    full = MODES.get(mode) if isinstance(mode, str) else None
    if full is None:
        raise UsageError(f"no mode is called {mode!r}", hint="modes: fwd (forward), rev (reverse), auto")
    if full == "auto":
        return "forward" if len(asked.wrt) < len(asked.graph.outputs) else "reverse"
    return full
