"""Tables for people: the answer first, the evidence last, nothing else.

Lines are never wrapped: a formula that is too long is cut in its middle, a matrix that is too wide is folded
into blocks of columns, prose goes on in the next line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adcli.render import View
from adcli.render.formula import anonymous, called, formulas, relabelled
from adcli.render.linear import programs
from adcli.render.numbers import rounded, shown_digits
from adcli.render.page import ANSWER, BAD, GOOD, QUIET, WARNING, WIDEST, Page, aligned, padded, warning
from adcli.render.screen import shorten, width_of
from adcli.render.shape import MATRIX, along, answer, outputs
from adcli.results import (
    HVP,
    JVP,
    VJP,
    Check,
    Evaluation,
    Gradient,
    Hessian,
    Jacobian,
    Notice,
    Number,
    Result,
    SparseHessian,
    SparseJacobian,
    Taylor,
)

GAP = 3
"""Spaces between columns."""
MAX_OUTPUTS = 5
"""Of a sparse Jacobian's outputs, people see this many."""


def render(result: Result, view: View) -> str:
    """The values with their formulas, the derivatives, warnings, the check."""
    page = Page(view)
    page.line()
    _values(page, result, view)
    if isinstance(result, Jacobian) and view.linearize:
        page.line()
        for line in programs(relabelled(result), shown_digits(view.digits, result.precision)):
            left, _, right = line.partition(" = ")
            page.line(f"   {left} ≈ ", (right, ANSWER))
    elif isinstance(result, (Jacobian, Hessian)):
        page.line()
        _matrix(page, result, view)
    elif isinstance(result, (SparseJacobian, SparseHessian)):
        from adcli.render.sparse import body

        page.line()
        body(page, result, view, _label(result, result.output) if isinstance(result, SparseHessian) else "")
    elif isinstance(result, Taylor):
        page.line()
        _series(page, result, view)
    elif not isinstance(result, Evaluation):
        page.line()
        _entries(page, result, view)
    if isinstance(result, Jacobian) and result.determinant is not None:
        page.line()
        page.line("   det J = ", (rounded(result.determinant, view.digits, result.precision), ANSWER))
    if result.warnings:
        page.line()
        for notice in result.warnings:
            warning(page, notice, result.text)
    page.line()
    return page.text() + evidence(result, (), view)


def evidence(result: Result, notices: Sequence[Notice], view: View) -> str:
    """What the check says, and the warnings that came with it: the end of a table."""
    page = Page(view)
    for notice in notices:
        warning(page, notice, result.text)
    if notices:
        page.line()
    if result.check is not None:
        _check(page, result.check)
        page.line()
    return page.text()


def _values(page: Page, result: Result, view: View) -> None:
    """The outputs, each with its formula and value, and how the derivatives were computed."""
    pairs = outputs(result)
    left = len(pairs) - MAX_OUTPUTS if isinstance(result, SparseJacobian) else 0
    if left > 1:
        pairs = pairs[:MAX_OUTPUTS]
    found = formulas(result.text, [name for name, _ in pairs])
    labels = [_label(result, name) for name, _ in pairs]
    numbers = [rounded(number, view.digits, result.precision) for _, number in pairs]
    method = _method(result)
    label_width = max(map(width_of, labels))
    number_width = max(map(width_of, numbers))
    room = (page.width or WIDEST) - label_width - number_width - len("   =  = ")
    shown = [shorten(formula or "", room) for formula in found]
    # A formula that is only its own name, or a number, says nothing beside the value.
    shown = ["" if s in (label, number) else s for s, label, number in zip(shown, labels, numbers, strict=True)]
    formula_width = max(map(width_of, shown))
    beside = page.width is None or label_width + formula_width + number_width + 12 + len(method) <= page.width
    for position, (label, formula, number) in enumerate(zip(labels, shown, numbers, strict=True)):
        pieces: list[str | tuple[str, str]] = ["  ", padded(label, label_width)]
        if formula:
            pieces += [" = ", padded(formula, formula_width)]
        elif formula_width:
            pieces.append(" " * (3 + formula_width))
        pieces += [" = ", (number, ANSWER)]
        if method and position == 0 and beside:
            pieces += [" " * (number_width - width_of(number) + 6), (method, QUIET)]
        page.line(*pieces)
    if left > 1:
        page.line("  ", (f"… and {left:,} more outputs", QUIET))
    if method and not beside:
        page.line("  ", (method, QUIET))


def _label(result: Result, output: str) -> str:
    """What to call an output: f where the program is one expression without a name."""
    if len(outputs(result)) != 1:
        return output
    if "f" not in result.at and anonymous(result.text, output):
        return "f"
    return called(result.text, output, result.at)


def _labels(result: Result, names: Sequence[str]) -> list[str]:
    """What to call all outputs."""
    return [_label(result, name) for name in names] if len(names) == 1 else list(names)


