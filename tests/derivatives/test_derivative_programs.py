"""Derivatives as programs: they say what the derivative is, run, and can be derived again."""

from __future__ import annotations

import json
import math
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from programs import POINT, programs
from random_texts import expressions, point

from adcli.derivatives.answers import evaluate, gradient, hessian, jacobian, jvp, vjp
from adcli.derivatives.derive import derivative_program
from adcli.derivatives.optimize import operations
from adcli.derivatives.programs import Transcript, by_outputs, opened, pruned, unused
from adcli.errors import AdcliError, UsageError
from adcli.graphs import verify
from adcli.language import parse, unparse
from adcli.ops import INPUT, LITERAL, TABLE, Op

BAYDIN = "ln(x1)+x1*x2-sin(x2)"
AT = {"x1": 2.0, "x2": 5.0}
FOLDER = os.environ.get("ADCLI_CORPUS")
FILES = sorted(Path(FOLDER).glob("*.jsonl")) if FOLDER else []
NUMERIC = [op for op in TABLE.values() if op.samples and not op.lean]


def values(program: str, at: dict[str, Any]) -> dict[str, float]:
    found = evaluate(program, at)
    return dict(zip(found.outputs, found.values, strict=True))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "d_x1 = x2 + 1/x1\nd_x2 = x1 - cos(x2)\nd_x1, d_x2\n"),
        ({"mode": "forward"}, "d_x1 = 1/x1 + x2\nd_x2 = x1 - cos(x2)\nd_x1, d_x2\n"),
        ({"optimize": True}, "d_x1 = x2 + 1/x1\nd_x2 = x1 - cos(x2)\nd_x1, d_x2\n"),
        ({"wrt": "x2"}, "d_x2 = x1 - cos(x2)\n"),
        (
            {"value": True},
            "y = log(x1) + x1*x2 - sin(x2)\nd_x1 = x2 + 1/x1\nd_x2 = x1 - cos(x2)\ny, d_x1, d_x2\n",
        ),
        (
            {"kind": "jvp", "optimize": True},
            "y_dot = x1_dot/x1 + (x1_dot*x2 + x2_dot*x1) - x2_dot*cos(x2)\n",
        ),
        (
            {"kind": "hessian"},
            "d2_x1_x1 = -1/x1^2\nd2_x2_x2 = sin(x2)\nd2_x1_x2 = 1\nd2_x2_x1 = 1\n"
            "d2_x1_x1, d2_x1_x2, d2_x2_x1, d2_x2_x2\n",
        ),
    ],
    ids=str,
)
def test_what_a_program_looks_like(options: dict[str, Any], text: str) -> None:
    """Names that say what is derived by what; nothing that its outputs do not need."""
    assert derivative_program(BAYDIN, **options).program == text


@pytest.mark.parametrize("optimize", [False, True])
def test_programs_give_what_the_modes_give(optimize: bool) -> None:
    """The gradient, J·ẋ, ȳᵀ·J, the Jacobian and the Hessian, from their texts alone."""
    two = ["r*cos(t)", "r*sin(t) + r^2"]
    at = {"r": 2.0, "t": 0.7}
    found = values(derivative_program(BAYDIN, optimize=optimize).program, AT)
    assert list(found.values()) == pytest.approx(list(gradient(BAYDIN, AT).gradient.values()), rel=1e-15)
    rows = jacobian(two, at).jacobian
    for mode in ("forward", "reverse"):
        program = derivative_program(two, mode=mode, optimize=optimize)
        assert program.outputs == ("d_y1_r", "d_y1_t", "d_y2_r", "d_y2_t")
        assert list(values(program.program, at).values()) == pytest.approx([*rows[0], *rows[1]], rel=1e-15)
    program = derivative_program(two, kind="jvp", optimize=optimize)
    assert program.inputs == ("r", "t", "r_dot", "t_dot")
    pushed = values(program.program, {**at, "r_dot": 0.3, "t_dot": -2})
    assert list(pushed.values()) == pytest.approx(jvp(two, at, {"r": 0.3, "t": -2}).jvp, rel=1e-14)
    program = derivative_program(two, kind="vjp", optimize=optimize)
    pulled = values(program.program, {**at, "y1_bar": 0.3, "y2_bar": -2})
    assert pulled == pytest.approx(
        {"r_bar": vjp(two, at, [0.3, -2]).vjp["r"], "t_bar": vjp(two, at, [0.3, -2]).vjp["t"]}
    )
    for mode in ("auto", "forward", "reverse"):
        program = derivative_program(BAYDIN, kind="hessian", mode=mode, optimize=optimize)
        second = hessian(BAYDIN, AT).hessian
        assert list(values(program.program, AT).values()) == pytest.approx([*second[0], *second[1]], rel=1e-14)


