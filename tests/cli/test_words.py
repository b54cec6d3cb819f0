"""The words of the command line are understood as people mean them, or refused with what to write instead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from calling import Run

from adcli.render import FORMATS, WORDED

X = ("--at", "x=2")


@pytest.mark.parametrize("word", ["FWD", "Forward", "tangent", "REV", "backward", "adjoint", "Auto"])
def test_modes_have_several_names(run: Run, word: str) -> None:
    """In capitals, and as other tools call them."""
    mode = json.loads(run("grad", "x^2", *X, "--mode", word, "--format", "JSON").stdout)["mode"]
    assert mode == ("forward" if word[0] in "Ft" else "reverse")


def test_an_error_is_json_whatever_the_capitals(run: Run) -> None:
    """Who asks for JSON gets JSON, also where nothing else is understood."""
    assert json.loads(run("grad", "x^", "--format", "JSON", exit=2).stderr)["error"]["kind"] == "syntax"


def test_a_format_that_is_not_there_lists_those_that_are(run: Run) -> None:
    """And who draws pictures."""
    error = run("trace", "x", *X, "--format", "svg", exit=2).stderr
    assert f"it is one of {', '.join(WORDED)}, html" in error
    assert "`adcli graph` draws pictures" in error


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("f(x,y)", "a function is defined in front: f(x, y) = …"),
        ("rate(x)", "a function is defined in front: rate(x) = …"),
        ("normal_density(x)", "the normal density is normpdf"),
        ("FresnelCosine(x)", "the Fresnel cosine integral C of cos(pi*t^2/2) to x is fresnelc"),
        ("int(x)", "write trunc(x)"),
        ("spence(x)", "write dilog(1 - x)"),
        ("SI(x)", "did you mean Si?"),
        ("tg(x)", "write tan(x)"),
        ("average(x)", "write mean(x)"),
    ],
)
def test_a_function_that_is_not_there_is_no_product(run: Run, text: str, hint: str) -> None:
    """A longer word before a bracket, or two arguments, are meant as a call."""
    error = run("grad", text, *X, exit=2).stderr
    assert error.endswith(f"hint: {hint}\n")


def test_a_variable_before_a_bracket_may_be_a_product(run: Run) -> None:
    """A letter, or a name that has a value."""
    for text in ("a(x+1)", "rate = 3; rate(x+1)"):
        name = text.split("(")[0].split()[-1]
        assert f"hint: to multiply, write {name}*(x+1); " in run("grad", text, *X, exit=2).stderr


@pytest.mark.parametrize(
    ("familiar", "written", "x", "value"),
    [
        ("spence(0.3)", "dilog(1 - x)", 0.3, 0.8893776242860387),
        ("trigamma(2)", "polygamma(1, x)", 2, 0.6449340668482264),
        ("dawsn(1)", "sqrt(pi)/2*exp(-x^2)*erfi(x)", 1, 0.5380795069127684),
        ("comp_ellint_1(0.5)", "elliptic_k(x^2)", 0.5, 1.685750354812596),
        ("ellint_2(0.5, x)", "elliptic_e(x, 0.5^2)", 1, 0.9648764542686274),
    ],
)
def test_what_is_offered_instead_is_the_same(run: Run, familiar: str, written: str, x: float, value: float) -> None:
    """The formulas of the hints give the functions' values."""
    assert float(run("eval", written, "--at", f"x={x}").stdout) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(("text", "place"), [("2,5*x", "2,5"), ("1,000*x", "1,000"), ("x+1,000*2", "1,000")])
def test_a_decimal_comma_is_no_second_output(run: Run, text: str, place: str) -> None:
    """Two outputs of which the second begins with a figure have a blank between them."""
    error = json.loads(run("jacobian", text, *X, "--format", "json", exit=2).stderr)["error"]
    assert text[slice(*error["span"])] == place
    run("jacobian", text.replace(",", ", ").replace(" 0", " 1"), *X)


def test_two_outputs_may_stand_close_together(run: Run) -> None:
    """Where the first is no bare number."""
    assert run("jacobian", "x^2,3*x", *X).stdout == "4.0\n3.0\n"


