"""Expressions to nodes: a precedence parser with explicit stacks, so that neither length nor depth is bounded.

The heart is `Expressions.read`: one loop over the lexer's matches that expects either an operand or what may
follow one. Operands wait on a stack, with their places in the text; operators wait in *runs* of equal
precedence. A run is folded into nodes once something of lower precedence ends it, so the operands of a sum or
product come first and its folds after them: the numbering of the textbooks.

A bracket, call, or bar opens a frame; so does the body of a function or of a Sum, which is read again from
its place in the text for each call or term, in a scope of its own.
"""

from __future__ import annotations

import re
from typing import ClassVar

from adcli.errors import NameFault, Span, SyntaxFault, option
from adcli.language import faults, signs
from adcli.language.calls import Calls
from adcli.language.integers import NotConstant
from adcli.language.integers import integer as constant
from adcli.language.lexer import FIGURE, OPENING, OTHER, TOKEN, WORD
from adcli.language.reading import (
    BAR,
    BASE,
    BEFORE,
    BODY,
    GROUP,
    INFIX,
    MINUS,
    OPEN,
    PAIR,
    PIECEWISE,
    TERMS,
    UNROLLED,
    Reading,
)
from adcli.ops import LITERAL, MUL, NEG, NOT, Op

_LEAVES = (WORD, FIGURE)


class Expressions(Calls):
    """Reads expressions of one text into one Builder."""

    infix: ClassVar[dict[str, Op]] = INFIX
    """The operators between two operands, as they are written."""

    # The loop

    def read(
        self, start: int, stop: int, known: dict[str, int], listing: bool = False
    ) -> tuple[list[int], list[Span], int]:
        """Read one statement's expression, or with *listing* several with commas between them.

        *known* are the variables of the innermost scope; others are looked up in `globals`. Returns the
        nodes, their places, and where the statement ends.
        """
        finditer = TOKEN.finditer
        text = self.text
        source = finditer(text, start, stop)
        reading = Reading(start, stop, known, listing, source)
        values, places, operators, frames = reading.values, reading.places, reading.operators, reading.frames
        infix, fold = self.infix.get, self.operations.fold
        level = 0  # precedence of the last operator that waits; 0 where none does, within what is open
        operand = True  # whether an operand is expected, or what may follow one
        while True:
            for match in source:
                word = match[0]
                if not operand:
                    op = infix(word)
                    if op is None:
                        if word == ")" or word == "," or word == "]" or (word == "|" and frames[-1][0] == BAR):
                            while level:
                                level = fold(operators, values, places)
                            if word == ",":
                                self._comma(reading, match)
                                operand = True
                            elif self._close(reading, match):
                                # A function of the program: its body is read in the place of the call.
                                operand = True
                                known, source = reading.known, reading.source
                                break
                            else:
                                operators.pop()
                                level = operators[-1].precedence
                            continue
                        if match.lastindex == OTHER and word[0] in "#;\r\n":
                            if word[0] == "#" or (word[0] in "\r\n" and reading.brackets):
                                continue
                            while level:
                                level = fold(operators, values, places)
                            if frames[-1][0] != BASE:
                                raise faults.unclosed(text, frames[-1])
                            return values, places, match.end()
                        if (behind := signs.behind(self, reading, match)) is not None:
                            op, end = behind
                            if op is not None:
                                while level > op.precedence:
                                    level = fold(operators, values, places)
                                operators.append(op)
                                level = op.precedence
                                operand = True
                            reading.source = source = finditer(text, end, reading.stop)
                            break
                        self._check_product(reading, match)
                        op = MUL
                        operand = True
                    precedence = op.precedence
                    while level > precedence:
                        level = fold(operators, values, places)
                    operators.append(op)
                    level = precedence
                    if not operand:  # the operator was written, so this word is done
                        operand = True
                        continue
                node = known.get(word)
                if node is not None:
                    values.append(node)
                    places.append(match.span())
                    operand = False
                    continue
                kind = match.lastindex
                if kind in _LEAVES:
                    values.append(self._leaf(match, known))
                    places.append(match.span())
                    operand = False
                elif kind == OPENING:
                    if match[3] == "[":
                        node, end = self._element(match, reading)
                        values.append(node)
                        places.append((match.start(), end))
                        operand = False
                        reading.source = source = finditer(text, end, reading.stop)
                        break
                    operators.append(OPEN)
                    level = 0
                    if match[2] in UNROLLED:
                        self._unroll(reading, match)
                        operand = self._next_term(reading)
                        if not operand:
                            operators.pop()
                            level = operators[-1].precedence
                        known, source = reading.known, reading.source
                        break
                    reading.brackets += 1
                    frames.append(self._called(match, len(values)))
                elif word == "(":
                    # Where an argument of Piecewise starts, the bracket is that of a pair.
                    pair = level == 0 and frames[-1][0] == PIECEWISE
                    frames.append((PAIR if pair else GROUP, match.start(), len(values), None))
                    reading.brackets += 1
                    operators.append(OPEN)
                    level = 0
                elif word == "|":
                    frames.append((BAR, match.start(), len(values), None))
                    operators.append(OPEN)
                    level = 0
                elif word in MINUS or word == "not":
                    if word != "not" and (number := self._figure_after(match, reading.stop)):
                        place = (match.start(), number.end())
                        values.append(self._number("-" + number[0], place))
                        places.append(place)
                        operand = False
                        reading.source = source = finditer(text, number.end(), reading.stop)
                        break
                    values.append(-1)
                    places.append(match.span())
                    op = NOT if word == "not" else NEG
                    operators.append(op)
                    level = op.precedence
                elif word in BEFORE:
                    operand, end = signs.before(self, reading, match)
                    level = operators[-1].precedence
                    reading.source = source = finditer(text, end, reading.stop)
                    break
                elif word == "[":
                    if end := self._empty(reading, match):
                        operand = False
                        reading.source = source = finditer(text, end, reading.stop)
                        break
                    frames.append(self._literal(reading, match))
                    reading.brackets += 1
                    operators.append(OPEN)
                    level = 0
                elif word[0] != "#" and word != "+" and not (word[0] in "\r\n" and reading.brackets):
                    raise self._no_operand(reading, match)
            else:  # this text is read to its end
                if operand:
                    raise faults.incomplete(text, reading, reading.stop)
                while level:
                    level = fold(operators, values, places)
                kind = frames[-1][0]
                if kind == BASE:
                    return values, places, reading.stop
                if kind == BODY:
                    self._leave(reading)
                elif kind == TERMS:
                    operand = self._next_term(reading)
                else:
                    raise faults.unclosed(text, frames[-1])
                if not operand:
                    operators.pop()
                    level = operators[-1].precedence
                known, source = reading.known, reading.source

    # Parts of the text that are expressions themselves

    def integer(self, start: int, stop: int, known: dict[str, int], integers: dict[str, int]) -> int:
        """The exact value of the constant expression in [start, stop)."""
        word = self.text[start:stop].strip()
        if word.isdecimal() and word.isascii() and len(word) < 10:
            return int(word)
        if word in integers:
            return integers[word]
        index = Index(self, known, integers)
        node = index.expression(start, stop)
        try:
            return constant(index.builder, node)
        except NotConstant as why:
            written = self.text[start:stop].rstrip()
            word = written.lstrip()
            end = start + len(written)
            raise SyntaxFault(
                f"an integer is needed here: {faults.short(word)} {why}", (end - len(word), end)
            ) from None

    def expression(self, start: int = 0, stop: int | None = None) -> int:
        """The one expression in [start, stop)."""
        end = len(self.text) if stop is None else stop
        values, _, after = self.read(start, end, self.globals)
        for match in TOKEN.finditer(self.text, after, end):
            if match.lastindex != OTHER or match[0][0] not in "#;\r\n":
                raise SyntaxFault("one expression is expected here, and this is a second", match.span())
        return values[0]


