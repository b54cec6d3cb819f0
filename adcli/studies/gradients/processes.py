"""Code from elsewhere as a long-lived process: a line of JSON goes in, a line of JSON comes out."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from typing import Any

from adcli.errors import DataError, FileError, UsageError, reason

LONGEST = 10_000_000
"""Characters of an answer."""
WAITING = 1_000
"""Answers that are kept until they are asked for."""
FLUSH = "it reads a line of JSON and prints one, each time, without waiting for more: does it flush its output?"


class Process:
    """A command that answers each object of inputs; a context manager, at whose end it is ended."""

    def __init__(self, command: str, what: str, seconds: float) -> None:
        self.command = command
        self.what = what
        self.seconds = seconds
        self._asked = 0
        try:
            words = shlex.split(command, posix=os.name == "posix")
        except ValueError as fault:
            raise UsageError(f"{what} is no command: {str(fault).lower()}") from None
        if not words:
            raise UsageError(f"{what} is empty")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        try:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as fault:
            self._errors.close()
            raise FileError(f"cannot start {what}, `{command}`: {reason(fault)}") from None
        self._answers: Queue[str | None] = Queue(WAITING)
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._stdin.close()
        try:
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._kill()
        self._reader.join(0.5)
        if not self._reader.is_alive():
            self._stdout.close()
        self._errors.close()

    @property
    def _stdin(self) -> Any:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> Any:
        assert self._process.stdout is not None
        return self._process.stdout

    def _read(self) -> None:
        """Put its lines where they are asked for, until it ends."""
        with suppress(ValueError, OSError):
            while line := self._stdout.readline(LONGEST):
                self._answers.put(line)
        self._answers.put(None)

    def _kill(self) -> None:
        """End it, and what it has started."""
        with suppress(OSError, AttributeError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(OSError):
            self._process.kill()
        self._process.wait()

    def ask(self, inputs: Mapping[str, Any]) -> Any:
        """What it answers. Raises DataError where it is no JSON, or nothing."""
        self._asked += 1
        try:
            self._stdin.write(json.dumps(inputs) + "\n")
            self._stdin.flush()
        except OSError:
            raise self._ended() from None
        try:
            line = self._answers.get(timeout=self.seconds)
        except Empty:
            self._kill()
            said = f"{self.what}, `{self.command}`, did not answer within {self.seconds:g} s ({self._where})"
            raise DataError(said, hint=FLUSH, notes=self._last_words()) from None
        if line is None:
            raise self._ended()
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            raise self.wrong(line.strip(), "which is no JSON") from None

    def wrong(self, answer: object, why: str) -> DataError:
        """The error for an answer that is not what was asked for: "which is …"."""
        text = answer if isinstance(answer, str) else json.dumps(answer)
        shown = text if len(text) <= 60 else text[:59] + "…"
        said = f"{self.what}, `{self.command}`, answered {shown!r}, {why} ({self._where})"
        return DataError(said, hint="it prints a line of JSON for each line that it reads, and nothing else")

    @property
    def _where(self) -> str:
        return f"line {self._asked}"

    def _ended(self) -> DataError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        status = self._process.returncode
        how = "ended" if status is None else f"ended with status {status}" if status >= 0 else f"was killed ({-status})"
        said = f"{self.what}, `{self.command}`, {how} before it answered ({self._where})"
        return DataError(said, notes=self._last_words(), hint="it answers line after line until its input ends")

    def _last_words(self) -> tuple[str, ...]:
        """The last line of its standard error."""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return (f"it said: {lines[-1].strip()[:200]}",) if lines else ()
