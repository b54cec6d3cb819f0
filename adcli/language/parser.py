"""Programs to graphs: statements, functions, families, and which nodes are the outputs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from adcli.errors import NameFault, Span, SyntaxFault, listed
from adcli.graphs import Graph
from adcli.language import faults
from adcli.language.expressions import Expressions
from adcli.language.lexer import KEYWORDS, NAME, OPENING, OTHER, TOKEN, WORD, check_name, is_number
from adcli.language.reading import GRAMMAR, OPEN, Function, Reading, Repeats
from adcli.ops import BOOLEAN, CONSTANTS, FUNCTIONS, SUB

if TYPE_CHECKING:
    from adcli.language.templates import Template

_HEAD = re.compile(rf"({NAME})[^\S\r\n]*(?:(=)(?!=)|([(\[]))")
# What is rarer is compiled when it is first needed, and `re` remembers it: start-up counts.
_PARAMETERS = rf"\s*{NAME}\s*(?:,\s*{NAME}\s*)*\)[^\S\r\n]*=(?!=)"
_INDICES = r"[^\]]*\][^\S\r\n]*=(?!=)"
_MEMBERS = rf"\s*({NAME})\s*=(?!=)"
MAX_SHOWN = 100_000
"""Of a longer program no formula is kept for people: it would not fit into a line anyway."""

_ELEMENT = rf"({NAME})\s*\[[^\]]*\]"


class Program(Expressions):
    """Reads a program's statements."""

    declaration = rf"{NAME}(?:[^\S\r\n]*,[^\S\r\n]*{NAME})*[^\S\r\n]*(:)[^\S\r\n]*input\b"

    def __init__(self, text: str, let: Mapping[str, int], sizes: Mapping[str, tuple[int, ...]]) -> None:
        super().__init__(text, let, sizes)
        self.assignments: list[tuple[str, int]] = []
        self.right: dict[str, Span] = {}  # where the formula of an assigned name stands
        self.last = 1  # how many names the last assignment gave: those of a family's members, or one
        self.bare: list[tuple[int, Span]] = []  # the bare expressions and their places
        self.unknowns: Collection[str] | None = (
            None  # names that no equation assigns; None where there are no equations
        )

    def read_all(self) -> None:
        """Read the whole text."""
        text = self.text
        assigns = "=" in text
        position = self._skip(0)
        while position < len(text):
            head = _HEAD.match(text, position)
            if self.unknowns is not None and (sign := self._equation(position, head)):
                position = self._equate(position, sign)
            elif head is not None and head[2]:
                position = self._assignment(head)
            elif (
                assigns
                and head is not None
                and head[3] == "("
                and (rest := re.compile(_PARAMETERS).match(text, head.end()))
            ):
                position = self._definition(head, rest.end())
            elif ":" in text and (declared := re.compile(self.declaration).match(text, position)):
                position = self._declaration(declared)
            elif head is not None and head[3] == "[" and (rest := re.compile(_INDICES).match(text, head.end())):
                position = self._family(head, rest.end())
            else:
                values, places, position = self.read(position, len(text), self.globals, listing=True)
                self.bare += zip(values, places, strict=True)
            position = self._skip(position)

    def _skip(self, position: int) -> int:
        """The start of the next statement."""
        word = TOKEN.search(self.text, position)
        while word is not None and word.lastindex == OTHER and word[0][0] in "#;\r\n":
            word = TOKEN.search(self.text, word.end())
        return len(self.text) if word is None else word.start()

    def repeats(self, body: Span, names: Iterable[str], known: Mapping[str, int]) -> Repeats:
        from adcli.language.templates import Templates

        def make() -> Template | None:
            from adcli.language.sketch import template

            return template(self, body, names, known)

        return Templates(body, self.varying, make)

    # Statements

    def _assignment(self, head: re.Match[str]) -> int:
        name, span = head[1], head.span(1)
        self._check_assigned(name, span)
        if name in self.elements:
            raise NameFault(f"{name} is indexed and cannot be assigned as a whole", span, hint=f"{name}[1] = … can be")
        values, places, end = self.read(head.end(), len(self.text), self.globals)
        self.last = 1
        self._assign(name, values[0])
        if len(self.text) <= MAX_SHOWN:
            self.right[name] = places[0]
        return end

    def _equation(self, start: int, head: re.Match[str] | None) -> re.Match[str] | None:
        """The sign between the sides of an equation, None where the statement is none."""
        assert self.unknowns is not None
        brackets = 0
        for match in TOKEN.finditer(self.text, start, self._statement_end(start)):
            word = match[0]
            if match.lastindex == OPENING or word in ("(", "["):
                brackets += 1
            elif word in (")", "]"):
                brackets -= 1
            elif not brackets and word in ("=", "=="):
                break
        else:
            return None
        if word == "==" or head is None or head[1] in self.unknowns:
            return match
        if head[2]:
            return None
        rest = re.compile(_PARAMETERS if head[3] == "(" else _INDICES).match(self.text, head.end())
        known = head[1] in FUNCTIONS or head[1] in self.functions
        assigns = rest is not None and rest.end() == match.end() and not known
        return None if assigns else match

    def _equate(self, start: int, sign: re.Match[str]) -> int:
        """An equation: the difference of its sides is an output."""
        stop = self._statement_end(start)
        values = [self.expression(start, sign.start()), self.expression(sign.end(), stop)]
        places = [self._trimmed(start, sign.start()), self._trimmed(sign.end(), stop)]
        for node, place in zip(values, places, strict=True):
            if node in self.operations.conditions:
                raise faults.mixed(place, False)
        span = (start, places[-1][1])
        self.operations.fold([OPEN, SUB], values, places)
        self.bare.append((values[0], span))
        return stop

    def _trimmed(self, start: int, stop: int) -> Span:
        """A place without the space around it."""
        part = self.text[start:stop]
        return start + len(part) - len(part.lstrip()), stop - len(part) + len(part.rstrip())

    def _declaration(self, declared: re.Match[str]) -> int:
        """E : input, after which the name is a variable, whatever it means elsewhere."""
        for match in re.compile(NAME).finditer(self.text, declared.start(), declared.start(1)):
            self._declare(match[0], match.span())
        return declared.end()

    def _declare(self, name: str, span: Span) -> None:
        if name in self.globals or name in self.let:
            raise NameFault(f"{name} is declared after it was used", span, hint="declare it at the start")
        self.declared.add(name)
        self._check_assigned(name, span)

    def _assign(self, name: str, node: int) -> None:
        named = self.builder.named(node)
        if named != node and node in self.operations.conditions:
            self.operations.conditions.add(named)
        node = named
        self.globals[name] = node
        self.assignments.append((name, node))

    def _definition(self, head: re.Match[str], body: int) -> int:
        """A function: its body's place is kept, to be read at each call; a first reading finds its mistakes."""
        name, span = head[1], head.span(1)
        if name in CONSTANTS or name in BOOLEAN or name in KEYWORDS or name in GRAMMAR:
            raise NameFault(f"{name} has a meaning of its own and cannot be defined", span, hint="choose another name")
        check_name(name, span[0])
        parameters: list[str] = []
        for match in re.compile(NAME).finditer(self.text, head.end(), body):
            self.check_local(match[0], match.span(), "a parameter")
            if match[0] in parameters:
                raise NameFault(f"{name} has two parameters {match[0]}", match.span())
            parameters.append(match[0])
        stop = self._statement_end(body)
        # What it calls is settled here, so that it stays the same should one of them be defined anew.
        self.functions[name] = Function(
            name, tuple(parameters), body, stop, self._called_in(name, parameters, body, stop)
        )
        return stop

    def _called_in(self, name: str, parameters: Sequence[str], body: int, stop: int) -> dict[str, Function]:
        """The functions that the body of the function *name* calls."""
        draft = Draft(self, name, parameters)
        draft.expression(body, stop)
        return draft.used

    def _family(self, head: re.Match[str], body: int) -> int:
        """name[i=1..6] = …, one member after the other, so that each may use those before it; or name[2] = …"""
        text = self.text
        name, start, bracket = head[1], head.start(), head.end()
        self._check_assigned(name, head.span(1))
        close, _ = self.brackets.extent(bracket - 1, len(text))
        span = (start, close + 1)
        if self.globals.get(name, -1) >= 0:
            raise NameFault(f"{name} is one number here and has no elements", head.span(1))
        loops: list[str] = []
        ranges: list[range] = []
        size = 1
        for begin, end in self.brackets.split(bracket, close, len(text)):
            loop = re.compile(_MEMBERS).match(text, begin, end)
            if loop is None:
                value = self.integer(begin, end, {}, self.integers)
                loops.append("")
                ranges.append(range(value, value + 1))
                continue
            self.check_local(loop[1], loop.span(1), "a loop variable")
            dots = text.find("..", loop.end(), end)
            if dots < 0:
                raise SyntaxFault("the index of a family runs over a range", (begin, end), hint=f"as in {loop[1]}=1..6")
            first = self.integer(loop.end(), dots, {}, self.integers)
            last = self.integer(dots + 2, end, {}, self.integers)
            loops.append(loop[1])
            ranges.append(range(first, last + 1))
            size *= max(0, last - first + 1)
        if not size:
            raise SyntaxFault("this family has no members", span)
        stop = self._statement_end(body) if any(loops) else len(text)
        outer = self.integers
        if any(loops):
            self.budget.count(size, size * (stop - body), span)
        repeats = self.repeats((body, stop), [loop for loop in loops if loop], {})
        for indices in product(*ranges):
            label = self.label(name, list(indices), span)
            if any(loops):
                bound = {loop: i for loop, i in zip(loops, indices, strict=True) if loop}
                node = repeats.term(bound)
                if node is None:
                    self.integers = {**outer, **bound}
                    values, _, end = self.read(body, stop, {})
                    node = values[0]
            else:
                values, _, end = self.read(body, stop, self.globals)
                node = values[0]
            self._assign(label, node)
        self.integers = outer
        self.last = size
        return end

    def _statement_end(self, start: int) -> int:
        """Where the statement ends whose rest starts at *start*."""
        brackets = 0
        for match in TOKEN.finditer(self.text, start):
            word = match[0]
            if match.lastindex == OPENING:
                brackets += 1
            elif match.lastindex != OTHER:
                continue
            elif word in "([":
                brackets += 1
            elif word in ")]":
                brackets -= 1
            elif word == ";" or (word[0] in "\r\n" and brackets <= 0):
                return match.start()
        return len(self.text)

    def _check_assigned(self, name: str, span: Span) -> None:
        if (name in CONSTANTS and name not in self.declared) or name in BOOLEAN:
            hint = f"choose another name, or declare it: {name} : input" if name in CONSTANTS else "choose another name"
            raise NameFault(f"{name} is a constant and cannot be assigned", span, hint=hint)
        if name in KEYWORDS:
            raise SyntaxFault(f"{name} is a word of the language and cannot be assigned", span)
        if name in self.let:
            raise NameFault(f"{name} is given as a size and cannot be assigned", span)
        check_name(name, span[0])

    # Outputs

    def finish(self, outputs: Sequence[str] = (), conditions: bool = False) -> Graph:
        """The graph of what was read, with its outputs chosen and named."""
        self._check_let()
        if outputs:
            chosen = self._picked(outputs)
        elif self.bare:
            chosen = self._shown()
        elif self.assignments:
            chosen = self.assignments[-self.last :]
        else:
            message, hint = "the program is empty", None
            if self.functions:
                message, hint = "the program has functions but no output", "add an expression that calls them"
            raise SyntaxFault(message, (0, len(self.text)), hint=hint)
        if not conditions:
            places = dict(self.bare)
            for name, node in chosen:
                if node in self.operations.conditions:
                    raise SyntaxFault(
                        f"the output {name} is a condition, not a number",
                        places.get(node, self.builder.spans[node]),
                        hint="where(condition, 1, 0) makes a number of it",
                    )
        names = [name for name, _ in chosen]
        formulas, unnamed = self._formulas(names, picked=bool(outputs))
        return self.builder.finish(
            [node for _, node in chosen], names, self.assignments, formulas, unnamed=unnamed, arrays=self.whole()
        )

    def whole(self) -> dict[str, tuple[int, ...]]:
        """The inputs that are arrays, and their shapes."""
        return {}

    def _formulas(self, names: Sequence[str], *, picked: bool) -> tuple[list[str | None], bool]:
        """The text of each output's formula, and whether the only output has no name of its own."""
        if len(self.text) > MAX_SHOWN:
            return [None] * len(names), False
        bare = {name: span for (name, _), (_, span) in zip(self._named(), self.bare, strict=True)}
        found: list[str | None] = []
        for name in names:
            place = self.right.get(name)
            if name in bare and (place is None or not (picked or self.text[slice(*bare[name])] == name)):
                place = bare[name]
            found.append(None if place is None else written(self.text[slice(*place)]))
        if len(names) != 1 or list(bare) != names:
            return found, False
        own = self.text[slice(*bare[names[0]])] == names[0]
        return found, not own and not (picked and names[0] in self.right)

    def _check_let(self) -> None:
        if not self.let:
            return
        found = {match[2] for match in TOKEN.finditer(self.text)}
        for name in self.let:
            if name not in found:
                raise NameFault(f"{name} is given as a size, but does not occur in the program")

    def _picked(self, outputs: Sequence[str]) -> list[tuple[str, int]]:
        """The names asked for: assigned ones, else those of bare expressions; a family's name means all its members."""
        assigned = dict(self.assignments)
        bare = dict(self._shown())
        chosen: list[tuple[str, int]] = []
        for name in outputs:
            wanted = "".join(name.split())
            if wanted in assigned:
                chosen.append((wanted, assigned[wanted]))
                continue
            family = [(member, node) for member, node in assigned.items() if member.partition("[")[0] == wanted]
            if not family:
                family = [
                    (member, node) for member, node in bare.items() if wanted in (member, member.partition("[")[0])
                ]
            if not family:
                near = faults.suggestion(wanted, {**bare, **assigned})
                what = f"it assigns {listed(list(assigned))}" if assigned else "the program assigns no names"
                if bare:
                    what += f", and its {'output is' if len(bare) == 1 else 'outputs are'} {listed(list(bare))}"
                raise NameFault(f"no {name} is assigned in the program: {what}", hint=near)
            chosen += family
        return chosen

    def _shown(self) -> list[tuple[str, int]]:
        """The outputs that the bare expressions are."""
        return self._named()

    def _named(self) -> list[tuple[str, int]]:
        """The bare expressions with their names: a bare name keeps it, others are y, or y1, y2, … by position."""
        names: list[str] = []
        before = ""
        for value, (start, end) in self.bare:
            written = self.text[start:end]
            if start and self.text[start - 1] == "," and _goes_on(before, written):
                raise faults.two_numbers(before, written, start)
            before = written
            names.append(self._kept(value, (start, end)))
        return [(name, node) for name, (node, _) in zip(distinct(names), self.bare, strict=True)]

    def _kept(self, value: int, place: Span) -> str:
        """The name that a bare expression has by itself: that of a variable or element; "" for any other."""
        start, end = place
        written = self.text[start:end]
        word = TOKEN.fullmatch(written)
        if word is not None and word.lastindex == WORD:
            constant = (written in CONSTANTS and written not in self.declared) or written in BOOLEAN
            return "" if constant else written
        if written.endswith("]") and (element := re.compile(_ELEMENT).fullmatch(written)):
            return self.element_label(element[1], self.text.index("[", start), end, self.globals)[0]
        return ""


