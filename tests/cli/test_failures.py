"""What goes wrong, from the outside: messages, exit codes, JSON; never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from calling import Run
from click.testing import CliRunner

from adcli.cli import main


def adcli(*words: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run adcli as a process of its own."""
    settings.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(
        [sys.executable, "-m", "adcli", *words], capture_output=True, encoding="utf-8", timeout=60, **settings
    )


def test_an_error_is_located_in_the_formula(run: Run) -> None:
    """The sentence, the place, the reason."""
    assert run("grad", "x2 + log(x1 - 3)", "--at", "x1=2,x2=5", exit=3).stderr == (
        "adcli: error: log is not defined at -1 (needs x > 0)\n"
        "  x2 + log(x1 - 3)\n"
        "       ^^^^^^^^^^^\n"
        "  x1 - 3 = -1 at x1 = 2\n"
    )


@pytest.mark.parametrize(
    ("command", "text", "at", "said"),
    [
        ("grad", "x^n", "x=0,n=0.5", "0^0.5 has no finite derivative\n"),
        ("grad", "0^x", "x=0", "0^0 has no finite derivative\n"),
        ("hessian", "x^1.5", "x=0", "no second derivative by the chain rule: 0^0.5 has no finite derivative\n"),
        ("taylor", "x^0.5", "x=0", "0^0.5 has no Taylor series\n"),
        ("eval", "x^0.5", "x=-2.5", "(-2.5)^0.5 is not defined (x^y needs x > 0 or "),
        ("eval", "x^-1", "x=0", "0^(-1) is not defined (x^y needs x > 0 or "),
        ("grad", "x^0.5*x^0.5", "x=0", "the derivative is undetermined: the chain rule meets 0 × ∞, as 0^0.5 has an "),
    ],
)
def test_an_operation_that_is_a_sign_is_quoted_with_its_numbers(
    run: Run, command: str, text: str, at: str, said: str
) -> None:
    """A sign alone is no word, and a pair of numbers does not say which is the power."""
    assert run(command, text, "--at", at, exit=3).stderr.startswith(f"adcli: error: {said}")


def test_a_value_for_an_assigned_name_gets_advice(run: Run) -> None:
    """The value and the statement contradict each other; one of them has to go."""
    assert run("grad", "x = 1", "--at", "x=1", exit=2).stderr == (
        "adcli: error: x is assigned in the program and cannot be given a value\n"
        "  hint: leave out its value, or the statement x = …\n"
    )


def test_an_error_is_located_in_the_right_text(run: Run, tmp_path: Path) -> None:
    """In the file and its line, in the argument that holds it, in the value of --at."""
    file = tmp_path / "model.ad"
    file.write_text("# a model\na = 1/(x-1)\n")
    assert run("eval", "-f", str(file), "b=2", "a*b", "--at", "x=1", exit=3).stderr == (
        f"adcli: error: division by zero\n  {file}:2:\n  a = 1/(x-1)\n      ^^^^^^^\n  x-1 = 0 at x = 1\n"
    )
    assert "\n  b +* a\n     ^\n" in run("eval", "-f", str(file), "b=2", "b +* a", "--at", "x=1", exit=2).stderr
    assert "\n  standard input:2:\n  +*\n   ^\n" in run("eval", "--at", "x=1", input="x\n+*", exit=2).stderr
    assert "\n  --at x\n       ^\n" in run("eval", "x", "--at", "x", exit=2).stderr
    assert "\n  x = 2*\n       ^\n" in run("eval", "x", "--at", "x=2*", exit=2).stderr


