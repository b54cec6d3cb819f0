"""`adcli cost` from the command line: formats, options, and what goes wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from calling import Run

from adcli.render import FORMATS

RUNNING = "ln(x1)+x1*x2-sin(x2)"
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
HELMHOLTZ = ("-f", str(EXAMPLES / "helmholtz.ad"), "--wrt", "x")
STUDIES = {
    "cost": (RUNNING,),
    "measured": (RUNNING, "--at", "x1=2,x2=5", "--measure"),
    "chain": ("--chain", "10,6,8,2,1"),
    "growth": ("Sum(x[i]^2, (i, 1, n))", "--growth", "n=1..9:4"),
    "layers": ("-f", str(EXAMPLES / "mlp.ad"), "--at", f"@{EXAMPLES / 'mlp.json'}", "--layers", "x,z1,z2,z3,y"),
}


def test_a_table(run: Run) -> None:
    """The ways below each other, what they count, and which mode is cheaper."""
    assert run("cost", RUNNING, "--format", "table").output == (
        "\n"
        "  2 inputs, 1 output; × f: the evaluation included, in evaluations of f\n"
        "\n"
        "   way                   runs   mult.   add.   flops    × f   live   stored\n"
        "   one evaluation of f      1       1      2      23   1         4        –\n"
        "   forward mode             2       8      6      38   2.65      8        –\n"
        "   reverse mode             1       4      2      18   1.78     11        7\n"
        "   forward differences      3       –      –      69   3         –        –\n"
        "   central differences      4       –      –      92   4         –        –\n"
        "\n"
        "   operations   of each kind\n"
        "   f            1 log, 1 mul, 1 sin, 1 add, 1 sub\n"
        "   forward      8 mul, 6 add, 2 div, 2 cos, 2 neg\n"
        "   reverse      4 mul, 2 add, 1 neg, 1 cos, 1 div\n"
        "\n"
        "  → reverse: 2 inputs against 1 output: 1 reverse sweep (18 flops) against 2\n"
        "    forward sweeps (38 flops).\n"
        "\n"
        "  The tape of reverse mode holds 7 values, 56 bytes; its rules read 2 of them.\n"
        "  Flops: + - × ÷ and comparisons count as 1, whole powers as their\n"
        "  multiplications, other powers and functions such as sin as 10, special\n"
        "  functions such as gamma as 40.\n"
        "  Skipping what is zero by structure, forward mode takes 4 multiplications and 2\n"
        "  additions (18 flops, 1.78 × f) for the whole Jacobian.\n"
        "  A Hessian-vector product takes 59 flops in all (23 for f, 18 for its gradient,\n"
        "  18 for one forward sweep through that), 2.57 × f, 1.44 × the gradient.\n"
        "  SymPy's derivative has 4 operations, where f has 5; 4 with common\n"
        "  subexpressions computed once.\n"
        "\n"
    )


def test_a_chain(run: Run) -> None:
    """The orders with their brackets, and each sum of products."""
    assert run("cost", "--chain", "3,100,1,2", "--format", "table").output == (
        "\n"
        "  layers of 3 → 100 → 1 → 2: J1 is 100×3, J2 is 1×100, J3 is 2×1\n"
        "\n"
        "   order     brackets     multiplications\n"
        "   forward   J3·(J2·J1)               306\n"
        "   reverse   (J3·J2)·J1               800\n"
        "   best      J3·(J2·J1)               306\n"
        "\n"
        "  forward: 1×100×3 + 2×1×3 = 306\n"
        "  reverse: 2×1×100 + 2×100×3 = 800\n"
        "  best: 1×100×3 + 2×1×3 = 306\n"
        "\n"
        '  → Forward order takes 306 multiplications, reverse order 800: "fewer outputs,\n'
        '    so reverse is cheaper" (3 inputs, 2 outputs) is a rule of thumb, not a\n'
        "    theorem, and these sizes break it.\n"
        "\n"
    )


def test_json_of_a_cost(run: Run) -> None:
    """The contract's keys, between those that all commands share."""
    found = json.loads(run("cost", RUNNING, "--format", "json").output)
    assert list(found) == [
        "schema",
        "command",
        "expr",
        "at",
        "inputs",
        "outputs",
        "evaluation",
        "forward",
        "reverse",
        "finite_differences",
        "symbolic",
        "recommended",
        "reason",
        "hvp",
        "warnings",
        "check",
    ]
    assert (found["inputs"], found["outputs"]) == (2, 1)
    assert found["forward"]["sweeps"] == 2
    assert found["reverse"] == {
        "sweeps": 1,
        "operations": {"neg": 1, "cos": 1, "mul": 4, "add": 2, "div": 1},
        "multiplications": 4,
        "additions": 2,
        "flops": 18,
        "ratio": 41 / 23,
        "live": 11,
        "stored": 7,
        "needed": 2,
        "bytes": 56,
        "accumulation": {"multiplications": 4, "additions": 2, "flops": 18, "ratio": 41 / 23},
    }
    assert found["finite_differences"]["forward"] == {"evaluations": 3, "flops": 69, "ratio": 3.0}
    assert found["symbolic"] == {"function": 5, "before": 4, "after": 4, "reason": None}
    assert found["at"] == {}


