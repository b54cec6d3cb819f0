"""JSON, one object on one line.

Written by hand rather than with Python's `json`: importing that costs a script's start-up more than all of
this, and its numbers and strings are not ours (digits of an mpf, "Infinity" as a string).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from adcli.errors import AdcliError
from adcli.render import View
from adcli.render.numbers import exact, is_text, whole

SCHEMA = 1

_SHARED = frozenset({"expr", "at", "precision", "text", "formulas", "unnamed", "warnings", "check", "certified"})
_CHECK = ("against", "ok", "max_abs_error", "max_rel_error", "tolerance", "digits")
_UNSEEN = (0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
_ESCAPES = {i: f"\\u{i:04x}" for i in (*range(32), *range(127, 160), *_UNSEEN)}
"""What is no character to look at, but a control or a mark of direction, is escaped."""
_ESCAPES.update({ord(c): f"\\{e}" for c, e in ('""', "\\\\", "\nn", "\rr", "\tt")})


def render(result: Any, view: View, own: Mapping[str, object] | None = None, open: Container[str] = frozenset()) -> str:
    """The result's own fields between those that all results share; *own* where they are not its attributes.

    What is None is left out, except for *open* questions.
    """
    digits = result.precision
    fields: dict[str, object] = {"schema": SCHEMA, "command": result.command, "expr": result.expr, "at": result.at}
    given = _elements(result.at, result, "inputs", "gradient")
    found = _elements((), result, "outputs")
    if given or found:
        from adcli.language.arrays.names import shapes

        arrays = shapes(given)
        arrays.update({name: shape for name, shape in shapes(found).items() if name not in arrays})
        if arrays:
            fields["shapes"] = arrays
    if result.text != "\n".join(result.expr):  # as of another notation: what spans count in
        fields["text"] = result.text
    for name, value in (vars(result) if own is None else own).items():
        if name not in _SHARED and (value is not None or name in open):
            fields[name] = value
    if view.linearize and result.answer.linear:
        from adcli.render.linear import programs

        fields["linearization"] = programs(result)
    if result.certified is not None:
        fields["certified"] = vars(result.certified)
    fields["warnings"] = [
        {"kind": notice.kind, "message": notice.message, "span": notice.span} for notice in result.warnings
    ]
    check = result.check
    fields["check"] = None
    if check is not None:
        known = check.witnessed or not check.ok
        fields["check"] = {name: getattr(check, name) if known or name != "ok" else None for name in _CHECK}
    return dumps(fields, digits, ascii=not view.unicode) + "\n"


def written(parts: Sequence[Any], result: Any, view: View, open: Container[str] = frozenset()) -> str:
    """The result itself, with the records inside it: tables are for people."""
    from adcli.render.sheet import fields

    return render(result, view, {name: fields(value) for name, value in vars(result).items()}, open)


def _elements(names: Iterable[str], result: Any, *fields: str) -> list[str]:
    """Those of the names, and of the names in a result's fields, that are elements."""
    every = list(names)
    for field in fields:
        more = getattr(result, field, ())
        every += () if isinstance(more, int) else more  # a study may count them
    return [name for name in dict.fromkeys(every) if name[-1:] == "]"]


def error(fault: AdcliError, view: View, program: str | None = None) -> str:
    """An error as an object; `span` counts characters of the *program* (of several texts, joined by newlines), else of
    the `text` beside it."""
    fields: dict[str, object] = {
        "kind": fault.kind,
        "message": fault.message,
        "span": fault.span,
        "exit": fault.exit_code,
    }
    if fault.origin is not None:
        fields["origin"] = fault.origin  # a file, an option: the text that `span` counts in
    elif fault.span is not None and program is not None and fault.text not in (None, program):
        fields["text"] = fault.text  # what adcli made of another notation
    if fault.notes:
        fields["notes"] = fault.notes
    if fault.hint:
        fields["hint"] = fault.hint
    return dumps({"schema": SCHEMA, "error": fields}, ascii=not view.unicode) + "\n"


def dumps(value: Any, digits: int = 15, *, ascii: bool = False) -> str:
    """A value of dictionaries, sequences, strings and numbers as JSON; an mpf becomes a string of `digits` digits."""

    def text(value: Any) -> str:
        kind = type(value)
        if kind is float and value - value == 0.0:  # the most frequent first
            return repr(value + 0.0)
        if kind is int:
            return whole(value)
        if isinstance(value, (tuple, list)):
            return f"[{', '.join(map(text, value))}]"
        if isinstance(value, str):
            return _string(value, ascii)
        if isinstance(value, dict):
            return "{" + ", ".join([f"{_string(key, ascii)}: {text(item)}" for key, item in value.items()]) + "}"
        if value is None:
            return "null"
        if value is True or value is False:
            return "true" if value else "false"
        if isinstance(value, int):
            return whole(value)
        number = exact(value, digits)
        return f'"{number}"' if is_text(number) else number

    return text(value)


def _string(text: str, ascii: bool) -> str:
    if not (text.isascii() and text.isprintable() and '"' not in text and "\\" not in text):
        text = text.translate(_ESCAPES)
        if not text.isascii() and (ascii or any("\ud800" <= c <= "\udfff" for c in text)):
            # Beyond the 16 bits of \uXXXX, JSON wants a pair of surrogates.
            units = text.encode("utf-16-be", "surrogatepass")
            pairs = [units[i] << 8 | units[i + 1] for i in range(0, len(units), 2)]
            text = "".join(chr(unit) if unit < 128 else f"\\u{unit:04x}" for unit in pairs)
    return f'"{text}"'
