"""Formulas in other notations: their text."""

from __future__ import annotations

from adcli.render import View
from adcli.studies.convert import Converted


def render(result: Converted, format: str, view: View) -> str:
    """The formula as it stands."""
    if format == "json":
        from adcli.render import json

        return json.render(result, view)
    return result.formula + "\n"
