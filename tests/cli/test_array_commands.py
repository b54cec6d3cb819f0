"""Every command on a program of vectors and matrices, and how their answers look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import Run

NETWORK = "z = tanh(W@x + b); norm(z)^2 + logdet(W.T@W)"
POINT = ("--at", "W=[[0.5,-0.3],[0.2,0.9]],x=[0.4,-1],b=[0.1,0.2]")


@pytest.mark.parametrize(
    "words",
    [
        ("eval",),
        ("grad",),
        ("grad", "--mode", "forward"),
        ("grad", "--precision", "30"),
        ("jacobian", "--wrt", "x"),
        ("jacobian", "--wrt", "x", "--sparse"),
        ("jvp", "--tangent", "x=[1,0]", "--wrt", "x"),
        ("vjp",),
        ("hessian", "--wrt", "x"),
        ("hvp", "--vector", "x=[1,0]", "--wrt", "x"),
        ("taylor", "--var", "x[1]"),
        ("sparsity",),
        ("derive", "--wrt", "x"),
        ("trace",),
        ("graph",),
        ("paths", "--wrt", "x"),
        ("cost", "--wrt", "x"),
        ("compare", "--wrt", "x"),
    ],
    ids=" ".join,
)
def test_every_command_takes_arrays(run: Run, words: tuple[str, ...]) -> None:
    command, *options = words
    point = () if command in ("sparsity", "derive") else POINT
    sizes = "W : 2, 2; x, b : 2; " if not point else ""
    done = run(command, sizes + NETWORK, *point, *options)
    assert done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("uncertainty", "norm(x)", "--at", "x=[3±0.1,4±0.2]"), "y\t5.0\t0.1708800749063506"),
        (("solve", "A@x - b", "--for", "x", "--at", "A=[[1,2],[3,4]],b=[1,1],x=[0,0]"), "x[1]\t-1.0\nx[2]\t1.0"),
        (("minimize", "sum((x - b)^2) + 1", "--for", "x", "--at", "b=[2,3],x=[0,0]"), "x[1]\t2.0\nx[2]\t3.0"),
        (("fit", "w@x", "--response", "y", "--data", "rows.csv", "--at", "w=[0,0]"), "w[1]\t"),
        (("diff", "x : 2; x@x"), "2*x[1]\n2*x[2]"),
        (("equal", "x : 2; norm(x)^2", "x : 2; x@x"), "equal"),
        (("bounds", "x : 2; x@x", "--over", "x[1]=1:2,x[2]=0:1"), "y\t1.0\t5.0"),
        (("export", "x : 2; A : 2, 2; A@x", "--to", "c"), "const double A[2][2], const double x[2], double value[2]"),
        (
            ("convert", "A : 2, 2; det(A)", "--to", "mathematica"),
            "Det[{{A[[1, 1]], A[[1, 2]]}, {A[[2, 1]], A[[2, 2]]}}]",
        ),
        (("explore", "norm(x)", "--at", "x=[3,4]"), "<html"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_commands_with_questions_of_their_own_take_arrays(
    run: Run, words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if words[0] == "explore":
        pytest.importorskip("pygraphviz")
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("x[1],x[2],y\n1,2,8.0\n2,1,7.1\n3,5,20.9\n0,1,3\n", encoding="utf-8")
    assert said in run(*words).output


@pytest.mark.parametrize(
    ("words", "shapes"),
    [
        (("grad", "sum(x^2)", "--at", "x=[1,2,3]"), {"x": [3]}),
        (("eval", "A@x", "--at", "x=[1,2],A=[[1,2],[3,4],[5,6]]"), {"x": [2], "A": [3, 2], "y": [3]}),
        (("jacobian", "w = 2*x; w", "--at", "x=[1,2]"), {"x": [2], "w": [2]}),
        (("sparsity", "x : 2; outer(x, x)"), {"x": [2], "y": [2, 2]}),
        (("grad", "x*y", "--at", "x=1,y=2"), None),
    ],
)
def test_json_tells_shapes(run: Run, words: tuple[str, ...], shapes: dict[str, list[int]] | None) -> None:
    assert json.loads(run(*words, "--format", "json").output).get("shapes") == shapes


def test_a_gradient_by_an_array_is_the_vector_or_matrix_it_is(run: Run) -> None:
    done = run("grad", "k*x@A@y", "--at", "k=2,x=[1,2],A=[[1,2,3,4],[5,6,7,8]],y=[1,0,-1,2]",
               "--format", "table", "--no-check")  # fmt: skip
    assert done.output.splitlines() == [
        "",
        "  f = k*x@A@y = 68      reverse mode, 1 sweep",
        "",
        "   ∂f/∂k      34",
        "   ∂f/∂x[1]   12",
        "   ∂f/∂x[2]   28",
        "",
        "                  1     2     3     4",
        "   ∂f/∂A[1,:]   2     0     -2    4",
        "   ∂f/∂A[2,:]   4     0     -4    8",
        "",
        "             1     2     3     4",
        "   ∂f/∂y   22    28    34    40",
        "",
    ]


def test_a_wide_array_is_folded(run: Run) -> None:
    values = ",".join(f"{i}.125" for i in range(30))
    lines = run("grad", "x@x", "--at", f"x=[{values}]", "--format", "table", "--no-check").output.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("   ∂f/∂x") for line in lines) == 4


def test_latex_and_markdown_have_matrices(run: Run) -> None:
    words = ("grad", "sum(A^2)", "--at", "A=[[1,2],[3,4]]", "--format")
    latex = run(*words, "latex").output
    assert "\\frac{\\partial f}{\\partial A} &= \\begin{bmatrix}\n2 & 4 \\\\\n6 & 8\n\\end{bmatrix}" in latex
    markdown = run(*words, "markdown").output
    assert "| ∂f/∂A |   1 |   2 |\n| ----- | --: | --: |\n| 1     |   2 |   4 |" in markdown


def test_all_of_an_array_is_differentiated_by_though_some_of_it_is_unused(run: Run) -> None:
    found = json.loads(run("grad", "x[1]^2", "--at", "x=[3,4]", "--wrt", "x", "--format", "json").output)
    assert found["gradient"] == {"x[1]": 6.0, "x[2]": 0.0}
    run("grad", "x[1]^2", "--at", "x=[3,4],y=[1,2]", "--wrt", "y", exit=2)


@pytest.mark.parametrize(
    "text",
    [
        "sum(A@x) + x@x + norm(x) + norm(x,1) + norm(x,inf)",
        "logdet(A@A.T + eye(2)) + trace(A.T@A) + det(A[:,1:2])",
        "sum(inv(A[:,1:2])) + sum(solve(A[:,1:2], x[1:2])^2)",
        "logsumexp(x) + sum(log_softmax(x)) + softmax(A, 2)[1,2] + softmax(A, 1)[1,2]",
        "mean(x)*var(x) + std(x) + prod(x) + sum(cumsum(x)) + sum(sum(A, 1)*sum(A, 2)[1])",
        "cross(x, [1,2,3])@x + sum(outer(x, x)) + sum(diag(x)) + sum(diag(A)) + max(x) + amin(A, 1)[2]",
        "f(v) = sum(v^2)/2; w = tanh(A@x); f(w)*w[1] + sum(where(x > 0, x^2, exp(x)))",
        "(A@x)[2] + sum(A[2,:]) + abs(x)@[1,2,3] + sum(concat(x, x)*range(6)) + sum(ones(2)@A + zeros(3))",
        "p[i=1..3] = i*x[i]; sum(p^2) + Sum(x[i]*i, (i, 1, 3)) + sum(transpose(A)) + dot(x, x)",
        "x : n; A : m, n; sum(A@x)/n + m*Product(x[i], (i, 1, n))",
    ],
)
def test_sympy_reads_arrays_by_itself(run: Run, text: str) -> None:
    """And it agrees: what a function means is written twice, once in operations, once on SymPy's matrices."""
    values = {"x": "[0.4,-0.7,1.3]", "A": "[[1.5,0.3,-0.2],[0.4,1.1,0.6]]"}
    at = ",".join(f"{name}={value}" for name, value in values.items() if name in text.replace("max", ""))
    found = json.loads(run("grad", text, "--at", at, "--check", "--format", "json").output)
    assert found["check"]["against"] == "SymPy"
    assert found["check"]["ok"]
    assert found["check"]["digits"] >= 13


def test_nothing_overflows_in_a_softmax(run: Run) -> None:
    done = run("grad", "-log(softmax(x)[1]) + logsumexp(x)", "--at", "x=[1000,999,-1000]", "--format", "value")
    assert [float(line) for line in done.output.split()] == pytest.approx(
        [0.46211715726000975, 0.5378828427399902, 0], abs=1e-12
    )


def test_elements_that_are_given_one_by_one_make_an_array(run: Run) -> None:
    """As columns of a file do; where a program names elements alone, nothing changes."""
    assert run("grad", "x@x", "--at", "x[1]=1,x[2]=3").stdout == "x[1]\t2.0\nx[2]\t6.0\n"
    assert "y\t1.0\t5.0" in run("bounds", "x@x", "--over", "x[1]=1:2,x[2]=0:1").output
    assert "x[3] has no value" in run("grad", "x[1]*x[3]", "--at", "x[1]=1,x[2]=3", exit=2).output
    assert "x is one number" in run("grad", "x@x", "--at", "x[1]=1,x[3]=3", exit=2).output
