"""Pictures of curves, drawn by matplotlib, which comes with the extra "plot"."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePath
from typing import Any, NamedTuple

from adcli.errors import UsageError
from adcli.studies.compare.compare import Comparison
from adcli.studies.cost.growth import Growth
from adcli.studies.fit.picture import Picture
from adcli.studies.uncertainty.propagation import Propagated

KINDS = ("png", "svg")

QUIET = "#767676"
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"
"""Of Okabe and Ito's palette, which everybody can tell apart."""


MOST_BARS = 20
"""Of a chart of contributions."""


class Curve(NamedTuple):
    """Points with a name and how to draw them."""

    name: str
    x: Sequence[float]
    y: Sequence[float | None]
    color: str
    marker: str


def kind_of(path: str) -> str:
    """The kind of picture that a file's name asks for, once it is sure that it can be drawn. Raises UsageError."""
    kind = PurePath(path).suffix.lstrip(".").lower()
    if kind not in KINDS:
        raise UsageError(
            f"--plot draws {' or '.join(KINDS)}, and {path} is neither", hint="for instance --plot curve.svg"
        )
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise UsageError("--plot needs matplotlib", hint="pip install 'adcli[plot]'") from None
    return kind


def growth(result: Growth, kind: str) -> bytes:
    """The ratio of function and derivatives to the function, over the size."""
    sizes = [row.size for row in result.growth]
    curves = [
        Curve("forward mode", sizes, [row.forward for row in result.growth], ORANGE, "o"),
        Curve("forward differences", sizes, [row.finite_differences for row in result.growth], GREEN, "s"),
        Curve("reverse mode", sizes, [row.reverse for row in result.growth], BLUE, "o"),
    ]
    figure, (axes,) = _axes()
    _draw(axes, curves)
    axes.set_xlabel(result.size)
    axes.set_ylabel("cost of f and its derivatives / cost of f")
    axes.set_ylim(bottom=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    return _saved(figure, [axes], kind)


def steps(result: Comparison, kind: str) -> bytes:
    """The error of the differences over the step: truncation falls with it, round-off rises."""
    tried = result.steps or ()
    sizes = [row.step for row in tried]
    curves = [
        Curve("forward difference", sizes, [row.forward_difference for row in tried], ORANGE, "o"),
        Curve("central difference", sizes, [row.central_difference for row in tried], GREEN, "s"),
        Curve("complex step", sizes, [row.complex_step for row in tried], BLUE, "^"),
    ]
    figure, (axes,) = _axes()
    axes.set_xscale("log")
    axes.set_yscale("log")
    _draw(axes, [curve._replace(y=[_at_least(y) for y in curve.y]) for curve in curves])
    axes.set_xlabel("step h, relative to max(1, |x|)")
    axes.set_ylabel("largest relative error")
    axes.axhline(2.0**-53, color=QUIET, linewidth=0.8, linestyle=":", zorder=0)
    axes.text(max(sizes), 2.0**-53, "half an ulp", color=QUIET, fontsize=8, ha="right", va="bottom")
    return _saved(figure, [axes], kind)


def tornado(result: Propagated, kind: str) -> bytes:
    """What the inputs contribute to each output's uncertainty, the largest on top."""
    figure, every = _axes(len(result.outputs))
    for axes, name in zip(every, result.outputs, strict=True):
        parts = list(result.budget[name].items())[:MOST_BARS][::-1]
        places = range(len(parts))
        sizes = [float(part.sensitivity * part.u) for _, part in parts]
        axes.barh(places, sizes, color=[BLUE if size >= 0 else ORANGE for size in sizes], label=None)
        axes.barh(places, [-size for size in sizes], color=[ORANGE if size >= 0 else BLUE for size in sizes])
        axes.set_yticks(places, [label for label, _ in parts])
        axes.axvline(0, color=QUIET, linewidth=0.8)
        axes.set_xlabel(f"change of {name} as an input moves by u (blue) or -u (orange)")
    return _saved(figure, every, kind)


def fit(result: Picture, kind: str) -> bytes:
    """The points and the curve, and below them the residuals."""
    figure, (above, below) = _axes(2)
    above.plot(result.x, result.y, ".", color=BLUE, markersize=4, label=result.response)
    above.plot(result.curve_x, result.curve_y, color=ORANGE, linewidth=1.4, label="fitted")
    above.set_ylabel(result.response)
    below.plot(result.x, result.residual, ".", color=BLUE, markersize=4)
    below.axhline(0, color=ORANGE, linewidth=1.4)
    below.set_xlabel(result.predictor)
    below.set_ylabel("residual")
    return _saved(figure, [above, below], kind)


def _at_least(error: float | None) -> float | None:
    """An error for a logarithmic axis, on which an exact result has no place: it is drawn where none can be seen."""
    return None if error is None else max(error, 1e-17)


def _axes(count: int = 1) -> tuple[Any, list[Any]]:
    """A figure with so many axes, one above the other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5 * (1 + count) / 2), dpi=150, layout="constrained")
    every = [figure.add_subplot(count, 1, place + 1) for place in range(count)]
    for axes in every:
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.grid(True, color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
    return figure, every


def _draw(axes: Any, curves: Sequence[Curve]) -> None:
    for curve in curves:
        points = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]
        if points:
            x, y = zip(*points, strict=True)
            axes.plot(x, y, label=curve.name, color=curve.color, marker=curve.marker, markersize=4, linewidth=1.4)


def _saved(figure: Any, every: Sequence[Any], kind: str) -> bytes:
    import matplotlib

    for axes in every:
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False)
    target = BytesIO()
    # The same numbers give the same file: no date, and identifiers that do not depend on chance.
    with matplotlib.rc_context({"svg.hashsalt": "adcli", "svg.fonttype": "path"}):
        figure.savefig(target, format=kind, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return target.getvalue()
