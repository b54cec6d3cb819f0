"""Values with an uncertainty: how they are written, and what is said of them where none is wanted.

`4.9990±0.0032`, `4.9990+/-0.0032`, `4.9990(32)`, `1.23(45)e5`, `1.5±2%`; behind it a distribution (of which ± is the
half-width, or the standard uncertainty of a normal one) and the degrees of freedom: `20±0.5 uniform dof 8`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from adcli.errors import NameFault, UsageError
from adcli.results import Notice

Value: TypeAlias = Any

DIVISORS = {"normal": "1", "uniform": "sqrt(3)", "triangular": "sqrt(6)", "arcsine": "sqrt(2)"}
"""The distributions, and what a half-width is divided by to be a standard uncertainty (GUM 4.3)."""
MEANT = {"gaussian": "normal", "rectangular": "uniform", "triangle": "triangular", "u-shaped": "arcsine"}
"""What they are called besides."""
KEYS = ("value", "u", "dof", "distribution")
"""Of an uncertain value in JSON."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_CONCISE = rf"\s*({_NUMBER})\((\d+\.?\d*|\.\d+)\)(?:(?:[eE]|\s*[×*·]\s*10(?:\^|\*\*))\(?([+-]?\d+)\)?)?"
_MISPLACED = rf"\s*({_NUMBER})([eE][+-]?\d+)\s*(\((?:\d+\.?\d*|\.\d+)\))\s*"
_SIGNED = rf"\s*{_NUMBER}(?:[eE][+-]?\d+)?\s*\+-\s*{_NUMBER}(?:[eE][+-]?\d+)?\s*"
_SIGNS = ("±", "+/-")


class Uncertain(NamedTuple):
    """A value, its standard `u` and its degrees of freedom (None for infinitely many), as constants that are written,
    and the name of its distribution."""

    value: Value
    u: Value
    distribution: str = "normal"
    dof: Value = None


def marked(text: str) -> bool:
    """Whether a sign, or JSON, says that the value has an uncertainty."""
    return any(sign in text for sign in _SIGNS) or (text.lstrip().startswith("{") and '"u"' in text)


def refuse(name: str, value: Value) -> None:
    """Refuse a value with an uncertainty, where a number is wanted."""
    if (isinstance(value, Mapping) and "u" in value) or (isinstance(value, str) and marked(value)):
        said = value if isinstance(value, str) else "…"
        hint = "`adcli uncertainty` propagates it; here give the value alone"
        raise UsageError(f"{name} = {said} has an uncertainty", hint=hint)


def readings(at: Mapping[str, Value]) -> Iterator[Notice]:
    """How values are read that look as if they had an uncertainty."""
    for name, value in at.items():
        if not isinstance(value, str) or ("+-" not in value and "(" not in value):
            continue
        if re.fullmatch(_SIGNED, value):
            how = "a difference"
        elif re.fullmatch(_CONCISE, value) or re.fullmatch(_MISPLACED, value):
            how = "a product"
        else:
            continue
        message = f"{name} = {value.strip()} is read as {how}; as an uncertainty, `adcli uncertainty` reads it"
        yield Notice("reading", message)


def parted(at: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Uncertain]]:
    """The values alone, in their lists, and those that are uncertain, by the names of inputs ("x", "x[1]")."""
    found: dict[str, Uncertain] = {}

    def alone(name: str, index: str, value: Value) -> Value:
        if isinstance(value, (list, tuple)):
            return [alone(name, f"{index},{i}" if index else str(i), item) for i, item in enumerate(value, 1)]
        called = f"{name}[{index}]" if index else name
        uncertain = read(called, value)
        if uncertain is None:
            return value
        found[called] = uncertain
        return uncertain.value

    return {name: alone(name, "", value) for name, value in at.items()}, found


def read(name: str, value: Value) -> Uncertain | None:
    """The value with its uncertainty; None where it has none."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = _object(name, value)
    if isinstance(value, Mapping):
        value = spelled(value)
    if not isinstance(value, str):
        return None
    words = value.split()
    dof = distribution = None
    if len(words) > 2 and words[-2].lower() == "dof":
        dof = words.pop()
        words.pop()
    last = words[-1].lower() if words else ""
    if len(words) > 1 and re.fullmatch("[a-z]+(-[a-z]+)?", last) and (last in MEANT or last in DIVISORS):
        distribution = MEANT.get(last, last)
        words.pop()
    text = " ".join(words)
    shape = distribution or "normal"
    if concise := re.fullmatch(_CONCISE, text):
        digits, spread, exponent = concise[1], concise[2], concise[3] or "0"
        places = 0 if "." in spread else len(digits.partition(".")[2])
        width = f"{spread}e{int(exponent) - places}"
        return Uncertain(f"{digits}e{int(exponent)}" if int(exponent) else digits, _standard(width, shape), shape, dof)
    if misplaced := re.fullmatch(_MISPLACED, text):
        digits, exponent, spread = misplaced.groups()
        said = f"{name} = {text}: an uncertainty in brackets stands in front of the exponent"
        raise UsageError(said, hint=f"write {digits}{spread}{exponent}; a product is written with a *")
    sign = next((sign for sign in (*_SIGNS, "+-") if sign in text), None)
    if sign is None or (sign == "+-" and not re.fullmatch(_SIGNED, text)):
        if dof is not None or distribution is not None:
            raise UsageError(f"{name} = {value} has no ± before {distribution or 'dof'}", hint=_form(name))
        return None
    middle, width = (part.strip() for part in text.split(sign, 1))
    if not middle or not width or marked(width):
        raise UsageError(f"{name} = {value} is no value with an uncertainty", hint=_form(name))
    if width.endswith("%"):
        width = f"Abs({middle})*({width[:-1].strip()})/100"
    if (other := re.fullmatch(r"(.*[\d)])\s+([A-Za-z-]+)", width)) and other[2].isalpha():
        known = ", ".join(DIVISORS)
        raise NameFault(f"{name}: no distribution is called {other[2]!r}", hint=f"distributions: {known}")
    return Uncertain(middle, _standard(width, shape), shape, dof)


def _object(name: str, text: str) -> Mapping[str, Value]:
    """A value that is written as JSON, behind name=; its numbers keep their text."""
    import json

    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        raise UsageError(f"{name} = {text} is no object of JSON", hint=f'for instance {name}={{"value": 5, "u": 0.1}}')
    return found


def spelled(given: Mapping[str, Value]) -> str:
    """A value of JSON, {"value": 5, "u": 0.1, "dof": 8}, as a text."""
    for key in given:
        if key not in KEYS:
            raise UsageError(f"an uncertain value has no {key!r}", hint=f"it has {', '.join(KEYS)}")
    if "value" not in given or "u" not in given:
        raise UsageError('an uncertain value has a "value" and its standard uncertainty "u"')
    shape = str(given.get("distribution", "normal")).lower()
    shape = MEANT.get(shape, shape)
    if shape not in DIVISORS:
        raise NameFault(f"no distribution is called {shape!r}", hint=f"distributions: {', '.join(DIVISORS)}")
    width = given["u"] if shape == "normal" else f"({given['u']})*{DIVISORS[shape]}"
    return f"{given['value']} ± {width} {shape}" + (f" dof {given['dof']}" if "dof" in given else "")


def _standard(width: str, shape: str) -> str:
    return width if shape == "normal" else f"({width})/{DIVISORS[shape]}"


def _form(name: str) -> str:
    return f"for instance {name}=5.0±0.1, {name}=5.00(10), or {name}='5±0.1 uniform'"