def test_a_dash_that_a_text_program_has_made_of_a_minus_is_one(run: Run) -> None:
    """In formulas and in values; quotation marks are pointed at."""
    assert run("eval", "x–1", "--at", "x=–2").stdout == "-3.0\n"
    assert "a formula has none" in run("eval", "“x”", *X, exit=2).stderr


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "Infinity"])
def test_a_value_that_is_not_finite_is_shown(run: Run, value: str) -> None:
    """With its place."""
    error = run("eval", "x", "--at", f"x={value}", exit=2).stderr
    assert f"\n  x = {value}\n      {'^' * len(value)}\n" in error


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["x1*x2", "--at", "x1=2", "x2=5"], "if that is meant as a value, give one with --at x2=…"),
        (["x1*x2", "--at", "x1=2,", "x2=5"], "without blanks, or in quotes: --at 'x1=…, …'"),
        (["x", "--at", "x=2,5"], "a list is written in brackets, --at x=[1,2], and a decimal with a point"),
    ],
)
def test_values_that_the_shell_has_cut_apart_are_seen(run: Run, words: list[str], hint: str) -> None:
    """A blank after a comma, a blank instead of one, a comma for a point."""
    assert hint in run("eval", *words, exit=2).stderr


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("derivative", "grad gives a derivative's value, diff its formula"),
        ("root", "solve finds a root"),
        ("optimize", "minimize finds a minimum"),
        ("language", "`adcli help language` is the page on it"),
    ],
)
def test_commands_that_are_not_there_have_relatives(run: Run, word: str, hint: str) -> None:
    """What is looked for is found under another name."""
    assert hint in run(word, exit=2).stderr


@pytest.fixture
def point(tmp_path: Path) -> str:
    """A file with a point."""
    file = tmp_path / "point.json"
    file.write_text('{"x": [1, 2], "y": 3}')
    return f"@{file}"


@pytest.mark.parametrize(
    ("values", "product"),
    [
        (["POINT"], 6),
        (["POINT", "y=5"], 10),
        (["y=5", "POINT"], 6),
        (["POINT", "x=[7,8]"], 168),
        (["POINT", "x[1]=7"], 42),
        (["POINT", "POINT"], 6),
    ],
)
def test_a_point_in_a_file_may_be_varied(run: Run, point: str, values: list[str], product: int) -> None:
    """Of the file and of what the command line says, the later value counts."""
    at = [word for value in values for word in ("--at", value.replace("POINT", point))]
    assert float(run("eval", "x[1]*x[2]*y", *at).stdout) == product


def test_two_values_on_the_command_line_contradict_each_other(run: Run) -> None:
    """Nobody can know which is meant."""
    assert "--at gives y a value twice" in run("eval", "y", "--at", "y=1", "--at", "y=2", exit=2).stderr


@pytest.mark.parametrize("command", ["eval", "grad", "trace", "graph", "compare", "hessian"])
def test_an_output_asks_only_for_the_values_that_it_needs(run: Run, command: str) -> None:
    """What other outputs need may be left out, or given."""
    program = ("a = x*y; b = y*z; a, b", "--output", "a")
    run(command, *program, "--at", "x=2,y=3")
    run(command, *program, "--at", "x=2,y=3,z=1")
    assert "y has no value" in run("eval", *program, "--at", "x=2", exit=2).stderr


EVIL = "\x1b]0;title\x07\u202e\u2066"


@pytest.mark.parametrize("format", ["dot", "svg"])
def test_a_picture_has_no_controls(run: Run, format: str) -> None:
    """Nor has one that is drawn of a program with them."""
    if format == "svg":
        pytest.importorskip("pygraphviz")
    drawn = run("graph", f"y = sin(x) # {EVIL}", *X, "--format", format).stdout
    assert "sin" in drawn
    assert not {"\x1b", "\x07", "\u202e", "\u2066"} & set(drawn)


