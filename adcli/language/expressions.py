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
from collections.abc import Mapping
from typing import ClassVar

from adcli.errors import LimitError, NameFault, Span, SyntaxFault, counted, option
from adcli.language import faults, signs
from adcli.language.integers import NotConstant
from adcli.language.integers import integer as constant
from adcli.language.lexer import FIGURE, KEYWORDS, OPENING, OTHER, TOKEN, WORD, Brackets, check_name
from adcli.language.operations import Operations
from adcli.language.reading import (
    BAR,
    BASE,
    BEFORE,
    BEHIND,
    BODY,
    CALL,
    CALLS,
    GROUP,
    INFIX,
    MINUS,
    OPEN,
    PAIR,
    PIECEWISE,
    TERMS,
    UNROLLED,
    USER,
    Budget,
    Frame,
    Function,
    Reading,
    Return,
    Terms,
)
from adcli.language.sums import bindings, ranges_of
from adcli.ops import ABS, BOOLEAN, CONSTANTS, LITERAL, MUL, NEG, NOT, POW, Op

MAX_EXPONENT = 18
"""Digits of a literal's exponent: a power of ten is computed bit by bit of it."""
MAX_DEPTH = 1_000
"""Functions may call functions that call functions … this deep."""

# Patterns of rarer things are compiled when they are first needed, and `re` remembers them: start-up counts.
_INDEX = r"\s*(\w+)\s*(?:([-+])\s*([0-9]{1,9})\s*)?([,\]])"  # 3, i, i + 1
_LEAVES = (WORD, FIGURE)
_FIGURES = frozenset("0123456789.") | MINUS


