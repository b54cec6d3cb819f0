"""The table on a terminal, exactly."""

from __future__ import annotations

import math
from dataclasses import replace

import mpmath
import pytest
import samples

from adcli.render import View, render
from adcli.render.screen import encodable, shorten, width_of
from adcli.results import Result


def test_a_gradient() -> None:
    """The answer first, the evidence last."""
    assert render(replace(samples.gradient, check=samples.AGREES), "table", View(width=80)) == (
        "\n"
        "  f = ln(x1)+x1*x2-sin(x2) = 11.6521      reverse mode, 1 sweep\n"
        "\n"
        "   ∂f/∂x1   5.5\n"
        "   ∂f/∂x2   1.71634\n"
        "\n"
        "  ✓ SymPy agrees (30 digits); all 16 digits of the floats are right\n"
        "\n"
    )


def test_a_jacobian() -> None:
    """Decimal points stand below each other."""
    assert render(samples.jacobian, "table", View(width=80)) == (
        "\n"
        "  y1 = x1*x2   = -2            forward mode, 2 sweeps\n"
        "  y2 = sin(x1) = 0.841471\n"
        "  y3 = x2^2    = 4\n"
        "\n"
        "        ∂/∂x1       ∂/∂x2\n"
        "   y1   -2           1\n"
        "   y2    0.540302    0\n"
        "   y3    0          -4\n"
        "\n"
    )


def test_a_jacobian_in_the_denominator_layout() -> None:
    """A row per input, and the determinant below."""
    assert render(samples.polar, "table", View(width=80)) == (
        "\n"
        "  y1 = r*cos(t) = 2      reverse mode, 2 sweeps\n"
        "  y2 = r*sin(t) = 0\n"
        "\n"
        "          y1   y2\n"
        "   ∂/∂r   1    0\n"
        "   ∂/∂t   0    2\n"
        "\n"
        "   det J = 2\n"
        "\n"
    )


def test_values_and_products() -> None:
    """Values alone; J·ẋ and ȳᵀ·J with what was multiplied."""
    assert render(samples.evaluation, "table", View(width=80)) == "\n  f = ln(x1)+x1*x2-sin(x2) = 11.6521\n\n"
    assert render(samples.jvp, "table", View(width=80)).splitlines()[4:] == [
        "  J·ẋ  for ẋ = (x1: 1, x2: 2)",
        "   y1   8.93268",
        "   y2   9",
        "",
    ]
    assert render(samples.vjp, "table", View(width=80)).splitlines()[4:] == [
        "  ȳᵀ·J  for ȳ = (y1: 1, y2: 2)",
        "   x1   15.5",
        "   x2    5.71634",
        "",
    ]


def test_a_linear_approximation() -> None:
    """In place of the matrix."""
    assert render(samples.jacobian, "table", View(width=80, linearize=True)).splitlines()[5:] == [
        "   y1 ≈ -2 - 2*(x1 - 1) + 1*(x2 + 2)",
        "   y2 ≈ 0.841471 + 0.540302*(x1 - 1)",
        "   y3 ≈ 4 - 4*(x2 + 2)",
        "",
    ]


