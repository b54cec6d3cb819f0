"""Fits: problems of the NIST Statistical Reference Datasets (public domain), with their certified values."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest

from adcli.batch.files.formats import reader
from adcli.batch.matching import matched
from adcli.errors import AdcliError
from adcli.problem.problem import problem
from adcli.studies.answers.system import Unsolved
from adcli.studies.fit.fit import Fitted, fit
from adcli.studies.fit.model import Model
from adcli.studies.fit.triangle import Triangle, solved, upper

MISRA = """y,x
10.07,77.6
14.73,114.9
17.94,141.1
23.93,190.8
29.61,239.9
35.18,289.0
40.02,332.8
44.82,378.4
50.76,434.8
55.05,477.3
61.01,536.8
66.40,593.1
75.47,689.1
81.78,760.0
"""
RAT42 = """y,x
8.930,9
10.800,14
18.590,21
22.330,28
39.350,42
56.110,57
61.730,63
64.620,70
67.080,79
"""
MGH09 = """y,x
0.1957,4
0.1947,2
0.1735,1
0.16,0.5
0.0844,0.25
0.0627,0.167
0.0456,0.125
0.0342,0.1
0.0323,0.0833
0.0235,0.0714
0.0246,0.0625
"""
LANCZOS = "y,x\n" + "".join(
    f"{0.0951 * math.exp(-x) + 0.8607 * math.exp(-3 * x) + 1.5576 * math.exp(-5 * x):.12e},{x!r}\n"
    for x in (round(0.05 * i, 2) for i in range(24))
)
EXPONENTIALS = "b1*exp(-b2*x)+b3*exp(-b4*x)+b5*exp(-b6*x)"

PROBLEMS: dict[str, tuple[str, str, list[dict[str, Any]], dict[str, tuple[float, float]], float]] = {
    "Misra1a": (
        "b1*(1-exp(-b2*x))",
        MISRA,
        [{"b1": 500, "b2": 0.0001}, {"b1": 250, "b2": 0.0005}],
        {"b1": (238.94212918, 2.7070075241), "b2": (5.5015643181e-4, 7.2668688436e-6)},
        0.12455138894,
    ),
    "Rat42": (
        "b1/(1+exp(b2-b3*x))",
        RAT42,
        [{"b1": 100, "b2": 1, "b3": 0.1}, {"b1": 75, "b2": 2.5, "b3": 0.07}],
        {
            "b1": (72.462237576, 1.7340283401),
            "b2": (2.6180768402, 0.088295217536),
            "b3": (0.067359200066, 0.0034465663377),
        },
        8.0565229338,
    ),
    "MGH09": (
        "b1*(x^2+x*b2)/(x^2+x*b3+b4)",
        MGH09,
        [{"b1": 25, "b2": 39, "b3": 41.5, "b4": 39}, {"b1": 0.25, "b2": 0.39, "b3": 0.415, "b4": 0.39}],
        {
            "b1": (0.19280693458, 0.011435312227),
            "b2": (0.19128232873, 0.19633220911),
            "b3": (0.12305650693, 0.080842031232),
            "b4": (0.13606233068, 0.090025542308),
        },
        3.0750560385e-4,
    ),
}


@pytest.fixture
def fitted(tmp_path: Path) -> Any:
    """Fit a model to rows of CSV, given as their text."""

    def run(model: str, rows: str, at: dict[str, Any], response: str = "y", **options: Any) -> Fitted:
        (tmp_path / "rows.csv").write_text(rows)
        source = reader(str(tmp_path / "rows.csv"))
        source.open()
        asked = problem(model, at, values=False)
        try:
            return fit(asked, [source], lambda p, r: matched(p, r, {}, p.at), response, **options)[0]
        finally:
            source.close()

    return run


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", PROBLEMS)
def test_certified_values_are_found_from_both_starts(fitted: Any, name: str, start: int) -> None:
    """Ten digits of the parameters, of their standard deviations and of the residual sum of squares."""
    model, rows, starts, certified, rss = PROBLEMS[name]
    found = fitted(model, rows, starts[start])
    for parameter, (value, sd) in certified.items():
        assert found.parameters[parameter].value == pytest.approx(value, rel=1e-10)
        assert found.parameters[parameter].sd == pytest.approx(sd, rel=2e-10)
    assert found.rss == pytest.approx(rss, rel=1e-10)
    assert found.residual_sd == pytest.approx(math.sqrt(rss / found.dof), rel=1e-10)


def test_a_residual_that_all_but_vanishes_is_finished_with_more_digits(fitted: Any) -> None:
    """Three exponentials (Lanczos): floats alone would lose the standard deviations."""
    at = {"b1": 1.2, "b2": 0.3, "b3": 5.6, "b4": 5.5, "b5": 6.5, "b6": 7.6}
    found = fitted(EXPONENTIALS, LANCZOS, at)
    assert found.finished > 15
    truth = {"b1": 0.0951, "b2": 1, "b3": 0.8607, "b4": 3, "b5": 1.5576, "b6": 5}
    assert {name: p.value for name, p in found.parameters.items()} == pytest.approx(truth, rel=1e-6)
    assert found.residual_sd is not None
    assert found.residual_sd < 1e-12


def line(rows: str) -> tuple[list[float], list[float]]:
    """x and y of rows."""
    pairs = [row.split(",")[:2] for row in rows.split()[1:]]
    return [float(x) for x, _ in pairs], [float(y) for _, y in pairs]


LINE = "x,y,u\n1,2.1,0.1\n2,3.9,0.1\n3,6.2,0.2\n4,7.8,0.3\n5,10.1,0.2\n"


def test_a_line_is_that_of_the_closed_form(fitted: Any) -> None:
    """Slope, intercept, their standard errors and R², as in any textbook."""
    x, y = line(LINE)
    n, mx, my = len(x), sum(x) / len(x), sum(y) / len(y)
    sxx = sum((a - mx) ** 2 for a in x)
    b = sum((a - mx) * (c - my) for a, c in zip(x, y, strict=True)) / sxx
    a = my - b * mx
    rss = sum((c - a - b * d) ** 2 for d, c in zip(x, y, strict=True))
    found = fitted("a + b*x", LINE, {"a": 0, "b": 1})
    s2 = rss / (n - 2)
    assert found.parameters["a"].value == pytest.approx(a)
    assert found.parameters["b"].value == pytest.approx(b)
    assert found.parameters["b"].sd == pytest.approx(math.sqrt(s2 / sxx))
    assert found.parameters["a"].sd == pytest.approx(math.sqrt(s2 * (1 / n + mx * mx / sxx)))
    assert found.r_squared == pytest.approx(1 - rss / sum((c - my) ** 2 for c in y))
    assert found.parameters["b"].t == pytest.approx(b / math.sqrt(s2 / sxx))


def test_weights_and_uncertainties_say_how_much_rows_count(fitted: Any) -> None:
    """1/u² are the weights; uncertainties give standard errors of their own, which no residual changes."""
    by_weight = fitted("a + b*x", LINE, {"a": 0, "b": 1}, weights="1/u^2")
    by_u = fitted("a + b*x", LINE, {"a": 0, "b": 1}, spread="u")
    for name in ("a", "b"):
        assert by_u.parameters[name].value == pytest.approx(by_weight.parameters[name].value)
        assert by_weight.parameters[name].sd == pytest.approx(by_u.parameters[name].sd * by_u.residual_sd)
    scaled = fitted("a + b*x", LINE, {"a": 0, "b": 1}, weights="7/u^2")
    assert scaled.parameters["b"].sd == pytest.approx(by_weight.parameters["b"].sd)


def test_a_response_may_be_a_formula(fitted: Any) -> None:
    """log(y) of an exponential is a line."""
    rows = "x,y\n" + "".join(f"{x},{3 * math.exp(0.5 * x)!r}\n" for x in range(6))
    found = fitted("a + b*x", rows, {"a": 0, "b": 0}, response="log(y)")
    assert found.parameters["a"].value == pytest.approx(math.log(3))
    assert found.parameters["b"].value == pytest.approx(0.5)


def test_bounds_hold_and_are_said(fitted: Any) -> None:
    """What is at its bound stays; the others are where the sum of squares is least."""
    found = fitted("a + b*x", LINE, {"a": 0, "b": 1}, bounds={"b": ("", 1.5)})
    x, y = line(LINE)
    assert found.parameters["b"].value == 1.5
    assert found.parameters["a"].value == pytest.approx(sum(y) / 5 - 1.5 * sum(x) / 5)
    assert [notice.kind for notice in found.warnings] == ["bounds"]
    assert found.held == ("b",)
    assert found.offset < 1e-12  # by what is left to move
    with pytest.raises(AdcliError, match="outside its bounds"):
        fitted("a + b*x", LINE, {"a": 0, "b": 2}, bounds={"b": (0, 1)})


def test_some_parameters_may_be_constants(fitted: Any) -> None:
    """Those that are not chosen keep their values."""
    found = fitted("a + b*x", LINE, {"a": 0, "b": 1}, parameters=["b"])
    x, y = line(LINE)
    assert list(found.parameters) == ["b"]
    assert found.parameters["b"].value == pytest.approx(
        sum(a * b for a, b in zip(x, y, strict=True)) / sum(a * a for a in x)
    )


def test_linear_parameters_are_seen() -> None:
    """By structure: those in which the model is linear at once."""
    for text, linear in (
        ("a + b*x", ["a", "b"]),
        ("b1*exp(-b2*x) + b3*exp(-b4*x)", ["b1", "b3"]),
        ("(b1+b2*x)/(1+b3*x)", ["b1", "b2"]),
        ("b1*b2*x/(1+b2*x)", ["b1"]),
        ("x^b1", []),
    ):
        inputs = [name for name in problem(text, values=False).graph.input_names if name != "x"]
        asked = problem(text, dict.fromkeys(inputs, 1), values=False)
        model = Model(asked, list(asked.at), "y", None, None)
        assert [model.parameters[i] for i in model.linear] == linear


def test_exchanged_terms_stay_in_the_order_of_the_start(fitted: Any) -> None:
    """Of two exponentials either may come first; the start says which."""
    rows = "x,y\n" + "".join(f"{x},{2 * math.exp(-x) + 3 * math.exp(-4 * x)!r}\n" for x in (0.1 * i for i in range(20)))
    text = "p*exp(-q*x) + r*exp(-s*x)"
    first = fitted(text, rows, {"p": 1, "q": 0.5, "r": 1, "s": 6})
    second = fitted(text, rows, {"p": 1, "q": 6, "r": 1, "s": 0.5})
    assert [p.value for p in first.parameters.values()] == pytest.approx([2, 1, 3, 4], rel=1e-6)
    assert [p.value for p in second.parameters.values()] == pytest.approx([3, 4, 2, 1], rel=1e-6)


@pytest.mark.parametrize("engine", ["python", "numpy", "llvm"])
def test_engines_and_files_in_pieces_give_the_same_fit(
    fitted: Any, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are read again for each iteration, too, a few at a time."""
    if engine != "python":
        pytest.importorskip("scipy")
        pytest.importorskip("llvmlite" if engine == "llvm" else "numpy")
    source = random.Random(2)
    rows = "x,y\n" + "".join(
        f"{x!r},{1.5 * math.exp(-0.7 * x) + source.gauss(0, 0.01)!r}\n" for x in (source.random() for _ in range(3000))
    )
    whole = fitted("a*exp(-b*x)", rows, {"a": 1, "b": 1}, engine="python")
    monkeypatch.setattr("adcli.studies.fit.rows.MOST_CELLS", 10)
    monkeypatch.setattr("adcli.studies.fit.rows.SIZE", 700)
    pieces = fitted("a*exp(-b*x)", rows, {"a": 1, "b": 1}, engine=engine)
    for name, p in whole.parameters.items():
        assert pieces.parameters[name].value == pytest.approx(p.value, rel=1e-10)
        assert pieces.parameters[name].sd == pytest.approx(p.sd, rel=1e-8)
    assert whole.parameters["b"].value == pytest.approx(0.7, abs=4 * whole.parameters["b"].sd)


