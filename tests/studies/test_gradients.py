"""A gradient from elsewhere: differences of a function, likely slips, and processes that do not answer as asked."""

from __future__ import annotations

import math
import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import mpmath
import pytest

from adcli.errors import AdcliError
from adcli.studies.gradients.check import GradientCheck, check_gradient, nested
from adcli.studies.gradients.differences import coarseness, slope
from adcli.studies.gradients.slips import Seen, guess


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (math.sin, math.cos),
        (math.exp, math.exp),
        (lambda x: x**5, lambda x: 5 * x**4),
        (lambda x: 1e6 + math.sin(x), math.cos),
        (lambda x: math.sin(50 * x), lambda x: 50 * math.cos(50 * x)),
        (lambda x: float(f"{math.sin(x):.7g}"), math.cos),
        (lambda x: 3.0, lambda x: 0.0),
        (lambda x: math.log(x) if x > 0 else math.nan, lambda x: 1 / x),
    ],
)
@pytest.mark.parametrize("x", [0.01, 0.7, 3.0])
def test_a_difference_knows_how_far_it_may_be_off(
    function: Callable[[float], float], derivative: Callable[[float], float], x: float
) -> None:
    """The true derivative is within the error that it states, and that is small, also where values are noisy."""
    found = slope(function, x)
    assert not found.kinked
    assert abs(found.value - derivative(x)) <= 4 * found.error + 1e-14 * abs(derivative(x))
    rounded = len(repr(function(x))) < 12 and function(x) != 3
    assert found.error <= (1e-3 if rounded else 1e-6) * max(1, abs(derivative(x)), abs(function(x)) / 1e4)


def single(x: float) -> float:
    """A number as single precision keeps it."""
    return float(struct.unpack("f", struct.pack("f", x))[0])


Function = Callable[[float], float]
SCALES: list[tuple[str, Function, Function, list[float]]] = [
    ("shifted", lambda x: math.sin(x - 2024), lambda x: math.cos(x - 2024), [2024.5, 2024, 1800.3, 2300.77]),
    ("peak", lambda x: math.exp(-((x - 300) ** 2) / 2), lambda x: (300 - x) * math.exp(-((x - 300) ** 2) / 2),
     [300.5, 299, 300, 270]),
    ("far peak", lambda x: math.exp(-((x - 2024) ** 2) / 2), lambda x: (2024 - x) * math.exp(-((x - 2024) ** 2) / 2),
     [2024.5, 2023, 2000]),
    ("fast", lambda x: math.sin(1e3 * x), lambda x: 1e3 * math.cos(1e3 * x), [1, 1.1, 0.9, 0.001, 0]),
    ("faster", lambda x: math.sin(1e5 * x), lambda x: 1e5 * math.cos(1e5 * x), [1, 1.1, 0.9, 0.8, 0.001, 1e-9, 0]),
    ("huge", lambda x: 1e200 * x * x, lambda x: 2e200 * x, [1, 0.001, 100.7]),
    ("small", lambda x: 1e-200 * x * x, lambda x: 2e-200 * x, [1, 0.001, 100.7]),
    ("logarithm", lambda x: math.log(x) if x > 0 else math.nan, lambda x: 1 / x, [1e-200, 1e-9, 1e-3, 1e20, 1e200]),
    ("cancelling", lambda x: (1 - math.cos(x)) / x**2,
     lambda x: float(mpmath.diff(lambda t: (1 - mpmath.cos(t)) / t**2, x)), [0.1, 0.01]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "derivative", "points"), [row[1:] for row in SCALES], ids=[row[0] for row in SCALES]
)
def test_steps_find_the_scale_of_the_function(function: Function, derivative: Function, points: list[float]) -> None:
    """Far from 0, fast, of any size: what large steps agree on by chance is not taken for the derivative."""
    for x in points:
        with mpmath.workdps(40):
            true = derivative(x)
        found = slope(function, x)
        assert abs(found.value - true) <= 4 * found.error + 1e-13 * abs(true)
        assert found.error <= 1e-6 * max(abs(true), abs(function(x)) / x if x else 0)
        assert not found.kinked


