"""`--where`: a condition on rows, and what the statistics of a file tell about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.batch.files.batches import Batch
from adcli.batch.files.lists import source as column_of
from adcli.batch.files.readers import Reader
from adcli.batch.matching import matched
from adcli.batch.question import Request
from adcli.batch.run import Job
from adcli.errors import SyntaxFault, counted
from adcli.ops import EQ, GE, GT, INPUT, LE, LITERAL, LT, NE, NOT, WHERE
from adcli.problem.problem import Problem, problem

BEFORE, AFTER = "where(", ", 1, 0)"
"""What makes a number of a condition."""

Range = tuple[float, float]
"""Between which numbers a value lies; of a condition, 0 where it does not hold and 1 where it does."""

_UNKNOWN = (-math.inf, math.inf)
_TRUTH = (0.0, 1.0)


class Where:
    """A condition on the columns of rows. Rows for which it does not hold, or of which it cannot be told, as where a
    number is missing, are left out."""

    def __init__(self, text: str, at: Mapping[str, Any], columns: Mapping[str, str], syntax: str = "adcli") -> None:
        try:
            whole = problem([f"{BEFORE}{text}{AFTER}"], {}, values=False)
        except SyntaxFault as fault:
            raise fault.saying(f"--where: {fault.message}").located(f"{BEFORE}{text}{AFTER}", "--where") from None
        known = {name: value for name, value in at.items() if name in whole.graph.input_names}
        self.problem: Problem = whole.changed(at=known)
        names = [name for name in whole.graph.input_names if name not in known]
        self._renamed = {name: column for name, column in columns.items() if name in names}
        self._job = Job(self.problem, Request("eval"), {name: name for name in names})
        self.columns: frozenset[str] = frozenset()
        self.left_out = self.unread = 0

    def begin(self, source: Reader, engine: str) -> None:
        """Take the columns of a file."""
        self._job.match(matched(self.problem, source, self._renamed, self.problem.at))
        self.columns = frozenset(column_of(name, source.names, source.lists) for name in self._job.columns.values())
        if self._job.engines[-1:] != [engine]:
            self._job.use(engine)

    def chosen(self, batch: Batch) -> Batch:
        """The rows for which it holds."""
        self._job.restart()
        results, _ = self._job.answered(batch)
        (column,) = results.columns
        numbers = column.tolist() if hasattr(column, "tolist") else column
        places = [i for i, number in enumerate(numbers) if number and i not in results.failures]
        self.left_out += batch.count - len(places)
        return batch if len(places) == batch.count else batch.taken(places)

    def excludes(self, columns: Mapping[str, Range]) -> bool:
        """Whether it holds for no row, where all that is known are the numbers between which columns lie."""
        graph = self.problem.graph
        found: list[Range] = []
        for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            given = [found[a] for a in args]
            if op is INPUT:
                name = graph.labels[node]
                value = self.problem.doubles.get(name)
                column = self._job.columns.get(name, name)
                found.append(columns.get(column, _UNKNOWN) if value is None else (value, value))
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
            else:
                found.append(_compared(op, *given) if op.boolean else _UNKNOWN)
        return found[graph.outputs[0]] == (0.0, 0.0)

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


def _compared(op: Any, one: Range, other: Range) -> Range:
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
