"""No input hangs or takes all memory: each is answered, or refused in time with its place or its limit."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

resource = pytest.importorskip("resource", reason="limits to a process are Unix's")

SECONDS = 60
"""Processor time that a command may take: many times what it does."""
BYTES = 3 << 30
"""Address space, most of which no command touches."""
NINES = "9" * 4000
CHAIN = ";".join(["v0 = x", *(f"v{i} = v{i - 1}*v{i - 1}" for i in range(1, 201))])
LIST = "x=[" + ",".join(map(str, range(1, 201))) + "]"
ELEMENTS = ",".join(f"x[{i}]" for i in range(1, 951))
SQUARE = ";".join(f"y{i} = Sum(x[j]^2*{i}, (j, 1, 200))" for i in range(1, 151))
LONG = "x=[" + ",".join(["0.5"] * 1000) + "]"
TRIDIAGONAL = ";".join(f"x[{max(i - 1, 1)}]*x[{i}] + x[{i}]^2" for i in range(1, 1001))
FLAT = ", ".join("+".join(f"{i * k % 17 + 1}*x[{i}]^2" for i in range(1, 101)) + f"+sin(x[{k}])" for k in range(1, 101))
"""A Jacobian of rank 17, but for its diagonal."""
DENSE = "s = Sum(x[j], (j, 1, 2000)); " + ", ".join(f"{i}*s" for i in range(1, 2001))
OUTPUTS = ",".join(f"y{i}" for i in range(1, 151))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def run(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, under the limits."""
    command = [sys.executable, "-m", "adcli", *words]
    return subprocess.run(command, input=text, capture_output=True, text=True, preexec_fn=_limit, timeout=1800)


