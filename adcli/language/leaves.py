"""What an expression is made of, to nodes: numbers, names, elements."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adcli.errors import LimitError, NameFault, Span, counted
from adcli.language.lexer import FIGURE, KEYWORDS, OTHER, TOKEN, Brackets, check_name
from adcli.language.operations import Operations
from adcli.language.reading import BEHIND, INFIX, Budget, Function, Reading
from adcli.ops import BOOLEAN, CONSTANTS, POW

MAX_EXPONENT = 18
"""Digits of a literal's exponent: a power of ten is computed bit by bit of it."""

# Patterns of rarer things are compiled when they are first needed, and `re` remembers them: start-up counts.
_INDEX = r"\s*(\w+)\s*(?:([-+])\s*([0-9]{1,9})\s*)?([,\]])"  # 3, i, i + 1


class Leaves:
    """Gives leaves of one text their nodes in one Builder."""

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
        self.varying: set[Span] = set()  # bodies that repeat and of which there can be no template
        self.depth = 0

    # Numbers and names

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
        if name in reading.known or name in self.globals or name in self.integers:
            raise NameFault(f"{name} is one number here and has no elements", match.span(2))
        node = self.globals.get(label)
        if node is None:
            shape, span = self.sizes.get(name), (start, end)
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
        raise NotImplementedError

    def check_local(self, name: str, span: Span, role: str) -> None:
        """Refuse a parameter or loop variable whose name means something already."""
        if name in CONSTANTS or name in BOOLEAN or name in KEYWORDS:
            raise NameFault(f"{name} cannot be {role}: it has a meaning of its own", span, hint="choose another name")
        check_name(name, span[0])
