"""Readers and writers by the names of formats."""

from __future__ import annotations

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
