"""The pattern of a sparse matrix as text: a picture, and the sweeps that each mode needs."""

from __future__ import annotations

from adcli.errors import counted
from adcli.render import View
from adcli.render.pattern import lettered, named
from adcli.render.sheet import Cell, Drawn, Part, Said, Sheet, written
from adcli.render.sparse import sweeps
from adcli.studies.sparsity import Sparsity


def render(result: Sparsity, format: str, view: View) -> str:
    """The pattern in one of the formats of tables; for programs a line per entry, (row, column, sweep) from 0."""
    if format == "json":
        return written([], result, format, view)
    if format == "value":
        return f"{result.sweeps}\n"
    told, forward = sweeps(result, list(result.entries), symmetric=result.matrix == "hessian")
    if format in ("plain", "csv"):
        lines = ((i, j, sweep) for (i, j), sweep in zip(result.entries, told, strict=True))
        if format == "csv":
            from adcli.render.csv import record

            rows = result.inputs if result.matrix == "hessian" else result.outputs
            heads = ["row", "column", "sweep", "row_name", "column_name"]
            named_too = ([str(i), str(j), str(sweep), rows[i], result.inputs[j]] for i, j, sweep in lines)
            return record(heads) + "".join(map(record, named_too))
        return "".join(f"{i}\t{j}\t{sweep}\n" for i, j, sweep in lines)
    return written(_parts(result, told, forward, format, view), result, format, view)


def _parts(result: Sparsity, told: list[int], forward: int, format: str, view: View) -> list[Part]:
    hessian = result.matrix == "hessian"
    height, width = len(result.inputs if hessian else result.outputs), len(result.inputs)
    what = (
        f"The Hessian of {result.outputs[0]} by {counted(width, 'input')}"
        if hessian
        else f"The Jacobian of {counted(height, 'output')} by {counted(width, 'input')}"
    )
    said = f"{what}: {result.nnz:,} of {counted(height * width, 'entry', 'entries')} can be other than zero"
    if result.nnz and lettered(height, width, view, result.sweeps):
        said += "; a letter is a sweep"
        said += ", small for forward mode, capital for reverse mode" if result.mode == "mixed" else ""
    ascii_view = View(width=view.width, unicode=view.unicode and format != "latex")
    names = result.inputs if hessian else result.outputs
    lines, legend = named(result.entries, names, result.inputs, ascii_view, told, forward)
    saved = f" instead of {result.dense_sweeps:,}" if result.sweeps < result.dense_sweeps else ""
    return [
        Said(f"{said}. {legend}" if legend else said + "."),
        Drawn(lines),
        Sheet(["mode", "sweeps", "without colours"], _ways(result), strong=_chosen(result)),
        Said(f"{counted(result.sweeps, 'sweep')}{saved}. {result.reason}", "→"),
    ]


def _ways(result: Sparsity) -> list[list[Cell]]:
    """The modes with their sweeps."""
    width, height = len(result.inputs), len(result.outputs)
    if result.matrix == "hessian":
        return [
            ["H·v, using the symmetry", result.sweeps, width],
            ["H·v, without", result.forward, width],
        ]
    rows: list[list[Cell]] = [["forward", result.forward, width], ["reverse", result.reverse, height]]
    if result.mixed is not None:
        rows.append(["mixed", result.mixed, min(width, height)])
    return rows


def _chosen(result: Sparsity) -> int:
    """The row of the mode that was taken."""
    return {"reverse": 1, "mixed": 2}.get(result.mode, 0)