def refused(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The error of a command that was asked for JSON."""
    assert done.returncode in (2, 3, 4), done.stderr[:400]
    error: dict[str, Any] = json.loads(done.stderr)["error"]
    return error


@pytest.mark.parametrize(
    ("words", "kind", "located"),
    [
        (("eval", "Sum(x, (k, 1, 0), (j, 1, 2000000), (i, 1, 2000000))"), "limit", True),
        (("eval", f"1e{NINES}"), "limit", True),
        (("eval", "x", "--at", f"x=1e{NINES}", "--precision", "20"), "limit", True),
        (("grad", "Mod(-x, 1e9999999999)", "--at", "x=1"), "overflow", True),
        (("eval", "-f", "/dev/zero"), "limit", False),
        (("eval", "x", "--at", "@/dev/zero"), "limit", False),
        (("grad", "gamma(x)", "--at", "x=1.7", "--precision", "10000"), "limit", True),
        (("taylor", "exp(x)*sin(x)", "--at", "x=0.5", "--order", "10000"), "limit", False),
        (("paths", CHAIN, "--at", "x=1", "--limit", "100000"), "limit", False),
        (("paths", CHAIN, "--limit", "100000"), "limit", False),
        (("cost", "Sum(x[i]^2, (i, 1, n))", "--growth", "n=100000..300000:100000"), "limit", False),
        (("sparsity", "Sum(x[j], (j, 1, 3000))^2", "--hessian"), "limit", False),
        (("sparsity", DENSE), "limit", False),
        (("taylor", "Product(sin(i*x), (i, 1, 800))", "--at", "x=1", "--order", "200"), "limit", False),
        (("trace", "Product(x, (i, 1, 60000))", "--at", "x=1", "--rows", "1:10"), "limit", False),
    ],
    ids=lambda words: " ".join(words)[:40] if isinstance(words, tuple) else None,
)
def test_what_would_take_too_long_is_refused_before(words: tuple[str, ...], kind: str, located: bool) -> None:
    """A stated limit, with the place of what exceeds it where it has one."""
    error = refused(run(*words, "--format", "json"))
    assert error["kind"] == kind
    assert (error["span"] is not None) == located


@pytest.mark.parametrize("formula", ["+".join(["x"] * 500), ";".join([f"Max({ELEMENTS})*{k}" for k in range(1, 21)])])
def test_a_picture_that_would_take_minutes_is_refused(formula: str) -> None:
    """Its layout takes more than the square of the ranks that its edges cross."""
    pytest.importorskip("pygraphviz")
    done = run("graph", formula, "--format", "svg", "--no-group")
    assert done.returncode == 2, done.stderr[:400]
    assert "the edges of the graph cross" in done.stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("grad", "-", "--at", "x=1", "--format", "value"), f"Max({','.join(['x'] * 200_000)})"),
        (("grad", "digamma(x)", "--at", "x=-10000000.5", "--check"), ""),
        (("eval", "polygamma(3, x)", "--at", "x=-9999999.7", "--check"), ""),
        (("grad", "loggamma(x)", "--at", "x=1e-300", "--check"), ""),
        (("grad", "x + Sum((1/(2*i + 1))^9999, (i, 1, 100))", "--at", "x=1", "--check"), ""),
        (("grad", "x + Sum((1/(2*i + 1))^9999, (i, 1, 100))", "--at", "x=1", "--format", "table"), ""),
        (("graph", "+".join(["x"] * 101), "--format", "svg"), ""),
        (("compare", "Sum(sin(x[i])*x[i], (i, 1, 200))", "--at", LIST), ""),
        (("compare", "Sum(sin(x[i])*x[i + 1], (i, 1, 999))", "--at", LONG), ""),
        (("cost", TRIDIAGONAL), ""),
        (("eval", "erfinv(1 - 1e-500)", "--precision", "700"), ""),
        (("eval", "beta(x, 1e-1294)", "--at", "x=0.3", "--precision", "20"), ""),
        (("taylor", "Product(1 + x/i, (i, 1, 400))", "--at", "x=1", "--order", "60"), ""),
        (("cost", ";".join(f"x[{max(i - 1, 1)}]*x[{i}]" for i in range(1, 401))), ""),
        (("derive", SQUARE, OUTPUTS, "--format", "json"), ""),
        (("paths", CHAIN, "--at", "x=1", "--limit", "5000"), ""),
        (("convert", r"\log_2 -2\cdot y+\cos^2 \operatorname{erf}(x_1)", "--syntax", "latex", "--to", "adcli"), ""),
    ],
    ids=lambda words: " ".join(words)[:40] if isinstance(words, tuple) else "",
)
def test_what_is_large_is_answered_in_time(words: tuple[str, ...], text: str) -> None:
    """With a processor's time and memory to spare; a check that takes too long is given up, and says so."""
    if "svg" in words:
        pytest.importorskip("pygraphviz")
    done = run(*words, text=text)
    assert done.returncode == 0, done.stderr[:400]
    assert done.stdout


def test_an_engine_that_lacks_memory_is_refused_before_it_starts() -> None:
    """LLVM ends the process where it gets no memory; below the limit there is an error that says how much it takes."""
    pytest.importorskip("llvmlite")

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (800 << 20, 800 << 20))

    command = [sys.executable, "-m", "adcli", "grad", "sin(x)", "--data", "-", "--engine", "llvm"]
    done = subprocess.run(command, input="x\n1\n", capture_output=True, text=True, preexec_fn=little, timeout=600)
    assert done.returncode == 2
    assert "the engine llvm may need 1024 MB of memory, and this process gets 800 MB" in done.stderr
    assert "--engine python" in done.stderr


@pytest.mark.parametrize(("syntax", "opening"), [("mathematica", "(* "), ("maxima", "/* "), ("julia", "#= ")])
def test_a_comment_that_is_not_closed_is_refused_in_time(syntax: str, opening: str) -> None:
    """However many begin inside it."""
    error = refused(run("eval", "-", "--syntax", syntax, "--format", "json", text="x + " + opening * 40_000))
    assert (error["message"], error["span"]) == ("this comment is not closed", [4, 6])


def test_a_large_determinant_to_which_much_cancels_comes_in_time() -> None:
    """Floats do not tell it, and elimination in Python's integers would take minutes."""
    pytest.importorskip("flint")
    values = "x=[" + ",".join(map(str, range(1, 101))) + "]"
    done = run("jacobian", FLAT, "--at", values, "--det", "--format", "json")
    assert done.returncode == 0, done.stderr[:400]
    assert json.loads(done.stdout)["determinant"]


def test_a_table_that_is_wrong_throughout_is_corrected() -> None:
    """What went wrong is sought for the first wrong entries alone."""
    table = "name,value\n" + "\n".join(f"v{i},{i}.5" for i in range(1, 9000))
    formula = "+".join(f"sin({i}*x)" for i in range(1, 3001))
    done = run("trace", formula, "--at", "x=1", "--grade", "-", "--format", "json", text=table)
    assert done.returncode == 1, done.stderr[:400]
