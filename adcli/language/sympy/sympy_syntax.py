"""`--syntax sympy`: the text is read by SymPy's own parser and becomes a graph through `from_sympy`.

SymPy's parser evaluates what it reads, so adcli's lexer clears the text first of everything but names, numbers,
operators, calls and commas, and a small grammar check locates what is wrong. Then SymPy sees stand-ins only
(`adcli.language.sympy.respell`), with nothing built in. Numbers are symbols to it as well: they keep their text, and
`9**9**9**9` stays the formula it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from tokenize import TokenError
from typing import Any, TypeAlias

from adcli.errors import LimitError, NameFault, Span, SyntaxFault
from adcli.graphs import Graph
from adcli.language.sympy.from_sympy import Writer
from adcli.language.sympy.respell import Speller, read
from adcli.language.words import Token, tokens
from adcli.ops import CONSTANTS, FUNCTIONS, SUGGESTED

Expr: TypeAlias = Any

MAX_NESTING = 80
"""Brackets inside brackets that SymPy's parser is trusted with; Python's own, which it calls, ends at 200."""

MAX_WORDS = 20_000
"""Words in one expression that SymPy's parser is trusted with."""

MORE = ("And", "Or", "Piecewise")
"""What SymPy's syntax can call besides the operations of the table."""


def parse_sympy(text: str | Sequence[str], *, origin: str | None = None) -> Graph:
    """The graph of a text in SymPy's syntax: one expression, or several with commas or in several texts.

    Raises SyntaxFault, NameFault, LimitError.
    """
    import sympy

    source = text if isinstance(text, str) else "\n".join(text)
    try:
        statements = _statements(source)
        writer = Writer(source)
        spans: dict[Expr, Span] = {}
        literals: dict[Expr, str] = {}
        outputs: list[int] = []
        formulas: list[str | None] = []

        def name(word: Token) -> Expr:
            if word.text in ("True", "False"):
                return sympy.true if word.text == "True" else sympy.false
            if word.text in CONSTANTS:
                return {"pi": sympy.pi, "E": sympy.E}[CONSTANTS[word.text]]
            symbol = sympy.Symbol(word.text, real=True)
            spans.setdefault(symbol, (word.start, word.end))
            return symbol

        def number(word: Token) -> Expr:
            symbol = sympy.Symbol("#" + word.text, real=True)
            spans.setdefault(symbol, (word.start, word.end))
            literals[symbol] = word.text
            return symbol

        def function(word: Token, end: int) -> Callable[..., Expr]:
            called = _function(word)

            def call(*args: Expr) -> Expr:
                result = called(*args)
                spans.setdefault(result, (word.start, end))
                return result

            return call

        def leaf(symbol: Expr) -> int:
            if symbol in literals:
                return writer.builder.literal(literals[symbol], spans[symbol])
            return writer.builder.input(symbol.name, spans[symbol])

        writer.leaf = leaf
        for words in statements:
            whole = (words[0].start, words[-1].end)
            writer.span = lambda expr, whole=whole: spans.get(expr, whole)  # type: ignore[assignment, misc]  # binds the loop's value
            speller = Speller(name, number, function)
            try:
                with sympy.evaluate(False):
                    exprs = read(speller.spell(words), speller.objects)
                    outputs.extend(writer.write(e) for e in exprs)
                    pieces = [" ".join(source[a:b].split()) for a, b in _pieces(words)]
                    formulas += pieces if len(pieces) == len(exprs) else [None] * len(exprs)
            except (RecursionError, MemoryError, SyntaxError, TokenError):
                raise LimitError(
                    "the expression is too large for SymPy's parser", whole, hint="adcli's own syntax has no such limit"
                ) from None
            except (TypeError, ValueError, LookupError, AttributeError) as error:
                # A condition where SymPy wants a number, a wrong number of arguments, a Piecewise in a condition.
                reason = "" if isinstance(error, LookupError) else f": {str(error).strip().partition(chr(10))[0]}"
                raise SyntaxFault(f"SymPy cannot read this{reason}", whole) from error
        return writer.finish(outputs, formulas)
    except (SyntaxFault, NameFault, LimitError) as error:
        raise error.located(source, origin) from error.__cause__


