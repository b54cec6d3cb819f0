"""Paths: what they lead to, in which format it is, and how it is packed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import IO, Any

from adcli.errors import FileError, UsageError, reason

FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow")
EXTENSIONS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
PACKED = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": "zstd", ".lz4": "lz4"}
"""Extensions of compressed files, and what compresses them: a module of Python's, or a codec of pyarrow's."""
BINARY = frozenset({"parquet", "arrow"})
STANDARD_INPUT = "standard input"


def packing(path: str) -> str | None:
    """What the file at *path* is compressed with, by its name."""
    return PACKED.get(os.path.splitext(path)[1].lower())


def descriptor(path: str) -> int | None:
    """The number of the open file that a path such as /dev/stdout or /dev/fd/3 leads to; else None."""
    folders = {os.path.realpath(folder) for folder in ("/proc/self/fd", "/dev/fd")}
    for _ in range(40):
        folder, name = os.path.split(os.path.abspath(path))
        folder = os.path.realpath(folder)
        if folder in folders and name.isdecimal():
            return int(name)
        path = os.path.join(folder, name)
        if not os.path.islink(path):
            return None
        path = os.path.join(folder, os.readlink(path))
    return None


def regular(path: str) -> bool:
    """Whether the path leads to an ordinary file, which can be opened again and read from its start."""
    return path != "-" and os.path.isfile(path) and descriptor(path) is None


def opened(path: str) -> IO[bytes]:
    """The bytes of a file, or of standard input. Raises FileError."""
    if path == "-":
        if sys.stdin is None:
            raise FileError("there is no standard input to read")
        return sys.stdin.buffer
    try:
        return open(path, "rb")
    except OSError as fault:
        raise FileError(f"cannot read {path}: {reason(fault)}") from None
    except ValueError as fault:
        raise FileError(f"cannot read {path!r}: {fault}") from None


def unpacked(raw: IO[bytes], path: str) -> Any:
    """The bytes themselves, or what was compressed into them, as the file's name says."""
    kind = packing(path)
    if kind is None:
        return raw
    if kind == "gzip":
        import gzip

        return gzip.open(raw)
    if kind == "bz2":
        import bz2

        return io.BufferedReader(Members(raw, bz2.BZ2Decompressor))
    if kind == "lzma":
        import lzma

        return io.BufferedReader(Members(raw, lzma.LZMADecompressor))
    from adcli.batch.files.arrow import arrow

    return arrow().CompressedInputStream(raw, kind)


def packed(stream: IO[bytes], path: str) -> Any:
    """The stream itself, or one that compresses into it where the file's name asks for that."""
    kind = packing(path)
    if kind is None:
        return stream
    if kind in ("gzip", "bz2", "lzma"):
        from importlib import import_module

        return import_module(kind).open(stream, "wb")
    from adcli.batch.files.arrow import arrow

    return arrow().CompressedOutputStream(CountingStream(stream), kind)


class Members(io.RawIOBase):
    """What was compressed piece by piece. Python's own readers take a damaged piece for the end."""

    def __init__(self, raw: IO[bytes], decompressor: Callable[[], Any]) -> None:
        self.raw = raw
        self.decompressor = decompressor
        self.current: Any = None

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes. Raises EOFError where the file ends within a piece."""
        while True:
            data = b""
            if self.current is None or self.current.eof:
                data = b"" if self.current is None else self.current.unused_data.lstrip(b"\0")
                while not data:  # zeros may fill a block
                    piece = self.raw.read(io.DEFAULT_BUFFER_SIZE)
                    if not piece:
                        return 0
                    data = piece.lstrip(b"\0")
                self.current = self.decompressor()
            elif self.current.needs_input:
                data = self.raw.read(io.DEFAULT_BUFFER_SIZE)
                if not data:
                    raise EOFError("the file ends within compressed data")
            found = self.current.decompress(data, len(buffer))
            if found:
                buffer[: len(found)] = found
                return len(found)


class CountingStream(io.RawIOBase):
    """A stream to write to that knows how much was written, which pipes do not; closing it leaves that open."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.count = 0

    def writable(self) -> bool:
        """It is there to be written to."""
        return True

    def write(self, data: Any) -> int:
        """Write all of *data*."""
        self.stream.write(data)
        self.count += len(data)
        return len(data)

    def tell(self) -> int:
        """How many bytes were written."""
        return self.count

    def flush(self) -> None:
        """Pass on what is held back."""
        if not (self.closed or self.stream.closed):
            self.stream.flush()


def format_of(path: str, given: str | None) -> str:
    """The format of a file: as given, else by its extension; of what is no ordinary file, CSV."""
    if given:
        return given
    stem, extension = os.path.splitext(path)
    if extension.lower() in PACKED:
        extension = os.path.splitext(stem)[1]
    found = EXTENSIONS.get(extension.lower())
    if found is None and (path == "-" or (os.path.exists(path) and not regular(path))):
        return "csv"
    if found is None:
        raise UsageError(
            f"the format of {path or 'a file without a name'} is not known by its name",
            hint="say it with --data-format, which is one of " + ", ".join(FORMATS),
        )
    return found


def expanded(paths: Sequence[str]) -> list[str]:
    """The files that paths and patterns (`data/*.csv`) mean, a pattern's in alphabetical order."""
    found: list[str] = []
    for path in paths:
        if path == "-" or os.path.exists(path) or not any(c in path for c in "*?["):
            found.append(path)
            continue
        from glob import glob

        matches = sorted(glob(path, recursive=True))
        if not matches:
            raise FileError(f"no file matches {path}")
        found += matches
    if found.count("-") > 1:
        raise UsageError("standard input can be read only once")
    return found
