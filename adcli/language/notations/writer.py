"""Trees to graphs: names and calls get their meaning, functions and sums are written out, statements become outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adcli.errors import LimitError, NameFault, Span, SyntaxFault
from adcli.graphs import Graph
from adcli.language.arrays.calls import EMPTY, INFINITY
from adcli.language.arrays.functions import FUNCTIONS, Row
from adcli.language.arrays.names import Shape, labels
from adcli.language.arrays.operations import MATMUL
from adcli.language.notations import matrices
from adcli.language.notations.forms import PIECEWISE, cases, degrees, floored, percent, truncated
from adcli.language.notations.names import Names, Scope
from adcli.language.notations.notation import Meaning, Notation
from adcli.language.notations.ranges import needs_size
from adcli.language.notations.reductions import shown
from adcli.language.notations.trees import CALL, ELEMENT, LIST, MISSING, NAME, NUMBER, OPERATION, Tree, operation
from adcli.language.parser import distinct
from adcli.language.reading import AND, OR, Budget
from adcli.ops import ADD, DIV, MUL, POW, TABLE, Op

OPS: dict[str, Op] = {**TABLE, "and": AND, "or": OR, "matmul": MATMUL}
_REWRITTEN = {"percent": percent, "degree": degrees, "floordiv": floored, "truncdiv": truncated}
"""Operators that are no rows of the table."""
_FOLDS = {"sum": (ADD, "0"), "product": (MUL, "1")}
MAX_CALLS = 100
"""Functions of the text may call each other this deep."""


class Writer(Names):
    """Writes the statements of one text."""

    def __init__(
        self, notation: Notation, text: str, let: Mapping[str, int], sizes: Mapping[str, Shape] | None = None
    ) -> None:
        super().__init__(notation, text, let, sizes)
        self.budget = Budget()
        self.functions: dict[str, tuple[tuple[str, ...], Tree]] = {}
        self.assignments: list[tuple[str, int]] = []
        self.bare: list[tuple[str, int, Span]] = []

    def statement(self, tree: Tree) -> None:
        """Read one: an assignment, a definition or an expression. A list is several."""
        if tree.kind == OPERATION and tree.text == "assign":
            self._assign(*tree.parts)
        elif tree.kind == OPERATION and tree.text == "Eq" and self.notation.equations:
            if tree.parts[0].kind != NAME:
                place = (tree.parts[0].span[1], tree.parts[1].span[0])
                raise SyntaxFault("an equation is no formula", place, hint="write the side to differentiate alone")
            self._assign(*tree.parts)
        elif tree.kind == LIST and not tree.closed:
            for part in tree.parts:
                if part.kind == LIST:
                    raise SyntaxFault("a matrix is no formula", (part.span[0], part.span[0] + 1))
                self.statement(part)
        else:
            name = tree.text if tree.kind == NAME and tree.text not in self.notation.constants else ""
            self.bare.append((name, self.node(tree, {}), tree.span))

    def finish(self) -> Graph:
        """The graph: its outputs are the expressions, else what is assigned last."""
        for _, node, span in self.bare:
            if node in self.operations.conditions:
                raise SyntaxFault("this is a condition, not a number", span)
        names = distinct([name for name, _, _ in self.bare])
        chosen = self._elements(zip(names, [node for _, node, _ in self.bare], strict=True))
        chosen = chosen or self._elements(self.assignments[-1:])
        if not chosen and self.functions:  # a definition alone is the formula
            *_, (called, (_, body)) = self.functions.items()
            self.functions.clear()
            self._assign(Tree(NAME, called, (), body.span), body)
            return self.finish()
        if not chosen:
            raise SyntaxFault("there is no expression", (0, len(self.text)), hint="add one that calls the functions")
        nodes, names = [node for _, node in chosen], [name for name, _ in chosen]
        return self.builder.finish(nodes, names, self._elements(self.assignments))

    def _elements(self, named: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
        """Names with their nodes, an array's elements for the array."""
        found: list[tuple[str, int]] = []
        for name, value in named:
            array = self.operations.array(value)
            own = self.builder.labels.get(array.nodes[0], "").partition("[")[0] == name
            while array.shape and not own and (name in self.sizes or self.globals.get(name, value) != value):
                name += "_"  # what is written anew has one meaning for each name
            found += zip(labels(name, array.shape), array.nodes, strict=True) if array.shape else [(name, value)]
        return found

    def _assign(self, target: Tree, value: Tree) -> None:
        if target.kind == NAME:
            name = self._free(target, left=True)
            node = self.node(value, {})
            node = self.builder.named(node) if node >= 0 else node
            self.globals[name] = node
            self.assignments.append((name, node))
        elif target.kind == CALL:
            if target.text in self.notation.functions:
                raise NameFault(f"{target.text} has a meaning of its own and cannot be defined", target.span)
            for part in target.parts:
                if part.kind != NAME:
                    raise SyntaxFault("a parameter is a name", part.span)
            names = tuple(part.text.rstrip("_") for part in target.parts)
            self.functions[target.text] = (names, value)
        else:
            raise SyntaxFault("only a name or a function can be given a meaning", target.span)

    # Expressions

    def node(self, tree: Tree, scope: Scope) -> int:
        """The node of an expression. Raises SyntaxFault, NameFault, LimitError."""
        values: list[int] = []
        work: list[Any] = [(tree, scope, 0)]
        while work:
            item = work.pop()
            if len(item) == 3:
                self._visit(item, work, values)
                continue
            what, count, tree, more = item
            args = values[len(values) - count :]
            del values[len(values) - count :]
            if what == "op":
                places = [part.span for part in tree.parts]
                if self.notation.matrices and min(args, default=0) < 0:
                    values.append(self._matrices(more, args, places, tree))
                else:
                    values.append(self.operations.call(more.symbol or tree.text, more, args, places, tree.span))
            elif what == "turned":
                columns = self.notation.matrices is not None
                values.append(matrices.turned(self.operations, args[0], tree.span, columns))
            elif what == "one":
                if args[0] < 0:
                    raise SyntaxFault("a condition of a range is not read here", tree.span, hint="write out its cells")
                values.append(args[0])
            elif what == "divided":
                values.append(self._divided(args, tree))
            elif what == "base":
                scope, depth = more
                if args[0] < 0:
                    values.append(matrices.turned(self.operations, args[0], tree.span, True))
                else:
                    values.append(args[0])
                    work += [("op", 2, tree, POW), (tree.parts[1], scope, depth)]
            elif what == "pairs":
                values.append(self.operations.piecewise(args, [part.span for part in tree.parts], tree.span))
            elif what == "empty":
                values.append(self.operations.handle(more or EMPTY))
            elif what in ("list", "table"):
                places = [part.span for part in tree.parts]
                if what == "list":
                    values.append(self.operations.listed(args, places, tree.span))
                else:
                    values.append(self.operations.function(more[0], args, places, tree.span, more[1]))
            elif what == "run":
                total = args[0]
                for (step, op), arg in zip(more, args[1:], strict=True):
                    places = [part.span for part in step.parts]
                    if self.notation.matrices and min(total, arg) < 0:
                        total = self._matrices(op, [total, arg], places, step)
                    else:
                        total = self.operations.call(op.symbol, op, [total, arg], places, step.span)
                values.append(total)
            elif what == "fold":
                op, empty = more
                total = args[0] if args else self.builder.literal(empty, tree.span)
                for arg in args[1:]:
                    total = self.operations.call(op.symbol, op, [total, arg], [tree.span] * 2, tree.span)
                values.append(total)
            elif what == "let":
                body, outer, depth = more
                work.append((body, {**outer, tree.parts[0].text: args[0]}, depth))
            else:
                names, body, depth = more
                work.append((body, dict(zip(names, args, strict=True)), depth + 1))
        return values.pop()

    def _visit(self, item: tuple[Tree, Scope, int], work: list[Any], values: list[int]) -> None:
        tree, scope, depth = item
        kind = tree.kind
        if kind == NUMBER:
            values.append(self.builder.literal(tree.text, tree.span))
        elif kind == NAME:
            values.append(self._name(tree, scope))
        elif kind == ELEMENT:
            values.append(self._element(tree.text, tree.parts, tree.span, scope))
        elif kind == LIST:
            work.append(("list", len(tree.parts), tree, None))
            work += [(part, scope, depth) for part in reversed(tree.parts)]
        elif kind == MISSING:
            raise SyntaxFault("an operand is missing here", tree.span)
        elif kind == CALL:
            self._call(tree, scope, depth, work, values)
        elif tree.text == "let":
            _, value, body = tree.parts
            work.append(("let", 1, tree, (body, scope, depth)))
            work.append((value, scope, depth))
        elif tree.text in _FOLDS:
            self._fold(tree, scope, depth, work)
        elif tree.text in _REWRITTEN:
            work.append((_REWRITTEN[tree.text](tree), scope, depth))
        elif tree.text == matrices.TURNED:
            work.append(("turned", 1, tree, None))
            work.append((tree.parts[0], scope, depth))
        elif tree.text == "one":
            work += [("one", 1, tree, None), (tree.parts[0], scope, depth)]
        elif tree.text == "left division":
            work.append(("divided", 2, tree, None))
            work += [(part, scope, depth) for part in reversed(tree.parts)]
        elif tree.text in matrices.NORMS:
            of = matrices.NORMS[tree.text]
            inner = (tree.parts[0].parts[0], *[Tree(NUMBER, "1", (), tree.span)] * (of is not None))
            work.append(("table", len(inner), Tree(CALL, "norm", inner, tree.span), ("norm", None)))
            if of is not None:
                work.append(("empty", 0, tree, of) if of else (inner[1], scope, depth))
            work.append((inner[0], scope, depth))
        elif tree.text == matrices.INFINITE:
            work.append(("empty", 0, tree, INFINITY))
        elif tree.text in matrices.METHODS:
            work.append((Tree(CALL, matrices.METHODS[tree.text], tree.parts, tree.span), scope, depth))
        elif tree.text in ("pi", "E", "True", "False"):
            values.append(self.operations.constant(tree.text, tree.span))
        elif tree.text == PIECEWISE:
            work.append(("pairs", len(tree.parts), tree, None))
            work += [(part, scope, depth) for part in reversed(tree.parts)]
        elif tree.text in ("else", "then", "if"):
            work.append((self._alternatives(tree), scope, depth))
        else:
            self._operation(tree, scope, depth, work)

    def _operation(self, tree: Tree, scope: Scope, depth: int, work: list[Any]) -> None:
        op, parts = OPS.get(tree.text), tree.parts
        if op is None:
            raise SyntaxFault("this stands where no formula can", tree.span)
        if op is POW and parts[1].kind == NAME and parts[1].text == "T" and self.notation.name == "latex":
            work += [("base", 1, tree, (scope, depth)), (parts[0], scope, depth)]
            return
        if op is POW and parts[0].kind == NAME and self.notation.constants.get(parts[0].text) == "E":
            tree = operation("exp", parts[1], span=tree.span)
            op, parts = TABLE["exp"], tree.parts
        if op.precedence in (ADD.precedence, MUL.precedence) and len(parts) == 2 and op.symbol:
            steps: list[tuple[Tree, Op]] = []  # a run of operators of equal precedence: its operands come first
            while True:
                steps.append((tree, op))
                first = tree.parts[0]
                below = OPS.get(first.text) if first.kind == OPERATION and not first.closed else None
                if below is None or below.precedence != op.precedence or len(first.parts) != 2:
                    break
                tree, op = first, below
            steps.reverse()
            work.append(("run", len(steps) + 1, tree, steps))
            parts = (steps[0][0].parts[0], *(step.parts[1] for step, _ in steps))
        else:
            work.append(("op", len(parts), tree, op))
        work += [(part, scope, depth) for part in reversed(parts)]

    def _alternatives(self, tree: Tree) -> Tree:
        """(c then a) else b, which may be alternatives itself; without an else there may be no value."""
        pairs, rest = [], tree
        while rest.kind == OPERATION and rest.text in ("else", "then", "if"):
            test, other = rest.parts if rest.text == "else" else (rest, None)
            if not (test.kind == OPERATION and test.text in ("then", "if")):
                raise SyntaxFault("a condition is missing here", test.span)
            pairs.append(test.parts if test.text == "if" else test.parts[::-1])
            if other is None:
                return cases(pairs, None, tree.span)
            rest = other
        return cases(pairs, rest, tree.span)

    def _call(self, tree: Tree, scope: Scope, depth: int, work: list[Any], values: list[int]) -> None:
        name, span = tree.text, (tree.span[0], tree.span[0] + len(tree.text))
        if not self.text.startswith(name, span[0]):  # x // f
            span = tree.span
        own = self.functions.get(name)
        if own is None and self.notation.calls_index and self._shape(name, scope):
            values.append(self._element(name, tree.parts, tree.span, scope))
            return
        if own is not None:
            names, body = own
            if len(names) != len(tree.parts):
                raise SyntaxFault(f"{name} takes {len(names)} arguments, got {len(tree.parts)}", tree.span)
            if depth > MAX_CALLS:
                raise LimitError(f"functions call each other at most {MAX_CALLS} deep", tree.span)
            self.budget.count(1, len(self.text), tree.span)
            work.append(("call", len(names), tree, (names, body, depth)))
            work += [(part, scope, depth) for part in reversed(tree.parts)]
            return
        meaning = self.notation.functions.get(name) or self._qualified(name)
        if meaning is None:
            if self.notation.calls_index and self._indexes(tree.parts, scope):
                values.append(self._element(name, tree.parts, tree.span, scope))
                return
            raise self.notation.unknown(name, span)
        if isinstance(meaning, str):
            if meaning in FUNCTIONS:
                work.append(("table", len(tree.parts), tree, (meaning, None)))
                for part in reversed(tree.parts):
                    empty = part.kind == LIST and not part.parts and FUNCTIONS[meaning].empty
                    work.append(("empty", 0, part, None) if empty else (part, scope, depth))
                return
            one = tree.parts[0] if len(tree.parts) == 1 else None
            parts = one.parts if one is not None and one.kind == LIST and TABLE[meaning].variadic else tree.parts
            work.append((self._marked(Tree(OPERATION, meaning, parts, tree.span), tree), scope, depth))
        elif isinstance(meaning, Row):
            work.append(("table", len(tree.parts), tree, (shown(tree), meaning)))
            work += [(part, scope, depth) for part in reversed(tree.parts)]
        else:
            work.append((self._marked(meaning(tree), tree), scope, depth))

    def _indexes(self, parts: Sequence[Tree], scope: Scope) -> bool:
        """Whether these may be the indices of what is no function."""
        slices = self.notation.slices
        sized = slices is not None and any(needs_size(part, slices) for part in parts)
        return sized or (bool(parts) and all(self._is_whole(part, scope) for part in parts))

    def _marked(self, tree: Tree, call: Tree) -> Tree:
        """What stands for a call, whose operations may go by elements where those that are written do not."""
        rules = self.notation.matrices
        mark = "" if rules is None or call.text == r"\frac" else "f." if call.text.endswith(".") else "f" * rules.marks
        given = {id(part) for part in call.parts}
        waiting = [tree] if mark else []
        while waiting:
            part = waiting.pop()
            if id(part) not in given and part is not call:
                if part.kind == OPERATION:
                    part.sign = mark
                waiting += part.parts
        return tree

    def _matrices(self, op: Op, args: list[int], places: list[Span], tree: Tree) -> int:
        """An operation on arrays, by the notation's rules for matrices."""
        assert self.notation.matrices is not None, "it has rules"
        return matrices.operation(self.operations, self.notation.matrices, op, args, places, tree.span, tree.sign)

    def _divided(self, args: list[int], tree: Tree) -> int:
        r"""A\\b is the x with A x = b; of a number b/A."""
        left, right = tree.parts
        if args[0] < 0 and tree.sign[:1] != ".":
            return self.operations.function("solve", args, [left.span, right.span], tree.span)
        args, places = args[::-1], [right.span, left.span]
        if min(args) < 0:
            return self._matrices(DIV, args, places, tree)
        return self.operations.call(DIV.symbol, DIV, args, places, tree.span)

    def _qualified(self, name: str) -> Meaning | None:
        """The meaning of np.sin or sin.; the notation's words say what may stand before or behind a dot."""
        module, _, own = name.rstrip(".").rpartition(".")
        functions = self.notation.functions
        if "." not in name or name[0] == ".":  # methods have names of their own
            return None
        return functions.get(f"{module.rpartition('.')[2]}.{own}", functions.get(own))

    def _fold(self, tree: Tree, scope: Scope, depth: int, work: list[Any]) -> None:
        body, variable, lower, upper = tree.parts
        if variable.kind != NAME:
            raise SyntaxFault("the index is a name", variable.span)
        first, last = self._whole(lower, scope), self._whole(upper, scope)
        count = max(0, last - first + 1)
        self.budget.count(count, count * (body.span[1] - body.span[0]), tree.span)
        work.append(("fold", count, tree, _FOLDS[tree.text]))
        for k in range(last, first - 1, -1):
            work.append((body, {**scope, variable.text: (k,)}, depth))
