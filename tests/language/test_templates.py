"""Bodies that repeat are written from a template, and nobody can tell: the graph is the one that reading them gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adcli.errors import AdcliError
from adcli.graphs import verify
from adcli.language import parse
from adcli.language.calls import Calls
from adcli.language.parser import Program

COLUMNS = ("ops", "args", "spans", "inputs", "outputs", "output_names", "assignments", "formulas", "unnamed", "doubts")
SIZES = {"x": (20,), "A": (20, 20)}
PREAMBLE = """
t = 3; c = y > 0; d = True
f(a) = a^2 + y
e(a) = 2*a + 1
g(k) = x[k] + k*A[k, 1]
h(a, m) = Sum(a*x[q]*m, (q, 1, 3)) + Sum(x[q + m], (q, 1, m))
v[i=1..5] = x[i]*i
z = A@x
o = n
"""


@contextmanager
def reading_each() -> Iterator[None]:
    """Every term and every member is read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Program, "repeats", Calls.repeats)
        yield


def outcome(text: str, **options: Any) -> Any:
    """All that there is of a program's graph, or of the error."""
    try:
        graph = parse(text, **options)
    except AdcliError as error:
        return type(error), str(error), error.span, error.hint
    verify(graph)
    return [getattr(graph, name) for name in COLUMNS], list(graph.labels.items()), list(graph.arrays.items())


def same(text: str, **options: Any) -> Any:
    """The outcome, which is the same either way."""
    found = outcome(text, **options)
    with reading_each():
        assert found == outcome(text, **options)
    return found


LOOPS = ("i", "j", "k", "t")


@st.composite
def indices(draw: st.DrawFn, loops: tuple[str, ...]) -> str:
    """An index: mostly one that exists."""
    if not loops or not draw(st.integers(0, 5)):
        return draw(st.sampled_from(["1", "2", "t", "n", "3 - 1", "9"]))
    one, other = draw(st.sampled_from(loops)), draw(st.sampled_from(loops))
    forms = ["{0}", "{0}", "{0}", "{0}", "{0}+1", "{0} - 1", "2*{0}-1", "n+2-{0}", "{0}+{1}-1", "Mod({0}, 3) + 1",
             "ceiling(({0}+1)/2)", "Max({0}, {1})", "e({0})", "abs(-{0})", "({0}*{1} + {0})/{0}"]  # fmt: skip
    return draw(st.sampled_from(forms)).format(one, other)


@st.composite
def bodies(draw: st.DrawFn, loops: tuple[str, ...] = (), depth: int = 3) -> str:
    """An expression in the loop variables."""
    index = indices(loops)
    kind = draw(st.integers(0, 19)) if depth else draw(st.integers(0, 6))
    if kind == 0:
        return draw(
            st.sampled_from(["y", "2", "0.5", "pi", "t", "n", "w", "w", "w", *(["x", "i", "d"] if depth == 1 else [])])
        )
    if kind <= 2:
        return f"x[{draw(index)}]"
    if kind == 3:
        return f"A[{draw(index)}, {draw(index)}]"
    if kind == 4:
        return draw(st.sampled_from(["v[{0}]", "z[{0}]", "u[{0}]", "B[{0},2]"])).format(draw(index))
    if kind <= 6:
        return draw(st.sampled_from(loops)) if loops else "y"
    inner = bodies(loops, depth - 1)
    if kind <= 10:
        sign = draw(st.sampled_from(["+", "-", "*", "/", "^"]))
        return f"({draw(inner)}){sign}({draw(inner)})"
    if kind == 11:
        form = draw(st.sampled_from(["-({0})", "|{0}|", "({0})²", "({0})!", "sin({0})", "√({0})", "f({0})"]))
        return form.format(draw(inner))
    if kind == 12:
        return draw(st.sampled_from(["g({0})", "h({1}, {0})", "f(f({1}))", "Max({1}, {0}, 2)"])).format(
            draw(index), draw(inner)
        )
    if kind <= 14:
        condition = draw(
            st.sampled_from(["{0} < {1}", "{0} == 2", "c", "x[1] > {0} or c", "not d", "True", "y < 1 and d"])
        )
        written = condition.format(draw(index), draw(index))
        form = draw(
            st.sampled_from(["where({0}, {1}, {2})", "Piecewise(({1}, {0}), ({2}, True))", "({1} if {0} else {2})"])
        )
        return form.format(written, draw(inner), draw(inner))
    return draw(sums(loops, depth))


