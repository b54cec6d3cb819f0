"""A better order of elimination by simulated annealing: for graphs too large for the best one to be sought."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from adcli.derivatives.elimination.structure import Structure

MAX_ANNEALED = 400
"""Beyond this many intermediate vertices no better order is sought: states of the graph are kept after each of them."""
HOT, COLD = 3.0, 0.15
"""The temperatures, in multiplications: one more is accepted with the probability exp(-1/temperature)."""
REACH = 6
"""How far a vertex is moved on average."""


def annealed(structure: Structure, start: Sequence[int], moves: int, seed: int = 0) -> list[int]:
    """The cheapest order met in *moves* moves from *start*, each of one vertex to another place in the order.

    What remains after eliminating a set does not depend on the order in it: a move changes the cost of the vertices
    between its two places only. The same *seed* finds the same order.
    """
    vertices = list(dict.fromkeys([*structure.sources.values(), *structure.arguments, *structure.targets.values()]))
    place = {vertex: i for i, vertex in enumerate(vertices)}
    below, above = [0] * len(vertices), [0] * len(vertices)
    for vertex, arguments in structure.arguments.items():
        for argument in arguments:
            below[place[vertex]] |= 1 << place[argument]
            above[place[argument]] |= 1 << place[vertex]
    order = [place[vertex] for vertex in start]
    count = len(order)
    if count < 2:
        return list(start)
    states = [(below, above)]
    costs = []
    for vertex in order:
        below, above = below[:], above[:]
        costs.append(_eliminate(below, above, vertex))
        states.append((below, above))
    chance = random.Random(seed)
    total = least = sum(costs)
    best = order[:]
    for move in range(moves):
        here = chance.randrange(count)
        there = here + (1 + int(chance.expovariate(1 / REACH))) * chance.choice((1, -1))
        temperature = HOT * (COLD / HOT) ** (move / moves)
        bar = -temperature * math.log(1 - chance.random())
        if not 0 <= there < count:
            continue
        first, last = min(here, there), max(here, there)
        part = order[first : last + 1]
        part.insert(there - first, part.pop(here - first))
        old = sum(costs[first : last + 1])
        new = 0
        price, passed = [], []
        below, above = states[first]
        for vertex in part:
            below, above = below[:], above[:]
            price.append(_eliminate(below, above, vertex))
            passed.append((below, above))
            new += price[-1]
            if new > old + bar:
                break
        else:
            order[first : last + 1], costs[first : last + 1], states[first + 1 : last + 2] = part, price, passed
            total += new - old
            if total < least:
                least, best = total, order[:]
    return [vertices[i] for i in best]


def _eliminate(below: list[int], above: list[int], vertex: int) -> int:
    """Take a vertex out of the graph, whose neighbours are the bits of integers; returns the multiplications."""
    lower, upper, rest = below[vertex], above[vertex], ~(1 << vertex)
    bits = lower
    while bits:
        bit = bits & -bits
        other = bit.bit_length() - 1
        above[other] = above[other] & rest | upper
        bits ^= bit
    bits = upper
    while bits:
        bit = bits & -bits
        other = bit.bit_length() - 1
        below[other] = below[other] & rest | lower
        bits ^= bit
    return lower.bit_count() * upper.bit_count()
