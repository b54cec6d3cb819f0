"""What paths lead to: what is no ordinary file is opened once and written as it stands; no file is lost by mistake."""

from __future__ import annotations

import bz2
import lzma
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rows import WITHOUT, each_engine, needs_data

from adcli.batch.files.drafts import descriptor
from adcli.cli import main

Grad = Callable[..., Result]

posix = pytest.mark.skipif(os.name == "nt", reason="pipes, devices and rights of POSIX")
FORMATS = ["csv", "tsv", "jsonl", *([] if WITHOUT else ["parquet", "arrow"])]


def process(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """`adcli grad x` as a process of its own."""
    command = [sys.executable, "-m", "adcli", "grad", "x", *words]
    return subprocess.run(command, capture_output=True, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


def many(count: int) -> str:
    return "x\n" + "".join(f"{i}\n" for i in range(count))


# Pipes


@posix
@each_engine
@pytest.mark.parametrize("format", FORMATS)
def test_a_pipe_with_a_name_is_read_once(grad: Grad, format: str, engine: str) -> None:
    """Every row of it comes out, in every format."""
    Path("p.csv").write_text(many(20_000))
    grad("--data", "p.csv", "--keep", "x", "--prefix", "b_", "-o", f"q.{format}", formula="x")
    os.mkfifo("pipe")
    with subprocess.Popen(["cp", f"q.{format}", "pipe"]):
        words = ["--data", "pipe", "--data-format", format, "--engine", engine, "--keep", "none", "--format", "csv"]
        done = grad(*words, formula="x")
    assert done.stdout.splitlines()[1:] == [f"{i}.0,1.0" for i in range(20_000)]


@posix
def test_standard_input_by_its_path(tmp_path: Path) -> None:
    """A pipe or a file, under whatever name, is CSV where nothing else is said."""
    text = many(20_000)
    for path in ("/dev/stdin", "/dev/fd/0"):
        done = process("--data", path, "--keep", "none", input=text.encode())
        assert len(done.stdout.splitlines()) == 20_001
    (tmp_path / "p.csv").write_text(text)
    with open(tmp_path / "p.csv") as stream:
        done = process("--data", "/dev/stdin", "--keep", "none", "--engine", "python", stdin=stream)
    assert len(done.stdout.splitlines()) == 20_001


# What is written


@posix
def test_a_file_in_a_folder_of_devices_is_a_file(grad: Grad) -> None:
    """It is replaced, not added to, and its name says its format."""
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK):
        pytest.skip("no /dev/shm here")
    target = folder / f"adcli-{os.getpid()}.jsonl"
    try:
        for _ in range(2):
            grad("--data", "-", "-o", str(target), formula="x", input="x\n1\n")
            assert target.read_text() == '{"x": 1, "value": 1.0, "d_x": 1.0}\n'
    finally:
        target.unlink()


@posix
def test_an_open_file_is_written_as_it_stands(tmp_path: Path) -> None:
    """What a number of a descriptor leads to is neither replaced nor emptied, through links too."""
    assert descriptor("/dev/fd/1") == 1
    assert descriptor("/dev/null") is None
    assert descriptor(str(tmp_path / "x")) is None
    (tmp_path / "link").symlink_to("/dev/stdout")
    assert descriptor(str(tmp_path / "link")) == 1
    for target in ("/dev/stdout", "/dev/fd/1", str(tmp_path / "link")):
        with open(tmp_path / "out", "w") as stream:
            stream.write("before\n")
            stream.flush()
            command = [sys.executable, "-m", "adcli", "eval", "x", "--data", "-", "-o", target]
            subprocess.run(command, input=b"x\n1\n", stdout=stream, check=True)
        assert (tmp_path / "out").read_text() == "before\nx,value\n1,1.0\n"


def test_what_is_read_is_not_replaced_by_mistake(grad: Grad) -> None:
    """-o onto an input wants --overwrite; then all of it was read before."""
    Path("p.csv").write_text("x\n1\n")
    os.link("p.csv", "q.csv")
    for target in ("p.csv", "./p.csv", "q.csv"):
        assert "--overwrite" in grad("--data", "p.csv", "-o", target, formula="x", exit=2).stderr
    assert Path("p.csv").read_text() == "x\n1\n"
    grad("--data", "p.csv", "--overwrite", "-o", "p.csv", formula="x")
    assert Path("p.csv").read_text() == "x,value,d_x\n1,1.0,1.0\n"


@posix
def test_what_is_read_is_not_standard_output(tmp_path: Path) -> None:
    """It would grow while it is read."""
    path = tmp_path / "p.csv"
    path.write_text("x\n1\n")
    with path.open("a") as stream:
        command = [sys.executable, "-m", "adcli", "eval", "x", "--data", str(path)]
        done = subprocess.run(command, stdout=stream, stderr=subprocess.PIPE)
    assert done.returncode == 4
    assert b"is read and is standard output too" in done.stderr
    assert path.read_text() == "x\n1\n"


@posix
def test_what_may_not_be_written_is_not_replaced(tmp_path: Path) -> None:
    """Neither a protected file nor that of another user, though the folder would allow it."""
    if os.geteuid() != 0:
        pytest.skip("only root can be someone else")
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if not parent.stat().st_mode & 0o001:
            pytest.skip("nobody may come here")
    for name, mode, owner in (("protected.csv", 0o444, 65534), ("theirs.csv", 0o666, 0)):
        target = tmp_path / name
        target.write_text("old")
        target.chmod(mode)
        os.chown(target, owner, owner)
        words = ["import os, sys; os.setgid(65534); os.setuid(65534)", "from adcli.cli import main", "main()"]
        command = [sys.executable, "-c", "; ".join(words), "eval", "x", "--data", "-", "-o", str(target)]
        done = subprocess.run(command, input=b"x\n1\n", capture_output=True)
        if b"ModuleNotFoundError" in done.stderr or b"Permission" in done.stderr:
            pytest.skip("nobody may read the program")
        assert done.returncode == 4, done.stderr
        assert b"cannot write" in done.stderr
        assert target.read_text() == "old"


# Compressed files


@needs_data
@each_engine
@pytest.mark.parametrize("extension", ["zst", "lz4"])
def test_files_that_pyarrow_packs(grad: Grad, extension: str, engine: str) -> None:
    """They are written and read by their names, and of other formats than CSV too."""
    Path("p.csv").write_text(many(1_000))
    for format in ("csv", "jsonl", "parquet"):
        packed = f"p.{format}.{extension}"
        grad("--data", "p.csv", "-o", packed, formula="x")
        done = grad("--data", packed, "--engine", engine, "--keep", "none", "--format", "csv", formula="x")
        assert len(done.stdout.splitlines()) == 1_001
    path = Path(f"p.csv.{extension}")
    path.write_bytes(path.read_bytes()[:-10])
    assert path.name in grad("--data", path.name, "--engine", engine, formula="x", exit=4).stderr


@each_engine
@pytest.mark.parametrize(("extension", "module"), [("bz2", bz2), ("xz", lzma)])
def test_every_piece_of_a_compressed_file_is_read(grad: Grad, extension: str, module: object, engine: str) -> None:
    """A damaged one, or one that is cut off, is no end of the file."""
    first, second = (module.compress(text) for text in (b"x\n1\n2\n", b"3\n4\n"))  # type: ignore[attr-defined]
    name = f"p.csv.{extension}"
    words = ["--data", name, "--engine", engine, "--keep", "none", "-o", "out.csv"]
    Path(name).write_bytes(first + second + b"\0" * 8)
    grad(*words, formula="x")
    assert Path("out.csv").read_text() == "value,d_x\n" + "".join(f"{i}.0,1.0\n" for i in (1, 2, 3, 4))
    for broken in (first + b"XX" + second[2:], first + second[:-3], first + second[:4], first + b"more"):
        Path(name).write_bytes(broken)
        assert name in grad(*words, formula="x", exit=4).stderr


# Many files


@posix
@pytest.mark.parametrize("extension", ["csv", pytest.param("parquet", marks=needs_data)])
def test_more_files_than_may_be_open(tmp_path: Path, extension: str) -> None:
    """They are opened one by one."""
    import resource

    (tmp_path / "p0.csv").write_text("x\n1\n")
    words = ["grad", "x", "--data", str(tmp_path / "p0.csv"), "--keep", "x", "--prefix", "b", "-o"]
    assert CliRunner().invoke(main, [*words, str(tmp_path / f"q0.{extension}")]).exit_code == 0
    for i in range(1, 120):
        (tmp_path / f"q{i}.{extension}").write_bytes((tmp_path / f"q0.{extension}").read_bytes())
    done = process(
        *("--data", str(tmp_path / f"q*.{extension}"), "--keep", "none"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60)),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [b"1.0,1.0"] * 120


# What is shown


def test_names_are_shown_and_never_obeyed(grad: Grad, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of columns, files and cells: controls and marks of direction are seen, on a terminal and in errors."""
    monkeypatch.setenv("ADCLI_VERBOSE", "1")
    evil = "\x1b]0;owned\x07\x9b31m\u202e\u2066"
    Path("p.csv").write_text(f'{evil},x\n1,0\n2,"1{evil}"\n3,1\n')
    done = grad("--data", "p.csv", formula="1/x", exit=0)
    for char in "\x1b\x07\x9b\u202e\u2066":
        assert char not in done.stderr
        assert f"⟨U+{ord(char):04X}⟩" in done.stderr
    name = f"{evil}.csv".replace("\u2066", "")
    done = grad("--data", name, formula="x", exit=4)
    assert not set(evil) & set(done.stderr) - set("]0;owned31m")
    assert f"{evil},x" in grad("--data", "p.csv", formula="x").stdout


@posix
def test_a_terminal_is_not_obeyed_by_cells(tmp_path: Path) -> None:
    """What a pipe gets as it is, people see."""
    pty = pytest.importorskip("pty")
    (tmp_path / "p.csv").write_text("k,x\na\x1b[31mb,1\n")
    lead, follow = pty.openpty()
    command = [sys.executable, "-m", "adcli", "eval", "x", "--data", str(tmp_path / "p.csv")]
    subprocess.run(command, stdout=follow, stderr=subprocess.DEVNULL, check=True)
    os.close(follow)
    shown = os.read(lead, 10_000).decode()
    os.close(lead)
    assert shown.splitlines() == ["k,x,value", "a⟨U+001B⟩[31mb,1,1.0"]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
@each_engine
def test_files_whose_names_are_no_text(grad: Grad, engine: str) -> None:
    """They are read and written; errors show their bytes."""
    for name in (os.fsdecode(b"b\xffd.csv"), *([] if WITHOUT else [os.fsdecode(b"b\xffd.parquet")])):
        Path("p.csv").write_text("x\n1\n0\n")
        grad("--data", "p.csv", "--keep", "x", "--prefix", "b", "-o", name, formula="x")
        done = grad("--data", name, "--engine", engine, "--keep", "none", formula="1/x")
        assert done.stdout == "value,d_x\n1.0,-1.0\n,\n"
        assert "b⟨0xFF⟩d." in done.stderr
