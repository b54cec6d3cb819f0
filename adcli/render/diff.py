"""Derivatives as formulas, in adcli's language and in others'."""

from __future__ import annotations

from adcli.render import View
from adcli.render.derived import evidence, fraction, named
from adcli.render.numbers import exact, rounded
from adcli.render.sheet import Part, Sheet, fields, written
from adcli.studies.diff.diff import Derivatives


def render(result: Derivatives, format: str, view: View) -> str:
    """The formulas, a line each."""
    if result.entries and result.entries[0].steps and format != "json":
        from adcli.render import explain

        return explain.render(result, format, view)
    if format == "json":
        from adcli.render.json import render as render_json

        return render_json(result, view, _own(result))
    if format == "plain":
        lines = [
            entry.text if entry.value is None else f"{entry.text}\t{exact(entry.value)}" for entry in result.entries
        ]
        return "".join(f"{line}\n" for line in lines)
    if format in ("sympy", "mathematica"):
        return "".join(_by_sympy(entry.text, format) + "\n" for entry in result.entries)
    if format == "latex":
        from adcli.render.display import display
        from adcli.render.latex import equations

        return equations([f"{fraction(result, entry)} &= {display(entry.text)}" for entry in result.entries])
    return written(_parts(result, view), result, format, view)


def _by_sympy(text: str, notation: str) -> str:
    """A formula as SymPy's printers write it, for SymPy or for Mathematica."""
    import sympy

    from adcli.language import parse
    from adcli.language.sympy.to_sympy import to_sympy

    graph = parse(text)
    (expr,) = to_sympy(graph, {name: sympy.Symbol(name, real=True) for name in graph.input_names})
    return str(sympy.sstr(expr) if notation == "sympy" else sympy.mathematica_code(expr))


def _own(result: Derivatives) -> dict[str, object]:
    own: dict[str, object] = {"order": result.order, "outputs": result.outputs, "inputs": result.inputs}
    own["derivatives"] = result.nested(lambda entry: entry.text)
    if any(entry.value is not None for entry in result.entries):
        own["values"] = result.nested(lambda entry: entry.value)
    if all(entry.proof for entry in result.entries):
        own["verified"] = {"proof": True}
    else:
        points = [entry for entry in result.entries if not entry.proof]
        own["verified"] = {"points": min(e.points for e in points), "digits": min(e.digits for e in points)}
    own["form"] = result.form
    if any(entry.steps for entry in result.entries):
        own["steps"] = result.nested(lambda entry: [fields(step) for step in entry.steps])
    if any(entry.wider or entry.narrower for entry in result.entries):
        own["domains"] = result.nested(lambda entry: {"form_only": entry.wider, "derivative_only": entry.narrower})
    return own


def _parts(result: Derivatives, view: View) -> list[Part]:
    valued = any(entry.value is not None for entry in result.entries)
    heads = ["derivative", "formula", *(["value"] if valued else [])]
    rows = [
        [named(entry), entry.text, *([rounded(entry.value, view.digits, result.precision)] if valued else [])]
        for entry in result.entries
    ]
    return [Sheet(heads, rows, left=2), *evidence(result)]
