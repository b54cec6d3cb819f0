"""Derivative programs: their text, which adcli reads again."""

from __future__ import annotations

from adcli.derivatives.derive import Program
from adcli.render import View
from adcli.render.screen import BOLD, paint


def render(result: Program, format: str, view: View) -> str:
    """The program as it stands; on a terminal in colour, what it computes stands out."""
    if format == "json":
        from adcli.render import json

        return json.render(result, view)
    return _highlighted(result) if view.color else result.program


def _highlighted(result: Program) -> str:
    lines = []
    for line in result.program.splitlines():
        name, equals, rest = line.partition(" = ")
        lines.append(paint(name, BOLD, name in result.outputs) + equals + rest)
    return "\n".join(lines) + "\n"
