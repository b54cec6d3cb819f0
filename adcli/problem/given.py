"""What callers give: mappings, names, whole numbers, values of a file; or a sentence about what was wanted instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from adcli.errors import AdcliError, DataError, UsageError, shown

MODES = {"fwd": "forward", "rev": "reverse", "auto": "auto", "forward": "forward", "reverse": "reverse"}
"""What callers may call the modes, and the names that results have for them."""
CROSS = "cross"
"""The mode of a Jacobian that eliminates vertices in any order: "cross-country" between forward and reverse."""
ORDERS = ("fwd-rev", "rev-fwd", "fwd-fwd", "rev-rev")
"""Orders of the two modes in a Hessian, the outer one first; the first is the default."""
KNOWN_MODES = "modes: " + ", ".join([*(f"{word} ({name})" for word, name in MODES.items() if word != name), "auto"])


def by_name(given: Any, what: str) -> dict[str, Any]:
    """Values by names; nothing where nothing is given. A SymPy symbol stands for its name, an array for a list."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise UsageError(f"{what} gives values to names, and {shown(given)} has none", hint='for instance {"x": 1}')
    found = {}
    for name, value in given.items():
        called = name if isinstance(name, str) else _symbol(name)
        if called is None:
            raise UsageError(f"{what} gives a value to {shown(name)}, which is no name", hint='for instance {"x": 1}')
        found[called] = value.tolist() if hasattr(value, "tolist") else value
    return found


def named(given: Any, what: str) -> list[str]:
    """One name (or names with commas) or several, as texts or SymPy symbols."""
    if given is None or isinstance(given, str):
        return [given] if given else []
    if (one := _symbol(given)) is not None:
        return [one]
    if not isinstance(given, Iterable) or isinstance(given, (Mapping, Set, bytes)):
        raise UsageError(f"{what} is a name or a list of names, not {shown(given)}")
    found = []
    for name in given:
        called = name if isinstance(name, str) else _symbol(name)
        if called is None:
            raise UsageError(f"{what} has {shown(name)}, which is no name")
        found.append(called)
    return found


def sequence(given: Any, what: str) -> Sequence[Any]:
    """Several values in a row."""
    if hasattr(given, "tolist"):
        given = given.tolist()
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise UsageError(f"{what} is a list of numbers or gives them to names, and {shown(given)} does neither")
    return given


MAX_PRECISION = 10_000
"""The most digits that a result may be asked for."""
MAX_LONG = 500
"""Digits up to which mpmath computes the functions that it takes longest for."""
MAX_SPECIAL = 2_000
"""Digits of functions that take SPECIAL flops or more: each takes seconds with so many, and minutes with more."""
SPECIAL = 40


def whole(given: Any, what: str) -> int:
    """A whole number."""
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise UsageError(f"{what} is a whole number, not {shown(given)}")
    return int(given)


def number(given: Any, name: str) -> Any:
    """A number as one of those that are computed with: a text, an integer, a fraction, a float, an mpf.

    A number of SymPy, such as sqrt(2), becomes the text that means it. Raises UsageError for what is no number, and for
    what is not finite.
    """
    if isinstance(given, (str, int)):
        return given
    if getattr(given, "shape", None) == () and hasattr(given, "item"):
        given = given.item()
    found = given
    if hasattr(given, "free_symbols"):
        from adcli.language import unparse
        from adcli.language.sympy.from_sympy import from_sympy

        if getattr(given, "is_Rational", False):
            found = _fraction(int(given.p), int(given.q))
        elif getattr(given, "is_number", False) and given.is_finite is not False:
            found = unparse(from_sympy(given)).strip()
        else:
            found = None
    elif isinstance(given, complex) or hasattr(given, "_mpc_"):
        found = None
    elif hasattr(given, "_mpf_"):
        if callable(given):  # a constant of mpmath, which has as many digits as are asked for
            found = {"pi": "pi", "e": "E"}.get(getattr(given, "name", ""))
        elif not -math.inf < given < math.inf:
            raise UsageError(f"{name} needs a finite number, not {given}")
    elif not isinstance(given, float) and hasattr(given, "as_integer_ratio"):
        try:
            finite = given.as_integer_ratio()
        except (OverflowError, ValueError):
            raise UsageError(f"{name} needs a finite number, not {given}") from None
        found = str(given) if hasattr(given, "as_tuple") else _fraction(*map(int, finite))
    elif not isinstance(given, float):
        found = None
    elif not math.isfinite(given):
        raise UsageError(f"{name} needs a finite number, not {given}")
    if found is None:
        raise UsageError(f"the value of {name} is no number: {shown(given)}")
    return found


def _fraction(numerator: int, denominator: int) -> Any:
    from fractions import Fraction

    return Fraction(numerator, denominator)


def mode_named(given: Any) -> str:
    """The mode that a word means. Raises UsageError."""
    if not isinstance(given, str) or given not in MODES:
        raise UsageError(f"no mode is called {given!r}", hint=KNOWN_MODES)
    return MODES[given]


class Filed(str):
    """A value's text that knows the file it comes from, which whoever finds a fault in it much later names."""

    __slots__ = ("file",)

    file: str


def filed(text: str, file: str) -> Filed:
    """The text of a value in a file."""
    value = Filed(text)
    value.file = file
    return value


def blamed(fault: AdcliError, value: object, name: str) -> AdcliError:
    """The fault of a value: where this comes from a file, a fault of that file's data."""
    if not isinstance(value, Filed):
        return fault
    said = f"{name}: {fault.message}" if fault.text is not None else fault.message
    return DataError(
        f"{value.file}: {said}", fault.span, hint=fault.hint, notes=fault.notes, text=fault.text, origin=fault.origin
    )


def _symbol(given: Any) -> str | None:
    """The name of a SymPy symbol, or of an element such as x[1]."""
    return str(given).replace(" ", "") if getattr(given, "is_symbol", False) else None
