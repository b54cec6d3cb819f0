"""`E : input` makes a variable of a constant's name, for every reader, printer and source of values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adcli.cli import main
from adcli.errors import AdcliError
from adcli.language import parse, unparse


def adcli(*words: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, list(words), input=input)


def test_a_declared_name_is_an_input() -> None:
    """From the declaration on, in functions and sums too; without one, and under its other name, it is the constant."""
    assert parse("x*E").input_names == ("x",)
    assert parse("E : input; x*E").input_names == ("x", "E")
    assert parse("E, pi:input\nf(t) = t*E; Sum(x[i]*pi, (i, 1, 2)) + f(2)").input_names == ("x[1]", "pi", "x[2]", "E")
    assert parse("π : input; pi*π").input_names == ("π",)
    assert parse("E : input; E = E^2; E").output_names == ("E",)
    assert parse("x : input; x").input_names == ("x",)


@pytest.mark.parametrize(
    "text", ["x*E; E : input", "E : input; E = 2; E : input", "True : input", "and : input", "x : y"]
)
def test_a_declaration_stands_before_the_first_use(text: str) -> None:
    """And what is no name cannot be declared."""
    with pytest.raises(AdcliError) as caught:
        parse(text)
    assert caught.value.span is not None


@pytest.mark.parametrize("text", ["E : input\nx*E^2\n", "pi, E : input\npi*E + exp(E)\n"])
def test_what_is_printed_is_read_again(text: str) -> None:
    """With the declaration."""
    assert unparse(parse(text)) == text


def test_derived_programs_declare_what_they_use() -> None:
    """They are run like any other."""
    text = adcli("derive", "E : input; x*E^2").stdout
    assert adcli("eval", "-", "--at", "x=3,E=2", input=text).stdout == "4.0\n12.0\n"


def test_sympy_reads_the_same() -> None:
    """The cross-check knows the declaration."""
    done = adcli("grad", "E : input; F*L/(A*E)", "--at", "F=8,L=3,A=2,E=4", "--check", "--format", "json")
    found = json.loads(done.stdout)
    assert found["gradient"] == {"F": 0.375, "L": 1.0, "A": -1.5, "E": -0.75}
    assert (found["check"]["against"], found["check"]["ok"]) == ("SymPy", True)


@pytest.mark.parametrize("name", ["E", "pi", "π"])
@pytest.mark.parametrize("source", ["--at", "file", "--column", "header"])
def test_all_sources_of_values_agree(name: str, source: str, tmp_path: Path) -> None:
    """None takes a constant's name for a variable's; each does where it is declared."""
    (tmp_path / "p.json").write_text(json.dumps({name: 2, "x": 3}))
    (tmp_path / "p.csv").write_text(f"x,{name}\n3,2\n")
    (tmp_path / "q.csv").write_text("x,m\n3,2\n")
    words = {
        "--at": ["--at", f"x=3,{name}=2"],
        "file": ["--at", f"@{tmp_path / 'p.json'}"],
        "--column": ["--data", str(tmp_path / "q.csv"), "--column", f"{name}=m", "--keep", "none"],
        "header": ["--data", str(tmp_path / "p.csv"), "--keep", "none"],
    }[source]
    done = adcli("eval", f"x*{name}", *words)
    assert done.exit_code == 2
    assert f"{name} : input" in done.stderr
    assert f"--column {name}m={name}" in done.stderr or source != "header"
    assert float(adcli("eval", f"{name} : input; x*{name}", *words).stdout.split()[-1]) == 6.0


def test_a_column_named_like_a_constant_can_be_given_to_a_variable(tmp_path: Path) -> None:
    """Or stand unused, where the formula has no such constant."""
    path = tmp_path / "p.csv"
    path.write_text("F,E\n6,2\n")
    words = ["--data", str(path), "--keep", "none"]
    assert adcli("eval", "F/Em", "--column", "Em=E", *words).stdout == "value\n3.0\n"
    assert adcli("eval", "F/2", *words).stdout == "value\n3.0\n"
    assert adcli("eval", "F/E", *words).exit_code == 2


def test_a_table_says_what_e_is_among_capital_letters() -> None:
    """Where all others are variables it might be taken for one."""
    said = "E is Euler's number"
    assert said in adcli("grad", "F*L/(A*E)", "--at", "F=1,L=2,A=3", "--format", "table").stdout
    assert said not in adcli("grad", "x*E", "--at", "x=1", "--format", "table").stdout
    assert said not in adcli("grad", "E : input; F*E", "--at", "F=1,E=2", "--format", "table").stdout
