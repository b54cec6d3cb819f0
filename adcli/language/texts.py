"""From texts to graphs: the one entrance of the language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from adcli.errors import AdcliError, LimitError, NameFault, SyntaxFault, UsageError, shown
from adcli.graphs import Graph
from adcli.language import faults
from adcli.language.parser import Constant, Program

MAX_TEXT = 200_000_000
"""A program may have this many characters."""


def parse(
    text: str | Sequence[str],
    *,
    outputs: Sequence[str] = (),
    let: Mapping[str, int] | None = None,
    origin: str | None = None,
    sizes: Mapping[str, tuple[int, ...]] | None = None,
    conditions: bool = False,
    equations: Collection[str] | None = None,
) -> Graph:
    """The graph of a program, from its *text*.

    Several texts are one program, a line each: `Graph.text` is the joined text, which all spans point into.
    `outputs` picks assigned names, or bare expressions by the names that they get; without it the outputs are
    the bare expressions, or else the last assignment. `let` gives names to integers (sizes, bounds); `sizes` are
    the shapes of indexed inputs, where they are known; `conditions` allows outputs and names to be conditions.
    With `equations`, a = b or a == b is an output, the difference of both sides, unless a is a name that is not among
    them and so assigned. `origin` is what errors call the text, a file's name for instance. Raises SyntaxFault,
    NameFault or LimitError, with the text filled in.
    """
    try:
        whole = text if isinstance(text, str) else "\n".join(text)
    except TypeError:
        raise UsageError(f"a program is a text or several texts, not {shown(text)}") from None
    try:
        if len(whole) > MAX_TEXT:
            raise LimitError(f"the program has more than {MAX_TEXT:,} characters", (MAX_TEXT, len(whole)))
        try:
            return _read(Program, whole, outputs, let or {}, sizes or {}, conditions, equations)
        except (SyntaxFault, NameFault):
            from adcli.language.arrays.reader import ArrayProgram, has_arrays

            if not has_arrays(whole, sizes or {}):
                raise
        return _read(ArrayProgram, whole, outputs, let or {}, sizes or {}, conditions, equations)
    except AdcliError as error:
        raise error.located(whole, origin) from None


def _read(
    reader: type[Program],
    text: str,
    outputs: Sequence[str],
    let: Mapping[str, int],
    sizes: Mapping[str, tuple[int, ...]],
    conditions: bool,
    equations: Collection[str] | None,
) -> Graph:
    program = reader(text, let, sizes)
    program.unknowns = equations
    program.operations.typed = not conditions
    program.read_all()
    return program.finish(outputs, conditions)


def parse_constant(text: str, origin: str | None = None) -> Graph:
    """The graph of one expression without variables, such as "pi/4" or "-2e3"."""
    try:
        if len(text) > MAX_TEXT:
            raise LimitError(f"the expression has more than {MAX_TEXT:,} characters", (MAX_TEXT, len(text)))
        constant = Constant(text, {}, {})
        node = constant.expression()
        if node in constant.operations.conditions:
            raise faults.mixed((0, len(text)), False)
        return constant.builder.finish([node], ["y"])
    except AdcliError as error:
        raise error.located(text, origin) from None
