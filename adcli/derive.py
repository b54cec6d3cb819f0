"""The answers to a problem: values, gradients, Jacobians, JVPs and VJPs, as frozen results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.errors import NameFault, UsageError
from adcli.problem import FLOATS, Expression, Problem, Value, among, flatten, problem
from adcli.results import JVP, VJP, Evaluation, Gradient, Jacobian, Number, Result
from adcli.solver import Across, Along, Answer, Matrix, Question, solve, solve_precisely

MODES = {"fwd": "forward", "forward": "forward", "rev": "reverse", "reverse": "reverse", "auto": "auto"}


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
    asked = problem(expr, at, **options)
    if len(asked.graph.outputs) > 1:
        raise UsageError(
            f"grad needs one output, and this program has {len(asked.graph.outputs)}: "
            + ", ".join(asked.graph.output_names),
            hint="use `adcli jacobian` for all of them, or choose one with --output NAME",
        )
    return _gradient(asked, solve, _chosen(mode, asked))


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

    *det* adds the determinant of a square one. Options as of `problem`, errors as of `gradient`.
    """
    asked = problem(expr, at, **options)
    if layout not in ("numerator", "denominator"):
        raise UsageError(f'layout is "numerator" or "denominator", not {layout!r}')
    if det and len(asked.graph.outputs) != len(asked.wrt):
        raise UsageError(
            f"only a square Jacobian has a determinant; this one is {len(asked.graph.outputs)} × {len(asked.wrt)}"
        )
    return _jacobian(asked, solve, _chosen(mode, asked), layout, det)


def jvp(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    tangent: Mapping[str, Value] | None = None,
    **options: Any,
) -> JVP:
    """J·ẋ in one forward sweep. *tangent* may be left out for one input (1); a name it lacks has 0."""
    asked = problem(expr, at, **options)
    names = [name for name, _ in asked.wrt]
    if tangent is None:
        if len(names) != 1:
            raise UsageError(
                f"the tangent has {len(names)} components: {', '.join(names)}",
                hint="give them with --tangent, for instance --tangent " + ",".join(f"{n}=1" for n in names[:2]),
            )
        tangent = {names[0]: 1.0}
    given = flatten(tangent)
    for name in given:
        if name not in names:
            raise NameFault(f"the tangent names {name}, which is not differentiated by", hint=among(name, names))
    return _jvp(asked, solve, {name: given.get(name, 0.0) for name in names})


def vjp(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    cotangent: Sequence[Value] | Mapping[str, Value] | None = None,
    **options: Any,
) -> VJP:
    """ȳᵀ·J in one reverse sweep. *cotangent* may be left out for one output (1)."""
    asked = problem(expr, at, **options)
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
    if len(cotangent) != len(outputs):
        raise UsageError(
            f"the cotangent has {len(cotangent)} components, and there are {len(outputs)} outputs: {', '.join(outputs)}"
        )
    return _vjp(asked, solve, list(cotangent))


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
    raise TypeError(f"no way to recompute a {type(result).__name__}")


# From the solver's numbers to results

Solver = Callable[[Problem, Question], Answer]


def _evaluate(asked: Problem, solver: Solver) -> Evaluation:
    answer = solver(asked, Question())
    return Evaluation(**_common(asked, answer), outputs=asked.graph.output_names, values=answer.values)


def _gradient(asked: Problem, solver: Solver, mode: str) -> Gradient:
    answer = solver(asked, Matrix(mode))
    (row,) = answer.entries
    return Gradient(
        **_common(asked, answer),
        mode=mode,
        sweeps=1 if mode == "reverse" else len(asked.wrt),
        output=asked.graph.output_names[0],
        value=answer.values[0],
        gradient=_named(asked, row),
    )


def _jacobian(asked: Problem, solver: Solver, mode: str, layout: str, det: bool, digits: int | None = None) -> Jacobian:
    answer = solver(asked, Matrix(mode))
    rows = answer.entries
    return Jacobian(
        **_common(asked, answer),
        mode=mode,
        outputs=asked.graph.output_names,
        inputs=tuple(name for name, _ in asked.wrt),
        values=answer.values,
        layout=layout,
        jacobian=rows if layout == "numerator" else tuple(zip(*rows, strict=True)),
        sweeps=len(asked.graph.outputs) if mode == "reverse" else len(asked.wrt),
        determinant=_determinant(rows, digits or asked.precision) if det else None,
    )


def _jvp(asked: Problem, solver: Solver, tangent: Mapping[str, Value]) -> JVP:
    answer = solver(asked, Along(tangent))
    return JVP(
        **_common(asked, answer),
        outputs=asked.graph.output_names,
        values=answer.values,
        tangent={name: _seed(asked, value, f"the tangent of {name}") for name, value in tangent.items()},
        jvp=tuple(row[0] for row in answer.entries),
    )


def _vjp(asked: Problem, solver: Solver, cotangent: list[Value]) -> VJP:
    answer = solver(asked, Across(cotangent))
    (row,) = answer.entries
    return VJP(
        **_common(asked, answer),
        outputs=asked.graph.output_names,
        values=answer.values,
        cotangent=tuple(_seed(asked, value, "the cotangent") for value in cotangent),
        vjp=_named(asked, row),
    )


def _named(asked: Problem, row: Sequence[Number]) -> dict[str, Number]:
    return {name: entry for (name, _), entry in zip(asked.wrt, row, strict=True)}


def _seed(asked: Problem, value: Value, what: str) -> Number:
    """A seed's component as the result reports it."""
    if asked.precision == FLOATS:
        return asked.number(value, doubles(), what)
    from adcli.arithmetic.multiprecision import multiprecision

    return asked.number(value, multiprecision(asked.precision), what)


def _common(asked: Problem, answer: Answer) -> dict[str, Any]:
    return {
        "expr": asked.expr,
        "at": asked.numbers(),
        "precision": asked.precision,
        "text": asked.graph.text,
        "warnings": tuple(answer.notices),
    }


def _determinant(rows: Sequence[Sequence[Number]], digits: int) -> Number:
    """The determinant of the entries as they are, computed with enough digits that elimination loses none."""
    from adcli.arithmetic.multiprecision import multiprecision

    context = multiprecision(max(2 * digits, 50) + len(rows)).context
    result = context.det(context.matrix([[context.mpf(x) for x in row] for row in rows])) if rows else context.one
    return float(result) if digits == FLOATS else +multiprecision(digits).context.mpf(result)


def _chosen(mode: str, asked: Problem) -> str:
    """The mode's full name; "auto" is forward where there are fewer inputs than outputs, else reverse."""
    full = MODES.get(mode)
    if full is None:
        raise UsageError(f"no mode is called {mode!r}", hint="modes: fwd (forward), rev (reverse), auto")
    if full == "auto":
        return "forward" if len(asked.wrt) < len(asked.graph.outputs) else "reverse"
    return full
