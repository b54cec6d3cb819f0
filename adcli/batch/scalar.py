"""One row by the scalar path: the exact answer, or the error that says why there is none."""

from __future__ import annotations

from collections.abc import Mapping

from adcli import derive
from adcli.batch.kernel import Asked
from adcli.problem import Problem


def answer(problem: Problem, asked: Asked, point: Mapping[str, float]) -> list[float]:
    """The numbers of one row, in the order of `kernel.names_of`. Raises what the solver raises."""
    at = Problem(
        problem.graph,
        problem.expr,
        {**problem.at, **point},
        problem.wrt,
        problem.precision,
        problem.kinks,
        problem.origin,
        problem.let,
    )
    what = asked.what
    if what == "eval":
        return list(derive.evaluate(at).values)
    if what == "grad":
        gradient = derive.gradient(at, mode=asked.mode)
        return [gradient.value, *gradient.gradient.values()]
    if what == "jacobian":
        jacobian = derive.jacobian(at, mode=asked.mode)
        return [*jacobian.values, *(entry for row in jacobian.jacobian for entry in row)]
    if what == "jvp":
        assert isinstance(asked.direction, Mapping)
        jvp = derive.jvp(at, tangent=asked.direction)
        return [*jvp.values, *jvp.jvp]
    if what == "vjp":
        assert not isinstance(asked.direction, Mapping)
        assert asked.direction is not None
        vjp = derive.vjp(at, cotangent=list(asked.direction))
        return [*vjp.values, *vjp.vjp.values()]
    if what == "hvp":
        assert isinstance(asked.direction, Mapping)
        hvp = derive.hvp(at, vector=asked.direction)
        return [hvp.value, *hvp.hvp.values()]
    hessian = derive.hessian(at)
    rows = hessian.hessian
    return [hessian.value, *hessian.gradient.values(), *(x for i, row in enumerate(rows) for x in row[i:])]
