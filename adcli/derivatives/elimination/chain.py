"""A chain of Jacobians, and the order in which to multiply it.

For layers of sizes n₀ → n₁ → … → n_k the chain rule is one product of matrices, J_k·…·J₂·J₁, where Jᵢ has nᵢ rows
and nᵢ₋₁ columns. Every order of multiplication gives the same Jacobian; forward mode multiplies from the input's
end, reverse mode from the output's end, and the best order is found by dynamic programming (Godbole 1973; Cormen et
al., Introduction to Algorithms, sec. 15.2). A product of a p×q and a q×r matrix costs p·q·r multiplications.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from adcli.errors import LimitError, UsageError, counted
from adcli.results import Result

MAX_LAYERS = 300
"""The dynamic program takes time with the cube of it."""
MAX_SIZE = 10**9

Product: TypeAlias = "tuple[int, int, int]"
"""(first, middle, last): the Jacobians first+1 … middle, multiplied from the left by middle+1 … last."""

Matrix: TypeAlias = "Sequence[Sequence[float]]"


@dataclass(frozen=True)
class Order:
    """One way to put the brackets.

    `terms` are (rows, inner, columns) of each product of two matrices, in the order in which they are multiplied;
    `multiplications` is the sum of their products.
    """

    multiplications: int
    brackets: str
    terms: tuple[tuple[int, int, int], ...]
    products: tuple[Product, ...]


@dataclass(frozen=True)
class Chain:
    """The sizes of the layers, from input to output, and what the orders cost.

    `cheaper` is the mode that takes fewer multiplications ("reverse" where both take the same), `rule` the one that
    the rule of thumb says, by the number of inputs against the number of outputs; `verdict` says it in a sentence.
    """

    dims: tuple[int, ...]
    forward: Order
    reverse: Order
    optimal: Order
    cheaper: str
    rule: str
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Chained(Result):
    """A chain of which only the sizes are known."""

    command: ClassVar[str] = "cost"

    chain: Chain


def chain(dims: Sequence[int]) -> Chain:
    """Cost the chain of Jacobians between layers of these sizes. Raises UsageError, LimitError."""
    if len(dims) < 2:
        raise UsageError("a chain needs at least two sizes: of its input and of its output")
    if len(dims) > MAX_LAYERS + 1:
        raise LimitError(f"a chain may have {MAX_LAYERS} Jacobians, and this one has {len(dims) - 1:,}")
    for size in dims:
        if not 0 < size <= MAX_SIZE:
            raise UsageError(f"the size of a layer is a whole number from 1 to {MAX_SIZE:,}, not {size:,}")
    last = len(dims) - 1
    forward = _order(dims, [(0, i, i + 1) for i in range(1, last)])
    reverse = _order(dims, [(i - 1, i, last) for i in range(last - 1, 0, -1)])
    optimal = _order(dims, _best(dims))
    cheaper = "forward" if forward.multiplications < reverse.multiplications else "reverse"
    rule = "forward" if dims[0] < dims[-1] else "reverse"
    verdict = _verdict(dims, forward.multiplications, reverse.multiplications, optimal.multiplications)
    return Chain(tuple(dims), forward, reverse, optimal, cheaper, rule, verdict)


def _best(dims: Sequence[int]) -> list[Product]:
    """The products of a cheapest bracketing. Where several splits cost the same, the one nearer to reverse order."""
    last = len(dims) - 1
    cost = [[0] * (last + 1) for _ in range(last + 1)]  # cost[i][j]: of the product of Jacobians i+1 … j
    split = [[0] * (last + 1) for _ in range(last + 1)]
    for length in range(2, last + 1):
        for i in range(last - length + 1):
            j = i + length
            ends = dims[i] * dims[j]
            costs = [cost[i][k] + cost[k][j] + ends * dims[k] for k in range(i + 1, j)]
            cost[i][j] = min(costs)
            split[i][j] = i + 1 + costs.index(cost[i][j])
    products: list[Product] = []
    waiting = [(0, last)]
    while waiting:
        i, j = waiting.pop()
        if j - i > 1:
            products.append((i, split[i][j], j))
            waiting += [(split[i][j], j), (i, split[i][j])]
    return products[::-1]


def _order(dims: Sequence[int], products: Sequence[Product]) -> Order:
    """The cost and the brackets of products given in the order in which they are multiplied."""
    terms = tuple([(dims[last], dims[middle], dims[first]) for first, middle, last in products])
    written = {(i - 1, i): f"J{i}" for i in range(1, len(dims))}
    for first, middle, last in products:
        left, right = written.pop((middle, last)), written.pop((first, middle))
        left = f"({left})" if last - middle > 1 else left
        right = f"({right})" if middle - first > 1 else right
        written[first, last] = f"{left}·{right}"
    (brackets,) = written.values()
    return Order(sum([p * q * r for p, q, r in terms]), brackets, terms, tuple(products))


def _verdict(dims: Sequence[int], forward: int, reverse: int, optimal: int) -> str:
    """What the sizes say, and where they break the rule of thumb."""
    inputs, outputs = dims[0], dims[-1]
    if len(dims) == 2:
        return "One Jacobian: there is nothing to multiply."
    if forward == reverse:
        said = f"Forward and reverse order take the same {forward:,} multiplications."
    else:
        mode, other = ("forward", "reverse") if forward < reverse else ("reverse", "forward")
        less, more = sorted((forward, reverse))
        said = f"{mode.capitalize()} order takes {less:,} multiplications, {other} order {more:,}"
        many = f"{counted(inputs, 'input')}, {counted(outputs, 'output')}"
        if (mode == "forward" and outputs < inputs) or (mode == "reverse" and inputs < outputs):
            thumb = (
                "fewer outputs, so reverse is cheaper" if outputs < inputs else "fewer inputs, so forward is cheaper"
            )
            said += f': "{thumb}" ({many}) is a rule of thumb, not a theorem, and these sizes break it.'
        elif inputs == outputs:
            said += f", though there are as many inputs as outputs ({inputs:,}): the sizes between decide."
        else:
            said += f", as the rule of thumb has it ({many})."
    if optimal < min(forward, reverse):
        said += f" Neither is best: mixed brackets take {optimal:,}."
    return said


def multiply(order: Order, jacobians: Sequence[Matrix]) -> tuple[list[list[float]], int]:
    """The product of the Jacobians J₁, J₂, … in this order, and how many multiplications it took, counted."""
    done: dict[tuple[int, int], Matrix] = {(i, i + 1): jacobian for i, jacobian in enumerate(jacobians)}
    count = 0
    for first, middle, last in order.products:
        left, right = done.pop((middle, last)), done.pop((first, middle))
        columns = list(zip(*right, strict=True))
        result = []
        for row in left:
            entries = []
            for column in columns:
                total = 0.0
                for a, b in zip(row, column, strict=True):
                    total += a * b
                    count += 1
                entries.append(total)
            result.append(entries)
        done[first, last] = result
    (product,) = done.values()
    return [list(row) for row in product], count
