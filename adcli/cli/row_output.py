"""Where rows go: a file or standard output; and on the way there, progress, signals, and what became of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

import click

from adcli.cli.options import STANDARD_OUTPUT
from adcli.cli.streams import Stream, closed, is_terminal
from adcli.errors import FileError, UsageError, reason
from adcli.render.screen import lines

if TYPE_CHECKING:
    from adcli.batch.files.readers import Reader
    from adcli.batch.summary import Summary


def output_format(target: str, given: str | None, source: Reader) -> str:
    """The format to write: of a file by its name, of standard output as asked, or as the input's."""
    from adcli.batch.files.paths import format_of, regular

    asked = {"json": "jsonl"}.get(given or "", given)
    if target in STANDARD_OUTPUT or (os.path.exists(target) and not regular(target)):
        found = asked or (source.format if source.format in ("tsv", "jsonl") else "csv")
        return "arrows" if found == "arrow" else found
    try:
        found = format_of(target, None)
    except UsageError:
        if asked is None:
            raise UsageError(
                f"the format of {target} is not known by its name",
                hint="for instance .csv, .jsonl or .parquet; --format csv or json says it too",
            ) from None
        return asked
    return "arrows" if os.path.splitext(target)[1].lower() == ".arrows" else found


class Shown:
    """A terminal's bytes: what files hold is shown on it and never obeyed by it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def write(self, data: bytes) -> int:
        """Write text."""
        self.stream.write(lines(bytes(data).decode()).encode())
        return len(data)

    def flush(self) -> None:
        """Show it now."""
        self.stream.flush()


@contextmanager
def output(target: str) -> Iterator[Any]:
    """The bytes' destination: standard output, or a file that is written whole or left as it was."""
    if target in STANDARD_OUTPUT:
        if sys.stdout is None:
            raise closed()
        try:
            sys.stdout.flush()
            yield Shown(sys.stdout.buffer) if is_terminal(sys.stdout) else sys.stdout.buffer
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise FileError(f"cannot write the output: {reason(fault)}") from None
        return
    from adcli.batch.files.places import drafted

    with drafted(target) as stream:
        yield stream


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """A request to end cleans up like an interrupt."""
    import signal
    import threading

    def end(number: int, frame: object) -> None:
        raise click.exceptions.Exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    known = {number: signal.signal(number, end) for number in signals}
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)


@contextmanager
def progress(files: list[Reader], target: str) -> Iterator[Any]:
    """A bar on stderr where a person watches and the rows do not go to the same terminal."""
    if not is_terminal(sys.stderr) or (target in STANDARD_OUTPUT and is_terminal(sys.stdout)) or files[0].path == "-":
        yield lambda rows: None
        return
    with bar("rows", files[0].rows() if len(files) == 1 else None) as advance:
        yield advance


@contextmanager
def bar(units: str, total: float | None) -> Iterator[Callable[..., None]]:
    """A bar on stderr of what takes longer than one waits without asking. It is told what is done, and what else there
    is to do."""
    from adcli.batch.run import PATIENCE

    begun, done = monotonic(), 0.0
    update: Callable[..., None] | None = None
    with ExitStack() as shown:

        def advance(further: float, more: float = 0) -> None:
            nonlocal done, total, update
            done += further
            total = None if total is None else total + more
            if update is None and monotonic() - begun > PATIENCE:
                from rich.console import Console
                from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

                said = "{task.completed:,.0f} " + ("" if total is None else "of {task.total:,.0f} ") + units
                columns = (BarColumn(), TextColumn(said), TimeRemainingColumn())
                progress = shown.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
                update = partial(progress.update, progress.add_task("", total=total))
            if update is not None:
                update(total=total, completed=int(done))

        yield advance


def report(summary: Summary, unused: tuple[list[str], list[str]], notes: list[str], options: dict[str, Any]) -> None:
    """What became of the rows, on stderr: always to a person, else where there is something to say."""
    errors = Stream(sys.stderr, options["color"])
    replaced, surplus = unused
    person = errors.terminal or os.environ.get("ADCLI_VERBOSE")
    if (
        person
        or summary.failures
        or summary.kinks
        or replaced
        or notes
        or (summary.declined and options["engine"] != "auto")
    ):
        from adcli.render.batch import render

        errors.write(render(summary, errors.view(), replaced, surplus if person else (), notes))