def _goes_on(before: str, written: str) -> bool:
    """Whether a comma between two outputs looks like that of one number: 2,5*x, and x+1,000."""
    if not written[0].isdigit():
        return False
    return is_number(before) or (before[-1:].isdigit() and written[0] == "0" and written[1:2].isdigit())


def written(formula: str) -> str:
    """A formula in one line, without comments."""
    return " ".join(re.sub(r"#[^\n]*", "", formula).split())


def distinct(kept: Sequence[str]) -> list[str]:
    """The names of outputs: each keeps its own, if it is the first with it; others are y, or y1, y2, … by position."""
    taken = set(kept)
    names: dict[str, None] = {}
    for i, name in enumerate(kept):
        if not name or name in names:
            name = "y" if len(kept) == 1 else f"y{i + 1}"
            while name in taken:
                name += "_"
        names[name] = None
    return list(names)


class Constant(Expressions):
    """Reads an expression that has no variables."""

    def _variable(self, name: str, span: Span) -> int:
        hint = "did you mean E?" if name == "e" else "only numbers, pi, E and functions of them have one"
        raise NameFault(f"{name} has no value here", span, hint=hint)


class Draft(Expressions):
    """Reads a function's body where it is defined, to find its mistakes and the functions it calls.

    What its names mean is only known at a call, so nothing is unrolled, and conditions are not told from
    numbers.
    """

    def __init__(self, program: Expressions, name: str, parameters: Sequence[str]) -> None:
        super().__init__(program.text, program.let, {})
        self.operations.typed = False
        self.name = name
        self.functions = program.functions
        self.globals = {parameter: self.builder.input(parameter) for parameter in parameters}
        self.used: dict[str, Function] = {}
        self.brackets = program.brackets

    def _element(self, match: re.Match[str], reading: Reading) -> tuple[int, int]:
        close, _ = self.brackets.extent(match.end() - 1, reading.stop)
        return self.builder.input(match[2]), close + 1

    def integer(self, start: int, stop: int, known: dict[str, int], integers: dict[str, int]) -> int:
        """A bound: any number will do."""
        return 1

    def _enter(self, reading: Reading, function: Function, base: int, place: Span) -> bool:
        del reading.values[base + 1 :], reading.places[base + 1 :]
        reading.places[base] = place
        self.used[function.name] = function
        return False

    def _unknown_function(self, match: re.Match[str]) -> NameFault:
        if match[2] == self.name:
            return NameFault(f"{self.name} cannot call itself: a function may use those before it", match.span(2))
        return super()._unknown_function(match)
