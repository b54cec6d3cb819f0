"""Gradients of functions of vectors and matrices against the closed forms of the matrix cookbook, and programs drawn at
random against NumPy."""

from __future__ import annotations

import re
from typing import Any

import pytest

np = pytest.importorskip("numpy")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

import adcli  # noqa: E402
from adcli.language.arrays.names import labels  # noqa: E402

inv, det, I = np.linalg.inv, np.linalg.det, np.eye  # noqa: E741


def soft(x: Any) -> Any:
    powers = np.exp(x)
    return powers / powers.sum()


SHAPES = {
    "x": "n", "y": "n", "c": "n", "a": "n", "b": "n", "t": "n", "u": "m", "p": "3", "q": "3",
    "A": "mn", "B": "nm", "C": "km", "D": "nk", "S": "nn", "R": "nn", "P": "nn",
}  # fmt: skip
"""The names below and their sizes; P is positive definite, x positive."""

# fmt: off
IDENTITIES = [
    ("a@x", "x", lambda v: v.a),
    ("x@x", "x", lambda v: 2 * v.x),
    ("x@S@x", "x", lambda v: (v.S + v.S.T) @ v.x),
    ("x@S@y", "S", lambda v: np.outer(v.x, v.y)),
    ("x@S@y", "y", lambda v: v.S.T @ v.x),
    ("norm(x)", "x", lambda v: v.x / np.linalg.norm(v.x)),
    ("norm(x)^2", "x", lambda v: 2 * v.x),
    ("norm(A@x - u)^2", "x", lambda v: 2 * v.A.T @ (v.A @ v.x - v.u)),
    ("norm(A@x - u)^2", "A", lambda v: 2 * np.outer(v.A @ v.x - v.u, v.x)),
    ("norm(A@x - u)^2", "u", lambda v: -2 * (v.A @ v.x - v.u)),
    ("norm(A)^2", "A", lambda v: 2 * v.A),
    ("norm(A)", "A", lambda v: v.A / np.linalg.norm(v.A)),
    ("norm(x - c, 1)", "x", lambda v: np.sign(v.x - v.c)),
    ("norm(a, 3)", "a", lambda v: v.a * np.abs(v.a) / np.linalg.norm(v.a, 3) ** 2),
    ("norm(a, 4)", "a", lambda v: (v.a / np.linalg.norm(v.a, 4)) ** 3),
    ("norm(x, 5/2)", "x", lambda v: (v.x / np.linalg.norm(v.x, 2.5)) ** 1.5),
    ("norm(A, 1)", "A", lambda v: np.sign(v.A) * (np.abs(v.A).sum(0) == np.linalg.norm(v.A, 1))),
    ("norm(A, inf)", "A", lambda v: np.sign(v.A) * (np.abs(v.A).sum(1) == np.linalg.norm(v.A, np.inf))[:, None]),
    ("sum(max(A, 1)*range(n))", "A", lambda v: (v.A.max(0) == v.A) * np.arange(1, len(v.x) + 1)),
    ("u@min(A, 2)", "A", lambda v: (v.A.min(1)[:, None] == v.A) * v.u[:, None]),
    ("trace(S)", "S", lambda v: I(len(v.S))),
    ("trace(A@B)", "A", lambda v: v.B.T),
    ("trace(A@D@C)", "D", lambda v: v.A.T @ v.C.T),
    ("trace(A.T@A)", "A", lambda v: 2 * v.A),
    ("trace(S@S)", "S", lambda v: 2 * v.S.T),
    ("trace(S@S@S)", "S", lambda v: 3 * (v.S @ v.S).T),
    ("trace(A@S@A.T)", "A", lambda v: v.A @ (v.S + v.S.T)),
    ("trace(A@S@A.T)", "S", lambda v: v.A.T @ v.A),
    ("det(S)", "S", lambda v: det(v.S) * inv(v.S).T),
    ("det(S)^2", "S", lambda v: 2 * det(v.S) ** 2 * inv(v.S).T),
    ("det(S@R)", "S", lambda v: det(v.S @ v.R) * inv(v.S).T),
    ("logdet(P)", "P", lambda v: inv(v.P).T),
    ("logdet(inv(P))", "P", lambda v: -inv(v.P).T),
    ("logdet(B.T@P@B + eye(m))", "P", lambda v: v.B @ inv(v.B.T @ v.P @ v.B + I(len(v.u))).T @ v.B.T),
    ("trace(inv(S))", "S", lambda v: -(inv(v.S) @ inv(v.S)).T),
    ("a@inv(S)@b", "S", lambda v: -inv(v.S).T @ np.outer(v.a, v.b) @ inv(v.S).T),
    ("a@solve(S, b)", "S", lambda v: -inv(v.S).T @ np.outer(v.a, v.b) @ inv(v.S).T),
    ("a@solve(S, b)", "b", lambda v: inv(v.S).T @ v.a),
    ("sum(solve(S, B))", "B", lambda v: inv(v.S).T @ np.ones_like(v.B)),
    ("logsumexp(x)", "x", lambda v: soft(v.x)),
    ("c@softmax(x)", "x", lambda v: soft(v.x) * (v.c - v.c @ soft(v.x))),
    ("-sum(t*log_softmax(x))", "x", lambda v: soft(v.x) * v.t.sum() - v.t),
    ("-sum(t*log(softmax(S@x)))", "S", lambda v: np.outer(soft(v.S @ v.x) * v.t.sum() - v.t, v.x)),
    ("sum(x)", "x", lambda v: np.ones_like(v.x)),
    ("mean(x)", "x", lambda v: np.full_like(v.x, 1 / len(v.x))),
    ("var(x)", "x", lambda v: 2 * (v.x - v.x.mean()) / len(v.x)),
    ("std(x)", "x", lambda v: (v.x - v.x.mean()) / (len(v.x) * v.x.std())),
    ("prod(x)", "x", lambda v: v.x.prod() / v.x),
    ("sum(exp(-x))", "x", lambda v: -np.exp(-v.x)),
    ("c@cumsum(x)", "x", lambda v: np.cumsum(v.c[::-1])[::-1]),
    ("cross(p, q)@[1, 2, 3]", "p", lambda v: np.cross(v.q, [1, 2, 3])),
    ("sum(outer(x, u)*B)", "x", lambda v: v.B @ v.u),
    ("sum(diag(x)@S)", "x", lambda v: v.S.sum(1)),
    ("c@diag(S)", "S", lambda v: np.diag(v.c)),
    ("sum(sum(A, 1)^2)", "A", lambda v: 2 * np.tile(v.A.sum(0), (len(v.A), 1))),
    ("sum(sum(A, 2)^2)", "A", lambda v: 2 * np.tile(v.A.sum(1)[:, None], (1, v.A.shape[1]))),
    ("sum(A*B.T)", "A", lambda v: v.B.T),
    ("sum((A@B)^2)", "A", lambda v: 2 * v.A @ v.B @ v.B.T),
    ("sum(tanh(A@x))", "A", lambda v: np.outer(1 - np.tanh(v.A @ v.x) ** 2, v.x)),
    ("sum(concat(x, 2*x)^2)", "x", lambda v: 10 * v.x),
    ("sum(transpose(A)@u)", "u", lambda v: v.A.sum(1)),
    ("dot(x, y)*sum(range(3))", "x", lambda v: 6 * v.y),
]
# fmt: on


