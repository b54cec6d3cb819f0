"""The house has floors, and imports only descend."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "adcli"

FLOORS = [
    {"errors", "records", "stopwatch", "colouring"},
    {"ops", "files", "given"},
    {"graph", "results"},
    {"language"},
    {"arithmetic"},
    {"modes"},
    {"programs"},
    {"optimize"},
    {"problem", "point"},
    {"limits", "naming", "chain", "refusals"},
    {"solver"},
    {"second", "linear_graph", "taylor", "elimination"},
    {"sparsity"},
    {"derive"},
    {"crosscheck", "transform", "trace", "graph_view", "paths"},
    {"grading"},
    {"ways", "layers", "tally"},
    {"cost", "growth", "slips"},
    {"manual"},
    {"compare"},
    {"batch"},
    {"render"},
    {"cli"},
    {"__init__", "__main__"},
]
FLOOR = {name: level for level, names in enumerate(FLOORS) for name in names}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The top-level module or package of a file."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The rooms that a file imports from, wherever in it the import stands, unless for types only."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = node.module or ""
            names = [f"adcli.{alias.name}" for alias in node.names] if module == "adcli" else [module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            first, _, rest = name.partition(".")
            if first == "adcli" and rest:
                found.add(rest.partition(".")[0])
    return found


@pytest.mark.parametrize("path", SOURCES, ids=[str(p.relative_to(PACKAGE)) for p in SOURCES])
def test_imports_only_descend(path: Path) -> None:
    """A file imports from its own room or from lower floors."""
    here = room(path)
    assert here in FLOOR, f"{here} has no floor"
    for other in imported(path) - {here, "__version__"}:
        assert other in FLOOR, f"{here} imports {other}, which has no floor"
        assert FLOOR[other] < FLOOR[here], f"{here} (floor {FLOOR[here]}) imports {other} (floor {FLOOR[other]})"
