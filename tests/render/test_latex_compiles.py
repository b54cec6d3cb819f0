"""LaTeX that people paste into papers: a document of it all goes through LaTeX."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from ops.samples import LEAN, NUMERIC, text
from sixty import SIXTY

from adcli import trace
from adcli.ops import TABLE
from adcli.problem.point import parse_at
from adcli.problem.problem import problem
from adcli.problem.uncertain import parted
from adcli.render import View
from adcli.render import bounds as bounds_render
from adcli.render import diff as diff_render
from adcli.render import trace as trace_render
from adcli.render import uncertainty as uncertainty_render
from adcli.render.display import display
from adcli.studies.bounds.bounds import bounds
from adcli.studies.diff.diff import Derivatives, diff
from adcli.studies.uncertainty.propagation import uncertainty

FORMULAS = [
    "where(x < 1 and y > 0, λ_2*x_1, Max(x, y, 2))",
    "Piecewise((x, x <= 0), (x^2, True))",
    "1e-7*x + 2.5e30*theta - -x^-2",
    "A[1,2]*x[3] + |y|",
    "a_b_c + x__ + _ + long_name*e1 + größe",
    "Δx^2 + λmax_1*ϑ₂ - ħ*ΔT₁/v_x_1 + a_λ^Δy_max",
]
NAMES = "y_max = Δx^2*sin(x_1)/λmax; größe_1 = y_max*x₂; y_max, größe_1"


def _body() -> list[str]:
    """Every operation with its rules, formulas and derivatives with odd names, steps of derivatives, a trace,
    a budget of uncertainties, bounds."""
    shown = [text(op) for op in (*NUMERIC, *LEAN)] + FORMULAS
    shown += [
        rule for op in TABLE.values() if op.samples and not op.matrix for rule in op.partials if rule and rule != "ties"
    ]
    lines = [rf"\[ {display(formula)} \]" for formula in shown]
    view = View(width=100)
    for formula in ("x^2*sin(3*x)/(1 + exp(-x)) + abs(x)", "atan2(y, x)^x"):
        lines.append(diff_render.render(diff(formula, seconds=0), "latex", view))
        lines.append(diff_render.render(diff(formula, explained=True, seconds=0), "latex", view))
    lines.append(diff_render.render(diff(NAMES, explained=True, seconds=0), "latex", view))
    lines.append(diff_render.render(_sixty(), "latex", view))
    theta = "θ_1=50000838±32,y=5.8e-7±1e-9,λ=3±1e-3 uniform dof 5,x₂=0.1±0.2"
    plain, uncertain = parted(parse_at([theta]))
    found = uncertainty(problem("θ_1*y + λ; sqrt(x₂)", plain), uncertain=uncertain, draws=1000)
    lines.append(uncertainty_render.render(found, "latex", view))
    lines.append(bounds_render.render(bounds("θ^2 - x₂", {"θ": (1, 2), "x₂": (0, 1)}), "latex", view))
    lines.append(trace_render.render(trace("ln(x1)+x1*x2-sin(x2)", {"x1": 2, "x2": 5}), "latex", view))
    return lines


def _sixty() -> Derivatives:
    """The derivatives of the list, as they are printed."""
    found = diff([row[0] for row in SIXTY], wrt="x", seconds=0)
    entries = [replace(entry, text=row[1]) for entry, row in zip(found.entries, SIXTY, strict=True)]
    return replace(found, entries=tuple(entries))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex here")
def test_all_that_is_written_compiles(tmp_path: Path) -> None:
    """With amsmath and nothing else."""
    document = [r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}", *_body(), r"\end{document}"]
    (tmp_path / "all.tex").write_text("\n".join(document), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-800:]