@pytest.mark.parametrize("rounded", [lambda y: float(f"{y:.6f}"), lambda y: float(f"{y:.6g}"), single])
@pytest.mark.parametrize("x", [0.7, 1.0, 1.1, 3.3, 100.7])
def test_rounded_values_limit_what_is_known(rounded: Function, x: float) -> None:
    """Plateaus of rounding agree on 0, which is not the derivative: the error is that of the last digit over a step."""
    for function, derivative in ((lambda t: t * t, lambda t: 2 * t), (lambda t: 7 + math.sin(t), math.cos)):
        found = slope(lambda t, f=function: rounded(f(t)), x)  # type: ignore[misc]
        assert abs(found.value - derivative(x)) <= 4 * found.error
        assert 1e-9 < found.error < 0.02 * max(1, x)


@pytest.mark.parametrize("function", [lambda x: math.sin(1e13 * x), lambda x: random.Random(x).random(), math.floor])
def test_where_steps_do_not_settle_nothing_is_known(function: Function) -> None:
    """Noise, what looks like noise in doubles, and a jump have no derivative, and that is said."""
    found = slope(function, 3.0)
    assert math.isnan(found.value)
    assert found.why


def test_few_digits_are_seen() -> None:
    """The last digit of decimals, and of numbers of so many significant digits; full doubles have none."""
    values = [1 / 3, 22 / 7, 12.3456789, 1e-3 / 7, 0.1]
    assert coarseness(values, values[0]) == 0
    assert coarseness([round(x, 4) for x in values], 3.1429) == pytest.approx(1e-4)
    assert coarseness([float(f"{x:.6g}") for x in values], 12.3457) == pytest.approx(1e-4)
    assert coarseness([3.0], 3.0) == 0


@pytest.mark.parametrize("function", [abs, lambda x: max(x, 3 * x), lambda x: abs(x) + math.exp(x)])
def test_a_kink_is_seen(function: Callable[[float], float]) -> None:
    """Where slopes on both sides differ, whatever the step."""
    assert slope(function, 0.0).kinked


def seen(claimed: Callable[[float, float], tuple[float, float]]) -> Seen:
    """x²y + sin y at ten points, with these derivatives claimed."""
    draw = random.Random(1)
    points = [(draw.uniform(0.5, 2), draw.uniform(0.5, 2)) for _ in range(10)]
    return Seen(
        claimed=[dict(zip("xy", claimed(*point), strict=True)) for point in points],
        true=[{"x": 2 * x * y, "y": x * x + math.cos(y)} for x, y in points],
        error=[{"x": 1e-10, "y": 1e-10}] * 10,
        inputs=[{"x": x, "y": y} for x, y in points],
        values=[x * x * y + math.sin(y) for x, y in points],
        tolerance=1e-6,
    )


