"""`adcli trace` at the command line: its formats, its options, and the correction of tables."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from calling import Run

from adcli.render import WORDED, View
from adcli.render.screen import width_of
from adcli.render.trace import steps
from adcli.studies.trace.trace import trace

SEED = ("trace", "ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")
HARD = ("a=alpha*x_1^2; a=a/(1+exp(-a)); Piecewise((sqrt(|a|), a>0 and x_1<9),(0,True)), atan2(a,π)"
        " + 1e-7*x_1", "--at", "alpha=2,x_1=0.00001")  # fmt: skip

REVERSE = """
  forward primal trace ↓                             reverse adjoint trace ↑
  v₋₁ = x1                            = 2            ∂f/∂x1 = v̄₋₁                            = 5.5
  v₀  = x2                            = 5            ∂f/∂x2 = v̄₀                             = 1.71634
  v₁  = ln v₋₁   = ln 2               = 0.693147     v̄₋₁    = v̄₋₁ + v̄₁/v₋₁ = 5 + 1/2         = 5.5
  v₂  = v₋₁ × v₀ = 2 × 5              = 10           v̄₀     = v̄₀ + v̄₂·v₋₁  = -0.283662 + 1×2 = 1.71634
                                                     v̄₋₁    = v̄₂·v₀        = 1×5             = 5
  v₃  = sin v₀   = sin 5              = -0.958924    v̄₀     = v̄₃·cos v₀    = -1×cos 5        = -0.283662
  v₄  = v₁ + v₂  = 0.693147 + 10      = 10.6931      v̄₂     = v̄₄                             = 1
                                                     v̄₁     = v̄₄                             = 1
  v₅  = v₄ - v₃  = 10.6931 + 0.958924 = 11.6521      v̄₃     = -v̄₅                            = -1
                                                     v̄₄     = v̄₅                             = 1
  f   = v₅                            = 11.6521      v̄₅     = f̄                              = 1

"""

STACKED = """
  forward primal trace ↓
  v₋₁ = x1                            = 2
  v₀  = x2                            = 5
  v₁  = ln v₋₁   = ln 2               = 0.693147
  v₂  = v₋₁ × v₀ = 2 × 5              = 10
  v₃  = sin v₀   = sin 5              = -0.958924
  v₄  = v₁ + v₂  = 0.693147 + 10      = 10.6931
  v₅  = v₄ - v₃  = 10.6931 + 0.958924 = 11.6521
  f   = v₅                            = 11.6521

  forward tangent trace by x1 ↓
  v̇₋₁    = ẋ1                          = 1
  v̇₀     = ẋ2                          = 0
  v̇₁     = v̇₋₁/v₋₁         = 1/2       = 0.5
  v̇₂     = v̇₋₁·v₀ + v₋₁·v̇₀ = 1×5 + 2×0 = 5
  v̇₃     = v̇₀·cos v₀       = 0×cos 5   = 0
  v̇₄     = v̇₁ + v̇₂         = 0.5 + 5   = 5.5
  v̇₅     = v̇₄ - v̇₃         = 5.5 - 0   = 5.5
  ∂f/∂x1 = v̇₅                          = 5.5

"""


def test_the_adjoints_run_up_beside_the_values(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Baydin et al. 2018, table 3, at 110 columns."""
    monkeypatch.setenv("COLUMNS", "110")
    assert run(*SEED, "--mode", "rev", "--format", "table").stdout == REVERSE


def test_at_80_columns_the_traces_stand_below_each_other(run: Run) -> None:
    """Baydin et al. 2018, table 2."""
    assert run(*SEED, "--mode", "fwd", "--wrt", "x1", "--format", "table").stdout == STACKED


