"""Results as text. One module per format, each with `render(result, view)`; nothing here computes mathematics.

To add a format, add its module and its name in FORMATS.
"""

from __future__ import annotations

from importlib import import_module

from adcli.results import Result, SparseHessian, SparseJacobian

FORMATS = ("table", "plain", "value", "json", "csv", "markdown", "latex")


class View:
    """How the reader sees the text.

    - `digits`: significant digits in tables, None for the default;
    - `width`: columns of the terminal, None where lines have no end (a pipe, a file);
    - `color`: whether escape codes may be used;
    - `unicode`: whether every character can be written, or only ASCII;
    - `transposed`: a gradient is a column (the denominator layout);
    - `linearize`: show a Jacobian as the linear approximation that it is.
    """

    __slots__ = ("color", "digits", "linearize", "transposed", "unicode", "width")

    def __init__(
        self,
        *,
        digits: int | None = None,
        width: int | None = None,
        color: bool = False,
        unicode: bool = True,
        transposed: bool = False,
        linearize: bool = False,
    ) -> None:
        self.digits = digits
        self.width = width
        self.color = color
        self.unicode = unicode
        self.transposed = transposed
        self.linearize = linearize


def render(result: Result, format: str, view: View | None = None) -> str:
    """The result as text of one of FORMATS, ending in a newline."""
    if isinstance(result, (SparseJacobian, SparseHessian)) and format not in ("table", "json"):
        sparse = import_module("adcli.render.sparse")
        return str(sparse.render(result, format, view or View()))
    if format in ("markdown", "latex"):
        result = import_module("adcli.render.formula").relabelled(result)
    text: str = import_module(f"adcli.render.{format}").render(result, view or View())
    return text
