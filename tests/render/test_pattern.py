"""Pictures of sparse matrices stay small, and show every entry somewhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adcli.render import View
from adcli.render.pattern import MAX_HEIGHT, MAX_WIDTH, named, picture

ASCII = View(unicode=False)


def test_a_small_matrix_has_a_character_per_entry() -> None:
    """The letter of its sweep where sweeps are known: small for forward, capital for reverse."""
    places = [(0, 0), (0, 2), (1, 1)]
    assert picture(places, 2, 3, View()) == ["● · ●", "· ● ·"]
    assert picture(places, 2, 3, ASCII) == ["# . #", ". # ."]
    assert picture(places, 2, 3, View(), [0, 2, 1], 2) == ["a · A", "· b ·"]


def test_more_sweeps_than_letters_are_dots() -> None:
    """There are 26."""
    places = [(0, j) for j in range(27)]
    assert picture(places, 1, 27, View(), list(range(27)), 27) == [" ".join("●" * 27)]


def test_a_diagonal_in_dots() -> None:
    """Two by four in a character, in a frame."""
    assert picture([(i, i) for i in range(20)], 20, 20, View(width=30)) == [
        "┌──────────┐",
        "│⠑⢄⠀⠀⠀⠀⠀⠀⠀⠀│",
        "│⠀⠀⠑⢄⠀⠀⠀⠀⠀⠀│",
        "│⠀⠀⠀⠀⠑⢄⠀⠀⠀⠀│",
        "│⠀⠀⠀⠀⠀⠀⠑⢄⠀⠀│",
        "│⠀⠀⠀⠀⠀⠀⠀⠀⠑⢄│",
        "└──────────┘",
    ]


def test_a_diagonal_in_ascii() -> None:
    """A character is twice as high as wide."""
    lines = picture([(i, i) for i in range(8)], 8, 200, ASCII)
    assert lines[0] == "+" + "-" * MAX_WIDTH + "+"
    assert [line.rstrip(" |") for line in lines[1:3]] == ["|##", "|  #"]


@given(st.integers(1, 5000), st.integers(1, 5000), st.booleans(), st.sampled_from([None, 5, 20, 80, 200]), st.data())
def test_every_entry_is_seen_and_every_picture_fits(
    height: int, width: int, unicode: bool, columns: int | None, data: st.DataObject
) -> None:
    """One entry marks one character of a picture that is nowhere wider or higher than it may be."""
    view = View(unicode=unicode, width=columns)
    empty = picture([], height, width, view)
    place = data.draw(st.tuples(st.integers(0, height - 1), st.integers(0, width - 1)))
    marked = picture([place], height, width, view)
    assert len(marked) == len(empty) <= MAX_HEIGHT + 2
    assert {len(line) for line in marked} == {len(line) for line in empty}
    assert max(map(len, marked)) <= min((columns or 80), MAX_WIDTH + 8) or (columns or 80) < 16
    differences = sum(a != b for one, two in zip(marked, empty, strict=True) for a, b in zip(one, two, strict=True))
    assert differences == 1


NAMES = ["x1", "x2", "x3"]


def test_rows_and_columns_have_names() -> None:
    """Beside what has a character per entry, as far as there is room; else in a sentence."""
    places = [(0, 0), (0, 2), (1, 1)]
    lines, said = named(places, ["y1", "y2"], NAMES, View())
    assert lines == ["    x1  x2  x3", "y1  ●   ·   ●", "y2  ·   ●   ·"]
    assert said == ""
    lines, said = named(places, ["y1", "y2"], NAMES, View(width=17))
    assert lines == ["y1  ● · ●", "y2  · ● ·"]
    assert said == "Columns from the left: x1, x2, x3."
    lines, said = named(places, ["y1", "y2"], NAMES, View(width=12))
    assert lines == ["● · ●", "· ● ·"]
    assert said == "Rows from the top: y1, y2. Columns from the left: x1, x2, x3."
    many = [f"x[{i}]" for i in range(1, 101)]
    lines, said = named([(i, i) for i in range(100)], many, many, View(width=80))
    assert lines[0].startswith("┌")
    assert said.startswith("Rows from the top: x[1], x[2], …, x[100]. ")


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 12), st.sampled_from([None, 20, 40, 80, 120, 200]))
def test_names_do_not_make_a_picture_too_wide(height: int, width: int, size: int, columns: int | None) -> None:
    """Whatever they are."""
    lines, _ = named([], ["y" * size] * height, ["x" * size] * width, View(width=columns))
    assert max(map(len, lines)) <= (columns or 80) - 3
