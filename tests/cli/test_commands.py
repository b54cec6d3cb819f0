"""The commands from the outside: what is typed and what comes out."""

from __future__ import annotations

import json
import platform
import shlex
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import pytest
from calling import Run

from adcli.cli import COMMANDS, main
from adcli.cli.formula import FormulaCommand

BAYDIN = "ln(x1)+x1*x2-sin(x2)"
"""Baydin et al. (2018), tables 2 and 3: at (2, 5) the value is 11.652, the gradient (5.5, 1.716)."""
AT = ("--at", "x1=2,x2=5")


def test_a_pipe_gets_plain_text(run: Run) -> None:
    """Without a terminal, names and numbers; nothing else, also not on stderr."""
    done = run("grad", BAYDIN, *AT)
    assert done.stdout == "x1\t5.5\nx2\t1.7163378145367738\n"
    assert done.stderr == ""


def test_the_table_of_a_gradient(run: Run) -> None:
    """With its check by default, and without it on request."""
    text = (
        "\n  f = ln(x1)+x1*x2-sin(x2) = 11.6521      reverse mode, 1 sweep\n\n   ∂f/∂x1   5.5\n   ∂f/∂x2   1.71634\n\n"
    )
    assert run("grad", BAYDIN, *AT, "--format", "table", "--no-check").stdout == text
    checked = run("grad", BAYDIN, *AT, "--format", "table").stdout
    assert checked == text + "  ✓ SymPy agrees (30 digits); all 16 digits of the floats are right\n\n"


def test_json_of_every_command(run: Run) -> None:
    """The fields of the contract, for each command on the same formula."""
    found: dict[str, Any] = {}
    for command in ("eval", "grad", "jacobian", "jvp", "vjp"):
        own = ["--tangent", "x1=1"] if command == "jvp" else []
        found[command] = json.loads(run(command, BAYDIN, *AT, *own, "--format", "json").stdout)
        assert found[command]["command"] == command
        assert found[command]["expr"] == [BAYDIN]
        assert found[command]["at"] == {"x1": 2.0, "x2": 5.0}
        assert found[command]["warnings"] == []
        assert found[command]["check"] is None
    gradient = {"x1": 5.5, "x2": 1.7163378145367738}
    assert found["eval"]["values"] == [found["grad"]["value"]] == pytest.approx([11.652071455223084])
    assert found["grad"]["gradient"] == found["vjp"]["vjp"] == gradient
    assert found["jacobian"]["jacobian"] == [list(gradient.values())]
    assert found["jvp"]["jvp"] == [5.5]
    assert found["jvp"]["tangent"] == {"x1": 1.0, "x2": 0.0}
    assert found["vjp"]["cotangent"] == [1.0]


@pytest.mark.parametrize(
    ("mode", "said"), [("fwd", "forward"), ("forward", "forward"), ("rev", "reverse"), ("auto", "reverse")]
)
def test_modes_have_short_and_long_names(run: Run, mode: str, said: str) -> None:
    """And the result says which it was."""
    assert json.loads(run("grad", BAYDIN, *AT, f"--mode={mode}", "--format=json").stdout)["mode"] == said


def test_directions_and_weights(run: Run) -> None:
    """By name or bare; a negative number is a value, not an option."""
    two = (BAYDIN, "x1*x2", *AT)
    assert run("jvp", *two, "--tangent", "x1=1,x2=2").stdout == run("jvp", *two, "--tangent", "1,2").stdout
    assert run("vjp", *two, "--cotangent", "1,0").stdout == run("vjp", *two, "--cotangent", "y1=1").stdout
    assert run("jvp", "x^2", "--at", "x=3", "--tangent", "-1").stdout == "-6.0\n"
    assert run("vjp", "x^2", "--at", "x=3", "--cotangent", "-1").stdout == "x\t-6.0\n"
    assert "2 inputs: x1, x2" in run("jvp", *two, "--tangent", "1", exit=2).stderr


def test_several_names_per_option_or_several_options(run: Run) -> None:
    """Commas and repetition mean the same."""
    once = run("grad", "x*y*z", "--at", "x=1,y=2,z=3", "--wrt", "z,x").stdout
    assert once == run("grad", "x*y*z", "--at", "x=1", "--at", "y=2,z=3", "--wrt", "z", "--wrt", "x").stdout
    assert once == "z\t2.0\nx\t6.0\n"
    assert run("eval", "a=x; b=2*x; c=3*x", "--at", "x=1", "--output", "c,a").stdout == "3.0\n1.0\n"