@pytest.mark.parametrize("columns", [50, 60, 80, 100, 160])
def test_tables_keep_within_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Long rows go on in the next line, and nothing of them is cut."""
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = run("trace", "atan2(x*sqrt(y+x), sigmoid(y))", "--at", "x=2.123456,y=5.56789", "--format", "table").stdout
    wide = [line for line in shown.splitlines() if len(re.sub("[\u0307\u0304]", "", line)) > columns]
    assert wide == []
    assert "…" not in shown


@pytest.mark.parametrize(
    ("columns", "blocks", "arrow"), [(80, 4, ", last node first"), (110, 2, " ↑"), (150, 2, " ↑"), (210, 1, " ↑")]
)
def test_both_modes_share_the_values(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: int, blocks: int, arrow: str
) -> None:
    """They are printed once, however wide the terminal is; adjoints that are not beside them run down, not ↑."""
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = run(*SEED, "--format", "table").stdout
    assert shown.count("forward primal trace ↓") == 1
    assert shown.count("\n\n") == blocks
    assert f"reverse adjoint trace{arrow}" in shown
    assert [shown.count(f"forward tangent trace by {name} ↓") for name in ("x1", "x2")] == [1, 1]
    assert max(map(width_of, shown.splitlines())) <= columns


def test_a_pipe_gets_plain_text(run: Run) -> None:
    """The tables below each other, without an end of the line."""
    shown = run(*SEED).stdout
    assert shown.startswith("forward primal trace ↓\nv₋₁ = x1 ")
    assert "\nreverse adjoint trace, last node first\nv̄₅     = ȳ " in shown


def test_json_has_exactly_the_keys_of_the_contract(run: Run) -> None:
    """What scripts rely on."""
    found = json.loads(run(*SEED, "--format", "json").stdout)
    assert list(found) == [
        "schema", "command", "expr", "at", "mode", "outputs", "values", "primal", "tangent", "adjoint", "warnings",
        "check",
    ]  # fmt: skip
    assert {tuple(row) for row in found["primal"]} == {("name", "op", "args", "formula", "value", "span")}
    assert {tuple(row) for rows in found["tangent"].values() for row in rows} == {("name", "formula", "value")}
    assert {tuple(row) for row in found["adjoint"]} == {("name", "formula", "partial", "value")}
    assert found["primal"][2] == {
        "name": "v1", "op": "log", "args": ["v-1"], "formula": "ln v-1", "value": 0.6931471805599453, "span": [0, 6],
    }  # fmt: skip


def test_json_has_a_list_per_output_where_there_are_several(run: Run) -> None:
    """One list where a cotangent combines them."""
    words = ("trace", "x^2", "x^3", "--at", "x=2", "--mode", "rev", "--format", "json")
    assert list(json.loads(run(*words).stdout)["adjoint"]) == ["y1", "y2"]
    combined = json.loads(run(*words, "--cotangent", "1,1").stdout)["adjoint"]
    assert [row["value"] for row in combined][-1] == 4 + 12


def test_json_of_one_mode_lacks_the_other(run: Run) -> None:
    """Neither null nor empty."""
    assert "adjoint" not in json.loads(run(*SEED, "--mode", "fwd", "--format", "json").stdout)
    assert "tangent" not in json.loads(run(*SEED, "--mode", "rev", "--format", "json").stdout)


def test_rows_are_limited_with_a_count(run: Run) -> None:
    """Of what is not shown."""
    assert run(*SEED, "--rows", "1:3").stdout.endswith("4 of 7 rows are not shown: 2 before v1 and 2 after v3\n")
    assert "are not shown" not in run(*SEED, "--rows", "-1:5").stdout
    found = json.loads(run(*SEED, "--rows", "1:3", "--format", "json").stdout)
    assert [row["name"] for row in found["primal"]] == ["v1", "v2", "v3"]
    assert (found["rows"], found["total"]) == ([1, 3], 7)
    for words in (("a:b",), ("1:2:3",), ("8:9",)):
        run(*SEED, "--rows", *words, exit=2)


def test_digits_are_those_asked_for(run: Run) -> None:
    """Six, unless."""
    assert "= 0.693147\n" in run(*SEED).stdout
    assert "= 0.6931\n" in run(*SEED, "--digits", "4").stdout


def test_without_unicode_there_are_letters(run: Run) -> None:
    """dv-1 and vbar-1 instead of a dot and a bar."""
    from adcli.render.trace import render

    shown = render(trace("x1*x2", {"x1": 2, "x2": 5}), "plain", View(unicode=False))
    assert "dv1    = dv-1*v0 + v-1*dv0 = 1*5 + 2*0 = 5" in shown
    assert "vbar0  = vbar1*v-1 = 1*2 = 2" in shown
    assert shown.replace("∂", "d").isascii()


def test_branches_and_versions_are_shown(run: Run) -> None:
    """Which branch and why, which value of a reassigned name."""
    shown = run("trace", "a=x; a=a*a; where(a>1, a, 0)", "--at", "x=2", "--mode", "fwd").stdout
    assert "a   v₀ = x" in shown
    assert "a′  v₁ = v₀ × v₀" in shown
    assert "v₃ = v₁, as a>1 is true" in shown


class Balanced(HTMLParser):
    """Checks that tags are closed in the order in which they are opened."""

    void = frozenset({"meta"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_is_a_page_of_its_own(run: Run) -> None:
    """Well formed, without anything from elsewhere, with the program's text as text."""
    page = run("trace", "where(x<1, x^2, <x)".replace("<x)", "x)"), "--at", "x=2", "--format", "html").stdout
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert "where(x<1, x^2, x)" in parser.words
    assert "http" not in page
    assert "v<sub>0</sub>" in page


