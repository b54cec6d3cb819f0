"""Answers in Python, held against a witness where *check* asks for it: what the commands with `--check` compute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from adcli.derivatives import answers
from adcli.derivatives.results import (
    HVP,
    JVP,
    VJP,
    Evaluation,
    Gradient,
    Hessian,
    Jacobian,
    SparseHessian,
    SparseJacobian,
    Taylor,
)
from adcli.errors import UsageError
from adcli.problem.parameters import Expression, Names, Point, Sizes, Weights, described, of
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS
from adcli.results import Result

_Result = TypeVar("_Result", bound=Result)


def checked(asked: Problem, result: _Result, wanted: bool = True, seconds: float | None = None) -> _Result:
    """The result with the outcome of its cross-check, and the check's own warnings; as it is where none is *wanted* and
    no seconds are given for it."""
    if not wanted and seconds is None:
        return result
    from adcli.crosscheck import SECONDS, check

    outcome, notices = check(asked, result, SECONDS if seconds is None else seconds)
    return replace(result, check=outcome, warnings=(*result.warnings, *notices))


def _answered(
    asked: Problem, compute: Callable[[Problem], _Result], check: bool, check_seconds: float | None, certify: bool
) -> _Result:
    """What *compute* makes of the problem: proven, and checked, where that is wanted."""
    if not certify:
        return checked(asked, compute(asked), check, check_seconds)
    from adcli.derivatives.certify import certified

    asked = asked.changed(written=True)
    return checked(asked, certified(asked, compute), check, check_seconds)


@described
def evaluate(
    expr: Expression,
    at: Point | None = None,
    *,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
    kinks: str = "warn",
    limits: bool = False,
    certify: bool = False,
    check: bool = False,
    check_seconds: float | None = None,
) -> Evaluation:
    """The outputs' values: `values`, in the order of `outputs`, in the units of the formula."""
    asked = of(locals())
    return _answered(asked, lambda problem: answers.evaluate(problem, limits=limits), check, check_seconds, certify)


@described
def gradient(
    expr: Expression,
    at: Point | None = None,
    *,
    mode: str = "auto",
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    certify: bool = False,
    check: bool = False,
    check_seconds: float | None = None,
) -> Gradient:
    """The gradient of one output: `gradient` has ∂y/∂x for each name of `wrt`, `value` is y.

    By one reverse sweep or a forward sweep for each name (Griewank & Walther 2008, ch. 3). Of several outputs `output`
    chooses one, or use `jacobian`.
    """
    asked = of(locals())
    return _answered(asked, lambda problem: answers.gradient(problem, mode=mode), check, check_seconds, certify)


@described
def jacobian(
    expr: Expression,
    at: Point | None = None,
    *,
    mode: str = "auto",
    layout: str = "numerator",
    det: bool = False,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    certify: bool = False,
    check: bool = False,
    check_seconds: float | None = None,
) -> Jacobian:
    """The Jacobian: `jacobian[i][j]` is ∂yᵢ/∂xⱼ, yᵢ of `outputs`, xⱼ of `inputs`; `values` are the yᵢ.

    mode: "forward" (a sweep per input), "reverse" (a sweep per output), "auto", the one with fewer sweeps, or "cross",
        which eliminates vertices in the best order that is found (Griewank & Walther 2008, ch. 9).
    det: the `determinant` too, of a square one.
    """
    asked = of(locals())
    if certify and det:
        raise UsageError("what is proven are values and derivatives", hint="leave out det")
    return _answered(
        asked,
        lambda problem: answers.jacobian(problem, mode=mode, layout=layout, det=det),
        check,
        check_seconds,
        certify,
    )


