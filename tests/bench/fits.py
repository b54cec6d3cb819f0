"""Fits of reference problems, side by side with SciPy and lmfit.

    python tests/bench/fits.py FOLDER

FOLDER has cases.json, a list of problems with name, model, response, start1, start2, certified and sd, and for each
NAME.csv. Printed are the digits that are right of the worst parameter and of the worst standard deviation, and seconds.
SciPy gets exact Jacobians too, of the same kernels, so that the methods alone differ; lmfit takes its own differences.
"""

from __future__ import annotations

import json
import math
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import adcli

Row = tuple[float, float, float]
"""Digits of parameters and of standard deviations, seconds; no digits where a method says that it did not converge."""


def digits(found: dict[str, float], truth: dict[str, str]) -> float:
    """Of the worst of them, at most 11."""
    least = 11.0
    for name, text in truth.items():
        want = float(text)
        error = abs(found[name] - want) / abs(want) if math.isfinite(found[name]) else math.inf
        least = min(least, -math.log10(error) if error else 11.0)
    return max(least, 0.0)


def ours(
    case: dict[str, Any], start: dict[str, str], data: dict[str, Any]
) -> tuple[dict[str, float], dict[str, float]]:
    """By adcli, from the columns as they are written."""
    found = adcli.fit(case["model"], str(case["file"]), case["response"], start)
    return {n: p.value for n, p in found.parameters.items()}, {n: p.sd or math.nan for n, p in found.parameters.items()}


def _functions(case: dict[str, Any], data: dict[str, Any]) -> tuple[list[str], Any, Any]:
    names = list(case["certified"])
    residual = f"({case['response']}) - ({case['model']})"
    kernel = adcli.compile(residual, wrt=",".join(names))
    columns = {name: data[name] for name in kernel.inputs if name in data}

    def all_of(b: Any) -> Any:
        return kernel(**columns, **dict(zip(names, b, strict=True)))

    def value(b: Any) -> Any:
        return np.nan_to_num(all_of(b)["value"], nan=1e150)

    def jacobian(b: Any) -> Any:
        found = all_of(b)
        return np.nan_to_num(np.stack([found[f"d_{name}"] for name in names], axis=1), nan=0.0)

    return names, value, jacobian


def scipy(method: str) -> Callable[..., tuple[dict[str, float], dict[str, float]]]:
    """By scipy.optimize.least_squares."""

    def run(case: dict[str, Any], start: dict[str, str], data: dict[str, Any]) -> Any:
        from scipy.optimize import least_squares

        names, value, jacobian = _functions(case, data)
        x0 = np.array([float(start[name]) for name in names])
        settings: dict[str, Any] = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 10_000}
        found = least_squares(value, x0, jac=jacobian, method=method, x_scale="jac", **settings)
        if not found.success:
            raise ValueError(found.message)
        _, s, vt = np.linalg.svd(found.jac, full_matrices=False)  # as scipy.optimize.curve_fit does
        s2 = 2 * found.cost / (len(found.fun) - len(names))
        sd = np.sqrt(np.diag((vt.T / s**2) @ vt) * s2)
        return dict(zip(names, found.x.tolist(), strict=True)), dict(zip(names, sd.tolist(), strict=True))

    return run


def lmfit(case: dict[str, Any], start: dict[str, str], data: dict[str, Any]) -> Any:
    """By lmfit's own defaults, but for tighter tolerances."""
    import lmfit as package

    names, value, _ = _functions(case, data)
    parameters = package.Parameters()
    for name in names:
        parameters.add(name, float(start[name]))
    found = package.minimize(
        lambda p: value([p[name].value for name in names]), parameters, xtol=1e-15, ftol=1e-15, max_nfev=100_000
    )
    if not found.success:
        raise ValueError(found.message)
    return {n: found.params[n].value for n in names}, {n: found.params[n].stderr or math.nan for n in names}


def measured(way: Any, case: dict[str, Any], start: dict[str, str], data: dict[str, Any]) -> Row | None:
    """One fit; None where it says that there is none."""
    begun = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found, sd = way(case, start, data)
    except ImportError:
        raise
    except Exception:
        return None
    return digits(found, case["certified"]), digits(sd, case["sd"]), time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    cases = json.loads((folder / "cases.json").read_text())
    ways: dict[str, Any] = {"adcli": ours, "SciPy lm": scipy("lm"), "SciPy trf": scipy("trf")}
    try:
        import lmfit as _  # noqa: F401

        ways["lmfit"] = lmfit
    except ImportError:
        print("lmfit is not installed")
    print(f"{'problem':10} {'start':5} " + "".join(f"{name:>22}" for name in ways))
    reached = dict.fromkeys(ways, 0)
    for case in cases:
        case["file"] = folder / f"{case['name']}.csv"
        head, *rows = case["file"].read_text().split()
        table = np.array([[float(cell) for cell in row.split(",")] for row in rows])
        data = {name: table[:, i] for i, name in enumerate(head.split(","))}
        for which in ("start1", "start2"):
            cells = []
            for name, way in ways.items():
                row = measured(way, case, case[which], data)
                cells.append("no convergence" if row is None else f"{row[0]:4.1f} {row[1]:4.1f} {row[2]:6.2f} s")
                reached[name] += row is not None and row[0] >= 9 and row[1] >= 8
            print(f"{case['name']:10} {which[-1]:5} " + "".join(f"{cell:>22}" for cell in cells))
    print(f"9 digits of parameters and 8 of standard deviations, of {2 * len(cases)}:", reached)


if __name__ == "__main__":
    main()
