"""`adcli paths`: what each format shows."""

from __future__ import annotations

import json

import pytest
from calling import Run

BAYDIN = "ln(x1)+x1*x2-sin(x2)"
AT = ("--at", "x1=2,x2=5")
FIBONACCI = "a=x\nb=x\n" + "c=a+b\na=b\nb=c\n" * 200 + "b\n"


def test_the_table(run: Run) -> None:
    """Each derivative, and below it the paths that it is the sum of."""
    assert (
        run("paths", BAYDIN, *AT, "--format", "table").stdout
        == """
  ∂f/∂x1 = 5.5   2 paths
    5   = 1 · 1 · 5     v₅ ← v₄ ← v₂ ← v₋₁
    0.5 = 1 · 1 · 0.5   v₅ ← v₄ ← v₁ ← v₋₁

  ∂f/∂x2 = 1.71634   2 paths, cancellation 1.33
     2        = 1 · 1 · 2         v₅ ← v₄ ← v₂ ← v₀
    -0.283662 = (-1) · 0.283662   v₅ ← v₃ ← v₀

"""
    )


def test_the_table_of_more_paths_than_can_be_listed(run: Run) -> None:
    """Long paths are cut in their middle, and what is not listed is counted and summed."""
    text = run("paths", FIBONACCI, "--at", "x=1", "--limit", "2", "--format", "table").stdout
    assert text.splitlines()[1] == "  ∂b/∂x = 7.34545e+41   about 7.34e41 paths"
    assert "v₂₀₀ ← v₁₉₈ ←" in text
    assert " ← … ← " in text
    assert "and about 7.34e41 paths more, which sum to 7.34545e+41" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_sum_of_which_some_terms_are_listed(run: Run) -> None:
    """1 + 2 + 3: the two largest, and the rest."""
    text = run("paths", "x + 2*x + 3*x", "--at", "x=1", "--limit", "2", "--format", "table").stdout
    assert "and 1 path more, which sums to 1" in text
    text = run("paths", "x + 2*x + 3*x", "--at", "x=1", "--limit", "0", "--format", "table").stdout
    assert text == "\n  ∂f/∂x = 6   3 paths\n\n"


def test_plain_and_csv(run: Run) -> None:
    """A path a line; plain ends with the sums."""
    assert run("paths", BAYDIN, *AT, "--wrt", "x1").stdout == (
        "y\tx1\t5.0\tv5 v4 v2 v-1\t1.0 1.0 5.0\ny\tx1\t0.5\tv5 v4 v1 v-1\t1.0 1.0 0.5\ny\tx1\t5.5\tsum of 2 paths\n"
    )
    assert run("paths", BAYDIN, *AT, "--wrt", "x1", "--format", "csv").stdout == (
        "output,input,product,nodes,factors\ny,x1,5.0,v5 v4 v2 v-1,1.0 1.0 5.0\ny,x1,0.5,v5 v4 v1 v-1,1.0 1.0 0.5\n"
    )


def test_markdown_and_latex(run: Run) -> None:
    """For a lecture."""
    text = run("paths", "x1*x2", *AT, "--format", "markdown").stdout
    assert "| ∂f/∂x1     | v₁ ← v₋₁ | 5       | 5       |" in text
    assert "| ∂f/∂x1     | 1 path | 5   |" in text
    text = run("paths", "x1*x2", *AT, "--wrt", "x1", "--format", "latex").stdout
    assert text == (
        "\\[\n\\begin{aligned}\n"
        r"\frac{\partial f}{\partial x_{1}} &= \frac{\partial v_{1}}{\partial v_{-1}} \\" + "\n"
        "&= 5\n\\end{aligned}\n\\]\n"
    )


def test_json(run: Run) -> None:
    """The fields of the contract."""
    found = json.loads(run("paths", BAYDIN, *AT, "--wrt", "x1", "--format", "json").stdout)
    assert found["paths"] == [
        {"output": "y", "input": "x1", "nodes": ["v5", "v4", "v2", "v-1"], "factors": [1.0, 1.0, 5.0], "product": 5.0},
        {"output": "y", "input": "x1", "nodes": ["v5", "v4", "v1", "v-1"], "factors": [1.0, 1.0, 0.5], "product": 0.5},
    ]
    assert found["count"] == 2
    assert found["totals"] == {"y": {"x1": 5.5}}
    assert found["cancellation"] == {"y": {"x1": 1.0}}
    assert found["warnings"] == []


