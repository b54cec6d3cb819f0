"""From a rule's text to a function: the one place where the table meets an arithmetic.

An arithmetic says what a number is: a double, an mpmath number, a node of a graph being written, a counter.
The rules of `adcli.ops` are parsed as ordinary adcli text and spelled as Python in terms of that arithmetic,
once per operation in use. Only texts of the table are compiled here, never a user's.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import chain
from math import isqrt
from types import CodeType
from typing import Any

from adcli.graphs import Graph
from adcli.language import parse
from adcli.ops import ADD, DIV, EQ, GE, GT, INPUT, LE, LITERAL, LT, MUL, NE, NEG, NOT, SUB, WHERE, Op

Function = Callable[..., Any]

OPERATORS: dict[Op, Function] = {
    ADD: operator.add,
    SUB: operator.sub,
    MUL: operator.mul,
    DIV: operator.truediv,
    NEG: operator.neg,
    LT: operator.lt,
    LE: operator.le,
    GT: operator.gt,
    GE: operator.ge,
    EQ: operator.eq,
    NE: operator.ne,
    NOT: operator.not_,
}
"""The operations that are operators of Python's too."""


def mask_of(flags: Iterable[int]) -> int:
    """The integer whose bit i is the i-th flag, 0 or 1; in one go, for a Max may have a million arguments."""
    return int(bytes(flags)[::-1].translate(_DIGITS) or b"0", 2)


def positions(mask: int) -> list[int]:
    """Which bits of a mask are set."""
    return [i for i, bit in enumerate(reversed(f"{mask:b}")) if bit == "1"]


def _listed(places: list[int]) -> str:
    """Python source of the places: short where they are all that there are."""
    every = range(len(places))
    return str(every if places == list(every) else places)


_DIGITS = b"01".ljust(256)
_parsed: dict[str, Graph] = {}


def parsed(rule: str) -> Graph:
    """The graph of a rule's text, parsed once."""
    graph = _parsed.get(rule)
    if graph is None:
        graph = _parsed[rule] = parse(rule, conditions=True)
    return graph


_WORD = re.compile(r"\w+")


@cache
def _code(source: str, title: str, kind: str = "eval") -> CodeType:
    """A rule's code, compiled once for all arithmetics that spell it alike: each graph written has one of its own."""
    return compile(source, f"<{title}>", kind)


