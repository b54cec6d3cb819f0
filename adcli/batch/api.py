"""Derivatives as functions of arrays: `adcli.compile`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from itertools import product
from math import prod
from threading import local
from typing import Any

from adcli.batch import ENGINES
from adcli.batch.engines import installed
from adcli.batch.files.batches import Batch
from adcli.batch.files.cells import Numbers
from adcli.batch.files.lists import groups
from adcli.batch.question import KINDS, Request, request
from adcli.batch.run import Job
from adcli.batch.summary import Summary
from adcli.errors import UsageError, shown
from adcli.language.arrays.names import indexed, shapes
from adcli.problem.given import whole
from adcli.problem.problem import Expression, Problem, problem
from adcli.problem.values import FLOATS, Value

WHAT = {"value": "eval", "gradient": "grad", **{w: w for w in ("jacobian", "jvp", "vjp", "hvp", "hessian")}}
"""What can be asked for, and the command that answers it at one point."""
MAX_THREADS = 1_024


class Arrays(Batch):
    """Rows that are in memory already."""

    def __init__(self, columns: Mapping[str, Any], count: int) -> None:
        super().__init__("the arrays", 1, list(columns), count)
        self.columns = columns

    def values(self, name: str) -> Sequence[Any]:
        column: list[float] = self.columns[name].tolist()
        return column

    def floats(self, name: str) -> Numbers:
        return Numbers(self.columns[name])


class Compiled:
    """A function of arrays. `inputs` are its arguments in their order, `names` the names of what it returns.

    Arrays are broadcast against each other; the result has their shape. Where a row has no result it has NaN, and
    `summary` says after a call how many rows that were, and why. Threads may call it at the same time: each has a
    `summary` of its own.
    """

    def __init__(self, base: Problem, request: Request, inputs: Sequence[str], engine: str, threads: int) -> None:
        self.inputs = tuple(inputs)
        self._arrays = {name: shape for name, shape in base.graph.arrays.items() if name in self.inputs}
        self._elements = [label for name in self.inputs for label in self._labels(name)]
        self._base, self._asked, self._threads = base, request, threads
        self._engine = engine
        self._job = self._new_job()
        self.names = self._job.kernel.names
        self._last = local()

    def __repr__(self) -> str:
        return f"<compiled function: {', '.join(self.inputs)} -> {', '.join(self.names)}>"

    @property
    def summary(self) -> Summary | None:
        """What became of the rows of this thread's last call."""
        found: Summary | None = getattr(self._last, "summary", None)
        return found

    def _new_job(self) -> Job:
        job = Job(
            self._base, self._asked, {name: name for name in self._elements}, engine=self._engine, threads=self._threads
        )
        engine = self._engine
        if engine == "auto":
            engine = "llvm" if installed("llvm") else "numpy"
        job.use(engine)
        return job

    def __call__(self, *arrays: Any, **named: Any) -> dict[str, Any]:
        """The outputs by name. Arguments in the order of `inputs`, or by name."""
        import numpy as np

        given = dict(zip(self.inputs, arrays, strict=False))
        if len(arrays) > len(self.inputs) or set(named) & set(given) or {*given, *named} != set(self.inputs):
            raise UsageError(f"the arguments are {', '.join(self.inputs)}, each once")
        given.update(named)
        for name, array in given.items():
            if np.iscomplexobj(array):
                raise UsageError(f"{name} is complex, and derivatives here are by real numbers")
        parts = [part for name in self.inputs for part in self._parts(name, np.asarray(given[name], dtype=float))]
        columns = np.broadcast_arrays(*parts)
        shape = columns[0].shape if columns else ()
        flat = {name: np.ascontiguousarray(c).reshape(-1) for name, c in zip(self._elements, columns, strict=True)}
        count = int(np.prod(shape, dtype=int))
        job = copy(self._job)
        job.restart()
        results, _ = job.answered(Arrays(flat, count))
        self._last.summary = job.summary()
        found = {}
        for name, column in zip(self.names, results.columns, strict=True):
            array = np.array(column, dtype=float)
            array[list(results.failures)] = np.nan
            found[name] = array.reshape(shape)
        if not self._base.graph.arrays:
            return found
        gathered = {}
        for group in groups(self.names, shapes(self.names)):
            members = [found[self.names[place]] for place in group.places]
            whole = np.stack(members, axis=-1).reshape((*shape, *group.shape)) if group.shape else members[0]
            gathered[group.name] = whole
        return gathered

    def _labels(self, name: str) -> list[str]:
        """An argument's name, or those of its elements where it is an array."""
        indices = product(*[range(1, size + 1) for size in self._arrays.get(name, ())])
        return [f"{name}[{','.join(map(str, index))}]" if index else name for index in indices]

    def _parts(self, name: str, array: Any) -> list[Any]:
        """An argument, or its elements: of a vector of n, an array of shape (…, n) gives n."""
        size = self._arrays.get(name, ())
        if not size:
            return [array]
        if array.shape[-len(size) :] != size:
            wanted = ", ".join(map(str, ("…", *size)))
            raise UsageError(f"{name} is an array of shape ({wanted}), not {array.shape}")
        flat = array.reshape((*array.shape[: -len(size)], prod(size)))
        return [flat[..., place] for place in range(prod(size))]


def compile(
    expr: Expression,
    wrt: str | Sequence[str] | None = None,
    what: str = "gradient",
    engine: str = "auto",
    *,
    at: Mapping[str, Value] | None = None,
    mode: str = "auto",
    tangent: Mapping[str, Value] | None = None,
    cotangent: Sequence[Value] | Mapping[str, Value] | None = None,
    vector: Mapping[str, Value] | None = None,
    threads: int = 1,
    **options: Any,
) -> Compiled:
    """A function of arrays that gives the values and the derivatives of *expr*, one of WHAT, element by element.

    Its arguments are the inputs in order of first appearance, but for those that *at* gives. *engine* is "auto",
    "python", "numpy" or "llvm". *tangent*, *cotangent* and *vector* as of `jvp`, `vjp` and `hvp`; further options as of
    `problem`.
    """
    if what not in WHAT:
        raise UsageError(f"what is one of {', '.join(WHAT)}, not {what!r}")
    if engine not in ("auto", *ENGINES):
        raise UsageError(f"no engine is called {engine!r}", hint=f"there are auto, {', '.join(ENGINES)}")
    if not 1 <= whole(threads, "the number of threads") <= MAX_THREADS:
        raise UsageError(f"threads are 1 to {MAX_THREADS:,}, not {shown(threads)}")
    if options.get("precision", FLOATS) != FLOATS:
        raise UsageError("arrays are computed with ordinary floats, not with a precision")
    given = dict(at or {})
    base = problem(expr, given, wrt=wrt, values=False, **options)
    free = [name for name in base.graph.input_names if name not in base.at]
    whole_of = {name: indexed(name)[0] for name in free if indexed(name)[0] in base.graph.arrays}
    inputs = list(dict.fromkeys([whole_of.get(name, name) for name in free]))
    if not wrt:
        nodes = dict(zip(base.graph.input_names, base.graph.inputs, strict=True))
        sources = tuple((name, nodes[name]) for name in free)
        base = base.changed(wrt=sources)
    directions = {"tangent": tangent, "cotangent": cotangent, "vector": vector}
    command = WHAT[what]
    wanted = request(command, base, mode, directions.get(KINDS[command].along))
    return Compiled(base, wanted, inputs, engine, threads)
