"""A program as SymPy reads it: from adcli's tokens to SymPy's expressions, without adcli's parser or graph.

This is the first half of the cross-check's independent route from text to number. What an assignment, a
function, a family, a sum means is written here a second time, on SymPy's objects: a name's value is an
expression, a call reads the function's body with its parameters standing for expressions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from itertools import product
from math import isqrt
from operator import add, mul
from typing import Any, NamedTuple, TypeAlias

from adcli.graphs import figures
from adcli.language.arrays.names import indexed, labels
from adcli.language.arrays.names import shapes as shapes_of
from adcli.language.sympy.arrays import Array, Slice, each, functions, lifted, listed
from adcli.language.sympy.functions import function_of
from adcli.language.sympy.respell import Speller, read
from adcli.language.words import Token, closing, depths, split, tokens
from adcli.ops import CONSTANTS, FUNCTIONS, WHERE, Op

Expr: TypeAlias = Any
Words: TypeAlias = Sequence[Token]

MAX_WORDS = 60_000
"""How many words SymPy's parser is asked to read for one program, those of bodies again for each call and term."""

MAX_NESTING = 80
"""Brackets inside brackets that SymPy's parser is trusted with; Python's own, which it calls, ends at 200."""

MAX_COMPARED = 8
"""Arguments that Max and Min may have: SymPy compares every two of them, and once more for each derivative."""

MAX_EXACT = 1_000
"""Beyond it, SymPy's exact arithmetic with decimals' exponents and the gamma function's integers gets slow."""


class Unreadable(Exception):
    """SymPy cannot, or should not, read this program; the argument says why."""


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
        self._constants = {**{name: sympy.Integer(value) for name, value in let.items()}, **_constants()}
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
        found = [i for i, words in enumerate(statements) if _target(words) and words[0].text == name]
        return found[-1] if found else -1

    def _statement(self, words: Words, last: bool) -> None:
        if len(words) > 2 and words[-2].text == ":" and words[1].text in (":", ","):  # a declaration
            for word in words[:-2]:
                self._constants.pop(word.text, None)
            return
        if len(split(words, ":")) > 1 and all(word.text != "?" for word in words):
            return
        target = _target(words)
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
            return _called(word.text, along) if own is None else lambda *args: self._call(own, args)

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

        speller = Speller(name, _number, function, element, deferred)
        speller.objects.update({name: lifted(object) for name, object in speller.objects.items()})
        speller.objects["Abs"] = lifted(_known("Abs"))
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


def _target(words: Words) -> int:
    """Where a statement's "=" stands, 0 where it assigns nothing."""
    if not words or words[0].kind not in ("name", "function", "element"):
        return 0
    position = 1 if words[0].kind == "name" else closing(words, 1) + 1
    return position if position < len(words) and words[position].text == "=" else 0


def _element(name: str, indices: Sequence[Any]) -> str:
    return f"{name}[{','.join(str(int(i)) for i in indices)}]"


def _integer(value: int) -> Expr:
    import sympy

    return sympy.Integer(value)


def _number(word: Token) -> Expr:
    """A number exactly: 0.1 is 1/10."""
    import sympy

    mantissa, _, exponent = word.text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent or 0) - len(fraction)
    if abs(power) > MAX_EXACT or len(whole) > MAX_EXACT:
        raise Unreadable(f"{word.text[:20]} is too large for exact arithmetic")
    digits = figures(whole + fraction)
    return sympy.Integer(digits * 10**power) if power >= 0 else sympy.Rational(digits, 10**-power)


@cache
def _constants() -> dict[str, Expr]:
    """What the language's constants are to SymPy."""
    import sympy

    return {
        "True": sympy.true,
        "False": sympy.false,
        **{name: {"pi": sympy.pi, "E": sympy.E}[constant] for name, constant in CONSTANTS.items()},
    }


@cache
def copies(op: Op) -> int:
    """How often an argument of an operation occurs in what SymPy is given for it."""
    words = [word.text for word in tokens(_definition(op)) if word.kind == "name"]
    return max([words.count(word) for word in words], default=1)