@pytest.mark.parametrize(
    ("words", "kind", "status"),
    [
        (["grad", "x", "--mdoe", "fwd"], "usage", 2),
        (["grd"], "usage", 2),
        (["grad", "x+"], "syntax", 2),
        (["grad", "sine(x)", "--at", "x=1"], "name", 2),
        (["grad", "x"], "name", 2),
        (["grad", "log(x)", "--at", "x=-1"], "domain", 3),
        (["grad", "exp(x)", "--at", "x=1000"], "overflow", 3),
        (["grad", "abs(x)", "--at", "x=0", "--kinks", "error"], "kink", 3),
        (["grad", "sqrt(x)*sqrt(x)", "--at", "x=0"], "undetermined", 3),
        (["grad", "-f", "nowhere.ad"], "file", 4),
    ],
)
def test_errors_as_json(run: Run, words: list[str], kind: str, status: int) -> None:
    """Under --format json: one object on stderr, nothing on stdout."""
    for format in (["--format", "json"], ["--format=json"]):
        done = run(*words, *format, exit=status)
        assert done.stdout == ""
        error = json.loads(done.stderr)["error"]
        assert error["kind"] == kind
        assert error["exit"] == status
        assert error["message"]
        span = error["span"]
        assert span is None or (len(span) == 2 and span[0] <= span[1])


def test_a_program_nested_too_deeply_for_python_is_a_limit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should Python's own limits ever be met, they are errors as all others."""
    for fault, text in ((RecursionError(), "nested too deeply"), (MemoryError(), "more memory than there is")):

        def fail(*_: object, fault: BaseException = fault, **__: object) -> None:
            raise fault

        monkeypatch.setattr("adcli.problem.problem.problem", fail)
        assert text in run("eval", "1", exit=2).stderr


def test_a_fault_of_adcli_asks_for_a_report(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line and exit 70; the traceback only on request."""

    def fail(*_: object, **__: object) -> None:
        raise ValueError("unforeseen")

    monkeypatch.setattr("adcli.problem.problem.problem", fail)
    done = run("eval", "1", exit=70)
    assert done.stdout == ""
    assert done.stderr.startswith("adcli: error: internal error: ValueError: unforeseen\n  hint: ")
    assert json.loads(run("eval", "1", "--format", "json", exit=70).stderr)["error"]["kind"] == "internal"
    monkeypatch.setenv("ADCLI_DEBUG", "1")
    with pytest.raises(ValueError, match="unforeseen"):
        CliRunner().invoke(main, ["eval", "1"], catch_exceptions=False)


def test_an_interrupt_is_quiet(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 130 and not a word."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("adcli.problem.problem.problem", interrupt)
    done = run("eval", "1", exit=130)
    assert done.output == ""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_ctrl_c_is_quiet() -> None:
    """As a process, while it waits for its input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "adcli", "eval", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # It waits for input once it sleeps; until then an interrupt may hit Python's own start-up.
    stat = Path(f"/proc/{process.pid}/stat")
    for _ in range(200):
        time.sleep(0.02)
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "S":
            break
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.skipif(os.name == "nt", reason="POSIX terminals")
def test_a_terminal_says_what_takes_long_and_is_left_clean_by_an_interruption() -> None:
    """After two seconds; Ctrl-C then ends it with the line wiped, no word of a traceback, and status 130."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    words = ["eval", "Sum(besselj(2, x + i/7), (i, 1, 30000))", "--at", "x=1.5", "--precision", "800"]
    process = subprocess.Popen(
        [sys.executable, "-m", "adcli", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    seen = b""
    while "computing…".encode() not in seen:
        seen += os.read(ours, 1000)
    os.write(ours, b"\x03")
    assert process.wait(timeout=30) == 130
    seen += os.read(ours, 1000)
    os.close(ours)
    assert seen.endswith(b" \r")
    assert b"Traceback" not in seen
    assert set(seen.decode().split()) <= {"computing…", "^C", "s", *map(str, range(100))} | {"s^C"}


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
@pytest.mark.parametrize(
    "words", [["ops"], ["ops", "--format", "table"], ["--help"], ["grad", "--help"], ["eval", "1"]]
)
def test_a_closed_pipe_is_quiet(words: list[str]) -> None:
    """`adcli ops | head -1` complains as little as other tools do, and exits as they do."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "adcli", *words],
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [["eval", "1"], ["--help"]])
def test_a_full_disk_is_told(words: list[str]) -> None:
    """Lost output is an error, once."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "adcli", *words],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "no space left on device" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell's redirection")
@pytest.mark.parametrize("format", ["plain", "table", "json", "csv"])
def test_a_closed_output_is_told(format: str, tmp_path: Path) -> None:
    """A result that nobody gets is an error; with -o it goes elsewhere. Warnings are not needed that much."""
    words = [sys.executable, "-m", "adcli", "grad", "abs(x)", "--at", "x=0", "--no-check", "--format", format]
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 4
    assert "cannot write the output: standard output is closed" in done.stderr
    target = str(tmp_path / "out")
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *words, "-o", target], capture_output=True, timeout=60)
    assert done.returncode == 0
    assert Path(target).read_text(encoding="utf-8")
    done = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *words], capture_output=True, text=True, timeout=60)
    assert (done.returncode, bool(done.stdout)) == (0, True)


@pytest.mark.skipif(os.name == "nt", reason="a shell's redirection")
def test_rows_for_a_closed_output_are_not_computed(tmp_path: Path) -> None:
    """The same where rows stream."""
    (tmp_path / "rows.csv").write_text("x\n1\n", encoding="utf-8")
    words = [sys.executable, "-m", "adcli", "grad", "x^2", "--data", str(tmp_path / "rows.csv")]
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 4
    assert "cannot write the output: standard output is closed" in done.stderr


def test_a_stream_without_unicode_gets_ascii() -> None:
    """Neither results nor errors nor help crash in an ASCII terminal."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "80"}
    table = adcli("grad", "x^2", "--at", "x=3", "--format", "table", "--no-check", env=environment)
    assert (table.returncode, table.stdout.splitlines()[3]) == (0, "   df/dx   6")
    assert adcli("jvp", "--help", env=environment).returncode == 0
    found = adcli("grad", "λ^2", "--at", "λ=3", "--format", "json", env=environment)
    assert found.stdout.isascii()
    assert json.loads(found.stdout)["gradient"] == {"λ": 6.0}
    failed = adcli("grad", "λ+", "--at", "λ=3", env=environment)
    assert failed.returncode == 2
    assert failed.stderr.isascii()


