"""The reader of --at."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import mpmath
import pytest

from adcli.derivatives.answers import gradient
from adcli.errors import AdcliError, DataError, FileError, LimitError, SyntaxFault, UsageError
from adcli.problem.point import is_named, parse_at, parse_values, split


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["x1=2,x2=5"], {"x1": "2", "x2": "5"}),
        (["x1=2", "x2=5"], {"x1": "2", "x2": "5"}),
        ([" x1 = 2 , x2 = 5 "], {"x1": "2", "x2": "5"}),
        (["x=-2"], {"x": "-2"}),
        (["x=0.1"], {"x": "0.1"}),
        (["x=pi/4"], {"x": "pi/4"}),
        (["lambda=2,S=1,λ=3,x₁=4"], {"lambda": "2", "S": "1", "λ": "3", "x₁": "4"}),
        (["x=max(1,2),y=3"], {"x": "max(1,2)", "y": "3"}),
        (["x=where(1<=2, 1, 0)"], {"x": "where(1<=2, 1, 0)"}),
        (["x=[1,2,[3]]"], {"x": ["1", "2", ["3"]]}),
        (["A=[[1,2],[3,4]],b=1"], {"A": [["1", "2"], ["3", "4"]], "b": "1"}),
        (["x=[ max(1,2) , pi/4 ]"], {"x": ["max(1,2)", "pi/4"]}),
        (["x=[]"], {"x": []}),
        (["x[1]=3,A[1, 2]=4"], {"x[1]": "3", "A[1,2]": "4"}),
        (['{"x":[1,2], "y":"pi/4"}'], {"x": ["1", "2"], "y": "pi/4"}),
        (['{"x": 0.1000000000000000000001}'], {"x": "0.1000000000000000000001"}),
        (['{"x": -2e-400}', "y=1"], {"x": "-2e-400", "y": "1"}),
        ([], {}),
    ],
)
def test_values_keep_the_text_that_was_written(texts: list[str], values: dict[str, object]) -> None:
    """A value is never converted here, so 0.1 stays one tenth."""
    assert parse_at(texts) == values


def test_the_order_is_the_order_of_the_texts() -> None:
    """Inputs are numbered as --at gives them."""
    assert list(parse_at(["b=1,a=2", "c=3"])) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("x1", "'x1' is no NAME=VALUE", "x1"),
        ("=2", "a name is missing here", "="),
        ("x1==2", "one = is enough", "="),
        ("x=", "x is given no value", "="),
        ("x=1,", "a name and its value are missing here", ""),
        (",x=1", "a name and its value are missing here", ","),
        ("", "a name and its value are missing here", ""),
        ("x=1,2", "'2' is no NAME=VALUE", "2"),
        ("x=1 y=2", "a comma is missing between two values", "1 y=2"),
        ("2x=1", "'2x' is no name", "2x"),
        ("x y=1", "'x y' is no name", "x y"),
        ("x-1=1", "'x-1' is no name", "x-1"),
        ("x[i]=1", "'x[i]' is no name", "x[i]"),
        ("x=[1,2", "'[' is never closed", "["),
        ("x=1]", "']' closes nothing", "]"),
        ("x=(1]", "']' closes nothing", "]"),
        ("x=[1,2]*3", "nothing may follow a list", "*3"),
        ("x=[1,,2]", "a value is missing here", ","),
        ("x=[1,2,]", "a value is missing here", "]"),
        ("x=[,1]", "a value is missing here", ","),
        ("x=[[1] 2]", "a comma is missing here", "2"),
    ],
)
def test_a_text_of_another_form_is_located(text: str, message: str, place: str) -> None:
    """What is wrong is named and pointed at, in the text of --at."""
    with pytest.raises(SyntaxFault) as caught:
        parse_at([text])
    assert caught.value.message == message
    assert (caught.value.text, caught.value.origin) == (text, "--at")
    assert caught.value.span is not None
    assert text[slice(*caught.value.span)] == place


def test_a_list_without_brackets_gets_advice() -> None:
    """Who writes x=1,2 means a list."""
    with pytest.raises(SyntaxFault) as caught:
        parse_at(["x=1,2"])
    assert caught.value.hint == "a list is written in brackets, --at x=[1,2], and a decimal with a point"


@pytest.mark.parametrize("texts", [["x=1,x=2"], ["x=1", "x=2"], ['{"x": 1}', "x=2"]])
def test_a_name_has_one_value(texts: list[str]) -> None:
    """A second value is an error, wherever it comes from."""
    with pytest.raises(UsageError, match="--at gives x a value twice"):
        parse_at(texts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"x": }', "--at: no JSON: expecting value"),
        ('{"x": 1', "--at: no JSON: expecting ',' delimiter"),
        ('{"x": NaN}', "--at: NaN is no number to differentiate at"),
        ('{"x": -Infinity}', "--at: -Infinity is no number to differentiate at"),
        ('{"x": 1, "x": 2}', "--at: 'x' occurs twice"),
        ('{"x": true}', "--at: x is no number, text or list"),
        ('{"x": null}', "--at: x is no number, text or list"),
        ('{"x": {"y": 1}}', "--at: x is no number, text or list"),
        ('{"x": [1, [null]]}', "--at: x holds something that is no number, text or list"),
        ('{"1x": 1}', "--at: '1x' is no name"),
    ],
)
def test_json_of_another_form_is_refused(text: str, message: str) -> None:
    """Only names with numbers, texts and lists of these mean a point."""
    with pytest.raises(SyntaxFault) as caught:
        parse_at([text])
    assert caught.value.message == message


def test_a_name_that_occurs_twice_in_json_gets_advice(tmp_path: Path) -> None:
    """Of the text of --at and of a file."""
    file = tmp_path / "point.json"
    file.write_text('{"x": 1, "x": 2}', encoding="utf-8")
    for text in ('{"x": 1, "x": 2}', f"@{file}"):
        with pytest.raises((SyntaxFault, DataError), match="'x' occurs twice") as caught:
            parse_at([text])
        assert caught.value.hint == 'leave one of them out; several values are a list: "x": [1, 2]'


def test_a_file_holds_a_point(tmp_path: Path) -> None:
    """`@point.json` reads a JSON object, with or without a byte order mark."""
    file = tmp_path / "point.json"
    file.write_text(json.dumps({"r": 2, "t": "pi/4"}), encoding="utf-8-sig")
    assert parse_at([f"@{file}"]) == {"r": "2", "t": "pi/4"}


def test_what_is_wrong_with_a_file_is_a_matter_of_data(tmp_path: Path) -> None:
    """The error is a DataError with the place in the file's text."""
    file = tmp_path / "point.json"
    file.write_text('{"r": 2,\n "t": oops}', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        parse_at([f"@{file}"])
    assert caught.value.origin == str(file)
    assert caught.value.span == (15, 16)
    file.write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(DataError, match="an object with names and values is wanted"):
        parse_at([f"@{file}"])
    file.write_bytes(b'{"x": "\xff"}')
    with pytest.raises(DataError, match=r"is no UTF-8 text \(byte 7 is 0xff\)"):
        parse_at([f"@{file}"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"x": ["abc("]}', "x[1]: there is no function abc"),
        ('{"x": [-1e400]}', "x[1] needs a finite number, not -1e400"),
        ('{"x": ["1/0"]}', "x[1]: 1/0 has no value that a number can hold"),
        ('{"x": [1e-400]}', "x[1] = 1e-400 is too small for a float, where it would be 0"),
    ],
)
def test_a_fault_of_a_value_names_its_file(content: str, said: str, tmp_path: Path) -> None:
    """However late it is found: what a text means is seen when the formula is there. In --at itself it is another."""
    file = tmp_path / "point.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        gradient("x[1]", parse_at([f"@{file}"]))
    assert caught.value.message == f"{file}: {said}"
    with pytest.raises(AdcliError) as here:
        gradient("x[1]", parse_at([content]))
    assert not isinstance(here.value, DataError)
    assert here.value.hint == caught.value.hint


