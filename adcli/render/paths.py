"""Paths as text: each with its factors and their product, and the sums that the derivatives are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from adcli.errors import counted
from adcli.render import View
from adcli.render.formula import called
from adcli.render.numbers import exact, rounded, shown_digits, whole
from adcli.render.screen import padded, shorten, width_of
from adcli.results import Number
from adcli.studies.naming import ASCII, PRETTY, Form

if TYPE_CHECKING:
    from adcli.render.page import Page
    from adcli.render.sheet import Part
    from adcli.studies.paths import Nesting, Partial, Path, Paths

MANY = 10**15
"""Counts beyond this are rounded for people."""
NARROWEST = 16
"""A column of a table is not cut shorter than this."""
GAP = 3
"""Spaces between columns."""

_LATEX = Form("v_{#}", r"\dot v_{#}", r"\bar v_{#}")


def render(result: Paths, format: str, view: View) -> str:
    """The paths, or the nested expressions where they were asked for, in the format asked for."""
    writers = {"table": _table, "plain": _plain, "json": _json, "csv": _csv, "latex": _latex}
    if format in writers:
        return writers[format](result, view)
    from adcli.render.sheet import written

    return written(_parts(result, view), result, format, view)


class _Writer:
    """Numbers and formulas in one notation: `digits` None writes all of a number's digits."""

    d = "d"
    signs: ClassVar[dict[str, str]] = {"·": " · ", "+": " + ", "(": "(", ")": ")"}

    def __init__(self, result: Paths, form: Form, digits: int | None = None) -> None:
        self.result = result
        self.form = form
        self.digits = digits

    def number(self, number: Number) -> str:
        """A number."""
        if self.digits is None:
            return exact(number, self.result.precision)
        return rounded(number, self.digits, self.result.precision)

    def factor(self, number: Number) -> str:
        """A number among factors: short where it is whole, in brackets where it is negative."""
        text = self.number(number).removesuffix(".0")
        return f"({text})" if text.startswith("-") else text

    def derivative(self, above: str, below: str) -> str:
        """A derivative by names as they stand."""
        return f"{self.d}{above}/{self.d}{below}"

    def partial(self, target: str, source: str) -> str:
        """∂target/∂source of two nodes."""
        return self.derivative(self.form.node(target), self.form.node(source))

    def whole(self, output: str, input: str) -> str:
        """The derivative of an output by an input."""
        return self.derivative(
            self.outside(called(self.result, output, self.result.counts[output])), self.outside(input)
        )

    def total(self, output: str, input: str) -> str | None:
        """Its value, the sum over all paths; None without a point."""
        totals = self.result.totals
        return None if totals is None else self.number(totals[output][input])

    def names_of(self, path: Path) -> str:
        """The factors of a path by name."""
        steps = zip(path.nodes, path.nodes[1:], strict=False)
        return self.signs["·"].join(self.partial(target, source) for target, source in steps) or "1"

    def factors_of(self, path: Path) -> str:
        """The factors of a path as numbers."""
        return self.signs["·"].join(self.factor(factor) for factor in path.factors if factor is not None) or "1"

    def nested_names(self, nesting: Nesting) -> str | None:
        """The nested expression with names; None where it is too long."""

        def factor(partial: Partial) -> str:
            target = self.form.node(partial.target)
            source = self.outside(partial.source) if partial.outside else self.form.node(partial.source)
            return self.derivative(target, source)

        return self._nested(nesting, factor)

    def outside(self, name: str) -> str:
        """The name of an input or output as it stands in a derivative."""
        return name

    def nested_numbers(self, nesting: Nesting) -> str | None:
        """The nested expression with numbers; None where it is too long, or without a point."""
        if self.result.totals is None:
            return None
        return self._nested(nesting, lambda partial: self.factor(partial.value))

    def equation(self, nesting: Nesting) -> list[str]:
        """What the derivative equals: the expression with names, the one with numbers, and the value."""
        total = self.total(nesting.output, nesting.input)
        sides = [self.nested_names(nesting), self.nested_numbers(nesting), total]
        return [side for side in dict.fromkeys(sides) if side is not None]

    def _nested(self, nesting: Nesting, factor: Callable[[Partial], str]) -> str | None:
        if nesting.tokens is None:
            return None
        return "".join(self.signs[t] if isinstance(t, str) else factor(t) for t in nesting.tokens) or "0"


class _Pretty(_Writer):
    """For people: ∂v₄/∂v₂."""

    d = "∂"


class _Latex(_Writer):
    """For LaTeX."""

    signs: ClassVar[dict[str, str]] = {"·": r" \cdot ", "+": " + ", "(": r"\left(", ")": r"\right)"}

    def derivative(self, above: str, below: str) -> str:
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"

    def outside(self, name: str) -> str:
        from adcli.language.notations.letters import name as latex_name

        return latex_name(name)

    def number(self, number: Number) -> str:
        from adcli.render.latex import number as latex_number

        return latex_number(super().number(number))


# For programs


