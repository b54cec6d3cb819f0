"""`adcli graph`: what each format shows, and that pictures are drawn well."""

from __future__ import annotations

import json
import re
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from calling import Run

BAYDIN = "ln(x1)+x1*x2-sin(x2)"
AT = ("--at", "x1=2,x2=5")
NETWORK = """h1=tanh(w1*x+u1*z+b1)
h2=tanh(w2*x+u2*z+b2)
p=sigmoid(a1*h1+a2*h2)
-(t*log(p)+(1-t)*log(1-p))"""
NETWORK_AT = ("--at", "w1=.1,w2=.2,u1=.4,u2=-.5,b1=.01,b2=.02,a1=1,a2=-1,x=1.5,z=-.7,t=1")


def test_the_tree(run: Run) -> None:
    """From the output down; a shared node is shown once and then referred to."""
    done = run("graph", BAYDIN, *AT, "--format", "tree")
    assert (
        done.stdout
        == """
  f = v₅ = v₄ - v₃ = 11.6521
  ├─ v₄ = v₁ + v₂ = 10.6931      ∂v₅/∂v₄ = 1
  │  ├─ v₁ = ln v₋₁ = 0.693147   ∂v₄/∂v₁ = 1
  │  │  └─ v₋₁ = x1 = 2          ∂v₁/∂v₋₁ = 0.5
  │  └─ v₂ = v₋₁ × v₀ = 10       ∂v₄/∂v₂ = 1
  │     ├─ v₋₁ ↑                 ∂v₂/∂v₋₁ = 5
  │     └─ v₀ = x2 = 5           ∂v₂/∂v₀ = 2
  └─ v₃ = sin v₀ = -0.958924     ∂v₅/∂v₃ = -1
     └─ v₀ ↑                     ∂v₃/∂v₀ = 0.283662

"""
    )


def test_the_tree_with_adjoints_and_highlights(run: Run) -> None:
    """v̄ in a column of its own, a star at what depends on x2."""
    done = run("graph", "x1*x2 + x1", *AT, "--adjoints", "--highlight", "x2", "--format", "tree", "--digits", "3")
    assert (
        done.stdout
        == """
  f = v₂ = v₁ + v₋₁ = 12 *   v̄₂ = 1
  ├─ v₁ = v₋₁ × v₀ = 10 *    v̄₁ = 1    ∂v₂/∂v₁ = 1
  │  ├─ v₋₁ = x1 = 2         v̄₋₁ = 6   ∂v₁/∂v₋₁ = 5
  │  └─ v₀ = x2 = 5 *        v̄₀ = 2    ∂v₁/∂v₀ = 2
  └─ v₋₁ ↑                             ∂v₂/∂v₋₁ = 1

  * depends on x2

"""
    )


def test_a_deep_tree_goes_on_below(run: Run) -> None:
    """No line is longer than the terminal, whatever the depth; each node has its line."""
    text = run("graph", "a = x\n" + "a = sin(a)\n" * 100, "--at", "x=1", "--format", "tree").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("= sin v") == 100
    assert "↓" in text


def test_a_pipe_gets_the_edges(run: Run) -> None:
    """From, to, partial; without a point, from and to."""
    assert run("graph", "x*y", "--at", "x=2,y=3").stdout == "v-1\tv1\t3.0\nv0\tv1\t2.0\n"
    assert run("graph", "x*y").stdout == "v-1\tv1\nv0\tv1\n"
    assert run("graph", "x").stdout == "v0\n"


def test_json(run: Run) -> None:
    """Nodes and edges as the contract names them; adjoints and highlights where they are asked for."""
    found = json.loads(run("graph", "x1*x2", *AT, "--format", "json").stdout)
    assert found["nodes"] == [
        {"name": "v-1", "op": "input", "label": "x1", "value": 2.0},
        {"name": "v0", "op": "input", "label": "x2", "value": 5.0},
        {"name": "v1", "op": "mul", "label": "v-1 × v0", "value": 10.0},
    ]
    assert found["edges"] == [
        {"from": "v-1", "to": "v1", "partial": 5.0},
        {"from": "v0", "to": "v1", "partial": 2.0},
    ]
    assert found["outputs"] == {"y": "v1"}
    assert found["command"] == "graph"
    more = json.loads(run("graph", "x1*x2", *AT, "--format", "json", "--adjoints", "--highlight", "x1").stdout)
    assert [node["adjoint"] for node in more["nodes"]] == [5.0, 2.0, 1.0]
    assert [node["highlighted"] for node in more["nodes"]] == [True, False, True]


