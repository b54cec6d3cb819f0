"""SymPy's expressions become graphs.

A SymPy expression is a tree with n-ary sums and products, in which a difference is a sum with a factor -1
and a quotient a product with a power -1. `from_sympy` reads it back as people write it: `a - b`, `x/y`,
`sqrt(x)`. The operands of a sum or a product come first, then the folds, which is the textbook's numbering.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

from adcli.errors import NameFault, Span, SyntaxFault, UsageError, shown
from adcli.graphs import Builder, Graph
from adcli.language.sympy.functions import row_of
from adcli.language.sympy.terms import Expr, fraction, literal, power_of, signed, unrolled, unsupported
from adcli.ops import (
    ADD,
    CONSTANTS,
    DIV,
    EXP,
    FUNCTIONS,
    INPUT,
    LOG,
    MUL,
    NEG,
    NOT,
    POW,
    SQRT,
    SUB,
    TABLE,
    UNDEFINED,
    WHERE,
    Op,
)

NAME = re.compile(r"[^\W\d]\w*(\[\d+(,\d+)*\])?")
RESERVED = frozenset({*CONSTANTS, "True", "False", "and", "or", "not"})

Emit: TypeAlias = Callable[[list[int]], int]
"""What writes an expression's own nodes, given the nodes of its children."""


def from_sympy(expr: Expr | Sequence[Expr], *, names: Mapping[Any, str] | None = None) -> Graph:
    """The graph of *expr*, a SymPy expression, or of several (a list, tuple, Tuple or Matrix): one output each.

    Equal subexpressions become one node. *names* renames symbols (keys are Symbols, or their names).
    Raises NameFault for a function, constant or symbol that adcli has no counterpart of, LimitError.
    """
    import sympy

    several = isinstance(expr, (sympy.MatrixBase, sympy.Tuple))
    several = several or (isinstance(expr, Iterable) and not isinstance(expr, (sympy.Basic, str)))
    exprs: list[Expr] = []
    for e in expr if several else (expr,):
        try:
            exprs.append(sympy.sympify(e, strict=True))  # a text would be run as Python
        except sympy.SympifyError:
            exprs.append(None)
        if not isinstance(exprs[-1], sympy.Basic):
            raise UsageError(
                f"a program is a text, several texts, a graph or SymPy expressions, and {shown(e)} is none of them here"
            )
    if not exprs:
        raise NameFault("there is no expression to differentiate")
    renamed = {str(key): value for key, value in (names or {}).items()}
    texts = _texts(exprs)
    writer = Writer(", ".join(texts))
    owner: dict[str, Expr] = {}

    def leaf(symbol: Expr) -> int:
        name = renamed.get(str(symbol)) or _name(symbol)
        if owner.setdefault(name, symbol) != symbol:
            raise NameFault(f"two symbols are called {name}", hint="tell them apart with names={symbol: name}")
        return writer.builder.input(name)

    writer.leaf = leaf
    outputs = [writer.write(e) for e in exprs]
    return writer.finish(outputs, texts)


def _texts(exprs: Sequence[Expr]) -> list[str]:
    """The expressions as SymPy prints them; nothing where a shared subexpression would be printed too often."""
    sizes: dict[Expr, int] = {}
    for expr in exprs:
        stack = [expr]
        while stack:
            e = stack[-1]
            missing = [a for a in e.args if a not in sizes]
            if missing:
                stack.extend(missing)
            else:
                sizes[stack.pop()] = 1 + sum(sizes[a] for a in e.args)
    try:
        return [str(e) for e in exprs] if sum(sizes[e] for e in exprs) < 10_000 else []
    except (RecursionError, ValueError):  # ValueError: an integer of more than 4300 digits
        return []


def _name(symbol: Expr) -> str:
    name = str(symbol).replace(" ", "")
    if not NAME.fullmatch(name) or name in RESERVED:
        raise NameFault(f"{symbol} cannot be a variable's name in adcli", hint="give it one with names={symbol: name}")
    return name


@cache
def _operations() -> dict[Expr, Op]:
    """The operation of each SymPy class that is called like one."""
    import sympy

    found = {}
    for op in TABLE.values():
        known = getattr(sympy, op.name, None)
        if isinstance(known, type):
            found[known] = op
    return found


