"""Words: what a number, a name and an operator is."""

from __future__ import annotations

import pytest

from adcli.errors import SyntaxFault
from adcli.language import tokens


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def kinds(text: str) -> list[str]:
    return [token.kind for token in tokens(text)]


@pytest.mark.parametrize("number", ["1", "1.", ".5", "0.1", "1e-3", "1E5", "1.e5", ".5e+10", "007"])
def test_a_number_is_one_word_kept_as_written(number: str) -> None:
    assert words(number) == [number]
    assert kinds(number) == ["number"]


@pytest.mark.parametrize(
    "name", ["x", "x1", "x_1y", "theta", "_a", "λ", "x₁", "θ₀", "ẋ", "x\u0307", "lambda", "N", "Ω", "変数", "ﬁ"]
)
def test_an_identifier_is_one_name_whatever_its_script(name: str) -> None:
    assert words(name) == [name]
    assert kinds(name) == ["name"]


def test_words_that_begin_like_and_or_not_are_names() -> None:
    assert kinds("android order nothing and_ or1") == ["name"] * 5
    assert kinds("x and not y or z") == ["name", "keyword", "keyword", "name", "keyword", "name"]


def test_a_product_is_implied_between_a_number_or_bracket_and_a_name_or_bracket() -> None:
    assert words("2x") == ["2", "*", "x"]
    assert words("2(x+1)") == ["2", "*", "(", "x", "+", "1", ")"]
    assert words("(a)(b)") == ["(", "a", ")", "*", "(", "b", ")"]
    assert words("3sin(x)y") == ["3", "*", "sin", "(", "x", ")", "*", "y"]
    times = tokens("2x")[1]
    assert (times.start, times.end) == (1, 1)


def test_the_letter_e_after_a_number_is_an_exponent_only_with_digits() -> None:
    assert words("2e") == ["2", "*", "e"]
    assert words("2E") == ["2", "*", "E"]
    assert words("2e3") == ["2e3"]
    assert words("2e3x") == ["2e3", "*", "x"]
    assert words("2e+x") == ["2", "*", "e", "+", "x"]
    assert words("2ex") == ["2", "*", "ex"]


def test_bars_open_where_an_operand_is_expected_and_close_elsewhere() -> None:
    bars = [token.kind for token in tokens("|x| + ||y| - |z||") if token.text == "|"]
    assert bars == ["open", "close", "open", "open", "close", "open", "close", "close"]


def test_a_name_with_a_bracket_is_a_function_or_has_elements() -> None:
    assert kinds("f(x)") == ["function", "open", "name", "close"]
    assert kinds("x [1]") == ["element", "open", "number", "close"]


def test_dots_belong_to_a_range_not_to_its_numbers() -> None:
    assert words("v[i=1..6]") == ["v", "[", "i", "=", "1", "..", "6", "]"]


def test_line_breaks_end_statements_only_outside_of_brackets() -> None:
    assert kinds("a\nb;c\r\nd") == ["name", "end", "name", "end", "name", "end", "name"]
    assert "end" not in kinds("(a +\n b)")


def test_comments_are_no_words() -> None:
    assert words("x # + y\n+ z # end") == ["x", "\n", "+", "z"]


def test_signs_of_papers_are_read_as_the_usual_ones() -> None:
    assert words("−x × y · z ÷ w ≤ a ≥ b ≠ c ∗ d") == words("- x * y * z / w <= a >= b != c * d")


def test_places_are_those_of_the_text() -> None:
    text = "−x₁ ≤ 2sin(|y|)"
    for token in tokens(text):
        if token.kind in ("name", "number", "function"):
            assert text[token.start : token.end] == token.text


def test_signs_are_written_out() -> None:
    assert words("x¹⁰ + 2⁻¹") == words("x^10 + 2^-1")
    assert words("2n! + f(x)!") == words("2*factorial(n) + factorial(f(x))")
    assert words("√x + 2√(y)") == words("sqrt(x) + 2*sqrt(y)")
    assert words("!(a) && b || !c") == words("Not(a) and b or not c")
    assert [t.kind for t in tokens("2|x||y| ? a : b if (c) else d") if t.text in "|?:(if else)"] == [
        *["open", "close"] * 2, "operator", "operator", "keyword", "open", "close", "keyword"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "span", "hint"),
    [
        ("x'", (1, 2), "derivative"),
        ("x & y", (2, 3), "and"),
        ("a.b", (1, 2), "attributes"),
        ('"x"', (0, 1), "strings"),
        ("\\sin x", (0, 1), "latex"),
        ("{x}", (0, 1), "( )"),
        ("x\u200b", (1, 2), None),
    ],
)
def test_what_is_no_word_is_refused_at_its_place(text: str, span: tuple[int, int], hint: str | None) -> None:
    with pytest.raises(SyntaxFault) as caught:
        tokens(text)
    assert caught.value.span == span
    assert hint is None or (caught.value.hint is not None and hint in caught.value.hint)
