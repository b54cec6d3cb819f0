"""Lists whose rows have several lengths are no matrices, and that is said, with both lengths and their places."""

from __future__ import annotations

from typing import Any

import pytest

import adcli
from adcli.errors import AdcliError, SyntaxFault


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ([[1, 2], [3]], "A is no matrix: A[1] has 2 elements and A[2] has 1 element"),
        ([[1, 2], [3, 4], [5, 6, 7]], "A is no matrix: A[1] has 2 elements and A[3] has 3 elements"),
        ([[1, 2], 3], "A is no matrix: A[1] has 2 elements and A[2] is one number"),
        ([[1, 2], [3, [4]]], "A is no matrix: A[1,1] is one number and A[2,2] has 1 element"),
        ([[[1], [2]], [[3], [4, 5]]], "A is no matrix: A[1,1] has 1 element and A[2,2] has 2 elements"),
    ],
)
def test_a_value_names_its_rows(at: Any, said: str) -> None:
    with pytest.raises(AdcliError) as caught:
        adcli.gradient("sum(A)", {"A": at})
    assert caught.value.message == said
    assert caught.value.span == (4, 5)
    assert caught.value.hint == "give all its rows one length"


def test_its_elements_are_numbers_nevertheless() -> None:
    assert adcli.gradient("A[1,1]*A[2,1]", {"A": [[1, 2], [3]]}, wrt="A[1,1]").gradient == {"A[1,1]": 3.0}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (
            "[[1, 2], [3]]@x",
            "[3]",
            "a matrix have one length: [1, 2] has 2 elements, and [3] has 1 element",
        ),
        ("sum([[1], [2], [x[1], 3]])", "[x[1], 3]", "[1] has 1 element, and [x[1], 3] has 2 elements"),
        ("sum([[1, 2], 3])", "[1, 2], 3", "the shapes differ: [1, 2] is a vector of 2 and 3 is one number"),
    ],
)
def test_a_list_that_is_written_out_is_marked_where_it_differs(text: str, place: str, said: str) -> None:
    with pytest.raises(SyntaxFault) as caught:
        adcli.gradient(text, {"x": [1, 2]})
    assert said in caught.value.message
    assert caught.value.span is not None
    assert text[slice(*caught.value.span)] == place
