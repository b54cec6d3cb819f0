"""Nothing that is shared changes: eight threads may use the same graphs, functions and precisions at the same time."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import mpmath
import pytest

import adcli
from adcli.batch.engines import ENGINES, installed
from adcli.problem.problem import problem
from adcli.results import Result

THREADS = 8
PROGRAM = "u = x*sin(y) + exp(-z^2/2); v = Max(u, y*z)/(1 + x^2); u*v + log(2 + v^2)"
POINT = {"x": 0.7, "y": 1.9, "z": -0.4}
PIECES = "where(x > 0.5, sqrt(x)*y, gamma(y))*beta(x, y) + where(y < 1, 1, erf(x)*y^x)"


@pytest.fixture(autouse=True)
def _restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work: Callable[[int], Any]) -> list[Any]:
    """What *work* returns for 0 … 7, each in a thread of its own; all start at once."""
    barrier = Barrier(THREADS)

    def started(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(started, range(THREADS)))


@pytest.mark.skipif(importlib.util.find_spec("numpy") is None, reason="needs the extra `data`")
@pytest.mark.parametrize("what", ["value", "gradient", "hessian"])
@pytest.mark.parametrize("engine", [name for name in ENGINES if installed(name)])
def test_threads_share_a_compiled_function(engine: str, what: str) -> None:
    """Each gets the arrays and the summary of its own call, whatever the others ask for meanwhile."""
    import numpy as np

    shared = adcli.compile("x*sin(y) + log(x)*exp(-y^2)", what=what, engine=engine)
    alone = adcli.compile("x*sin(y) + log(x)*exp(-y^2)", what=what, engine=engine)
    draw = np.random.default_rng(3)
    sizes = [int(size) for size in draw.integers(1, 40 if engine == "python" else 4_000, THREADS)]
    columns = [(draw.uniform(0.2, 3, size), draw.uniform(-2, 2, size)) for size in sizes]
    for number, (x, _) in enumerate(columns):
        x[:number] = -1.0  # so many rows have no result, if there are as many
    expected = [(alone(*arrays), alone.summary.failed) for arrays in columns]

    def work(number: int) -> int:
        wrong = 0
        for _ in range(12):
            found = shared(*columns[number])
            answers, failed = expected[number]
            wrong += shared.summary is None or shared.summary.failed != failed
            wrong += not all(
                np.allclose(found[name], answers[name], rtol=1e-13, atol=0, equal_nan=True) for name in answers
            )
        return wrong

    assert sum(together(work)) == 0


@pytest.mark.parametrize("text", [PROGRAM, PIECES])
def test_threads_share_a_graph(text: str) -> None:
    """Whoever comes first finds out about its structure: all get the answers that one gets alone."""
    at = {name: value for name, value in POINT.items() if name in text}
    questions = [
        lambda graph: adcli.gradient(graph, at, mode="forward"),
        lambda graph: adcli.gradient(graph, at, mode="reverse"),
        lambda graph: adcli.hessian(graph, at),
        lambda graph: adcli.hvp(graph, at, vector=dict.fromkeys(at, 1.0)),
        lambda graph: adcli.gradient(graph, at, wrt=["x"]),
        lambda graph: adcli.jvp(graph, at, tangent=dict.fromkeys(at, 2.0)),
        lambda graph: adcli.vjp(graph, at, cotangent=[3.0]),
        lambda graph: adcli.taylor_series(graph, at, direction=dict.fromkeys(at, 1), order=3),
    ]
    alone = [question(adcli.parse(text)) for question in questions]
    for turn in range(15):
        graph = adcli.parse(text)
        order = random.Random(turn).sample(range(THREADS), THREADS)
        found = together(lambda number, graph=graph, order=order: questions[order[number]](graph))
        assert [found[order.index(i)] for i in range(THREADS)] == alone


def test_threads_compute_with_digits_of_their_own() -> None:
    """Eight precisions at once: each number has all the digits that its thread asked for, and no others."""
    text = "gamma(x)*sin(y) + digamma(x + y)/erf(y)"
    digits = [20, 25, 31, 40, 47, 60, 75, 90]
    with mpmath.workdps(120):
        x, y = mpmath.mpf("1.3"), mpmath.mpf("0.7")
        truth = mpmath.gamma(x) * mpmath.sin(y) + mpmath.digamma(x + y) / mpmath.erf(y)

    def work(number: int) -> list[Any]:
        precision = digits[number]
        return [adcli.gradient(text, {"x": "1.3", "y": "0.7"}, precision=precision).value for _ in range(4)]

    for precision, values in zip(digits, together(work), strict=True):
        for value in values:
            assert value.context.dps == precision
            with mpmath.workdps(120):
                assert abs(mpmath.mpf(value) / truth - 1) < mpmath.mpf(10) ** (1 - precision)


def spoil(result: Any) -> None:
    """Change the context of every number in a result."""
    if hasattr(result, "_mpf_"):
        result.context.dps = 3
    elif isinstance(result, (list, tuple)):
        for value in result:
            spoil(value)
    elif isinstance(result, (dict, Result)):
        for value in (result if isinstance(result, dict) else vars(result)).values():
            spoil(value)


ASKED: list[Callable[[int], Any]] = [
    lambda digits: adcli.evaluate("x^2/3", {"x": "1.1"}, precision=digits),
    lambda digits: adcli.gradient("sin(x)*y", {"x": "1.1", "y": 2}, precision=digits),
    lambda digits: adcli.jvp("sin(x)*y", {"x": "1.1", "y": 2}, tangent={"x": "0.1"}, precision=digits),
    lambda digits: adcli.vjp("sin(x)*y", {"x": "1.1", "y": 2}, cotangent=["0.1"], precision=digits),
    lambda digits: adcli.hessian("sin(x)*y", {"x": "1.1", "y": 2}, precision=digits),
    lambda digits: adcli.hvp("sin(x)*y", {"x": "1.1", "y": 2}, vector={"x": "0.1"}, precision=digits),
    lambda digits: adcli.jacobian("x*y; x/y", {"x": "1.1", "y": 3}, precision=digits),
    lambda digits: adcli.sparse_jacobian("x*y; x/y", {"x": "1.1", "y": 3}, precision=digits),
    lambda digits: adcli.taylor_series("sin(x)/3", {"x": "1.1"}, order=3, precision=digits),
]


@pytest.mark.parametrize(("digits", "ask"), list(enumerate(ASKED, 30)))
def test_whoever_has_a_result_may_change_its_context(digits: int, ask: Callable[[int], Any]) -> None:
    """Later answers have all their digits, in their numbers and when they are printed."""
    first = ask(digits)
    said = repr(first)
    spoil(first)
    assert repr(ask(digits)) == said


def test_a_problem_may_be_asked_again_after_its_numbers_context_was_changed() -> None:
    """Its answers, too, have all their digits."""
    asked = problem("x/3", {"x": 1}, precision=30)
    first = adcli.gradient(asked)
    first.value.context.dps = 3
    assert str(adcli.gradient(asked).value) == "0.333333333333333333333333333333"
