"""The examples run, and their numbers are those of closed forms and textbooks."""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sympy
from readme import ROOT

EXAMPLES = ROOT / "examples"
PROGRAMS = sorted(path.name for path in EXAMPLES.glob("*.ad"))
COSTS = {"helmholtz.ad", "mlp.ad"}
"""Programs about what derivatives cost."""
ANSWERS = {"fit.ad", "impedance.ad", "kepler.ad", "rosenbrock.ad"}
"""Programs that are no derivatives' own, and bring their own evidence."""
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.sh"))

close = pytest.approx


def example(name: str, *options: str) -> Any:
    """What the command in a program's first lines answers, as JSON."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    (line,) = re.findall(r"^# \$ (adcli .*)$", text, re.MULTILINE)
    return answer(*shlex.split(line), *options)


def answer(*words: str) -> Any:
    """What a command answers in the folder of the examples, as JSON."""
    words = (sys.executable, "-m", *words, "--format", "json")
    done = subprocess.run(words, cwd=EXAMPLES, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def shell(tmp_path: Path):
    """Runs a script by sh as a user would, with this adcli; gives its lines as lists of words."""
    if shutil.which("sh") is None:
        pytest.skip("there is no shell")
    adcli = tmp_path / "adcli"
    adcli.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m adcli "$@"\n', encoding="utf-8")
    adcli.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def run(name: str, *words: str) -> list[list[str]]:
        done = subprocess.run(
            ["sh", str(EXAMPLES / name), *words],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        return [line.split() for line in done.stdout.splitlines()]

    return run


@pytest.mark.parametrize("name", [*PROGRAMS, *SCRIPTS])
def test_each_example_is_in_the_index_and_tested(name: str) -> None:
    """No example without a word on it, and none that nobody runs."""
    assert f"({name})" in (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert f'"{name}"' in Path(__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_program_begins_with_comments_that_hold_its_command(name: str) -> None:
    """What it is first, then one line behind a $, as the index says."""
    assert "behind `$` the command that runs it" in (EXAMPLES / "README.md").read_text(encoding="utf-8")
    lines = (EXAMPLES / name).read_text(encoding="utf-8").splitlines()
    head = list(itertools.takewhile(lambda line: line.startswith("# "), lines))
    commands = [line for line in head if line.startswith("# $ adcli ")]
    assert len(commands) == 1
    assert head[0] not in commands


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in COSTS | ANSWERS])
def test_sympy_agrees_with_each_program(name: str) -> None:
    """The cross-check holds for all of them, to nearly all digits."""
    check = example(name, "--check")["check"]
    assert check["ok"]
    assert check["against"] == "SymPy"
    assert check["digits"] >= 14


# Programs


def test_sum_and_product() -> None:
    """(a + b)·c has the derivatives c, c and a + b."""
    result = example("product.ad")
    assert result["value"] == 20
    assert result["gradient"] == {"a": 4, "b": 4, "c": 5}


def test_network() -> None:
    """L = 10 - (w3·w1 + w4·w2)·a: by w1 -w3·a, by w2 -w4·a, by w3 -w1·a, by w4 -w2·a; two paths lead to a."""
    result = example("network.ad")
    assert result["value"] == -13
    assert result["gradient"] == {"a": -(4 * 2 + 5 * 3), "w1": -4, "w2": -5, "w3": -2, "w4": -3}


def test_cubes() -> None:
    """3x² at 7, 8, 9."""
    assert example("cubes.ad")["vjp"] == {"x[1]": 147, "x[2]": 192, "x[3]": 243}


def test_quadratic() -> None:
    """2x + y and x + 2y at (2, 3)."""
    assert example("quadratic.ad")["vjp"] == {"x": 7, "y": 8}


def test_chain() -> None:
    """Each adjoint is the product of the outer derivatives: 1, f', f'·g', f'·g'·h'."""
    outer = math.exp(math.sin(0.25))
    found = example("chain.ad")["gradient"]
    assert found == close({"w3": 1, "w2": outer, "w1": outer * math.cos(0.25), "w0": outer * math.cos(0.25) * 1.0})


def test_arm() -> None:
    """The determinant is l1·l2·sin(b), whatever the shoulder does."""
    result = example("arm.ad")
    a, b = math.pi / 6, math.pi / 2
    assert result["determinant"] == close(0.7 * math.sin(b))
    assert result["jacobian"][0] == close([-math.sin(a) - 0.7 * math.sin(a + b), -0.7 * math.sin(a + b)])
    assert result["jacobian"][1] == close([math.cos(a) + 0.7 * math.cos(a + b), 0.7 * math.cos(a + b)])


def greeks(S: float, K: float = 100, r: float = 0.05, s: float = 0.2, T: float = 1) -> dict[str, float]:
    """The closed forms of the textbooks."""
    d1 = (math.log(S / K) + (r + s * s / 2) * T) / (s * math.sqrt(T))
    d2 = d1 - s * math.sqrt(T)
    density = math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi)

    def normal(z: float) -> float:
        return math.erfc(-z / math.sqrt(2)) / 2

    discounted = K * math.exp(-r * T)
    return {
        "price": S * normal(d1) - discounted * normal(d2),
        "delta": normal(d1),
        "strike": -math.exp(-r * T) * normal(d2),
        "vega": S * math.sqrt(T) * density,
        "theta": -S * density * s / (2 * math.sqrt(T)) - r * discounted * normal(d2),
        "rho": T * discounted * normal(d2),
    }


def test_call_option() -> None:
    """Black and Scholes (1973); the price of this one stands in many a textbook: 10.4506."""
    result = example("call.ad")
    truth = greeks(100)
    assert result["value"] == close(truth["price"], rel=1e-13)
    assert f"{result['value']:.4f}" == "10.4506"
    names = {"S": "delta", "K": "strike", "r": "rho", "s": "vega"}
    assert result["gradient"] == close({**{x: truth[y] for x, y in names.items()}, "T": -truth["theta"]}, rel=1e-13)


def test_fit() -> None:
    """The normal equations' solution: the mean of y, and Σxy/Σx² (the x have the mean 0)."""
    pairs = [tuple(map(float, row.split(","))) for row in (EXAMPLES / "fit.csv").read_text().split()[1:]]
    found = example("fit.ad")["parameters"]
    assert found["a"]["value"] == close(sum(y for _, y in pairs) / 5)
    assert found["b"]["value"] == close(sum(x * y for x, y in pairs) / sum(x * x for x, _ in pairs))