def test_latex_tabulars_are_balanced(run: Run) -> None:
    """As many ends as beginnings, as many cells as columns."""
    shown = run("trace", *HARD, "--format", "latex").stdout
    assert shown.count(r"\begin{tabular}") == shown.count(r"\end{tabular}") == 5
    assert shown.count("{") == shown.count("}")
    assert shown.count(r"\left") == shown.count(r"\right")
    assert shown.isascii()
    assert {line.count(" & ") for line in shown.splitlines() if line.startswith("$v")} <= {3, 4}
    assert r"\frac{v_{2}}{v_{5}}" in shown
    assert r"$a'$" in shown


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("words", [SEED, ("trace", *HARD)], ids=["running formula", "hard"])
def test_latex_compiles(run: Run, words: tuple[str, ...], tmp_path: Path) -> None:
    """In a document that uses amsmath."""
    body = run(*words, "--format", "latex").stdout
    document = "\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n" + body + "\\end{document}\n"
    (tmp_path / "trace.tex").write_text(document)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "trace.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]


def test_markdown_has_a_table_for_each_trace(run: Run) -> None:
    """With a line below the head."""
    shown = run(*SEED, "--format", "markdown").stdout
    assert shown.count("| --- ") + shown.count("| ------ ") + shown.count("| ---- ") == 4
    assert "| v₂   | v₋₁ × v₀ | 2 × 5 " in shown