@pytest.mark.parametrize("syntax", ["adcli", "sympy"])
def test_an_output_is_chosen_by_the_name_that_the_message_gives(run: Run, syntax: str) -> None:
    """y1, y2, … of expressions without names; an output that is a variable has its name."""
    words = ("x**2, y**2, x", "--at", "x=2,y=3", "--syntax", syntax)
    assert "3: y1, y2, x\n" in run("grad", *words, exit=2).stderr
    assert run("grad", *words, "--output", "y2").stdout == "x\t0.0\ny\t6.0\n"
    assert run("jacobian", *words, "--output", "y2", "--output", "y1").stdout == "0.0\t6.0\n4.0\t0.0\n"
    assert "y2  = v" in run("trace", *words, "--output", "y2", "--mode", "fwd").stdout


def test_sizes(run: Run) -> None:
    """--let gives whole numbers only."""
    words = ("eval", "Sum(x[i], (i, 1, n))", "--at", "x=[1,2,3]")
    assert run(*words, "--let", "n=3").stdout == "6.0\n"
    assert "--let gives n a whole number, not 3.5" in run(*words, "--let", "n=3.5", exit=2).stderr


def test_both_layouts(run: Run) -> None:
    """The denominator layout is the transpose."""
    words = ("jacobian", "x*y", "x+y", "x-y", "--at", "x=1,y=2")
    assert run(*words).stdout == "2.0\t1.0\n1.0\t1.0\n1.0\t-1.0\n"
    assert run(*words, "--layout", "denominator").stdout == "2.0\t1.0\t1.0\n1.0\t1.0\t-1.0\n"
    csv = ("grad", "x*y", "--at", "x=1,y=2", "--format", "csv")
    assert run(*csv).stdout == "output,x,y\ny,2.0,1.0\n"
    assert run(*csv, "--layout", "denominator").stdout == "input,y\nx,2.0\ny,1.0\n"


def test_a_linear_approximation_can_be_used_at_once(run: Run) -> None:
    """What --linearize prints is a program; at the point itself it gives the values."""
    program = run("jacobian", "x^2*y", "sin(x)", "--at", "x=-1,y=2", "--linearize").stdout
    assert program.splitlines()[0] == "y1 = 2 - 4*(x + 1) + 1*(y - 2)"
    values = run("eval", "--at", "x=-1,y=2", "--output", "y1,y2", input=program).stdout
    assert values == run("eval", "x^2*y", "sin(x)", "--at", "x=-1,y=2").stdout


def test_warnings_go_to_stderr_unless_the_format_shows_them(run: Run) -> None:
    """Scripts that read stdout read numbers."""
    words = ("grad", "x*abs(x-1)", "--at", "x=1")
    done = run(*words)
    assert done.stdout == "x\t0.0\n"
    assert done.stderr.startswith("adcli: warning: abs(x-1) has a kink at 0")
    assert done.stderr.endswith("  x*abs(x-1)\n    ^^^^^^^^\n")
    for format in ("json", "table"):
        done = run(*words, "--format", format)
        assert "kink" in done.stdout
        assert done.stderr == ""
    assert "kink" in run(*words, "--kinks", "error", exit=3).stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abs(x)", "abs(x) has a kink at 0: the one-sided derivatives are -1 and 1"),
        ("Max(x, 0)", "2 arguments of Max(x, 0) tie: the one-sided derivatives by each are 0 and 1"),
    ],
)
def test_a_refused_kink_has_no_convention(run: Run, text: str, said: str) -> None:
    """Nothing is used where nothing is computed: neither at a point nor in a row."""
    asked = ["grad", text, "--kinks", "error"]
    refused = run(*asked, "--at", "x=0", exit=3)
    assert refused.stderr.splitlines()[0] == f"adcli: error: {said}"
    rows = run(*asked, "--data", "-", "--status", "--keep", "none", "--data-format", "jsonl", input='{"x": 0}\n')
    assert json.loads(rows.stdout)["status"] == said
    assert said + "; " in run("grad", text, "--at", "x=0").stderr


def test_a_failed_check_prints_the_result_and_exits_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers are there, the disagreement is told, the status says so."""
    import adcli.crosscheck
    from adcli.results import Check

    outcome = Check("SymPy", False, 1.0, 0.5, 1e-20, 0, "∂y/∂x is 2 by adcli and 3 by SymPy")
    monkeypatch.setattr(adcli.crosscheck, "check", lambda problem, result, seconds: (outcome, ()))
    done = run("grad", "x^2", "--at", "x=1", "--check", exit=1)
    assert done.stdout == "x\t2.0\n"
    assert done.stderr == "adcli: check failed: ∂y/∂x is 2 by adcli and 3 by SymPy\n"
    done = run("grad", "x^2", "--at", "x=1", "--check", "--format", "json", exit=1)
    assert json.loads(done.stdout)["check"]["ok"] is False


def test_output_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    """Whole or not at all, keeping the file's permissions; - is standard output."""
    file = tmp_path / "out.txt"
    file.write_text("old")
    file.chmod(0o600)
    assert run("grad", BAYDIN, *AT, "-o", str(file)).stdout == ""
    assert file.read_text(encoding="utf-8") == "x1\t5.5\nx2\t1.7163378145367738\n"
    assert file.stat().st_mode & 0o777 == 0o600
    run("grad", "log(x)", "--at", "x=-1", "-o", str(file), exit=3)
    assert file.read_text(encoding="utf-8").startswith("x1")
    assert list(tmp_path.iterdir()) == [file]
    assert run("eval", "1+1", "-o", "-").stdout == "2.0\n"
    assert "cannot write" in run("eval", "1", "-o", str(tmp_path / "no" / "where"), exit=4).stderr
    assert "cannot write" in run("eval", "1", "-o", str(tmp_path), exit=4).stderr


