"""Tables for people: the answer first, the evidence last, nothing else.

Lines are never wrapped: a formula that is too long is cut in its middle, a matrix that is too wide is folded
into blocks of columns, prose goes on in the next line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from adcli.errors import counted
from adcli.render import View
from adcli.render.blocks import Block, blocks
from adcli.render.formula import relabelled
from adcli.render.linear import programs
from adcli.render.numbers import rounded, shown_digits
from adcli.render.page import ANSWER, BAD, GOOD, QUIET, WARNING, WIDEST, Page, aligned, point, warning, wrapped
from adcli.render.parts import proof
from adcli.render.screen import padded, shorten, width_of
from adcli.render.sheet import Code, Drawn, End, Part, Said, Sheet, Short
from adcli.results import MATRIX, PER_ROW, SERIES, SPARSE, VALUES, Answer, Check, Labelled, Notice, Number, Result

GAP = 3
"""Spaces between columns."""
MAX_OUTPUTS = 5
"""Of a sparse Jacobian's outputs, people see this many."""
GAPS = (3, 2)
"""Spaces between columns of a study: three, but two where that lets all columns stand beside each other."""


def render(original: Labelled, view: View) -> str:
    """The values with their formulas, the derivatives, warnings, the check."""
    page = Page(view)
    page.line()
    result = relabelled(original, short=True)
    shown = result.answer
    _values(page, original, result, shown, view)
    if shown.kind is not VALUES:
        page.line()
    if view.linearize and shown.linear:
        for line in programs(relabelled(original), shown_digits(view.digits, result.precision)):
            left, _, right = line.partition(" = ")
            page.line(f"   {left} ≈ ", (right, ANSWER))
    elif shown.kind is MATRIX:
        _matrix(page, result, shown, view)
    elif shown.kind is SPARSE:
        from adcli.render.sparse import body

        body(page, result, view)
    elif shown.kind is SERIES:
        _series(page, result, shown, view)
    elif shown.kind is not VALUES:
        _entries(page, result, shown, view)
    for _, name, number in shown.besides:
        page.line()
        page.line(f"   {name} = ", (rounded(number, view.digits, result.precision), ANSWER))
    if result.warnings:
        page.line()
        for notice in result.warnings:
            warning(page, notice, result.text)
    if result.certified is not None:
        page.line()
        mark, said = proof(result.certified)
        page.prose((mark, GOOD if mark == "✓" else WARNING), said)
    if remark := _constant(result):
        page.line()
        page.line("  ", (remark, QUIET))
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


def _constant(result: Result) -> str:
    """A word on E where other capital letters are variables."""
    letters = [name for name in result.at if len(name) == 1 and name.isupper()]
    if not letters or "E" in letters or not re.search(r"(?<!\w)E(?![\w(\[])", result.text):
        return ""
    return "E is Euler's number (a variable E is declared: E : input)"


def _values(page: Page, original: Labelled, result: Labelled, answer: Answer, view: View) -> None:
    """The outputs, each with its formula and value, and how the derivatives were computed."""
    pairs = original.outcome
    outputs, values = zip(*result.outcome, strict=True)
    arrays = blocks(outputs, outputs, values)
    if any(block.shape for block in arrays) and answer.kind is not SPARSE:
        for block in arrays:
            if block.shape:
                _block(page, block, result, view)
            else:
                page.line("  ", block.label, " = ", (rounded(block.numbers[0], view.digits, result.precision), ANSWER))
        if answer.method:
            page.line("  ", (answer.method, QUIET))
        return
    left = len(pairs) - MAX_OUTPUTS if answer.kind is SPARSE else 0
    if left > 1:
        pairs = pairs[:MAX_OUTPUTS]
    found = result.formulas or [None] * len(pairs)
    labels = [name for name, _ in result.outcome[: len(pairs)]]
    numbers = [rounded(number, view.digits, result.precision) for _, number in pairs]
    method = answer.method
    label_width = max(map(width_of, labels))
    number_width = max(map(width_of, numbers))
    room = (page.width or WIDEST) - label_width - number_width - len("   =  = ")
    shown = [shorten(formula or "", room) for formula in found[: len(pairs)]]
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


def _entries(page: Page, result: Labelled, shown: Answer, view: View) -> None:
    """One number a line, with its name."""
    _seed(page, shown.symbol, result, shown, view)
    names = shown.rows if shown.kind is PER_ROW else shown.columns
    labels = (shown.left or names) if shown.kind is PER_ROW else shown.heads or names
    found = blocks(names, labels, shown.flat)
    alone = [block for block in found if not block.shape]
    width = max([width_of(block.label) for block in alone], default=0)
    numbers = iter(_aligned([block.numbers[0] for block in alone], result, view))
    for place, block in enumerate(found):
        if block.shape:
            if place:
                page.line()
            _block(page, block, result, view)
            if place + 1 < len(found) and not found[place + 1].shape:
                page.line()
        else:
            page.line("   ", padded(block.label, width), " " * GAP, (next(numbers), ANSWER))


def _block(page: Page, block: Block, result: Labelled, view: View) -> None:
    """A vector in a row, a matrix in rows and columns, with their indices."""
    columns = [_aligned(column, result, view) for column in zip(*block.rows, strict=True)]
    rows = [f"{block.label}[{side},:]" if side else block.label for side in block.sides]
    _grid(page, "", rows, [f"{head:>3}" for head in block.heads], columns)