class Point:
    """Random values of all names."""

    def __init__(self, seed: int) -> None:
        draw = np.random.default_rng(seed)
        n, m, k = draw.integers(2, 5, 3)
        sizes = {"n": int(n), "m": int(m), "k": int(k), "3": 3}
        self.sizes = sizes
        self.values = {
            name: draw.uniform(-1, 1, tuple(sizes[letter] for letter in shape)) for name, shape in SHAPES.items()
        }
        self.values["x"] = np.abs(self.x) + 0.5
        self.values["S"] = self.S + 2 * I(len(self.S))
        self.values["P"] = self.P @ self.P.T + I(len(self.P))

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


def used(text: str, point: Point) -> tuple[dict[str, Any], dict[str, int]]:
    words = set(re.findall(r"\w+", text))
    at = {name: value.tolist() for name, value in point.values.items() if name in words}
    return at, {name: size for name, size in point.sizes.items() if name in words and name != "3"}


@pytest.mark.parametrize(("text", "wrt", "closed"), IDENTITIES, ids=[f"{t} by {w}" for t, w, _ in IDENTITIES])
def test_gradients_are_those_of_the_matrix_cookbook(text: str, wrt: str, closed: Any) -> None:
    for seed in range(2):
        point = Point(seed)
        at, let = used(text, point)
        found = adcli.gradient(text, at, wrt=wrt, let=let)
        truth = closed(point)
        assert list(found.gradient) == list(labels(wrt, truth.shape))
        assert list(found.gradient.values()) == pytest.approx(truth.ravel().tolist(), rel=1e-9, abs=1e-10)