def test_impedance() -> None:
    """GUM H.2: 127.732 ± 0.071, 219.85 ± 0.30, 254.26 ± 0.24."""
    found = example("impedance.ad")
    assert found["values"] == close([127.732, 219.847, 254.260], abs=5e-4)
    assert found["u"] == close([0.0700, 0.2957, 0.2366], abs=5e-5)


def test_kepler() -> None:
    """E - e·sin E = M, and its derivatives 1/(1 - e·cos E) and sin E/(1 - e·cos E)."""
    found = example("kepler.ad")
    anomaly = found["solution"]["E1"]
    assert anomaly - 0.3 * math.sin(anomaly) == close(1, rel=1e-15)
    slope = 1 / (1 - 0.3 * math.cos(anomaly))
    assert found["derivatives"]["E1"] == close({"M": slope, "e": slope * math.sin(anomaly)})


def test_rosenbrock() -> None:
    """The minimum is at (1, 1)."""
    found = example("rosenbrock.ad")
    assert found["minimizer"] == {"x": 1, "y": 1}
    assert found["positive_definite"]


def test_helmholtz_energy_costs_as_published() -> None:
    """Griewank (1989), Baydin et al. (2018), table 5: the gradient by reverse mode costs less than five functions."""
    rows = example("helmholtz.ad")["growth"]
    assert [row["size"] for row in rows] == [1, 8, 15, 22, 29, 36, 43, 50]
    assert all(row["reverse"] < 5 for row in rows)
    assert rows[-1]["reverse"] / rows[1]["reverse"] == close(1, rel=0.1)
    assert all(row["forward"] >= row["size"] / 2 for row in rows)


def test_helmholtz_energy_has_the_gradient_of_its_formula() -> None:
    """By hand, for two fluids."""
    x, b, A, t = [0.3, 0.4], [0.2, 0.5], [[1.0, 0.5], [0.5, 2.0]], 1.5
    words = ("--let", "n=2", "--wrt", "x", "--at", json.dumps({"x": x, "b": b, "A": A, "R": 1, "T": t}))
    found = answer("adcli", "grad", "-f", "helmholtz.ad", *words)["gradient"]
    bx = sum(p * q for p, q in zip(b, x, strict=True))
    Ax = [sum(p * q for p, q in zip(row, x, strict=True)) for row in A]
    xAx = sum(p * q for p, q in zip(x, Ax, strict=True))
    up, down, root = 1 + math.sqrt(2), 1 - math.sqrt(2), math.sqrt(8)
    quotient = math.log((1 + up * bx) / (1 + down * bx))
    for i in range(2):
        ideal = t * (math.log(x[i] / (1 - bx)) + 1 + b[i] * sum(x) / (1 - bx))
        slope = b[i] * (up / (1 + up * bx) - down / (1 + down * bx))
        excess = (
            2 * Ax[i] / (root * bx) * quotient - xAx * b[i] / (root * bx * bx) * quotient + xAx / (root * bx) * slope
        )
        assert found[f"x[{i + 1}]"] == close(ideal - excess, rel=1e-12)


