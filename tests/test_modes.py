"""The two modes, on every arithmetic."""

from __future__ import annotations

import gc
import math
import random
import tracemalloc
from collections.abc import Callable

import pytest

from adcli import modes
from adcli.arithmetic.counting import Counting
from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.multiprecision import multiprecision
from adcli.arithmetic.symbolic import Symbolic, transcribe
from adcli.derivatives.answers import gradient, hessian
from adcli.errors import DomainError
from adcli.graphs import Graph, verify
from adcli.language import parse
from adcli.modes import evaluate, forward, linearize, reverse
from adcli.ops import TABLE, Op

SEED = "ln(x1)+x1*x2-sin(x2)"


def tape_of(text: str, **at: float):
    graph = parse(text)
    return evaluate(graph, doubles(), {node: at[graph.labels[node]] for node in graph.inputs})


def gradient_of(text: str, mode: str, **at: float) -> dict[str, float]:
    tape = tape_of(text, **at)
    graph = tape.graph
    (y,) = graph.outputs
    if mode == "reverse":
        adjoints = reverse(tape, {y: 1.0}, graph.inputs)
        return {graph.labels[x]: adjoints[x] for x in graph.inputs}
    return {graph.labels[x]: forward(tape, {x: 1.0})[y] for x in graph.inputs}


def test_primal_trace_of_the_running_formula_is_the_textbooks() -> None:
    """Baydin et al. 2018, table 2: v1 … v5 in this order with these values."""
    tape = tape_of(SEED, x1=2.0, x2=5.0)
    names = [op.name for _, op, _ in tape.steps]
    values = [tape.values[node] for node, _, _ in tape.steps]
    assert names == ["log", "mul", "sin", "add", "sub"]
    assert values == pytest.approx([0.693, 10, -0.959, 10.693, 11.652], abs=5e-4)


def test_tangents_of_the_running_formula_are_the_textbooks() -> None:
    """Baydin et al. 2018, table 2: tangents by x1 are 0.5, 5, 0, 5.5, 5.5; what does not depend on x1 has none."""
    tape = tape_of(SEED, x1=2.0, x2=5.0)
    x1 = tape.graph.names["x1"]
    tangents = forward(tape, {x1: 1.0})
    assert [tangents[node] for node, _, _ in tape.steps] == [0.5, 5.0, None, 5.5, 5.5]


def test_adjoints_of_the_running_formula_are_the_textbooks() -> None:
    """Baydin et al. 2018, table 3: adjoints of v1 … v5 are 1, 1, -1, 1, 1; of the inputs 5.5 and 1.716."""
    tape = tape_of(SEED, x1=2.0, x2=5.0)
    graph = tape.graph
    adjoints = reverse(tape, {graph.outputs[0]: 1.0}, graph.inputs)
    assert [adjoints[node] for node, _, _ in tape.steps] == [1, 1, -1, 1, 1]
    assert [adjoints[x] for x in graph.inputs] == pytest.approx([5.5, 1.716], abs=5e-4)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_an_operation_used_twice_gets_both_contributions(mode: str) -> None:
    """d(x*x)/dx = 2x: parallel edges add up."""
    assert gradient_of("x*x", mode, x=3.0) == {"x": 6.0}


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_derivative_by_an_intermediate_counts_its_uses_only(mode: str) -> None:
    """∂y/∂a of y = a^2 + x with a = 3x is 2a, not what x contributes besides."""
    tape = tape_of("a = 3*x; a^2 + x", x=2.0)
    a, (y,) = tape.graph.names["a"], tape.graph.outputs
    got = reverse(tape, {y: 1.0}, [a])[a] if mode == "reverse" else forward(tape, {a: 1.0})[y]
    assert got == 12.0


def test_a_seeded_operation_has_its_seed_besides_what_its_arguments_bring() -> None:
    """Of a = 3x with both seeded: 1 + 3; of a^2 + x at x = 2: 2·6·4 + 1."""
    tape = tape_of("a = 3*x; a^2 + x", x=2.0)
    x, a, (y,) = tape.graph.names["x"], tape.graph.names["a"], tape.graph.outputs
    tangents = forward(tape, {x: 1.0, a: 1.0})
    assert (tangents[a], tangents[y]) == (4.0, 49.0)


def test_what_a_sweep_passes_depends_on_the_branch_taken() -> None:
    """The same formula at one point after the other."""
    graph = parse("where(x > 0, sin(x), x^2)")
    (x,), (y,) = graph.inputs, graph.outputs
    for at, slope in ((1.0, math.cos(1)), (-3.0, -6.0), (1.0, math.cos(1))):
        tape = evaluate(graph, doubles(), {x: at})
        assert forward(tape, {x: 1.0})[y] == slope
        assert reverse(tape, {y: 1.0}, [x])[x] == slope


