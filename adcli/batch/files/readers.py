"""What the readers of files of rows have in common."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from adcli.batch.files.batches import Batch
from adcli.batch.files.cells import PLAIN, Spelling
from adcli.batch.files.paths import STANDARD_INPUT, opened, packing, regular, unpacked
from adcli.batch.files.places import stamp
from adcli.errors import DataError, FileError, reason
from adcli.language.arrays.names import Shape, shapes
from adcli.records import dataclass

AHEAD = 4096
"""Rows of which those that say what columns there are are read in advance."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file of text is written: what separates fields (None: as its format and its header say), how numbers are
    spelled; and how many rows may be read before the first is answered."""

    delimiter: str | None = None
    spelling: Spelling = PLAIN
    ahead: int = AHEAD


class Condition(Protocol):
    """A condition on rows; `left_out` counts those that it leaves out, `unread` files of which nobody knows how many
    there are."""

    left_out: int
    unread: int
    columns: frozenset[str]
    throughout: Mapping[str, tuple[Any, Any]]
    """Columns that have one value in all of the file, and that value twice."""

    def begin(self, source: Reader, engine: str) -> None:
        """Take the columns of a file."""

    def pieces(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The rows for which it holds, of all batches."""

    def excludes(self, columns: Mapping[str, tuple[Any, Any]]) -> bool:
        """Whether it holds for no row, where columns lie between these numbers, texts or days."""


class Reader:
    """One file. `names` are its columns; `batches` reads its rows once, in order; then it can be opened again."""

    def __init__(self, path: str, format: str, dialect: Dialect) -> None:
        self.path = path
        self.format = format
        self.dialect = dialect
        self.origin = STANDARD_INPUT if path == "-" else path
        self.names: Sequence[str] = ()
        self.wanted: frozenset[str] = frozenset()
        """The columns that are used, where not all are; others may be missing in batches."""
        self.where: Condition | None = None
        """What rows have to be, where not all are wanted; others may come too."""
        self.groups: tuple[int, int] | None = None
        """The groups of rows that are read, counted from 0 and without the last, where not all are."""
        self.lists: dict[str, Shape] = {}
        """The columns of lists, and their shape."""
        self.note = ""
        """What was guessed."""

    @property
    def arrays(self) -> dict[str, Shape]:
        """The vectors and matrices that the columns are: lists, or numbers called x[1], x[2], …"""
        return {**shapes(self.names), **self.lists}

    def open(self) -> None:
        """Read what stands before the rows."""
        raise NotImplementedError

    def batches(self, size: int) -> Iterator[Batch]:
        """The rows, at most *size* at a time."""
        raise NotImplementedError

    @property
    def regular(self) -> bool:
        """Whether it can be closed and opened again."""
        return regular(self.path)

    def rows(self) -> int | None:
        """About how many rows there are, where that can be known without reading them."""
        return None

    def divided(self, count: int) -> list[tuple[int, int]]:
        """Ranges of groups of rows that can be read each for itself, about *count* of like size; none where rows are
        not in groups."""
        return []

    def faster(self) -> Reader:
        """The same file read with what the extra `data` brings; not the reader itself, once it has given rows."""
        return self

    @property
    def schema(self) -> Any:
        """The columns' types where the file has types, as pyarrow's schema; else None."""
        return None

    def repetitive(self) -> frozenset[str]:
        """The columns of which the file says that their numbers repeat."""
        return frozenset()

    def close(self) -> None:
        """Let go of the file."""


class TextReader(Reader):
    """What the readers of text have in common."""

    def __init__(self, path: str, format: str, dialect: Dialect) -> None:
        super().__init__(path, format, dialect)
        self.stream: Any = None
        self.raw: Any = None
        self.taken = 0
        """How many characters were read."""

    def open(self) -> None:
        self.raw = opened(self.path)
        self.stream = io.TextIOWrapper(unpacked(self.raw, self.path), encoding="utf-8-sig", newline="")
        self._begin()

    def _begin(self) -> None:
        raise NotImplementedError

    def rows(self) -> int | None:
        """By the file's size and the mean length of its first lines."""
        if not self.regular or packing(self.path):
            return None
        try:
            size = stamp(self.path)["size"]
            with opened(self.path) as stream:
                start = stream.read(1 << 16)
        except FileError:
            return None
        lines = start.count(b"\n")
        return int(size / len(start) * lines) if start else 0

    @property
    def line(self) -> int:
        """The line that was read last."""
        raise NotImplementedError

    def guarded(self, lines: Iterator[Any]) -> Iterator[Any]:
        """What comes of the lines, with every failure in our own words."""
        while True:
            try:
                yield next(lines)
            except StopIteration:
                return
            except UnicodeDecodeError as fault:
                raise self._undecodable(fault) from None
            except EOFError:
                raise DataError(f"{self.origin} is cut off after line {self.line}") from None
            except _failures() as fault:
                if isinstance(fault, OSError) and fault.errno is not None:
                    raise FileError(f"cannot read {self.origin}: {reason(fault)}") from None
                kind = packing(self.path) or "compressed"
                where = f"damaged after line {self.line}" if self.line else f"no {kind} file, or damaged"
                raise DataError(f"{self.origin} is {where}") from None

    def _undecodable(self, fault: UnicodeDecodeError) -> DataError:
        """Where the first byte stands that is no UTF-8; in a file it is sought, since lines are decoded in advance."""
        where, byte, start = f"after line {self.line}", fault.object[fault.start], b""
        if self.regular:
            with opened(self.path) as raw:
                for number, line in enumerate(unpacked(raw, self.path), 1):
                    start = start or line[:2]
                    try:
                        line.decode()
                    except UnicodeDecodeError as found:
                        where, byte = f"line {number}", line[found.start]
                        break
        wide = start in (b"\xff\xfe", b"\xfe\xff")
        return DataError(
            f"{self.origin}, {where}: the byte 0x{byte:02x} is no UTF-8",
            hint="it seems to be UTF-16: iconv -f UTF-16 -t UTF-8 converts it"
            if wide
            else "save it as UTF-8, or convert it with iconv",
        )

    def close(self) -> None:
        if self.stream is not None:
            if self.path == "-":
                self.stream.detach()
            else:
                self.stream.close()
                self.raw.close()
            self.stream = None


def _failures() -> tuple[type[Exception], ...]:
    """What reading a file raises: where it is a compressed one, also what its module raises for a damaged one."""
    known = (("zlib", "error"), ("lzma", "LZMAError"))
    return (OSError, *(getattr(sys.modules[module], name) for module, name in known if module in sys.modules))
