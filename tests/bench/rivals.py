"""What one would compute gradients of many rows with instead: a function for each library, and C written by hand.

Each makes a program of a formula (`Prepared`); given columns it makes of that a function without arguments whose
calls are measured. Conversions of the columns to the library's own arrays are made beforehand, and whoever can write
into buffers is given them; the others return fresh arrays, as they always do.
"""

from __future__ import annotations

import ctypes
import importlib
import math
import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from formulas import FUNCTIONS, Formula

Prepared = Callable[[Sequence[Any], Sequence[Any]], Callable[[], Sequence[Any]]]
"""From columns and as many buffers as outputs to a function that computes the value and the gradient."""
FLAGS = "-O3 -march=native -ffast-math -fopenmp-simd -fno-builtin-sin -fno-builtin-cos"
"""Of gcc. It would make one call of sin and cos, which has no vector form."""


def library(name: str) -> Any:
    """A module that may be missing; mypy says the same with and without it."""
    return importlib.import_module(name)


def functions(module: Any) -> dict[str, Any]:
    """What formulas use, of a module that has it; π and what is missing as of `math`."""
    return {name: getattr(module, name, None) or getattr(math, name) for name in FUNCTIONS}


def c(formula: Formula, folder: Path, width: int) -> Prepared:
    """C in a loop that gcc compiles to vectors of *width* bits, with glibc's vector mathematics."""
    names = formula.names
    outputs = range(len(names) + 1)
    body = formula.c
    for i in outputs:
        body = body.replace(f"y[{i}]", f"y{i}[i]")
    parameters = [f"const double *restrict {x}_" for x in names] + [f"double *restrict y{i}" for i in outputs]
    source, compiled = folder / "kernel.c", folder / f"kernel{width}"
    source.write_text(
        "#include <math.h>\n"
        f"void kernel(long n, {', '.join(parameters)}) {{\n"
        "#pragma omp simd\n"
        "  for (long i = 0; i < n; i++) {\n"
        f"    double {', '.join(f'{x} = {x}_[i]' for x in names)};\n"
        f"    {body}\n  }}\n}}\n"
    )
    flags = [*FLAGS.split(), f"-mprefer-vector-width={width}"]
    # Linked without -ffast-math, which would flush subnormal numbers to zero in the whole process.
    subprocess.run(["gcc", *flags, "-fPIC", "-c", source, "-o", f"{compiled}.o"], check=True)
    subprocess.run(["gcc", "-shared", f"{compiled}.o", "-o", f"{compiled}.so", "-lmvec", "-lm"], check=True)
    kernel = ctypes.CDLL(f"{compiled}.so").kernel

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        given = [ctypes.c_long(len(columns[0])), *(ctypes.c_void_p(a.ctypes.data) for a in (*columns, *buffers))]

        def run() -> Sequence[Any]:
            kernel(*given)
            return buffers

        return run

    return prepared


def derivatives(formula: Formula) -> tuple[list[Any], list[Any]]:
    """SymPy's symbols for the inputs, and its value and gradient."""
    import sympy

    symbols = [sympy.Symbol(name, real=True) for name in formula.names]
    value = formula.function(functions(sympy))(*symbols)
    return symbols, [value, *(value.diff(x) for x in symbols)]


def lambdify(formula: Formula, modules: Any = ("scipy", "numpy")) -> Prepared:
    """SymPy's derivatives as code for NumPy, with common subexpressions shared."""
    import sympy

    function = sympy.lambdify(*derivatives(formula), modules, cse=True)
    return lambda columns, buffers: partial(function, *columns)


def numba(formula: Formula) -> Prepared:
    """SymPy's derivatives, with common subexpressions shared, in a compiled loop over rows."""
    import sympy

    njit = library("numba").njit
    names = formula.names
    scope = {"row": njit(sympy.lambdify(*derivatives(formula), "math", cse=True))}
    outputs = [f"y{i}" for i in range(len(names) + 1)]
    exec(
        f"def loop({', '.join((*names, *outputs))}):\n"
        f"    for i in range(len(y0)):\n"
        f"        {', '.join(f'{y}[i]' for y in outputs)} = row({', '.join(f'{x}[i]' for x in names)})\n",
        scope,
    )
    loop = njit(scope["loop"])

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        def run() -> Sequence[Any]:
            loop(*columns, *buffers)
            return buffers

        return run

    return prepared


def numexpr(formula: Formula) -> Prepared:
    """SymPy's derivatives as an expression each, run block by block; it has no erf."""
    import sympy

    library("numexpr").set_num_threads(1)
    symbols, expressions = derivatives(formula)
    pi = {sympy.pi: sympy.Float(math.pi, 17)}
    compiled = []
    for expression in expressions:
        used = [i for i, x in enumerate(symbols) if x in expression.free_symbols]
        signature = [(str(symbols[i]), np.double) for i in used]
        compiled.append((library("numexpr").NumExpr(str(expression.xreplace(pi)), signature), used))

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        calls = [
            partial(function, *(columns[i] for i in used), out=out, ex_uses_vml=False)
            for (function, used), out in zip(compiled, buffers, strict=True)
        ]

        def run() -> Sequence[Any]:
            for call in calls:
                call()
            return buffers

        return run

    return prepared