def _pieces(words: Sequence[Token]) -> list[Span]:
    """What stands between the commas of a statement."""
    depth, start, found = 0, words[0].start, []
    for word in words:
        depth += (word.text in ("(", "[", "{")) - (word.text in (")", "]", "}"))
        if word.text == "," and not depth:
            found.append((start, word.start))
            start = word.end
    return [*found, (start, words[-1].end)]


def _function(word: Token) -> Callable[..., Expr]:
    """What a function's name calls: SymPy's own where there is one, else an unknown function of that name."""
    import sympy

    op = FUNCTIONS.get(word.text)
    if word.text == "And":  # SymPy's own sorts its arguments, and then the wrong one may be evaluated first
        return lambda *args: _folded(args, lambda a, b: sympy.ITE(a, b, sympy.false))
    if word.text == "Or":
        return lambda *args: _folded(args, lambda a, b: sympy.ITE(a, sympy.true, b))
    if op is None and word.text not in MORE:
        near = get_close_matches(word.text, [*SUGGESTED, *MORE], 1)
        raise NameFault(
            f"there is no function {word.text}",
            (word.start, word.end),
            hint=f"did you mean {near[0]}?" if near else "SymPy's syntax needs a * in a product",
        )
    known = getattr(sympy, op.name if op else word.text, None)
    if isinstance(known, type):
        return known
    assert op is not None
    return sympy.Function(op.name)  # type: ignore[no-any-return]


def _folded(args: Sequence[Expr], join: Callable[[Expr, Expr], Expr]) -> Expr:
    total = args[0]
    for arg in args[1:]:
        total = join(total, arg)
    return total


def _statements(source: str) -> list[list[Token]]:
    """The text's statements, checked: operands and operators alternate, brackets match, nothing else occurs."""
    statements: list[list[Token]] = [[]]
    for word in tokens(source):
        if word.kind == "end":
            statements.append([])
        else:
            statements[-1].append(word)
    statements = [words for words in statements if words]
    if not statements:
        raise SyntaxFault("there is no expression", (0, len(source)))
    for words in statements:
        _check(words)
    return statements


def _check(words: list[Token]) -> None:
    if len(words) > MAX_WORDS:
        raise LimitError(
            f"an expression of more than {MAX_WORDS:,} words is too large for SymPy's parser",
            (words[0].start, words[-1].end),
            hint="adcli's own syntax has no such limit",
        )
    opened: list[Token] = []
    operand = True  # whether an operand is expected, rather than what may follow one
    for position, word in enumerate(words):
        span = (word.start, word.end)
        if word.kind in ("keyword", "element") or word.text in _FOREIGN:
            raise SyntaxFault(f"{word.text!r} is not in SymPy's syntax", span, hint=_INSTEAD.get(word.text))
        if word.text.startswith("__"):
            raise SyntaxFault(f"a name cannot start with two underscores: {word.text}", span)
        if word.start == word.end or (not operand and word.kind in ("name", "number", "function", "open")):
            raise SyntaxFault("SymPy's syntax needs an operator here", span, hint="write a product with *")
        if word.kind == "function":
            continue
        if word.kind == "open":
            opened.append(word)
            if len(opened) > MAX_NESTING:
                raise LimitError(f"more than {MAX_NESTING} nested brackets are too deep for SymPy's parser", span)
        elif word.kind in ("name", "number"):
            operand = False
        elif word.kind == "close":
            if not opened:
                raise SyntaxFault("this bracket was never opened", span)
            if operand:
                raise SyntaxFault("an operand is missing before this bracket", span)
            opened.pop()
        elif word.text == "," or word.text not in "+-":
            if operand:
                raise SyntaxFault(f"an operand is missing before {word.text!r}", span)
            operand = True
        else:
            operand = True
        if word.text == "," and not opened and position == len(words) - 1:
            raise SyntaxFault("an expression is missing after this comma", span)
    if opened:
        raise SyntaxFault("this bracket is not closed", (opened[-1].start, opened[-1].end))
    if operand:
        raise SyntaxFault("the expression ends where an operand is missing", (words[-1].start, words[-1].end))


_FOREIGN = frozenset({"=", "..", "|", "[", "]", "?", ":"})
_INSTEAD = {
    "and": "write And(a, b)",
    "or": "write Or(a, b)",
    "not": "write Not(a)",
    "|": "write Abs(x)",
    "=": "assignments belong to adcli's own syntax",
}
