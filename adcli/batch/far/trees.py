"""Totals of many parts in a tree: workers join what lies with them, and one total comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from adcli.batch.tally import Tally, Task, Told, joined, lost

FAN = 8
"""How many tallies are joined into one."""


class Places(Protocol):
    """Where results of tasks stay with those that did them; a handle stands for one, or a tally for itself."""

    def place(self, task: Task, state: bytes, part: Any) -> Any:
        """Have a part done; the handle of its tally."""

    def join(self, origins: Sequence[str], handles: Sequence[Any]) -> Any:
        """Have tallies joined, where the first part of each is called as *origins* say; the handle of the result."""

    def ready(self, handles: Sequence[Any]) -> Sequence[Any]:
        """Those that are there, of which one is waited for."""

    def settled(self, origin: str, handle: Any) -> Any:
        """The handle of what is there; where that is known to be lost, a tally that says so."""

    def brought(self, origin: str, handle: Any) -> Tally:
        """The tally itself."""


def total(places: Places, task: Task, state: bytes, parts: Sequence[Any], told: Told, workers: float) -> Tally:
    """Have all parts done, a few for each worker at a time, and their tallies joined as they come: each with its
    neighbours by the numbers of the parts, whoever is first."""
    if not parts:
        return Tally()
    sizes = [len(parts)]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // FAN))
    done: dict[tuple[int, int], Any] = {}
    pending: dict[Any, tuple[int, int]] = {}
    begun = leaves = 0
    while begun < len(parts) or pending:
        while begun < len(parts) and leaves < 4 * workers:
            pending[places.place(task, state, parts[begun])] = (0, begun)
            begun, leaves = begun + 1, leaves + 1
        for handle in places.ready(list(pending)):
            level, place = pending.pop(handle)
            if not level:
                leaves -= 1
                told(1)
            done[level, place] = places.settled(_origin(parts, level, place), handle)
            while level + 1 < len(sizes):
                first = place - place % FAN
                below = [(level, i) for i in range(first, min(first + FAN, sizes[level]))]
                if not all(key in done for key in below):
                    break
                handles = [done.pop(key) for key in below]
                level, place = level + 1, place // FAN
                if len(handles) > 1:
                    pending[places.join([_origin(parts, *key) for key in below], handles)] = (level, place)
                    break
                done[level, place] = handles[0]
    return places.brought(parts[0].origin, done[len(sizes) - 1, 0])


def _origin(parts: Sequence[Any], level: int, place: int) -> str:
    """What the first of the parts below a place of the tree is called."""
    return str(parts[place * FAN**level].origin)


def together(*tallies: Tally) -> Tally:
    """Their join, as a task."""
    return joined(tallies)


def brought(origin: str, handle: Any, get: Any) -> Tally:
    """What a handle stands for, or that it is lost."""
    if isinstance(handle, Tally):
        return handle
    try:
        found: Tally = get(handle)
    except Exception as fault:  # each engine has its own
        return lost(origin, fault)
    return found
