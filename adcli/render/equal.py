"""Whether two formulas are the same, as text."""

from __future__ import annotations

from adcli.render import View
from adcli.render.sheet import Part, Said, fields, written
from adcli.studies.equal.equal import Equality, said


def render(result: Equality, format: str, view: View) -> str:
    """The verdict: a word or a line for programs, with its reasons for people."""
    if format == "json":
        from adcli.render.json import render as render_json

        own = {name: fields(value) for name, value in vars(result).items()}
        own.update(counterexample=result.counterexample, values=result.values)
        own["domains"] = {"first_only": result.domains[0], "second_only": result.domains[1]}
        own.pop("reason")
        return render_json(result, view, {**own, "reason": result.reason})
    if format == "plain":
        return verdict(result) + "\n"
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
    for which, other, point in zip(("first", "second"), ("second", "first"), result.domains, strict=True):
        if point is not None:
            parts.append(
                Said(f"the domains differ: the {which} has a value at {said(point)}, the {other} has none", "!")
            )
    return parts