@pytest.mark.parametrize("format", ["table", "plain", "markdown", "latex", "html"])
def test_controls_are_shown_and_never_obeyed(run: Run, tmp_path: Path, format: str) -> None:
    """Escapes of terminals and marks of direction, in formulas and in names of files; errors too."""
    done = run("trace", f"x # {EVIL}", *X, "--format", format)
    assert not set(EVIL) & {"\x1b", "\x07", "\u202e", "\u2066"} & set(done.stdout)
    file = tmp_path / f"a{EVIL}.ad"
    file.write_text(f"x + {EVIL}")
    error = run("eval", "-f", str(file), *X, exit=2).stderr
    assert not {"\x1b", "\x07", "\u202e", "\u2066"} & set(error)
    assert "⟨U+202E⟩" in error
    line, caret = error.splitlines()[-2:]
    assert line.index("⟨U+001B⟩") == caret.index("^")


def test_json_escapes_what_cannot_be_seen(run: Run) -> None:
    """And it is read back as it was."""
    for format in ("json", "JSON"):
        done = run("grad", f"x # {EVIL}", *X, "--format", format)
        assert done.stdout.strip().isprintable()
        assert json.loads(done.stdout)["expr"] == [f"x # {EVIL}"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["grad", "abs(x)", "--at", "x=0"], 0),
        (["grad", "log(x)", "--at", "x=-1"], 3),
        (["grad", "x+"], 2),
        (["grad", "-f", "nowhere.ad"], 4),
        (["compare", "x^2", "--at", "x=2", "--manual", "x=x^3"], 1),
        (["derive", "x^2", "--optimize"], 0),
    ],
)
def test_messages_that_nobody_can_read_cost_no_exit_code(words: list[str], status: int) -> None:
    """A full standard error loses warnings and errors, but not the answer and not the status."""
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "adcli", *words], stdout=subprocess.DEVNULL, stderr=full)
    assert done.returncode == status


def test_a_message_quotes_no_megabyte(run: Run) -> None:
    """Long words lose their middle, in every message."""
    name = "y" * 100_000
    for words in (["grad", "x", *X, "--wrt", name], ["grad", "x", "--at", f"x=1,{name}=1"], [name], ["ops", name]):
        error = run(*words, exit=2).stderr
        assert len(error) < 2_500
        assert "yyy…yyy" in error


@pytest.mark.parametrize("precision", [[], ["--precision", "20"]])
def test_literals_may_have_any_number_of_digits(run: Run, precision: list[str]) -> None:
    """Python's own limit is 4,300."""
    third = "0." + "3" * 5_000
    for words in ([f"3*{third}"], ["3*x", "--at", f"x={third}"], [f"3*(-{third})*(-1)"]):
        assert float(run("eval", *words, *precision, "--check").stdout) == 1
    sevens = "7" * 5_000
    value = run("eval", f"{sevens}*1e-5000", "--precision", "20").stdout
    assert float(value) == pytest.approx(7 / 9, rel=1e-15)
    assert "needs a finite number" in run("eval", "x", "--at", f"x={sevens}", exit=2).stderr


