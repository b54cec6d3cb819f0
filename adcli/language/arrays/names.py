"""Names of elements, x[1] and A[1,2], and the arrays that they are the elements of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TypeAlias

Shape: TypeAlias = "tuple[int, ...]"


def labels(name: str, shape: Shape) -> list[str]:
    """The names of an array's elements in order: x[1], x[2]; A[1,1], A[1,2]."""
    found = [f"{name}["]
    for size in shape[:-1]:
        indices = [f"{i}," for i in range(1, size + 1)]
        found = [start + index for start in found for index in indices]
    indices = [f"{i}]" for i in range(1, shape[-1] + 1)]
    return [start + index for start in found for index in indices]


def indexed(name: str) -> tuple[str, Shape]:
    """What an element is called without its index, and the index: ("A", (1, 2)) of A[1,2]; () where there is none."""
    base, bracket, index = name.partition("[")
    places = index[:-1].split(",") if bracket and name.endswith("]") else []
    return (base, tuple(map(int, places))) if places and all(map(str.isdecimal, places)) else (name, ())


def _families(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by what they are called without an index."""
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(name.partition("[")[0], []).append(name)
    return families


def _complete(base: str, members: Sequence[str]) -> Shape:
    """The shape of an array whose elements these are, in order; () where they are none."""
    _, shape = indexed(members[-1])
    return shape if prod(shape) == len(members) and labels(base, shape or (1,)) == members else ()


def shapes(names: Iterable[str]) -> dict[str, Shape]:
    """The arrays among names of elements: those of which every element is there, and their shapes."""
    found = {}
    for base, members in _families(names).items():
        shape = _complete(base, members)
        if not shape:
            indices = {index for _, index in map(indexed, members) if index}
            if len({len(index) for index in indices}) != 1:
                continue
            shape = tuple(map(max, zip(*indices, strict=True)))
            if prod(shape) != len(indices):
                continue
        found[base] = shape
    return found


def in_order(names: Sequence[str]) -> list[str]:
    """Names in the order of their first appearance; elements of one name together, by their index."""
    found: list[str] = []
    for base, members in _families(names).items():
        in_place = len(members) == 1 or _complete(base, members)
        found += members if in_place else sorted(members, key=lambda name: indexed(name)[1])
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
        if not shape or list(names[place : places.stop]) != labels(base, shape):
            base, places, shape = names[place], range(place, place + 1), ()
        found.append((base, places, shape))
        place = places.stop
    return found
