"""The house has floors, and imports only descend: between rooms, and within each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "adcli"

FLOORS = [
    {"errors", "records"},
    {"ops", "results"},
    {"graphs"},
    {"language"},
    {"arithmetic"},
    {"modes"},
    {"problem"},
    {"derivatives"},
    {"crosscheck", "batch"},
    {"studies"},
    {"render"},
    {"cli"},
    {"__init__", "__main__"},
]
FLOOR = {name: level for level, names in enumerate(FLOORS) for name in names}
SOURCES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def room(module: str) -> str:
    """The top-level module or package of a module."""
    return [*module.split("."), "__init__"][1]


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it the import stands, for types only too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = node.module or ""
            found |= {name if (name := f"{module}.{alias.name}") in SOURCES else module for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & SOURCES.keys()


IMPORTS = {module: imported(path) - {module, "adcli"} for module, path in SOURCES.items()}


@pytest.mark.parametrize("module", SOURCES)
def test_imports_only_descend(module: str) -> None:
    """A file imports from its own room or from lower floors."""
    here = room(module)
    assert here in FLOOR, f"{here} has no floor"
    for other in {room(name) for name in IMPORTS[module]} - {here}:
        assert other in FLOOR, f"{here} imports {other}, which has no floor"
        assert FLOOR[other] < FLOOR[here], f"{here} (floor {FLOOR[here]}) imports {other} (floor {FLOOR[other]})"


@pytest.mark.parametrize("place", sorted({room(module) for module in SOURCES}))
def test_a_room_has_floors_too(place: str) -> None:
    """Within a room no file imports, by whatever way, one that imports it."""
    rest = {
        module: {name for name in IMPORTS[module] if room(name) == place} for module in SOURCES if room(module) == place
    }
    while free := {module for module, names in rest.items() if not names & rest.keys()}:
        for module in free:
            del rest[module]
    assert not rest, "a circle of imports: " + ", ".join(f"{a} -> {b}" for a in rest for b in rest[a] & rest.keys())


def test_the_house_is_small_enough_to_know() -> None:
    """At most 13 floors and nine rooms; what is loose is the heart."""
    loose = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert len(FLOORS) <= 13
    assert len(rooms) == 9
    assert loose == {"ops", "graphs", "modes", "results", "errors", "records"}
