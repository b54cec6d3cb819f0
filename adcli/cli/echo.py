"""`--echo`: how a formula was read, said on stderr."""

from __future__ import annotations

import sys

from adcli.cli.streams import Stream
from adcli.graphs import Graph


def echo(graph: Graph, color: str) -> None:
    """Say it in adcli's language."""
    from adcli.language import unparse
    from adcli.render.errors import read_as

    errors = Stream(sys.stderr, color)
    errors.write(read_as(unparse(graph, ordered=False), color=errors.color))