def test_a_link_is_written_through(run: Run, tmp_path: Path) -> None:
    """The file that a link names is replaced, not the link."""
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    link.symlink_to(file)
    run("eval", "2", "-o", str(link))
    assert link.is_symlink()
    assert file.read_text() == "2.0\n"


def test_colour_is_chosen(run: Run) -> None:
    """auto: not in a pipe."""
    words = ("eval", "1+1", "--format", "table", "--no-check", "--color")
    assert "\x1b[1m2\x1b[0m" in run(*words, "always").stdout
    assert "\x1b" not in run(*words, "auto").stdout
    assert "\x1b" not in run(*words, "never").stdout
    assert "\x1b[1;31m" in run("eval", "1+", "--color", "always", exit=2).stderr


def test_precision(run: Run) -> None:
    """Strings of that many digits."""
    fields = json.loads(run("grad", "sin(x)", "--at", "x=1", "--precision", "40", "--format", "json").stdout)
    assert fields["gradient"]["x"].startswith("0.540302305868139717400936607442976603")
    assert run("eval", "0.1", "--precision", "30").stdout == "0.100000000000000000000000000000\n"


def test_ops_lists_the_table(run: Run) -> None:
    """By name, alias, symbol or a part of a name; as text, table, JSON, CSV and Markdown."""
    assert run("ops", "ln").stdout == "log\tln\tlog(x)\t1/x\tx > 0\t\t\n"
    assert run("ops", "^").stdout.startswith("pow\t\tx ^ y\t∂/∂x: y*x^(y - 1), ∂/∂y: v*log(x)\t")
    assert [line.split("\t")[0] for line in run("ops", "arctan").stdout.splitlines()] == ["atan"]
    assert [line.split("\t")[0] for line in run("ops", "TANH").stdout.splitlines()] == ["tanh"]
    assert {"tanh", "atanh"} <= {line.split("\t")[0] for line in run("ops", "anh").stdout.splitlines()}
    fields = json.loads(run("ops", "atan2", "--format", "json").stdout)
    assert fields["operations"][0]["arguments"] == ["y", "x"]
    assert list(fields["operations"][0]["partials"]) == ["y", "x"]
    assert fields["operations"][0]["kink"] == "y == 0 and x < 0"
    assert run("ops", "log", "--format", "csv").stdout.startswith("name,also,operation,derivative,")
    assert "| log  | ln   | log(x)    | 1/x" in run("ops", "log", "--format", "markdown").stdout
    assert run("ops", "cumsum").stdout == "cumsum\t\tcumsum(x)\t\t\t\tx[1], x[1] + x[2], …\n"
    assert run("ops", "besselJ").stdout.startswith("besselj\t")
    assert run("ops", "struve function").stdout.startswith("struveh\t")
    done = run("ops", "tang", exit=2)
    assert done.stderr == "adcli: error: there is no operation 'tang'\n  hint: did you mean tan or tanh or atan?\n"


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_table_of_operations_fits(run: Run, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    """Every row, in sections, within the terminal."""
    from adcli.language.catalogue import catalogue
    from adcli.render.screen import width_of

    monkeypatch.setenv("COLUMNS", columns)
    text = run("ops", "--format", "table").stdout
    lines = text.splitlines()
    assert max(map(width_of, lines)) <= int(columns)
    for entry in catalogue():
        assert any(line.startswith(entry.call) for line in lines), entry
    derivatives = next(line for line in lines if line.startswith("operation")).index("derivative")
    assert derivatives < 40
    groups = [group for group in dict.fromkeys(entry.group for entry in catalogue()) if group]
    assert [line for line in lines if line in groups] == groups


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run: Run, shell: str) -> None:
    """A script that calls adcli back."""
    assert "_ADCLI_COMPLETE" in run("completion", shell).stdout
    assert "did you mean fish?" in run("completion", "fsh", exit=2).stderr