def test_a_derivative_of_a_derivative_is_one_program_away() -> None:
    """Four times x^5*exp(x), at 1.5."""
    text, at = "x^5*exp(x)", {"x": 1.5}
    for _ in range(4):
        text = derivative_program(text, optimize=True).program
    truth = sum(math.comb(4, k) * math.perm(5, k) * 1.5 ** (5 - k) for k in range(5)) * math.exp(1.5)
    assert evaluate(text, at).values[0] == pytest.approx(truth, rel=1e-12)
    assert gradient(derivative_program("x^3*exp(x)").program, {"x": 2}).gradient["x"] == pytest.approx(
        hessian("x^3*exp(x)", {"x": 2}).hessian[0][0]
    )


def test_the_derivative_of_a_maximum_is_a_program_without_kinks_but_at_ties() -> None:
    """It asks which argument the maximum is: true all around a point, unless two of them tie."""
    program = derivative_program("Max(x, y, 1)^2").program
    result = hessian(program, {"x": 2, "y": 1.5}, output=["d_x"])
    assert not result.warnings
    assert result.value == 4
    assert result.gradient == {"x": 2, "y": 0}
    tied = gradient(program, {"x": 2, "y": 2}, output=["d_x"])
    assert [notice.message for notice in tied.warnings if "condition" in notice.message] == []
    assert any("2 arguments of Max(x, y, 1) tie" in notice.message for notice in tied.warnings)


def test_names_of_the_program_are_kept() -> None:
    """What an intermediate was called it is still called, but for names that were given anew."""
    text = "r = hypot(x, y)\nu = exp(-r)\nu*r"
    program = derivative_program(text).program
    assert "r = hypot(x, y)" in program
    assert "u = exp(-r)" in program
    again = derivative_program("a = x*x; a = a*a; sin(a)").program
    assert values(again, {"x": 1.1})["d_x"] == pytest.approx(4 * 1.1**3 * math.cos(1.1**4))


def test_names_that_are_taken_get_an_underscore() -> None:
    """Nobody's d_x, x_dot or y_bar is overwritten."""
    program = derivative_program("d_x = x^2; d_x*x")
    assert program.outputs == ("d_x_",)
    assert values(program.program, {"x": 3}) == {"d_x_": 27.0}
    assert derivative_program("x_dot*x", kind="jvp", wrt="x").inputs == ("x_dot", "x", "x_dot_")
    assert derivative_program("y_bar*x", kind="vjp", wrt="x").inputs[-1] == "y_bar_"
    assert unused("x", {"x", "x_"}) == "x__"


@pytest.mark.parametrize(
    ("text", "kind", "inputs", "outputs"),
    [
        ("x*y", "jvp", ("x", "y", "x_dot", "y_dot"), ("y_dot_",)),
        ("x = x^2; x", "jvp", ("x", "x_dot"), ("x_dot_",)),
        ("x*y", "vjp", ("x", "y", "y_bar"), ("x_bar", "y_bar_")),
        ("a = b_c*x; a_b = c*x; a, a_b", "jacobian", None, None),
        ("x*y_x + x_y*y", "hessian", None, None),
    ],
)
def test_everything_has_a_name_of_its_own(text: str, kind: str, inputs: Any, outputs: Any) -> None:
    """Also where an output is called as an input is, as y is without a name, or two names could be read as one."""
    program = derivative_program(text, kind=kind)
    assert len({*program.inputs, *program.outputs}) == len(program.inputs) + len(program.outputs)
    if outputs is not None:
        assert sorted(program.inputs) == sorted(inputs)
        assert program.outputs == outputs


def test_elements_keep_their_indices() -> None:
    """x[2] has d_x[2], x_dot[2] and d2_x[1,2]; in other names the index is spelled out."""
    text = "Sum(x[i]^2*x[i+1], (i, 1, 2))*w"
    assert derivative_program(text).outputs == ("d_x[1]", "d_x[2]", "d_x[3]", "d_w")
    assert derivative_program(text, kind="jvp").inputs[-1] == "w_dot"
    outputs = derivative_program(text, kind="hessian").outputs
    assert outputs[:4] == ("d2_x[1,1]", "d2_x[1,2]", "d2_x[1,3]", "d2_x_1_w")
    at = {"x": [1.0, 2.0, 3.0], "w": 2.0}
    flat = [entry for row in hessian(text, at).hessian for entry in row]
    assert list(values(derivative_program(text, kind="hessian").program, at).values()) == pytest.approx(flat)


