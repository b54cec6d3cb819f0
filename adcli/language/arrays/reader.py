"""Programs with arrays: what the reader of scalar programs lacks, around the same loop.

A program is read here only where the other reader cannot: so what is valid without arrays means what it always did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import ClassVar

from adcli.errors import NameFault, Span, SyntaxFault
from adcli.graphs import Graph
from adcli.language import faults
from adcli.language.arrays.declarations import DECLARATION, Sizes
from adcli.language.arrays.functions import EMPTY, FUNCTIONS, unsized
from adcli.language.arrays.names import Shape, labels
from adcli.language.arrays.operations import FIRST, MATMUL, ArrayOperations
from adcli.language.arrays.shapes import Array, described
from adcli.language.lexer import NAME, OPENING, TOKEN, WORD
from adcli.language.parser import Program
from adcli.language.reading import CALLS, GRAMMAR, INFIX, LIST, TABLE, Frame, Function, Reading
from adcli.ops import Op

_TRANSPOSED = r"\.\s*T\b"
_POSTFIX = re.compile(_TRANSPOSED)
_NOTHING = re.compile(r"\[\s*\]")
_SIGNS = re.compile(rf"@|{_TRANSPOSED}|(?:^|[-+*/^=(,\[;\r\n])[^\S\r\n]*\[|(?:^|[;\r\n])[^\S\r\n]*{DECLARATION}")


def has_arrays(text: str, sizes: Mapping[str, Shape]) -> bool:
    """Whether a text that is no scalar program has anything of arrays in it."""
    if _SIGNS.search(text) is not None:
        return True
    listed = {name for name, shape in sizes.items() if shape}
    listed.update(re.findall(rf"\b({NAME})[^\S\r\n]*\[[^\[\]]*\][^\S\r\n]*=(?!=)", text))
    for match in TOKEN.finditer(text):
        if match.lastindex == WORD and match[2] in listed:
            return True
        if match.lastindex == OPENING and (match[2] in FUNCTIONS if match[3] == "(" else _sliced(text, match)):
            return True
    return False


def _sliced(text: str, match: re.Match[str]) -> bool:
    return re.compile(r"[^\[\]:]*:").match(text, match.end()) is not None


class ArrayProgram(Program):
    """Reads a program's statements; the operands may be arrays, by their handles."""

    infix: ClassVar[dict[str, Op]] = {**INFIX, "@": MATMUL}
    declaration = DECLARATION

    def __init__(self, text: str, let: Mapping[str, int], sizes: Mapping[str, Shape]) -> None:
        super().__init__(text, let, sizes)
        known = Sizes(text, let, sizes, lambda start, stop, integers: self.integer(start, stop, {}, integers))
        self.given = dict(let)
        self.let.update(known.integers)
        self.shapes = known.shapes
        self.sizes = {**sizes, **known.shapes}
        self.arrays = self.operations = ArrayOperations(text, known.origins)
        self.builder = self.operations.builder
        self._members: dict[str, dict[tuple[int, ...], int]] = {}  # assigned elements of families, by their index
        self._wholes: dict[str, int] = {}  # inputs that are arrays
        self._used = {one.name for one in known.declared}  # names of arrays that are declared, or stand for all of it

    # Statements

    def _skip(self, position: int) -> int:
        self._start = super()._skip(position)
        return self._start

    @property
    def statement(self) -> Span:
        """The place of the statement that is being read."""
        return self._start, self._statement_end(self._start)

    def _declaration(self, declared: re.Match[str]) -> int:
        if declared[2]:
            for name in re.findall(NAME, declared[1]):
                self._declare(name, declared.span(1))
        else:
            for name in re.findall(NAME, declared[1]):
                if name in self.globals:
                    raise NameFault(
                        f"{name} is declared after it was assigned", declared.span(1), hint="declare it at the start"
                    )
                self.declared.add(name)
                self._check_assigned(name, declared.span(1))
        return declared.end()

    def _assign(self, name: str, node: int) -> None:
        family, bracket, index = name.rstrip("]").partition("[")
        if bracket:
            if node < 0:
                raise SyntaxFault(
                    f"{name} is one number, and this is {described(self.arrays.array(node).shape)}", self.statement
                )
            super()._assign(name, node)
            place = tuple(map(int, index.split(",")))
            self._members.setdefault(family, {})[place] = self.globals[name]
            if self.globals.get(family, 0) < FIRST:
                self._replace(family, place)
            return
        if name in self._members or self.globals.get(name, 0) < FIRST:
            self._forget(name)
        if node >= 0:
            super()._assign(name, node)
            return
        array = self.arrays.array(node)
        nodes = list(array.nodes)
        self._wholes.pop(name, None)
        for i, label in enumerate(labels(name, array.shape)):
            super()._assign(label, nodes[i])
            nodes[i] = self.globals[label]
        self.globals[name] = self.arrays.handle(Array(array.shape, nodes), node in self.operations.conditions)
        self.last = len(nodes)

    def _replace(self, name: str, place: tuple[int, ...]) -> None:
        """Put an element that is assigned anew into the array."""
        array = self.arrays.array(self.globals[name])
        label = f"{name}[{','.join(map(str, place))}]"
        every = labels(name, array.shape)
        if label not in every:
            raise NameFault(f"there is no {label}: {name} is {described(array.shape)}", self.statement)
        nodes = list(array.nodes)
        nodes[every.index(label)] = self.globals[label]
        self.globals[name] = self.arrays.handle(Array(array.shape, nodes))

    def _forget(self, name: str) -> None:
        """The elements that the name had before it is assigned anew."""
        start = name + "["
        for label in [label for label in self.globals if label.startswith(start)]:
            del self.globals[label]
        self.assignments = [(label, node) for label, node in self.assignments if not label.startswith(start)]
        self._members.pop(name, None)
        self.elements.pop(name, None)

    def _called_in(self, name: str, parameters: Sequence[str], body: int, stop: int) -> dict[str, Function]:
        used = {}
        for match in TOKEN.finditer(self.text, body, stop):
            if match.lastindex != OPENING or match[3] != "(":
                continue
            if match[2] in self.functions:
                used[match[2]] = self.functions[match[2]]
            elif match[2] == name:
                raise NameFault(f"{name} cannot call itself: a function may use those before it", match.span(2))
            elif not (
                match[2] in CALLS or match[2] in FUNCTIONS or match[2] in GRAMMAR or match[2] in ("Sum", "Product")
            ):
                raise self._unknown_function(match)
        return used

    # Outputs

    def finish(self, outputs: Sequence[str] = (), conditions: bool = False) -> Graph:
        graph = super().finish(outputs, conditions)
        doubts = self.arrays.doubts
        return graph.changed(doubts=[(said, place) for place, said in doubts.items()]) if doubts else graph

    def _shown(self) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        for name, value in self._named():
            if value >= 0:
                found.append((name, value))
            else:
                array = self.arrays.array(value)
                found += zip(labels(name, array.shape), array.nodes, strict=True)
        return found

    def whole(self) -> dict[str, Shape]:
        return {name: shape for name, shape in self.shapes.items() if name in self._used}

    def _kept(self, value: int, place: Span) -> str:
        name = self.text[slice(*place)]
        if value < 0:
            return name if re.fullmatch(NAME, name) else ""
        return super()._kept(value, place) if "@" not in name and ":" not in name else ""

    def _formulas(self, names: Sequence[str], *, picked: bool) -> tuple[list[str | None], bool]:
        if any(value < 0 for _, value in self._named()):
            return [None] * len(names), False
        return super()._formulas(names, picked=picked)

    # Leaves and elements

    def _leaf(self, match: re.Match[str], known: dict[str, int]) -> int:
        word = match[0]
        if match.lastindex == WORD and word not in self.integers and word not in self.globals:
            whole = self._whole(word, match.span())
            if whole is not None:
                return whole
            if word in ("inf", "oo") and word not in self.declared:
                return FIRST
        return super()._leaf(match, known)

    def _whole(self, name: str, span: Span) -> int | None:
        """All elements of an input or a family; None where the name is neither's."""
        found = self._wholes.get(name)
        if found is not None:
            return found
        shape = self.shapes.get(name)
        members = self._members.get(name, {})
        if shape is None and members:
            shape = tuple(map(max, zip(*members, strict=True)))
            missing = next((place for place in _places(shape) if place not in members), None)
            if missing is not None:
                raise NameFault(f"{name} has no element {name}[{','.join(map(str, missing))}]", span)
        if shape is None:
            if name in self.elements:
                raise NameFault(f"the size of {name} is not known", span, hint=unsized(name))
            return None
        if name in self.shapes:
            self._used.add(name)
        names = labels(name, shape)
        nodes: Sequence[int]
        if self.globals.keys().isdisjoint(names):
            nodes = self.builder.inputs(names, span)
            self.globals.update(zip(names, nodes, strict=True))
        else:
            nodes = [self.globals[label] if label in self.globals else self._variable(label, span) for label in names]
            self.globals.update(zip(names, nodes, strict=True))
        whole = self.arrays.handle(Array(shape, nodes))
        if not members:
            self._wholes[name] = whole
        return whole

    def _element(self, match: re.Match[str], reading: Reading) -> tuple[int, int]:
        name, bracket = match[2], match.end() - 1
        value = reading.known.get(name, self.globals.get(name))
        close, _ = self.brackets.extent(bracket, reading.stop)
        if value is None and ":" in self.text[bracket:close]:
            value = self._whole(name, match.span(2))
            if value is None:
                raise NameFault(f"the size of {name} is not known", match.span(2), hint=unsized(name))
        if value is None or value >= 0:
            return super()._element(match, reading)
        return self._part(value, (match.start(2), bracket), close, reading), close + 1

    def _part(self, value: int, span: Span, close: int, reading: Reading) -> int:
        """The element or slice of an array by the bracket that starts where *span* ends."""
        array = self.arrays.array(value)
        name = self.text[slice(*span)]
        place = (span[0], close + 1)
        parts = self.brackets.split(span[1] + 1, close, reading.stop)
        if len(parts) != len(array.shape):
            count = len(array.shape)
            hint = f"a row is {name}[1,:]" if count == 2 and len(parts) == 1 else None
            raise SyntaxFault(
                f"{name} has {count} {'index' if count == 1 else 'indices'}, got {len(parts)}", place, hint=hint
            )
        picked = [
            self._picked_places(name, array.shape, size, begin, end, reading)
            for (begin, end), size in zip(parts, array.shape, strict=True)
        ]
        return self.arrays.handle(array.taken(picked), value in self.operations.conditions)

    def _picked_places(self, name: str, shape: Shape, size: int, begin: int, end: int, reading: Reading) -> int | range:
        """What one index picks, counted from 0."""
        colon = self.text.find(":", begin, end)
        bounds = []
        for start, stop, missing in [(begin, end, 0)] if colon < 0 else [(begin, colon, 1), (colon + 1, end, size)]:
            if self.text[start:stop].strip():
                bounds.append(self.integer(start, stop, reading.known, self.integers))
            elif missing:
                bounds.append(missing)
            else:
                raise SyntaxFault("an index is missing here", (begin - 1, end + 1))
        if bounds[0] < 1:
            raise NameFault("indices are counted from 1", (begin, end))
        if bounds[-1] > size:
            raise NameFault(f"there is no place {bounds[-1]}: {name} is {described(shape)}", (begin, end))
        if len(bounds) == 1:
            return bounds[0] - 1
        if bounds[0] > bounds[1]:
            raise SyntaxFault("this slice is empty", (begin, end))
        return range(bounds[0] - 1, bounds[1])

    def _postfix(self, match: re.Match[str], reading: Reading) -> None:
        value, place = reading.values[-1], reading.places[-1]
        if match[0] == "[":
            close, _ = self.brackets.extent(match.start(), reading.stop)
            if value >= 0:
                raise SyntaxFault(
                    f"{self.text[slice(*place)]} is one number and has no elements", (place[0], close + 1)
                )
            reading.values[-1] = self._part(value, (place[0], match.start()), close, reading)
            end = close + 1
        elif turned := _POSTFIX.match(self.text, match.start(), reading.stop):
            array = self.arrays.array(value)
            if len(array.shape) > 2 or not array.shape:
                raise SyntaxFault(f"only a matrix is transposed, and this is {described(array.shape)}", place)
            reading.values[-1] = self.arrays.handle(array.transposed(), value in self.operations.conditions)
            end = turned.end()
        else:
            raise faults.misplaced(self.text, match, reading)
        reading.places[-1] = (place[0], end)
        reading.source = TOKEN.finditer(self.text, end, reading.stop)

    # Brackets

    def _literal(self, reading: Reading, match: re.Match[str]) -> Frame:
        return (LIST, match.start(), len(reading.values), None)

    def _empty(self, reading: Reading, match: re.Match[str]) -> int:
        kind, _, _, called = reading.frames[-1]
        found = _NOTHING.match(self.text, match.start(), reading.stop)
        if found is None or kind != TABLE or not FUNCTIONS[called].empty:
            return 0
        reading.values.append(self.arrays.handle(EMPTY))
        reading.places.append(found.span())
        return found.end()

    def _called(self, match: re.Match[str], base: int) -> Frame:
        name = match[2]
        if name not in self.functions and name not in CALLS and name in FUNCTIONS:
            return (TABLE, match.start(), base, name)
        return super()._called(match, base)

    def _comma(self, reading: Reading, match: re.Match[str]) -> None:
        if reading.frames[-1][0] not in (LIST, TABLE):
            super()._comma(reading, match)

    def _close(self, reading: Reading, match: re.Match[str]) -> bool:
        kind, start, base, what = reading.frames[-1]
        if kind not in (LIST, TABLE) or match[0] != ("]" if kind == LIST else ")"):
            return super()._close(reading, match)
        reading.frames.pop()
        reading.brackets -= 1
        values, places = reading.values, reading.places
        place = (start, match.end())
        if kind == LIST:
            value = self.arrays.listed(values[base:], places[base:], place)
        else:
            value = self.arrays.function(what, values[base:], places[base:], place)
        del values[base + 1 :], places[base + 1 :]
        values[base] = value
        places[base] = place
        return False


def _places(shape: Shape) -> Iterator[tuple[int, ...]]:
    return product(*[range(1, size + 1) for size in shape])