# fmt: off
WEBSITE = [
    ("x'*A*x + c*sin(y)'*x", "x@S@x + g*sin(y)@x", "x", lambda v: (v.S + v.S.T) @ v.x + v.g * np.sin(v.y)),
    ("0.5*x'*A*x", "0.5*x@S@x", "x", lambda v: (v.S + v.S.T) @ v.x / 2),
    ("A*exp(x)", "A@exp(x)", "x", lambda v: v.A * np.exp(v.x)),
    ("sin(x)'*y", "sin(x)@y", "x", lambda v: np.cos(v.x) * v.y),
    ("(y.*v)'*x", "(y*a)@x", "y", lambda v: v.a * v.x),
    ("a^b", "g^h", "g", lambda v: v.h * v.g ** (v.h - 1)),
    ("norm1(A*x-y)", "norm(A@x - u, 1)", "x", lambda v: v.A.T @ np.sign(v.A @ v.x - v.u)),
    ("norm2(A*x-y)^2", "norm(A@x - u)^2", "x", lambda v: 2 * v.A.T @ (v.A @ v.x - v.u)),
    ("sum(log(exp(-y.*(X*w)) + vector(1)))", "sum(log(exp(-u*(A@x)) + 1))", "x",
     lambda v: v.A.T @ (-v.u / (1 + np.exp(v.u * (v.A @ v.x))))),
    ("tr(A*X'*B*X*C)", "trace(S@D.T@R@D@F)", "D",
     lambda v: v.R.T @ v.D @ v.S.T @ v.F.T + v.R @ v.D @ v.F @ v.S),
    ("log(det(inv(X)))", "log(det(inv(P)))", "P", lambda v: -inv(v.P).T),
    ("inv(X)", "inv(S)", "S", lambda v: -np.kron(inv(v.S), inv(v.S).T)),
]
# fmt: on


@pytest.mark.parametrize(("theirs", "ours", "wrt", "closed"), WEBSITE, ids=[row[0] for row in WEBSITE])
def test_what_matrixcalculus_documents_is_typed_as_easily(theirs: str, ours: str, wrt: str, closed: Any) -> None:
    """Its transposes of vectors fall away, * is @ and .* is *; the numbers are those of its formulas."""
    point = Point(7)
    size = len(point.x)
    draw = np.random.default_rng(7)
    point.values.update(g=np.array(1.25), h=np.array(2.5), F=draw.uniform(-1, 1, (size, size)))
    point.values["D"] = draw.uniform(-1, 1, (size, size))
    at, let = used(ours, point)
    found = np.array(adcli.jacobian(ours, at, wrt=wrt, let=let).jacobian, dtype=float)
    truth = np.asarray(closed(point), dtype=float)
    assert found.ravel() == pytest.approx(truth.ravel(), rel=1e-12, abs=1e-13)


# Programs at random: each as adcli and as NumPy has it

