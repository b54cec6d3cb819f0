"""Derivatives as functions of arrays: `adcli.compile`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from functools import lru_cache
from math import prod
from threading import local
from typing import TYPE_CHECKING, Any

from adcli.batch import ENGINES
from adcli.batch.engines import installed
from adcli.batch.engines.python import single
from adcli.batch.face import Columnar, Face
from adcli.batch.files.arrow import arrow
from adcli.batch.files.batches import Batch
from adcli.batch.files.cells import Numbers
from adcli.batch.files.lists import groups
from adcli.batch.question import KINDS, Request, request
from adcli.batch.run import Job
from adcli.batch.summary import Summary
from adcli.errors import UsageError, listed, shown
from adcli.language.arrays.names import indexed, labels, shapes
from adcli.problem.given import whole
from adcli.problem.parameters import Expression, Names, Point, Sizes, Weights, described, of
from adcli.problem.problem import Problem

if TYPE_CHECKING:
    from typing_extensions import Unpack

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


def _never(*row: float) -> None:
    """Of other engines none is asked about one row alone."""


def _floats(name: str, array: Any) -> Any:
    """An argument as an array of doubles; what is masked has no number."""
    import numpy as np

    if hasattr(array, "filled") and hasattr(array, "mask"):
        array = array.astype(float).filled(np.nan)
    try:
        found = np.asarray(array)
        if found.dtype.kind == "c":
            raise UsageError(f"{name} is complex, and derivatives here are by real numbers")
        if found.dtype.kind in "mM":
            raise UsageError(f"{name} holds times, not numbers")
        return found.astype(float, copy=False)
    except (OverflowError, TypeError, ValueError) as fault:
        raise UsageError(f"{name} is no array of doubles: {fault}") from None


class Compiled:
    """A function of arrays. `inputs` are its arguments in their order, `names` the names of what it returns.

    Arrays are broadcast against each other; the result has their shape, and of numbers alone is numbers. Where a row
    has no result it has NaN, and `summary` says after a call how many rows that were, and why. Threads may call it at
    the same time: each has a `summary` of its own. It can be pickled, and is compiled again on the other side.

    `fun`, `jac` and `hess` are the same function in the form that `scipy.optimize` asks for: of one flat vector.
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
        self._state = b""
        """What it is made of again elsewhere."""
        self._known: tuple[Any, Columnar, Face] | None = None
        self._count = len(self.inputs)
        self._single: Callable[..., dict[str, float] | None] = self._prepared
        self._one = replace(self._job.summary(), rows=1, engines=("python",), threads=1)
        self._flat: dict[str, Compiled] = {}
        """What answers `fun`, `jac` and `hess`, by the command that it is."""

    def __repr__(self) -> str:
        return f"<compiled function: {', '.join(self.inputs)} -> {', '.join(self.names)}>"

    def __reduce__(self) -> tuple[Callable[[bytes], Compiled], tuple[bytes]]:
        if not self._state:
            import pickle

            self._state = pickle.dumps((self._base, self._asked, self.inputs, self._engine, self._threads))
        return _revived, (self._state,)

    @property
    def summary(self) -> Summary | None:
        """What became of the rows of this thread's last call."""
        found: Summary | None = getattr(self._last, "summary", None)
        return found

    def _new_job(self) -> Job:
        job = Job(
            self._base, self._asked, {name: name for name in self._elements}, engine=self._engine, threads=self._threads
        )
        fastest = next(engine for engine in reversed(ENGINES) if installed(engine))
        job.use(fastest if self._engine == "auto" else self._engine)
        return job

    def __call__(self, *arrays: Any, **named: Any) -> Any:
        """The outputs by name. Arguments in the order of `inputs`, or by name. Of numbers
        alone, numbers.

        Of a frame (of pandas, Polars, Arrow, Dask, Spark, Ray) alone: the frame with the outputs as further columns;
        what is named are the options of `batch` then.
        """
        if not named:
            for x in arrays:
                if type(x) is not float:
                    break
            else:
                if len(arrays) == self._count and (numbers := self._single(*arrays)):
                    self._last.summary = self._one
                    return numbers
        import numpy as np

        if len(arrays) == 1 and hasattr(type(arrays[0]), "columns"):
            from adcli.batch.far import mapped

            return mapped(arrays[0], self, **named)

        given = dict(zip(self.inputs, arrays, strict=False))
        if len(arrays) > len(self.inputs) or set(named) & set(given) or {*given, *named} != set(self.inputs):
            raise UsageError(f"the arguments are {', '.join(self.inputs)}, each once")
        given.update(named)
        alone = not self._arrays and all(isinstance(x, (int, float)) for x in given.values())
        if alone:
            with suppress(OverflowError):
                if numbers := self._single(*[float(given[name]) for name in self.inputs]):
                    self._last.summary = self._one
                    return numbers

        wanted = [(name, _floats(name, given[name])) for name in self.inputs]
        found = self._answers([part for name, array in wanted for part in self._parts(name, array)])
        if not self._base.graph.arrays:
            return {name: array.item() for name, array in found.items()} if alone else found
        gathered = {}
        for group in groups(self.names, shapes(self.names)):
            members = [found[self.names[place]] for place in group.places]
            shape = (*members[0].shape, *group.shape)
            whole = np.stack(members, axis=-1).reshape(shape) if group.shape else members[0]
            gathered[group.name] = whole
        return gathered

    @property
    def parameters(self) -> Any:
        """The inputs with their types, as a schema of pyarrow."""
        from adcli.batch.files.tables import kind_of

        return arrow().schema([(name, kind_of(self._arrays.get(name, ()))) for name in self.inputs])

    def schema(self, schema: Any, **options: Unpack[Columnar]) -> Any:
        """The columns that `batch` makes of those of *schema*, both as schemas of pyarrow."""
        return self.face(schema, **options).schema

    def batch(self, batch: Any, **options: Unpack[Columnar]) -> Any:
        """A record batch or a table of pyarrow, a row per row, as `--data` writes it: kept columns, results, status.

        keep: "all", "none", or the names of the columns that are written again.
        on_error: a row without a result gets nulls ("null"), is left out ("skip"), or raises its error ("stop").
        status: whether a column says why a row has no result.
        prefix: what the names of the results begin with.
        column: the columns of variables that are called otherwise.
        origin: what errors call the rows.
        """
        found, self._last.summary = self.face(batch.schema, **options).answered(batch)
        return found

    def face(self, schema: Any, **options: Unpack[Columnar]) -> Face:
        """What answers batches of a schema: the last, where that is of the same."""
        known = self._known
        if known is None or known[1] != options or not known[0].equals(schema, check_metadata=True):
            self._known = known = (schema, options, Face(self._job, schema, options))
        return known[2]

    def _prepared(self, *row: float) -> dict[str, float] | None:
        """What answers one row, made for the first."""
        alone = self._engine in ("auto", "python") and not self._arrays
        self._single = single(self._job.kernel, self.names) if alone else _never
        return self._single(*row)

    def fun(self, x: Any) -> Any:
        """The value at *x*, which has a component per input in the order of `inputs`, the elements of an array among
        them by their index; of several outputs an array (m,).

        Further axes of *x* are more points, here and in `jac` and `hess`: from (n, k) to (k,), or (m, k).
        """
        values = self._at("eval", x)
        return values[0] if len(values) == 1 else values

    def jac(self, x: Any) -> Any:
        """The derivatives by all inputs at *x*: the gradient (n,), of several outputs the Jacobian (m, n)."""
        outputs, inputs = len(self._base.graph.outputs), len(self._elements)
        entries = self._at("jacobian", x)[outputs:]
        jacobian = entries.reshape(outputs, inputs, *entries.shape[1:])
        return jacobian[0] if outputs == 1 else jacobian

    def hess(self, x: Any) -> Any:
        """The second derivatives of one output by all inputs at *x*: the Hessian (n, n)."""
        import numpy as np

        size = len(self._elements)
        triangle = self._at("hessian", x)[1 + size :]
        hessian = np.empty((size, size, *triangle.shape[1:]))
        above = np.triu_indices(size)
        hessian[above] = triangle
        hessian.swapaxes(0, 1)[above] = triangle
        return hessian

    def _at(self, command: str, x: Any) -> Any:
        """The numbers of another question at a flat vector, a row for each."""
        import numpy as np

        x = _floats("the vector", x)
        if not x.ndim or len(x) != len(self._elements):
            names = listed(self._elements)
            raise UsageError(f"the vector has a component for each of {names}, and {shown(x)} has not")
        found = self._flat.get(command)
        if found is None:
            graph = self._base.graph
            nodes = dict(zip(graph.input_names, graph.inputs, strict=True))
            base = self._base.changed(wrt=tuple([(name, nodes[name]) for name in self._elements]))
            engine = "python" if self._engine == "auto" and x.ndim == 1 else self._engine
            found = Compiled(base, request(command, base), self.inputs, engine, self._threads)
            found = self._flat.setdefault(command, found)
        numbers = found._answers(list(x))
        self._last.summary = found.summary
        return np.array(list(numbers.values()))

    def _answers(self, parts: Sequence[Any]) -> dict[str, Any]:
        """The numbers by their names, for an array of each element."""
        import numpy as np

        try:
            columns = np.broadcast_arrays(*parts)
        except ValueError:
            sizes = listed(list(dict.fromkeys(str(part.shape) for part in parts)))
            raise UsageError(f"arrays of the shapes {sizes} do not go together") from None
        shape = columns[0].shape if columns else ()
        flat = {name: np.ascontiguousarray(c).reshape(-1) for name, c in zip(self._elements, columns, strict=True)}
        job = copy(self._job)
        job.restart()
        results, _ = job.answered(Arrays(flat, int(np.prod(shape, dtype=int))))
        self._last.summary = job.summary()
        found = {}
        for name, column in zip(self.names, results.columns, strict=True):
            array = np.array(column, dtype=float)
            array[list(results.failures)] = np.nan
            found[name] = array.reshape(shape)
        return found

    def _labels(self, name: str) -> list[str]:
        """An argument's name, or those of its elements where it is an array."""
        shape = self._arrays.get(name)
        return labels(name, shape) if shape else [name]

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