def test_dot_and_mermaid(run: Run) -> None:
    """Every node and edge, with values and partials as labels."""
    text = run("graph", BAYDIN, *AT, "--format", "dot").stdout
    assert text.startswith("digraph ")
    assert text.count(" -> ") == 8
    assert '"v-1" [label="v₋₁ = x1\\n= 2"' in text
    assert '"v0" -> "v3" [label=" 0.283662 "];' in text
    text = run("graph", BAYDIN, *AT, "--format", "mermaid").stdout
    assert text.startswith("flowchart TD\n")
    assert text.count(" -->") == 8
    assert '  n3["v₂ = v₋₁ × v₀<br/>= 10"]\n' in text
    assert '  n1 -->|"0.283662"| n4\n' in text


def test_mermaid_reads_no_tags(run: Run) -> None:
    """What Mermaid would take for a tag is written as an entity."""
    assert "v₋₁ #lt; v₀" in run("graph", "where(x < y, x, y)", "--format", "mermaid").stdout


def test_warnings_are_on_stderr(run: Run) -> None:
    """An infinite derivative does not spoil the picture of the values."""
    done = run("graph", "sqrt(x)", "--at", "x=0", "--format", "tree")
    assert "sqrt v₀ = 0" in done.stdout
    assert "no finite derivative at 0" in done.stderr


@pytest.mark.parametrize("format", ["svg", "png"])
def test_a_picture_without_graphviz(run: Run, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    """An error that says what to install."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    assert "pip install 'adcli[graph]'" in run("graph", BAYDIN, "--format", format, exit=2).stderr


def test_a_picture_of_too_many_nodes(run: Run) -> None:
    """Nobody could read it."""
    done = run("graph", "a = x\n" + "a = sin(a)\n" * 1001, "--format", "svg", exit=2)
    assert "1,002 nodes" in done.stderr


def test_png(run: Run, tmp_path: Path) -> None:
    """Bytes in a file or a pipe, with the signature of a PNG."""
    pytest.importorskip("pygraphviz")
    target = tmp_path / "graph.png"
    assert run("graph", BAYDIN, "--format", "png", "-o", str(target)).stdout == ""
    assert target.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert run("graph", BAYDIN, "--format", "png").stdout_bytes == target.read_bytes()


# Pictures

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def drawn(svg: str) -> tuple[dict[str, Box], dict[str, list[tuple[float, float]]], list[Box]]:
    """The boxes of the nodes, points along the edges, and the boxes of the edges' labels."""
    boxes: dict[str, Box] = {}
    curves: dict[str, list[tuple[float, float]]] = {}
    labels: list[Box] = []
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        title = group.findtext(f"{SVG}title") or ""
        path = group.find(f"{SVG}path")
        if path is None:
            continue
        flat = numbers(path.get("d") or "")
        points = list(zip(flat[::2], flat[1::2], strict=True))
        if group.get("class") == "node":
            xs, ys = zip(*points, strict=True)
            boxes[title] = (min(xs), min(ys), max(xs), max(ys))
            continue
        curve = []
        for start in range(0, len(points) - 1, 3):
            a, b, c, d = points[start : start + 4]
            for step in range(21):
                t = step / 20
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                curve.append(tuple(sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1)))
        curves[title] = [(x, y) for x, y in curve]
        for text in group.iter(f"{SVG}text"):
            x, y = float(text.get("x") or 0), float(text.get("y") or 0)
            half = 3 * len((text.text or "").strip())
            labels.append((x - half, y - 9, x + half, y))
    return boxes, curves, labels


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize(
    "words",
    [
        (BAYDIN, *AT),
        (NETWORK, *NETWORK_AT),
        ("+".join(f"sin(x{i})*x{i}" for i in range(1, 9)), "--at", ",".join(f"x{i}={i}" for i in range(1, 9))),
        ("x*x*x+x", "--at", "x=3"),
        ("a=x\nb=x\n" + "c=a+b\na=b\nb=c\n" * 12 + "b", "--at", "x=1"),
    ],
    ids=["textbook", "network", "wide", "parallel edges", "fibonacci"],
)
def test_pictures_are_readable(run: Run, words: tuple[str, ...]) -> None:
    """Every node and edge is there; no two nodes or labels overlap, and no edge runs through a node."""
    pytest.importorskip("pygraphviz")
    found = json.loads(run("graph", *words, "--format", "json").stdout)
    svg = run("graph", *words, "--format", "svg").stdout
    assert svg.startswith("<svg")
    boxes, curves, labels = drawn(svg)
    assert set(boxes) == {node["name"] for node in found["nodes"]}
    assert set(curves) == {f"{edge['from']}->{edge['to']}" for edge in found["edges"]}
    assert len(labels) == len(found["edges"])
    for a, b in combinations(boxes.values(), 2):
        assert not overlap(a, b)
    for a, b in combinations(labels, 2):
        assert not overlap(a, b)
    for label in labels:
        assert not any(overlap(label, box) for box in boxes.values())
    for title, curve in curves.items():
        others = [box for name, box in boxes.items() if name not in title.split("->")]
        for x, y in curve:
            assert not any(left < x < right and top < y < bottom for left, top, right, bottom in others)
