"""What numbers, constants and the table's functions mean to SymPy: its own, or what a row says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, reduce
from math import isqrt
from typing import Any, TypeAlias

from adcli.graphs import figures
from adcli.language.sympy.arrays import Array, each, functions, lifted
from adcli.language.sympy.functions import function_of
from adcli.language.sympy.respell import Speller, read
from adcli.language.words import Token, closing, split, tokens
from adcli.ops import CONSTANTS, FUNCTIONS, WHERE, Op

Expr: TypeAlias = Any
Words: TypeAlias = Sequence[Token]

MAX_COMPARED = 8
"""Arguments that Max and Min may have: SymPy compares every two of them, and once more for each derivative."""

MAX_EXACT = 1_000
"""Beyond it, SymPy's exact arithmetic with decimals' exponents and the gamma function's integers gets slow."""


class Unreadable(Exception):
    """SymPy cannot, or should not, read this program; the argument says why."""


def number(word: Token) -> Expr:
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
def constants() -> dict[str, Expr]:
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


def call_of(name: str, along: bool) -> Callable[..., Any]:
    """What a call means whose arguments may be arrays; *along*: the last is 1 or 2, which may be an axis."""
    if name == "Piecewise":
        return _pieces
    if name in FUNCTIONS and FUNCTIONS[name].matrix:
        elements, whole = meaning_of(name), functions()[name]
        return lambda *args: whole(*args) if isinstance(args[0], Array) else elements(*args)
    of_arrays = functions().get(name)
    if of_arrays is not None and name not in FUNCTIONS:
        return of_arrays
    reduces = name in FUNCTIONS and FUNCTIONS[name].variadic
    every = lifted(meaning_of(name), reduces)
    if not (along and reduces):
        return every
    lines = functions()["a" + name.lower()]
    return lambda *args: (lines if isinstance(args[0], Array) and args[0].rank == len(args) else every)(*args)


def _pieces(*pairs: Any) -> Any:
    """Piecewise, which takes pairs."""
    flat = [x for pair in pairs for x in pair]
    if not any(isinstance(x, Array) for x in flat):
        return meaning_of("Piecewise")(*pairs)
    return each(lambda *row: meaning_of("Piecewise")(*zip(row[::2], row[1::2], strict=True)), *flat)


@cache
def meaning_of(name: str) -> Callable[..., Expr]:
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
    statements = [(words, target_of(words)) for words in split(tokens(definition), "end") if words]

    def call(*args: Expr) -> Expr:
        meaning = {**constants(), **dict(zip(parameters, args, strict=True))}
        for words, target in statements:
            speller = Speller(lambda word: meaning[word.text], number, lambda word, end: meaning_of(word.text))
            (value,) = read(speller.spell(words[target + 1 if target else 0 :]), speller.objects)
            if target:
                meaning[words[0].text] = value
        return value

    return call


def target_of(words: Words) -> int:
    """Where a statement's "=" stands, 0 where it assigns nothing."""
    if not words or words[0].kind not in ("name", "function", "element"):
        return 0
    position = 1 if words[0].kind == "name" else closing(words, 1) + 1
    return position if position < len(words) and words[position].text == "=" else 0