@pytest.mark.parametrize("loss", ["huber", "cauchy", "soft_l1", "arctan"])
def test_robust_losses_do_not_mind_an_outlier(fitted: Any, loss: str) -> None:
    """Least squares do."""
    pytest.importorskip("scipy")
    rows = LINE + "6,40,0.1\n"
    assert fitted("a + b*x", rows, {"a": 0, "b": 1}).parameters["b"].value > 4
    found = fitted("a + b*x", rows, {"a": 0, "b": 1}, loss=loss, loss_scale=0.1)
    assert found.parameters["b"].value == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize(
    ("model", "rows", "at", "options", "code", "said"),
    [
        ("a + b*x", LINE, {"a": 0, "b": 1}, {"response": "z"}, 4, "no column z"),
        ("a + b*x", "x,y\n1,2\n", {"a": 0, "b": 1}, {}, 4, "too few"),
        ("a + b*x", "x,y\n1,2\n2,nan\n3,4\n", {"a": 0, "b": 1}, {}, 4, "row 2"),
        ("a + b*x", "x,y\n1,2\n2,\n3,4\n", {"a": 0, "b": 1}, {}, 4, "null"),
        ("a + b*x", "x,y\n1,2\n2,two\n3,4\n", {"a": 0, "b": 1}, {}, 4, "no number"),
        ("a + b*x + c*x", LINE, {"a": 0, "b": 1, "c": 1}, {}, 3, "singular"),
        ("a + b*log(x - c)", LINE, {"a": 0, "b": 1, "c": 2}, {}, 3, "row 1"),
        ("a + b*x", LINE, {}, {}, 2, "no parameter has a start"),
        ("a + b*x", LINE, {"a": 0, "b": 1}, {"parameters": ["z"]}, 2, "z"),
        ("a + b*x", LINE, {"a": 0, "b": 1}, {"response": "x, y"}, 2, "one formula"),
        ("a + b*x", LINE, {"a": 0, "b": 1}, {"weights": "u", "spread": "u"}, 2, "one of them"),
        ("a + b*x", LINE, {"a": 0, "b": 1}, {"weights": "-u"}, 4, "row 1 .*the weight is -"),
        ("a + b*x", LINE, {"a": 0, "b": 1}, {"bounds": {"z": (0, 1)}}, 2, "no parameter"),
    ],
)
def test_what_cannot_be_fitted_is_refused(
    fitted: Any, model: str, rows: str, at: dict[str, Any], options: dict[str, Any], code: int, said: str
) -> None:
    """With what is wrong, and the exit code of its kind."""
    with pytest.raises(AdcliError, match=said) as caught:
        fitted(model, rows, at, **options)
    assert caught.value.exit_code == code


