"""`adcli derive` from the outside: programs that other commands read."""

from __future__ import annotations

import json

import pytest
from calling import Run

BAYDIN = "ln(x1)+x1*x2-sin(x2)"
AT = ("--at", "x1=2,x2=5")


def test_the_program_goes_to_standard_output(run: Run) -> None:
    """Nothing else, and nothing on stderr."""
    done = run("derive", BAYDIN)
    assert done.stdout == "d_x1 = x2 + 1/x1\nd_x2 = x1 - cos(x2)\nd_x1, d_x2\n"
    assert done.stderr == ""


def test_a_pipe_runs_it(run: Run) -> None:
    """`eval -` gives the gradient, `grad -` and `jacobian -` second derivatives, `derive -` their program."""
    program = run("derive", BAYDIN).stdout
    gradient = [line.split("\t")[1] for line in run("grad", BAYDIN, *AT).stdout.splitlines()]
    assert run("eval", "-", *AT, input=program).stdout.split() == gradient
    second = run("jacobian", "-", *AT, input=program).stdout
    assert [float(x) for x in second.split()] == pytest.approx([-0.25, 1.0, 1.0, -0.9589242746631385])
    third = run("derive", "-", input=run("derive", "x^5").stdout).stdout
    assert float(run("grad", "-", "--at", "x=2", "--format", "value", input=third).stdout) == 60 * 2**2
    values = run("eval", "-", *AT, input=run("derive", BAYDIN, "--value").stdout).stdout.split()
    assert float(values[0]) == pytest.approx(11.652071455223084)
    assert values[1:] == gradient


def test_simplifying_says_how_much_it_saved(run: Run) -> None:
    """On stderr beside a text, in the object of JSON."""
    done = run("derive", "sin(x)*sin(x)*1", "--optimize")
    assert done.stderr == "adcli: 6 operations simplified to 4\n"
    found = json.loads(run("derive", "sin(x)*sin(x)*1", "--optimize", "--format", "json").stdout)
    assert (found["operations"], found["optimized"]) == (6, 4)
    assert found["program"] == done.stdout
    assert run("derive", "sin(x)*sin(x)*1", "--optimize", "--format", "json").stderr == ""


def test_json_says_what_goes_in_and_what_comes_out(run: Run) -> None:
    """Inputs and outputs in their order, the mode that wrote it, how many operations it has."""
    found = json.loads(run("derive", "r*cos(t)", "r*sin(t)", "--jvp", "--format", "json").stdout)
    assert found["kind"] == "jvp"
    assert found["mode"] == "forward"
    assert found["inputs"] == ["r", "t", "r_dot", "t_dot"]
    assert found["outputs"] == ["y1_dot", "y2_dot"]
    assert found["operations"] > 0
    assert "optimized" not in found
    assert found["at"] == {}


def test_kinds_exclude_each_other(run: Run) -> None:
    """One program at a time."""
    assert "--jvp and --hessian exclude each other" in run("derive", "x", "--jvp", "--hessian", exit=2).stderr
    assert "choose one with --output NAME" in run("derive", "x", "y", "--hessian", exit=2).stderr
    assert "forward mode" in run("derive", "x", "--jvp", "--mode", "rev", exit=2).stderr


def test_colours_leave_the_program_readable(run: Run) -> None:
    """What is computed stands out; without the codes it is the program."""
    painted = run("derive", BAYDIN, "--color", "always").stdout
    assert "\x1b[1md_x1\x1b[0m = " in painted
    assert painted.replace("\x1b[1m", "").replace("\x1b[0m", "") == run("derive", BAYDIN).stdout


@pytest.mark.parametrize("words", [(), ("--jvp",), ("--vjp",)])
def test_a_pole_that_only_the_program_has_is_explained(run: Run, words: tuple[str, ...]) -> None:
    """The program of x² written as a root divides by 0 at 0, where `grad` finds the limit; the error names
    --limits, which gives it."""
    program = run("derive", "sqrt(x^4)", *words).stdout
    at = {(): "x=0", ("--jvp",): "x=0,x_dot=1", ("--vjp",): "x=0,y_bar=1"}[words]
    refused = run("eval", program, "--at", at, exit=3)
    assert "adcli: error: division by zero" in refused.stderr
    assert "hint: there is a limit: --limits gives it" in refused.stderr
    limit = run("eval", program, "--at", at, "--limits")
    assert limit.stdout == "0.0\n"
    assert "has only a limit here: division by zero" in limit.stderr
    assert run("grad", "sqrt(x^4)", "--at", "x=0").stdout == "x\t0.0\n"
    assert "adcli grad" not in run("eval", "1/x", "--at", "x=0", exit=3).stderr