def test_a_literal_zero_factor_is_a_structural_zero() -> None:
    """0*sqrt(x) at 0 has no derivative through the root: it is not even asked."""
    tape = tape_of("0*sqrt(x) + 2*x", x=0.0)
    assert reverse(tape, {tape.graph.outputs[0]: 1.0}, tape.graph.inputs)[tape.graph.inputs[0]] == 2.0


def test_of_a_where_only_the_branch_taken_is_evaluated() -> None:
    """log(x) is not touched at x = -1, and its step is not on the tape."""
    tape = tape_of("where(x > 0, log(x), x^2)", x=-1.0)
    assert "log" not in [op.name for _, op, _ in tape.steps]
    assert tape.values[tape.graph.outputs[0]] == 1.0


def test_steps_stand_as_they_were_written_with_branches_too() -> None:
    """The left factor comes before the right one, and the branch taken is a copy at the end."""
    tape = tape_of("where(x > 0, sin(x)*exp(x), x)", x=1.0)
    assert [op.name for _, op, _ in tape.steps] == ["Gt", "sin", "exp", "mul", "copy"]


def test_conditions_are_evaluated_no_further_than_needed() -> None:
    """`x > 0 and log(x) > 0` does not take the logarithm of -1."""
    tape = tape_of("where(x > 0 and log(x) > 0, 1, x)", x=-1.0)
    assert tape.values[tape.graph.outputs[0]] == -1.0


def test_linearize_gives_one_edge_per_use() -> None:
    """x*x has two parallel edges, each with partial x."""
    tape = tape_of("x*x", x=3.0)
    x, (y,) = tape.graph.inputs[0], tape.graph.outputs
    assert list(linearize(tape, [x])) == [(y, 0, x, 3.0), (y, 1, x, 3.0)]


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.level and op.count == 1], ids=lambda op: op.name)
def test_no_edge_leads_through_what_is_constant_between_its_jumps(op: Op) -> None:
    """Nor a tangent: its slope, 0 wherever there is one, meets no other number, not even an infinite one."""
    tape = tape_of(f"{op.name}(sqrt(x) + 0.5)", x=0.25)
    x, (y,) = tape.graph.inputs[0], tape.graph.outputs
    assert y not in [node for node, *_ in linearize(tape, [x])]
    assert forward(tape, {x: math.inf})[y] is None
    assert reverse(tape, {y: math.inf}, [x])[x] is None


@pytest.mark.parametrize(
    "sweep",
    [
        lambda t, x, y: forward(t, {x: 1.0}),
        lambda t, x, y: reverse(t, {y: 1.0}, [x]),
        lambda t, x, y: list(linearize(t, [x])),
    ],
    ids=["forward", "reverse", "linearize"],
)
def test_a_derivative_that_is_infinite_stops_every_sweep_at_its_node(sweep: Callable[..., object]) -> None:
    """sqrt has a value at 0 and no slope."""
    tape = tape_of("3 + sqrt(x)", x=0.0)
    with pytest.raises(modes.Fault) as caught:
        sweep(tape, *tape.graph.inputs, *tape.graph.outputs)
    assert tape.graph.ops[caught.value.node] is TABLE["sqrt"]
    assert caught.value.during == "derivative"


def test_a_plan_tells_the_active_arguments_of_its_steps() -> None:
    """By x: both of x*x, the first of x^2, the second of 1/x, and of three the outer two."""
    tape = tape_of("Max(x*x, y, x^2 + 1/x)", x=3.0, y=2.0)
    x = tape.graph.names["x"]
    way = modes.plan(tape, [x])
    names = {tape.graph.ops[node].name: (way.active(form, args), args) for node, form, args in way.steps}
    assert names["mul"][0] == [x, x]
    assert names["pow"][0] == [x]
    assert names["div"][0] == [x]
    assert names["Max"][0] == [names["Max"][1][0], names["Max"][1][2]]


def test_linearize_knows_operations_of_any_number_of_arguments() -> None:
    """Two that tie share the slope 1 of a maximum; a determinant's are its cofactors."""
    tape = tape_of("Max(x, y, z)", x=3.0, y=3.0, z=1.0)
    assert [partial for *_, partial in linearize(tape, tape.graph.inputs)] == [0.5, 0.5, 0.0]
    tape = tape_of("det([[a, b], [c, d]])", a=1.0, b=2.0, c=3.0, d=5.0)
    assert [partial for *_, partial in linearize(tape, tape.graph.inputs)] == [5.0, -3.0, -2.0, 1.0]