class Writer:
    """Writes SymPy expressions into one graph; equal subexpressions once.

    `leaf` gives the node of a Symbol (or an Indexed), `span` the place of an expression in the text.
    """

    def __init__(self, text: str) -> None:
        self.builder = Builder(text)
        self.leaf: Callable[[Expr], int] = lambda symbol: self.builder.input(_name(symbol))
        self.span: Callable[[Expr], Span] = lambda expr: (0, 0)
        self._nodes: dict[Expr, int] = {}

    def write(self, root: Expr) -> int:
        """The node of *root*, after the nodes of everything in it."""
        nodes = self._nodes
        stack: list[tuple[Expr, tuple[list[Expr], Emit] | None]] = [(root, None)]
        while stack:
            expr, planned = stack.pop()
            if planned is not None:
                children, emit = planned
                nodes[expr] = emit([nodes[c] for c in children])
            elif expr not in nodes:
                children, emit = self._plan(expr)
                stack.append((expr, (children, emit)))
                stack.extend((c, None) for c in reversed(children))
        return nodes[root]

    def finish(self, outputs: Sequence[int], formulas: Sequence[str | None] = ()) -> Graph:
        """The graph. An output that is a variable keeps its name, the others are y, or y1, y2, … by position."""
        builder = self.builder
        names: list[str] = []
        for position, node in enumerate(outputs):
            name = builder.labels[node] if builder.ops[node] is INPUT else ""
            while not name or name in names:
                name += "_" if name else "y" if len(outputs) == 1 else f"y{position + 1}"
            names.append(name)
        unnamed = len(outputs) == 1 and builder.ops[outputs[0]] is not INPUT
        return builder.finish(outputs, names, formulas=formulas, unnamed=unnamed)

    def _plan(self, expr: Expr) -> tuple[list[Expr], Emit]:
        """What to write before *expr*, and how to write it then."""
        import sympy

        if isinstance(expr, (sympy.Symbol, sympy.Indexed)):
            return [], lambda _: self.leaf(expr)
        if isinstance(expr, (sympy.Number, sympy.NumberSymbol)):
            return self._number(expr)
        if expr in (sympy.true, sympy.false):
            return [], lambda _: self.builder.literal(str(bool(expr)), self.span(expr))
        if isinstance(expr, sympy.Add):
            return self._sum(expr)
        if isinstance(expr, sympy.Mul):
            return self._product(expr)
        if isinstance(expr, sympy.Pow):
            return self._power(expr)
        if isinstance(expr, sympy.Piecewise):
            return self._piecewise(expr)
        if isinstance(expr, (sympy.ITE, sympy.And, sympy.Or)):
            return self._logic(expr)
        if isinstance(expr, (sympy.Sum, sympy.Product)):
            return [unrolled(expr)], lambda nodes: nodes[0]
        if isinstance(expr, sympy.UnevaluatedExpr):
            return [expr.args[0]], lambda nodes: nodes[0]
        return self._function(expr)

    def _apply(self, op: Op, *args: int, of: Expr) -> int:
        for position, node in enumerate(args):
            wanted = op.takes_boolean(position)
            if wanted is not None and wanted != self.builder.is_boolean(node):
                found, needs = ("a number", "a condition") if wanted else ("a condition", "a number")
                raise SyntaxFault(f"{op.name} needs {needs} where it has {found}", self.span(of))
        return self.builder.apply(op, args, self.span(of))

    def _fold(self, op: Op, nodes: Sequence[int], of: Expr) -> int:
        total = nodes[0]
        for node in nodes[1:]:
            total = self._apply(op, total, node, of=of)
        return total

    def _number(self, expr: Expr) -> tuple[list[Expr], Emit]:
        import sympy

        if isinstance(expr, sympy.Rational) and expr.q != 1:
            return [sympy.Integer(expr.p), sympy.Integer(expr.q)], lambda n: self._apply(DIV, n[0], n[1], of=expr)
        text = literal(expr)
        return [], lambda _: self.builder.literal(text, self.span(expr))

    def _sum(self, expr: Expr) -> tuple[list[Expr], Emit]:
        terms = [signed(term) for term in expr.args]
        first = next((i for i, (negative, _) in enumerate(terms) if not negative), 0)
        terms.insert(0, terms.pop(first))  # b - a rather than -a + b
        start = terms[0][0]
        if start and expr.args[0].is_Number:
            start, terms[0] = False, (False, expr.args[0])

        def emit(nodes: list[int]) -> int:
            total = self._apply(NEG, nodes[0], of=expr) if start else nodes[0]
            for node, (negative, _) in zip(nodes[1:], terms[1:], strict=True):
                total = self._apply(SUB if negative else ADD, total, node, of=expr)
            return total

        return [magnitude for _, magnitude in terms], emit

    def _product(self, expr: Expr) -> tuple[list[Expr], Emit]:
        above, below, negative = fraction(expr.args)

        def emit(nodes: list[int]) -> int:
            total = self._fold(MUL, nodes[: len(above)], expr)
            if below:
                total = self._apply(DIV, total, self._fold(MUL, nodes[len(above) :], expr), of=expr)
            return self._negative(total, expr) if negative else total

        return above + below, emit

    def _negative(self, node: int, of: Expr) -> int:
        label = self.builder.labels.get(node, "")
        if label[:1].isdigit() or label[:1] == ".":
            return self.builder.literal("-" + label, self.span(of))  # of a text's -2, where 2 is a symbol
        return self._apply(NEG, node, of=of)

    def _power(self, expr: Expr) -> tuple[list[Expr], Emit]:
        import sympy

        base, exponent = expr.args
        if base is sympy.E:
            return [exponent], lambda n: self._apply(EXP, n[0], of=expr)
        if exponent is sympy.S.Half:
            return [base], lambda n: self._apply(SQRT, n[0], of=expr)
        if isinstance(exponent, sympy.Rational) and exponent.p < 0:
            return [sympy.S.One, power_of(base, -exponent)], lambda n: self._apply(DIV, n[0], n[1], of=expr)
        return [base, exponent], lambda n: self._apply(POW, n[0], n[1], of=expr)

    def _piecewise(self, expr: Expr) -> tuple[list[Expr], Emit]:
        """Nested `where`s, so that only the branch taken is evaluated."""
        import sympy

        pairs = [(condition, value) for value, condition in expr.args]
        last = [pairs.pop()[1]] if pairs[-1][0] == sympy.true else []

        def emit(nodes: list[int]) -> int:
            total = nodes[-1] if last else self._apply(UNDEFINED, of=expr)
            for i in reversed(range(len(pairs))):
                total = self._apply(WHERE, nodes[2 * i], nodes[2 * i + 1], total, of=expr)
            return total

        return [e for pair in pairs for e in pair] + last, emit

    def _logic(self, expr: Expr) -> tuple[list[Expr], Emit]:
        """`and` and `or` are `where`s too: what comes second is evaluated only if it is needed."""
        import sympy

        def emit(nodes: list[int]) -> int:
            if isinstance(expr, sympy.ITE):
                return self._apply(WHERE, *nodes, of=expr)
            total = nodes[-1]
            for node in reversed(nodes[:-1]):
                if isinstance(expr, sympy.And):
                    total = self._apply(WHERE, node, total, self.builder.literal("False"), of=expr)
                else:
                    total = self._apply(WHERE, node, self.builder.literal("True"), total, of=expr)
            return total

        return list(expr.args), emit

    def _function(self, expr: Expr) -> tuple[list[Expr], Emit]:
        import sympy

        name = getattr(expr.func, "__name__", str(expr.func))
        op, args = row_of(expr) or (_operations().get(expr.func) or FUNCTIONS.get(name), list(expr.args))
        if op is None or not args:
            raise unsupported(expr, name)
        if op is LOG and len(args) == 2:
            x, base = args

            def quotient(n: list[int]) -> int:
                above = self._apply(LOG, n[0], of=expr)
                return self._apply(DIV, above, self._apply(LOG, n[1], of=expr), of=expr)

            return [x, base], quotient
        if len(args) == 2 and op.name == "Heaviside":
            x, middle = args
            if middle is sympy.S.Half:
                args = [x]
            else:
                return [sympy.Piecewise((middle, sympy.Eq(x, 0)), (sympy.Heaviside(x), True))], lambda n: n[0]
        if len(args) == 2 and op.name == "LambertW" and args[1] == 0:
            args.pop()
        op = op.of(len(args))
        if not op.variadic and len(args) != len(op.arguments):
            raise NameFault(f"{name} with {len(args)} arguments has no counterpart in adcli: {expr}")
        if op is NOT:
            return args, lambda n: self._apply(NOT, n[0], of=expr)
        return args, lambda n: n[0] if op.variadic and len(n) == 1 else self._apply(op, *n, of=expr)