@pytest.mark.parametrize(
    ("claimed", "name", "said"),
    [
        (lambda x, y: (-2 * x * y, 0), "x", "it has the wrong sign"),
        (lambda x, y: (x * y, 0), "x", "it is 1/2 times the derivative"),
        (lambda x, y: (2 * x * y * 180 / math.pi, 0), "x", "it is 180/π times the derivative"),
        (lambda x, y: (x * x + math.cos(y), 0), "x", "it is the derivative by y"),
        (lambda x, y: (0, math.cos(y)), "y", "a summand is missing: x^2"),
        (lambda x, y: (0, x * x), "y", "a summand is missing: cos y"),
        (lambda x, y: (2 * x * y + 3, 0), "x", "a constant, 3, is too much"),
        (lambda x, y: (x * x * y + math.sin(y), 0), "x", "it is the function itself"),
        (lambda x, y: (0, 0), "x", "it is 0 everywhere"),
        (lambda x, y: (math.tan(x + y), 0), "x", ""),
    ],
)
def test_a_slip_is_named_where_numbers_tell(
    claimed: Callable[[float, float], tuple[float, float]], name: str, said: str
) -> None:
    """Signs, factors, swapped inputs, summands."""
    found = guess(seen(claimed), name)
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_stale_and_transposed_derivatives_are_named() -> None:
    """Those of the point before, and those of the matrix's other half."""
    right = seen(lambda x, y: (0, 0))
    late = right._replace(claimed=[right.true[0], *right.true[:-1]])
    assert guess(late, "x").startswith("it is stale")
    names = ("A[1,1]", "A[1,2]", "A[2,1]", "A[2,2]")
    true = [{name: math.sin(7 * i + k) for i, name in enumerate(names)} for k in range(5)]
    flipped = [{**slopes, "A[1,2]": slopes["A[2,1]"], "A[2,1]": slopes["A[1,2]"]} for slopes in true]
    matrix = Seen(flipped, true, [dict.fromkeys(names, 0.0)] * 5, true, [1.0] * 5, 1e-6)
    assert guess(matrix, "A[1,2]") == "it is transposed: the derivative by A[2,1]"


def test_inputs_with_indices_are_lists() -> None:
    """As --at has them."""
    assert nested({"a": 1.0, "x[1]": 2.0, "x[2]": 3.0, "A[1,2]": 5.0, "A[1,1]": 4.0}) == {
        "a": 1.0,
        "x": [2.0, 3.0],
        "A": [[4.0, 5.0]],
    }


# Processes

CODE = """
import json, math, sys, time
how = sys.argv[1]
for line in sys.stdin:
    p = json.loads(line)
    x, y = p["x"], p["y"]
    g = {"x": 2*x*y + y*math.cos(x*y), "y": x**2 + x*math.cos(x*y)}
    if how == "sign": g["x"] *= -1
    if how == "summand": g["x"] = 2*x*y
    if how == "die": sys.exit("no licence")
    if how == "hang": time.sleep(60)
    if how == "rubbish": g = "hello"
    if how == "lack": del g["y"]
    if how == "text": g["y"] = "1"
    print("hello" if how == "noise" else json.dumps(x**2*y + math.sin(x*y) if how == "value" else g), flush=True)
"""
FORMULA = "x^2*y + sin(x*y)"


@pytest.fixture
def code(tmp_path: Path) -> Callable[[str], str]:
    """Commands that are right, or wrong in a way of their own."""
    file = tmp_path / "theirs.py"
    file.write_text(CODE, encoding="utf-8")
    return lambda how: f"'{sys.executable}' '{file}' {how}"


def checked(gradient: str, **options: object) -> GradientCheck:
    return check_gradient(gradient, {"x": 1, "y": 2}, **{"points": 4, **options})  # type: ignore[arg-type]


def test_a_right_gradient_is_right_by_differences_and_by_a_formula(code: Callable[[str], str]) -> None:
    """The function is held against the formula, too."""
    by_differences = checked(code("right"), function=code("value"))
    assert by_differences.ok
    assert all(entry.error is not None and entry.error < 1e-9 for entry in by_differences.entries)
    both = checked(code("right"), function=code("value"), against=FORMULA)
    assert both.ok
    assert [entry.name for entry in both.entries] == ["value", "x", "y"]


HARD = """
import json, math, sys
value, slope = (eval("lambda x: " + text, vars(math)) for text in sys.argv[2:])
for line in sys.stdin:
    x = json.loads(line)["x"]
    if sys.argv[1] == "value":
        print(value(x), flush=True)
    else:
        print(json.dumps({"x": slope(x)}), flush=True)
"""