def test_from_a_shell_all_is_as_in_tests(run: Run) -> None:
    """The process and the click runner agree in output, errors and status."""
    for words in (["grad", "x^2", "--at", "x=3"], ["grad", "x^2+", "--at", "x=3"], ["ops", "sinn"], ["--version"]):
        process = adcli(*words)
        done = run(*words, exit=process.returncode)
        assert (done.stdout, done.stderr) == (process.stdout, process.stderr)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grad", "x", "--at", "x=1", "--wrt", "q"], "there is x"),
        (["grad", "x*y", "--at", "x=1,y=2", "--wrt", "q"], "there are x, y"),
        (["jvp", "x", "--at", "x=1", "--tangent", "1,2"], "--tangent has 2 numbers, and there is 1 input: x"),
        (["jvp", "x*y", "--at", "x=1,y=1", "--tangent", "1"], "--tangent has 1 number, and there are 2 inputs: x, y"),
        (["vjp", "2x", "3x", "--at", "x=1", "--cotangent", "1"], "has 1 component, and there are 2 outputs: y1, y2"),
        (["eval", "x[2]", "--at", "x=[1]"], "there is no x[2]: x has 1 element"),
        (["eval", "x[3]", "--at", "x=[1,2]"], "there is no x[3]: x has 2 elements"),
    ],
)
def test_one_is_not_called_many(run: Run, words: list[str], said: str) -> None:
    """Numbers and names agree with their verbs and nouns."""
    assert said in run(*words, exit=2).stderr