def test_layers_are_cheaper_from_the_end() -> None:
    """660 multiplications in forward order, 124 in reverse order, and the gradient of all orders by hand."""
    result = example("mlp.ad")
    chain = result["chain"]
    assert chain["dims"] == [10, 6, 8, 2, 1]
    assert (chain["forward"], chain["reverse"], chain["optimal"]) == (660, 124, 124)
    point = json.loads((EXAMPLES / "mlp.json").read_text(encoding="utf-8"))
    values = [point["x"]]
    for weights in (point["W1"], point["W2"], point["W3"]):
        sums = [sum(w * z for w, z in zip(row, values[-1], strict=True)) for row in weights]
        values.append([math.tanh(s) for s in sums])
    adjoint = point["w"]
    for weights, z in zip((point["W3"], point["W2"], point["W1"]), reversed(values[1:]), strict=True):
        inner = [a * (1 - v * v) for a, v in zip(adjoint, z, strict=True)]
        adjoint = [sum(i * row[j] for i, row in zip(inner, weights, strict=True)) for j in range(len(weights[0]))]
    found = answer("adcli", "grad", "-f", "mlp.ad", "--at", "@mlp.json", "--wrt", "x")["gradient"]
    assert list(found.values()) == close(adjoint, rel=1e-12)


def test_a_squared_residual() -> None:
    """2 Aᵀ(A x - b)."""
    result = example("least_squares.ad")
    assert result["value"] == 5
    assert result["gradient"] == {"x[1]": -10, "x[2]": -16}


def test_the_likelihood_of_a_normal_distribution() -> None:
    """By m it is S⁻¹r, by S it is (S⁻¹r rᵀS⁻¹ - S⁻¹)/2."""
    result = example("gaussian.ad")
    S = sympy.Matrix([[2, "0.3", "0.1"], ["0.3", 1, "0.2"], ["0.1", "0.2", "0.5"]])
    r = sympy.Matrix(["0.3", "-0.3", "0.3"])
    inverse = S.inv()
    value = -(3 * sympy.log(2 * sympy.pi) + sympy.log(S.det()) + (r.T * inverse * r)[0]) / 2
    assert result["value"] == close(float(value), rel=1e-12)
    truth = [*(inverse * r), *((inverse * r * r.T * inverse - inverse) / 2)]
    assert list(result["gradient"].values()) == close(list(map(float, truth)), rel=1e-9)


def test_boundary_value_problem() -> None:
    """Tridiagonal: 1/h² beside the diagonal, exp(u) - 2/h² on it, in three sweeps."""
    result = example("bratu.ad")
    u = json.loads((EXAMPLES / "bratu.json").read_text(encoding="utf-8"))["u"]
    assert result["sweeps"] == 3
    truth = {(i, j): 100.0 for i in range(9) for j in (i - 1, i + 1) if 0 <= j < 9}
    truth.update({(i, i): math.exp(u[i]) - 200 for i in range(9)})
    assert {(i, j): number for i, j, number in result["entries"]} == close(truth, rel=1e-12)


# Scripts


def test_newton_solves_keplers_equation(shell) -> None:
    """It ends at a point where x - 0.3·sin(x) is 1, and the steps before it converge quadratically."""
    steps = [float(line[0]) for line in shell("newton.sh")]
    assert steps[-1] - 0.3 * math.sin(steps[-1]) == close(1, abs=1e-15)
    assert len(steps) <= 6