class Expressions:
    """Reads expressions of one text into one Builder."""

    infix: ClassVar[dict[str, Op]] = INFIX
    """The operators between two operands, as they are written."""

    def __init__(self, text: str, let: Mapping[str, int], sizes: Mapping[str, tuple[int, ...]]) -> None:
        self.text = text
        self.let = dict(let)
        self.sizes = sizes
        self.operations = Operations(text)
        self.builder = self.operations.builder
        self.brackets = Brackets(text)
        self.globals: dict[str, int] = {}  # names, elements "x[1]" and numbers as written, and their nodes
        self.elements: dict[str, int] = {}  # indexed names, and how many indices they have
        # The scope being read is Reading.known, its variables, and here:
        self.integers: dict[str, int] = self.let  # loop variables and sizes; they hide variables of the same name
        self.functions: dict[str, Function] = {}  # functions that may be called
        self.declared: set[str] = set()  # names that are variables, whatever they mean elsewhere
        self.budget = Budget()
        self.depth = 0

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

    # Leaves

    def _leaf(self, match: re.Match[str], known: dict[str, int]) -> int:
        """The node of a number or name that the innermost scope does not have yet."""
        word = match[0]
        node = self.globals.get(word)
        if match.lastindex == FIGURE:
            return self._number(word, match.span()) if node is None else node
        if word in self.integers:
            node = known[word] = self._number(str(self.integers[word]), match.span())
            return node
        if node is not None:
            return node
        if word in CONSTANTS and word not in self.declared:
            node = self.operations.constant(CONSTANTS[word], match.span())
        elif word in BOOLEAN:
            node = self.operations.constant(word, match.span())
        elif word in self.elements:
            hint = f"an element is {word}[1], a sum over them Sum({word}[i], (i, 1, n))"
            if self.elements[word] > 1:
                hint = f"an element is {word}[1,1]"
            raise NameFault(f"{word} is indexed here: say which element is meant", match.span(), hint=hint)
        elif self.sizes.get(word):
            shape = " by ".join(map(str, self.sizes[word]))
            raise NameFault(
                f"{word} is a list of {shape}: say which element is meant", match.span(), hint=f"such as {word}[1]"
            )
        else:
            check_name(word, match.start())
            node = self._variable(word, match.span())
        self.globals[word] = node
        return node

    def _figure_after(self, minus: re.Match[str], stop: int) -> re.Match[str] | None:
        """The number after a minus, where the minus is its sign: where it is not the base of a power."""
        number = TOKEN.search(self.text, minus.end(), stop)
        if number is None or number.lastindex != FIGURE:
            return None
        after = TOKEN.search(self.text, number.end(), stop)
        while after is not None and after.lastindex == OTHER and after[0][0] in "#\r\n":
            after = TOKEN.search(self.text, after.end(), stop)
        raised = after is not None and (INFIX.get(after[0]) is POW or after[0] in BEHIND)
        return None if raised else number

    def _number(self, text: str, span: Span) -> int:
        node = self.globals.get(text)
        if node is None:
            if len(text) > MAX_EXPONENT and len(text.lower().partition("e")[2].lstrip("+-0")) > MAX_EXPONENT:
                raise LimitError(f"the exponent of a number may have {MAX_EXPONENT} digits", span)
            node = self.globals[text] = self.builder.literal(text, span)
        return node

    def _variable(self, name: str, span: Span) -> int:
        """A name that means nothing yet is an input."""
        return self.builder.input(name, span)

    # Elements

    def _element(self, match: re.Match[str], reading: Reading) -> tuple[int, int]:
        """The node of x[i] or A[i, j], and where it ends."""
        name, start = match[2], match.start()
        label, end = self.element_label(name, match.end() - 1, reading.stop, reading.known)
        span = (start, end)
        if name in reading.known or name in self.globals or name in self.integers:
            raise NameFault(f"{name} is one number here and has no elements", match.span(2))
        node = self.globals.get(label)
        if node is None:
            shape = self.sizes.get(name)
            if shape is not None:
                indices = tuple(int(i) for i in label[len(name) + 1 : -1].split(","))
                if not shape:
                    raise NameFault(f"{name} is one number and has no elements", span)
                if len(indices) == len(shape) and any(i > n for i, n in zip(indices, shape, strict=True)):
                    size = "".join([f"{n} by " for n in shape[:-1]]) + counted(shape[-1], "element")
                    raise NameFault(f"there is no {label}: {name} has {size}", span)
            check_name(name, start)
            node = self.globals[label] = self._variable(label, span)
        return node, end

    def element_label(self, name: str, bracket: int, stop: int, known: dict[str, int]) -> tuple[str, int]:
        """The label of an element, "A[1,2]", whose bracket is at *bracket*, and where it ends."""
        part = re.compile(_INDEX).match
        indices: list[int] = []
        simple = part(self.text, bracket + 1, stop)
        while simple is not None:
            index = self._simple_index(simple[1], simple[2], simple[3], known)
            if index is None:
                break
            indices.append(index)
            end = simple.end()
            if simple[4] == "]":
                return self.label(name, indices, (bracket, end)), end
            simple = part(self.text, end, stop)
        close, _ = self.brackets.extent(bracket, stop)
        parts = self.brackets.split(bracket + 1, close, stop)
        found = [self.integer(begin, end, known, self.integers) for begin, end in parts]
        return self.label(name, found, (bracket, close + 1)), close + 1

    def _simple_index(self, word: str, sign: str | None, more: str | None, known: dict[str, int]) -> int | None:
        """The value of `3`, `i` or `i + 1`; None where it takes more to find it."""
        value = self.integers.get(word)
        if value is None:
            if word in known:  # a parameter, perhaps
                word = self.builder.labels.get(known[word], "")
            if not (word.isdecimal() and word.isascii() and len(word) < 10):
                return None
            value = int(word)
        if more is not None:
            value += int(more) if sign == "+" else -int(more)
        return value

    def label(self, name: str, indices: list[int], span: Span) -> str:
        """The name of an element as results have it; refuses what cannot be an index of *name*."""
        dimensions = self.elements.setdefault(name, len(indices))
        shape = self.sizes.get(name)
        if shape:
            dimensions = len(shape)
        if dimensions != len(indices):
            raise NameFault(
                f"{name} has {dimensions} {'index' if dimensions == 1 else 'indices'}, got {len(indices)}", span
            )
        if min(indices) < 1:
            raise NameFault("indices are counted from 1", span)
        return f"{name}[{','.join(map(str, indices))}]"

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

    # Brackets

    def _literal(self, reading: Reading, match: re.Match[str]) -> Frame:
        """The frame of a list that is written out: there are none here."""
        raise self._no_operand(reading, match)

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
        return faults.unknown_function(self.text, match, {*self.globals, *CONSTANTS}, self.functions)

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
            if text[start] in _FIGURES and not (match[0][0] == "_" and end == match.start()):
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

    # Names

    def check_local(self, name: str, span: Span, role: str) -> None:
        """Refuse a parameter or loop variable whose name means something already."""
        if name in CONSTANTS or name in BOOLEAN or name in KEYWORDS:
            raise NameFault(f"{name} cannot be {role}: it has a meaning of its own", span, hint="choose another name")
        check_name(name, span[0])


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
