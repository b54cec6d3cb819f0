"""What derivatives are called, and how they are known to be right."""

from __future__ import annotations

from adcli.language.notations.letters import name as letter
from adcli.render.sheet import Part, Said
from adcli.studies.diff.diff import Derivatives, Derived
from adcli.studies.equal.equal import said


def named(entry: Derived) -> str:
    """∂²f/∂x∂y"""
    raised = "" if len(entry.by) == 1 else str(len(entry.by)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    below = ""
    for name in dict.fromkeys(entry.by):
        times = entry.by.count(name)
        below += f"∂{name}" + ("" if times == 1 else str(times).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")))
    return f"∂{raised}{entry.output}/{below}"


def fraction(result: Derivatives, entry: Derived) -> str:
    sign = r"\partial" if len(result.at or result.inputs) > 1 else r"\mathrm{d}"
    order = len(entry.by)
    below = []
    for name in dict.fromkeys(entry.by):
        times = entry.by.count(name)
        below.append(f"{sign} {letter(name)}" + ("" if times == 1 else f"^{{{times}}}"))
    return rf"\frac{{{sign}{'' if order == 1 else f'^{{{order}}}'} {letter(entry.output)}}}{{{' '.join(below)}}}"


def evidence(result: Derivatives) -> list[Part]:
    """How the formulas are known to be right, and where they are not the derivative."""
    parts: list[Part] = []
    checked = [entry for entry in result.entries if not entry.proof]
    if not checked:
        parts.append(Said("proved equal to the derivative that adcli's modes write, by exact arithmetic", "✓"))
    else:
        least = min(entry.points for entry in checked)
        parts.append(Said(f"equal to adcli's reverse mode at {least} points, to {checked[0].digits} digits", "✓"))
    domains = {
        "wider": "also a value at {}, where there is no derivative",
        "narrower": "no value at {}, where there is a derivative",
    }
    for what, sentence in domains.items():
        found: dict[str, list[Derived]] = {}
        for entry in result.entries:
            if point := getattr(entry, what):
                found.setdefault(said(point), []).append(entry)
        for place, entries in found.items():
            who = f"{entries[0].text} has" if len(entries) == 1 else f"{', '.join(map(named, entries[:5]))} have"
            parts.append(Said(f"{who} {sentence.format(place)}", "!"))
    if result.form != "shortest":
        parts.append(Said("the time for finding a shorter form was over; --seconds gives it more", "→"))
    return parts