def _json(result: Paths, view: View) -> str:
    from adcli.render.json import render as render_json

    own: dict[str, object] = {
        "outputs": result.outputs,
        "values": result.values,
        "paths": [dict(vars(path)) for path in result.paths],
        "count": result.count,
        "counts": result.counts,
        "totals": result.totals,
        "cancellation": result.cancellation,
    }
    if result.factored is not None:
        writer = _Writer(result, ASCII)
        own["factored"] = [
            {
                "output": nesting.output,
                "input": nesting.input,
                "names": writer.nested_names(nesting),
                "numbers": writer.nested_numbers(nesting),
            }
            for nesting in result.factored
        ]
    return render_json(result, view, own)


def _plain(result: Paths, view: View) -> str:
    """A path a line: output, input, product, nodes, factors; then the sums. Or an equation a line."""
    writer = _Writer(result, ASCII)
    if result.factored is not None:
        equations = [(n.output, n.input, writer.equation(n)) for n in result.factored]
        lines = [f"{writer.whole(output, input)} = {side}" for output, input, sides in equations for side in sides]
    else:
        lines = ["\t".join(_record(writer, path)) for path in result.paths]
        for output, input, count in _pairs(result):
            lines.append("\t".join([output, input, writer.total(output, input) or "", f"sum of {_counted(count)}"]))
    return "".join(line + "\n" for line in lines)


def _csv(result: Paths, view: View) -> str:
    """A row per path, or per nested expression."""
    from adcli.render.csv import record

    writer = _Writer(result, ASCII)
    if result.factored is not None:
        rows = [["output", "input", "names", "numbers", "total"]]
        for n in result.factored:
            cells = (writer.nested_names(n), writer.nested_numbers(n), writer.total(n.output, n.input))
            rows.append([n.output, n.input, *(cell or "" for cell in cells)])
    else:
        rows = [["output", "input", "product", "nodes", "factors"]]
        rows += [_record(writer, path) for path in result.paths]
    return "".join(map(record, rows))


def _record(writer: _Writer, path: Path) -> list[str]:
    """A path's fields."""
    product = "" if path.product is None else writer.number(path.product)
    factors = [writer.number(factor) for factor in path.factors if factor is not None]
    return [path.output, path.input, product, " ".join(path.nodes), " ".join(factors)]


# For people


def _pairs(result: Paths) -> list[tuple[str, str, int]]:
    """Each output with each input, and the number of paths between them."""
    return [(output, input, count) for output, row in result.counts.items() for input, count in row.items()]


def _counted(count: int) -> str:
    """How many paths, in words."""
    if count < MANY:
        return counted(count, "path")
    digits = whole(count)
    return f"about {digits[0]}.{digits[1:3]}e{len(digits) - 1} paths"


def _listed(result: Paths, output: str, input: str) -> list[Path]:
    return [path for path in result.paths if path.output == output and path.input == input]


def _rest(writer: _Writer, paths: Sequence[Path], output: str, input: str, count: int) -> str:
    """What is not listed: how many paths, and what they sum to."""
    text = f"and {_counted(count - len(paths))} more"
    totals = writer.result.totals
    if totals is None:
        return text
    rest = totals[output][input] - sum(path.product for path in paths if path.product is not None)
    return f"{text}, which sum{'s' if count - len(paths) == 1 else ''} to {writer.number(rest)}"


def _cancellation(writer: _Writer, output: str, input: str) -> str:
    """The cancellation meter in words; nothing where nothing cancels."""
    meters = writer.result.cancellation
    if meters is None:
        return ""
    meter = meters[output][input]
    if meter == math.inf:
        return "everything cancels"
    return f"cancellation {rounded(meter, 3)}" if meter > 1 else ""


def _table(result: Paths, view: View) -> str:
    """Each derivative with its paths below it, or as an expression."""
    from adcli.render.page import Page, warning

    writer = _for_people(result, view)
    page = Page(view)
    page.line()
    if result.factored is None:
        for output, input, count in _pairs(result):
            _sum(page, writer, output, input, count)
            page.line()
    else:
        for nesting in result.factored:
            _equation(page, writer, nesting)
            page.line()
    if result.warnings:
        for notice in result.warnings:
            warning(page, notice, result.text)
        page.line()
    return page.text()


def _for_people(result: Paths, view: View) -> _Writer:
    digits = shown_digits(view.digits, result.precision)
    return _Pretty(result, PRETTY, digits) if view.unicode else _Writer(result, ASCII, digits)