def derivative_program(text: str) -> Graph:
    """The gradient's program, written by the reverse mode on a symbolic arithmetic."""
    graph = parse(text)
    symbolic = Symbolic()
    tape = evaluate(graph, symbolic, transcribe(graph, symbolic))
    adjoints = reverse(tape, {graph.outputs[0]: symbolic.literal("1")}, graph.inputs)
    outputs = [(adjoints[x] or symbolic.literal("0")).node for x in graph.inputs]
    return symbolic.builder.finish(outputs, [f"d_{graph.labels[x]}" for x in graph.inputs])


@pytest.mark.parametrize(
    ("text", "at", "hessian"),
    [
        (SEED, {"x1": 2.0, "x2": 5.0}, [[-0.25, 1.0], [1.0, math.sin(5)]]),
        ("x^3*y", {"x": 0.0, "y": 2.0}, [[0.0, 0.0], [0.0, 0.0]]),
        ("where(x > 0, sqrt(x), x^2)", {"x": -3.0}, [[2.0]]),
        ("Max(x^2, y)", {"x": 3.0, "y": 1.0}, [[2.0, 0.0], [0.0, 0.0]]),
    ],
)
def test_forward_over_the_derivative_program_gives_the_hessian(text: str, at: dict, hessian: list) -> None:
    """The reverse mode on symbols writes a program, and the forward mode differentiates that program again."""
    program = derivative_program(text)
    verify(program)
    tape = evaluate(program, doubles(), {node: at[program.labels[node]] for node in program.inputs})
    inputs = {program.labels[node]: node for node in program.inputs}
    for j, name in enumerate(at):
        tangents = forward(tape, {inputs[name]: 1.0}) if name in inputs else [None] * len(program)
        column = [tangents[node] or 0.0 for node in program.outputs]
        assert column == pytest.approx([row[j] for row in hessian])


def test_both_modes_agree_on_random_programs_at_fifty_digits() -> None:
    """The dot test ȳᵀ(Jẋ) = (ȳᵀJ)ẋ on random straight-line programs of smooth operations."""
    wide = multiprecision(50)
    smooth = ["sin", "cos", "exp", "tanh", "atan", "asinh", "sigmoid", "erf"]
    for number in range(20):
        draw = random.Random(number)
        lines = [f"v{i} = {draw.choice(smooth)}(x{i % 3} * 0.3)" for i in range(3)]
        for i in range(3, 25):
            a, b = (f"v{draw.randrange(i)}" for _ in range(2))
            lines.append(f"v{i} = " + draw.choice([f"{a}*{b}", f"{a}+{b}", f"{a}-{b}", f"{draw.choice(smooth)}({a})"]))
        graph = parse("\n".join([*lines, "v24, v23"]))
        point = {node: wide.context.mpf(draw.random()) for node in graph.inputs}
        tape = evaluate(graph, wide, point)
        direction = {node: wide.context.mpf(draw.random()) for node in graph.inputs}
        weights = {node: wide.context.mpf(draw.random()) for node in graph.outputs}
        tangents = forward(tape, direction)
        adjoints = reverse(tape, weights, graph.inputs)
        left = sum(w * (tangents[node] or 0) for node, w in weights.items())
        right = sum(d * (adjoints[node] or 0) for node, d in direction.items())
        assert abs(left - right) < wide.context.mpf(10) ** -45


def test_counting_counts_what_the_reverse_mode_does() -> None:
    """One adjoint sweep of x1*x2 + sin(x1): two products and cos, one product with it, one accumulation."""
    graph = parse("x1*x2 + sin(x1)")
    counting = Counting()
    tape = evaluate(graph, counting, {node: counting.literal("1") for node in graph.inputs})
    assert {op.name: n for op, n in counting.reset().items()} == {"mul": 1, "sin": 1, "add": 1}
    reverse(tape, {graph.outputs[0]: counting.literal("1")}, graph.inputs)
    assert counting.operations == {TABLE["mul"]: 3, TABLE["cos"]: 1, TABLE["add"]: 1}


def test_sweeps_that_share_a_plan_are_those_of_their_own_seeds() -> None:
    """For seeds at inputs, at operations and at both: what others are differentiated by changes nothing."""
    tape = tape_of(
        "a = x*y; b = Max(a, x, sin(y)); c = where(b > a, b*x, b/y) + 0*z; a*c^x + b - c", x=1.3, y=0.8, z=2.0
    )
    graph = tape.graph
    nodes = [*graph.inputs, *(graph.names[name] for name in "abc")]
    for chosen in ([node] for node in nodes):
        assert forward(tape, dict.fromkeys(chosen, 1.0), nodes) == forward(tape, dict.fromkeys(chosen, 1.0))
    for chosen in ([nodes[i], nodes[j]] for i in range(len(nodes)) for j in range(i)):
        assert forward(tape, dict.fromkeys(chosen, 0.5), nodes) == forward(tape, dict.fromkeys(chosen, 0.5))