@lru_cache(maxsize=64)
def _unpickled(state: bytes) -> Compiled:
    """A compiled function that came from elsewhere, compiled once however often it comes: with each task, it may be."""
    import pickle

    found = Compiled(*pickle.loads(state))
    found._state = state
    return found


def _revived(state: bytes) -> Compiled:
    """The same with what belongs to nobody else: the summary of a last call."""
    found = Compiled.__new__(Compiled)
    found.__dict__.update(_unpickled(state).__dict__, _last=local())
    return found


@described
def compile(
    expr: Expression,
    wrt: Names | None = None,
    what: str = "gradient",
    engine: str = "auto",
    *,
    at: Point | None = None,
    mode: str = "auto",
    tangent: Point | None = None,
    cotangent: Weights | None = None,
    vector: Point | None = None,
    threads: int = 1,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    kinks: str = "warn",
) -> Compiled:
    """A function of arrays that gives the values and the derivatives of *expr*, element by element.

    Its arguments are the inputs that *at* gives no value, in order of first appearance, the elements of an indexed name
    together by their index, an array (…, n) for one that is a whole array in the program: `inputs` of the result lists
    them, and every form takes them in this order. It returns arrays by name: "value" (of several outputs, their names)
    and the derivatives, "d_x", "d_y_x", "h_x_y".

    what: "value", "gradient", "jacobian", "jvp", "vjp", "hvp" or "hessian".
    at: values of inputs that are to be constants.
    engine: what computes: "python", "numpy" (the extra `data`), "llvm" (the extra `fast`), or "auto", the fastest.
    threads: how many share the rows of one call.
    """
    if what not in WHAT:
        raise UsageError(f"what is one of {', '.join(WHAT)}, not {what!r}")
    if engine not in ("auto", *ENGINES):
        raise UsageError(f"no engine is called {engine!r}", hint=f"there are auto, {', '.join(ENGINES)}")
    if not 1 <= whole(threads, "the number of threads") <= MAX_THREADS:
        raise UsageError(f"threads are 1 to {MAX_THREADS:,}, not {shown(threads)}")
    base = of(locals(), values=False)
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
