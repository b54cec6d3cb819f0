"""Paths: what they lead to, in which format it is, and how it is packed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import IO, Any

from adcli.batch.files import places
from adcli.batch.files.drafts import descriptor
from adcli.errors import FileError, UsageError

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


def regular(path: str) -> bool:
    """Whether the path leads to an ordinary file, which can be opened again and read from its start."""
    return path != "-" and (places.remote(path) or (os.path.isfile(path) and descriptor(path) is None))


def opened(path: str) -> IO[bytes]:
    """The bytes of a file, or of standard input. Raises FileError."""
    if path == "-":
        if sys.stdin is None:
            raise FileError("there is no standard input to read")
        return sys.stdin.buffer
    return places.opened(path)


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
    found = _extension(path)
    if found is None and (path == "-" or (os.path.exists(path) and not regular(path))):
        return "csv"
    if found is None:
        raise UsageError(
            f"the format of {path or 'a file without a name'} is not known by its name",
            hint="say it with --data-format, which is one of " + ", ".join(FORMATS),
        )
    return found


def expanded(paths: Sequence[str], *, any_name: bool = False) -> list[str]:
    """The files that paths, folders and patterns (`data/*.csv`) mean, those of one in alphabetical order.

    Of a folder these are the files with the extension of a format, or *any name*, that do not begin with . or _.
    """
    found: list[str] = []
    for path in paths:
        if path == "-":
            found.append(path)
        elif any(c in path for c in "*?[") and not (not places.remote(path) and os.path.exists(path)):
            matches = [name for name in places.matching(path) if not os.path.basename(name).startswith("_")]
            if not matches:
                raise FileError(f"no file matches {path}")
            folders = {name for name in matches if _is_folder(name)}
            files = [name for name in matches if name not in folders]
            if "**" in path and files:  # it has gone through the folders already
                found += files
            else:
                found += [
                    file for name in matches for file in (_of_folder(name, any_name) if name in folders else [name])
                ]
        elif _is_folder(path):
            found += _of_folder(path, any_name)
        else:
            found.append(path)
    if found.count("-") > 1:
        raise UsageError("standard input can be read only once")
    return found


def _extension(path: str) -> str | None:
    """The format that a file's extension says."""
    stem, extension = os.path.splitext(path)
    if extension.lower() in PACKED:
        extension = os.path.splitext(stem)[1]
    return EXTENSIONS.get(extension.lower())


def _is_folder(path: str) -> bool:
    """Whether a path leads to a folder; of URLs, those that end like a file are believed to be one."""
    if places.remote(path) and not path.endswith("/") and _extension(path):
        return False
    return places.folder(path)


def _of_folder(path: str, any_name: bool) -> list[str]:
    files = [name for name in places.within(path) if any_name or _extension(name)]
    if not files:
        raise FileError(
            f"{path} is a directory without files of rows", hint="their names say the format, or --data-format does"
        )
    return files


def root(paths: Sequence[str]) -> str:
    """The folder that all of what paths, folders and patterns mean lies in; what stands below it is what tells files
    apart. Nothing where they have none in common."""
    found: list[list[str]] = []
    for path in paths:
        pattern = min([path.index(c) for c in "*?[" if c in path], default=None)
        folder = path if pattern is None and _is_folder(path) else os.path.dirname(path[:pattern])
        whole = folder if places.remote(path) else os.path.abspath(folder)
        found.append(whole.rstrip("/").split("/"))
    common = found[0]
    for names in found[1:]:
        while names[: len(common)] != common:
            common = common[:-1]
    return "/".join(common)