def test_what_csv_prints_is_graded_as_right(run: Run, tmp_path: Path) -> None:
    """A teacher's solution is a learner's perfect table."""
    shown = run(*SEED, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert list(rows[0]) == ["name", "formula", "value", "tangent_x1", "tangent_x2", "adjoint"]
    table = tmp_path / "table.csv"
    table.write_text(shown, encoding="utf-8")
    assert run(*SEED, "--grade", str(table)).stdout == "✓ all 28 entries are right; well done\n"
    assert run(*SEED, "--grade", "-", input=shown).stdout == "✓ all 28 entries are right; well done\n"


def test_a_wrong_name_is_not_counted_as_several_wrong_numbers(run: Run, tmp_path: Path) -> None:
    """Its value and its adjoint are told apart, and from entries that differ."""
    table = tmp_path / "table.csv"
    table.write_text("name,value,adjoint\nv9,0.693,1\n", encoding="utf-8")
    shown = run(*SEED, "--grade", str(table), exit=1).stdout
    assert shown.splitlines()[0] == "✗ line 2: v₉ = 0.693 is wrong; there is no value of that name, and no v̄₉ either"
    assert shown.splitlines()[1].startswith("missing")
    table.write_text("name,value,adjoint\nv1,7,1\nv9,0.693,1\nv8,0.693,\n", encoding="utf-8")
    shown = run(*SEED, "--grade", str(table), exit=1).stdout
    assert "\n  2 more rows have names that the trace does not have: v₉ and v̄₉, v₈\n" in shown


def test_a_wrong_table_exits_1_and_says_what(run: Run, tmp_path: Path) -> None:
    """On standard output: the first wrong row, and the probable slip."""
    table = tmp_path / "table.csv"
    table.write_text("name,value,adjoint\nv0,5,-0.284\nv1,0.693,1\nv2,10,1\nv3,-0.959,-1\nv4,10.693,1\nv5,11.652,1\n")
    shown = run(*SEED, "--grade", str(table), exit=1).stdout
    assert shown == (
        "✗ line 2: v̄₀ = -0.284 is wrong; it is 1.71634\n"
        "  probably a summand of the fan-out is forgotten: v₀ is used by v₃ and v₂, and v̄₂·v₋₁ is not in the sum\n"
        "rounded, and accepted: v₁ 0.693, v₃ -0.959, v₄ 10.693, v₅ 11.652\n"
        "missing: v₋₁, v̄₋₁\n"
    )
    found = json.loads(run(*SEED, "--grade", str(table), "--format", "json", exit=1).stdout)
    assert found["right"] is False
    assert found["wrong"][0]["given"] == "-0.284"


def test_a_correction_goes_into_the_file_that_is_named(run: Run, tmp_path: Path) -> None:
    """Right or wrong, in words or as JSON, and not onto the terminal."""
    table, said = tmp_path / "table.csv", tmp_path / "said.txt"
    table.write_text("name,value\nv2,10\n")
    assert run(*SEED, "--grade", str(table), "-o", str(said)).stdout == ""
    assert said.read_text(encoding="utf-8").startswith("✓ the one entry is right\n")
    table.write_text("name,value\nv2,11\n")
    assert run(*SEED, "--grade", str(table), "-o", str(said), exit=1).stdout == ""
    assert said.read_text(encoding="utf-8").startswith("✗ line 2: v₂ = 11 is wrong; it is 10\n")
    assert run(*SEED, "--grade", str(table), "--format", "json", "-o", str(said), exit=1).stdout == ""
    assert json.loads(said.read_text(encoding="utf-8"))["right"] is False
    assert "is wrong" in run(*SEED, "--grade", str(table), "-o", "-", exit=1).stdout


def test_a_table_that_cannot_be_read_exits_4(run: Run, tmp_path: Path) -> None:
    """A file that is not there, and one that is no table."""
    assert "no such file" in run(*SEED, "--grade", str(tmp_path / "none.csv"), exit=4).stderr
    (tmp_path / "empty.csv").write_text("")
    assert "is empty" in run(*SEED, "--grade", str(tmp_path / "empty.csv"), exit=4).stderr


def test_steps_need_a_terminal(run: Run) -> None:
    """In a pipe nobody presses keys."""
    assert "--step needs a terminal" in run(*SEED, "--step", exit=2).stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("keys", "rows"), [(b" " * 20, 9), (b"  q", 3), (b"\x1b", 1), (b"Q", 1)])
