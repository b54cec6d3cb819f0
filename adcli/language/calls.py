"""What opens and closes in an expression: brackets, bars, calls, and texts that are read in the place of a call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from adcli.errors import LimitError, NameFault, Span, SyntaxFault
from adcli.language import faults
from adcli.language.leaves import Leaves
from adcli.language.lexer import OPENING, OTHER, TOKEN, WORD
from adcli.language.reading import (
    BAR,
    BASE,
    BODY,
    CALL,
    CALLS,
    GROUP,
    MINUS,
    PAIR,
    PIECEWISE,
    TERMS,
    UNROLLED,
    USER,
    Frame,
    Function,
    Reading,
    Repeats,
    Return,
    Terms,
)
from adcli.language.sums import bindings, ranges_of
from adcli.ops import ABS, CONSTANTS

MAX_DEPTH = 1_000
"""Functions may call functions that call functions … this deep."""
_FIGURES = frozenset("0123456789.") | MINUS


class Reread:
    """Reads every term."""

    def term(self, bound: Mapping[str, int]) -> int | None:
        """None: its text is to be read."""
        return None


class Calls(Leaves):
    """Opens and closes frames."""

    # Brackets

    def _literal(self, reading: Reading, match: re.Match[str]) -> Frame:
        """The frame of a list that is written out: there are none here."""
        raise self._no_operand(reading, match)

    def _empty(self, reading: Reading, match: re.Match[str]) -> int:
        """Read a list without elements where it may stand: its end, else 0."""
        return 0

    def _postfix(self, match: re.Match[str], reading: Reading) -> None:
        """What follows an operand and belongs to it: nothing here."""
        raise faults.misplaced(self.text, match, reading)

    def _comma(self, reading: Reading, match: re.Match[str]) -> None:
        """A comma after an operand, with all runs folded."""
        kind, _, base, _ = reading.frames[-1]
        if kind in (CALL, USER):
            return
        count = len(reading.values) - base
        if kind == PAIR and count == 1:
            return
        if kind == PIECEWISE:
            self._check_pairs(reading, count)
        elif kind != BASE or not reading.listing:
            raise faults.misplaced_comma(self.text, match, reading)

    def _check_pairs(self, reading: Reading, count: int) -> None:
        if count % 2:
            raise SyntaxFault(
                "Piecewise takes pairs (expression, condition)",
                reading.places[-1],
                hint="such as Piecewise((x, x > 0), (0, True))",
            )

    def _close(self, reading: Reading, match: re.Match[str]) -> bool:
        """A closing bracket or bar after an operand, with all runs folded. Says whether a body is to be read."""
        if match[0] == "]":
            raise faults.misplaced(self.text, match, reading)
        values, places = reading.values, reading.places
        kind, start, base, what = reading.frames.pop()
        place = (start, match.end())
        if match[0] == "|":
            if kind != BAR:
                reading.frames.append((kind, start, base, what))
                raise faults.unmatched(self.text, match, reading)
            values[base] = self.operations.call("|…|", ABS, values[base:], places[base:], place)
            places[base] = place
            return False
        reading.brackets -= 1
        if kind == GROUP:
            places[base] = place
            return False
        if kind == CALL:
            node = self.operations.call(what, CALLS[what], values[base:], places[base:], place)
        elif kind == USER:
            return self._enter(reading, what, base, place)
        elif kind == PAIR:
            if len(values) - base != 2:
                raise SyntaxFault("a pair of Piecewise is (expression, condition)", place)
            if self.operations.typed and values[-1] not in self.operations.conditions:
                raise faults.mixed(places[-1], True)
            return False
        elif kind == PIECEWISE:
            self._check_pairs(reading, len(values) - base)
            node = self.operations.piecewise(values[base:], places[base:], place)
        else:
            reading.frames.append((kind, start, base, what))
            raise faults.unmatched(self.text, match, reading)
        del values[base + 1 :], places[base + 1 :]
        values[base] = node
        places[base] = place
        return False

    # Calls

    def _called(self, match: re.Match[str], base: int) -> Frame:
        """The frame of a call that opens."""
        name, start = match[2], match.start()
        function = self.functions.get(name)
        if function is not None:
            return (USER, start, base, function)
        if name in CALLS:
            return (CALL, start, base, name)
        if name == "Piecewise":
            return (PIECEWISE, start, base, None)
        raise self._unknown_function(match)

    def _unknown_function(self, match: re.Match[str]) -> NameFault:
        from adcli.language.arrays.functions import FUNCTIONS as OF_ARRAYS

        arrays = {name: row.about for name, row in OF_ARRAYS.items()}
        return faults.unknown_function(self.text, match, {*self.globals, *CONSTANTS}, self.functions, arrays)

    def _no_operand(self, reading: Reading, match: re.Match[str]) -> SyntaxFault:
        kind, start, base, what = reading.frames[-1]
        if match[0] == ")" and len(reading.values) == base:
            place = (start, match.end())
            if kind == CALL:
                return faults.arity_of(what, CALLS[what], 0, place)
            if kind == USER:
                return faults.arity(what.name, faults.count_of(what.parameters), 0, place)
        return faults.no_operand(self.text, match, reading)

    def _check_product(self, reading: Reading, match: re.Match[str]) -> None:
        """An operand follows an operand: a number or ")" on the left, a name or "(" on the right is a product."""
        start, end = reading.places[-1]
        text = self.text
        kind = match.lastindex
        if kind in (WORD, OPENING, OTHER):
            if text[end - 1] == ")" or (match[0] == text[end - 1] == "|"):
                return
            figure = text[start] in _FIGURES and not (match[0][0] == "_" and end == match.start())
            if figure and not faults.hexadecimal(text[start:end], match):
                return
        raise faults.misplaced(text, match, reading)

    # Texts that are read in the place of a call

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
        known = {} if reading.known is self.globals else reading.known
        repeats = self.repeats(body, [name for name, *_ in ranges], known)
        terms = Terms(op, empty, bound, body, self._back(reading, (match.start(), close + 1)), repeats)
        reading.frames.append((TERMS, match.start(), len(reading.values), terms))

    def repeats(self, body: Span, names: Iterable[str], known: Mapping[str, int]) -> Repeats:
        """What writes the terms of a body in which the loop variables *names* change: here each is read."""
        return Reread()

    def _next_term(self, reading: Reading) -> bool:
        """Go to the next term of the innermost Sum; or, and say so by False, fold the terms and come back."""
        terms: Terms = reading.frames[-1][3]
        back, outer = terms.back, terms.back.known
        begin, end = terms.body
        values, places = reading.values, reading.places
        for bound in terms.bindings:
            self.budget.count(1, end - begin, back.place)
            node = terms.repeats.term(bound)
            if node is None:
                reading.known = {} if outer is self.globals else {n: v for n, v in outer.items() if n not in bound}
                self.integers = {**back.integers, **bound}
                self._go(reading, begin, end)
                return True
            values.append(node)
            places.append(back.place)
        base = reading.frames.pop()[2]
        reading.brackets -= 1
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
