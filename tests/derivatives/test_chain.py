"""Chains of Jacobians: the cost of each order, the best brackets, and layers of real programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import cos
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcli.derivatives.elimination.chain import MAX_LAYERS, chain, multiply
from adcli.errors import LimitError, NameFault, UsageError
from adcli.problem.problem import problem
from adcli.studies.cost.layers import layers

SIZES = st.lists(st.integers(1, 9), min_size=2, max_size=7)


def by_hand(brackets: str, dims: Sequence[int]) -> int:
    """What a bracketing costs, read from its text alone: reduce two matrices at a time and add up p·q·r."""
    shapes = {f"J{i}": (dims[i], dims[i - 1]) for i in range(1, len(dims))}
    cost = 0
    fresh = 0
    while "·" in brackets:
        left, right = re.search(r"(\w+)·(\w+)", brackets).groups()
        (p, q), (also_q, r) = shapes[left], shapes[right]
        assert q == also_q
        cost += p * q * r
        fresh += 1
        shapes[f"K{fresh}"] = p, r
        brackets = re.sub(rf"\b{left}·{right}\b", f"K{fresh}", brackets, count=1)
        brackets = re.sub(r"\((\w+)\)", r"\1", brackets)
    return cost


def cheapest(dims: Sequence[int]) -> int:
    """The least cost of all bracketings, by trying every one."""
    if len(dims) < 3:
        return 0
    splits = range(1, len(dims) - 1)
    return min(cheapest(dims[: k + 1]) + cheapest(dims[k:]) + dims[0] * dims[k] * dims[-1] for k in splits)


def test_clrs() -> None:
    """Cormen et al., Introduction to Algorithms, sec. 15.2: 15125 by ((A1 (A2 A3)) ((A4 A5) A6)).

    The Jacobians are the transposes of their matrices, so the product stands the other way round.
    """
    found = chain([30, 35, 15, 5, 10, 20, 25])
    assert found.optimal.multiplications == 15125
    assert found.optimal.brackets == "(J6·(J5·J4))·((J3·J2)·J1)"


def test_the_layered_example() -> None:
    """Sizes 10, 6, 8, 2, 1: 660 multiplications forwards and 124 backwards, which is the best."""
    found = chain([10, 6, 8, 2, 1])
    assert found.forward.multiplications == 10 * 6 * 8 + 10 * 8 * 2 + 10 * 2 * 1 == 660
    assert found.reverse.terms == ((1, 2, 8), (1, 8, 6), (1, 6, 10))
    assert found.reverse.multiplications == found.optimal.multiplications == 124
    assert found.forward.brackets == "J4·(J3·(J2·J1))"
    assert found.reverse.brackets == found.optimal.brackets == "((J4·J3)·J2)·J1"
    assert found.cheaper == found.rule == "reverse"
    assert "rule of thumb has it" in found.verdict


def test_the_rule_of_thumb_is_no_theorem() -> None:
    """Fewer outputs than inputs, and yet forward order is cheaper: then the verdict says so."""
    found = chain([3, 100, 1, 2])
    assert (found.forward.multiplications, found.reverse.multiplications) == (306, 800)
    assert (found.rule, found.cheaper) == ("reverse", "forward")
    assert (
        '"fewer outputs, so reverse is cheaper" (3 inputs, 2 outputs) is a rule of thumb, not a theorem'
        in found.verdict
    )
    mirrored = chain([2, 1, 100, 3])
    assert (mirrored.rule, mirrored.cheaper) == ("forward", "reverse")
    assert "fewer inputs, so forward is cheaper" in mirrored.verdict


def test_mixed_brackets_can_beat_both_modes() -> None:
    """A narrow layer in the middle: the best order is neither forward nor reverse."""
    found = chain([30, 35, 15, 5, 10, 20, 25])
    assert "Neither is best: mixed brackets take 15,125." in found.verdict


@given(SIZES)
def test_the_best_brackets_are_the_best_of_all(dims: list[int]) -> None:
    """Dynamic programming finds what trying every bracketing finds, and no mode is better."""
    found = chain(dims)
    assert found.optimal.multiplications == cheapest(dims)
    assert found.optimal.multiplications <= min(found.forward.multiplications, found.reverse.multiplications)


@given(SIZES)
def test_the_brackets_are_worth_what_is_said(dims: list[int]) -> None:
    """Each order's text, multiplied out by itself, costs the sum of its terms."""
    found = chain(dims)
    for order in (found.forward, found.reverse, found.optimal):
        assert by_hand(order.brackets, dims) == order.multiplications == sum(p * q * r for p, q, r in order.terms)