def test_warnings_and_a_failed_check_stand_below_the_numbers() -> None:
    """With the place, where it is not the whole text."""
    result = replace(
        samples.gradient, text="x*abs(x)+1", formulas=("x*abs(x)+1",), warnings=(samples.KINK,), check=samples.DISAGREES
    )
    assert render(result, "table", View(width=60)).splitlines()[6:] == [
        "  ! abs has no derivative at 0; 0 is taken, between the",
        "    one-sided -1 and 1",
        "    x*abs(x)+1",
        "      ^^^^^^",
        "",
        "  ✗ ∂y/∂x1 is 5.5 by adcli and 4.5 by SymPy",
        "",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_wide_jacobian_folds(width: int) -> None:
    """Into blocks of columns, each with the rows' names; no line is longer than the terminal."""
    text = render(samples.wide(40), "table", View(width=width))
    assert max(map(width_of, text.splitlines())) <= width
    heads = [line.split() for line in text.splitlines() if "∂/∂" in line]
    assert [name for head in heads for name in head] == [f"∂/∂x{i}" for i in range(1, 41)]
    assert text.count("\n   u ") == len(heads) > 1


def test_a_pipe_has_no_width() -> None:
    """Without a terminal nothing folds."""
    text = render(samples.wide(40), "table", View(width=None))
    assert sum("∂/∂" in line for line in text.splitlines()) == 1


def test_many_rows() -> None:
    """Several hundred entries are a line each."""
    result = replace(samples.gradient, gradient={f"x{i}": float(i) for i in range(500)})
    lines = render(result, "table", View(width=80)).splitlines()
    assert lines[3] == "   ∂f/∂x0       0"
    assert lines[502] == "   ∂f/∂x499   499"


@pytest.mark.parametrize("width", [30, 50, 80])
def test_a_long_formula_is_cut_in_its_middle(width: int) -> None:
    """Both ends stay, the line is not wrapped, and the method goes to a line of its own."""
    text = "+".join(f"x{i}" for i in range(1000))
    lines = render(replace(samples.gradient, text=text, formulas=(text,)), "table", View(width=width)).splitlines()
    assert lines[1].startswith("  f = x0+")
    assert "…" in lines[1]
    assert lines[1].endswith("x999 = 11.6521")
    assert width_of(lines[1]) == width
    assert lines[2] == "  reverse mode, 1 sweep"


def test_digits() -> None:
    """--digits for people; an mpf shows all it has unless asked."""
    assert "11.652071" in render(samples.evaluation, "table", View(digits=8))
    with mpmath.workdps(40):
        result = replace(samples.evaluation, values=(mpmath.mpf(2) / 3,), precision=30)
    assert "0.666666666666666666666666666667" in render(result, "table")
    assert "= 0.667\n" in render(result, "table", View(digits=3))


def test_colour_is_only_used_where_it_is_wanted() -> None:
    """Bold numbers, quiet evidence; none of it without colour."""
    result = replace(samples.gradient, check=samples.AGREES)
    assert "\x1b" not in render(result, "table", View(width=80))
    coloured = render(result, "table", View(width=80, color=True))
    assert "\x1b[1m5.5\x1b[0m" in coloured
    assert "\x1b[32m✓\x1b[0m" in coloured


def test_a_function_is_called_f_unless_an_input_is() -> None:
    """A program's own names stay."""
    result = replace(samples.evaluation, text="f+1", formulas=("f+1",), at={"f": 1.0})
    assert "  y = f+1 = " in render(result, "table")
    result = replace(samples.evaluation, text="f+y", formulas=("f+y",), at={"f": 1.0, "y": 1.0})
    assert "  g = f+y = " in render(result, "table")
    result = replace(samples.evaluation, text="L = 10-d", formulas=("10-d",), outputs=("L",), unnamed=False)
    assert "  L = 10-d = " in render(result, "table")


def test_infinite_values_are_shown() -> None:
    """Where a value is allowed to be infinite, it is said in words."""
    assert "= Infinity" in render(replace(samples.evaluation, values=(math.inf,)), "table")


@pytest.mark.parametrize("result", [samples.gradient, samples.jvp, samples.vjp, samples.jacobian])
def test_without_unicode_the_table_still_says_the_same(result: Result) -> None:
    """Characters that an encoding lacks are replaced by ASCII, never by a crash."""
    text = encodable(render(replace(result, check=samples.AGREES), "table", View(width=80)), "ascii")
    assert text.isascii()
    assert "?" not in text
    assert "\\" not in text
    if result is samples.gradient:
        assert "   df/dx1   5.5\n" in text
        assert "  ok: SymPy agrees" in text


def test_cutting_counts_columns() -> None:
    """A wide character takes two."""
    assert shorten("abcdefgh", 5) == "ab…gh"
    assert shorten("abcdefgh", 8) == "abcdefgh"
    assert shorten("汉字汉字汉字", 5) == "汉…字"
    assert width_of("汉字") == 4
    assert width_of("e\u0301") == 1


def test_without_a_witness_there_is_no_tick() -> None:
    """What nobody confirmed has a dash before it."""
    unseen = replace(samples.AGREES, against="none", detail="no witness: nobody knows", witnessed=False)
    text = render(replace(samples.gradient, check=unseen), "table")
    assert "  – no witness: nobody knows\n" in text
    assert "✓" not in text
    assert "  - no witness" in encodable(text, "ascii")
