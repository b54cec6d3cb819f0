"""Ways to differentiate side by side, as text."""

from __future__ import annotations

from adcli.render import View
from adcli.render.numbers import rounded
from adcli.render.sheet import Cell, Part, Said, Sheet, Short, fields, written
from adcli.results import Number
from adcli.studies.compare.compare import Comparison, Method
from adcli.studies.compare.manual import place

MAX_ENTRIES = 8
"""So many entries of the gradient are shown to people; programs get all."""
DIGITS = 12
"""Digits of the gradients, unless others are asked for: so many that differences are seen to be wrong."""

NAMES = {
    "manual": "by hand",
    "forward-difference": "forward difference",
    "central-difference": "central difference",
    "complex-step": "complex step",
    "symbolic": "SymPy's formula",
    "forward": "forward mode",
    "reverse": "reverse mode",
}
_OPTIONAL = ("step", "best", "reason")


def render(result: Comparison, format: str, view: View) -> str:
    """The comparison in one of the formats of tables."""
    if format == "json":
        from adcli.render.json import render as render_json

        return render_json(result, view, _own(result))
    if format == "value":
        return "".join(f"{number}\n" for number in result.truth.values())
    if format == "csv":
        return written([_steps(result) or _methods(result)], result, format, view)
    if format == "plain":
        steps = _steps(result)
        parts: list[Part] = [_methods(result), *([steps] if steps else [])]
        outcome = _outcome(result)[1 if result.mistakes else 0 :]  # the first mistake is said on stderr
        return written([*parts, *outcome], result, format, view)
    return written(_people(result, view, split=format == "latex"), result, format, view)


def _own(result: Comparison) -> dict[str, object]:
    """The keys of the JSON object."""
    own: dict[str, object] = {"output": result.output, "value": result.value, "truth": result.truth}
    own["methods"] = [
        {name: value for name, value in fields(method).items() if value is not None or name not in _OPTIONAL}
        for method in result.methods
    ]
    own["seconds"] = result.seconds
    own["mistakes"] = None if result.mistakes is None else fields(result.mistakes)
    own["steps"] = None if result.steps is None else fields(result.steps)
    return own


# For programs


def _methods(result: Comparison) -> Sheet:
    """A way a row, all that is known of it."""
    heads = ["method", "max_rel_error", "digits", "evaluations", "operations", "seconds", "step", *result.truth]
    rows: list[list[Cell]] = []
    for m in result.methods:
        measures = [m.max_rel_error, m.digits, m.evaluations, m.operations, m.seconds, m.step]
        rows.append([m.name, *measures, *_entries(m.gradient, result)])
        if m.best is not None:
            best = m.best
            error = [best.max_rel_error, best.digits, m.evaluations, m.operations, m.seconds, best.step]
            rows.append([f"{m.name}-best", *error, *_entries(best.gradient, result)])
    return Sheet(heads, rows)


def _entries(gradient: dict[str, Number] | None, result: Comparison) -> list[Cell]:
    return [None if gradient is None else gradient.get(name) for name in result.truth]


def _steps(result: Comparison) -> Sheet | None:
    """The error of each difference, a step a row."""
    if result.steps is None:
        return None
    heads = ["step", "forward-difference", "central-difference", "complex-step"]
    rows = [[s.step, s.forward_difference, s.central_difference, s.complex_step] for s in result.steps]
    return Sheet(heads, rows, left=0)


# For people


def _people(result: Comparison, view: View, *, split: bool) -> list[Part]:
    """What each way gives and takes; what is wrong; what steps do. *split*: the gradients have a table of their own."""
    shown = list(result.truth)[:MAX_ENTRIES]
    digits = view.digits or DIGITS

    def number(value: Number | str | None) -> Cell:
        return None if value is None else Short(float(value), digits)

    heads = ["way", "error", "digits", "eval.", "op.", "time", *(f"∂{result.output}/∂{name}" for name in shown)]
    rows: list[list[Cell]] = [["the truth", *[None] * 5, *(number(result.truth[name]) for name in shown)]]
    for m in result.methods:
        measures = [_error(m.max_rel_error), m.digits, m.evaluations, m.operations, _time(m, result)]
        rows.append([NAMES[m.name], *measures, *(number((m.gradient or {}).get(name)) for name in shown)])
        if m.best is not None:
            error = [_error(m.best.max_rel_error), m.best.digits]
            entries = [number(m.best.gradient.get(name)) for name in shown]
            rows.append([f"  with h = {m.best.step:.2g}", *error, None, None, None, *entries])
    rest = len(result.truth) - len(shown)
    parts: list[Part] = [Sheet(heads, rows)]
    if split:
        measures_end = len(heads) - len(shown)
        parts = [
            Sheet(heads[:measures_end], [row[:measures_end] for row in rows[1:]]),
            Sheet([heads[0], *heads[measures_end:]], [[row[0], *row[measures_end:]] for row in rows]),
        ]
    parts += _outcome(result)
    parts += [Said(f"{NAMES[m.name]}: {m.reason}.") for m in result.methods if m.reason]
    if rest:
        parts.append(
            Said(f"{rest:,} more entries of the gradient are not shown; errors and digits are of all of them.")
        )
    parts.append(
        Said(
            "error: relative, of the worst entry; eval.: of f; op.: all operations; time: in evaluations of f, of "
            f"{_duration(result.seconds)} each. {_defaults(result)}"
        )
    )
    if result.steps is not None:
        heads = ["step", "forward difference", "central difference", "complex step"]
        tried: list[list[Cell]] = [
            [
                f"{s.step:.1e}",
                *map(_error, (s.forward_difference, s.central_difference, s.complex_step)),
            ]
            for s in result.steps
        ]
        parts.append(Sheet(heads, tried, "largest relative error by step, relative to max(1, |x|)"))
        parts.append(
            Said(
                "The V curve: small steps lose digits to round-off, as ε/h, large ones to truncation, as h (forward) "
                "or h² (central). The complex step subtracts nothing, so it has no round-off."
            )
        )
    return parts


def _defaults(result: Comparison) -> str:
    steps = {m.name: m.step for m in result.methods if m.step is not None}
    said = [f"{NAMES[name]} {step:.2g}" for name, step in steps.items()]
    return f"Default steps, relative to max(1, |x|): {', '.join(said)}." if said else ""


def _outcome(result: Comparison) -> list[Part]:
    """What came of the formulas given by hand."""
    if result.mistakes is None or result.check is None:
        return []
    if not result.mistakes:
        return [Said(result.check.detail, "✓")]
    return [
        Said(
            f"∂{result.output}/∂{m.name} by hand is {m.formula},{place(m) + ':' if m.at else ' here'} "
            f"{_few(m.manual)}, and should be {_few(m.truth)}: {m.likely}",
            "✗",
        )
        for m in result.mistakes
    ]


def _few(number: str | None) -> str:
    return "without a value" if number is None else rounded(float(number), None)


def _error(error: float | None) -> Cell:
    return None if error is None else f"{error:.1e}" if error else "0"


def _time(method: Method, result: Comparison) -> Cell:
    if method.seconds is None or not result.seconds:  # a clock may stand still
        return None
    return Short(method.seconds / result.seconds, 2)


def _duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds / 1e-9:.2g} ns"