LEAVES = [("x", "x", (3,)), ("y", "y", (3,)), ("A", "A", (2, 3)), ("B", "B", (3, 2)), ("k", "k", ()), ("2", "2", ())]
Program = tuple[str, str, tuple[int, ...]]


@st.composite
def programs(draw: st.DrawFn, depth: int = 4) -> Program:
    """A text, the same for NumPy, and its shape."""
    if not depth or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(LEAVES))
    text, code, shape = draw(programs(depth - 1))
    kind = draw(st.integers(0, 7))
    if kind == 0:
        function = draw(st.sampled_from(["tanh", "sin", "cos"]))
        return f"{function}({text})", f"np.{function}({code})", shape
    if kind == 1 and shape:
        function = draw(st.sampled_from(["sum", "mean"]))
        return f"{function}({text})", f"np.{function}({code})", ()
    if kind == 2 and len(shape) == 2:
        axis = draw(st.integers(1, 2))
        return f"sum({text}, {axis})", f"np.sum({code}, {axis - 1})", (shape[2 - axis],)
    if kind == 3 and shape:
        return f"({text}).T", f"({code}).T", shape[::-1]
    if kind == 4 and len(shape) == 1:
        first = draw(st.integers(1, shape[0]))
        last = draw(st.integers(first, shape[0]))
        return f"({text})[{first}:{last}]", f"({code})[{first - 1}:{last}]", (last - first + 1,)
    if kind == 5 and len(shape) == 1:
        function = draw(st.sampled_from(["softmax", "cumsum"]))
        return f"{function}({text})", f"{'soft' if function == 'softmax' else 'np.cumsum'}({code})", shape
    other, more, size = draw(programs(depth - 1))
    if kind == 6 and shape and size and shape[-1] == size[0]:
        return f"({text})@({other})", f"({code})@({more})", (*shape[:-1], *size[1:])
    if shape == size or not shape or not size:
        sign = draw(st.sampled_from("+-*"))
        return f"({text}){sign}({other})", f"({code}){sign}({more})", shape or size
    return text, code, shape


@settings(max_examples=80, deadline=None)
@given(programs(), st.integers(0, 1000))
def test_programs_mean_what_numpy_reads(program: Program, seed: int) -> None:
    """Values and gradients, these by NumPy's complex step."""
    text, code, shape = program
    if shape:
        text, code = f"sum({text})", f"np.sum({code})"
    draw = np.random.default_rng(seed)
    point = {"x": (3,), "y": (3,), "A": (2, 3), "B": (3, 2), "k": ()}
    values = {name: draw.uniform(-1, 1, size) for name, size in point.items()}
    words = set(re.findall(r"\w+", text))
    at = {name: value.tolist() for name, value in values.items() if name in words}
    if not at:
        return

    def computed(**given: Any) -> Any:
        return eval(code, {"np": np, "soft": soft, **values, **given})

    found = adcli.gradient(text, at)
    assert found.value == pytest.approx(float(np.real(computed())), rel=1e-9, abs=1e-9)
    for name, slope in found.gradient.items():
        base, _, index = name.rstrip("]").partition("[")
        place = tuple(int(i) - 1 for i in index.split(",")) if index else ()
        moved = values[base].astype(complex)
        moved[place] += 1e-30j
        truth = np.imag(computed(**{base: moved if index else moved[()]})) / 1e-30
        assert slope == pytest.approx(float(truth), rel=1e-8, abs=1e-9), name


def test_arrays_and_indices_agree_to_the_last_bit() -> None:
    """Where the order of the operations is the same."""
    draw = np.random.default_rng(5)
    at = {"A": draw.normal(size=(7, 9)).tolist(), "x": draw.normal(size=9).tolist(), "b": draw.normal(size=7).tolist()}
    arrays = adcli.gradient("sum((A@x - b)^2)", at)
    indices = adcli.gradient("Sum((Sum(A[i,j]*x[j], (j, 1, 9)) - b[i])^2, (i, 1, 7))", at)
    assert arrays.value == indices.value
    assert arrays.gradient == {name: indices.gradient[name] for name in arrays.gradient}