@given(SIZES, st.randoms(use_true_random=False))
def test_every_order_gives_the_same_product(dims: list[int], random: Random) -> None:
    """On matrices of whole numbers exactly, and with as many multiplications as were predicted."""
    matrices = [
        [[float(random.randint(-3, 3)) for _ in range(columns)] for _ in range(rows)]
        for columns, rows in pairwise(dims)
    ]
    found = chain(dims)
    products = []
    for order in (found.forward, found.reverse, found.optimal):
        product, count = multiply(order, matrices)
        assert count == order.multiplications
        products.append(product)
    assert products[0] == products[1] == products[2]


def test_one_jacobian_is_nothing_to_multiply() -> None:
    """Two sizes: no product, no cost."""
    found = chain([4, 7])
    assert (found.optimal.multiplications, found.optimal.brackets, found.optimal.terms) == (0, "J1", ())
    assert found.verdict == "One Jacobian: there is nothing to multiply."


def test_a_long_chain_is_no_deep_recursion() -> None:
    """The most layers allowed: forward order from one input is a row of products."""
    found = chain([1] * (MAX_LAYERS + 1))
    assert found.optimal.multiplications == MAX_LAYERS - 1
    with pytest.raises(LimitError, match="may have 300 Jacobians"):
        chain([1] * (MAX_LAYERS + 2))


@pytest.mark.parametrize("dims", [[], [3], [3, 0], [3, -1, 2], [2, 10**10]])
def test_sizes_that_are_none(dims: list[int]) -> None:
    """A chain has two ends, and layers have at least one number."""
    with pytest.raises(UsageError):
        chain(dims)


# Layers of a program

NETWORK = "z[i=1..3] = sin(x[1]*i + x[2]); w[i=1..2] = z[1]*z[2]*i + z[3]; y = w[1]/w[2]"
AT = {"x": [0.5, 0.25]}


def test_layers_of_a_program() -> None:
    """Sizes and Jacobians are found; every order of multiplication gives the gradient of the whole program."""
    found = layers(problem(NETWORK, AT), ["x", "z", "w", "y"], values=True)
    assert found.chain.dims == (2, 3, 2, 1)
    assert [layer.members for layer in found.layers][1] == ("z[1]", "z[2]", "z[3]")
    assert [product.multiplications for product in found.products] == [12 + 4, 6 + 6, 12]
    assert found.max_difference < 1e-15
    # ∂z1/∂x1 = cos(x1·1 + x2), by hand
    assert found.layers[1].jacobian[0][0] == pytest.approx(cos(0.75), rel=1e-15)


def test_sizes_of_layers_need_no_point() -> None:
    """Structure alone: the chain is counted, nothing is multiplied."""
    found = layers(problem(NETWORK, values=False), ["x", "z", "y"], values=False)
    assert found.chain.dims == (2, 3, 1)
    assert found.products is None


@pytest.mark.parametrize(
    ("text", "names", "message"),
    [
        ("z = x^2; y = z + x", ["x", "z", "y", "w"], "names w, which does not occur"),
        ("z = x^2; w = 2*z + x; y = w^2", ["x", "z", "w", "y"], "no chain: w depends on x not only through z"),
        ("z = x^2; y = 2*z", ["z", "x"], "x does not depend on z"),
        ("z[1] = 2*x; z[2] = z[1]^2; y = z[1]*z[2]", ["x", "z", "y"], "depends on itself"),
        ("y = x^2", ["x"], "at least two layers"),
    ],
)
def test_what_is_no_chain_is_refused(text: str, names: list[str], message: str) -> None:
    """Skipped layers, the wrong order, layers that feed themselves: their Jacobians have no product."""
    with pytest.raises((NameFault, UsageError), match=re.escape(message)):
        layers(problem(text, values=False), names, values=False)