def jax(formula: Formula) -> Prepared:
    """One program of value and gradient, mapped over the rows and compiled."""
    library("jax").config.update("jax_enable_x64", True)
    numpy = library("jax.numpy")
    function = formula.function({**functions(numpy), "erf": library("jax.scipy.special").erf})
    inputs = tuple(range(len(formula.names)))
    compiled = library("jax").jit(library("jax").vmap(library("jax").value_and_grad(function, inputs)))
    wait = library("jax").block_until_ready

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        arrays = [numpy.asarray(column) for column in columns]

        def run() -> Sequence[Any]:
            value, gradient = wait(compiled(*arrays))
            return value, *gradient

        return run

    return prepared


def of_tensors(formula: Formula) -> Callable[..., Any]:
    """The formula for torch, on one thread."""
    module = library("torch")
    module.set_num_threads(1)

    def sqrt(x: Any) -> Any:
        return module.sqrt(x) if isinstance(x, module.Tensor) else math.sqrt(x)

    return formula.function({**functions(module), "sqrt": sqrt})


def torch(formula: Formula) -> Prepared:
    """The sum of the column of values derived by the columns of inputs."""
    function = of_tensors(formula)
    grad = library("torch").autograd.grad

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        leaves = [library("torch").from_numpy(column).requires_grad_() for column in columns]

        def run() -> Sequence[Any]:
            value = function(*leaves)
            return value.detach(), *grad(value.sum(), leaves)

        return run

    return prepared


def torch_func(formula: Formula) -> Prepared:
    """The value and gradient of a row, mapped over the rows."""
    func = library("torch").func
    return mapped(func.vmap(func.grad_and_value(of_tensors(formula), tuple(range(len(formula.names))))))


def torch_compile(formula: Formula) -> Prepared:
    """The same, compiled to C++ for any number of rows."""
    func = library("torch").func
    function = func.vmap(func.grad_and_value(of_tensors(formula), tuple(range(len(formula.names)))))
    return mapped(library("torch").compile(function, dynamic=True))


def mapped(function: Callable[..., Any]) -> Prepared:
    """What is mapped over rows of tensors."""

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        tensors = [library("torch").from_numpy(column) for column in columns]

        def run() -> Sequence[Any]:
            gradient, value = function(*tensors)
            return value, *gradient

        return run

    return prepared


def autograd(formula: Formula) -> Prepared:
    """One reverse sweep through NumPy's functions: elementwise_grad, with the value kept."""
    scope = {**functions(library("autograd.numpy")), "erf": library("autograd.scipy.special").erf}
    swept = library("autograd").make_vjp(formula.function(scope), tuple(range(len(formula.names))))

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        ones = np.ones(len(columns[0]))

        def run() -> Sequence[Any]:
            sweep, value = swept(*columns)
            return value, *sweep(ones)

        return run

    return prepared


def casadi(formula: Formula) -> Prepared:
    """A function of value and gradient, mapped over the rows, on its own virtual machine."""
    module = library("casadi")
    inputs = [module.SX.sym(name) for name in formula.names]
    value = formula.function(functions(module))(*inputs)
    function = module.Function("f", inputs, [value, *module.vertsplit(module.gradient(value, module.vertcat(*inputs)))])

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        places, run = function.map(len(columns[0]), "serial").buffer()
        for i, column in enumerate(columns):
            places.set_arg(i, memoryview(column))
        for i, out in enumerate(buffers):
            places.set_res(i, memoryview(out))

        def run_mapped() -> Sequence[Any]:
            run()
            return buffers

        run_mapped.places = places  # type: ignore[attr-defined]  # which the function writes to
        return run_mapped

    return prepared


RIVALS: dict[str, tuple[str, Callable[[Formula], Prepared]]] = {
    "lambdify": ("sympy", lambdify),
    "numexpr": ("numexpr", numexpr),
    "numba": ("numba", numba),
    "casadi": ("casadi", casadi),
    "jax": ("jax", jax),
    "torch": ("torch", torch),
    "torch.func": ("torch", torch_func),
    "torch.compile": ("torch", torch_compile),
    "autograd": ("autograd", autograd),
}
"""What each is called, and the module that it needs."""


def rivals(formula: Formula, folder: Path) -> dict[str, Prepared]:
    """All that are installed; C twice, as vectors of 256 and of 512 bits."""
    found: dict[str, Prepared] = {}
    if shutil.which("gcc"):
        found.update({f"C {width}": c(formula, folder, width) for width in (256, 512)})
    lacking = {name for name, (module, _) in RIVALS.items() if not find_spec(module)}
    if "erf" in formula.text:
        lacking.add("numexpr")
    if not shutil.which("g++"):
        lacking.add("torch.compile")
    return {**found, **{name: prepare(formula) for name, (_, prepare) in RIVALS.items() if name not in lacking}}
