"""What shells complete, asked in the shells themselves where they are installed."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

TYPED: dict[str, tuple[str, str]] = {
    "a command": ("adcli jaco", "adcli jacobian"),
    "an option": ('adcli grad "alpha*beta" --prec', "--precision"),
    "a word of an option": ("adcli grad x --kinks wa", "--kinks warn"),
    "a name to differentiate by": ('adcli grad "alpha*beta" --wrt al', "--wrt alpha"),
    "one more of them": ('adcli grad "alpha*beta" --wrt alpha,be', "--wrt alpha,beta"),
    "behind an equals sign": ('adcli grad "alpha*beta" --wrt=al', "--wrt=alpha"),
    "a name that gets a value": ('adcli grad "alpha*beta" --at alpha=2,be', "--at alpha=2,beta="),
    "a name that gets an interval": ('adcli bounds "alpha*beta" --over alpha=1:2,be', "--over alpha=1:2,beta="),
    "an unknown": ('adcli solve "alpha*beta = 3" --for be', "--for beta"),
    "an output that gets a weight": ('adcli vjp "gain = x*x" "loss = x" --cotangent ga', "--cotangent gain="),
    "an assigned name": ('adcli grad "gain = x*x; sin(gain)" --output ga', "--output gain"),
    "a name in a file": ("adcli grad -f model.ad --wrt vol", "--wrt volume"),
    "a file": ("adcli grad -f mod", "-f model.ad"),
    "a file of values": ("adcli grad -f model.ad --at @poi", "--at @point.json"),
    "a column": ('adcli grad "log(x)" --data rows.csv --column x=sp', "--column x=spot"),
    "an operation": ("adcli ops softp", "adcli ops softplus"),
    "a topic": ("adcli help environm", "adcli help environment"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files to be completed, and an adcli of its own."""
    home = tmp_path_factory.mktemp("shell")
    (home / "model.ad").write_text("mass = volume*density\n")
    (home / "point.json").write_text("{}")
    (home / "rows.csv").write_text("spot,k\n1,2\n")
    (home / "bin").mkdir()
    script = home / "bin" / "adcli"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m adcli "$@"\n')
    script.chmod(0o755)
    return home


def environment(place: Path) -> dict[str, str]:
    root = Path(__file__).parents[2]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "COMP_"))}
    return {**kept, "PATH": f"{place / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(root), "HOME": str(place),
            "TERM": "xterm", "LANG": "C.UTF-8", "COLUMNS": "200"}  # fmt: skip


class Terminal:
    """An interactive shell, of which every line typed is looked at."""

    def __init__(self, words: list[str], place: Path) -> None:
        self.ours, theirs = pty.openpty()
        self.shell = subprocess.Popen(
            words, cwd=place, env=environment(place), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)

    def until(self, wanted: str, seconds: float = 30) -> str:
        """What is written until something appears, or the time is over."""
        said, deadline = "", time.monotonic() + seconds
        while wanted not in said and (left := deadline - time.monotonic()) > 0:
            if select.select([self.ours], [], [], left)[0]:
                said += os.read(self.ours, 65536).decode(errors="replace")
        return said

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def close(self) -> None:
        self.shell.kill()
        self.shell.wait()
        os.close(self.ours)


SETUPS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'bind "set enable-bracketed-paste off"; '),
    "zsh": (
        ["zsh", "-f", "-i"],
        "unsetopt prompt_cr prompt_sp zle_bracketed_paste; autoload -U compinit; compinit -D -u; ",
    ),
}


@pytest.fixture(scope="module", params=[shell for shell in SETUPS if shutil.which(shell)])
def terminal(request: pytest.FixtureRequest, place: Path) -> object:
    """A shell that has read its completion script."""
    words, setup = SETUPS[request.param]
    found = Terminal(words, place)
    found.type(f'PS1="> "; {setup} eval "$(adcli completion {request.param})"; echo rea""dy\n')
    assert "ready" in found.until("ready\r\n")
    yield found
    found.close()


@pytest.mark.parametrize("what", TYPED)
def test_what_is_typed_is_completed(terminal: Terminal, what: str) -> None:
    """With the tabulator, up to the whole word."""
    typed, whole = TYPED[what]
    terminal.type(f"{typed}\t")
    said = terminal.until(whole, 10)
    terminal.type("\x15")  # the line away
    assert whole in said


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
def test_fish_completes_the_same(place: Path) -> None:
    """Asked by its own `complete`, which prints what it would offer."""
    asked = [TYPED[what] for what in ("a command", "an option", "one more of them", "a file of values", "a column")]
    lines = "; ".join(f"complete -C '{typed}'; echo ===" for typed, _ in asked)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"adcli completion fish | source; {lines}"],
        cwd=place, env=environment(place), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    offers = [part.split("\n") for part in done.stdout.split("===\n")]
    for (typed, whole), offered in zip(asked, offers, strict=False):
        words = [line.partition("\t")[0] for line in offered if line]
        assert whole.split(" ")[-1] in words, typed
