"""What once could end in an internal error is answered, or refused at its place."""

from __future__ import annotations

import json

import pytest
from calling import Run

POLYGAMMA = "x^polygamma(n,x)"
AT = ("--at", "n=2,x=3")


@pytest.mark.parametrize(
    ("equations", "at", "wrt", "determinant"),
    [
        (["x^2+y", "x^2+2y"], "x=0,y=1", "x,y", 0),
        (["y", "x"], "x=0,y=1", "x,y", -1),
        (["2x+y+z", "x+2z", "x*y*z"], "x=1,y=1,z=3", "y,z,x", -4),
        (["y+2z", "3z", "x"], "x=1,y=1,z=3", "x,y,z", 3),
        (["x+y", "x+y", "z"], "x=1,y=1,z=3", "x,y,z", 0),
    ],
)
def test_a_determinant_is_that_of_any_square_matrix(
    run: Run, equations: list[str], at: str, wrt: str, determinant: int
) -> None:
    """By pivots: columns of zeros, zeros on the diagonal, equal rows."""
    done = run("jacobian", *equations, "--at", at, "--wrt", wrt, "--det", "--format", "json")
    assert json.loads(done.stdout)["determinant"] == determinant


@pytest.mark.parametrize(
    "words",
    [
        ("grad", *AT),
        ("grad", *AT, "--mode", "fwd"),
        ("grad", *AT, "--precision", "30"),
        ("jacobian", *AT, "--mode", "cross"),
        ("jacobian", *AT, "--sparse"),
        ("jvp", *AT, "--tangent", "n=1"),
        ("vjp", *AT),
        ("hessian", *AT),
        ("hvp", *AT, "--vector", "n=1"),
        ("taylor", *AT, "--var", "n"),
        ("derive",),
        ("trace", *AT),
        ("paths", *AT),
        ("cost",),
        ("cost", "--elimination"),
        ("compare", *AT),
        ("sparsity", "--hessian"),
    ],
)
def test_what_has_no_derivative_is_refused_at_its_place_by_every_command(run: Run, words: tuple[str, ...]) -> None:
    """By its order, no rule differentiates polygamma; whoever asks is told where it stands."""
    command, *options = words
    done = run(command, POLYGAMMA, *options, "--format", "json", exit=3)
    error = json.loads(done.stderr)["error"]
    assert error["message"].endswith("polygamma cannot be differentiated by n")
    assert POLYGAMMA[slice(*error["span"])] == "polygamma(n,x)"


def test_by_its_other_argument_it_is_differentiated(run: Run) -> None:
    """And in a branch that is not taken it does no harm."""
    run("grad", "polygamma(n,x)", *AT, "--wrt", "x")
    done = run("grad", "where(n > 1, x*n, polygamma(n,x))", *AT, "--format", "value")
    assert done.stdout == "3.0\n2.0\n"


@pytest.mark.parametrize("text", ["x[E]", "x[pi]", "Sum(x,(i,1,E))", "Sum(x,(i,E,3))", "v[E] = x", "v[i=1..E] = x"])
def test_a_constant_is_no_index(run: Run, text: str) -> None:
    """Indices and bounds are whole numbers, and E is none."""
    error = json.loads(run("eval", text, "--at", "x=1", "--format", "json", exit=2).stderr)["error"]
    assert error["message"].endswith(" is no integer")
    assert text[slice(*error["span"])] in ("E", "pi")


@pytest.mark.parametrize(
    ("command", "text", "wrt", "numbers"),
    [
        ("hessian", "u = x^2; u + 3", "x,u", "2.0\t0.0\n0.0\t0.0\n"),
        ("hessian", "u = x^2; u + 3", "u", "0.0\n"),
        ("grad", "u = x^2; where(x > 0, x, u)", "x,u", "x\t1.0\nu\t0.0\n"),
        ("hessian", "u = x^2; where(x > 0, x^2, u)", "x,u", "2.0\t0.0\n0.0\t0.0\n"),
    ],
)
def test_the_differences_know_of_names_that_play_no_part(
    run: Run, command: str, text: str, wrt: str, numbers: str
) -> None:
    """An assigned name that the point does not need has no value to move, and the derivative 0."""
    assert run(command, text, "--at", "x=1", "--wrt", wrt, "--allow-unused", "--check").stdout == numbers


@pytest.mark.parametrize("text", ["If[x>1]", "If[x>1,2]", "If[x>1,2,3,4]", "If[x>1,2,3,4,5]"])
def test_an_if_of_mathematica_has_three_arguments(run: Run, text: str) -> None:
    """The fewer have no value somewhere, the more one that nobody can know."""
    done = run("eval", text, "--syntax", "mathematica", "--at", "x=3", exit=2)
    assert "If takes 3 arguments, got " in done.stderr


@pytest.mark.parametrize("number", ["1.797e308", "1.7976931348623157e308"])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("operation", ["floor", "ceiling"])
def test_the_largest_floats_are_rounded_as_others(run: Run, number: str, sign: str, operation: str) -> None:
    """They are whole, so that the place is a kink, at one side of which there are no floats."""
    for command in ("grad", "trace", "hessian", "taylor"):
        done = run(command, f"{operation}(x)", "--at", f"x={sign}{number}")
        assert f"{operation}(x) has a kink at {sign}1.797" in done.stderr
    done = run("grad", "floor(x)", "--at", "x=1e300000", "--precision", "20")
    assert "has a kink at 1.0e+300000" in done.stderr
