"""Texts in `--where`: a column of texts, dates or times is compared with what stands in quotes."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from adcli.batch.files.arrow import arrow, first_line, one_by_one
from adcli.batch.files.batches import Batch, Columns, Texts
from adcli.errors import DataError, shown

_COMPARED = re.compile(
    r"""(?P<name>[^\W\d]\w*)\s*(?P<relation>[<>=!]=|[<>=])\s*(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")""",
)
_SIGNS = {
    "<": (operator.lt, "less"),
    "<=": (operator.le, "less_equal"),
    ">": (operator.gt, "greater"),
    ">=": (operator.ge, "greater_equal"),
    "==": (operator.eq, "equal"),
    "=": (operator.eq, "equal"),
    "!=": (operator.ne, "not_equal"),
}
"""Each comparison for two cells, and pyarrow.compute's name for columns."""
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_NUMBERS = "numbers are compared without quotes"


class Quoted(NamedTuple):
    """A cell of a column against a text. In the condition, the variable *label* says by 1 and 0 whether that holds."""

    label: str
    name: str
    relation: str
    text: str

    def holds(self, value: Any) -> bool | None:
        """Whether it does for a cell; None where that is missing."""
        return None if value is None else bool(_SIGNS[self.relation][0](value, self.text))

    def comparable(self, low: Any, high: Any) -> tuple[str, str] | None:
        """What cells lie between as texts that stand to each other as the cells do; None where there are none."""
        if type(low) is date and _DAY.fullmatch(self.text):
            return low.isoformat(), high.isoformat()
        return (low, high) if isinstance(low, str) else None

    def column(self, batch: Batch, column: str) -> Any:
        """Whether it holds for each row: a list of truths and None, or an array of Arrow. DataError where the column
        has neither texts nor times."""
        if isinstance(batch, Columns):
            return self._array(batch, column)
        found = []
        for place, value in enumerate(batch.values(column)):
            if isinstance(batch, Texts) and value.strip() in batch.spelling.nulls:
                value = None
            if not (value is None or isinstance(value, str)):
                raise DataError(f"{batch.row(place)}: {column} is {shown(str(value))}, no text", hint=_NUMBERS)
            found.append(self.holds(value))
        return found

    def _array(self, batch: Columns, column: str) -> Any:
        pa = arrow()
        import pyarrow.compute as pc

        cells = one_by_one(batch.table.column(column))
        if pa.types.is_dictionary(cells.type):
            cells = cells.cast(cells.type.value_type)
        kind = cells.type
        if "string" not in str(kind) and not pa.types.is_temporal(kind):
            raise DataError(f"the column {column} of {batch.origin} holds {kind}, no text", hint=_NUMBERS)
        try:
            text = pa.scalar(self.text).cast(kind)
        except pa.ArrowException as fault:
            said = f"the column {column} of {batch.origin} holds {kind}, which {shown(self.text)} is not"
            raise DataError(said, hint=first_line(fault)) from None
        if not batch.typed:
            absent = pc.is_in(pc.utf8_trim_whitespace(cells), pa.array(sorted(batch.spelling.nulls)))
            cells = pc.if_else(absent, pa.scalar(None, kind), cells)
        return getattr(pc, _SIGNS[self.relation][1])(cells, text)


def parted(condition: str) -> tuple[str, list[Quoted]]:
    """The condition with a variable for each comparison with a text, as long as it was where that can be; and those."""
    found: list[Quoted] = []
    labels = (label for i in range(len(condition) + 1) if (label := f"q{i}") not in condition)

    def replaced(match: re.Match[str]) -> str:
        quote = match["text"][0]
        text = match["text"][1:-1].replace(2 * quote, quote)
        found.append(Quoted(next(labels), match["name"], match["relation"], text))
        return f"({found[-1].label}>0)".ljust(len(match[0]))

    return _COMPARED.sub(replaced, condition), found


def extended(batch: Batch, quoted: Mapping[str, tuple[Quoted, str]]) -> Batch:
    """The batch with a column for each variable that says whether a comparison, with that column, holds."""
    if not quoted:
        return batch
    return batch.widened({label: comparison.column(batch, column) for label, (comparison, column) in quoted.items()})