@st.composite
def sums(draw: st.DrawFn, loops: tuple[str, ...] = (), depth: int = 3) -> str:
    """A Sum or Product, of one range or of two."""
    kind = draw(st.sampled_from(["Sum", "Sum", "Product"]))
    names = draw(st.lists(st.sampled_from(LOOPS), min_size=1, max_size=2))
    ranges = []
    for name in names:
        low = draw(st.sampled_from(["1", "1", "1", "2", *loops]))
        high = draw(st.sampled_from(["4", "5", "6", "n", "t", "1", *loops, *[f"{loop}-1" for loop in loops]]))
        ranges.append(f"({name}, {low}, {high})")
    return f"{kind}({draw(bodies((*loops, *names), depth - 1))}, {', '.join(ranges)})"


@st.composite
def programs(draw: st.DrawFn, arrays: bool) -> str:
    """Sums and families, after functions, arrays and conditions to use in them."""
    lines = [PREAMBLE if arrays else PREAMBLE.replace("z = A@x\n", "z[i=1..20] = x[i]*y\n")]
    for name in draw(st.lists(st.sampled_from(["u", "x", "B"]), max_size=2)):
        loop = draw(st.sampled_from(LOOPS))
        head = f"{name}[{loop}=1..6]" if name != "B" else f"{name}[{loop}=1..3, j=1..2]"
        lines.append(f"{head} = {draw(bodies((loop, 'j') if name == 'B' else (loop,), 2))}")
    lines.append(draw(sums()))
    return "\n".join(lines)


@settings(max_examples=300)
@given(programs(arrays=False))
def test_random_programs_have_the_graph_that_reading_each_term_gives(text: str) -> None:
    same(text, let={"n": 5})


@settings(max_examples=100)
@given(programs(arrays=True))
def test_random_programs_with_arrays_have_it_too(text: str) -> None:
    same(text, let={"n": 5}, sizes=SIZES)


