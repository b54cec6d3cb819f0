"""Which words are options, which are formulas, and where the program's text comes from."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import Run


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["-x^2", "--at", "x=3"], "-9.0"),
        (["--at", "x=3", "-x^2"], "-9.0"),
        (["-cos(x)", "--at", "x=0"], "-1.0"),
        (["--x*-y", "--at", "x=2,y=3"], "-6.0"),
        (["--at=x=-2", "x^3"], "-8.0"),
        (["x^3", "--at", "x=-2"], "-8.0"),
        (["-1"], "-1.0"),
        (["-f+1", "--at", "f=2"], "-1.0"),
        (["-x", "--at", "x=1"], "-1.0"),
        (["--at", "x=1", "--", "-x"], "-1.0"),
        (["--at", "f=1", "--", "-f"], "-1.0"),
        (["-h*2", "--at", "h=1"], "-2.0"),
        (["a=x+1", "a*a", "--at", "x=1"], "4.0"),
        (["--at", "-", "x"], None),
    ],
)
def test_formulas_may_begin_with_a_minus(run: Run, words: list[str], value: str | None) -> None:
    """Short options are whole words, long ones look like words; everything else is a formula."""
    done = run("eval", *words, exit=2 if value is None else 0)
    if value is None:
        assert "'-' is no NAME=VALUE" in done.stderr
    else:
        assert done.stdout == value + "\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x", "--mdoe", "fwd"], "there is no option --mdoe\n  hint: did you mean --mode?"),
        (["x", "--mdoe=fwd"], "there is no option --mdoe\n  hint: did you mean --mode?"),
        (["x", "--xyzzy"], "there is no option --xyzzy\n  hint: `adcli grad --help` shows the options"),
        (["x", "--no-chek"], "there is no option --no-chek\n  hint: did you mean --no-check?"),
        (["x", "--prec", "20"], "there is no option --prec\n  hint: did you mean --precision?"),
        (["x", "--allow"], "there is no option --allow\n  hint: did you mean --allow-unused?"),
        (["x", "--at"], "--at needs a value\n  hint: `adcli grad --help` shows the options"),
        (["x", "--at", "--mode", "fwd"], "--at needs a value\n  hint: `adcli grad --help` shows the options"),
        (["x", "-f"], "-f needs a value\n  hint: `adcli grad --help` shows the options"),
        (["x", "--check=yes"], "--check takes no value\n  hint: `adcli grad --help` shows the options"),
        (["x", "--mode", "fwrd"], "--mode cannot be 'fwrd'\n  hint: did you mean fwd?"),
        (["x", "--format", "yaml"], "--format cannot be 'yaml'\n  hint: it is one of table, plain, value, json, "),
        (["x", "--digits", "0"], "--digits is a whole number from 1 to 17, not '0'"),
        (["x", "--digits", "-3"], "--digits is a whole number from 1 to 17, not '-3'"),
        (["x", "--precision", "1e3"], "--precision is a whole number from 1 to 10000, not '1e3'"),
        (["x", "--precision", "9" * 30], "--precision is a whole number from 1 to 10000, not '999"),
    ],
)
def test_a_slip_in_an_option_gets_advice(run: Run, words: list[str], message: str) -> None:
    """It is quoted, and what was meant is guessed."""
    assert run("grad", *words, exit=2).stderr.startswith(f"adcli: error: {message}")


def test_only_options_that_are_near_are_suggested(run: Run) -> None:
    """The dashes, which all of them begin with, make none of them near."""
    said = run("cost", "--no-check", exit=2).stderr
    assert said == "adcli: error: there is no option --no-check\n  hint: `adcli cost --help` shows the options\n"


@pytest.mark.parametrize("formula", ["--x", "--x1", "--x-y"])
def test_a_formula_that_looks_like_an_option_gets_advice(run: Run, formula: str) -> None:
    """Behind a -- alone, every word is a formula."""
    said = run("eval", formula, "--at", "x=2,x1=2,y=0", exit=2).stderr
    assert said.endswith("; a formula that begins with -- goes to the end, behind a -- alone\n")
    at = {"--x": "x=2", "--x1": "x1=2", "--x-y": "x=2,y=0"}[formula]
    assert run("eval", "--at", at, "--", formula).stdout == "2.0\n"
    assert "formula" not in run("eval", "--x=3", exit=2).stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gradient", "x"], "there is no command 'gradient'\n  hint: did you mean grad?"),
        (["hess", "x"], "there is no command 'hess'\n  hint: did you mean hessian?"),
        (["grd", "x"], "there is no command 'grd'\n  hint: did you mean grad?"),
        (["x^2", "--at", "x=1"], "there is no command 'x^2'\n  hint: the command comes first, for instance: "),
        (["xyzzy"], "there is no command 'xyzzy'\n  hint: the commands are eval, grad, "),
        (["--verison"], "there is no option --verison here\n  hint: did you mean --version?"),
        (["--at", "x=1", "grad"], "there is no option --at here\n  hint: the command comes first"),
        (["ops", "a", "b"], "got unexpected extra argument (b)\n  hint: `adcli ops --help` shows the options"),
        (["completion"], "completion needs the name of a shell\n  hint: it is one of bash, zsh, fish"),
    ],
)
def test_a_slip_in_a_command_gets_advice(run: Run, words: list[str], message: str) -> None:
    """So does a missing one."""
    assert run(*words, exit=2).stderr.startswith(f"adcli: error: {message}")


def test_the_formula_may_be_piped(run: Run) -> None:
    """Where no EXPR is given, or where - stands for it."""
    assert run("grad", "--at", "x=3", input="x^2\n").stdout == "x\t6.0\n"
    assert run("grad", "-", "--at", "x=3", input="x^2").stdout == "x\t6.0\n"
    assert run("grad", "-f", "-", "--at", "x=3", input="x^2").stdout == "x\t6.0\n"
    assert run("eval", "a=x", "-", "--at", "x=3", input="a+1").stdout == "4.0\n"
    assert run("eval", "x", "--at", "x=3", input="never read").stdout == "3.0\n"


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_an_empty_pipe_is_an_error(run: Run, text: str) -> None:
    """With the help that a first call needs."""
    assert run("grad", "--at", "x=1", input=text, exit=2).stderr == (
        "adcli: error: standard input is empty\n"
        '  adcli grad "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5\n'
        "  hint: `adcli grad --help` shows more\n"
    )


def test_values_may_be_piped(run: Run) -> None:
    """`@-` is a JSON object on standard input."""
    assert run("eval", "x*y", "--at", "@-", "--at", "y=2", input='{"x": 3}').stdout == "6.0\n"
    assert run("jvp", "x^2", "--at", "x=3", "--tangent", "@-", input='{"x": 2}').stdout.endswith("12.0\n")
    assert (
        "standard input: x: there is no function"
        in run("eval", "x", "--at", "@-", input='{"x": "f(1)"}', exit=4).stderr
    )
    assert "standard input: no JSON" in run("eval", "x", "--at", "@-", exit=4).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "@-"], "@- reads the values from standard input, which cannot hold the formula too"),
        (["-", "--at", "@-"], "@- reads the values from standard input, which cannot hold the formula too"),
        (["x", "--at", "@-", "--let", "@-"], "standard input, which cannot hold those of another @- too"),
        (
            ["x", "--data", "-", "--at", "@-"],
            "--data - reads the rows from standard input, which cannot hold the values",
        ),
        (["--data", "-"], "--data - reads the rows from standard input, which cannot hold the formula too"),
    ],
)
def test_standard_input_holds_one_thing(run: Run, words: list[str], said: str) -> None:
    """What is read once is gone."""
    assert said in run("grad", *words, input='{"x": 3}', exit=2).stderr


def test_a_terminal_is_never_waited_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a formula, short help and exit 2."""
    monkeypatch.setattr("adcli.cli.sources.is_terminal", lambda stream: True)
    done = run("jvp", exit=2)
    assert done.stdout == ""
    assert done.stderr.startswith('adcli: error: adcli jvp needs a formula\n  adcli jvp "ln(x1)')


