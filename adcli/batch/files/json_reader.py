"""JSON lines: an object per line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from adcli.batch.files.batches import MOST_BYTES, Batch, Records, Written
from adcli.batch.files.lists import shape_of
from adcli.batch.files.readers import TextReader
from adcli.errors import DataError, shown


class JsonReader(TextReader):
    """JSON lines. The columns are those of the first rows."""

    def _begin(self) -> None:
        self.read = self.taken = 0
        objects = self.guarded(self._objects())
        head = list(islice(objects, self.dialect.ahead))
        if not head:
            raise DataError(f"{self.origin} is empty: its first row would say which columns there are")
        self.names = list(dict.fromkeys(name for row in head for name in row))
        self.objects = chain(head, objects)
        for name in self.names:
            value = next((row[name] for row in head if row.get(name) is not None), None)
            if isinstance(value, list) and (shape := shape_of(value)):
                self.lists[name] = shape

    @property
    def line(self) -> int:
        return self.read

    def _objects(self) -> Iterator[dict[str, Any]]:
        import json

        decode = json.JSONDecoder(parse_float=Written, parse_constant=Written, object_pairs_hook=_unique).decode
        for text in self.stream:
            self.read += 1
            self.taken += len(text)
            if not text.strip():
                continue
            try:
                value = decode(text)
            except json.JSONDecodeError as fault:
                raise _malformed(f"{self.origin}, line {self.read}", text, fault.msg, fault.pos) from None
            except _Twice as fault:
                raise DataError(f"{self.origin}, line {self.read}: {shown(fault.name)} occurs twice") from None
            except ValueError:
                raise DataError(f"{self.origin}, line {self.read}: a number has too many digits") from None
            except RecursionError:
                raise DataError(f"{self.origin}, line {self.read} is nested too deeply") from None
            if not isinstance(value, dict):
                raise _malformed(f"{self.origin}, line {self.read}", text, "", 0)
            yield value

    def batches(self, size: int) -> Iterator[Batch]:
        first = 1
        rows: list[dict[str, Any]] = []
        limit = self.taken + MOST_BYTES
        for row in self.objects:
            rows.append(row)
            if len(rows) >= size or self.taken > limit:
                yield self._batch(first, rows)
                first += len(rows)
                rows = []
                limit = self.taken + MOST_BYTES
        if rows:
            yield self._batch(first, rows)

    def _batch(self, first: int, rows: list[dict[str, Any]]) -> Batch:
        found = Records(self.origin, first, self.names, rows, self.dialect.spelling)
        found.lists = self.lists
        return found


class _Twice(Exception):
    """An object has two values of one name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


_JSON = {
    "Expecting value": "a value is missing, or is not one that JSON has",
    "Expecting property name enclosed in double quotes": "a name in double quotes is expected",
    "Illegal trailing comma before end of object": "a comma stands before the closing brace",
    "Expecting ':' delimiter": "a colon is expected",
    "Expecting ',' delimiter": "a comma or the closing brace is expected",
    "Unterminated string starting at": "a text is not closed",
    "Invalid control character at": "a text has a control character",
    "Extra data": "something follows the object",
}
"""What Python says of malformed JSON, in our words."""


def _malformed(line: str, text: str, said: str, position: int) -> DataError:
    """What is wrong with a line of JSON, what Python *said* about which *position*, and what to do."""
    hint = 'one object per line, for instance {"x1": 2, "x2": 5}'
    if text.lstrip()[:1] == "[":
        return DataError(f"{line} is an array", hint=f"{hint}; jq -c '.[]' makes such lines of an array of objects")
    if not said:
        return DataError(f"{line} is no object", hint=hint)
    said = next((ours for theirs, ours in _JSON.items() if said.startswith(theirs)), "it is no JSON")
    end = len(text.rstrip())
    if position >= end:
        position, said = end, "the line ends within the object"
    elif text[position] == "}" and text[:position].rstrip()[-1:] == ",":
        said = "a comma stands before the closing brace"
    elif text[position : position + 1] == "'":
        said = "names and texts are in double quotes"
    return DataError(f"{line}, column {position + 1}: {said}", hint=hint)
