"""`--where`: a condition on rows, and what the statistics of a file tell about it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.batch.files.batches import Batch
from adcli.batch.files.lists import source as column_of
from adcli.batch.files.readers import Reader
from adcli.batch.matching import matched
from adcli.batch.question import Request
from adcli.batch.quoted import extended, parted
from adcli.batch.run import Job
from adcli.errors import DataError, SyntaxFault, counted
from adcli.ops import COMPARISONS, EQ, GE, GT, INPUT, LE, LITERAL, LT, NE, NOT, WHERE, Op
from adcli.problem.checks import among
from adcli.problem.problem import Problem, problem

BEFORE, AFTER = "where(", ", 1, 0)"
"""What makes a number of a condition."""

Range = tuple[Any, Any]
"""Between which numbers, or texts, a value lies; of a condition, 0 where it does not hold and 1 where it does."""

_UNKNOWN = (-math.inf, math.inf)
_TRUTH = (0.0, 1.0)
_SIGNS = {op.symbol: op for op in COMPARISONS} | {"=": EQ}


class Where:
    """A condition on the columns of rows. Rows for which it does not hold, or of which it cannot be told, as where a
    number is missing, are left out."""

    def __init__(self, text: str, at: Mapping[str, Any], columns: Mapping[str, str], syntax: str = "adcli") -> None:
        condition, quoted = parted(text)
        try:
            whole = problem([f"{BEFORE}{condition}{AFTER}"], {}, values=False)
        except SyntaxFault as fault:
            said = fault.saying(f"--where: {fault.message}")
            start, end = said.span or (0, 0)
            said.span = tuple(min(max(place - len(BEFORE), 0), len(text)) for place in (start, end))  # type: ignore[assignment]
            said.text = text
            raise said from None
        known = {name: value for name, value in at.items() if name in whole.graph.input_names}
        self.problem: Problem = whole.changed(at=known)
        names = [name for name in whole.graph.input_names if name not in known]
        self._renamed = {name: column for name, column in columns.items() if name in names}
        self._quoted = {one.label: (one, columns.get(one.name, one.name)) for one in quoted}
        self._job = Job(self.problem, Request("eval"), {name: name for name in names})
        self.columns: frozenset[str] = frozenset()
        self.throughout: Mapping[str, Range] = {}
        self.left_out = self.unread = 0

    def begin(self, source: Reader, engine: str) -> None:
        """Take the columns of a file."""
        for _, column in self._quoted.values():
            if column not in source.names:
                raise DataError(f"{source.origin} has no column {column}", hint=among(column, source.names))
        found = matched(self.problem, source, self._renamed, {**self.problem.at, **self._quoted})
        read = {column_of(name, source.names, source.lists) for name in found.values()}
        self.columns = frozenset(read | {column for _, column in self._quoted.values()})
        self._job.match({**found, **{label: label for label in self._quoted}})
        self._job.restart()
        self._origin = source.origin
        if self._job.engines[-1:] != [engine]:
            self._job.use(engine)

    def chosen(self, batch: Batch) -> Batch:
        """The rows for which it holds."""
        wide = extended(batch, self._quoted)
        results, _ = self._job.answered(wide)
        (column,) = results.columns
        numbers = column.tolist() if hasattr(column, "tolist") else column
        places = [i for i, number in enumerate(numbers) if number and i not in results.failures]
        if results.failures:
            places = sorted([*places, *self._in_spite(wide, results.failures)])
        self.left_out += batch.count - len(places)
        return batch if len(places) == batch.count else batch.taken(places)

    def _in_spite(self, batch: Batch, failures: Iterable[int]) -> list[int]:
        """The rows for which it holds although some number is missing, as in SQL, where a side of an `or` is enough, or
        infinite, which is a matter of results."""
        nested = WHERE in self.problem.graph.ops[:-1]
        given = {column: batch.numbers(column) for column in self._job.columns.values()}
        absent = {column: {*found.absent} for column, found in given.items()}
        found = []
        for row in failures:
            told = {column: n.values[row] for column, n in given.items() if row not in absent[column]}
            known = {column: (x, x) for column, x in told.items() if not math.isnan(x)}
            if (nested or any(map(math.isinf, told.values()))) and self._told(known, points=True) == (1.0, 1.0):
                found.append(row)
        return found

    def excludes(self, columns: Mapping[str, Range]) -> bool:
        """Whether it holds for no row, where all that is known is what columns lie between."""
        return self._told({**self.throughout, **columns}) == (0.0, 0.0)

    def _told(self, columns: Mapping[str, Range], *, points: bool = False) -> Range:
        """Whether the condition holds, as far as what columns lie between tells it; with *points*, arithmetic too is
        done where numbers are known."""
        graph = self.problem.graph
        found: list[Range] = []
        for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            given = [found[a] for a in args]
            if op is INPUT:
                found.append(self._range(graph.labels[node], columns))
            elif op is LITERAL:
                label = graph.labels[node]
                number = float(label == "True") if label in ("True", "False") else doubles().literal(label)
                found.append((number, number))
            elif op is WHERE:
                (low, high), yes, no = given
                branches = [*([yes] if high else []), *([no] if not low else [])]
                found.append((min(b[0] for b in branches), max(b[1] for b in branches)))
            elif op is NOT:
                found.append((1 - given[0][1], 1 - given[0][0]))
            elif op.boolean:
                found.append(_compared(op, *given))
            else:
                found.append(_computed(op, given) if points else _UNKNOWN)
        return found[graph.outputs[0]]

    def _range(self, name: str, columns: Mapping[str, Range]) -> Range:
        """Between which numbers a variable lies."""
        value = self.problem.doubles.get(name)
        if value is not None:
            return value, value
        if name in self._quoted and name not in columns:
            comparison, column = self._quoted[name]
            ends = comparison.comparable(*columns.get(column, _UNKNOWN))
            return _TRUTH if ends is None else _compared(_SIGNS[comparison.relation], ends, (comparison.text,) * 2)
        found = columns.get(self._job.columns.get(name, name), _UNKNOWN)
        return found if isinstance(found[0], (int, float)) else _UNKNOWN

    @property
    def notes(self) -> list[str]:
        """What there is to say of the rows that were left out."""
        return note(self.left_out, self.unread)

    def pieces(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The rows for which it holds, of all batches."""
        for batch in batches:
            chosen = self.chosen(batch)
            if chosen.count:
                yield chosen
            self._refuse_texts()
        self._refuse_texts(ended=True)

    def _refuse_texts(self, *, ended: bool = False) -> None:
        """Raise DataError where texts are compared with numbers: nothing would be left, and nobody would know why."""
        try:
            self._job.refuse_texts(self._origin, ended=ended)
        except DataError as fault:
            hint = "a text is compared in quotes: day >= '2026-01-31'"
            raise DataError(f"--where: {fault.message}", hint=hint) from None


def _computed(op: Op, given: Sequence[Range]) -> Range:
    """What an operation gives, where its arguments are known."""
    if any(low != high for low, high in given):
        return _UNKNOWN
    try:
        value = doubles().function(op)(*(low for low, _ in given))
    except (ArithmeticError, ValueError):
        return _UNKNOWN
    return (value, value)


def _compared(op: Op, one: Range, other: Range) -> Range:
    """Whether a comparison of two numbers holds, as far as that can be told."""
    (a, b), (c, d) = one, other
    if op is LT or op is GE:
        holds = (float(b < c), float(a < d))
    elif op is GT or op is LE:
        holds = (float(a > d), float(b > c))
    elif op is EQ or op is NE:
        holds = (float(a == b == c == d), float(not (b < c or d < a)))
    else:
        return _TRUTH
    return (1 - holds[1], 1 - holds[0]) if op is GE or op is LE or op is NE else holds


def note(left_out: int, unread: int) -> list[str]:
    """What there is to say of the rows that were left out."""
    files = [f"all of {counted(unread, 'file')}"] if unread else []
    rows = [counted(left_out, "row")] if left_out else []
    return [f"--where leaves out {' and '.join([*rows, *files])}"] if rows or files else []
