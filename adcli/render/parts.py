"""The answers of the commands as tables and sentences, for every format that has no better way."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.errors import counted
from adcli.render import View
from adcli.render.blocks import blocks
from adcli.render.formula import relabelled
from adcli.render.linear import programs
from adcli.render.numbers import rounded, shown_digits
from adcli.render.sheet import Code, Part, Said, Sheet
from adcli.results import MATRIX, PER_COLUMN, SERIES, SPARSE, VALUES, Certificate, Labelled, Number


def parts(result: Labelled, view: View) -> list[Part]:
    """The values, then the derivatives: a row per input of a gradient, the matrix of a Jacobian or a Hessian."""
    result = relabelled(result)
    shown = result.answer
    if shown.kind is SPARSE:
        entries = [[shown.rows[i], shown.columns[j], number] for i, j, number in shown.numbers]
        said = f"{len(entries):,} nonzero entries; {shown.method}"
        return [Said(said), Sheet(["row", "column", "value"], entries)]
    found: list[Part] = []
    if shown.kind is not SERIES:
        outputs, values = zip(*result.outcome, strict=True)
        found += _lists(["output", "value"], outputs, outputs, values)
    if view.linearize and shown.linear:
        found.append(Code(programs(result, shown_digits(view.digits, result.precision))))
    elif shown.kind is PER_COLUMN:
        head = "derivative" if shown.partial else shown.rows[0]
        labels = shown.heads if shown.partial else shown.columns
        found += _lists(["input", head], shown.columns, labels, shown.flat)
    elif shown.kind is not VALUES:
        rows = list(zip(shown.left or shown.rows, shown.numbers, strict=True))
        rows = [shown.above, *rows] if shown.above else rows
        corner = "" if shown.kind is MATRIX else shown.corner
        found.append(Sheet([corner, *(shown.heads or shown.columns)], [[name, *numbers] for name, numbers in rows]))
    if result.certified is not None:
        mark, said = proof(result.certified)
        found.append(Said(said, mark))
    return found + [Said(f"{name} = {rounded(x, view.digits, result.precision)}") for _, name, x in shown.besides]


PROVEN = 17
"""Digits of a double that is known to be the nearest to the truth."""


def proof(certificate: Certificate) -> tuple[str, str]:
    """What is proven of a result's numbers, behind a mark."""
    how = f"by {certificate.by}, with {certificate.bits:,} bits"
    if certificate.digits == PROVEN:
        return "✓", f"proven: all {PROVEN} digits ({how})"
    return "!", f"only {counted(certificate.digits, 'digit is', 'digits are')} proven ({how})"


def _lists(heads: Sequence[str], names: Sequence[str], labels: Sequence[str], numbers: Sequence[Number]) -> list[Part]:
    """A table of names and numbers, and one for each array behind it."""
    found = blocks(names, labels, numbers)
    alone = [(block.name, block.numbers[0]) for block in found if not block.shape]
    tables: list[Part] = [Sheet(heads, alone)] if alone else []
    for block in found:
        if block.shape:
            rows = [[side, *row] for side, row in zip(block.sides, block.rows, strict=True)]
            tables.append(Sheet([block.label, *block.heads], rows))
    return tables
