"""Asking SymPy with a time limit that holds on every system and in every thread: in a process that can be ended.

What the process has found until then is there: it answers line by line, the best so far.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

from adcli.arithmetic.deadline import Late, within

SECONDS = 5.0
"""The default time limit, of processor time after SymPy is loaded."""
STARTING = 60.0
"""Seconds in which a process should have started and loaded SymPy, however busy the machine is."""
BUSY = 4
"""So many times the limit may pass on a busy machine before the process is ended."""


def ask(task: dict[str, Any], seconds: float = SECONDS) -> Iterator[dict[str, Any]]:
    """The answers of `adcli.studies.symbolic.worker` to a task, as long as they come in time."""
    boot = f"import sys; sys.path[:] = {sys.path!r}; from adcli.studies.symbolic.worker import main; main()"
    # Isolated: neither the directory that adcli is called in nor the environment says what is imported.
    command = [sys.executable or "", "-I", "-X", "utf8", "-c", boot]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    try:
        process = subprocess.Popen(command, text=True, encoding="utf-8", **pipes)  # type: ignore[call-overload]  # of a dictionary
    except OSError:  # no process can be started: an interpreter inside another program, a sandbox
        yield from _here(task, seconds)
        return
    answers: queue.Queue[str | None] = queue.Queue()
    told = json.dumps({**task, "seconds": seconds})
    reader = threading.Thread(target=_read, args=(process, told, answers), daemon=True)
    reader.start()
    end = monotonic() + STARTING
    try:
        while True:
            try:
                line = answers.get(timeout=max(0.0, end - monotonic()))
            except queue.Empty:
                return
            if line is None:
                return
            answer = json.loads(line)
            if "ready" in answer:
                end = monotonic() + BUSY * seconds
            else:
                yield answer
    finally:
        process.kill()
        reader.join()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


def _read(process: Any, task: str, answers: queue.Queue[str | None]) -> None:
    """Hand the task over, and pass the answers on."""
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(task + "\n")
        process.stdin.close()
        for line in process.stdout:
            answers.put(line)
    answers.put(None)


def _here(task: dict[str, Any], seconds: float) -> Iterator[dict[str, Any]]:
    """The same in this process, where it can be interrupted."""
    from adcli.studies.symbolic.worker import answers_to

    found: list[dict[str, Any]] = []
    with contextlib.suppress(Late), within(seconds):
        for answer in answers_to({**task, "seconds": seconds}):
            found += [] if "ready" in answer else [answer]
    yield from found