class Index(Expressions):
    """Reads an index or bound: an expression of literals, loop variables, and names that stand for integers."""

    def __init__(self, outer: Expressions, known: dict[str, int], integers: dict[str, int]) -> None:
        super().__init__(outer.text, {}, {})
        self.outer, self.outer_known = outer, known
        self.declared = outer.declared
        self.integers = self.let = integers
        self.functions = outer.functions

    def _variable(self, name: str, span: Span) -> int:
        node = self.outer_known.get(name, self.outer.globals.get(name))
        if node is None or node < 0 or node in self.outer.operations.conditions:
            raise NameFault(
                f"an integer is needed here, and {name} has no value yet",
                span,
                hint=option("let", {name: 3}) + " gives it one" if node is None else None,
            )
        try:
            return self.builder.literal(str(constant(self.outer.builder, node)), span)
        except NotConstant:
            raise NameFault(
                f"an integer is needed here, and {name} is not known while the program is read",
                span,
                hint=option("let", {name: 3}) + " gives it a value"
                if self.outer.builder.ops[node] is not LITERAL
                else None,
            ) from None

    def _element(self, match: re.Match[str], reading: Reading) -> tuple[int, int]:
        raise SyntaxFault("an index or bound cannot depend on elements", match.span(2))

    def _unroll(self, reading: Reading, match: re.Match[str]) -> None:
        raise SyntaxFault(f"an index or bound cannot contain a {match[2]}", match.span(2))
