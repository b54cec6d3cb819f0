"""The engine of few rows: the kernel as one Python function on floats. Nothing is imported, so nothing answers as soon.

The source is made of the table's names and of numbers; nothing that a user wrote gets into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from adcli.arithmetic.doubles import TINY, doubles
from adcli.batch.engines import Outcome, Run
from adcli.batch.kernel import Kernel
from adcli.batch.partials import PARTIALS
from adcli.derivatives.branches import Path, common
from adcli.ops import ADD, DIV, MUL, NEG, SUB, WHERE, Op

MAX_DEPTH = 60
"""How deep conditions may nest in the source; what stands deeper is computed always."""

MAX_SUM = 50
"""How many terms a sum in the source has; Python's compiler nests them."""

_CARRIERS = frozenset({ADD, SUB, MUL, NEG})
"""Operations that pass on what is not finite from every argument."""


def compile(kernel: Kernel, threads: int = 1) -> Run:
    """The kernel as a function of lists of floats."""
    parts = _parts(kernel)
    hidden = parts.hidden
    loop = _made(
        "rows, answer, hide, fail",
        [
            f"for row, ({parts.inputs}) in enumerate(rows):",
            "    try:",
            *("        " + line for line in parts.body),
            "        if total - total: raise OverflowError",
            "    except (ArithmeticError, ValueError):",
            "        fail(row)",
            f"        answer(({'0.0, ' * len(kernel.outputs)}))",
            *(["        hide((" + "False, " * len(hidden) + "))"] if hidden else []),
            "    else:",
            f"        answer(({parts.outputs}))",
            *([f"        hide(({''.join(name + ', ' for name in hidden)}))"] if hidden else []),
        ],
    )

    def run(columns: Sequence[Any], count: int) -> Outcome:
        answers: list[tuple[float, ...]] = []
        flags: list[tuple[bool, ...]] = []
        doubtful: list[int] = []
        rows = zip(*columns, strict=True) if columns else ((),) * count
        loop(rows, answers.append, flags.append, doubtful.append)
        columned = list(zip(*answers, strict=True)) if answers else [()] * len(kernel.outputs)
        kinks = [[row for row, flag in enumerate(column) if flag] for column in zip(*flags, strict=True)]
        return Outcome(columned, doubtful, kinks or [[] for _ in hidden])

    return run


def single(kernel: Kernel, names: Sequence[str] = ()) -> Callable[..., Any]:
    """The kernel as a function of one row's floats: its outputs, by name where there are *names*, None where the row is
    in doubt, at a kink, or not finite."""
    parts = _parts(kernel)
    keys = {f"k{i}": name for i, name in enumerate(names)}
    outputs = parts.outputs
    if names:
        values = [_name(kernel, value) for value in kernel.outputs]
        outputs = ", ".join(f"{key}: {value} + 0.0" for key, value in zip(keys, values, strict=True))
    inputs = parts.inputs.rstrip(", ").replace(",", " +") or "0.0"
    return _made(  # type: ignore[no-any-return]
        parts.inputs,
        [
            "try:",
            *("    " + line for line in parts.body),
            f"    given = {inputs}",
            "except (ArithmeticError, ValueError):",
            "    return None",
            f"if {' or '.join(['total - total', 'given - given', *parts.hidden])}: return None",
            f"return {{{outputs}}}" if names else f"return ({outputs})",
        ],
        keys,
    )


class _Parts(NamedTuple):
    """What functions are made of: the names of the inputs, the statements, of which the last give `total`, a number
    that is finite where all outputs are, the outputs, and the names of the hidden ones."""

    inputs: str
    body: list[str]
    outputs: str
    hidden: list[str]


def _parts(kernel: Kernel) -> _Parts:
    outputs = [_name(kernel, value) for value in kernel.outputs]
    summed = list(dict.fromkeys(outputs))
    totals = [" + ".join(summed[i : i + MAX_SUM]) for i in range(0, len(summed), MAX_SUM)]
    body = [*_body(kernel), *(f"total {'+=' if i else '='} {terms}" for i, terms in enumerate(totals))]
    return _Parts(
        "".join(f"v{i}, " for i in range(len(kernel.columns))),
        body,
        "".join(name + " + 0.0, " for name in outputs),
        [_name(kernel, value) for value in kernel.kinks],
    )