def test_numbers_of_a_file_keep_their_digits(tmp_path: Path) -> None:
    """What floats cannot hold is fine where more is asked for."""
    (tmp_path / "point.json").write_text('{"x": 1e400}', encoding="utf-8")
    at = parse_at([f"@{tmp_path}/point.json"])
    assert mpmath.nstr(gradient("x^2", at, precision=20).gradient["x"], 20) == "2.0e+400"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file, a folder and no name at all are told apart."""
    with pytest.raises(FileError, match=r"cannot read .*nowhere.json"):
        parse_at([f"@{tmp_path}/nowhere.json"])
    with pytest.raises(FileError, match="cannot read"):
        parse_at([f"@{tmp_path}"])
    with pytest.raises(UsageError, match="the name of a file is missing"):
        parse_at(["@"])


def test_deep_lists_are_no_trap() -> None:
    """A list nested 100 000 deep is read, or refused with an error of ours; nothing overflows."""
    depth = 100_000
    value = parse_at(["x=" + "[" * depth + "1" + "]" * depth])["x"]
    for _ in range(depth):
        assert isinstance(value, list)
        (value,) = value
    assert value == "1"
    with contextlib.suppress(LimitError):  # Python's own JSON reader may give up, in our words
        parse_at(['{"x": ' + "[" * depth + "1" + "]" * depth + "}"])


def test_values_without_names() -> None:
    """Weights and directions may be bare lists."""
    assert parse_values("1, 0, -pi/4", "--cotangent") == ["1", "0", "-pi/4"]
    assert parse_values("max(1,2),3", "--cotangent") == ["max(1,2)", "3"]
    with pytest.raises(SyntaxFault, match="a value is missing here"):
        parse_values("1,,2", "--cotangent")
    assert not is_named("1,0")
    assert not is_named("where(1<=2,1,0)")
    assert is_named("x=1")
    assert is_named('{"x": 1}')


def test_names_are_split_at_commas_outside_brackets() -> None:
    """`--wrt x,A[1,2]` names two."""
    assert split("x, A[1,2]") == ["x", "A[1,2]"]