def test_completion_knows_commands_options_and_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell is told."""
    from click.shell_completion import BashComplete

    complete = BashComplete(main, {}, "adcli", "_ADCLI_COMPLETE")

    def offered(args: list[str], incomplete: str) -> list[str]:
        return [item.value for item in complete.get_completions(args, incomplete)]

    assert offered([], "j") == ["jacobian", "jvp"]
    assert offered(["grad", "x^2"], "--mo") == ["--mode"]
    assert offered(["grad", "x^2", "--mode"], "f") == ["fwd", "forward"]
    assert offered(["completion"], "") == ["bash", "zsh", "fish"]


def test_version(run: Run) -> None:
    """In the first line; then Python's, and those of the packages that it works with."""
    from adcli import __version__

    first, python, *packages = run("--version").stdout.splitlines()
    assert first == f"adcli, version {__version__}"
    assert python.startswith(f"Python {platform.python_version()} ")
    for name in ("sympy", "mpmath"):
        assert f"{name} {metadata.version(name)}" in packages[0]
    extras = {line.partition(":")[0] for line in packages[1:]}
    assert extras <= {*["graph", "plot", "data", "fast", "proof", "browser", "cloud", "dask", "ray", "spark"]}


def test_adcli_alone_shows_what_there_is(run: Run) -> None:
    """Every command with a sentence."""
    text = run().stdout
    for name in COMMANDS:
        assert f"\n  {name} " in text
    assert text == run("--help").stdout == run("-h").stdout


def commands() -> list[click.Command]:
    """Every command."""
    found = [main.get_command(click.Context(main), name) for name in COMMANDS]
    return [command for command in found if command is not None]


@pytest.mark.parametrize("command", commands(), ids=lambda command: str(command.name))
def test_help_shows_examples_before_options(run: Run, command: click.Command) -> None:
    """Each option is explained; examples come first."""
    text = run(str(command.name), "--help").stdout
    assert text.index("Examples:") < text.index("Options:")
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, param.name
            assert param.opts[-1] in text
    if isinstance(command, FormulaCommand):
        assert f"\n  adcli {command.name} " in text


EXAMPLES = [line for command in commands() for line, _ in getattr(command, "examples", ())]


@pytest.mark.parametrize("line", [line for line in EXAMPLES if "completion" not in line])
def test_every_example_of_the_help_works(run: Run, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is printed, in a folder that has the files it names; what is piped into another command too."""
    (tmp_path / "model.ad").write_text("x = r*cos(t)\ny = r*sin(t)\nx, y\n")
    (tmp_path / "point.json").write_text('{"r": 2, "t": 0}')
    (tmp_path / "table.csv").write_text("name,value\nv1,0.693\n")
    (tmp_path / "rows.csv").write_text("S,T\n100,1\n90,0.5\n")
    (tmp_path / "runs.csv").write_text("V,I,u_V,x,y\n5,0.02,0.003,1,2.1\n4,0.01,0.003,2,3.9\n3,0.01,0.002,3,6.2\n")
    for name, answer in (("f.py", "x*x*y"), ("df.py", "json.dumps({'x': 2*x*y, 'y': x*x})")):
        loop = "for line in sys.stdin:\n    x, y = json.loads(line).values()\n"
        (tmp_path / name).write_text(f"import json, sys\n{loop}    print({answer}, flush=True)\n")
    for name in ("helmholtz.ad", "mlp.ad", "mlp.json"):
        shutil.copy(Path(__file__).parents[2] / "examples" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    piped = None
    for part in line.split(" | "):
        program, *words = shlex.split(part)
        assert program == "adcli"
        if any(word.endswith((".png", ".svg", ".html")) for word in words):
            pytest.importorskip("pygraphviz" if words[0] in ("graph", "explore") else "matplotlib")
        piped = run(*words, input=piped).stdout
        assert piped or "-o" in words


def test_explained_steps_have_one_line_between_their_parts(run: Run) -> None:
    """And none at the end that is doubled."""
    text = run("diff", "x^2*sin(x)", "--explain", "--format", "table").stdout
    assert "✓" in text
    assert "\n\n\n" not in text


def test_a_converted_formula_is_a_line_and_its_json_has_none_too_many(run: Run) -> None:
    """The text for a shell ends in a newline, the field does not."""
    assert run("convert", "x^2", "--to", "latex").stdout == "x^{2}\n"
    assert json.loads(run("convert", "x^2", "--to", "latex", "--format", "json").stdout)["formula"] == "x^{2}"


def test_what_has_no_derivative_of_its_own_has_no_such_column(run: Run) -> None:
    """A function of arrays is told by what it is, and not by that of its neighbour in the table."""
    text = run("ops", "logdet", "--format", "table").stdout
    assert "derivative" not in text
    assert "the logarithm of the determinant" in text