def _called(name: str, along: bool) -> Callable[..., Any]:
    """What a call means whose arguments may be arrays; *along*: the last is 1 or 2, which may be an axis."""
    if name == "Piecewise":
        return _pieces
    if name in FUNCTIONS and FUNCTIONS[name].matrix:
        elements, whole = _known(name), functions()[name]
        return lambda *args: whole(*args) if isinstance(args[0], Array) else elements(*args)
    of_arrays = functions().get(name)
    if of_arrays is not None and name not in FUNCTIONS:
        return of_arrays
    reduces = name in FUNCTIONS and FUNCTIONS[name].variadic
    every = lifted(_known(name), reduces)
    if not (along and reduces):
        return every
    lines = functions()["a" + name.lower()]
    return lambda *args: (lines if isinstance(args[0], Array) and args[0].rank == len(args) else every)(*args)


def _pieces(*pairs: Any) -> Any:
    """Piecewise, which takes pairs."""
    flat = [x for pair in pairs for x in pair]
    if not any(isinstance(x, Array) for x in flat):
        return _known("Piecewise")(*pairs)
    return each(lambda *row: _known("Piecewise")(*zip(row[::2], row[1::2], strict=True)), *flat)


@cache
def _known(name: str) -> Callable[..., Expr]:
    """What a function's name means to SymPy: its own function, or adcli's by definition."""
    import sympy

    if name in ("And", "Or", "Not", "Piecewise"):
        return getattr(sympy, name)  # type: ignore[no-any-return]
    if name in ("pow", "Pow"):
        return sympy.Pow  # type: ignore[no-any-return]
    op = FUNCTIONS[name]
    if op.name in ("Abs", "sign"):
        # SymPy's own, which simplify well, where it knows that the argument is real: of log(x) it does not.
        own, real = getattr(sympy, op.name), _of_reals()[op.name]
        return lambda x: (own if x.is_extended_real else real)(x)
    if op is WHERE:
        return lambda c, x, y: sympy.Piecewise((x, c), (y, True))
    if op.folds:
        return lambda *args: reduce(_own(op), args)
    return lambda *args: _own(op.of(len(args)))(*args)


@cache
def _own(op: Op) -> Callable[..., Expr]:
    """SymPy's function for a row of the table, or the row's definition for it."""
    import sympy

    if _definition(op):
        return defined(_definition(op), op.arguments)
    if op.matrix:
        return lambda *args: sympy.Matrix(isqrt(len(args)), isqrt(len(args)), args).det(method="berkowitz")
    name = op.name
    called = function_of(op)
    if called is None:
        raise Unreadable(f"SymPy has no {name}")
    if op.variadic:

        def compared(*args: Expr) -> Expr:
            if sum(len(arg.args) if arg.func is called else 1 for arg in args) > MAX_COMPARED:
                raise Unreadable(f"SymPy compares every two of the arguments of {name}, of which there are many")
            return called(*args)

        return compared
    if op.flops <= 10:  # of these, none multiplies out
        return called

    def cautious(*args: Expr) -> Expr:
        if any(arg.is_Rational and abs(arg) > MAX_EXACT for arg in args):
            raise Unreadable(f"{name} of a large integer is too large for exact arithmetic")
        return called(*args)

    return cautious


@cache
def _of_reals() -> dict[str, Callable[..., Expr]]:
    """|x| and sign(x) of what is real, though SymPy does not know it, and their derivatives wherever they exist."""
    import sympy

    sign = type("sign", (sympy.Function,), {"is_extended_real": True, "fdiff": lambda self, argument: sympy.S.Zero})
    slope = {"is_extended_real": True, "fdiff": lambda self, argument: sign(*self.args)}
    return {"sign": sign, "Abs": type("Abs", (sympy.Function,), slope)}


def _definition(op: Op) -> str:
    """What SymPy is told of an operation that it lacks, or cannot differentiate; "" for SymPy's own."""
    if op.sympy or not op.value:
        return op.sympy

    return "" if function_of(op) else op.value


def defined(definition: str, parameters: Sequence[str]) -> Callable[..., Expr]:
    """A function by a text of the table: the arguments stand for its parameters while SymPy reads it."""
    statements = [(words, _target(words)) for words in split(tokens(definition), "end") if words]

    def call(*args: Expr) -> Expr:
        meaning = {**_constants(), **dict(zip(parameters, args, strict=True))}
        for words, target in statements:
            speller = Speller(lambda word: meaning[word.text], _number, lambda word, end: _known(word.text))
            (value,) = read(speller.spell(words[target + 1 if target else 0 :]), speller.objects)
            if target:
                meaning[words[0].text] = value
        return value

    return call