def _seed(page: Page, product: str, result: Labelled, shown: Answer, view: View) -> None:
    """What was multiplied by, if so; zeros of a long direction are left out."""
    if shown.seed is None:
        return
    symbol, given = shown.seed
    if len(given) > 4:
        given = [(name, number) for name, number in given if number != 0] or given[:1]
    listed = ", ".join(f"{name}: {rounded(number, view.digits, result.precision)}" for name, number in given)
    label = f"{product}  for {symbol.removesuffix('ᵀ')} = "
    page.line("  ", label, (shorten(f"({listed})", (page.width or WIDEST) - width_of(label) - 3), QUIET))


def _series(page: Page, result: Labelled, shown: Answer, view: View) -> None:
    """A coefficient and a derivative for each order."""
    _seed(page, f"{result.outcome[0][0]}(a + t·d)", result, shown, view)
    columns = [_aligned(numbers, result, view) for numbers in zip(*shown.numbers, strict=True)]
    _grid(page, shown.corner, [f"{order:>5}" for order in shown.rows], shown.columns, columns)


def _matrix(page: Page, result: Labelled, shown: Answer, view: View) -> None:
    """Rows and columns with their names. A Hessian is the Jacobian of the gradient, which stands above it."""
    rows, numbers = list(shown.left or shown.rows), list(shown.numbers)
    if shown.above is not None:
        rows.insert(0, shown.above[0])
        numbers.insert(0, shown.above[1])
    columns = [_aligned(column, result, view) for column in zip(*numbers, strict=True)]
    _grid(page, "", rows, shown.heads or shown.columns, columns)


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


def _aligned(numbers: Sequence[Number], result: Labelled, view: View) -> list[str]:
    """The numbers as text, one below the other at their decimal points."""
    return aligned([rounded(number, view.digits, result.precision) for number in numbers])


def _check(page: Page, check: Check) -> None:
    said = f"agrees; {counted(check.digits, 'digit is', 'digits are')} right" if check.ok else "disagrees"
    _sentence(page, Said(check.detail or f"{check.against} {said}", check.mark))


# Tables and sentences


def written(parts: Sequence[Part], result: Result, view: View) -> str:
    """Tables and sentences one below the other, warnings last."""
    page = Page(view)
    page.line()
    for number, part in enumerate(parts):
        if isinstance(part, Said):
            _sentence(page, part)
        elif isinstance(part, (Drawn, Code)):
            for line in part.lines:
                page.line("   ", line)
        else:
            _sheet(page, part, result, view)
        following = parts[number + 1] if number + 1 < len(parts) else None
        if not (isinstance(part, Said) and isinstance(following, Said) and part.mark == following.mark == ""):
            page.line()  # plain sentences follow each other
    for notice in result.warnings:
        warning(page, notice, result.text)
    if result.warnings:
        page.line()
    return page.text()


def _sentence(page: Page, said: Said) -> None:
    styles = {"✓": GOOD, "✗": BAD, "–": WARNING, "!": WARNING, "→": ANSWER}
    if said.mark:
        page.prose((said.mark, styles[said.mark]), said.text, BAD if said.mark == "✗" else "")
    else:
        for line in wrapped(said.text, (page.width or WIDEST) - 2):
            page.line("  ", line)


def _sheet(page: Page, sheet: Sheet, result: Result, view: View) -> None:
    """A table; columns that do not fit beside each other come below, each time with the first ones."""
    if sheet.title:
        page.line("  ", (shorten(sheet.title, (page.width or WIDEST) - 2), QUIET))
        page.line()
    cells = sheet.shown(result, view)
    columns = [list(column) for column in zip(*cells, strict=True)]
    for place in range(sheet.left, len(columns)):
        if _is_aligned(sheet, place):
            columns[place][1:] = _filled(columns[place][1:])
    widths = [max(map(width_of, column)) for column in columns]
    left = sheet.left
    gap = next((g for g in GAPS if 3 + sum(widths) + g * (len(widths) - 1) <= (page.width or WIDEST)), GAPS[0])
    start = 3 + sum(widths[:left]) + gap * (left - 1)
    first = left
    while first < len(columns) or first == left:
        last, used = first, start
        while last < len(columns) and (last == first or page.width is None or used + gap + widths[last] <= page.width):
            used += gap + widths[last]
            last += 1
        if first > left:
            page.line()
        for row in range(len(cells)):
            pieces = [padded(columns[j][row], widths[j]) for j in range(left)]
            pieces += [_right(columns[j][row], widths[j]) for j in range(first, last)]
            line = (" " * gap).join(pieces)
            style = QUIET if not row else ANSWER if sheet.strong == row - 1 else ""
            page.line("   ", (line, style))
        first = max(last, left + 1)


def _is_aligned(sheet: Sheet, place: int) -> bool:
    """Whether a column has numbers that are not whole, which stand at their decimal points."""
    return any(isinstance(row[place], (float, Short, End)) for row in sheet.rows)


def _filled(texts: list[str]) -> list[str]:
    """Numbers one below the other at their decimal points, filled up to one width."""
    ends = [len(text) - point(text) for text in texts]
    most = max(ends, default=0)
    return [text + " " * (most - end) for text, end in zip(texts, ends, strict=True)]


def _right(text: str, width: int) -> str:
    return " " * (width - width_of(text)) + text
