"""Values as CSV and JSON spell them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adcli.batch.files.batches import Batch, Written
from adcli.errors import DataError

_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def column(batch: Batch, name: str) -> list[str]:
    """A kept column as CSV has it. DataError where it has bytes that are no text."""
    found: list[str] = []
    try:
        found.extend(map(text, batch.values(name)))
    except UnicodeDecodeError:
        raise no_text(f"{batch.row(len(found))}: {name}") from None
    return found


def no_text(what: str) -> DataError:
    """What there is to say of bytes that are no text."""
    return DataError(
        f"{what} has bytes that are no text",
        hint="Parquet and Arrow files take them; --keep with the columns wanted leaves them out",
    )


def text(value: Any) -> str:
    """A kept value as CSV has it. Raises UnicodeDecodeError for bytes that are no text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Written):
        return value.text
    if isinstance(value, (dict, list)):
        return json(value, encoder())
    return _plain(value)


def _plain(value: Any) -> str:
    """What neither CSV nor JSON has a spelling for. Bytes are mostly texts that are not marked as such."""
    return value.decode() if isinstance(value, bytes) else str(value)


def encoder() -> Callable[[Any], str]:
    """What spells a value in JSON."""
    from json import JSONEncoder

    return JSONEncoder(ensure_ascii=False, default=_plain).encode


def json(value: Any, encode: Callable[[Any], str]) -> str:
    """A value in JSON; numbers that were read from JSON as they were written there. Raises RecursionError
    where lists are nested too deeply."""
    kind = type(value)
    if kind is Written:
        written: str = value.text
        return written
    if kind is dict:
        return "{" + ", ".join([f"{encode(name)}: {json(item, encode)}" for name, item in value.items()]) + "}"
    if kind is float and value - value != 0:
        return encode(json_number(value, value))  # else it would be NaN, which is no JSON
    if kind is list:
        return "[" + ", ".join([json(item, encode) for item in value]) + "]"
    return encode(value)


def json_number(value: Any, number: float) -> Any:
    """A variable's kept *value*, which is *number*, as JSON has it: with its own digits where it has some, whole ones
    without a point; what JSON cannot say as text."""
    if isinstance(value, int):
        return value
    if not isinstance(value, float):
        said = str(value).strip()
        if _JSON_NUMBER.fullmatch(said) and said != "-0":  # a whole number to many readers, which has no sign
            return Written(said)
    if number - number != 0:
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    whole = number == int(number) and abs(number) < 1e15 and repr(number) != "-0.0"
    return int(number) if whole else number