def test_json_of_a_chain(run: Run) -> None:
    """Sizes, the three costs, the brackets, the terms."""
    found = json.loads(run("cost", "--chain", "10, 6, 8, 2, 1", "--format", "json").output)
    chain = found["chain"]
    assert found["expr"] == []
    assert chain["dims"] == [10, 6, 8, 2, 1]
    assert (chain["forward"], chain["reverse"], chain["optimal"]) == (660, 124, 124)
    assert chain["optimal_order"] == "((J4·J3)·J2)·J1"
    assert chain["optimal_terms"] == [[1, 2, 8], [1, 8, 6], [1, 6, 10]]


def test_json_of_growth(run: Run) -> None:
    """A row per size."""
    found = json.loads(run("cost", *HELMHOLTZ, "--growth", "n=1..50:7", "--format", "json").output)
    assert found["size"] == "n"
    assert [row["size"] for row in found["growth"]] == [1, 8, 15, 22, 29, 36, 43, 50]
    assert all(row["reverse"] < 5 for row in found["growth"])


def test_json_of_layers(run: Run) -> None:
    """Sizes, Jacobians, and the same gradient by every order and by adcli's own sweeps."""
    found = json.loads(run("cost", *STUDIES["layers"], "--format", "json").output)
    assert [layer["size"] for layer in found["layers"]] == [10, 6, 8, 2, 1]
    assert len(found["layers"][1]["jacobian"]) == 6
    assert found["chain"]["reverse"] == 124
    assert [product["multiplications"] for product in found["products"]] == [660, 124, 124]
    assert found["max_difference"] < 1e-14
    gradient = json.loads(run("grad", *STUDIES["layers"][:4], "--wrt", "x", "--format", "json").output)["gradient"]
    assert found["automatic"][0] == pytest.approx(list(gradient.values()), rel=1e-14)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("study", STUDIES)
def test_every_study_in_every_format(run: Run, study: str, format: str) -> None:
    """Text that ends in one newline, and JSON that is JSON."""
    output = run("cost", *STUDIES[study], "--format", format).output
    assert output.endswith("\n")
    assert output.strip()
    if format == "json":
        json.loads(output)
    if format == "csv":
        assert len({line.count(",") for line in output.splitlines() if '"' not in line}) == 1


@pytest.mark.parametrize("width", ["60", "80", "120"])
@pytest.mark.parametrize("study", STUDIES)
def test_tables_keep_to_the_width(run: Run, monkeypatch: pytest.MonkeyPatch, study: str, width: str) -> None:
    """Columns that do not fit come below."""
    monkeypatch.setenv("COLUMNS", width)
    output = run("cost", *STUDIES[study], "--format", "table").output
    assert max(map(len, output.splitlines())) <= int(width)


def test_a_pipe_gets_fields_with_names(run: Run) -> None:
    """Tabs between fields, the heads in the first line, sentences as comments."""
    lines = run("cost", RUNNING).output.splitlines()
    assert lines[0].split("\t") == ["way", "runs", "multiplications", "additions", "flops", "ratio", "live", "stored"]
    assert lines[3].split("\t") == ["reverse", "1", "4", "2", "18", repr(41 / 23), "11", "7"]
    assert lines[7].startswith("# reverse: 2 inputs against 1 output")


