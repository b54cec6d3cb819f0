"""Which column is what: those that give variables, and those that are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adcli.batch.files.lists import source as base_of
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import Layout
from adcli.errors import DataError, NameFault, UsageError, listed, option
from adcli.language.arrays.names import indexed
from adcli.ops import CONSTANTS, LITERAL
from adcli.problem.checks import among, constant
from adcli.problem.problem import Problem


def matched(problem: Problem, source: Reader, renamed: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, str]:
    """Each variable that a column gives, and its column, in the file's order. DataError where one has no value."""
    variables = list(problem.graph.input_names)
    _refuse_constants(problem, source, renamed)
    for name, column in renamed.items():
        if name not in variables:
            raise NameFault(f"{option('column')} names {name}, which does not occur", hint=among(name, variables))
        if column not in source.names:
            raise DataError(f"{source.origin} has no column {column}", hint=among(column, source.names))
    for name in renamed:
        if name in given:
            raise UsageError(f"{name} is given a column and, by {option('at')}, a value")
    stripped = {column.strip(): column for column in reversed(source.names)}  # a header is often written with spaces
    wanted = {name: renamed.get(name, name) for name in variables if name not in given}
    wanted = {
        name: column if column in source.names or _listed_in(column, source) else stripped[column]
        for name, column in wanted.items()
        if column in source.names or column in stripped or _listed_in(column, source)
    }
    places: dict[str, list[str]] = {}
    for name, column in wanted.items():
        places.setdefault(base_of(column, source.names, source.lists), []).append(name)
    found = {name: wanted[name] for column in dict.fromkeys(source.names) for name in places.get(column, ())}
    for name in variables:
        if name not in found and name not in given:
            near = among(name, source.names).rstrip("?")
            raise DataError(
                f"{source.origin} has no column {name}",
                hint=f"{near}; {option('column', {name: 'COLUMN'})} takes another, "
                f"{option('at', {name: '…'})} gives one value for all rows",
            )
    for column in found.values():
        if list(source.names).count(column) > 1:
            raise DataError(f"{source.origin} has several columns {column}")
    return found


def _listed_in(column: str, source: Reader) -> bool:
    """Whether a column of lists has this element."""
    base, index = indexed(column)
    shape = source.lists.get(base, ())
    return bool(index) and len(index) == len(shape) and all(1 <= i <= n for i, n in zip(index, shape, strict=True))


def _refuse_constants(problem: Problem, source: Reader, renamed: Mapping[str, str]) -> None:
    """Refuse a column that is named like a constant of the formula, which would be taken in its stead."""
    graph = problem.graph
    constants = {graph.labels[node] for node, op in enumerate(graph.ops) if op is LITERAL} & {*CONSTANTS.values()}
    for name in renamed:
        if name in CONSTANTS and name not in graph.input_names:
            raise constant(name, f"--column cannot give {name} a column")
    for column in source.names:
        name = column.strip()
        if CONSTANTS.get(name) in constants and name not in graph.input_names and column not in renamed.values():
            raise constant(name, f"{source.origin} has a column {name}", column)


def layout(
    source: Reader,
    keep: str | Sequence[str],
    outputs: Sequence[str],
    columns: Mapping[str, str],
    *,
    status: bool,
    skip: bool,
    prefix: str = "",
    arrays: Mapping[str, tuple[int, ...]] | None = None,
) -> Layout:
    """The columns to be written: `keep` is "all", "none", names with commas between them, or a list of names, also as
    JSON."""
    names = list(source.names)
    if keep == "all":
        kept = names
    elif keep == "none":
        kept = []
    else:
        kept = list(dict.fromkeys(_listed(keep) if isinstance(keep, str) else keep))
        for name in kept:
            if name not in names:
                raise DataError(f"{source.origin} has no column {name}", hint=among(name, names))
            if names.count(name) > 1:
                raise DataError(f"{source.origin} has several columns {name}")
    found = Layout(
        kept,
        outputs,
        tuple(columns.values()),
        status=status,
        skip=skip,
        everything=keep == "all",
        prefix=prefix,
        arrays=arrays,
    )
    for name in found.computed:
        if found.computed.count(name) > 1:
            raise UsageError(f"two columns of the output would be called {name}", hint="another name tells them apart")
        if name in kept:
            raise UsageError(
                f"{source.origin} has a column {name} already",
                hint=f"{option('prefix', 'new_')} writes new_{name}; {option('keep', 'none')}, or {option('keep')} "
                "with the columns wanted, leaves it out",
            )
    return found


def _listed(keep: str) -> list[str]:
    """The names in `--keep a,b` or `--keep '["a,b", "c"]'`."""
    if keep.lstrip().startswith("["):
        import json

        try:
            found = json.loads(keep)
        except ValueError:
            found = None
        if isinstance(found, list) and all(isinstance(name, str) for name in found):
            return found
    return [name.strip() for name in keep.split(",") if name.strip()]


def check_kept(source: Reader, first: Reader, layout: Layout) -> None:
    """Refuse a further file that lacks kept columns, or has more of them: columns are matched by name."""
    if source.format == "jsonl":  # whose rows may lack some, and are looked at one by one where they have more
        return
    lacking = [name for name in layout.kept if name not in source.names]
    surplus = [name for name in source.names if name not in layout.kept] if layout.everything else []
    namesakes = layout.everything and len(set(layout.kept)) < len(layout.kept)
    if lacking or surplus or (namesakes and list(source.names) != list(first.names)):
        which = f": {listed([*lacking, *surplus], 5)} only in one of them" if lacking or surplus else ""
        raise DataError(
            f"{source.origin} and {first.origin} have different columns{which}",
            hint="--union-by-name gives each all of them; --keep none, or --keep with what both have, is less",
        )
