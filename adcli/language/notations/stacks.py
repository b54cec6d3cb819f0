"""What a parser's stacks hold, how operators become trees, and what an implied product may have meant instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from adcli.errors import Span
from adcli.language.notations.notation import PRODUCT, TIGHT, Notation, Operator, Word
from adcli.language.notations.trees import CALL, LIST, NAME, NUMBER, OPERATION, Tree, number, operation

COMPARISONS = frozenset({"Lt", "Le", "Gt", "Ge", "Eq", "Ne"})
_CONDITIONS = COMPARISONS | {"and", "or", "Not"}
OPEN = Operator("", -1)
"""Waits among the operators where a bracket is open."""

RATIO = Operator("div", PRODUCT)
"""A slash behind more than a number, after which papers take all names and numbers beside each other: x^2/2a."""


class Frame:
    """A bracket, call or index that is open: the word, what it will be, and its finished parts."""

    __slots__ = ("base", "kind", "parts", "word")

    def __init__(self, kind: str, word: Word, base: Any = None) -> None:
        self.kind = kind
        self.word = word
        self.base = base
        self.parts: list[Tree] = []


class Stacks:
    """Operands and operators that wait."""

    def __init__(self, notation: Notation, text: str) -> None:
        self.notation = notation
        self.text = text
        self.operands: list[Tree] = []
        self.operators: list[tuple[Operator, Word | None]] = [(OPEN, None)]
        self.frames: list[Frame] = []
        self.operand = True  # whether an operand is expected
        self.waits_for_else = any(operator.name == "then" for operator in notation.infix.values())
        self.doubts: list[Span] = []  # what might have been read otherwise
        self.loose: Tree | None = None  # the last function whose argument stands in braces alone

    def _inner(self, words: Sequence[Word], word: Word, pairs: bool = False) -> Tree:
        """An exponent, base or bound, which is read on its own."""
        raise NotImplementedError

    def _push(self, tree: Tree) -> None:
        self.operands.append(tree)
        self.operand = False
        while self.operators[-1][0].precedence == 99:
            self._fold()

    def _fold_to(self, operator: Operator) -> None:
        """Turn what binds tighter than *operator* into trees; else belongs to the last then that waits for one."""
        while operator.name == "else" and self.waits_for_else:
            last_operator = self.operators[-1][0]
            if last_operator is OPEN:
                return
            self._fold()
            if last_operator.name == "then":
                return
        while True:
            last = self.operators[-1][0].precedence
            if last > operator.precedence or (last == operator.precedence and not operator.right):
                self._fold()
            else:
                return

    def _fold(self) -> None:
        operator, word = self.operators.pop()
        assert word is not None, "only operators are folded"
        if word.kind in ("function", "big"):
            self.operands.append(self._applied(word, self.operands.pop()))
            return
        right = self.operands.pop()
        if self.notation.prefix.get(word.text) is operator:
            span = (word.start, right.place[1])
            if operator.name == "neg" and right.kind == NUMBER and not right.closed and right.text[0] != "-":
                self.operands.append(number(f"-{right.text}", span))
            elif operator.name == "pos":
                self.operands.append(right)
            else:
                self.operands.append(operation(operator.name, right, span=span))
            return
        left = self.operands.pop()
        found = self._joined(operator.name, left, right)
        found.sign = word.text
        self.operands.append(found)

    def _joined(self, name: str, left: Tree, right: Tree) -> Tree:
        if name in COMPARISONS and left.kind == OPERATION and not left.closed and self.notation.chains:
            inner = left.parts[-1] if left.text == "and" else left
            if inner.text in COMPARISONS:
                return operation("and", left, operation(name, inner.parts[1], right))
        if name == "mul" and self.notation.indicators:
            for condition, value in ((left, right), (right, left)):
                if condition.kind == OPERATION and condition.text in _CONDITIONS:
                    span = (left.place[0], right.place[1])
                    return operation("where", condition, value, number("0", condition.span), span=span)
        if name.startswith("not "):
            return operation("Not", operation(name[4:], left, right))
        return operation(name, left, right)

    def _applied(self, word: Word, argument: Tree) -> Tree:
        """A function of LaTeX, or a sum, and what it is applied to."""
        parts = {what: self._inner(words, word, what == "order") for what, words in word.extra if what != "doubt"}
        if len(parts) < len(word.extra):
            self.doubts.append(word.span)
        span = (word.start, argument.place[1])
        if word.kind == "big":
            return operation(word.text, argument, parts["variable"], parts["lower"], parts["upper"], span=span)
        arguments = argument.parts if argument.kind == LIST else (argument,)
        if "base" in parts:
            arguments = (*arguments, parts["base"])
        power = parts.get("power")
        name = word.text
        if power is not None and power.kind == NUMBER and power.text == "-1":
            name, power = f"inverse {name}", None
            self.doubts.append(word.span)
        arguments = (*(parts[what] for what in ("order", "upper") if what in parts), *arguments)
        call = Tree(CALL, name, arguments, span)
        tree = call if power is None else operation("pow", call, power, span=span)
        written = self.text[: span[1]]
        if written[-1] == "}" and written[:-1].rstrip()[-1] not in ")]|":
            self.loose = tree
        return tree

    def _waiting(self) -> int:
        """How many operators wait inside the innermost bracket."""
        count = 0
        while self.operators[-1 - count][0] is not OPEN:
            count += 1
        return count

    def _takes_many(self) -> bool:
        """Whether the bracket that is open, or one around it alone, holds the arguments of the function before it."""
        place = len(self.operators) - 1 - self._waiting()
        while place > 0 and self.operators[place][0] is OPEN:
            place -= 1
        word = self.operators[place][1]
        return word is not None and word.kind == "function"

    # What may be meant otherwise

    def _doubt(self, word: Word) -> None:
        """Note an implied product that may be meant otherwise: ab, f(x), 1/2x, what follows a function's argument."""
        before, text = self.operands[-1], self.text
        start, end = before.place
        between = text[end : word.start]
        if self.notation.doubtful == "f(x)":
            if before.kind == NAME and not before.closed and word.text == "(" and not between:
                self.doubts.append((start, word.end))
            return
        decibels = word.text == "log" and before.kind == NUMBER and before.text in ("10", "20")
        if decibels and all(what != "base" for what, _ in word.extra):
            self.doubts.append((start, word.end))
        function = self._unclosed()
        if function is not None:
            coefficient = not _names(before) and self.operators[-1][1] is function
            if function.text in ("log", "ln") and "\\," in between:  # log 2\, x
                coefficient = False
            if word.kind not in ("function", "big") and not coefficient:
                self.doubts.append((function.start, word.end))
        elif before is self.loose:
            if word.kind != "function":
                self.doubts.append((start, word.end))
        elif before.kind == NAME and not before.closed and (not re.search(r"\s", between) or before.text == "Delta"):
            letters = (
                word.kind in ("name", "number") and text[start].isalpha() and text[word.start] != "\\" and not between
            )
            if letters or before.text == "Delta" or (word.kind == "open" and word.text == "("):
                self.doubts.append((start, word.end))
        if self.operators[-1][1] is not None and self.operators[-1][1].text == "/" and word.kind != "function":
            self.doubts.append((self.operators[-1][1].start, word.end))

    def _below(self) -> bool:
        """Whether a name here belongs to the denominator behind a slash."""
        return next((op for op, _ in reversed(self.operators) if op.precedence < TIGHT), OPEN) is RATIO

    def _unclosed(self) -> Word | None:
        """The function without brackets whose argument the last operand belongs to."""
        for operator, word in reversed(self.operators):
            if operator.precedence < TIGHT and not (word is not None and word.kind == "function"):
                return None
            if word is not None and word.kind == "function":
                return word
        return None

    def _beside(self) -> bool:
        """Whether a name here belongs to a function's argument without brackets: as in sin 2x y."""
        for operator, word in reversed(self.operators):
            if operator.precedence >= TIGHT:
                continue
            powered = self.operators[-1][0].name == "pow"
            return word is not None and word.kind == "function" and _is_plain(self.operands[-2 if powered else -1])
        return False


def is_number(tree: Tree) -> bool:
    """Whether it is a number, pi, or a short product or quotient of such."""
    left = [tree]
    for _ in range(20):
        if not left:
            return True
        part = left.pop()
        if part.kind == NAME and part.text != "pi":
            return False
        quotient = part.kind == CALL and part.text == r"\frac"
        if part.kind not in (NUMBER, NAME) and not quotient and part.text not in ("mul", "div", "neg"):
            return False
        left += part.parts
    return False


def _names(tree: Tree) -> bool:
    """Whether there is more in it than a number or a quotient of two."""
    return tree.kind != NUMBER and not (tree.kind == CALL and all(part.kind == NUMBER for part in tree.parts))


def _is_plain(tree: Tree) -> bool:
    """A number, a name, or a power or product of such as it stands beside a function without brackets."""
    if tree.closed:
        return False
    if tree.kind in (NUMBER, NAME):
        return True
    if tree.kind == CALL:
        return tree.text == r"\frac" and all(part.kind == NUMBER for part in tree.parts)
    if tree.kind == OPERATION and tree.text == "pow":
        return _is_plain(tree.parts[0])
    return tree.kind == OPERATION and tree.text == "mul" and _is_plain(tree.parts[-1])
