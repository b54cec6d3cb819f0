"""Readers and writers by the names of formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from adcli.batch.files.paths import BINARY, format_of
from adcli.batch.files.readers import Dialect, Reader
from adcli.batch.files.writers import Layout, Writer


def reader(path: str, given: str | None = None, dialect: Dialect | None = None) -> Reader:
    """The reader of a file, not yet open. UsageError where its format is unknown or needs an extra."""
    format = format_of(path, given)
    dialect = dialect or Dialect()
    if format in BINARY:
        from adcli.batch.files.arrow_reader import ArrowReader

        return ArrowReader(path, format, dialect)
    if format == "jsonl":
        from adcli.batch.files.json_reader import JsonReader

        return JsonReader(path, format, dialect)
    from adcli.batch.files.csv_reader import CsvReader

    return CsvReader(path, format, dialect)


def readers(
    paths: Sequence[str], given: str | None = None, dialect: Dialect | None = None, *, union: bool = False
) -> list[Reader]:
    """The readers of the files of a data set, with the columns that their folders say; in a *union* each has all
    columns."""
    found = [reader(path, given, dialect) for path in paths]
    if not union and not any("=" in path for path in paths):
        return found
    from adcli.batch.files.extended import Extended, partitions, united

    extended = [Extended(file, values) for file, values in zip(found, partitions(paths), strict=True)]
    if union:
        united(extended)
    return [*extended]


def writer(stream: IO[bytes], format: str, layout: Layout) -> Writer:
    """The writer of a format."""
    if format in BINARY or format == "arrows":
        from adcli.batch.files.arrow_writer import ArrowWriter

        return ArrowWriter(stream, layout, format)
    if format == "jsonl":
        from adcli.batch.files.json_writer import JsonWriter

        return JsonWriter(stream, layout)
    from adcli.batch.files.csv_writer import CsvWriter

    return CsvWriter(stream, layout, "\t" if format == "tsv" else ",")