def _made(parameters: str, lines: list[str], constants: Mapping[str, str] = MappingProxyType({})) -> Any:
    """A function of some parameters and *constants*. What it uses of these, and of the table's functions, are
    parameters with defaults: names that Python finds fastest."""
    import builtins

    namespace: dict[str, Any] = {**doubles().namespace, **constants, "T": TINY}
    body = "\n    ".join(lines)
    bound = "".join(f"{name}={name}, " for name in sorted(namespace.keys() & set(re.findall(r"[^\W\d]\w*", body))))
    source = f"def run({parameters.rstrip(', ')}{', ' * bool(parameters)}{bound}):\n    {body}"
    exec(builtins.compile(source, "<kernel>", "exec"), namespace)
    return namespace["run"]


def _name(kernel: Kernel, value: int) -> str:
    """A value's name in the source; constants are written out."""
    if len(kernel.columns) <= value < kernel.first:
        constant = kernel.constants[value - len(kernel.columns)]
        return f"({constant!r})" if isinstance(constant, bool) or constant < 0 else repr(constant)
    return f"v{value}"


def _body(kernel: Kernel) -> list[str]:
    """The statements, each under the conditions by which it is needed, and what finds out rows in doubt."""
    routes, users = _routes(kernel)
    lines: list[str] = []
    open_path: Path = ()
    asked = {*kernel.outputs, *kernel.kinks}
    for value in _order(kernel, routes):
        op, args = kernel.steps[value - kernel.first]
        path = routes[value]
        if path is None:
            continue
        shared = len(common(open_path, path))
        for depth in range(shared, len(path)):
            condition, truth = path[depth]
            test = _name(kernel, condition)
            lines.append(" " * depth + f"if {test if truth else 'not ' + test}:")
        open_path = path
        indent = " " * len(path)
        names = [_name(kernel, a) for a in args]
        lines.append(f"{indent}v{value} = {_spelled(op, names)}")
        if kernel.boolean[value]:
            continue
        if op.underflows and not any(name == "0.0" for name in names):
            zeros = "".join(
                f" and {name}"
                for a, name in zip(args, names, strict=True)
                if not len(kernel.columns) <= a < kernel.first
            )
            lines.append(f"{indent}if -T < v{value} < T{zeros}: raise OverflowError")
        carried = value in asked or any(
            routes[user] == path and (user_op in _CARRIERS or (user_op is DIV and position == 0))
            for user, user_op, position in users[value]
        )
        if not carried and op is not WHERE:
            lines.append(f"{indent}if v{value} - v{value}: raise OverflowError")
    return lines


def _spelled(op: Op, names: list[str]) -> str:
    """An operation on values; a partial that is an operation is the scalar path's own."""
    arithmetic = doubles()
    if op not in PARTIALS:
        return arithmetic.spell(op, names)
    owner, position = PARTIALS[op]
    arithmetic.namespace["partial_" + op.name] = arithmetic.partial(owner, position)
    return f"partial_{op.name}({', '.join(['0.0', *names])})"


def _routes(kernel: Kernel) -> tuple[list[Path | None], list[list[tuple[int, Any, int]]]]:
    """Per value, the conditions under which it is needed (None for never), and its users."""
    size = kernel.first + len(kernel.steps)
    routes: list[Path | None] = [None] * size
    users: list[list[tuple[int, Any, int]]] = [[] for _ in range(size)]
    for value in (*kernel.outputs, *kernel.kinks):
        routes[value] = ()
    for value in range(size - 1, kernel.first - 1, -1):
        here = routes[value]
        if here is None:
            continue
        op, args = kernel.steps[value - kernel.first]
        for position, a in enumerate(args):
            there = here
            if op is WHERE and position and len(here) < MAX_DEPTH:
                there = (*here, (args[0], position == 1))
            known = routes[a]
            routes[a] = there if known is None else common(known, there)
            users[a].append((value, op, position))
    return routes, users


def _order(kernel: Kernel, routes: list[Path | None]) -> list[int]:
    """The steps in an order in which a condition comes before what is computed under it."""
    if not any(routes):
        return list(range(kernel.first, kernel.first + len(kernel.steps)))
    done = bytearray(kernel.first + len(kernel.steps))
    order: list[int] = []
    for target in range(kernel.first, len(done)):
        stack = [target]
        while stack:
            value = stack[-1]
            if value < kernel.first or done[value]:
                stack.pop()
                continue
            conditions = [condition for condition, _ in routes[value] or ()]
            waiting = [
                a for a in (*conditions, *kernel.steps[value - kernel.first].args) if a >= kernel.first and not done[a]
            ]
            if waiting:
                stack.extend(reversed(waiting))
            else:
                done[value] = 1
                order.append(value)
                stack.pop()
    return order
