"""Proven bounds as text."""

from __future__ import annotations

from adcli.errors import listed
from adcli.render import View
from adcli.render.numbers import exact, outward, rounded
from adcli.render.sheet import Cell, End, Part, Said, Sheet, written
from adcli.results import derivative
from adcli.studies.bounds.bounds import Bounds, Ends

_OPEN = frozenset({"convex", "concave", "lipschitz", "zeros"})
"""Questions to which None is an answer."""
WRITTEN = 15
"""Digits of a decimal that the double next to it still tells."""


def render(result: Bounds, format: str, view: View) -> str:
    """The bounds in one of the formats of tables; for programs a line for the value and for each derivative."""
    if format == "json":
        from adcli.render import json

        return json.written([], result, view, _OPEN)
    if format == "value":
        return "".join(f"{exact(end)}\n" for _, ends in _rows(result) for end in ends)
    if format == "plain":
        return "".join(f"{name}\t{exact(low)}\t{exact(high)}\n" for name, (low, high) in _rows(result))
    rows: list[list[Cell]] = [[name, End(low, False), End(high, True)] for name, (low, high) in _rows(result)]
    sheet = Sheet(["", "at least", "at most"], rows)
    if format == "csv":
        return written([sheet._replace(heads=["name", "lower", "upper"])], result, format, view)
    return written([Said(_box(result, view)), sheet, *_conclusions(result, view)], result, format, view)


def _rows(result: Bounds) -> list[tuple[str, Ends]]:
    """What is bounded: the output by its name, derivatives by theirs, a Hessian once for each pair."""
    f = result.output
    rows = [(f, result.value), *((derivative(f, name), ends) for name, ends in result.gradient.items())]
    names = list(result.gradient)
    for i, row in enumerate(result.hessian or ()):
        rows += [(derivative(f, names[i], names[j]), ends) for j, ends in enumerate(row) if i <= j]
    return rows


def _box(result: Bounds, view: View) -> str:
    formula = f" = {result.formulas[0]}" if result.formulas and result.formulas[0] else ""
    box = ", ".join(_side(name, low, high) for name, (low, high) in result.over.items())
    return f"{result.output}{formula} for {box}"


def _side(name: str, low: float, high: float) -> str:
    """A side of the box as it was given: not wider than it is, for nothing is proven outside."""
    ends = [outward(low, WRITTEN, up=True), outward(high, WRITTEN, up=False)]
    if float(ends[0]) > float(ends[1]):  # a number that no decimal of so few digits meets
        return f"{name} = {rounded((low + high) / 2, WRITTEN)}"
    return f"{ends[0]} ≤ {name} ≤ {ends[1]}"


def _conclusions(result: Bounds, view: View) -> list[Part]:
    """What follows from the bounds."""
    f = result.output
    said = []
    for way in dict.fromkeys(filter(None, result.monotone.values())):
        said.append(f"{f} is {way} in {listed([name for name, found in result.monotone.items() if found == way])}")
    shapes = {"convex": result.convex, "concave": result.concave}
    said += [f"{f} is {word}" for word, holds in shapes.items() if holds]
    if not any(holds is not False for holds in shapes.values()):
        said.append(f"{f} is neither convex nor concave")
    if result.lipschitz is not None:
        said.append(f"{f} is Lipschitz continuous with the constant {outward(result.lipschitz, view.digits, up=True)}")
    if result.zeros == 0:
        said.append(f"{f} has no zero")
    elif result.zeros is not None:
        count = "exactly one zero" if result.zeros == 1 else f"exactly {result.zeros} zeros"
        said.append(f"{f} has {count}: {', '.join(_place(root, view) for root in result.roots)}")
    return [Said(text, "✓") for text in said]


def _place(root: dict[str, Ends], view: View) -> str:
    middles = {name: 0.0 if low <= 0 <= high else (low + high) / 2 for name, (low, high) in root.items()}
    return ", ".join(f"{name} = {rounded(x, view.digits)}" for name, x in middles.items())