def test_inputs_that_do_not_matter_any_more_stay_inputs() -> None:
    """So that a program runs at the point of the original one, and can be derived by all of its inputs."""
    program = derivative_program("3*x + 2*y^2").program
    assert values(program, {"x": 1, "y": 2}) == {"d_x": 3.0, "d_y": 8.0}
    assert jacobian(program, {"x": 1, "y": 2}, allow_unused=True, wrt="x,y").jacobian == ((0, 0), (0, 4))
    assert derivative_program("x^2", {"x": 1, "z": 2}, wrt="x,z", allow_unused=True).inputs == ("x", "z")
    listed = derivative_program("x[1] + x[2]^2 + x[3]").program
    assert parse(listed).input_names == ("x[1]", "x[3]", "x[2]")


def test_numbers_and_intermediates_can_be_derived_by() -> None:
    """A number with a name stays that number in the program."""
    program = derivative_program("c = 2; c*x^2", wrt="c,x")
    assert program.inputs == ("x",)
    assert values(program.program, {"x": 3}) == {"d_c": 9.0, "d_x": 12.0}
    assert values(derivative_program("a = x^2; a*b", wrt="a").program, {"x": 3, "b": 5}) == {"d_a": 5.0}


def test_what_cannot_be_asked() -> None:
    """Kinds, modes, several outputs."""
    with pytest.raises(UsageError, match="kind"):
        derivative_program("x", kind="third")
    with pytest.raises(UsageError, match="forward mode"):
        derivative_program("x", kind="jvp", mode="reverse")
    with pytest.raises(UsageError, match="reverse mode"):
        derivative_program("x", kind="vjp", mode="forward")
    with pytest.raises(UsageError, match="one output"):
        derivative_program(["x", "x^2"], kind="hessian")


@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_the_program_of_every_operation_can_be_read_again(op: Op) -> None:
    """The printed derivative of each operation computes what the gradient is."""
    names = ["x", "y", "z", "w"][: op.count]
    text = (
        f" {op.symbol} ".join(names) if op.symbol and len(names) == 2 else f"{op.symbol or op.name}({', '.join(names)})"
    )
    at = {}
    for name, part in zip(names, op.samples.split(";"), strict=True):
        low, _, high = part.replace("|", " ").split()[-1].partition(":")
        at[name] = float(low) + 0.37 * (float(high) - float(low)) if high else float(low)
    wrt = [name for i, name in enumerate(names) if op.variadic or op.partials[i] is not None]
    expected = gradient(text, at, wrt=wrt).gradient
    for optimize in (False, True):
        program = derivative_program(text, wrt=wrt, optimize=optimize)
        assert list(values(program.program, at).values()) == pytest.approx(list(expected.values()), rel=1e-12)


@settings(max_examples=60)
@given(programs())
def test_random_programs_and_their_simplified_twins_agree(text: str) -> None:
    """Text in, text out, text in again: the gradient, to the last few ulps; simplified, exactly the same."""
    options = {"wrt": list(POINT), "allow_unused": True}
    expected = list(gradient(text, POINT, **options).gradient.values())
    plain = derivative_program(text, **options)
    short = derivative_program(text, optimize=True, **options)
    assert short.optimized is not None
    assert short.optimized <= short.operations == plain.operations
    got = list(values(plain.program, POINT).values())
    top = max([1.0, *map(abs, expected)])
    assert got == pytest.approx(expected, rel=1e-12, abs=1e-13 * top)
    assert list(values(short.program, POINT).values()) == got
    assert operations(parse(short.program)) == short.optimized


# The rooms below


def test_a_transcript_continues_the_program_it_is_of() -> None:
    """Nodes keep their places, and nothing of what was written is folded."""
    graph = parse("a = x*1; b = a + 0; b^2")
    transcript = Transcript(graph)
    row = transcript.jacobian([graph.names["x"]], "reverse")[0]
    program = transcript.finish(row, ["d_x"])
    verify(program)
    assert program.ops[: len(graph)] == graph.ops
    assert program.args[: len(graph)] == graph.args
    assert program.assignments == graph.assignments


def test_opening_a_number_leaves_the_others_closed() -> None:
    """c = 2 becomes an input; the exponent 2 does not."""
    graph = parse("c = 2; c*x^2")
    assert opened(graph, [graph.names["x"]]) == (graph, {})
    changed, numbers = opened(graph, [graph.names["c"]])
    assert numbers == {"c": "2"}
    assert set(changed.input_names) == {"x", "c"}
    assert sum(op is LITERAL for op in changed.ops) == sum(op is LITERAL for op in graph.ops) - 1


def test_pruning_keeps_inputs_and_what_is_needed() -> None:
    """A statement that no output uses goes, an input stays."""
    graph = pruned(parse("a = log(x); b = y^2; b"))
    verify(graph)
    assert graph.input_names == ("x", "y")
    assert [op.name for op in graph.ops if op is not INPUT and op is not LITERAL] == ["pow"]


