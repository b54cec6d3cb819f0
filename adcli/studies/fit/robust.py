"""Robust losses, for which outliers count less: by SciPy, with exact Jacobians, over rows that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcli.errors import UsageError
from adcli.studies.fit.levenberg import Bounds, Descent, Iteration
from adcli.studies.fit.work import Fit

LOSSES = ("linear", "soft_l1", "huber", "cauchy", "arctan")
MOST_ROWS = 2_000_000


def robust(work: Fit, start: Sequence[float], limits: Bounds, loss: str, scale: float) -> tuple[Descent, Any]:
    """The way down, and (JᵀJ)⁻¹ and the variance of the residuals as the loss weighs them."""
    try:
        import numpy as np
        from scipy.optimize import least_squares
    except ImportError:
        raise UsageError(f"the loss {loss} needs SciPy", hint="pip install 'adcli[data]'") from None
    if work.rows.count > MOST_ROWS:
        raise UsageError(f"the loss {loss} is for {MOST_ROWS:,} rows at most, and there are {work.rows.count:,}")

    def all_of(b: Any) -> Any:
        parts = []
        for columns, _, fault in work.answers(b.tolist()):
            if fault is not None:
                raise fault
            parts.append(np.stack([np.asarray(column, dtype=float) for column in columns], axis=1))
        return np.concatenate(parts)

    low, high = zip(*limits, strict=True)
    linear = Descent(work.triangle, start, work.begun(start), limits)
    found = least_squares(
        lambda b: all_of(b)[:, 0],
        np.array(start),
        jac=lambda b: all_of(b)[:, 1:],
        bounds=(low, high),
        loss=loss,
        f_scale=scale,
        x_scale="jac",
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
        max_nfev=2_000,
    )
    b = found.x.tolist()
    descent = Descent(work.triangle, b, work.begun(b), limits)
    descent.converged = bool(found.success)
    descent.iterations = [*linear.iterations, Iteration(descent.here.cost)]
    dof = work.rows.count - len(b)
    covariance = np.linalg.pinv(found.jac.T @ found.jac).tolist()
    return descent, (covariance, 2 * float(found.cost) / dof if dof else None)