@pytest.mark.parametrize(
    ("value", "right", "wrong", "x"),
    [
        ("sin(x-2024)", "cos(x-2024)", "-cos(x-2024)", 2024.5),
        ("exp(-(x-1000)**2/2)", "(1000-x)*exp(-(x-1000)**2/2)", "2*(1000-x)*exp(-(x-1000)**2/2)", 1000.5),
        ("sin(1e5*x)", "1e5*cos(1e5*x)", "cos(1e5*x)", 1.0),
        ("1e200*x*x", "2e200*x", "1e200*x", 1.0),
        ("'%.6f' % (x*x)", "2*x", "3*x", 1.0),
        ("'%.6g' % sin(x)", "cos(x)", "0", 1.0),
    ],
)
def test_right_code_is_not_accused_and_wrong_code_is(
    tmp_path: Path, value: str, right: str, wrong: str, x: float
) -> None:
    """Whatever the function's own scale and digits."""
    file = tmp_path / "hard.py"
    file.write_text(HARD, encoding="utf-8")
    for claimed, verdict in ((right, "ok"), (wrong, "wrong")):
        words = (f'"{sys.executable}" "{file}" {what} "{value}" "{claimed}"' for what in ("value", "slope"))
        function, gradient = words
        found = check_gradient(gradient, {"x": x}, function=function)
        assert (found.entries[0].verdict, found.ok) == (verdict, verdict == "ok")


@pytest.mark.parametrize("claimed", ["0", "1"])
def test_steps_of_a_function_accuse_nobody(tmp_path: Path, claimed: str) -> None:
    """Of floor near 1000 large steps tell the slope 1, small ones 0: that is undecided, and why is said."""
    file = tmp_path / "hard.py"
    file.write_text(HARD, encoding="utf-8")
    function, gradient = (f'"{sys.executable}" "{file}" {what} "floor(x)" "{claimed}"' for what in ("value", "slope"))
    found = check_gradient(gradient, {"x": 1000.5}, function=function)
    assert (found.entries[0].verdict, found.ok) == ("undecided", True)
    assert "steps" in found.entries[0].slip or "noise" in found.entries[0].slip


def test_a_wrong_entry_is_named_with_its_slip(code: Callable[[str], str]) -> None:
    """By differences from numbers alone, by a formula from its steps."""
    found = checked(code("sign"), function=code("value"))
    assert not found.ok
    assert [(entry.verdict, entry.slip) for entry in found.entries] == [("wrong", "it has the wrong sign"), ("ok", "")]
    found = checked(code("summand"), against=FORMULA)
    assert found.entries[0].slip == "the summand cos(x*y)*y is missing"


@pytest.mark.parametrize(
    ("how", "said", "note"),
    [
        ("die", "ended with status 1 before it answered", "no licence"),
        ("hang", "did not answer within 0.5 s", ""),
        ("noise", "answered 'hello', which is no JSON", ""),
        ("rubbish", "which is no object of derivatives", ""),
        ("lack", "which lacks the derivative by y", ""),
        ("text", "which has no number for y", ""),
    ],
)
def test_who_does_not_answer_is_named(code: Callable[[str], str], how: str, said: str, note: str) -> None:
    """With the command, the line, and what it said on its standard error."""
    with pytest.raises(AdcliError) as raised:
        checked(code(how), against=FORMULA, seconds=0.5 if how == "hang" else 10)
    assert said in raised.value.message
    assert raised.value.exit_code == 4
    assert note in " ".join(raised.value.notes)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"gradient": "no-such-command-at-all", "against": FORMULA}, "cannot start --gradient"),
        ({"gradient": "'", "against": FORMULA}, "no closing quotation"),
        ({"gradient": " ", "against": FORMULA}, "--gradient is empty"),
        ({"gradient": "true"}, "held against a function or a formula"),
    ],
)
def test_what_cannot_be_started_is_refused(options: dict[str, str], said: str) -> None:
    """Before anything is asked."""
    with pytest.raises(AdcliError, match=said):
        checked(**options)