@pytest.mark.parametrize(("syntax", "text"), [("latex", r"\log{x}"), ("mathematica", "Log[x]")])
def test_spans_of_other_notations_count_in_their_own_text(run: Run, syntax: str, text: str) -> None:
    """That which JSON shows."""
    words = ("grad", text, "--syntax", syntax, "--format", "json")
    error = json.loads(run(*words, "--at", "x=-1", exit=3).stderr)["error"]
    assert text[slice(*error["span"])] == text
    result = json.loads(run("grad", "2 |x|", "--syntax", "latex", "--format", "json", "--at", "x=0").stdout)
    assert result["expr"][0][slice(*result["warnings"][0]["span"])] == "|x|"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.txt", "v0\tv1\t4.0"),
        ("a.json", '{"schema": 1'),
        ("a.dot", "digraph"),
        ("a.mmd", "flowchart"),
        ("a.SVG", "<svg"),
        ("a", "v0\tv1"),
    ],
)
def test_the_name_of_a_file_says_its_format(run: Run, tmp_path: Path, name: str, begins: str) -> None:
    """As it does everywhere else; without an ending it is that of a pipe."""
    if name.endswith("SVG"):
        pytest.importorskip("pygraphviz")
    run("graph", "x^2", *X, "-o", str(tmp_path / name))
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("command", "name", "format"),
    [
        ("grad", "a.csv", "csv"),
        ("grad", "a.md", "markdown"),
        ("grad", "a.tex", "latex"),
        ("trace", "a.html", "html"),
        ("compare", "a.md", "markdown"),
        ("derive", "a.ad", "plain"),
    ],
)
def test_every_command_writes_files_so(run: Run, tmp_path: Path, command: str, name: str, format: str) -> None:
    """The file has what --format prints; what is asked for in words wins."""
    run(command, "x^2", *X, "-o", str(tmp_path / name))
    first = run(command, "x^2", *X, "--format", format).stdout.splitlines()[0]
    assert (tmp_path / name).read_text(encoding="utf-8").splitlines()[0] == first
    run(command, "x^2", *X, "-o", str(tmp_path / name), "--format", "json")
    assert json.loads((tmp_path / name).read_text(encoding="utf-8"))["command"] == command


@pytest.mark.parametrize("name", ["a.png", "a.xyz", "a.html"])
def test_a_file_that_nobody_can_write_lists_what_there_is(run: Run, tmp_path: Path, name: str) -> None:
    """And nothing is written."""
    error = run("grad", "x^2", *X, "-o", str(tmp_path / name), exit=2).stderr
    assert f"there are {', '.join(filter(None, FORMATS.values()))}; --format says another" in error
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trace", "-", *X, "--grade", "-"], "which cannot hold the formula too"),
        (["trace", "x", "--at", "@-", "--grade", "-"], "which cannot hold the values of @- too"),
        (["trace", *X, "--grade", "-"], "which cannot hold the formula too"),
        (["eval", "-", "-", *X], "which cannot hold the formula too"),
        (["trace", "x", *X, "--grade", ""], "--grade needs the name of a file"),
        (["compare", "x", *X, "--steps", "--plot", ""], "--plot needs the name of a file"),
        (["cost", "--chain", "3,2", "--wrt", "x"], "leave out --wrt"),
        (["cost", "--chain", "3,2", "--precision", "20"], "leave out --precision"),
        (["cost", "x", "--growth", "n=1..3", "--at", "x=1"], "leave out --at"),
        (["trace", "x", *X, "--step", "--format", "csv"], "leave out --format and -o"),
    ],
)
def test_what_would_be_ignored_is_refused(run: Run, words: list[str], said: str) -> None:
    """A second reader of standard input, a name that is empty, options without effect."""
    assert said in run(*words, input="", exit=2).stderr


def test_a_correction_is_written_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    """To the file, in its format."""
    table, target = tmp_path / "table.csv", tmp_path / "marks.json"
    table.write_text("name,value\nv0,2\nv1,4\n")
    words = ("trace", "x^2", *X, "--grade", str(table))
    assert run(*words, "-o", str(target)).stdout == ""
    assert json.loads(target.read_text())["right"] is True
    assert "not as csv" in run(*words, "--format", "csv", exit=2).stderr
    assert "leave out --rows" in run(*words, "--rows", "1:2", exit=2).stderr


