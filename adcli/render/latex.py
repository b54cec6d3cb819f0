"""LaTeX: displayed formulas for a document that uses amsmath."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from adcli.language.notations.letters import SPELLED, SUBSCRIPTS, name
from adcli.render import View
from adcli.render.blocks import blocks
from adcli.render.formula import relabelled
from adcli.render.linear import terms
from adcli.render.numbers import INFINITY, NAN, rounded
from adcli.render.screen import one_line
from adcli.render.sheet import Cell, Code, Drawn, Part, Said, Short, shown_cell
from adcli.results import PER_COLUMN, SERIES, SPARSE, VALUES, Answer, Labelled, Number, Result

MAX_COLUMNS = 10
"""What amsmath's matrices hold unless told otherwise (MaxMatrixCols)."""

MAX_NAMES = 6
"""So many names fit beside each other into a fraction."""

MAX_TERMS = 6
"""So many terms of a sum fit beside each other into a line."""

_MATHEMATICS = (
    ("ẋ", "\\dot x"),
    ("ȳ", "\\bar y"),
    ("ᵀ", "^{\\mathsf T}"),
    ("·v", " \\, v"),
    ("·", " "),
)
"""The signs in the symbols of answers."""


def render(result: Labelled, view: View) -> str:
    """The values and derivatives as aligned equations; matrices as bmatrix."""

    def text(value: Number) -> str:
        return number(rounded(value, view.digits, result.precision))

    def row(values: Iterable[Number]) -> list[str]:
        return [text(value) for value in values]

    result = relabelled(result)
    shown = result.answer
    outputs, values = zip(*result.outcome, strict=True)
    lines = []
    for block in blocks(outputs, outputs, values):
        found = matrix([row(line) for line in block.rows]) if block.shape else text(block.numbers[0])
        lines.append(f"{name(block.label)} &= {found}")
    if view.linearize and shown.linear:
        lines = _linear(result, text)
    elif shown.kind is SPARSE:
        lines = _sparse(shown, text)
    elif shown.kind is SERIES:
        lines = _series(result, text)
    elif shown.kind is PER_COLUMN and not shown.symbol and (len(shown.columns) > MAX_NAMES or _arrays(shown)):
        for block in blocks(shown.columns, shown.columns, shown.flat):
            found = text(block.numbers[0])
            if block.shape:
                numbers = [row(line) for line in block.rows]
                found = matrix(_turned(numbers) if len(numbers) == 1 and view.transposed else numbers)
            lines.append(f"{_derivative(shown.rows, [block.label])} &= {found}")
    elif shown.kind is not VALUES:
        if shown.seed is not None:
            symbol, parts = shown.seed
            seed = row(value for _, value in parts)
            lines.append(f"{_symbol(symbol)} &= {matrix([seed] if 'ᵀ' in symbol else _turned([seed]))}")
        if shown.above is not None:
            lines.append(f"\\nabla {name(shown.above[0])} &= {matrix([row(shown.above[1])])}")
        numbers = [row(values) for values in shown.numbers]
        turned = shown.upright or (view.transposed and shown.partial and shown.kind is PER_COLUMN)
        lines.append(f"{_whole(shown)} &= {matrix(_turned(numbers) if turned else numbers)}")
    lines += [f"\\{symbol} &= {text(value)}" for _, symbol, value in shown.besides]
    return equations(lines)


def _arrays(shown: Answer) -> bool:
    """Whether something was differentiated by a whole array."""
    return any(block.shape for block in blocks(shown.columns, shown.columns, shown.flat))


