"""Columns of lists: each place of the lists is a column of numbers, x[1], x[2], … of x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adcli.language.arrays.names import Shape, gathered, indexed
from adcli.problem.values import shape_of as shape_of_lists


def shape_of(value: Any) -> Shape | None:
    """The shape of a list of numbers, or of lists of one length; None of anything else."""
    shape = shape_of_lists(value)
    level = value if shape else []
    for _ in (shape or ())[1:]:
        level = [part for item in level for part in item]
    return None if 0 in (shape or ()) or any(isinstance(item, (dict, str)) for item in level) else shape


def source(name: str, names: Sequence[str], lists: Mapping[str, Shape]) -> str:
    """The column that has the values called *name*: itself, or the lists that they are elements of."""
    base = indexed(name)[0]
    return base if name not in names and base in lists else name


def element(value: Any, index: Shape, shape: Shape) -> Any:
    """One element of a list; of one of another shape, the list, which is no number."""
    if value is None:
        return None
    if shape_of([part if part is not None else 0.0 for part in value] if isinstance(value, list) else value) != shape:
        return str(value)
    for place in index:
        value = value[place - 1]
    return value


class Group:
    """A column that is written: a number, or a list of the numbers at these `places` of what was computed."""

    def __init__(self, name: str, places: Sequence[int], shape: Shape = ()) -> None:
        self.name = name
        self.places = places
        self.shape = shape

    def nested(self, numbers: Sequence[Any]) -> Any:
        """The numbers of one row as a list of this shape, None where there are none."""
        if not self.shape:
            return numbers[self.places[0]]
        found: list[Any] = [numbers[place] for place in self.places]
        if None in found:
            return None
        for size in self.shape[:0:-1]:
            found = [found[i : i + size] for i in range(0, len(found), size)]
        return found


def groups(names: Sequence[str], arrays: Mapping[str, Shape]) -> list[Group]:
    """The columns for what was computed, those of one array together."""
    return [Group(name, places, shape) for name, places, shape in gathered(names, arrays)]