def test_a_file_holds_the_program(run: Run, tmp_path: Path) -> None:
    """With any line ends and a byte order mark; more formulas may follow as arguments."""
    file = tmp_path / "model.ad"
    file.write_bytes(b"\xef\xbb\xbf# polar\r\nx = r*cos(t)\r\ny = r*sin(t)\r\nx, y\r\n")
    assert run("eval", "-f", str(file), "--at", "r=2,t=0").stdout == "2.0\n0.0\n"
    assert run("eval", "-f", str(file), "x+1", "--at", "r=2,t=0").stdout == "2.0\n0.0\n3.0\n"
    more = tmp_path / "more.ad"
    more.write_text("x*y\n")
    assert run("eval", "-f", str(file), "-f", str(more), "--at", "r=2,t=0").stdout == "2.0\n0.0\n0.0\n"


def test_files_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    """Exit 4, with the reason."""
    missing, binary = tmp_path / "missing.ad", tmp_path / "binary.ad"
    assert run("eval", "-f", str(missing), exit=4).stderr == (
        f"adcli: error: cannot read {missing}: no such file or directory\n"
    )
    assert "is a directory" in run("eval", "-f", str(tmp_path), exit=4).stderr
    binary.write_bytes(b"x +\n\xff")
    assert f"{binary} is no UTF-8 text: line 2 has the byte 0xff" in run("eval", "-f", str(binary), exit=4).stderr
    assert "standard input is no UTF-8 text" in run("eval", input=b"\xff", exit=4).stderr
    assert "cannot read" in run("eval", "x", "--at", f"@{missing}", exit=4).stderr
    assert "cannot read" in run("eval", "-f", "a\0b", exit=4).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grad", "x", "--at", "x=1", "--wrt", ""], "--wrt names nothing"),
        (["grad", "y=x", "--at", "x=1", "--output", ","], "--output names nothing"),
        (["grad", "x", "--at", "x=1", "-o", ""], "-o needs the name of a file, and this one is empty"),
        (["grad", "-f", "", "--at", "x=1"], "-f needs the name of a file, and this one is empty"),
        (["cost", "x", "--growth", "n=1..2", "--plot", ""], "--plot needs the name of a file, and this one is empty"),
        (["grad", "x", "--at", "x=1", "--let", "n"], "the form is --let n=8,m=3"),
        (["grad", "Sum(x[i], (i, 1, n))", "--at", "n=3", "--let", "n=3"], "--let gives it one already"),
        (["grad", "x[1]", "--at", "x=1"], "its elements do: give it a list, x=[…]"),
        (["eval", "sin", "--at", "x=1"], "the function is written sin(x)"),
        (["eval", "f(x) = x^2; f", "--at", "x=1"], "to call the function, write f(…)"),
    ],
)
def test_what_is_empty_or_in_the_wrong_place_is_told_so(run: Run, words: list[str], said: str) -> None:
    """A shell's variable that is empty means no default, and what is wrong comes before what follows from it."""
    assert said in run(*words, exit=2).stderr