def written(parts: Sequence[Part], result: Result, view: View) -> str:
    """Tables as tabulars, sentences as paragraphs, pictures and programs as they stand."""
    blocks = []
    for part in parts:
        if isinstance(part, Said):
            blocks.append(f"{words(part.text)}\n")
            continue
        if isinstance(part, (Drawn, Code)):
            blocks.append("".join(f"{line}\n" for line in ["\\begin{verbatim}", *part.lines, "\\end{verbatim}"]))
            continue
        lines = [rf"\begin{{tabular}}{{{'l' * part.left}{'r' * (len(part.heads) - part.left)}}}"]
        if part.title:
            lines.append(rf"\multicolumn{{{len(part.heads)}}}{{l}}{{{words(part.title)}}} \\")
        lines.append(" & ".join(map(words, part.heads)) + r" \\ \hline")
        lines += [" & ".join(_cell(cell, view, result.precision) for cell in row) + r" \\" for row in part.rows]
        lines.append(r"\end{tabular}")
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks)


def equations(lines: Sequence[str]) -> str:
    """Lines with & in front of their signs, one below the other."""
    body = " \\\\\n".join(lines)
    return f"\\[\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n\\]\n"


def _turned(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return list(zip(*rows, strict=True))


def _symbol(text: str, second: str = "") -> str:
    """What an answer is called."""
    for sign, spelled in _MATHEMATICS:
        text = text.replace(sign, spelled)
    return f"\\nabla^2 {name(second)}{text[1:]}" if second else text


def _whole(shown: Answer) -> str:
    """What the answer is called, and the fraction that it is, where names fit into one."""
    parts = [_symbol(shown.symbol, shown.second)] if shown.symbol else []
    if shown.partial and max(len(shown.rows), len(shown.columns)) <= MAX_NAMES:
        parts.append(_derivative(shown.rows, shown.columns))
    return " = ".join(parts)


def matrix(rows: Sequence[Sequence[str]]) -> str:
    """A bmatrix; a wider one than amsmath allows is an array in brackets."""
    body = " \\\\\n".join(" & ".join(row) for row in rows)
    columns = max(map(len, rows), default=0)
    if columns > MAX_COLUMNS:
        return f"\\left[\\begin{{array}}{{*{{{columns}}}{{c}}}}\n{body}\n\\end{{array}}\\right]"
    return f"\\begin{{bmatrix}}\n{body}\n\\end{{bmatrix}}"


def number(text: str) -> str:
    """A number as rendered for people: 1e-05 becomes a power of ten."""
    if text == NAN:
        return "\\mathrm{NaN}"
    if text.endswith(INFINITY):
        return text.replace(INFINITY, "\\infty")
    digits, e, exponent = text.partition("e")
    return f"{digits} \\times 10^{{{int(exponent)}}}" if e else digits


def _transposed(symbol: str) -> str:
    return f"{symbol}^{{\\mathsf T}}"


def _derivative(outputs: Sequence[str], inputs: Sequence[str]) -> str:
    return f"\\frac{{\\partial {_together(outputs)}}}{{\\partial {_together(inputs)}}}"


def _together(names: Sequence[str]) -> str:
    parts = ", ".join(map(name, names))
    return parts if len(names) == 1 else f"({parts})"


def _sparse(shown: Answer, text: Callable[[Number], str]) -> list[str]:
    """A matrix where it is small, else an equation per entry."""
    symbol = _symbol(shown.symbol, shown.second)
    if max(len(shown.rows), len(shown.columns)) > MAX_COLUMNS:
        return [f"{symbol}_{{{i + 1},{j + 1}}} &= {text(value)}" for i, j, value in shown.numbers]
    cells = [["0"] * len(shown.columns) for _ in shown.rows]
    for i, j, value in shown.numbers:
        cells[i][j] = text(value)
    return [f"{symbol} &= {matrix(cells)}"]


def _series(result: Labelled, text: Callable[[Number], str]) -> list[str]:
    """The sum of the series' terms, up to a remainder: in the one input that moves, else in t."""
    shown = result.answer
    lines, step = [], shown.symbol
    if shown.seed is not None:
        names, components = zip(*shown.seed[1], strict=True)
        direction = matrix([[text(component)] for component in components])
        lines.append(f"({', '.join(map(name, names))}) &= a + t d, \\quad d = {direction}")
    else:
        at = result.at[step]
        step = name(step) if at == 0 else f"({name(step)} {'+' if at < 0 else '-'} {text(abs(at))})"
    terms: list[str] = []
    for power, coefficient in enumerate(shown.flat):
        if coefficient != 0:
            size = text(abs(coefficient))
            factor = "" if not power else step if power == 1 else f"{step}^{{{power}}}"
            sign = ("-" if coefficient < 0 else "") if not terms else "- " if coefficient < 0 else "+ "
            terms.append(sign + (factor if size == "1" and factor else f"{size} \\, {factor}" if factor else size))
    remainder = f"O\\left({step}^{{{len(shown.rows)}}}\\right)"
    terms.append(f"+ {remainder}" if terms else remainder)
    for first in range(0, len(terms), MAX_TERMS):
        left = "&\\quad " if first else f"{name(result.outcome[0][0])} &= "
        lines.append(left + " ".join(terms[first : first + MAX_TERMS]))
    return lines


def _linear(result: Labelled, text: Callable[[Number], str]) -> list[str]:
    """The linear approximation, an equation per output."""
    lines = []
    for output, value, slopes in terms(result):
        line = f"{name(output)} &\\approx {text(value)}"
        for slope, variable, at in slopes:
            shift = name(variable)
            if at != 0:
                shift = f"({shift} {'+' if at < 0 else '-'} {text(abs(at))})"
            line += f" {'-' if slope < 0 else '+'} {text(abs(slope))} \\, {shift}"
        lines.append(line)
    return lines


_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?")
"""Of the texts that stand in tables, those that are numbers."""

_SYMBOLS = {
    "∂": r"$\partial$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "→": r"$\to$",
    "✓": r"$\surd$",
    "✗": r"$\times$",
    "–": "--",
    "ε": r"$\varepsilon$",
    "≤": r"$\le$",
    "²": "$^2$",
    "µ": r"$\mu$",
    "±": r"$\pm$",
    "≥": r"$\ge$",
    "≠": r"$\ne$",
    "≈": r"$\approx$",
    "√": r"$\surd$",
    "∇": r"$\nabla$",
    "…": r"\dots{}",
    "³": "$^3$",
    "ᵀ": r"$^{\mathsf T}$",
    "∞": r"$\infty$",
    "█": r"\rule{0.6em}{1.4ex}",
    "▏": r"\rule{0.1em}{1.4ex}",
    "\\": r"\textbackslash{}",
    "^": r"\^{}",
    "~": r"\~{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    **{letter: f"$\\{command}$" for letter, command in SPELLED.items()},
    **{chr(sign): f"$_{digit}$" for sign, digit in SUBSCRIPTS.items()},
}


def words(text: str) -> str:
    """Words, outside of formulas."""
    quotes = 0
    pieces = []
    for char in one_line(text):
        if char == '"':
            quotes += 1
            pieces.append("``" if quotes % 2 else "''")
        else:
            piece = _SYMBOLS.get(char) or (f"\\{char}" if char in "#$%&_{}" else char)
            if piece[0] == "$" and pieces and pieces[-1][0] == pieces[-1][-1] == "$":  # one formula: $$ begins another
                piece = f"{pieces.pop()[:-1]}{'' if piece[1] in '^_' else ' '}{piece[1:]}"
            pieces.append(piece)
    return "".join(pieces)


def _cell(cell: Cell, view: View, precision: int) -> str:
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()):
        return f"${number(cell.strip())}$"
    if cell is None or isinstance(cell, str):
        return words(shown_cell(cell, view, precision).rstrip())
    if isinstance(cell, int):
        return f"${shown_cell(cell, view, precision).replace(',', '{,}')}$"
    unit = cell.unit if isinstance(cell, Short) else ""
    return f"${number(shown_cell(cell, view, precision).removesuffix(unit))}${words(unit)}"