@described
def sparse_jacobian(
    expr: Expression,
    at: Point | None = None,
    *,
    mode: str = "auto",
    layout: str = "numerator",
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    check: bool = False,
    check_seconds: float | None = None,
) -> SparseJacobian:
    """The Jacobian's nonzeros: `entries` are (i, j, ∂yᵢ/∂xⱼ), i and j from 0, as `adcli jacobian --sparse` has them.

    By as few sweeps as a colouring of rows or columns allows (Curtis, Powell & Reid 1974; Coleman & Moré 1983).

    mode: "forward", "reverse", or "auto", which takes the fewest sweeps and mixes both modes where that helps.
    """
    asked = of(locals())
    return checked(asked, answers.sparse_jacobian(asked, mode=mode, layout=layout), check, check_seconds)


@described
def jvp(
    expr: Expression,
    at: Point | None = None,
    tangent: Point | None = None,
    *,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    check: bool = False,
    check_seconds: float | None = None,
) -> JVP:
    """J·ẋ in one forward sweep: `jvp` has a number per output, the derivative along the direction *tangent*."""
    asked = of(locals())
    return checked(asked, answers.jvp(asked, tangent=tangent), check, check_seconds)


@described
def vjp(
    expr: Expression,
    at: Point | None = None,
    cotangent: Weights | None = None,
    *,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    check: bool = False,
    check_seconds: float | None = None,
) -> VJP:
    """ȳᵀ·J in one reverse sweep: `vjp` has a number per name of `wrt`, the gradient of the outputs so weighted."""
    asked = of(locals())
    return checked(asked, answers.vjp(asked, cotangent=cotangent), check, check_seconds)


@described
def hessian(
    expr: Expression,
    at: Point | None = None,
    *,
    mode: str = "auto",
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    certify: bool = False,
    check: bool = False,
    check_seconds: float | None = None,
) -> Hessian:
    """The Hessian of one output: `hessian[i][j]` is ∂²y/∂xᵢ∂xⱼ, symmetric; `gradient` and `value` beside it.

    mode: the order of the two modes, the outer one first: "fwd-rev" (the default, a forward sweep through the
        gradient's program per input), "rev-fwd", "fwd-fwd" or "rev-rev".
    """
    asked = of(locals())
    return _answered(asked, lambda problem: answers.hessian(problem, mode=mode), check, check_seconds, certify)


@described
def sparse_hessian(
    expr: Expression,
    at: Point | None = None,
    *,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    check: bool = False,
    check_seconds: float | None = None,
) -> SparseHessian:
    """The Hessian's nonzeros: `entries` are (i, j, ∂²y/∂xᵢ∂xⱼ), both triangles, as `adcli hessian --sparse` has them.

    From one Hessian-vector product per colour of a star colouring (Coleman & Moré 1984).
    """
    asked = of(locals())
    return checked(asked, answers.sparse_hessian(asked), check, check_seconds)


@described
def hvp(
    expr: Expression,
    at: Point | None = None,
    vector: Point | None = None,
    *,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    check: bool = False,
    check_seconds: float | None = None,
) -> HVP:
    """H·v for one output, by forward over reverse, without forming the Hessian: `hvp` has a number per name of `wrt`.

    Its cost is a small multiple of the gradient's, whatever the number of inputs (Pearlmutter 1994).
    """
    asked = of(locals())
    return checked(asked, answers.hvp(asked, vector=vector), check, check_seconds)


@described
def taylor(
    expr: Expression,
    at: Point | None = None,
    *,
    order: int = 4,
    var: str | None = None,
    direction: Point | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
    kinks: str = "warn",
    certify: bool = False,
    check: bool = False,
    check_seconds: float | None = None,
) -> Taylor:
    """The Taylor series of one output along a line: f(x + t·d) = Σ `coefficients[k]`·t^k, up to *order*.

    `derivatives[k]` = k!·coefficients[k] is dᵏf/dtᵏ at t = 0. All come from one evaluation on truncated series
    (Griewank & Walther 2008, ch. 13).

    order: the highest order, from 0 to 10,000.
    var: the input to expand in; may be left out for one input.
    direction: the line d by names, instead of *var*; those left out are 0.
    """
    from adcli.derivatives.taylor import taylor as along

    asked = of(locals())
    return _answered(
        asked, lambda problem: along(problem, order=order, var=var, direction=direction), check, check_seconds, certify
    )