def test_numbers_without_names_may_stand_in_brackets(run: Run) -> None:
    """A direction or weights as the list that they are."""
    assert run("jvp", "x[1]*x[2]", "--at", "x=[1,2]", "--tangent", "[1,2]").stdout == "4.0\n"
    assert run("vjp", "x", "x^2", "--at", "x=1", "--cotangent", "[1,2]").stdout == "x\t5.0\n"


def test_values_are_given_to_every_name_of_the_language(run: Run) -> None:
    """Also with an accent of its own character, or an underscore in front."""
    assert run("eval", "x\u0302+_a", "--at", "x\u0302=2,_a=3").stdout == "5.0\n"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--engine", "numpy"], "--engine is"),
        (["--engine", "auto"], "--engine is"),
        (["--threads", "2", "--line-buffered"], "--threads and --line-buffered are"),
        (["--status", "--keep", "none"], "--keep and --status are"),
        (["--column", "x=a"], "--column is"),
        (["--on-error", "skip"], "--on-error is"),
        (["--data-format=csv"], "--data-format is"),
    ],
)
@pytest.mark.parametrize("command", ["eval", "grad", "jacobian", "jvp", "vjp", "hessian"])
def test_options_for_rows_are_refused_without_rows(run: Run, command: str, words: list[str], named: str) -> None:
    """None of them is silently ignored, even where it says the default; the message says what is missing."""
    stderr = run(command, "x^2", "--at", "x=1", *words, exit=2).stderr
    assert stderr.startswith(
        f"adcli: error: {named} for the rows of files, and no --data is given\n  hint: --data FILE"
    )


@pytest.mark.parametrize("command", ["solve", "taylor", "minimize"])
def test_a_command_on_a_point_says_which_ones_are_on_rows(run: Run, command: str) -> None:
    """All that have the option, as their help shows."""
    said = run(command, "x^2", "--data", "rows.csv", exit=2).stderr
    for other in ("eval", "grad", "hvp", "uncertainty", "fit"):
        assert other in said.partition("--data: ")[2]
        assert "--data" in run(other, "--help").stdout
    assert command not in said.partition("--data: ")[2]


@pytest.mark.parametrize(
    ("value", "said"), [("range(5)", "written out: [0, 1, 2]"), ("(1,2,3)", "square brackets: [1, 2]")]
)
def test_a_list_of_another_language_is_told_how_lists_are_written(run: Run, value: str, said: str) -> None:
    """In square brackets, each number written out."""
    assert said in run("grad", "x^2", "--at", f"x={value}", exit=2).stderr
