"""Values of inputs: numbers, constant expressions, lists; as doubles, and exactly."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.rules import Arithmetic
from adcli.errors import AdcliError, RangeError, UsageError, counted, option, shown
from adcli.graphs import is_zero
from adcli.language import parse_constant
from adcli.modes import Fault, evaluate
from adcli.problem.given import Filed, blamed, number
from adcli.problem.uncertain import refuse

if TYPE_CHECKING:
    from adcli.arithmetic.multiprecision import Multiprecision
    from adcli.language.arrays.names import Shape


Value: TypeAlias = Any
"""A value of an input: a number (int, float, Fraction, Decimal, mpf), the text of a constant expression, or a
nested list of such for an indexed name."""


FLOATS = 15
"""The precision that means ordinary floats."""


def unlimited() -> str:
    """A hint where a float is too small or too large for a number."""
    return f"{option('precision', 30)} computes without that limit"


def _shapes(at: Mapping[str, Value]) -> dict[str, Shape]:
    """The shape of each value that is a list of numbers, or a list of lists of one length, and so on."""
    found = {name: shape_of(value) for name, value in at.items() if isinstance(value, (list, tuple))}
    return {name: shape for name, shape in found.items() if shape}


def shapes_of_elements(at: Mapping[str, Value]) -> dict[str, Shape]:
    """The shapes of arrays all of whose elements are given one by one."""
    elements = [name for name in at if name[-1:] == "]"]
    if not elements:
        return {}
    from adcli.language.arrays.names import shapes

    return {name: shape for name, shape in shapes(elements).items() if name not in at}


def shape_of(value: Value) -> Shape | None:
    """The shape of nested lists of one length each; None where they have several, or of what is no list."""
    shape: list[int] = []
    level = [value]
    while level and all(isinstance(item, (list, tuple)) for item in level):
        lengths = {len(item) for item in level}
        if len(lengths) > 1:
            return None
        shape.append(lengths.pop())
        level = [part for item in level for part in item]
    return None if any(isinstance(item, (list, tuple)) for item in level) else tuple(shape) or None


def ragged(at: Mapping[str, Value], words: str) -> str:
    """What is to be said of the first value that *words* name and that is a list of parts of several lengths."""
    for name, value in at.items():
        if not isinstance(value, (list, tuple)) or shape_of(value) or not re.search(rf"\b{re.escape(name)}\b", words):
            continue
        level: list[tuple[str, Any]] = [("", value)]
        while any(isinstance(item, (list, tuple)) for _, item in level):
            sizes = [counted(len(item), "element") if isinstance(item, (list, tuple)) else "" for _, item in level]
            other = next((i for i, size in enumerate(sizes) if size != sizes[0]), None)
            if other is not None:
                places = [f"{name}[{level[i][0][1:]}]" for i in (0, other)]
                said = [
                    f"{place} {f'has {sizes[i]}' if sizes[i] else 'is one number'}"
                    for place, i in zip(places, (0, other), strict=True)
                ]
                return f"{name} is no matrix: {' and '.join(said)}"
            level = [(f"{place},{i}", part) for place, item in level for i, part in enumerate(item, 1)]
    return ""


def flatten(at: Mapping[str, Value]) -> dict[str, Value]:
    """Values by input name: the list x=[2,3] becomes "x[1]" and "x[2]", a nested one "A[1,2]"."""
    flat: dict[str, Value] = {}
    for name, value in at.items():
        if isinstance(value, list) and (shape := shape_of(value)) and 0 not in shape:
            from adcli.language.arrays.names import labels

            items = value
            for _ in shape[1:]:
                items = [item for part in items for item in part]
            keys = labels(name, shape)
            if not flat.keys().isdisjoint(keys):
                raise UsageError(f"{next(key for key in keys if key in flat)} is given twice")
            numbers = items if all(item.__class__ is str for item in items) else list(map(number, items, keys))
            flat.update(zip(keys, numbers, strict=True))
            continue
        pending: list[tuple[tuple[int, ...], Value]] = [((), value)]
        while pending:
            index, item = pending.pop()
            if isinstance(item, (list, tuple)):
                pending.extend(((*index, i), part) for i, part in reversed(list(enumerate(item, 1))))
            else:
                key = f"{name}[{','.join(map(str, index))}]" if index else name
                if key in flat:
                    raise UsageError(f"{key} is given twice")
                refuse(key, item)
                flat[key] = number(item, key)
    return flat


def _constant(name: str, text: str, arithmetic: Arithmetic) -> Any:
    """A constant expression's value in *arithmetic*."""
    try:
        graph = parse_constant(text, f"the value of {name}")
        tape = evaluate(graph, arithmetic, {})
        return tape.values[graph.outputs[0]]
    except Fault as fault:
        hint = unlimited() if isinstance(fault.cause, OverflowError) else None
        raise RangeError(f"{text} has no value that a number can hold", (0, len(text)), hint=hint).located(
            text, f"the value of {name}"
        ) from fault


def short(value: Value) -> str:
    """A value to quote: its start where it is long."""
    try:
        text = str(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        text = shown(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _as_double(name: str, value: Value) -> float:
    """A value as a float, rounded once. Raises UsageError where it is no finite number, or too small for a float.

    A value of a file raises DataError instead, here and in `_as_exact`.
    """
    try:
        return _rounded(name, value)
    except AdcliError as fault:
        raise blamed(fault, value, name) from None


def _rounded(name: str, value: Value) -> float:
    text = isinstance(value, str)
    try:
        if text and ("_" in value or not value.isascii()):  # a number to Python, but not to the language
            raise ValueError
        number = float(value)
        lost = not number and (not is_zero(value.strip()) if text else value != 0)
    except (TypeError, ValueError):
        if not text:
            raise UsageError(f"the value of {name} is no number: {value!r}") from None
        number, lost = float(_constant(name, value, doubles())), False
    except OverflowError:
        number, lost = math.inf, False
    if not math.isfinite(number):
        written = any(c.isdigit() for c in short(value))
        far = "far out, a value such as 1e300 shows where it goes" if number > 0 else None
        hint = unlimited() if written else far
        raise _at(UsageError(f"{name} needs a finite number, not {short(value)}", hint=hint), value, name)
    if lost:
        said = f"{name} = {short(value)} is too small for a float, where it would be 0"
        raise _at(UsageError(said, hint=unlimited()), value, name)
    return number


def _at(fault: UsageError, value: Value, name: str) -> AdcliError:
    """The fault of a value with its place, if the value is a text of the command line."""
    if not isinstance(value, str) or isinstance(value, Filed):
        return fault
    fault.span = (0, len(value))
    return fault.located(value, f"the value of {name}")


def _as_exact(name: str, value: Value, wide: Multiprecision) -> Any:
    """A value with all the digits that it was written with."""
    if isinstance(value, str):
        try:
            return wide.exactly(_constant(name, value, wide))
        except AdcliError as fault:
            raise blamed(fault, value, name) from None
    known = hasattr(value, "_mpf_") or hasattr(value, "denominator") or isinstance(value, float)
    return wide.exactly(value) if known else wide.literal(str(value))
