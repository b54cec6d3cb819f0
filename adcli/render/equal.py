"""Whether two formulas are the same, as text."""

from __future__ import annotations

from adcli.render import View
from adcli.render.sheet import Part, Said, fields, written
from adcli.studies.equal.equal import Equality, said


def render(result: Equality, format: str, view: View) -> str:
    """The verdict: a line for programs, and below it what it depends on; with its reasons for people."""
    if format == "json":
        from adcli.render.json import render as render_json

        own = {name: fields(value) for name, value in vars(result).items()}
        own.update(counterexample=result.counterexample, values=result.values)
        own["domains"] = {"first_only": result.domains[0], "second_only": result.domains[1]}
        own.pop("reason")
        return render_json(result, view, {**own, "reason": result.reason})
    if format == "plain":
        return "".join(f"{line}\n" for line in (verdict(result), *_conditions(result)))
    return written(_parts(result), result, format, view)


def verdict(result: Equality) -> str:
    """ "equal", or where they differ."""
    if result.equal:
        return "equal"
    first, second = result.values or ("", "")
    at = f" at {said(result.counterexample)}" if result.counterexample else ""
    return f"different{at}: {first} and {second}"


def _parts(result: Equality) -> list[Part]:
    if not result.equal:
        parts: list[Part] = [Said(verdict(result), "✗")]
    elif result.evidence == "proof":
        parts = [Said(f"equal, by {result.reason}", "✓")]
    else:
        parts = [Said(f"equal as far as points tell: {result.reason}; no proof was found", "✓")]
    return parts + [Said(text, "!") for text in _domains(result)]


def _conditions(result: Equality) -> list[str]:
    """Below the verdict what it depends on: that there is no proof, where one formula has no value."""
    unproved = result.equal and result.evidence != "proof"
    return ([f"no proof: {result.reason}"] if unproved else []) + _domains(result)


def _domains(result: Equality) -> list[str]:
    return [
        f"the domains differ: the {which} has a value at {said(point)}, the {other} has none"
        for which, other, point in zip(("first", "second"), ("second", "first"), result.domains, strict=True)
        if point is not None
    ]
