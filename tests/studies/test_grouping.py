"""Boxes of nodes: nothing is lost, and no box depends on itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adcli.studies.grouping import together


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[int, str | None], dict[int, list[int]]]:
    """Nodes with keys, and arguments before them."""
    keys: dict[int, str | None] = {}
    uses: dict[int, list[int]] = {}
    for node in range(draw(st.integers(1, 14))):
        keys[node] = draw(st.sampled_from(["a", "b", "c", None]))
        uses[node] = draw(st.lists(st.integers(0, node - 1), max_size=2)) if node else []
    return keys, uses


@given(graphs())
def test_every_box_comes_after_what_it_uses(graph: tuple[dict[int, str | None], dict[int, list[int]]]) -> None:
    keys, uses = graph
    boxes = together(keys, uses)
    place = {node: i for i, nodes in enumerate(boxes) for node in nodes}
    assert sorted(node for nodes in boxes for node in nodes) == sorted(keys)
    assert all(place[argument] <= place[node] for node in keys for argument in uses[node])
    for nodes in boxes:
        assert len({keys[node] for node in nodes}) == 1
        assert len(nodes) == 1 or keys[nodes[0]] is not None


def test_nodes_of_one_key_are_together_unless_another_stands_between() -> None:
    # 1 and 3 are of one operation; 3 uses 1 directly in the first graph, by way of 2 in the second.
    keys: dict[int, str | None] = {0: "x", 1: "a", 2: "b", 3: "a"}
    assert together(keys, {0: [], 1: [0], 2: [0], 3: [1]}) == [[0], [1, 3], [2]]
    assert together(keys, {0: [], 1: [0], 2: [1], 3: [2]}) == [[0], [1], [2], [3]]


def test_a_box_that_grows_after_another_came_to_use_it_makes_no_circle() -> None:
    """b uses a, and a new a would use c that uses b: also when c came to use b later than it was made."""
    keys: dict[int, str | None] = {0: "a", 1: "c", 2: "b", 3: "c", 4: "a"}
    assert together(keys, {0: [], 1: [], 2: [0], 3: [2], 4: [1]}) == [[0], [2], [1, 3], [4]]
