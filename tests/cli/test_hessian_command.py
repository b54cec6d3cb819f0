"""`adcli hessian` and `adcli hvp` from the outside."""

from __future__ import annotations

import json

import pytest
from calling import Run

from adcli.arithmetic.symbolic import Symbolic
from adcli.ops import Op

BAYDIN = ("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")
"""Its Hessian at (2, 5): -1/4, 1; 1, sin 5."""
SIN5 = -0.9589242746631385


def test_plain_is_the_matrix(run: Run) -> None:
    """Rows of numbers, for awk and friends; `value` is one number a line."""
    assert run("hessian", *BAYDIN).stdout == f"-0.25\t1.0\n1.0\t{SIN5}\n"
    assert run("hessian", *BAYDIN, "--format", "value").stdout == f"-0.25\n1.0\n1.0\n{SIN5}\n"
    assert run("hessian", *BAYDIN, "--wrt", "x2", "--format", "value").stdout == f"{SIN5}\n"
    assert run("hvp", *BAYDIN, "--vector", "x1=1,x2=-1").stdout == "x1\t-1.25\nx2\t1.9589242746631386\n"


def test_the_table_of_a_hessian_has_the_gradient_on_top(run: Run) -> None:
    """So that each row is the derivative of what stands in front of it."""
    text = (
        "\n  f = ln(x1)+x1*x2-sin(x2) = 11.6521      forward over reverse, 2 sweeps\n\n"
        "            ∂/∂x1   ∂/∂x2\n"
        "   f         5.5     1.71634\n"
        "   ∂f/∂x1   -0.25    1\n"
        "   ∂f/∂x2    1      -0.958924\n\n"
    )
    assert run("hessian", *BAYDIN, "--format", "table", "--no-check").stdout == text
    checked = run("hessian", *BAYDIN, "--format", "table").stdout
    assert checked == text + "  ✓ SymPy agrees (30 digits); all 16 digits of the floats are right\n\n"


def test_the_table_of_a_product(run: Run) -> None:
    """The vector is shown, as a tangent is."""
    assert run("hvp", *BAYDIN, "--vector", "1,-1", "--format", "table", "--no-check").stdout == (
        "\n  f = ln(x1)+x1*x2-sin(x2) = 11.6521      forward over reverse, 1 sweep\n\n"
        "  H·v  for v = (x1: 1, x2: -1)\n"
        "   x1   -1.25\n"
        "   x2    1.95892\n\n"
    )


def test_a_wide_hessian_is_folded(run: Run) -> None:
    """No line is longer than the terminal."""
    point = "x=[" + ",".join(map(str, range(1, 21))) + "]"
    out = run("hessian", "Sum(x[i]^3*x[i+1],(i,1,19))", "--at", point, "--format", "table", "--no-check").stdout
    assert max(map(len, out.splitlines())) <= 80
    assert out.count("∂f/∂x[20]") > 2


def test_json_has_the_fields_of_the_contract(run: Run) -> None:
    """In their order."""
    found = json.loads(run("hessian", *BAYDIN, "--format", "json").stdout)
    own = ["mode", "output", "inputs", "value", "gradient", "hessian"]
    assert list(found) == ["schema", "command", "expr", "at", *own, "warnings", "check"]
    assert found["mode"] == "forward over reverse"
    assert found["hessian"] == [[-0.25, 1.0], [1.0, SIN5]]
    assert found["gradient"] == {"x1": 5.5, "x2": 1.7163378145367738}
    product = json.loads(run("hvp", *BAYDIN, "--vector", "x2=2", "--format", "json").stdout)
    assert list(product)[4:9] == ["mode", "output", "value", "vector", "hvp"]
    assert product["vector"] == {"x1": 0.0, "x2": 2.0}
    assert product["hvp"] == {"x1": 2.0, "x2": 2 * SIN5}


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("fwd-rev", "forward over reverse"),
        ("rev-fwd", "reverse over forward"),
        ("fwd-fwd", "forward over forward"),
        ("rev-rev", "reverse over reverse"),
    ],
)
def test_every_order_of_the_modes(run: Run, mode: str, said: str) -> None:
    """The same matrix, and the result says which order it was."""
    found = json.loads(run("hessian", *BAYDIN, f"--mode={mode}", "--format=json").stdout)
    assert found["mode"] == said
    assert found["hessian"] == [pytest.approx([-0.25, 1.0]), pytest.approx([1.0, SIN5])]


def test_documents(run: Run) -> None:
    """Markdown and LaTeX, as of other matrices; CSV with the inputs' names."""
    assert run("hessian", *BAYDIN, "--format", "csv").stdout == f"input,x1,x2\nx1,-0.25,1.0\nx2,1.0,{SIN5}\n"
    assert run("hvp", *BAYDIN, "--vector", "1,-1", "--format", "csv").stdout == ",x1,x2\nhvp,-1.25,1.9589242746631386\n"
    markdown = run("hessian", *BAYDIN, "--format", "markdown").stdout
    assert "| ∂f/∂x1 | -0.25 |         1 |" in markdown
    assert "| f      |   5.5 |   1.71634 |" in markdown
    latex = run("hessian", *BAYDIN, "--format", "latex").stdout
    assert "\\nabla^2 f &= \\begin{bmatrix}\n-0.25 & 1 \\\\\n1 & -0.958924\n\\end{bmatrix}" in latex
    assert "\\nabla^2 f \\, v &= " in run("hvp", *BAYDIN, "--vector", "1,-1", "--format", "latex").stdout


@pytest.mark.parametrize("command", ["hessian", "hvp"])
def test_several_outputs_are_an_error_that_says_what_to_do(run: Run, command: str) -> None:
    """--output NAME."""
    said = run(command, "u = x*y; v = sin(u); u, v", "--at", "x=1,y=2", exit=2).stderr
    assert "2: u, v" in said
    assert "--output NAME" in said


def test_a_wrong_second_derivative_is_noticed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the check: x·cos(x) is sin's derivative at 1, and only there."""
    right = Symbolic.partial_rule

    def wrong(self: Symbolic, op: Op, position: int) -> str:
        return "x*cos(x)" if op.name == "sin" else right(self, op, position)

    words = ("sin(x)*y", "--at", "x=1,y=2")
    assert run("hessian", *words, "--check").exit_code == 0
    monkeypatch.setattr(Symbolic, "partial_rule", wrong)
    said = run("hessian", *words, "--check", exit=1).stderr
    assert "∂²y/∂x² is -0.60" in said
    assert "by SymPy" in said
    assert "of H·v is" in run("hvp", *words, "--vector", "1,0", "--check", exit=1).stderr


def test_the_check_of_intermediates_and_products(run: Run) -> None:
    """What SymPy cannot say, differences do."""
    out = run("hessian", "a=x^2;b=sin(a*x);b*a", "--at", "x=1.5", "--wrt", "a,b,x", "--format", "table").stdout
    assert "SymPy agrees on 6 of 9, differences in mpmath on 3" in out
    found = json.loads(
        run("hvp", "sinc(x*y)", "--at", "x=0,y=2", "--vector", "1,1", "--check", "--format", "json").stdout
    )
    assert found["check"]["ok"]
    assert found["check"]["digits"] == 16
