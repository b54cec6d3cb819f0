"""Texts that are read in the place of a call: a function's body, the terms of a Sum or Product."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adcli.errors import LimitError, Span
from adcli.language import faults
from adcli.language.leaves import Leaves
from adcli.language.lexer import TOKEN
from adcli.language.reading import BODY, TERMS, UNROLLED, Budget, Function, Reading, Return, Terms
from adcli.language.sums import bindings, ranges_of

MAX_DEPTH = 1_000
"""Functions may call functions that call functions … this deep."""


class Insertions(Leaves):
    """Goes to such a text, and comes back."""

    def __init__(self, text: str, let: Mapping[str, int], sizes: Mapping[str, tuple[int, ...]]) -> None:
        super().__init__(text, let, sizes)
        self.functions: dict[str, Function] = {}  # functions that may be called
        self.budget = Budget()
        self.depth = 0

    def _enter(self, reading: Reading, function: Function, base: int, place: Span) -> bool:
        """Go to the body of *function*, whose arguments wait. Says that a body is to be read."""
        if len(reading.values) - base != len(function.parameters):
            count = len(reading.values) - base
            raise faults.arity(function.name, faults.count_of(function.parameters), count, place)
        self.budget.count(1, function.stop - function.start, place)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitError(f"functions are nested more than {MAX_DEPTH:,} deep", place)
        reading.frames.append((BODY, place[0], base, self._back(reading, place)))
        # Free names mean what they mean in the program at the time of the call, not what the caller's own
        # parameters or loops may call so.
        known = reading.known = dict(zip(function.parameters, reading.values[base:], strict=True))
        del reading.values[base:], reading.places[base:]
        self.integers = {name: i for name, i in self.let.items() if name not in known} if self.let else self.let
        self.functions = function.uses
        self._go(reading, function.start, function.stop)
        return True

    def _leave(self, reading: Reading) -> None:
        """Come back from a function's body: its value is the call's."""
        self.depth -= 1
        self._return(reading, reading.frames.pop()[3])

    def _unroll(self, reading: Reading, match: re.Match[str]) -> None:
        """Prepare to write out a Sum or Product."""
        close, body, ranges = ranges_of(self, match, reading.stop)
        bound = bindings(self, ranges, reading.known, self.integers)
        op, empty = UNROLLED[match[2]]
        reading.brackets += 1
        reading.source = TOKEN.finditer(self.text, close + 1, reading.stop)
        terms = Terms(op, empty, bound, body, self._back(reading, (match.start(), close + 1)))
        reading.frames.append((TERMS, match.start(), len(reading.values), terms))

    def _next_term(self, reading: Reading) -> bool:
        """Go to the next term of the innermost Sum; or, and say so by False, fold the terms and come back."""
        terms: Terms = reading.frames[-1][3]
        back = terms.back
        bound = next(terms.bindings, None)
        if bound is not None:
            begin, end = terms.body
            self.budget.count(1, end - begin, back.place)
            outer = back.known
            reading.known = {} if outer is self.globals else {n: v for n, v in outer.items() if n not in bound}
            self.integers = {**back.integers, **bound}
            self._go(reading, begin, end)
            return True
        base = reading.frames.pop()[2]
        reading.brackets -= 1
        values, places = reading.values, reading.places
        count = len(values) - base
        if not count:
            values.append(self._number(terms.empty, back.place))
            places.append(back.place)
        elif count > 1:
            places[base:] = [back.place] * count
            reading.operators += [terms.op] * (count - 1)
            self.operations.fold_run(reading.operators, values, places)
        self._return(reading, back)
        return False

    def _back(self, reading: Reading, place: Span) -> Return:
        return Return(reading, place, self.integers, self.functions)

    def _go(self, reading: Reading, start: int, stop: int) -> None:
        reading.begin, reading.stop = start, stop
        reading.source = TOKEN.finditer(self.text, start, stop)

    def _return(self, reading: Reading, back: Return) -> None:
        reading.places[-1] = back.place
        reading.known, self.integers, self.functions = back.known, back.integers, back.functions
        reading.source, reading.begin, reading.stop = back.source, back.begin, back.stop