def _method(result: Result) -> str:
    if isinstance(result, Jacobian) and result.elimination is not None:
        vertices, times = result.elimination["vertices"], result.elimination["multiplications"]
        return (
            f"cross-country elimination of {vertices:,} vert{'ex' if vertices == 1 else 'ices'}, "
            f"{times:,} multiplication{'' if times == 1 else 's'}"
        )
    if isinstance(result, (SparseJacobian, SparseHessian)):
        from adcli.render.sparse import method

        return method(result)
    if isinstance(result, (Gradient, Jacobian)):
        return f"{result.mode} mode, {result.sweeps} sweep{'' if result.sweeps == 1 else 's'}"
    if isinstance(result, (JVP, VJP)):
        return f"{result.mode} mode, 1 sweep"
    if isinstance(result, Hessian):
        return f"{result.mode}, {len(result.inputs)} sweep{'' if len(result.inputs) == 1 else 's'}"
    if isinstance(result, HVP):
        return f"{result.mode}, 1 sweep"
    if isinstance(result, Taylor):
        variable = along(result.direction)
        return f"Taylor mode, order {result.order}" + ("" if variable is None else f" in {variable}")
    return ""


def _entries(page: Page, result: Result, view: View) -> None:
    """One number a line, with its name."""
    shown = answer(result)
    names: Sequence[str]
    if isinstance(result, Gradient):
        function = _label(result, result.output)
        names = [f"∂{function}/∂{name}" for name in shown.columns]
    elif isinstance(result, JVP):
        _direction(page, "J·ẋ", "ẋ", result.tangent.items(), result, view)
        names = _labels(result, shown.rows)
    elif isinstance(result, VJP):
        weights = zip(_labels(result, result.outputs), result.cotangent, strict=True)
        _direction(page, "ȳᵀ·J", "ȳ", weights, result, view)
        names = shown.columns
    elif isinstance(result, HVP):
        _direction(page, "H·v", "v", result.vector.items(), result, view)
        names = shown.columns
    else:
        names = shown.columns
    width = max(map(width_of, names))
    for name, number in zip(names, _aligned(shown.flat, result, view), strict=True):
        page.line("   ", padded(name, width), " " * GAP, (number, ANSWER))


def _direction(
    page: Page, product: str, symbol: str, parts: Iterable[tuple[str, Number]], result: Result, view: View
) -> None:
    """What the Jacobian was multiplied by; zeros of a long direction are left out."""
    given = list(parts)
    if len(given) > 4:
        given = [(name, number) for name, number in given if number != 0] or given[:1]
    listed = ", ".join(f"{name}: {rounded(number, view.digits, result.precision)}" for name, number in given)
    label = f"{product}  for {symbol} = "
    page.line("  ", label, (shorten(f"({listed})", (page.width or WIDEST) - width_of(label) - 3), QUIET))


def _series(page: Page, result: Taylor, view: View) -> None:
    """A coefficient and a derivative for each order."""
    function = _label(result, result.output)
    if along(result.direction) is None:
        _direction(page, f"{function}(a + t·d)", "d", result.direction.items(), result, view)
    orders = [f"{order:>5}" for order in range(result.order + 1)]
    columns = [_aligned(numbers, result, view) for numbers in (result.coefficients, result.derivatives)]
    _grid(page, "order", orders, ["coefficient", "derivative"], columns)


def _matrix(page: Page, result: Jacobian | Hessian, view: View) -> None:
    """Rows and columns with their names. A Hessian is the Jacobian of the gradient, which stands above it."""
    shown = answer(result)
    assert shown.kind is MATRIX
    if isinstance(result, Hessian):
        function = _label(result, result.output)
        rows = [function, *[f"∂{function}/∂{name}" for name in shown.rows]]
        heads = [f"∂/∂{name}" for name in shown.columns]
        numbers = [list(result.gradient.values()), *shown.numbers]
    else:
        numerator = result.layout == "numerator"
        rows = _labels(result, shown.rows) if numerator else [f"∂/∂{name}" for name in shown.rows]
        heads = [f"∂/∂{name}" for name in shown.columns] if numerator else _labels(result, shown.columns)
        numbers = list(shown.numbers)
    _grid(page, "", rows, heads, [_aligned(column, result, view) for column in zip(*numbers, strict=True)])


def _grid(page: Page, corner: str, rows: Sequence[str], heads: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
    """Columns with their heads; those that do not fit beside each other come in blocks below each other."""
    widths = [max(width_of(head), *map(width_of, column)) for head, column in zip(heads, columns, strict=True)]
    side = max(map(width_of, rows))
    first = 0
    while first < len(columns):
        last = first
        used = 3 + side
        while last < len(columns) and (last == first or page.width is None or used + GAP + widths[last] <= page.width):
            used += GAP + widths[last]
            last += 1
        if first:
            page.line()
        cells = [" " * GAP + padded(heads[j], widths[j]) for j in range(first, last)]
        page.line("   ", (padded(corner, side) + "".join(cells), QUIET))
        for i, row in enumerate(rows):
            cells = [" " * GAP + padded(columns[j][i], widths[j]) for j in range(first, last)]
            page.line("   ", padded(row, side), ("".join(cells), ANSWER))
        first = last


def _aligned(numbers: Sequence[Number], result: Result, view: View) -> list[str]:
    """The numbers as text, one below the other at their decimal points."""
    return aligned([rounded(number, view.digits, result.precision) for number in numbers])


def _check(page: Page, check: Check) -> None:
    if check.ok and not check.witnessed:
        page.prose(("–", WARNING), check.detail)
    elif check.ok:
        page.prose(("✓", GOOD), check.detail or f"{check.against} agrees; {check.digits} digits are right")
    else:
        page.prose(("✗", BAD), check.detail or f"{check.against} disagrees", BAD)