class Arithmetic:
    """What a number is. Subclasses say how a literal is made and how an operation is computed.

    `decides`: comparisons give truth values, so that `where` can take a branch; where they do not (a
    graph being written), `where` is an operation like any other.
    """

    decides = True
    onward = False
    """Whether what is computed by a rule will itself be differentiated, so that a row's `onward` rule is wanted."""
    guarded = False
    """Whether the operations of a row's text are checked for their domains, as those of a graph are."""
    prologue: tuple[str, ...] = ()
    """Lines that each step of a mode begins with."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self._functions: dict[Op, Function] = {}
        self._compiled: dict[tuple[str, Op, int], Function] = {}

    # What a subclass defines

    def literal(self, text: str) -> Any:
        """The number that a literal's text denotes."""
        raise NotImplementedError

    def function(self, op: Op) -> Function:
        """The operation's value as a function of its arguments, without checks of its domain."""
        raise NotImplementedError

    def spell(self, op: Op, args: Sequence[str]) -> str:
        """Python source of *op* applied to *args*, themselves sources."""
        if op is WHERE:
            condition, then, otherwise = args
            return f"({then} if {condition} else {otherwise})"
        return f"{self.name(op)}({', '.join(args)})"

    def spell_literal(self, text: str) -> str:
        """Python source of a literal."""
        name = "literal_" + "".join(c if c.isalnum() else "_" for c in text)
        if name not in self.namespace:
            self.namespace[name] = self.literal(text)
        return name

    def ties(self, value: Any, args: Sequence[Any]) -> Any:
        """How many of *args* equal *value*."""
        return args.count(value)

    def cofactor(self, op: Op, args: Sequence[Any], position: int) -> Any:
        """The derivative of a determinant by the element at *position*: that of the rest, with its sign."""
        size = isqrt(len(args))
        row, column = divmod(position, size)
        rest = [x for i, x in enumerate(args) if i // size != row and i % size != column]
        minor = self.function(op)(*rest) if len(rest) > 1 else rest[0]
        return self.function(NEG)(minor) if (row + column) % 2 else minor

    def cofactors(self, op: Op, args: Sequence[Any]) -> Callable[[int], Any]:
        """All of them, by the position."""
        return partial(self.cofactor, op, args)

    # What all share

    def value(self, op: Op) -> Function:
        """The operation's value for the primal pass; refuses where it has none."""
        found = self._functions.get(op)
        if found is None:
            found = self._functions[op] = self.function(op) if op.boolean else self._checked(op)
        return found

    def _checked(self, op: Op) -> Function:
        """The operation's function with checks of its domain, where the arithmetic has such."""
        return self.function(op)

    def name(self, op: Op) -> str:
        """A name for the operation's function in generated source, bound in `namespace`."""
        name = "op_" + op.name
        if name not in self.namespace:
            self.namespace[name] = self.value(op) if self.guarded else self.function(op)
        return name

    def source(self, rule: str, statements: list[str] | None = None) -> str:
        """Python source of a rule in this arithmetic; its free names are those of the rule.

        What the rule names, and uses more than once, is assigned by *statements*, if they are asked for.
        """
        graph = parsed(rule)
        uses = Counter(chain.from_iterable(graph.args)) if statements is not None else {}
        sources: list[str] = []
        for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            if op is INPUT:
                sources.append(graph.labels[node])
            elif op is LITERAL:
                sources.append(self.spell_literal(graph.labels[node]))
            else:
                sources.append(self.spell(op, [sources[a] for a in args]))
                if statements is not None and uses[node] > 1:
                    statements.append(f"t{node} = {sources[node]}")
                    sources[node] = f"t{node}"
        return sources[graph.outputs[0]]

    def by_value(self, op: Op) -> Function:
        """The operation's value by its row's `value`, a text in terms of other operations."""
        lines = [f"def value({', '.join(op.arguments)}):"]
        lines.append(f"return {self.source(op.value, lines)}")
        found: dict[str, Function] = {}
        exec(_code("\n    ".join(lines), f"value of {op.name}", "exec"), self.namespace, found)
        return found["value"]

    def compile(self, parameters: Sequence[str], body: str, title: str) -> Function:
        """The function of *parameters* that returns *body*, a source made of the table's rules."""
        function: Function = eval(_code(f"lambda {', '.join(parameters)}: {body}", title), self.namespace)
        return function

    def partial_rule(self, op: Op, position: int) -> str:
        """The full rule of one partial, its exception included. ValueError where there is none."""
        text = op.partials[0 if op.variadic else position]
        if text is None:
            raise ValueError(f"{op.name} cannot be differentiated by {op.arguments[position]}")
        if self.onward and position < len(op.onward) and op.onward[position]:
            return op.onward[position]
        exception = op.exceptions[position] if position < len(op.exceptions) else ""
        if exception:
            condition, _, value = exception.rpartition(":")
            return f"where({condition}, {value}, {text})"
        return text

    def accurate_source(self, op: Op, position: int, named: Callable[[str], Function | None], *leading: str) -> str:
        """Python source calling the row's `accurate` function for one partial; "" where none is *named* so."""
        name = op.accurate[position] if position < len(op.accurate) else ""
        function = named(name) if name else None
        if function is None:
            return ""
        self.namespace[name] = function
        return f"{name}({', '.join((*leading, *op.arguments))})"

    def partial_source(self, op: Op, position: int) -> str:
        """Python source of one partial, in terms of `v` and the arguments' names."""
        return self.source(self.partial_rule(op, position))

    def product(self, factor: str, op: Op, position: int) -> str:
        """Python source of *factor* × partial; factors ±1 are not multiplied by."""
        text = op.partials[0 if op.variadic else position]
        if text == "1":
            return factor
        if text == "-1":
            return self.spell(NEG, [factor])
        return self.spell(MUL, [factor, self.partial_source(op, position)])

    def push(self, op: Op, mask: int, seeded: bool = False) -> Function:
        """A step of forward mode: (values, tangents, node, args) sets the node's tangent, Σ ∂v/∂arg·tangent.

        *mask* has bit i set where argument i may have a tangent; one that is None all the same is passed over. Where
        the node itself may be *seeded*, its tangent is added to the seed.
        """
        key = ("push", op, 2 * mask + seeded)
        found = self._compiled.get(key)
        if found is None:
            active = positions(mask)
            if op.variadic:
                added = self.spell(ADD, ["total", "share"])
                lines = [
                    "total = None",
                    f"for i in {_listed(active)}:",
                    "    d = tangents[args[i]]",
                    "    if d is not None:",
                    f"        {self._each(op)}",
                    f"        share = {self.product('d', op, 0)}",
                    f"        total = share if total is None else {added}",
                ]
                total = "total"
            else:
                lines = [f"d{i} = tangents[at_{op.arguments[i]}]" for i in active]
                total = self._total(op, active, "")
            if seeded:
                lines += ["seed = tangents[node]", f"total = {total}"]
                total = "total if seed is None else seed + total"
            lines.append(f"tangents[node] = {total}")
            found = self._compiled[key] = self._step("values, tangents, node, args", op, lines, "JVP")
        return found

    def _total(self, op: Op, active: Sequence[int], total: str) -> str:
        """Python source of *total* and the products of what there is of the tangents d0, d1, …, or None."""
        if not active:
            return total or "None"
        i, *others = active
        product = self.product(f"d{i}", op, i)
        more = self.spell(ADD, [total, product]) if total else product
        return f"({self._total(op, others, total)} if d{i} is None else {self._total(op, others, more)})"

    def pull(self, op: Op, mask: int) -> Function:
        """A step of reverse mode: (w, values, adjoints, node, args) adds w·∂v/∂arg to the adjoint of each argument.

        *mask* has bit i set where argument i is to get its share; w is the node's own adjoint.
        """
        key = ("pull", op, mask)
        found = self._compiled.get(key)
        if found is None:
            active = positions(mask)
            if op.variadic:
                lines = [
                    f"for i in {_listed(active)}:",
                    f"    {self._each(op)}",
                    "    at = args[i]",
                    *("    " + line for line in self._added("at", self.product("w", op, 0))),
                ]
            else:
                products = [(f"at_{op.arguments[i]}", self.product("w", op, i)) for i in active]
                lines = [line for product in products for line in self._added(*product)]
            found = self._compiled[key] = self._step("w, values, adjoints, node, args", op, lines, "VJP")
        return found

    @staticmethod
    def _each(op: Op) -> str:
        """The line that fetches what the rule of any number of arguments says of the one at place i."""
        return "cofactor = cofactored(i)" if op.matrix else "x = given[i]"

    @staticmethod
    def _added(at: str, product: str) -> list[str]:
        """The lines that add a product to an adjoint."""
        last = f"adjoints[{at}] = share if old is None else old + share"
        return [f"share = {product}", f"old = adjoints[{at}]", last]

    def _step(self, parameters: str, op: Op, lines: Sequence[str], title: str) -> Function:
        """The function of *lines*, after those that fetch what these use of the tape's values."""
        if op.variadic:
            fetched = ["v = values[node]", "given = [values[a] for a in args]"]
            if op.matrix:
                self.namespace["cofactors"] = partial(self.cofactors, op)
                fetched.append("cofactored = cofactors(given)")
            else:
                self.namespace["tied"] = self.ties
                fetched.append("ties = tied(v, given)")
        else:
            used = set(_WORD.findall(" ".join(lines)))
            places = {"v": "node", **{x: f"at_{x}" for x in op.arguments}}
            fetched = ["".join(f"at_{x}, " for x in op.arguments) + "= args"]
            fetched += [f"{name} = values[{place}]" for name, place in places.items() if name in used]
        source = "\n    ".join([f"def swept({parameters}):", *self.prologue, *fetched, *lines])
        made: dict[str, Function] = {}
        exec(_code(source, f"{title} of {op.name}", "exec"), self.namespace, made)
        return made["swept"]

    def partial(self, op: Op, position: int) -> Function:
        """One partial derivative itself: (v, *args) -> ∂v/∂arg."""
        key = ("partial", op, 0 if op.variadic else position)
        found = self._compiled.get(key)
        if found is None:
            source = self.partial_source(op, position)
            if op.variadic:
                one = self.compile(("v", "x", "ties"), source, f"partial of {op.name}")
                ties = self.ties
                # The argument differentiated by comes last, after all of them.
                found = lambda v, *args: one(v, args[-1], ties(v, args[:-1]))  # noqa: E731
            else:
                found = self.compile(("v", *op.arguments), source, f"partial of {op.name}")
            self._compiled[key] = found
        return found

    def dot(self, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
        """Σ x·y, as far as the shorter goes."""
        return sum(map(operator.mul, xs, ys))

    def convolved(self, xs: Sequence[Any], ys: Sequence[Any]) -> list[Any] | None:
        """The coefficients of the product of two polynomials, where that is faster than one by one; else None."""
        return None

    def partial_at(self, op: Op, position: int, v: Any, args: Sequence[Any]) -> Any:
        """The partial by the argument at *position*, with the result *v* and the arguments' values given."""
        if op.matrix:
            return self.cofactor(op, args, position)
        if op.variadic:
            return self.partial(op, position)(v, *args, args[position])
        return self.partial(op, position)(v, *args)

    def condition(self, op: Op, text: str) -> Function:
        """A row's `domain` or `kink` as a function: (v, *args) -> truth."""
        key = (text, op, 0)
        found = self._compiled.get(key)
        if found is None:
            if op.variadic:
                one = self.compile(("v", "ties"), self.source(text), f"condition of {op.name}")
                ties = self.ties
                found = lambda v, *args: one(v, ties(v, args))  # noqa: E731
            else:
                found = self.compile(("v", *op.arguments), self.source(text), f"condition of {op.name}")
            self._compiled[key] = found
        return found
