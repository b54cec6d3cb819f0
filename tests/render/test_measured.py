"""Values with uncertainties as metrologists write them."""

from __future__ import annotations

import pytest

from adcli.render.measured import column, expanded, measured, pairs


@pytest.mark.parametrize(
    ("value", "u", "texts"),
    [
        (50000838.25, 31.7, ("50000838", "32")),  # the end gauge of GUM H.1, in nm
        (127.7321, 0.0711, ("127.732", "0.071")),
        (0.5, 0.0996, ("0.50", "0.10")),
        (6.62607015e-34, 8.1e-41, ("6.62607015e-34", "8.1e-41")),
        (1.5e8, 5e6, ("1.500e+08", "5.0e+06")),
        (5.8e-7, 1e-9, ("5.800e-07", "1.0e-09")),
    ],
)
def test_an_uncertainty_has_two_digits_and_the_value_ends_where_it_does(
    value: float, u: float, texts: tuple[str, str]
) -> None:
    """Whole numbers stay whole numbers."""
    assert measured(value, u) == texts


def test_a_column_has_one_notation() -> None:
    """Powers of ten in all its rows, or in none."""
    assert pairs([50000838, 5.8e-7], [32, 1e-9]) == [("50000838", "32"), ("0.0000005800", "0.0000000010")]
    assert pairs([300, 1.38e-23], [1, 1e-25]) == [("3.000e+02", "1.0e+00"), ("1.380e-23", "1.0e-25")]
    assert expanded([1.5e8], [5e6], [9.8e6]) == [("1.500e+08", "5.0e+06", "9.8e+06")]
    assert column([5e7, 5.8e-7, 0.0], 4) == ["5e+07", "5.8e-07", "0"]
    assert column([-12929.3, 50.86], 4) == ["-12929", "50.86"]


def test_digits_are_those_of_the_uncertainty() -> None:
    """And the value has as many places."""
    assert measured(127.7321, 0.0711, 3) == ("127.7321", "0.0711")
    assert measured(127.7321, 0.0711, 1) == ("127.73", "0.07")