def test_newton_solves_a_boundary_value_problem(shell) -> None:
    """Bratu's u = -2·log(cosh((x - 1/2)·t/2)/cosh(t/4)), t = sqrt(2)·cosh(t/4), up to the error of the grid."""
    printed = shell("bratu.sh", "19")
    assert " ".join(printed[0]) == "largest residual of each step"
    heading = printed.index(["x", "u(x)"])
    residuals = [float(word) for (word,) in printed[1:heading]]
    assert residuals[0] == 1
    assert residuals[-1] < 1e-9
    assert len(residuals) <= 5
    t = 1.5
    for _ in range(100):
        t = math.sqrt(2) * math.cosh(t / 4)
    points = [(float(x), float(u)) for x, u in printed[heading + 1 :]]
    assert [x for x, _ in points] == close([i / 20 for i in range(1, 20)], rel=1e-5)
    for x, u in points:
        assert u == close(-2 * math.log(math.cosh((x - 0.5) * t / 2) / math.cosh(t / 4)), rel=5e-4)


def test_newton_finds_other_roots(shell) -> None:
    """The square root of 2."""
    assert float(shell("newton.sh", "x^2 - 2", "1")[-1][0]) == close(math.sqrt(2), rel=1e-15)


def test_newton_stops_where_there_is_no_value(shell) -> None:
    """An error of adcli ends the script."""
    with pytest.raises(AssertionError, match="log is not defined"):
        shell("newton.sh", "log(x)", "-1")


def test_greeks_are_those_of_the_closed_forms(shell) -> None:
    """Delta, vega, theta and rho for three prices."""
    header, *rows = shell("greeks.sh")
    assert header == ["S", "delta", "vega", "theta", "rho"]
    assert [row[0] for row in rows] == ["90", "100", "110"]
    for row in rows:
        truth = greeks(float(row[0]))
        assert [float(word) for word in row[1:]] == close([truth[name] for name in header[1:]], abs=5.1e-5)


def test_the_greeks_are_the_same_in_c_and_in_sql(shell) -> None:
    """Exported code beside exported code, and beside the closed form."""
    if not shutil.which("cc") or not (shutil.which("duckdb") or shutil.which("sqlite3")):
        pytest.skip("there is no C compiler or no database's command line")
    heads, *rows, verdict = shell("takeaway.sh")
    assert verdict == ["C", "and", "SQL", "agree"]
    assert heads == ["price", "delta", "vega", "left", "rho"]
    d1 = (math.log(90 / 100) + 0.07) / 0.2
    assert float(rows[0][1]) == close((1 + math.erf(d1 / math.sqrt(2))) / 2, abs=1e-6)


def test_a_book_has_the_greeks_of_its_positions(shell) -> None:
    """Each position's delta by the closed form, and the sum of all."""
    made = subprocess.run(
        [sys.executable, EXAMPLES / "book.py", "50"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    positions = [dict(zip(made[0].split(","), line.split(","), strict=True)) for line in made[1:]]
    *first, total = shell("book.sh", "50")
    truths = [
        greeks(float(p["spot"]), float(p["strike"]), 0.03, float(p["volatility"]), float(p["years"])) for p in positions
    ]
    assert [float(line[5]) for line in first] == close([t["delta"] for t in truths[:3]], abs=5.1e-5)
    assert total[0] == "50"
    delta = sum(float(p["quantity"]) * t["delta"] for p, t in zip(positions, truths, strict=True))
    assert float(total[3].rstrip(",")) == close(delta, abs=0.01)


def test_an_arm_stretched_out_is_singular(shell) -> None:
    """det = 0.7·sin(b); the hand's velocity and the torques by the arm's geometry."""
    *rows, velocity, torques = shell("arm.sh")
    angles = [math.pi / 2, math.pi / 3, math.pi / 6, math.pi / 60, 0]
    assert [float(row[1]) for row in rows] == close([0.7 * math.sin(b) for b in angles], abs=1e-6)
    assert [float(word) for word in velocity[1:]] == close([-0.7 * math.sin(math.pi / 6), 0.7 * math.cos(math.pi / 6)])
    assert [float(word) for word in torques[1:]] == close([10 * 1.7, 10 * 0.7])


def test_the_chain_is_the_same_from_both_ends(shell) -> None:
    """dw3/dx, forwards, is dy/dw0, backwards; in between, partial products of h', g', f'."""
    slopes = {name: float(number) for name, number in shell("chain.sh", "0.5")}
    inner, middle, outer = 1.0, math.cos(0.25), math.exp(math.sin(0.25))
    assert slopes == close(
        {
            "dw0/dx": 1,
            "dw1/dx": inner,
            "dw2/dx": inner * middle,
            "dw3/dx": inner * middle * outer,
            "dy/dw3": 1,
            "dy/dw2": outer,
            "dy/dw1": outer * middle,
            "dy/dw0": outer * middle * inner,
        }
    )
