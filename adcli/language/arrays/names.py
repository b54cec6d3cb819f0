"""Names of elements, x[1] and A[1,2], and the arrays that they are the elements of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TypeAlias

Shape: TypeAlias = "tuple[int, ...]"


def labels(name: str, shape: Shape) -> Iterator[str]:
    """The names of an array's elements in order: x[1], x[2]; A[1,1], A[1,2]."""
    for index in product(*[range(1, size + 1) for size in shape]):
        yield f"{name}[{','.join(map(str, index))}]"


def indexed(name: str) -> tuple[str, Shape]:
    """What an element is called without its index, and the index: ("A", (1, 2)) of A[1,2]; () where there is none."""
    base, bracket, index = name.partition("[")
    places = index[:-1].split(",") if bracket and name.endswith("]") else []
    return (base, tuple(map(int, places))) if places and all(map(str.isdecimal, places)) else (name, ())


def shapes(names: Iterable[str]) -> dict[str, Shape]:
    """The arrays among names of elements: those of which every element is there, and their shapes."""
    families: dict[str, set[Shape]] = {}
    for name in names:
        if name.endswith("]"):
            base, index = indexed(name)
            if index:
                families.setdefault(base, set()).add(index)
    found = {}
    for base, members in families.items():
        if len({len(index) for index in members}) == 1:
            shape = tuple(map(max, zip(*members, strict=True)))
            if prod(shape) == len(members):
                found[base] = shape
    return found


def gathered(names: Sequence[str], arrays: Mapping[str, Shape]) -> list[tuple[str, range, Shape]]:
    """Names in order, those of an array together where all its elements follow each other.

    Each is what it is called, its places among the names, its shape; of a name alone the shape is ().
    """
    found = []
    place = 0
    while place < len(names):
        base, index = indexed(names[place])
        shape = arrays.get(base, ()) if index else ()
        places = range(place, place + prod(shape))
        if not shape or list(names[place : places.stop]) != list(labels(base, shape)):
            base, places, shape = names[place], range(place, place + 1), ()
        found.append((base, places, shape))
        place = places.stop
    return found
