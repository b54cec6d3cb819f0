"""Standard input, output and error: what they can show, and how text gets in and out."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from time import perf_counter
from typing import Any

from adcli.errors import DataError, FileError, UsageError, reason
from adcli.problem.point import INPUT, file_bytes, input_bytes
from adcli.render import View
from adcli.render.screen import encodable


def closed() -> FileError:
    """What there is to say where results have nowhere to go."""
    return FileError("cannot write the output: standard output is closed")


class Stream:
    """A stream of text and what its reader can see: how wide, in colour or not, which characters.

    What is *needed*, as results are, must not get lost where the stream is closed; a message about it may.
    """

    __slots__ = ("_needed", "_stream", "color", "terminal", "width")

    def __init__(self, stream: Any, color: str = "auto", *, needed: bool = False) -> None:
        self._stream = stream
        self._needed = needed
        self.terminal = is_terminal(stream)
        self.width = columns(stream) if self.terminal or "COLUMNS" in os.environ else None
        if color in ("always", "never"):
            self.color = color == "always"
        else:
            environment = os.environ
            seen = self.terminal and environment.get("TERM") != "dumb"
            forced = environment.get("FORCE_COLOR", "0") not in ("", "0")
            self.color = (seen or forced) and not environment.get("NO_COLOR")

    def view(self, **options: Any) -> View:
        """How to render for this stream."""
        return View(width=self.width, color=self.color, unicode=self.unicode, **options)

    @property
    def unicode(self) -> bool:
        """Whether the stream can write any character."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return encoding.lower().replace("_", "-").startswith("utf")

    def write(self, text: str | bytes) -> None:
        """Write the text (characters that the stream cannot write are replaced), or the bytes of a picture."""
        if self._stream is None:
            if self._needed:
                raise closed()
            return
        if isinstance(text, bytes) and self.terminal:
            raise UsageError("a picture is no text for a terminal", hint="write it to a file with -o FILE")
        try:
            if isinstance(text, bytes):
                self._stream.buffer.write(text)
            else:
                self._stream.write(encodable(text, getattr(self._stream, "encoding", None)))
            self._stream.flush()
        except OSError as fault:
            if self._needed and isinstance(fault, BrokenPipeError):
                raise
            abandon(self._stream)
            if not self._needed:
                return
            raise FileError(f"cannot write the output: {reason(fault)}") from None


class Patience:
    """While something takes longer than *after* seconds, a terminal's standard error says what, and for how long."""

    def __init__(self, what: str, after: float = 2) -> None:
        self.what = what
        self.after = after
        self._timer: Any = None

    def __enter__(self) -> Patience:
        if is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb":
            import threading

            self._begun = perf_counter()
            self._done = threading.Event()
            self._timer = threading.Thread(target=self._say, daemon=True)
            self._timer.start()
        return self

    def _say(self) -> None:
        wait, said = self.after, 0
        with suppress(OSError, ValueError):
            while not self._done.wait(wait):
                seconds = int(perf_counter() - self._begun)
                text = f"  {self.what}…" + (f" {seconds:,} s" if seconds else "")
                sys.stderr.write("\r" + encodable(text, getattr(sys.stderr, "encoding", None)))
                sys.stderr.flush()
                wait, said = 1, len(text)
            if said:
                sys.stderr.write("\r" + " " * said + "\r")
                sys.stderr.flush()

    def __exit__(self, *fault: object) -> None:
        if self._timer is not None:
            self._done.set()
            self._timer.join()


def is_terminal(stream: Any) -> bool:
    """Whether a person reads the stream, or types into it."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # no stream, or a closed one
        return False


def columns(stream: Any) -> int:
    """The width of the terminal: COLUMNS, else what the terminal says, else 80."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80


def abandon(stream: Any) -> None:
    """Let the interpreter's last flush of the stream go nowhere, where it would print a complaint."""
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, stream.fileno())
        os.close(sink)
    except (OSError, ValueError, AttributeError):
        pass


def decoded(data: bytes, name: str) -> str:
    """The bytes of a file as text, which must be UTF-8 (with or without a byte order mark)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise DataError(
            f"{name} is no UTF-8 text: line {line} has the byte 0x{data[fault.start]:02x}",
            hint="save it as UTF-8, or convert it with iconv",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_file(path: str) -> str:
    """The text of a file."""
    return decoded(file_bytes(path), path)


def read_input() -> str:
    """The text of standard input; nothing where there is none."""
    return decoded(input_bytes(), INPUT)


def write_file(path: str, text: str | bytes) -> None:
    """Write the text to a file that is either written whole or left as it was.

    What is no ordinary file (a device, a pipe, /dev/stdout wherever that leads) is written to as it stands.
    """
    from adcli.batch.files.drafts import drafted

    with drafted(path) as stream:
        stream.write(text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace"))
