"""A program as SymPy reads it: from adcli's tokens to SymPy's expressions, without adcli's parser or graph.

This is the first half of the cross-check's independent route from text to number. What an assignment, a
function, a family, a sum means is written here a second time, on SymPy's objects: a name's value is an
expression, a call reads the function's body with its parameters standing for expressions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import product
from operator import add, mul
from typing import Any, NamedTuple

from adcli.language.arrays.names import indexed, labels
from adcli.language.arrays.names import shapes as shapes_of
from adcli.language.sympy.arrays import Array, Slice, lifted, listed
from adcli.language.sympy.definitions import Expr, Unreadable, Words, call_of, constants, meaning_of, number, target_of
from adcli.language.sympy.respell import Speller, read
from adcli.language.words import Token, closing, depths, split, tokens

MAX_WORDS = 60_000
"""How many words SymPy's parser is asked to read for one program, those of bodies again for each call and term."""

MAX_NESTING = 80
"""Brackets inside brackets that SymPy's parser is trusted with; Python's own, which it calls, ends at 200."""


class Function(NamedTuple):
    """A function of the program, and the functions that were known where it was defined."""

    parameters: tuple[str, ...]
    body: Words
    functions: Mapping[str, Function]


class Program:
    """A program's meaning in SymPy.

    `inputs` are its variables' symbols, `assigned` what each assigned name means at the end, `bare` its bare
    expressions with the name each keeps ("" for none). *replaced* is an assigned name whose last assignment is
    a variable of its own, `fresh`, instead of what the program assigns to it, which is `original`.

    Raises Unreadable.
    """

    def __init__(
        self,
        text: str,
        let: Mapping[str, int],
        replaced: str | None = None,
        shapes: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        import sympy

        self.inputs: dict[str, Expr] = {}
        self.assigned: dict[str, Expr] = {}
        self.bare: list[tuple[str, Expr]] = []
        self.fresh: Expr = sympy.Symbol("assigned", real=True)
        self.original: Expr = None
        self._replaced = replaced
        self._constants = {**{name: sympy.Integer(value) for name, value in let.items()}, **constants()}
        self._functions: dict[str, Function] = {}
        self._words = 0
        try:
            statements = split(tokens(text, declarations=True), "end")
            self._shapes = dict(shapes or {})
            if ":" in text:
                self._declare(text, let)
            self._last = self._last_assignment(statements)
            for position, words in enumerate(statements):
                if words:
                    self._statement(words, position == self._last)
        except Unreadable:
            raise
        except (RecursionError, MemoryError):
            raise Unreadable("the program is nested too deeply for SymPy") from None
        except Exception as error:  # whatever SymPy's parser and constructors raise: a witness that fails is none
            raise Unreadable(f"SymPy cannot read the program ({type(error).__name__})") from error

    def _declare(self, text: str, let: Mapping[str, int]) -> None:
        """The sizes that are declared, and the names that get their value by it."""
        from adcli.language.arrays.declarations import Sizes

        def integer(start: int, stop: int, known: dict[str, int]) -> int:
            return self._integer(tokens(text[start:stop]), {name: _integer(i) for name, i in known.items()})

        sizes = Sizes(text, let, self._shapes, integer)
        self._shapes.update(sizes.shapes)
        self._constants.update({name: _integer(i) for name, i in sizes.integers.items()})

    def _last_assignment(self, statements: Sequence[Words]) -> int:
        """Which statement assigns the replaced name for the last time."""
        name = (self._replaced or "").partition("[")[0]
        found = [i for i, words in enumerate(statements) if target_of(words) and words[0].text == name]
        return found[-1] if found else -1

    def _statement(self, words: Words, last: bool) -> None:
        if len(words) > 2 and words[-2].text == ":" and words[1].text in (":", ","):  # a declaration
            for word in words[:-2]:
                self._constants.pop(word.text, None)
            return
        if len(split(words, ":")) > 1 and all(word.text != "?" for word in words):
            return
        target = target_of(words)
        if not target:
            for part in split(words, ","):
                alone = len(part) == 1 or (part[0].kind == "element" and closing(part, 1) == len(part) - 1)
                kept = "".join(word.text for word in part) if alone and part[0].kind in ("name", "element") else ""
                expr = self._read(part, {}, self._functions)
                if kept in self._constants or (isinstance(expr, Array) and len(part) > 1):
                    kept = ""
                self.bare.append((kept, expr))
            return
        name, body = words[0].text, words[target + 1 :]
        if words[0].kind == "name":
            self._assign(name, self._read(body, {}, self._functions), last)
        elif words[0].kind == "function":
            parameters = tuple(word.text for word in words[2 : target - 1] if word.kind == "name")
            self._functions = {**self._functions, name: Function(parameters, body, self._functions)}
        else:
            self._family(name, split(words[2 : target - 1], ","), body, last)

    def _assign(self, name: str, value: Expr, last: bool) -> None:
        for old in [old for old in self.assigned if old.startswith(name + "[")]:
            del self.assigned[old]
        if isinstance(value, Array):
            items = value.items
            for i, label in enumerate(labels(name, value.shape)):
                if last and label == self._replaced:
                    self.original, items[i] = items[i], self.fresh
                self.assigned[label] = items[i]
            value = value.like(items)
        if last and name == self._replaced:
            self.original, value = value, self.fresh
        self.assigned[name] = value
        base, index = indexed(name)
        if index and isinstance(whole := self.assigned.get(base), Array):
            every = labels(base, whole.shape)
            self.assigned[base] = whole.like([self.assigned[label] for label in every])

    def _family(self, name: str, indices: list[list[Token]], body: Words, last: bool) -> None:
        loops: list[tuple[str, range]] = []
        for words in indices:
            if len(words) > 1 and words[1].text == "=":
                low, high = (self._integer(part, {}) for part in split(words[2:], ".."))
                loops.append((words[0].text, range(low, high + 1)))
            else:
                value = self._integer(words, {})
                loops.append(("", range(value, value + 1)))
        for values in product(*(values for _, values in loops)):
            bound = {loop: _integer(value) for (loop, _), value in zip(loops, values, strict=True) if loop}
            self._assign(_element(name, values), self._read(body, bound, self._functions), last)

    # Expressions. What a word means depends on the names bound around it (parameters, running indices) and on
    # the functions known there.

    def _read(self, words: Words, bound: Mapping[str, Expr], functions: Mapping[str, Function]) -> Expr:
        self._words += 10 + len(words)
        if self._words > MAX_WORDS:
            raise Unreadable("the program is too long for SymPy's parser")
        if max(depths(word.kind for word in words), default=0) > MAX_NESTING:
            raise Unreadable("the program is nested too deeply for SymPy's parser")

        def name(word: Token) -> Expr:
            return self._value(word.text, bound)

        def function(word: Token, end: int) -> Callable[..., Expr]:
            own = functions.get(word.text)
            close = bisect_left(words, end, key=lambda word: word.end)
            along = [word.text for word in words[close - 2 : close]] in ([",", "1"], [",", "2"])
            return call_of(word.text, along) if own is None else lambda *args: self._call(own, args)

        def element(word: Token) -> Callable[..., Expr]:
            def part(*indices: Any) -> Expr:
                known = bound.get(word.text, self.assigned.get(word.text))
                if known is None and any(isinstance(i, Slice) for i in indices):
                    known = self._value(word.text, bound)
                return (
                    known.part(indices)
                    if isinstance(known, Array)
                    else self._value(_element(word.text, indices), bound)
                )

            return part

        def deferred(word: Token, arguments: Words) -> Callable[[], Expr] | None:
            if word.text not in ("Sum", "Product") or word.text in functions:
                return None
            return lambda: self._unrolled(word.text, split(arguments, ","), bound, functions)

        speller = Speller(name, number, function, element, deferred)
        speller.objects.update({name: lifted(object) for name, object in speller.objects.items()})
        speller.objects["Abs"] = lifted(meaning_of("Abs"))
        speller.objects.update(
            List=listed, Slice=Slice, Turned=lambda x: x.turned, Part=lambda x, *indices: x.part(indices)
        )
        (expr,) = read(speller.spell(words), speller.objects)
        return expr

    def _value(self, name: str, bound: Mapping[str, Expr]) -> Expr:
        import sympy

        for known in (bound, self._constants, self.assigned, self.inputs):
            if name in known:
                return known[name]
        shape = self._shapes.get(name) or shapes_of(self.assigned).get(name)
        if shape:
            return Array([self._value(label, {}) for label in labels(name, shape)], shape)
        if name in ("inf", "oo") and self._shapes:
            return sympy.oo
        self.inputs[name] = sympy.Symbol(f"x{len(self.inputs)}", real=True)
        return self.inputs[name]

    def _call(self, function: Function, args: Sequence[Expr]) -> Expr:
        return self._read(function.body, dict(zip(function.parameters, args, strict=True)), function.functions)

    def _integer(self, words: Words, bound: Mapping[str, Expr]) -> int:
        return int(self._read(words, bound, {}))

    def _unrolled(
        self, kind: str, arguments: list[list[Token]], bound: Mapping[str, Expr], functions: Mapping[str, Function]
    ) -> Expr:
        """A Sum's or a Product's terms. As in SymPy, the last index is the outermost."""
        import sympy

        body, *limits = arguments
        bindings: list[dict[str, Expr]] = [dict(bound)]
        for limit in reversed(limits):
            index, low, high = split(limit[1:-1], ",")
            bindings = [
                {**names, index[0].text: _integer(i)}
                for names in bindings
                for i in range(self._integer(low, names), self._integer(high, names) + 1)
            ]
        terms = [self._read(body, names, functions) for names in bindings]
        if any(isinstance(term, Array) for term in terms):
            return reduce(add if kind == "Sum" else mul, terms)
        return (sympy.Add if kind == "Sum" else sympy.Mul)(*terms)


def _element(name: str, indices: Sequence[Any]) -> str:
    return f"{name}[{','.join(str(int(i)) for i in indices)}]"


def _integer(value: int) -> Expr:
    import sympy

    return sympy.Integer(value)