def _sum(page: Page, writer: _Writer, output: str, input: str, count: int) -> None:
    """A derivative, and the paths that it is the sum of: product, factors, nodes."""
    from adcli.render.page import ANSWER, QUIET, WIDEST, aligned

    total = writer.total(output, input)
    head = f"  {writer.whole(output, input)}" + ("" if total is None else " = ")
    remarks = [_counted(count) if count else "no path", _cancellation(writer, output, input)]
    remark = ", ".join(filter(None, remarks))
    page.line(head, (total or "", ANSWER), " " * GAP, (remark, QUIET))
    paths = _listed(writer.result, output, input)
    if paths:
        arrow = " ← " if writer.form is PRETTY else " <- "
        rows = [
            (
                "" if path.product is None else writer.number(path.product),
                writer.names_of(path) if path.product is None else "= " + writer.factors_of(path),
                arrow.join(map(writer.form.node, path.nodes)),
            )
            for path in paths
        ]
        products, factors, nodes = ([row[i] for row in rows] for i in range(3))
        products = aligned(products)
        width = max(map(width_of, products))
        room = (page.width or WIDEST) - 4 - GAP - width - 1
        wide = max(map(width_of, nodes))
        share = max(room - min(wide, room // 2), NARROWEST)
        factors = [_fitted(text, writer.signs["·"], share) for text in factors]
        left = max(map(width_of, factors))
        nodes = [_fitted(text, arrow, max(room - left, NARROWEST)) for text in nodes]
        for product, factor, node in zip(products, factors, nodes, strict=True):
            start = padded(product, width) + " " if width else ""
            page.line("    ", (start, ANSWER), padded(factor, left), " " * GAP, (node, QUIET))
    if paths and count > len(paths):
        page.line("    ", (_rest(writer, paths, output, input, count), QUIET))


def _fitted(text: str, separator: str, width: int) -> str:
    """The text, with … for whole pieces in its middle where it is wider than *width*."""
    if width_of(text) <= width:
        return text
    pieces = text.split(separator)
    first, last = pieces[: len(pieces) // 2], pieces[len(pieces) // 2 :][::-1]
    room = width - width_of(separator) - 1
    shown: tuple[list[str], list[str]] = ([], [])
    for turn in range(len(pieces)):
        side, kept = ((first, shown[0]), (last, shown[1]))[turn % 2]
        if len(kept) == len(side):
            continue
        room -= width_of(side[len(kept)]) + width_of(separator)
        if room < 0:
            break
        kept.append(side[len(kept)])
    return separator.join([*shown[0], "…", *reversed(shown[1])]) if all(shown) else shorten(text, width)


def _equation(page: Page, writer: _Writer, nesting: Nesting) -> None:
    """A derivative as a nested expression, with names, with numbers, and its value."""
    from adcli.render.page import ANSWER, WIDEST, wrapped

    name = writer.whole(nesting.output, nesting.input)
    sides = writer.equation(nesting)
    indent = width_of(name) + 5
    for number, side in enumerate(sides):
        head = f"  {name}" if not number else " " * (indent - 3)
        style = ANSWER if number == len(sides) - 1 and writer.result.totals is not None else ""
        for line, part in enumerate(wrapped(side, max((page.width or WIDEST) - indent, NARROWEST))):
            page.line(f"{head} = " if not line else " " * indent, (part, style))


def _parts(result: Paths, view: View) -> list[Part]:
    """A table of paths and one of sums, or a list of expressions."""
    from adcli.render.sheet import Code, Sheet

    writer = _for_people(result, view)
    if result.factored is not None:
        blocks: list[Part] = []
        for nesting in result.factored:
            name = writer.whole(nesting.output, nesting.input)
            first, *others = writer.equation(nesting)
            blocks.append(Code([f"{name} = {first}", *(f"{' ' * width_of(name)} = {side}" for side in others)]))
        return blocks
    arrow = " ← " if view.unicode else " <- "
    rows = []
    for path in result.paths:
        product = "" if path.product is None else writer.number(path.product)
        factors = writer.names_of(path) if path.product is None else writer.factors_of(path)
        nodes = arrow.join(map(writer.form.node, path.nodes))
        rows.append([writer.whole(path.output, path.input), nodes, factors, product])
    sums = [
        [writer.whole(output, input), _counted(count), writer.total(output, input) or ""]
        for output, input, count in _pairs(result)
    ]
    listed = [Sheet(["derivative", "path", "factors", "product"], rows, left=4)] if rows else []
    return [*listed, Sheet(["derivative", "paths", "sum"], sums, left=3)]


def _latex(result: Paths, view: View) -> str:
    """An equation per derivative: the sum over its paths, or the nested expression."""
    from adcli.render.latex import equations

    writer = _Latex(result, _LATEX, shown_digits(view.digits, result.precision))
    lines = []
    if result.factored is not None:
        for nesting in result.factored:
            sides = writer.equation(nesting)
            lines.append(f"{writer.whole(nesting.output, nesting.input)} &= " + " \\\\\n&= ".join(sides))
    else:
        for output, input, count in _pairs(result):
            paths = _listed(result, output, input)
            more = [r"\cdots"] if count > len(paths) else []
            sides = [" + ".join([*map(writer.names_of, paths), *more]) or "0"]
            if result.totals is not None:
                sides.append(" + ".join([*map(writer.factors_of, paths), *more]))
                sides.append(writer.total(output, input) or "")
            lines.append(f"{writer.whole(output, input)} &= " + " \\\\\n&= ".join(filter(None, dict.fromkeys(sides))))
    return equations(lines)