def test_the_value_is_the_answer(run: Run) -> None:
    """The mode to take; of a chain, what the best order costs."""
    assert run("cost", RUNNING, "--format", "value").output == "reverse\n"
    assert run("cost", "x", "x^2", "--format", "value").output == "forward\n"
    assert run("cost", "--chain", "30,35,15,5,10,20,25", "--format", "value").output == "15125\n"


def test_seeds(run: Run) -> None:
    """One direction, one combination: one sweep each; with names or without."""
    for words in (("--tangent", "1,0"), ("--tangent", "x1=1")):
        assert json.loads(run("cost", RUNNING, *words, "--format", "json").output)["forward"]["sweeps"] == 1
    for words in (("--cotangent", "1,0"), ("--cotangent", "y2=1")):
        assert json.loads(run("cost", "x", "x*y", *words, "--format", "json").output)["reverse"]["sweeps"] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--chain", "10"], "at least two sizes"),
        (["--chain", "10,x"], "--chain is a list of sizes"),
        (["--chain", "3,0,2"], "from 1 to"),
        (["--chain", "3,2", "x^2"], "--chain stands alone"),
        (["x^2", "--growth", "n=5..1"], "--growth is a name and a range"),
        (["x^2", "--growth", "5"], "--growth is a name and a range"),
        (["x^2", "--growth", "n=1..9:0"], "--growth is a name and a range"),
        (["x^2", "--growth", "n=1..99999"], "1,000 sizes at most"),
        (["x^2", "--growth", "n=1..2", "--at", "x=1"], "leave out --at"),
        (["x^2", "--growth", "n=1..2"], "error: n is given as a size, but does not occur in the program"),
        (["x^2", "--let", "n=1"], "error: n is given as a size, but does not occur in the program"),
        (["n=2; x^n", "--growth", "n=1..2"], "error: n is given as a size and cannot be assigned"),
        (["x^2", "--plot", "a.png"], "--plot draws the growth"),
        (["x^2", "--growth", "n=1..2", "--plot", "a.jpg"], "a.jpg is neither"),
        (["x^2", "--measure"], "--measure needs a point"),
        (["x^2", "--layers", "x"], "at least two layers"),
        (["x^2", "--tangent", "1,2"], "--tangent has 2 numbers"),
        (["x^2", "--tangent", "z=2"], "the tangent names z"),
        (["x^2", "--cotangent", "1,2"], "2 weights"),
        (["x^2", "--cotangent", "z=1"], "the cotangent names z"),
    ],
)
def test_what_does_not_fit_is_refused(run: Run, words: list[str], message: str) -> None:
    """Exit 2, and a sentence."""
    assert message in run("cost", *words, exit=2).output


def test_without_matplotlib_it_is_said_how_to_get_it(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Before anything is counted."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run("cost", *HELMHOLTZ, "--growth", "n=1..2", "--plot", str(tmp_path / "a.png"), exit=2)
    assert "--plot needs matplotlib" in done.output
    assert "adcli[plot]" in done.output


@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG\r\n"), ("svg", b"<?xml")])
def test_a_picture_of_growth(run: Run, tmp_path: Path, kind: str, start: bytes) -> None:
    """A file of its kind, the same each time, beside the table."""
    pytest.importorskip("matplotlib")
    files = [tmp_path / f"{name}.{kind}" for name in "ab"]
    for file in files:
        assert "n\tinputs" in run("cost", *HELMHOLTZ, "--growth", "n=1..9:4", "--plot", str(file)).output
    assert files[0].read_bytes().startswith(start)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_best_order_of_elimination_is_a_table_for_programs(run: Run) -> None:
    """A line per step, however many there are."""
    out = run("cost", "x1*x2*sin(x1)", "--elimination", "--format", "plain").stdout
    assert "\nstep\teliminated\n1\tv1\n2\tv2\n\n" in out
    assert "\n# best: forward, in the steps listed\n" in out
    words = ("cost", "Sum(sin(x[i])*x[i+1], (i, 1, n))", "--let", "n=60", "--elimination", "--format", "plain")
    assert max(map(len, run(*words).stdout.splitlines())) < 200