@pytest.mark.skipif(not FILES, reason="ADCLI_CORPUS names no folder of cases")
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_on_cases_from_outside_the_simplified_program_has_the_same_values(file: Path) -> None:
    """Both programs are written, read and run; values differ by a few ulps at most, and few are refused."""
    wrong = []
    with file.open(encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    refused = 0
    for case in cases:
        at = case.get("at_text") or {name: repr(value) for name, value in case["at"].items()}
        options = {"wrt": case["expect"]["vars"], "allow_unused": True}
        used = {name: value for name, value in at.items() if name in case["expect"]["vars"] or name in at}
        try:
            plain = derivative_program(case["exprs"], used, **options)
            first = evaluate(plain.program, used, kinks="warn").values
        except AdcliError:
            refused += 1  # where the value needs a limit, or the point no longer belongs to the program
            continue
        short = derivative_program(case["exprs"], used, optimize=True, **options)
        second = evaluate(short.program, used).values
        for a, b in zip(first, second, strict=True):
            if abs(a - b) > 8 * math.ulp(max(abs(a), abs(b))):
                wrong.append(f"{case['id']}: {a} and {b}")
    assert not wrong
    assert refused <= len(cases) // (3 if file.stem == "nasty" else 10)


@given(expressions())
@settings(max_examples=60, deadline=None)
def test_statements_come_in_the_order_of_the_outputs(text: str) -> None:
    """Another order of the same operations, which gives the same numbers."""
    graph = parse([text, f"x*({text})"])
    ordered = by_outputs(graph)
    verify(ordered)
    assert ordered.input_names == graph.input_names
    assert ordered.output_names == graph.output_names
    assert sorted(op.name for op in ordered.ops) == sorted(op.name for op in graph.ops)
    assert unparse(by_outputs(ordered)) == unparse(ordered)
    with suppress(AdcliError):
        assert evaluate(ordered, point(f"{text}+x")).values == evaluate(graph, point(f"{text}+x")).values


def test_derivatives_stand_in_the_order_of_the_inputs() -> None:
    """A statement comes earlier only where another needs it."""
    program = derivative_program("x3*sin(x1) + x2*exp(x3) + x1*x2", kind="jacobian", at={"x1": 1, "x2": 1, "x3": 1})
    places = [program.program.index(f"{name} = ") for name in ("d_x1", "d_x2", "d_x3")]
    assert places == sorted(places)


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "y = y*x",
        "y = y^2; z = z + x; y = x*z; y = y; x, y",
        "z = sin(z)*z; z = y^2; z = y + y",
        "x = x; x = sin(z)*z; z = x + y; x = sin(x)*z",
        "x = x^2; x = x + 1; x*y, x",
    ],
)
def test_a_name_that_is_first_an_input_and_then_assigned_stays_the_input(text: str, value: bool) -> None:
    """In the derivative's program the assigned one is a version of it, so that the program can be run."""
    at = {"x": 1.25, "y": 0.75, "z": 2.5}
    written = derivative_program(text, value=value)
    point = {name: at[name] for name in written.inputs}
    truth = jacobian(text, point)
    entries = [entry for row in truth.jacobian for entry in row]
    assert evaluate(written.program, point).values == pytest.approx([*(truth.values if value else ()), *entries])
    assert "y_2" in derivative_program("y = y*x", value=True).outputs


def test_the_assigned_of_two_equal_names_has_a_prime() -> None:
    """By the input, or with --wrt by the assigned name: each derivative says which."""
    assert gradient("x = x^2; sin(x)", {"x": 2}).gradient.keys() == {"x"}
    found = gradient("x = x^2; x = x + 1; x*x", {"x": 2}, wrt="x")
    assert found.gradient == {"x″": 10}
    assert derivative_program("x = x^2; x*x", wrt="x").outputs == ("d_x",)


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("1 + where(x*y > 1, x, 0) + where(x*y > 1, 0, x)", "d_x = 1"),
        ("x*y + where(x*y > 1, x, 0) + where(x*y > 1, 0, x)", "d_x = 1 + y"),
        (
            "where(x > 1, sin(x), 0) + where(x > 1, 0, cos(x)) + where(x > 1, y, x)",
            "d_x = where(x > 1, cos(x), 1 - sin(x))",
        ),
        ("where(log(x) > 1, x, 0) + where(log(x) > 1, 0, x)", "d_x = where(log(x) > 1, 1, 1)"),
    ],
)
def test_branches_under_conditions_that_say_the_same_become_one(text, program) -> None:
    """However often the condition was written; what has no value everywhere stays."""
    found = derivative_program(text, wrt="x").program
    assert program in found.splitlines()
    for x, y in ((0.5, 1.5), (3.0, 2.0), (7.0, -1.0)):
        at = {"x": x, "y": y} if "y" in text else {"x": x}
        used = {name: at[name] for name in re.findall(r"\b[xy]\b", found)}
        assert evaluate(found, used).values[-1] == pytest.approx(
            gradient(text, at, allow_unused=True, wrt="x").gradient["x"]
        )