def test_steps_wait_for_a_key_each(keys: bytes, rows: int) -> None:
    """On a terminal a row is shown, then a key is awaited; q and escape end it."""
    import pty
    import select

    ours, theirs = pty.openpty()
    words = ["trace", "x*sin(x)", "--at", "x=2", "--mode", "rev", "--step", "--color", "never"]
    done = subprocess.Popen([sys.executable, "-m", "adcli", *words], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = ""
    pressed, silent = 0, 0
    with contextlib.suppress(OSError):  # which is how Linux tells that the other side has closed
        while True:
            seen = sum(" = " in line for line in shown.splitlines())
            if select.select([ours], [], [], 0.1)[0]:
                piece = os.read(ours, 1024)
                if not piece:
                    break
                shown += piece.decode()
            elif seen > pressed or (seen and silent > 20):  # a key is lost that comes before it is waited for
                os.write(ours, keys[seen - 1 : seen])
                pressed, silent = seen, 0
            else:
                silent += 1
    os.close(ours)
    assert done.wait(timeout=30) == 0
    assert shown.startswith("  any key shows the next row, q the end")
    assert sum(" = " in line for line in shown.splitlines()) == rows


def test_steps_show_each_row_once_in_the_order_of_computation() -> None:
    """Titles, then rows."""
    lines = steps(trace("x*sin(x)", {"x": 2}, mode="rev"), View())
    assert [line.split(" = ")[0].strip() for line in lines if " = " in line] == [
        "v₀", "v₁", "v₂", "y", "v̄₂", "v̄₀", "v̄₁", "v̄₀", "∂y/∂x",
    ]  # fmt: skip


@pytest.mark.parametrize("format", [*WORDED, "html"])
def test_every_format_shows_every_kind_of_program(run: Run, format: str) -> None:
    """One output and several, constants, conditions, names of all kinds, huge and tiny numbers."""
    for words in (
        ("3",),
        ("x", "--at", "x=1"),
        ("x^2", "3", "--at", "x=1"),
        ("Sum(x[i]^2, (i,1,3))", "--at", "x=[1,2,3]"),
        ("log(1+exp(λ₁))", "--at", "λ₁=800"),
        ("where(x > 1 and x < 3, x, -x)", "--at", "x=2", "--precision", "30"),
        HARD,
    ):
        assert run("trace", *words, "--format", format).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trace", "--mode", "rev"], ["f   = v₁ ", "v̄₁    = f̄ ", "∂f/∂y = v̄₀"]),
        (["trace", "--mode", "fwd", "--format", "markdown"], ["∂f/∂y"]),
        (["paths", "--format", "table"], ["∂f/∂y = 1 "]),
        (["graph", "--format", "tree"], ["f = v₁ = v₋₁ × v₀ = 2"]),
        (["jacobian", "--format", "table"], ["f = x*y", "   f   2      1"]),
        (["grad", "--format", "latex"], ["\\partial f}{\\partial (x, y)"]),
        (["grad", "--format", "markdown"], ["| f      |     2 |"]),
    ],
)
def test_an_output_without_a_name_is_not_called_as_an_input_is(run: Run, words: list[str], said: list[str]) -> None:
    """Where an input is called y, people read ∂f/∂y; for programs the output is y all the same."""
    command, *options = words
    out = run(command, "x*y", "--at", "x=1,y=2", *options).stdout
    for piece in said:
        assert piece in out
    assert "∂y/∂" not in out
    found = json.loads(run(command, "x*y", "--at", "x=1,y=2", "--format", "json").stdout)
    assert list(found.get("outputs", [found.get("output")])) == ["y"]


def test_a_direction_and_a_cotangent_may_name_the_same(run: Run) -> None:
    """ẏ of the input y and ȳ of the output y are two numbers."""
    words = ("trace", "2x; y = x*y; x*y", "--output", "y", "--at", "x=1,y=2")
    out = run(*words, "--tangent", "x=1,y=3", "--cotangent", "5").stdout
    assert re.search(r"v̇₀ += ẏ += 3\n", out)
    assert re.search(r"v̄₁ += ȳ += 5\n", out)