def test_json_of_a_count_of_many_digits(run: Run) -> None:
    """2^15000 has 4516 digits, more than Python writes unasked; in JSON it is a number."""
    text = run(
        "paths", "a=x\n" + "a=(a+a)*0.5\n" * 15_000 + "a", "--at", "x=1", "--limit", "0", "--format", "json"
    ).stdout
    digits = text.partition('"count": ')[2].partition(",")[0]
    assert len(digits) == 4516
    assert digits.isdigit()
    assert digits.endswith(str(pow(2, 15_000, 10**9)))


FACTORED = "dv-1/dx1 · (dv1/dv-1 · dv4/dv1 + dv2/dv-1 · dv4/dv2) · dv5/dv4"


def test_factored(run: Run) -> None:
    """The chain rule as one expression, with names and with numbers, and its value."""
    words = ("paths", BAYDIN, *AT, "--wrt", "x1", "--factored")
    assert run(*words).stdout == f"dy/dx1 = {FACTORED}\ndy/dx1 = 1 · (0.5 · 1 + 5 · 1) · 1\ndy/dx1 = 5.5\n"
    assert (
        run(*words, "--format", "table").stdout
        == """
  ∂f/∂x1 = ∂v₋₁/∂x1 · (∂v₁/∂v₋₁ · ∂v₄/∂v₁ + ∂v₂/∂v₋₁ · ∂v₄/∂v₂) · ∂v₅/∂v₄
         = 1 · (0.5 · 1 + 5 · 1) · 1
         = 5.5

"""
    )
    (nesting,) = json.loads(run(*words, "--format", "json").stdout)["factored"]
    assert nesting == {"output": "y", "input": "x1", "names": FACTORED, "numbers": "1 · (0.5 · 1 + 5 · 1) · 1"}
    assert r"\left(\frac{\partial v_{1}}" in run(*words, "--format", "latex").stdout
    assert run(*words, "--format", "csv").stdout.splitlines()[1] == f"y,x1,{FACTORED},1 · (0.5 · 1 + 5 · 1) · 1,5.5"
    assert FACTORED.replace("d", "∂").split()[0].endswith("x1")
    assert run(*words, "--format", "markdown").stdout.startswith("    ∂f/∂x1 = ∂v₋₁/∂x1 · (")


def test_factored_without_a_point(run: Run) -> None:
    """The names alone."""
    assert run("paths", BAYDIN, "--wrt", "x1", "--factored").stdout == f"dy/dx1 = {FACTORED}\n"


def test_factored_where_it_would_be_too_long(run: Run) -> None:
    """A warning says so; the derivative is there."""
    done = run("paths", FIBONACCI, "--at", "x=1", "--factored")
    assert done.stdout == "db/dx = 7.34544867157818e+41\n"
    assert "db/dx has more than 1000 factors even when nested" in done.stderr


def test_without_a_point(run: Run) -> None:
    """The factors by name."""
    assert run("paths", "sin(x)*y", "--wrt", "x", "--format", "table").stdout == (
        "\n  ∂f/∂x   1 path\n    ∂v₂/∂v₁ · ∂v₁/∂v₋₁   v₂ ← v₁ ← v₋₁\n\n"
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["sqrt(x)", "--at", "x=0"], 3, "no finite derivative"),
        (["x*y", "--at", "x=1"], 2, "y has no value"),
        (["x", "--at", "x=1", "--wrt", "z"], 2, "z"),
        (["x", "--at", "x=1", "--limit", "-1"], 2, "--limit"),
    ],
)
def test_errors(run: Run, words: list[str], status: int, said: str) -> None:
    """Those of a gradient."""
    assert said in run("paths", *words, exit=status).stderr


def test_an_output_that_depends_on_nothing_says_so(run: Run) -> None:
    """Its derivative is a sum without terms; the table shows that instead of nothing."""
    words = ("paths", "3", "z^2", "--wrt", "z", "--at", "z=3")
    assert run(*words).stdout == "y2\tz\t6.0\tv1 v0\t6.0\ny1\tz\t0.0\tsum of 0 paths\ny2\tz\t6.0\tsum of 1 path\n"
    assert "∂y1/∂z = 0   no path" in run(*words, "--format", "table").stdout
