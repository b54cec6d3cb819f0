"""What errors and warnings look like."""

from __future__ import annotations

import json

import pytest
import samples

from adcli.errors import DataError, DomainError, SyntaxFault, UsageError
from adcli.render import View
from adcli.render.errors import Sources, disagreement, report, warning
from adcli.render.json import error as json_error
from adcli.render.screen import width_of
from adcli.results import Notice


def test_the_place_the_reason_and_what_to_do() -> None:
    """The sentence, the line with carets, notes, a hint."""
    fault = DomainError(
        "log is not defined at -1 (needs x > 0)",
        (0, 11),
        text="log(x1 - 3) + x2",
        notes=("x1 - 3 = -1 at x1 = 2",),
        hint="try another point",
    )
    assert report(fault) == (
        "adcli: error: log is not defined at -1 (needs x > 0)\n"
        "  log(x1 - 3) + x2\n"
        "  ^^^^^^^^^^^\n"
        "  x1 - 3 = -1 at x1 = 2\n"
        "  hint: try another point\n"
    )


def test_an_error_without_a_place() -> None:
    """Is one line."""
    assert report(UsageError("no")) == "adcli: error: no\n"
    assert report(UsageError("no", (0, 1))) == "adcli: error: no\n"


def test_a_program_of_several_lines_says_which() -> None:
    """The line's number, or the file's name with it."""
    text = "x = r*cos(t)\ny = r*sin(t\nx, y"
    fault = SyntaxFault("( is never closed", (22, 23), text=text)
    assert report(fault) == "adcli: error: ( is never closed\n  line 2:\n  y = r*sin(t\n           ^\n"
    fault = SyntaxFault("( is never closed", (22, 23), text=text, origin="model.ad")
    assert report(fault) == "adcli: error: ( is never closed\n  model.ad:2:\n  y = r*sin(t\n           ^\n"


def test_an_error_in_an_option_shows_the_option() -> None:
    """As it was typed."""
    fault = SyntaxFault("x is given no value", (1, 2), text="x=", origin="--at")
    assert report(fault) == "adcli: error: x is given no value\n  --at x=\n        ^\n"


def test_an_error_in_a_value_shows_whose_it_is() -> None:
    """A constant expression is read by itself."""
    fault = SyntaxFault("an operand is missing", (1, 2), text="2*", origin="the value of x")
    assert report(fault) == "adcli: error: an operand is missing\n  x = 2*\n       ^\n"


def test_the_joined_program_is_taken_apart_again() -> None:
    """An error in the second of several texts shows that text, and a file's own line number."""
    texts = ("a = x\nb = 2*a", "b +* a", "b")
    sources = Sources(texts, ("model.ad", None, None))
    program = "\n".join(texts)
    fault = SyntaxFault("* is out of place", (program.index("*", 12), program.index("*", 12) + 1), text=program)
    assert report(fault, sources) == "adcli: error: * is out of place\n  b +* a\n     ^\n"
    fault = SyntaxFault("no", (10, 11), text=program)
    assert report(fault, sources) == "adcli: error: no\n  model.ad:2:\n  b = 2*a\n      ^\n"
    fault = SyntaxFault("no", (0, 1), text="another text")
    assert report(fault, sources) == "adcli: error: no\n  another text\n  ^\n"


def test_the_end_of_the_text_is_a_place() -> None:
    """Where something is missing, the caret stands behind the last character."""
    fault = SyntaxFault("an expression is missing", (5, 5), text="x1 + ")
    assert report(fault) == "adcli: error: an expression is missing\n  x1 + \n       ^\n"
    fault = SyntaxFault("an expression is missing", (6, 6), text="x1 + \n")
    assert report(fault).endswith("  \n  ^\n")


def test_a_place_of_several_lines_is_marked_in_its_first() -> None:
    """Up to the line's end."""
    fault = DomainError("no", (4, 20), text="y = log(\n  x - 3\n) + z")
    assert report(fault) == "adcli: error: no\n  line 1:\n  y = log(\n      ^^^^\n"


@pytest.mark.parametrize("place", [0, 5, 1000, 1990, 1998])
@pytest.mark.parametrize("length", [1, 7, 300])
def test_a_long_line_is_shown_around_the_place(place: int, length: int) -> None:
    """The line is no longer than the terminal, and the caret stands below the same character."""
    text = "".join(chr(ord("a") + i % 26) for i in range(2000))
    fault = SyntaxFault("no", (place, min(place + length, len(text))), text=text)
    _, line, carets = report(fault, width=60).splitlines()
    assert width_of(line) <= 60
    assert width_of(carets) <= 60
    column = carets.index("^")
    assert line[column] == text[place]
    shown = line[column : column + carets.count("^")]
    assert text[place : place + length].startswith(shown)
    assert (place < 40) or line.startswith("  …")
    assert (place + length > 1960) or line.endswith("…")


def test_wide_characters_keep_carets_aligned() -> None:
    """Each takes two columns, a combining mark none, a tab is one space."""
    fault = SyntaxFault("no", (3, 5), text="汉 +字字")
    assert report(fault) == "adcli: error: no\n  汉 +字字\n      ^^^^\n"
    fault = SyntaxFault("no", (3, 4), text="e\u0301\t+")
    assert report(fault) == "adcli: error: no\n  e\u0301 +\n    ^\n"


def test_control_characters_do_not_reach_the_terminal() -> None:
    """A formula cannot paint the screen."""
    fault = SyntaxFault("no such thing: \x1b[2J", (0, 1), text="\x1b[31mx\x07")
    assert "\x1b" not in report(fault)
    assert "\x07" not in report(fault)


def test_colour() -> None:
    """Red where it hurts; only if wanted."""
    fault = SyntaxFault("no", (0, 1), text="x")
    assert report(fault, color=True) == ("\x1b[1madcli:\x1b[0m \x1b[1;31merror:\x1b[0m no\n  x\n  \x1b[31m^\x1b[0m\n")


def test_a_warning() -> None:
    """Has the form of an error."""
    assert warning(Notice("kink", "abs has no derivative at 0", (2, 8)), "x*abs(x)") == (
        "adcli: warning: abs has no derivative at 0\n  x*abs(x)\n    ^^^^^^\n"
    )
    assert warning(Notice("digits", "only 3 digits are right"), "x") == "adcli: warning: only 3 digits are right\n"


def test_a_failed_check() -> None:
    """Names the entry and both values."""
    from dataclasses import replace

    assert disagreement(replace(samples.gradient, check=samples.DISAGREES)) == (
        "adcli: check failed: ∂y/∂x1 is 5.5 by adcli and 4.5 by SymPy\n"
    )


def test_an_error_as_json() -> None:
    """One object, with the kind, the message, the place and the exit status."""
    fault = DataError("no", (1, 2), text="abc", hint="try", notes=("because",))
    text = json_error(fault, View())
    assert text.count("\n") == 1
    assert json.loads(text) == {
        "schema": 1,
        "error": {"kind": "data", "message": "no", "span": [1, 2], "exit": 4, "notes": ["because"], "hint": "try"},
    }
    assert json.loads(json_error(UsageError("no"), View())) == {
        "schema": 1,
        "error": {"kind": "usage", "message": "no", "span": None, "exit": 2},
    }
