"""LaTeX: displayed formulas for a document that uses amsmath."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from adcli.render import View
from adcli.render.linear import terms
from adcli.render.numbers import INFINITY, NAN, rounded
from adcli.render.shape import along, answer, outputs
from adcli.results import HVP, JVP, VJP, Evaluation, Gradient, Hessian, Jacobian, Number, Result, Taylor

MAX_COLUMNS = 10
"""What amsmath's matrices hold unless told otherwise (MaxMatrixCols)."""

MAX_NAMES = 6
"""So many names fit beside each other into a fraction."""

MAX_TERMS = 6
"""So many terms of a sum fit beside each other into a line."""

_WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_GREEK = tuple(_WORDS.split())
_GREEK_LETTERS = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", _GREEK, strict=True))
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NUMBERED = re.compile(r"([^\W\d_]+)_?(\d+)")


def render(result: Result, view: View) -> str:
    """The values and derivatives as aligned equations; matrices as bmatrix."""

    def text(value: Number) -> str:
        return number(rounded(value, view.digits, result.precision))

    lines = [f"{name(output)} &= {text(value)}" for output, value in outputs(result)]
    shown = answer(result)
    numbers = [[text(value) for value in row] for row in shown.numbers]
    if isinstance(result, Jacobian) and view.linearize:
        lines = _linear(result, text)
    elif isinstance(result, Gradient) and len(result.gradient) > MAX_NAMES:
        for variable, value in result.gradient.items():
            lines.append(f"{_derivative([result.output], [variable])} &= {text(value)}")
    elif isinstance(result, Gradient):
        row = [list(column) for column in zip(*numbers, strict=True)] if view.transposed else numbers
        lines.append(f"{_derivative([result.output], list(result.gradient))} &= {matrix(row)}")
    elif isinstance(result, Jacobian):
        symbol = "J" if result.layout == "numerator" else _transposed("J")
        if max(len(result.outputs), len(result.inputs)) <= MAX_NAMES and symbol == "J":
            symbol += f" = {_derivative(result.outputs, result.inputs)}"
        lines.append(f"{symbol} &= {matrix(numbers)}")
    elif isinstance(result, JVP):
        lines.append(f"\\dot x &= {matrix([[text(value)] for value in result.tangent.values()])}")
        lines.append(f"J \\dot x &= {matrix(numbers)}")
    elif isinstance(result, VJP):
        ybar = _transposed("\\bar y")
        lines.append(f"{ybar} &= {matrix([[text(value) for value in result.cotangent]])}")
        lines.append(f"{ybar} J &= {matrix(numbers)}")
    elif isinstance(result, Hessian):
        lines.append(f"\\nabla {name(result.output)} &= {matrix([list(map(text, result.gradient.values()))])}")
        lines.append(f"\\nabla^2 {name(result.output)} &= {matrix(numbers)}")
    elif isinstance(result, HVP):
        lines.append(f"v &= {matrix([[text(value)] for value in result.vector.values()])}")
        lines.append(
            f"\\nabla^2 {name(result.output)} \\, v &= {matrix([list(row) for row in zip(*numbers, strict=True)])}"
        )
    elif isinstance(result, Taylor):
        lines = _series(result, text)
    elif not isinstance(result, Evaluation):
        raise TypeError(f"no LaTeX for {type(result).__name__}")
    if isinstance(result, Jacobian) and result.determinant is not None:
        lines.append(f"\\det J &= {text(result.determinant)}")
    body = " \\\\\n".join(lines)
    return f"\\[\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n\\]\n"


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


def name(text: str) -> str:
    """A name of the language: x1 gets a subscript, lambda its letter, a word of several letters stays upright."""
    base, _, place = text.translate(_SUBSCRIPTS).partition("[")
    indices = [place.rstrip("]")] if place else []
    numbered = _NUMBERED.fullmatch(base)
    left, _, right = base.partition("_")
    if numbered:
        base = numbered[1]
        indices.insert(0, numbered[2])
    elif left.isalpha() and right:
        base = left
        indices.insert(0, _letter(right))
    return _letter(base) + (f"_{{{','.join(indices)}}}" if indices else "")


def _letter(text: str) -> str:
    """One letter, Greek or not, as it is; anything longer upright."""
    text = _GREEK_LETTERS.get(text, text)
    if text in _GREEK:
        return f"\\{text}"
    if text.isascii() and (len(text) == 1 or text.isdigit()):
        return text
    word = text.replace("_", "\\_")
    return f"\\mathrm{{{word}}}" if text.isascii() else f"\\text{{{word}}}"


def _transposed(symbol: str) -> str:
    return f"{symbol}^{{\\mathsf T}}"


def _derivative(outputs: Sequence[str], inputs: Sequence[str]) -> str:
    return f"\\frac{{\\partial {_together(outputs)}}}{{\\partial {_together(inputs)}}}"


def _together(names: Sequence[str]) -> str:
    parts = ", ".join(map(name, names))
    return parts if len(names) == 1 else f"({parts})"


def _series(result: Taylor, text: Callable[[Number], str]) -> list[str]:
    """The sum of the series' terms, up to a remainder: in the one input that moves, else in t."""
    lines, function = [], name(result.output)
    variable = along(result.direction)
    if variable is None:
        direction = [[text(value)] for value in result.direction.values()]
        lines.append(f"({', '.join(map(name, result.direction))}) &= a + t d, \\quad d = {matrix(direction)}")
        step = "t"
    else:
        at = result.at[variable]
        step = name(variable) if at == 0 else f"({name(variable)} {'+' if at < 0 else '-'} {text(abs(at))})"
    terms: list[str] = []
    for power, coefficient in enumerate(result.coefficients):
        if coefficient != 0:
            size = text(abs(coefficient))
            factor = "" if not power else step if power == 1 else f"{step}^{{{power}}}"
            sign = ("-" if coefficient < 0 else "") if not terms else "- " if coefficient < 0 else "+ "
            terms.append(sign + (factor if size == "1" and factor else f"{size} \\, {factor}" if factor else size))
    remainder = f"O\\left({step}^{{{result.order + 1}}}\\right)"
    terms.append(f"+ {remainder}" if terms else remainder)
    for first in range(0, len(terms), MAX_TERMS):
        left = "&\\quad " if first else f"{function} &= "
        lines.append(left + " ".join(terms[first : first + MAX_TERMS]))
    return lines


def _linear(result: Jacobian, text: Callable[[Number], str]) -> list[str]:
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
