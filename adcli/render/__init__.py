"""Results as text, a module per format; nothing here computes mathematics.

A format says in `written(parts, result, view)` how it writes tables and sentences (`adcli.render.sheet`), of which all
results can be made. Where it has a better way for the answers of the commands, that is its `render(result, view)`.
"""

from __future__ import annotations

from importlib import import_module

from adcli.results import Result

FORMATS = {
    "table": "",
    "plain": ".txt",
    "value": "",
    "json": ".json",
    "csv": ".csv",
    "markdown": ".md",
    "latex": ".tex",
}
"""Every format that tables can be written in, and the ending of such files. They are listed here and nowhere else."""
WORDED = tuple(format for format in FORMATS if format != "value")
"""Those for answers that are no bare numbers."""
OWN_FORMATS = {
    "convert": ("plain", "json"),
    "derive": ("plain", "json"),
    "explore": ("html",),
    "export": ("plain", "json"),
    "grading": ("plain", "json"),
    "graph": ("tree", "plain", "dot", "mermaid", "json", "svg", "png"),
}
"""What is written by rooms whose results are no tables, the first on a terminal."""


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
    view = view or View()
    module = import_module(f"adcli.render.{format}")
    if hasattr(module, "render"):
        text: str = module.render(result, view)
    else:
        text = module.written(import_module("adcli.render.parts").parts(result, view), result, view)
    return text
