"""Every name has its value, every value its name; what to say where that is not so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from adcli.errors import NameFault, listed, option, there_are
from adcli.graphs import Graph
from adcli.language.faults import defines
from adcli.ops import CONSTANTS, FUNCTIONS
from adcli.problem.values import Value, short


def among(name: str, names: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest of *names*, or all of them."""
    from difflib import get_close_matches

    known = list(names)
    near = get_close_matches(name, known, 1)
    if near:
        return f"did you mean {near[0]}?"
    if not known:
        return "there is none to choose from"
    return there_are(known)


def constant(name: str, message: str, column: str = "") -> NameFault:
    """The fault that an input is called like a constant, and the ways out."""
    called = {"pi": "the circle's constant", "E": "Euler's number"}[CONSTANTS[name]]
    way = f"--column {name}m={column} and {name}m in the formula, or " if column else ""
    return NameFault(
        f"{message}, and {name} in the formula is {called}" if column else message,
        hint=f"{way}`{name} : input` in front of the formula makes {name} a variable",
    )


def _check_values(
    graph: Graph,
    flat: Mapping[str, Value],
    used: Sequence[str],
    sought: Sequence[str],
    let: Mapping[str, int],
    origin: str | None,
    *,
    need_all: bool,
) -> None:
    inputs = set(used)
    assigned = {name for name, _ in graph.assignments}
    for name in flat:
        if name in CONSTANTS and name not in inputs:
            raise constant(name, f"{name} is a constant and cannot be given a value")
        if name in inputs or name in sought:
            continue
        if name in assigned:
            raise NameFault(
                f"{name} is assigned in the program and cannot be given a value",
                hint=f"leave out its value, or the statement {short(name)} = …",
            )
        family = name.partition("[")[0]
        if family != name and any(other.startswith(family + "[") for other in inputs):
            continue  # a list may be longer than what the program uses
        for node in graph.inputs:
            joined = graph.labels[node]
            if joined not in flat and len(factors := _factors(joined, flat)) > 1:
                hint = f"a name is never split; to multiply, write {'*'.join(factors)}"
                raise NameFault(f"{joined} is one name, and has no value", graph.spans[node], hint=hint).located(
                    graph.text, origin
                )
        if need_all and _bare_function(graph, flat) is not None:
            break  # a function without its arguments is the mistake
        name = family
        known = list(dict.fromkeys([other.partition("[")[0] for other in used]))
        hint = among(name, known) if used else "the program has no inputs"
        if name in let:
            hint = f"{option('let')} gives it one already"
        elif any(other.startswith(name + "[") for other in inputs):
            hint = f"its elements do: give it a list, {name}=[…]"
        elif name in FUNCTIONS and re.search(rf"\b{re.escape(name)}\s*\(", graph.text):
            hint = f"{name}(…) is the function {FUNCTIONS[name].name} here; to multiply, write {name}*(…)"
        raise NameFault(f"{name} is given a value but does not occur", hint=hint)
    if not need_all:
        return
    missing = [node for node in graph.inputs if graph.labels[node] not in flat]
    if missing:
        function = _bare_function(graph, flat)
        node = missing[0] if function is None else function
        name = short(graph.labels[node])
        others = [short(graph.labels[other]) for other in missing]
        hint = "give one with " + option("at", dict.fromkeys(others[:6], "…"))
        if name in assigned:
            hint = f"the statement {name} = … comes after its use; if that is meant as a value, {hint}"
        elif name == "e":
            hint = "did you mean E, Euler's number? For a variable e, " + hint
        elif defines(graph.program, name):
            hint = f"to call the function, write {name}(…); for a variable {name}, {hint}"
        elif name in FUNCTIONS:
            behind = graph.text[graph.spans[node][1] :].lstrip()[:1]
            written = f"the function is written {name}(x), a power of it {name}(x)^2"
            written = f"{name} is a factor of this bracket, no function" if behind == "(" else written
            hint = f"{written}; for a variable {name}, {hint}"
        message = f"{name} has no value" if len(others) == 1 else f"no values for {listed(others)}"
        raise NameFault(message, graph.spans[node], hint=hint).located(graph.text, origin)


def _bare_function(graph: Graph, flat: Mapping[str, Value]) -> int | None:
    """The first input without a value that is called as a function is; only the first few are looked at."""
    missing = [node for node in graph.inputs if graph.labels[node] not in flat][:20]
    names = [graph.labels[node] for node in missing]
    found = [name in FUNCTIONS or defines(graph.program, name) for name in names]
    return missing[found.index(True)] if True in found else None


def _factors(name: str, known: Mapping[str, Value]) -> list[str]:
    """The known names that *name* is written of, one after the other: x and y of xy. [] if it is not."""
    factors: list[str] = []
    while name:
        first = max((other for other in known if name.startswith(other)), key=len, default="")
        if not first:
            return []
        factors.append(first)
        name = name[len(first) :]
    return factors
