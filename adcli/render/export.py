"""Code, as it stands."""

from __future__ import annotations

from adcli.render import View
from adcli.studies.export.export import Exported


def render(result: Exported, format: str, view: View) -> str:
    """The code, or what is known of it."""
    if format == "json":
        from adcli.render import json

        return json.render(result, view)
    return result.code
