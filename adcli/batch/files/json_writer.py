"""JSON lines: an object per row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adcli.batch.files import spelled
from adcli.batch.files.batches import Batch, Records
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import Results, Writer, refuse_namesakes
from adcli.errors import DataError


class JsonWriter(Writer):
    """JSON lines."""

    def begin(self, source: Reader) -> None:
        refuse_namesakes(source, self.layout)

    def write(self, results: Results) -> None:
        encode = spelled.encoder()
        batch, failures, layout = results.batch, results.failures, self.layout
        columns = [*results.lists(), *([results.statuses()] if layout.status else ())]
        names = (*(group.name for group in layout.groups), *layout.status)
        computed = frozenset(names)
        width = len(layout.outputs)
        lines = []
        for position, (kept, numbers) in enumerate(zip(self._kept(batch), zip(*columns, strict=True), strict=True)):
            if layout.skip and position in failures:
                continue
            if not computed.isdisjoint(kept):  # a name that the first rows have not
                name = next(name for name in names if name in kept)
                raise DataError(f"{batch.row(position)} has a {name} already", hint="--prefix NAME, or --keep none")
            found = [group.nested(numbers) for group in layout.groups]
            kept.update(zip(names, (*found, *numbers[width:]), strict=True))
            try:
                lines.append(spelled.json(kept, encode) + "\n")
            except RecursionError:
                raise DataError(f"{batch.row(position)} is nested too deeply") from None
            except UnicodeDecodeError:
                raise spelled.no_text(batch.row(position)) from None
        self.stream.write("".join(lines).encode("utf-8", "backslashreplace"))
        self.stream.flush()

    def _kept(self, batch: Batch) -> Iterator[dict[str, Any]]:
        kept = self.layout.kept
        if isinstance(batch, Records):
            for row in batch.rows:
                yield dict(row) if self.layout.everything else {name: row.get(name) for name in kept}
            return
        columns = [self._variable(batch, name) if name in self.layout.numeric else batch.values(name) for name in kept]
        for values in zip(*columns, strict=True) if columns else ((),) * batch.count:
            yield dict(zip(kept, values, strict=True))

    def _variable(self, batch: Batch, name: str) -> list[Any]:
        """A variable's values: numbers, null where there is none, texts where that is no number."""
        values, found = batch.values(name), batch.numbers(name)
        column = list(map(spelled.json_number, values, found.values))
        for position in found.null:
            column[position] = None
        for position in found.unreadable:
            column[position] = values[position]
        return column
