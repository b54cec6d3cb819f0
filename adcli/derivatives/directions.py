"""How a derivative is asked for, word by word checked: weights of outputs, components of a direction, the mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adcli.errors import NameFault, UsageError, counted, listed, option, there_are
from adcli.problem.checks import among
from adcli.problem.given import by_name, mode_named, number, sequence
from adcli.problem.problem import Problem
from adcli.problem.values import Value, flatten


def weights(asked: Problem, cotangent: Sequence[Value] | Mapping[str, Value] | None) -> list[Value]:
    """A cotangent's weight for each output; left out, 1 for the only one."""
    outputs = asked.graph.output_names
    if cotangent is None:
        if len(outputs) != 1:
            raise UsageError(
                f"several outputs ({', '.join(outputs)}) need a cotangent, one weight for each",
                hint="for instance " + option("cotangent", [1] * len(outputs)),
            )
        cotangent = (1.0,)
    if isinstance(cotangent, Mapping):
        for name in cotangent:
            if name not in outputs:
                raise NameFault(f"the cotangent names {name}, which is no output", hint=among(name, outputs))
        cotangent = [cotangent.get(name, 0.0) for name in outputs]
    cotangent = sequence(cotangent, "a cotangent")
    if len(cotangent) != len(outputs):
        given = counted(len(cotangent), "component")
        raise UsageError(f"the cotangent has {given}, and {there_are(outputs, 'output')}")
    return [number(weight, "a weight") for weight in cotangent]


def components(asked: Problem, given: Mapping[str, Value] | None, what: str) -> dict[str, Value]:
    """A direction's component for each name differentiated by."""
    names = [name for name, _ in asked.wrt]
    if given is None:
        if len(names) != 1:
            raise UsageError(
                f"the {what} has {counted(len(names), 'component')}: {listed(names)}",
                hint=f"give them with --{what}, for instance --{what} " + ",".join(f"{n}=1" for n in names[:2]),
            )
        given = {names[0]: 1.0}
    flat = flatten(by_name(given, f"the {what}"))
    for name in flat:
        if name not in names:
            raise NameFault(f"the {what} names {name}, which is not differentiated by", hint=among(name, names))
    return {name: flat.get(name, 0.0) for name in names}


def chosen(mode: str, asked: Problem) -> str:
    """The mode's full name; "auto" is forward where there are fewer inputs than outputs, else reverse."""
    full = mode_named(mode)
    if full == "auto":
        return "forward" if len(asked.wrt) < len(asked.graph.outputs) else "reverse"
    return full
