"""Results spread over folders by what stands in some of their columns: `region=EU/part.parquet`."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

from adcli.batch.files import places, spelled
from adcli.batch.files.extended import NO_VALUE
from adcli.batch.files.formats import writer
from adcli.batch.files.paths import packed
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import Layout, Results, Writer
from adcli.errors import LimitError

MOST = 1_000
"""Files that the rows of one may be spread over."""


class Spread(Writer):
    """A destination that is a file for each combination of values of the columns *by*, which appear at the end."""

    def __init__(self, layout: Layout, by: Sequence[str], folder: str, name: str, format: str) -> None:
        super().__init__(None, layout)  # type: ignore[arg-type]  # it has a stream for each file
        self.by, self.folder, self.format = by, folder, format
        self.name = name.replace("/", "-")
        self.within = layout.without(by)
        self._files: dict[str, Writer] = {}
        self._source: Any = None
        self._drafts = ExitStack()
        self._packed = ExitStack()

    def __enter__(self) -> Spread:
        return self

    def __exit__(self, *fault: Any) -> Any:
        self._packed.close()
        return self._drafts.__exit__(*fault)

    @property
    def files(self) -> list[str]:
        """What was written."""
        return list(self._files)

    def begin(self, source: Reader) -> None:
        self._source = source

    def write(self, results: Results) -> None:
        """Add a batch's rows to the files that they belong to."""
        texts = [spelled.column(results.batch, name) for name in self.by]
        places_of: dict[tuple[str, ...], list[int]] = {}
        for place, key in enumerate(zip(*texts, strict=True)):
            places_of.setdefault(key, []).append(place)
        for key, found in places_of.items():
            self._file(key).write(results.taken(found))

    def finish(self) -> None:
        for file in self._files.values():
            file.finish()

    def _file(self, key: Sequence[str]) -> Writer:
        folders = [f"{quote(name, '')}={quote(text, '') or NO_VALUE}" for name, text in zip(self.by, key, strict=True)]
        name = posixpath.join(*folders, self.name)
        if name not in self._files:
            if len(self._files) >= MOST:
                raise LimitError(
                    f"{self._source.origin} has more than {MOST:,} values of {', '.join(self.by)}",
                    hint="--partition-by is for columns of few values",
                )
            path = posixpath.join(self.folder, name)
            places.make_folders(path)
            raw = self._drafts.enter_context(places.drafted(path))
            stream = packed(raw, path)
            if stream is not raw:
                self._packed.callback(stream.close)
            self._files[name] = writer(stream, self.format, self.within)
            self._files[name].begin(self._source)
        return self._files[name]
