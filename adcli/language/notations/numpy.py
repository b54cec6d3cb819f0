"""Functions of arrays as NumPy, PyTorch and SciPy have them, and Python's own: axes from 0, products @ or dot."""

from __future__ import annotations

from adcli.errors import SyntaxFault
from adcli.language.notations.forms import form, summed
from adcli.language.notations.notation import Meaning, same
from adcli.language.notations.reductions import (
    LENGTH,
    Keys,
    from_zero,
    named,
    norm,
    numbers_alone,
    of_vectors,
    rekeyed,
    spread,
)
from adcli.language.notations.trees import Tree, operation

_ALONG = "sum prod mean amax amin softmax log_softmax logsumexp var std"
_TOTAL = "np.sum(A) is the total, np.sum(A, axis=0) goes over the rows"


def _sum(tree: Tree) -> Tree:
    """sum(x), sum(… for i in range(n)); Python's own has a start for an axis, and adds up a matrix's rows."""
    found = summed("sum", "range", 1)(tree)
    if found.text != "sum of":
        return found
    if "." in tree.text:
        return named("sum of")(tree)
    if len(tree.parts) > 1:
        raise SyntaxFault("only the sum of one vector is read", tree.parts[1].span, hint="np.sum has an axis")
    return rekeyed("own sum")(tree)


def _prod(tree: Tree) -> Tree:
    """np.prod(x), math.prod(… for i in range(n))."""
    found = summed("prod", "range", 1)(tree)
    return named("prod of")(tree) if found.text == "prod of" else found


def _largest(op: str, name: str) -> Keys:
    """max(a, b), np.max(A), np.max(A, axis=0)."""

    def write(tree: Tree) -> Tree:
        if "." not in tree.text:
            return rekeyed(f"own {name[1:]}")(tree)
        second = tree.parts[1] if len(tree.parts) > 1 else None
        if second is None or second.text == "assign" or repr(second).lstrip("-").isdecimal():
            return named(f"{name} of")(tree)
        if tree.text.startswith("torch."):
            return form(op, "01")(tree)
        hint = f"of two values the {name[1:]}imum is np.{name[1:]}imum(a, b)"
        raise SyntaxFault(f"the second argument of {tree.text} is an axis", second.span, hint=hint)

    return write


def _spread(name: str) -> Keys:
    """np.var divides by n; torch.var by n - 1."""

    def write(tree: Tree) -> Tree:
        if tree.text.startswith("."):
            hint = f"np.{name}(x) divides by n, torch.{name}(x) by n - 1"
            raise SyntaxFault(f"{name} has two meanings as a method", tree.span, hint=hint)
        return spread(f"{name} of", 1 if tree.text.startswith("torch.") else 0)(tree)

    return write


_INFINITY = [*(f"{module}.inf" for module in ("np", "numpy", "jnp", "torch", "math")), "inf"]


def _norm(tree: Tree) -> Tree:
    """np.linalg.norm(x, ord); torch.norm and the method take a matrix with a p for a vector."""
    linear = "linalg." in tree.text or "." not in tree.text
    key = "norm of" if linear or len(tree.parts) == 1 else "own norm"
    return named(key, "x ord", {"p": "ord"})(norm(tree.text, *_INFINITY)(tree))


def _product(tree: Tree) -> Tree:
    """np.dot(A, x), which is the product of matrices as well."""
    return operation("matmul", *form("mul", "01")(tree).parts, span=tree.span)


_FUNCTIONS: dict[str, Meaning] = {
    **{name: named(f"{name} of") for name in _ALONG.split()},
    **{f"reduce_{name}": named(f"{name} of") for name in ("sum", "prod", "mean", "logsumexp")},
    **{f"reduce_{name}": named(f"a{name} of") for name in ("max", "min")},
    "sum": _sum,
    "prod": _prod,
    "max": _largest("Max", "amax"),
    "min": _largest("Min", "amin"),
    "var": _spread("var"),
    "std": _spread("std"),
    "norm": _norm,
    **dict.fromkeys(("dot", "matmul", "mm", "mv"), _product),
    "average": named("mean of"),
    **dict.fromkeys(("inner", "vdot", "sumprod"), "dot"),
    "inverse": "inv",
    "fsum": rekeyed("own sum"),
    "len": LENGTH,
    **same("cross outer trace transpose cumsum det logdet inv solve diag eye"),
}
_METHODS = [
    "sum",
    "prod",
    "mean",
    "max",
    "min",
    "var",
    "std",
    "norm",
    "dot",
    "matmul",
    "trace",
    "det",
    "cumsum",
    "softmax",
    "log_softmax",
    "logsumexp",
]
_BY_ELEMENTS = "exp log sqrt sin cos tan sinh cosh tanh sigmoid relu pow erf"
ARRAYS: dict[str, Meaning] = {
    **_FUNCTIONS,
    **{f"{name} of": from_zero(name) for name in _ALONG.split()},
    **{f"{name} of 1": from_zero(f"{name} 1") for name in ("var", "std")},
    "norm of": "norm",
    "own norm": of_vectors("norm", "torch.linalg.norm knows the norms of matrices"),
    "own sum": of_vectors("sum", _TOTAL),
    "own max": numbers_alone("Max", "np.maximum(a, b) goes by elements"),
    "own min": numbers_alone("Min", "np.minimum(a, b) goes by elements"),
    **{f".{name}": _FUNCTIONS[name] for name in _METHODS},
    **{f".{name}": name for name in _BY_ELEMENTS.split()},
    ".transpose": named("transpose", "x"),
    ".abs": "Abs",
}
"""Of methods only these: others have their arguments in another order than the functions of the same name."""