def test_a_table_has_its_answer_before_its_check(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is there whatever becomes of the check."""

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("adcli.crosscheck.check", fail)
    done = run("grad", "x^2", *X, "--format", "table", exit=2)
    assert "∂f/∂x   4" in done.stdout
    assert "more memory than there is" in done.stderr


def test_colours_may_be_forced(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe by FORCE_COLOR; NO_COLOR is stronger, and 0 is no."""
    words = ("grad", "x^2", *X, "--format", "table")
    for forced, refused, coloured in (("1", "", True), ("0", "", False), ("", "", False), ("1", "1", False)):
        monkeypatch.setenv("FORCE_COLOR", forced)
        monkeypatch.setenv("NO_COLOR", refused)
        assert ("\x1b[" in run(*words).stdout) is coloured


@pytest.mark.parametrize("format", ["table", "markdown", "latex"])
@pytest.mark.parametrize(
    ("text", "at", "name"),
    [("u = x^2; u*3", "x=2", "f"), ("x*f", "x=2,f=3", "F"), ("f(z) = z^2; f(x)", "x=2", "F"), ("y^2", "y=2", "f")],
)
@pytest.mark.parametrize("command", ["grad", "trace", "compare", "paths"])
def test_an_output_without_a_name_has_one_in_an_answer(
    run: Run, command: str, text: str, at: str, name: str, format: str
) -> None:
    """People read f, or what is free; programs y."""
    shown = run(command, text, "--at", at, "--format", format).stdout
    assert not any(wrong in shown for wrong in ("∂y/", r"\partial y /", r"\partial y}{"))
    if (command, format) != ("compare", "latex"):  # which has no column of derivatives
        assert any(right in shown for right in (f"∂{name}/", rf"\partial {name}", f"| {name} "))
    done = run("eval", text, "--at", at, "--format", "json")
    assert json.loads(done.stdout)["outputs"] == ["y"]


def test_warnings_call_an_output_as_the_table_does(run: Run) -> None:
    """Of what is lost to cancellation, and of what the check finds."""
    done = run("grad", "exp(x)-exp(x)*(1-1e-15)", "--at", "x=30", "--format", "table")
    assert "digit of f is right" in done.stdout
    assert "SymPy agrees" in done.stdout
    failed = run("compare", "x^2", *X, "--manual", "x=3*x", "--format", "table", exit=1)
    assert "∂f/∂x by hand is 3*x, here 6, and should be 4" in failed.stdout


SCATTERED = ("b*x[2]*x[10] + x[1]*a", "x[3]")
ORDER = ["b", "x[1]", "x[2]", "x[3]", "x[10]", "a"]


def test_inputs_have_one_order_everywhere(run: Run) -> None:
    """That of their first appearance, with the elements of one name by their index."""
    import adcli

    assert json.loads(run("sparsity", *SCATTERED, "--format", "json").stdout)["inputs"] == ORDER
    assert json.loads(run("derive", *SCATTERED, "--format", "json").stdout)["inputs"] == ORDER
    assert list(adcli.compile(SCATTERED[0], engine="python").inputs) == [name for name in ORDER if name != "x[3]"]
    sparsity = run("sparsity", *SCATTERED, "--format", "csv").stdout.splitlines()
    assert sparsity[0] == "row,column,sweep,row_name,column_name"
    assert {line.split(",", 3)[3] for line in sparsity[1:]} >= {"y1,x[10]", "x[3],x[3]"}
    values = "b=1,a=2,x[1]=1,x[2]=2,x[3]=3,x[10]=4"
    sparse = run("jacobian", *SCATTERED, "--at", values, "--sparse", "--format", "csv", "--wrt", ",".join(ORDER)).stdout
    assert [line.split(",")[:2] for line in sparse.splitlines()[1:]] == [line.split(",")[:2] for line in sparsity[1:]]
    assert "0,4,2.0,y1,x[10]" in sparse


@pytest.mark.parametrize(
    ("program", "name"),
    [("y = x^2; (y-1)^2", "f"), ("y = x^2; y", "y"), ("f = x^2; f + 1", "F"), ("y = x^2; y + 0", "f")],
)
def test_an_output_without_a_name_is_never_called_as_a_variable(run: Run, program: str, name: str) -> None:
    """Also where the program assigns the y that it would have in JSON."""
    assert f"∂{name}/∂x" in run("grad", program, *X, "--format", "table").stdout


def test_a_difference_is_written_as_one(run: Run) -> None:
    """In derivative programs, which say the same."""
    program = run("derive", "x - 2*sin(x)").stdout
    assert program == "d_x = 1 - 2*cos(x)\n"
    assert run("eval", "-", *X, input=program).stdout == run("grad", "x - 2*sin(x)", *X, "--format", "value").stdout