def test_forward_mode_keeps_a_few_bytes_more_for_each_step_of_a_sweep() -> None:
    """One sweep for each of 200 inputs, with a graph that stays: its structure is kept once, as in reverse mode."""
    text = "+".join(f"x{i}*sin(x{(i + 1) % 200})" for i in range(200))
    kept = {}
    for mode in ("forward", "reverse"):
        graph = parse(text)
        at = dict.fromkeys(graph.input_names, 0.7)
        gradient("x", {"x": 1.0}, mode=mode)
        tracemalloc.start()
        try:
            gradient(graph, at, mode=mode)
            gc.collect()
            kept[mode] = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
    assert kept["forward"] < kept["reverse"] + 3 * 200 * len(graph)


def test_what_a_plan_keeps_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Masks of so many sweeps as the memory is for; beyond, they are made again, and the sweeps are the same."""
    text = " + ".join(f"sin(x{i})" for i in range(9))
    tape = tape_of(text, **{f"x{i}": i for i in range(9)})
    inputs = list(tape.graph.inputs)
    monkeypatch.setattr(modes, "MASKS", 3 * len(tape.steps))
    for _ in range(2):
        slopes = [forward(tape, {x: 1.0}, inputs)[tape.graph.outputs[0]] for x in inputs]
        assert slopes == [math.cos(tape.values[x]) for x in inputs]
    masks = modes.plan(tape, inputs)._masks
    assert sum(map(len, masks.values())) == modes.MASKS


def test_a_seed_at_no_node_is_none() -> None:
    """And two at one node are one."""
    assert modes.seeds([(-1, 1.0), (0, 2.0), (3, 4.0), (0, 3.0)]) == {0: 5.0, 3: 4.0}


@pytest.mark.parametrize("text", ["x + 1e999", "sqrt(x - 4)", "x*log(x - 3)*y", "where(x > 0, log(-x), 1)"])
def test_a_pass_that_cannot_go_on_says_where(text: str) -> None:
    """At a number that none of the arithmetic is, and where a function has no value."""
    with pytest.raises(modes.Fault) as caught:
        tape_of(text, x=3.0, y=1.0)
    graph = parse(text)
    assert caught.value.during == "value"
    assert graph.labels.get(caught.value.node) == "1e999" or graph.ops[caught.value.node].name in ("sqrt", "log")


def test_all_outputs_are_evaluated_where_a_branch_is_chosen() -> None:
    """Also those behind one that is there already."""
    tape = tape_of("a = where(x > 0, x^2, 1); a, x, a + x, x", x=3.0)
    assert [tape.values[node] for node in tape.graph.outputs] == [9.0, 3.0, 12.0, 3.0]


def test_a_rule_that_is_missing_is_an_error_with_its_place() -> None:
    """polygamma has no derivative by its order n: said of a program to be written, where there is no point, as well."""
    graph = parse("1 + polygamma(n, x)")
    symbolic = Symbolic()
    tape = evaluate(graph, symbolic, transcribe(graph, symbolic))
    for sweep in (
        lambda: reverse(tape, {graph.outputs[0]: symbolic.literal("1")}, graph.inputs),
        lambda: forward(tape, {graph.names["n"]: symbolic.literal("1")}),
    ):
        with pytest.raises(DomainError, match="polygamma cannot be differentiated by n") as caught:
            sweep()
        assert caught.value.span == (4, 19)
    with pytest.raises(DomainError, match="polygamma cannot be differentiated by n"):
        hessian("polygamma(n, x)", {"n": 1, "x": 2})
    assert forward(tape, {graph.names["x"]: symbolic.literal("1")})[graph.outputs[0]] is not None


def test_reverse_reports_each_addition() -> None:
    """x*x + x adds to x̄ three times, by the last node first: 1, then 1 + 3, then 1 + 3 + 3."""
    tape = tape_of("x*x + x", x=3.0)
    (x,), (y,) = tape.graph.inputs, tape.graph.outputs
    square = tape.graph.args[y][0]
    heard: list[tuple] = []
    reverse(tape, {y: 1.0}, [x], lambda *addition: heard.append(addition))
    assert heard == [(y, 0, None, 1.0), (y, 1, None, 1.0), (square, 0, 1.0, 4.0), (square, 1, 4.0, 7.0)]
