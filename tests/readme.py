"""The outputs in the README and the pages of `adcli help`: what a reader who types the commands there at a terminal of
80 columns would see.

    python tests/readme.py             # says which blocks have drifted
    python tests/readme.py --update    # rewrites them

Five kinds of fenced blocks are run, in order, in a temporary directory for each document:

- `console`: each `$ command` (continued on lines that begin with `> `) by bash, its output below it;
- `pycon`: each `>>> statement` by Python, all blocks in one session;
- `diff FILE`: the change is made to a copy of the package, or the file is added to it;
- `console patched`: as `console`, with that copy;
- `console growing`: as `console`, a list of what there is: it has not drifted where something was added since.

Blank lines at the end of an output do not count, except that one of them parts it from the next command.
"""

from __future__ import annotations

import contextlib
import doctest
import fcntl
import io
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCUMENTS = (README, *sorted((ROOT / "adcli" / "cli" / "topics").glob("*.md")))
COLUMNS = 80
PATIENCE = 180.0
"""Seconds that one block may take."""

_FENCE = re.compile(r"^```(console|pycon|diff)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_MARK = "\x1e"
"""Printed behind each command (ASCII's record separator), so that outputs can be told apart."""


class Block(NamedTuple):
    """A fenced block: its kind, the word behind the kind, its text, and its place in the file."""

    kind: str
    about: str
    text: str
    start: int
    end: int
    line: int


def blocks(readme: str) -> list[Block]:
    """The blocks of a text that can be run."""
    return [
        Block(m[1], m[2] or "", m[3], m.start(3), m.end(3), readme.count("\n", 0, m.start()) + 1)
        for m in _FENCE.finditer(readme)
    ]


def commands(text: str) -> list[str]:
    """The commands of a console block, their continuation lines included."""
    found: list[str] = []
    typing = False
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(line[2:])
            typing = True
        elif typing and (line.startswith("> ") or line == ">"):
            found[-1] += "\n" + line[2:]
        else:
            typing = False
    return found


class Session:
    """Runs blocks one after another, as one reader would."""

    def __init__(self, home: Path) -> None:
        self.work = home / "work"
        self.house = home / "house"
        self.work.mkdir()
        (self.work / "examples").symlink_to(ROOT / "examples")
        tools = home / "bin"
        tools.mkdir()
        for name, call in (("adcli", "-m adcli"), ("python", "")):
            (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n', encoding="utf-8")
            (tools / name).chmod(0o755)
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ADCLI_", "COVERAGE", "LC_")) and name != "LANGUAGE"
        }
        self.environment.update(
            PATH=f"{tools}:{self.environment.get('PATH', os.defpath)}",
            PYTHONPATH=str(ROOT),
            PYTHONWARNINGS="ignore",
            COLUMNS=str(COLUMNS),
            LINES="50",
            LANG="C.UTF-8",
            NO_COLOR="1",
            TERM="xterm",
        )
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, block: Block) -> str:
        """The block's text as it should be."""
        if block.kind == "console":
            return self._console(block)
        if block.kind == "pycon":
            return self._python(block.text)
        self._patch(block)
        return block.text

    def _console(self, block: Block) -> str:
        typed = commands(block.text)
        script = "".join(f"{command}\n{{ _s=$?; printf '\\036'; (exit $_s); }}\n" for command in typed)
        paths = {"PYTHONPATH": f"{self.house}:{ROOT}"} if block.about == "patched" else {}
        outputs = _at_terminal(script, self.work, {**self.environment, **paths}).split(_MARK)
        pieces: list[str] = []
        for command, output in zip(typed, outputs, strict=False):
            pieces.append("$ " + command.replace("\n", "\n> ") + "\n")
            if output.strip("\n"):
                pieces.append(output.rstrip("\n") + "\n" + ("\n" if output.endswith("\n\n") else ""))
        return "".join(pieces).rstrip("\n") + "\n"

    def _python(self, text: str) -> str:
        lines: list[str] = []
        with contextlib.chdir(self.work) if hasattr(contextlib, "chdir") else _chdir(self.work):
            for example in doctest.DocTestParser().get_examples(text):
                first, *rest = example.source.rstrip("\n").split("\n")
                lines += [f">>> {first}", *(f"... {line}".rstrip() for line in rest)]
                shown = io.StringIO()
                with contextlib.redirect_stdout(shown):
                    try:
                        exec(compile(example.source, "<README>", "single"), self.names)
                    except Exception as error:
                        said = "".join(traceback.format_exception_only(error))
                        print(f"Traceback (most recent call last):\n  ...\n{said}", end="")
                lines += shown.getvalue().splitlines()
        return "\n".join(lines) + "\n"

    def _patch(self, block: Block) -> None:
        """Make a change to the copy of the package: the lines with "-" or " " become those with "+" or " "."""
        if not self.house.exists():
            shutil.copytree(ROOT / "adcli", self.house / "adcli", ignore=shutil.ignore_patterns("__pycache__"))
        file = self.house / block.about
        source = file.read_text(encoding="utf-8") if file.exists() else ""
        old = "".join(f"{line[1:]}\n" for line in block.text.splitlines() if line[:1] != "+")
        new = "".join(f"{line[1:]}\n" for line in block.text.splitlines() if line[:1] != "-")
        assert source.count(old) == 1, f"the change to {block.about} does not fit the file"
        file.write_text(source.replace(old, new), encoding="utf-8")