CASES = [
    "Sum((Sum(A[i,j]*x[j], (j, 1, 7)) - b[i])^2, (i, 1, 9))",
    "r[i=1..9] = x[i]^2 - 2*x[i+1] + sin(x[i+2])",  # what a member adds, the next but one has already
    "v[i=1..9] = v[i+1]*2; v[1] + v[9]",  # an input at first, and assigned in the member after
    "x[i=1..9] = y + x[5]",
    "w[i=1..3, j=1..3] = i*x[j] + j*x[i]; Sum(w[i,j]/w[j,i], (i, 1, 3), (j, i, 3))",
    "Sum(i*2 + 2^i + -i, (i, -3, 5))",  # numbers of the text and of the index are one literal where they are one number
    "Sum(Sum(Sum(x[i+j]*x[k], (k, i, j)), (j, i, 5)), (i, 1, 6))",
    "Sum(Sum(y*x[j], (j, 1, i - 4)), (i, 1, 9))",  # the first terms do not reach what the last have
    "Sum(Product(1 + x[j], (j, 1, i - 1)), (i, 1, 6))",
    "Sum(where(x[i] > i and i < 4 or not x[1] < 0, i, x[i]), (i, 1, 6))",
    "c = y > 1; p[i=1..6] = x[i] > 2; Sum(where(p[i], x[i], 0) + where(c, 1, i), (i, 1, 6))",
    "p[i=1..3] = 1; p[4] = y > 1; Sum(p[i], (i, 1, 4))",  # a condition among numbers
    "Sum(x[i] + 1/(i - 4), (i, 1, 6))",
    "Sum(x[5 - i], (i, 1, 6))",  # no index at the fifth
    "Sum(x[(i + 1)/2], (i, 1, 6))",
    "Sum(Sum(x[j], (j, 1, 12/i)), (i, 1, 6))",  # no bound at the fifth
    "Sum(x[i]*Sum(i, (i, 1, i)), (i, 1, 6))",
    "i = 7; Sum(x[i], (i, 1, 5)) + x[i]",
    "f(i) = x[i] + i*y; g(k) = f(2*k - 1) + Sum(f(i + k), (i, 1, 3)); Sum(g(i), (i, 1, 6))",
    "f(a) = a*i; Sum(f(x[i]), (i, 1, 5))",  # a free name of a function is the program's, not the loop's
    "f(a) = Sum(a*x[j] + a^j, (j, 1, 4)); Sum(f(x[i]^2 + i), (i, 1, 5))",
    "Sum(x, (j, 1, 5))",
    "Sum(Sum(x, (j, 1, i - 4)) + x[i], (i, 1, 6))",
    "Sum(x[i] + Sum(x, (j, 1, i - 5)), (i, 1, 6))",
    "Sum(n*x[n - i], (i, 1, 4)) + n",
    "Sum(if(i == 2, x[i], |x[i]|)! + √i + x[i]², (i, 1, 5))",
    "Sum(Piecewise((x[i], i < 3), (y, True)), (i, 1, 5))",
    "Sum(1, (i, 1, 5)) + Product(i, (i, 1, 5)) + Sum(y, (i, 1, 5))",
    "f(c) = Sum(where(c, x[i], i), (i, 1, 5)); f(y > 1) + f(True)",
    "Sum(1000000000*i, (i, 999999996, 1000000004))",
]
ARRAYS = [
    "z = A@x; Sum(z[i]*i, (i, 1, 20))",
    "z = A@x; Sum(z[i], (i, 1, 21))",
    "f(v) = Sum(v[i]^2, (i, 1, 6)); f(x) + f(A@x)",
    "Sum(A[i,:]@x, (i, 1, 9))",
    "Sum(x*i, (i, 1, 9))",
    "Sum(x[i]*sum(x), (i, 1, 9))",
    "r[i=1..9] = norm(A[i,:]) + x[i]; sum(r)",
    "z = x > 1; Sum(where(z[i], x[i], i), (i, 1, 9))",
    "w[i=1..9] = x[i]^2; sum(w) + Sum(w[i]*A[i,2*i], (i, 1, 9))",
]


@pytest.mark.parametrize("text", CASES)
def test_a_body_is_what_reading_it_each_time_makes_it(text: str) -> None:
    """Nested sums, indices and bounds computed from loop variables, functions, conditions, and errors of late terms."""
    same(text, let={"n": 6} if "n" in text.replace("sin", "").replace("and", "").replace("not", "") else {})
    same(text, let={"n": 6} if "n*x" in text else {}, sizes={"x": (8,), "A": (9, 7)})


@pytest.mark.parametrize("text", ARRAYS)
def test_a_body_with_arrays_is_too(text: str) -> None:
    same(text, sizes=SIZES)


@pytest.mark.parametrize(
    "text",
    [
        "Sum(x[i]^2, (i, 1, 1000))",
        "Sum(Sum(A[i,j]*x[j], (j, 1, 100)), (i, 1, 100))",
        "v[i=1..1000] = sin(x[2*i - 1])*x[i + 2]",
        "v[i=1..100] = Sum(A[i,j], (j, 1, i + 9))",
        "f(k) = x[k] + x[k + 1]; Sum(f(3*k), (k, 1, 1000))",
        "x : 1000; z = x^2; Sum(z[i]*i, (i, 1, 1000))",
    ],
)
def test_a_body_is_read_a_few_times_only(text: str) -> None:
    count = 0

    def counted(read: Any) -> Any:
        def reading(self: Calls, *rest: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            return read(self, *rest, **options)

        return reading

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Calls, "_go", counted(Calls._go))
        patch.setattr(Program, "read", counted(Program.read))
        assert len(parse(text)) > 1000
    assert count < 30
