"""Results and errors as Python's users see them: in a prompt, in a notebook, in other libraries.

`adcli.results` and `adcli.errors` stand on lower floors and ask for this room by the name that the package has for it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from adcli.errors import AdcliError, UsageError
from adcli.render import OWN_FORMATS, WORDED, View, render
from adcli.render.errors import described
from adcli.results import MATRIX, SERIES, SPARSE, Labelled, Result

WIDTH = 100
"""Columns of a prompt or a notebook's cell."""


def displayed(thing: Result | AdcliError, form: str) -> Any:
    """A result or an error in one of FORMS."""
    if isinstance(thing, AdcliError):
        return described(thing)
    return FORMS[form](thing)


def _formats(result: Result) -> tuple[str, ...]:
    """The formats that a result is written in, the one for people first."""
    return OWN_FORMATS.get(result.renderer or result.command, WORDED)


def _written(result: Result, format: str) -> Any:
    view = View(width=WIDTH)
    if isinstance(result, Labelled):
        return render(result, format, view)
    return import_module(f"adcli.render.{result.renderer or result.command}").render(result, format, view)


def _text(result: Result) -> str:
    formats = _formats(result)
    if formats[0] == "html":
        return f"<the page of adcli {result.command}: to_html() is its text>"
    return str(_written(result, formats[0])).strip("\n")


def _html(result: Result) -> str:
    from adcli.render.fragment import code, framed

    formats = _formats(result)
    if formats[0] == "html":
        return framed(str(_written(result, "html")))
    if "svg" in formats and (picture := _picture(result)) is not None:
        return picture
    return str(_written(result, "fragment")) if formats is WORDED else code(_text(result))


def _page(result: Result) -> str:
    return str(_written(result, "html")) if _formats(result)[0] == "html" else _html(result)


def _picture(result: Result) -> str | None:
    """The picture of a graph; None where it is too large to be drawn, or Graphviz is not there."""
    try:
        return str(_written(result, "svg"))
    except AdcliError:
        return None


def _latex(result: Result) -> str | None:
    return _written(result, "latex") if "latex" in _formats(result) else None


def _bundle(result: Result) -> dict[str, str]:
    found = {"text/plain": _text(result), "text/html": _html(result)}
    if (latex := _latex(result)) is not None:
        found["text/latex"] = latex
    if "svg" in _formats(result) and found["text/html"].startswith("<svg"):
        found["image/svg+xml"] = found["text/html"]
    return found


def _json(result: Result) -> str:
    if "json" not in _formats(result):
        raise UsageError(f"what {result.command} finds is a page and no data", hint="to_html() is the page")
    return str(_written(result, "json")).rstrip("\n")


def _dict(result: Result) -> Any:
    import json

    return json.loads(_json(result))


def _numpy(result: Result) -> Any:
    if not isinstance(result, Labelled):
        raise UsageError(f"what {result.command} finds is no array of numbers", hint="to_dict() has all of it")
    np = _extra("numpy", "data")
    shown = result.answer
    if shown.kind is SPARSE:
        dense = np.zeros((len(shown.rows), len(shown.columns)))
        for i, j, number in shown.numbers:
            dense[i, j] = float(number)
        return dense
    numbers = shown.numbers if shown.kind in (MATRIX, SERIES) else [shown.flat]
    found = np.array([[float(number) for number in row] for row in numbers])
    return found if shown.kind in (MATRIX, SERIES) else found[0]


def _pandas(result: Result) -> Any:
    pandas = _extra("pandas")
    if isinstance(result, Labelled) and result.answer.kind is not SPARSE:
        shown = result.answer
        return pandas.DataFrame(list(shown.numbers), index=list(shown.rows), columns=list(shown.columns))
    if "csv" not in _formats(result):
        raise UsageError(f"what {result.command} finds is no table", hint="to_dict() has all of it")
    from io import StringIO

    return pandas.read_csv(StringIO(_written(result, "csv")))


def _extra(module: str, extra: str = "") -> Any:
    """A library that need not be there."""
    try:
        return import_module(module)
    except ImportError:
        wanted = f"'adcli[{extra}]'" if extra else module
        raise UsageError(f"this needs {module}", hint=f"pip install {wanted}") from None


FORMS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "html": _html,
    "page": _page,
    "latex": _latex,
    "bundle": _bundle,
    "json": _json,
    "dict": _dict,
    "numpy": _numpy,
    "pandas": _pandas,
}