@contextlib.contextmanager
def _chdir(place: Path) -> Iterator[None]:
    """`contextlib.chdir` of Python 3.11."""
    before = Path.cwd()
    os.chdir(place)
    try:
        yield
    finally:
        os.chdir(before)


def _at_terminal(script: str, place: Path, environment: dict[str, str]) -> str:
    """What bash prints of a script when its output is a terminal (and its input is empty)."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    settings = termios.tcgetattr(theirs)
    settings[1] &= ~termios.OPOST  # line ends as they were written
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    shell = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-c", script],
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = bytearray()
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            ready, _, _ = select.select([ours], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                shell.kill()
                raise TimeoutError(f"the README's commands take longer than {PATIENCE:.0f} s:\n{script}")
            try:
                part = os.read(ours, 65536)
            except OSError:  # on Linux, the end of what a terminal says
                break
            if not part:
                break
            said += part
    finally:
        os.close(ours)
        shell.wait()
    # What a line said before it was written anew, such as that something takes long, is not seen any more.
    return re.sub(rf"[^\n\r{_MARK}]*\r", "", said.decode("utf-8"))


def regenerated(text: str) -> list[tuple[Block, str]]:
    """Each block of a document that can be run, with the text that it should have."""
    with tempfile.TemporaryDirectory(prefix="adcli-readme-") as home:
        session = Session(Path(home))
        return [(block, session.run(block)) for block in blocks(text)]


def told(block: Block, truth: str) -> bool:
    """Whether a block says the truth; one that grows, nothing else."""
    if block.about != "growing":
        return block.text == truth
    words = iter(truth.split())
    return all(word in words for word in block.text.split())


def main() -> int:
    """Say which blocks have drifted, or rewrite them; of all documents, or of those that are named."""
    update = "--update" in sys.argv
    named = [Path(word).resolve() for word in sys.argv[1:] if word != "--update"]
    drift = False
    for path in named or DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        drifted = [(block, truth) for block, truth in regenerated(text) if block.text != truth]
        drift = drift or bool(drifted)
        for block, _ in drifted:
            print(f"{path.name}:{block.line}: {'rewritten' if update else 'has drifted'}")
        if update:
            for block, truth in reversed(drifted):
                text = text[: block.start] + truth + text[block.end :]
            path.write_text(text, encoding="utf-8")
    return 1 if drift and not update else 0


if __name__ == "__main__":
    sys.exit(main())