def test_rows_without_numbers_may_be_left_out(fitted: Any) -> None:
    """They are counted."""
    found = fitted("a + b*x", LINE + "6,nan,1\n7,,1\n", {"a": 0, "b": 1}, skip=True)
    assert found.rows == 5
    assert "2 rows" in found.warnings[0].message


def test_what_does_not_converge_says_so(fitted: Any) -> None:
    """With the best parameters: a pole that the data do not ask for."""
    with pytest.raises(Unsolved) as caught:
        fitted("a*exp(b*x) + c", "x,y\n0,1\n1,1\n2,1\n3,1\n", {"a": 1, "b": 1, "c": 0})
    assert caught.value.notes


def test_no_degrees_of_freedom_leave_no_standard_errors(fitted: Any) -> None:
    """As many rows as parameters."""
    found = fitted("a + b*x", "x,y\n1,2\n2,4\n", {"a": 0, "b": 1})
    assert found.dof == 0
    assert found.parameters["a"].sd is None
    assert found.residual_sd is None


def test_triangles_are_those_of_all_rows_at_once() -> None:
    """However they are cut; and they solve least squares."""
    source = random.Random(3)
    columns = [[source.gauss(0, 1) for _ in range(60)] for _ in range(4)]
    whole, pieces = Triangle(4), Triangle(4)
    whole.add(columns, 60)
    for start in range(0, 60, 7):
        part = [column[start : start + 7] for column in columns]
        pieces.add(part, len(part[0]))
    for a, b in zip(whole.upper, pieces.upper, strict=True):
        assert [abs(x) for x in a] == pytest.approx([abs(x) for x in b], abs=1e-12)
    assert whole.cost == pytest.approx(sum(x * x for x in columns[3]))
    step = whole.step()
    rest = [r + sum(c * d for c, d in zip(row, step, strict=True)) for *row, r in zip(*columns, strict=True)]
    for column in columns[:3]:
        assert sum(x * y for x, y in zip(column, rest, strict=True)) == pytest.approx(0, abs=1e-12)
    assert upper([[3.0, 4.0]])[0][0] == pytest.approx(-5)
    assert solved([[1.0, 1.0], [0.0, 0.0]], [2.0, 2.0]) == pytest.approx([2, 0])


def test_a_decimal_comma_is_said_to_be_one(fitted: Any) -> None:
    """Rather than to leave all rows out."""
    with pytest.raises(AdcliError, match="which is no number") as caught:
        fitted("a*x", 'x,y\n1,"2,5"\n2,5\n', {"a": 1})
    assert "--decimal ," in (caught.value.hint or "")
