"""Words to trees: one precedence parser for all notations, with stacks of its own, so that no depth is too deep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from adcli.errors import LimitError, Span, SyntaxFault
from adcli.language.notations.notation import POWER, SIGN, SUM, TIGHT, Notation, Operator, Word
from adcli.language.notations.ranges import with_ranges
from adcli.language.notations.stacks import OPEN, RATIO, Frame, Stacks, is_number
from adcli.language.notations.trees import (
    CALL,
    ELEMENT,
    LIST,
    MISSING,
    NAME,
    NUMBER,
    OPERATION,
    Tree,
    number,
    operation,
)

MAX_NESTED = 100
"""Exponents of functions, bounds and bases inside such."""
MAX_LENGTH = 2_000_000
"""Words of a text."""

_BESIDE = Operator("mul", TIGHT)
_EXPONENT = Operator("mul", POWER, right=True)
"""Behind a number that is an exponent: 2^3x."""
_OPERANDS = frozenset({"number", "name", "call", "open", "function", "big", "bar"})


class Parser(Stacks):
    """Reads one text in one notation."""

    def __init__(self, notation: Notation, text: str, words: Sequence[Word] | None = None, depth: int = 0) -> None:
        super().__init__(notation, text)
        self.words = with_ranges(notation, notation.cut_words(text)) if words is None else words
        self.depth = depth
        if len(self.words) > MAX_LENGTH:
            raise LimitError(f"a text has at most {MAX_LENGTH:,} words here", (0, len(text)))
        self.found: list[Tree] = []
        self.pairs = False  # whether a bracket may hold a pair

    def statements(self) -> list[Tree]:
        """The statements of the text, of which there is at least one. Raises SyntaxFault."""
        last = self.words[-1].span if self.words else (0, len(self.text))
        for place, word in enumerate(self.words):
            if self.operand:
                self._operand(word, place)
            else:
                self._after(word, place)
        if self.frames:
            raise SyntaxFault("this bracket is not closed", self._opened().span)
        self._end(last)
        if not self.found:
            raise SyntaxFault("there is no expression", (0, len(self.text)))
        return self.found

    # What may begin an operand

    def _operand(self, word: Word, place: int) -> None:
        kind, notation = word.kind, self.notation
        if kind == "number":
            self._push(number(notation.number(word.text), word.span))
        elif kind == "name":
            if notation.doubtful == "all" and word.text == "e" and self._may_be_a_letter(word, place):
                self.doubts.append(word.span)
            self._push(self._name(word))
        elif kind == "call":
            self._open("call", word)
        elif kind == "open" or (kind == "index" and word.text in notation.lists):
            self._open("list" if word.text in notation.lists else "group", word)
        elif kind == "bar":
            self._open("bar", word)
        elif kind in ("function", "big"):
            self._prefixed(word, place)
        elif (kind == "symbol" or kind == "name") and word.text in notation.prefix:
            self.operators.append((notation.prefix[word.text], word))
        elif kind in ("close", "comma") and self.frames and self._may_be_empty(word):
            if kind == "comma":
                self._comma(word)
            else:
                self._close(word)
        elif kind == "end":
            if self.frames:
                raise SyntaxFault("this bracket is not closed", self._opened().span)
            if len(self.operators) > 1 or self.operands:
                raise SyntaxFault("an operand is missing at the end", self._before(place).span)
        elif kind == "close" and not self.frames:
            raise SyntaxFault("this bracket was never opened", word.span)
        elif kind in ("close", "comma", "symbol", "index"):
            what = "bracket" if kind in ("close", "index") else word.text
            which = f"this {what}" if kind in ("close", "index") else what
            raise SyntaxFault(f"an operand is missing before {which}", word.span, hint=notation.instead.get(word.text))
        else:
            raise self._unreadable(word)

    def _name(self, word: Word) -> Tree:
        known = word.text in self.notation.constants
        tree = Tree(NAME, word.text if known else self.notation.spelled(word.text), (), word.span)
        for what, inner in word.extra:
            if what == "index":
                tree.index = (inner[0].text, tuple(w.text for w in inner[1:]))
        return tree

    def _may_be_a_letter(self, word: Word, place: int) -> bool:
        """Whether an e is no base of a power, or of one that is a number only: a charge, or an eccentricity."""
        behind = [w.kind if w.kind == "number" else w.text for w in self.words[place + 1 : place + 5]]
        return self.text[word.start] == "e" and (behind[:1] != ["^"] or behind[2:4] == ["number", "}"])

    def _prefixed(self, word: Word, place: int) -> None:
        """A function of LaTeX with its exponent, or a sum; its argument stands in brackets, or beside it."""
        following = self.words[place + 1] if place + 1 < len(self.words) else None
        if following is None or following.kind in ("close", "comma", "end"):
            raise SyntaxFault(f"the argument of {word.text} is missing", word.span)
        if word.kind == "function" and following.kind in ("open", "bar") and following.text not in ("|", r"\|"):
            self.operators.append((Operator("", 99), word))  # the bracket alone is the argument
        else:
            self.operators.append((Operator("", SIGN + 0.2 if word.kind == "function" else SUM + 0.5), word))

    def _may_be_empty(self, word: Word) -> bool:
        frame = self.frames[-1]
        kinds = ("call", "list", "method", "group") if self.notation.tuples else ("call", "list", "method")
        return len(self.operators) > 0 and self.operators[-1][0] is OPEN and frame.kind in kinds

    def _before(self, place: int) -> Word:
        return self.words[max(place - 1, 0)]

    def _open(self, kind: str, word: Word, base: Any = None) -> None:
        self.frames.append(Frame(kind, word, base))
        self.operators.append((OPEN, word))
        self.operand = True

    # What may follow one

    def _after(self, word: Word, place: int) -> None:
        kind, text, notation = word.kind, word.text, self.notation
        if kind in ("symbol", "name") and text in notation.infix:
            base = self.operands[-1]
            if text == "^" and notation.doubtful == "all" and (_is_bare(base) or self._may_be_an_index(place)):
                self.doubts.append((base.span[0], word.end))
            if text == "mod":  # whose place among the operators is nobody's convention
                self.doubts.append((base.span[0], word.end))
            self._infix(notation.infix[text], word)
        elif kind in ("symbol", "name") and text in notation.postfix:
            operator = notation.postfix[text]
            if text == "!" and notation.doubtful == "all" and _is_bare(self.operands[-1]):
                self.doubts.append((self.operands[-1].span[0], word.end))
            self._fold_to(operator)
            tree = self.operands.pop()
            if tree.kind == OPERATION and tree.text == operator.name == "factorial" and not tree.closed:
                raise SyntaxFault("n!! is the double factorial, which is not read", (tree.span[0], word.end))
            self.operands.append(operation(operator.name, tree, span=(tree.place[0], word.end)))
        elif (kind == "bar" and any(frame.kind == "bar" for frame in self.frames[-1:])) or kind == "close":
            self._close(word)
        elif kind == "comma":
            self._comma(word)
        elif kind == "method":
            self._open("method", word, self.operands.pop())
        elif kind == "index":
            tree = self.operands.pop()
            result = f"{tree.text.rpartition('.')[2]}["
            results = tree.kind == CALL and any(name.startswith(result) for name in notation.functions)
            if tree.kind != NAME and not results:
                raise SyntaxFault("only a name has elements", word.span)
            self._open("result" if results else "index", word, tree)
        elif kind == "open" and self._is_subscripted(self.operands[-1]):
            self._open("call", word, self.operands.pop())
        elif kind == "end" and word.text == ";" and self.frames and self._takes_many():
            self._comma(word)
        elif kind == "end":
            if self.frames:
                raise SyntaxFault("this bracket is not closed", self._opened().span)
            self._end(word.span)
        elif kind in _OPERANDS:
            if notation.doubtful:
                self._doubt(word)
            self._infix(self._implied(word, place), Word("symbol", "", word.start, word.start))
            self._operand(word, place)
        else:
            raise self._unreadable(word)

    def _may_be_an_index(self, place: int) -> bool:
        """Whether a power's exponent is a name or number in brackets: x^{(i)} is the i-th x for many."""
        inside = [w.text for w in self.words[place + 1 : place + 6]]
        return inside[:2] == ["{", "("] and inside[3:] == [")", "}"]

    def _is_subscripted(self, tree: Tree) -> bool:
        """Whether it is a function with a subscript: psi[n] before its argument."""
        return tree.kind == ELEMENT and f"{tree.text}[]" in self.notation.functions

    def _implied(self, word: Word, place: int) -> Operator:
        """The product between two operands that stand side by side."""
        notation, before = self.notation, self.operands[-1]
        if notation.coefficient is not None and before.kind == NUMBER and not before.closed and word.kind != "number":
            return _EXPONENT if self.operators[-1][0].name == "pow" else notation.coefficient
        adjacent = word.kind == "number" and before.kind == NUMBER and not before.closed
        if adjacent and notation.doubtful == "all" and "\\," in self.text[before.span[1] : word.start]:
            adjacent = len(word.text) == 3  # 10\, 000 is one number to many, 45\, 2^x a product
        if notation.product is None or adjacent:
            instead = [notation.instead.get(text) for text in (self.text[slice(*before.span)], word.text)]
            hint = next(filter(None, instead), None if notation.product else "write a product with *")
            if notation.doubtful == "all":
                hint = r"write 1{,}000, or \cdot for a product"
            what = (
                "an operator is missing between two numbers" if before.kind == NUMBER and word.kind == "number" else ""
            )
            raise SyntaxFault(what or "an operator is missing here", word.span, hint=hint)
        if word.kind in ("number", "name") and (self._beside() or self._below()):
            return _BESIDE
        return notation.product

    def _infix(self, operator: Operator, word: Word) -> None:
        self._fold_to(operator)
        if self.notation.doubtful == "all" and word.text == "/" and not is_number(self.operands[-1]):
            operator = RATIO
        self.operators.append((operator, word))
        self.operand = True

    def _inner(self, words: Sequence[Word], word: Word, pairs: bool = False) -> Tree:
        if self.depth > MAX_NESTED:
            raise LimitError("exponents and bounds are nested too deeply", word.span)
        if not words:
            raise SyntaxFault(f"something is missing at {word.text}", word.span)
        inner = Parser(self.notation, self.text, words, self.depth + 1)
        inner.pairs = pairs
        found = inner.statements()
        self.doubts += inner.doubts
        return found[0]

    # Brackets

    def _opened(self) -> Word:
        word = self.frames[-1].word
        if word.kind in ("call", "method"):
            return Word("call", word.text, word.start, max(word.start + 1, word.end - 1))
        return word

    def _close(self, word: Word) -> None:
        if not self.frames:
            raise SyntaxFault("this bracket was never opened", word.span)
        frame = self.frames[-1]
        wanted = self.notation.brackets.get(_bracket(frame.word))
        if wanted != word.text:
            raise SyntaxFault(f"{wanted} is expected here", word.span)
        self._part(word)
        self.operators.pop()
        self.frames.pop()
        self._push(self._whole(frame, word))

    def _comma(self, word: Word) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame is None:
            if not self.notation.lists_outputs:
                raise SyntaxFault(f"{word.text} cannot be read here", word.span, hint=self.notation.instead.get(","))
            self._end(word.span)
            return
        many = self.notation.tuples or self.pairs or self._takes_many()
        if frame.kind == "bar" or (frame.kind == "group" and not many):
            hint = self.notation.instead.get(",")
            raise SyntaxFault("a comma belongs between the arguments of a function", word.span, hint=hint)
        self._part(word)
        self.operand = True

    def _part(self, word: Word) -> None:
        """End what stands before a comma or the closing bracket."""
        frame = self.frames[-1]
        while self.operators[-1][0] is not OPEN:
            if self.operand:
                raise SyntaxFault(f"an operand is missing before {word.text}", word.span)
            self._fold()
        if self.operand:  # nothing stands here
            if word.kind == "comma" or frame.parts:
                frame.parts.append(Tree(MISSING, "", (), (word.start, word.start)))
            return
        frame.parts.append(self.operands.pop())

    def _whole(self, frame: Frame, word: Word) -> Tree:
        span: Span = (frame.word.start, word.end)
        if frame.kind == "call":
            if frame.base is not None:  # psi[n](x)
                base = frame.base
                return Tree(CALL, f"{base.text}[]", [*base.parts, *frame.parts], (base.span[0], word.end))
            return Tree(CALL, _called(frame.word), frame.parts, span)
        if frame.kind == "method":  # x.sum()
            base = frame.base
            return Tree(CALL, _called(frame.word), [base, *frame.parts], (base.place[0], word.end))
        if frame.kind == "result":  # sici(x)[0]
            base = frame.base
            place = ", ".join(part.text for part in frame.parts)
            return Tree(CALL, f"{base.text}[{place}]", base.parts, (base.span[0], word.end))
        if frame.kind == "index":
            base = frame.base
            return Tree(ELEMENT, base.text, frame.parts, (base.span[0], word.end))
        if frame.kind == "bar":
            return _between_bars(frame.parts[0], span, self.text)
        if frame.kind == "list" or len(frame.parts) > 1:
            if self.notation.tuples and frame.parts and frame.parts[-1].kind == MISSING:
                frame.parts.pop()  # (x,)
            return Tree(LIST, frame.word.text, frame.parts, span)
        if not frame.parts:
            return Tree(LIST, frame.word.text, (), span)
        tree = frame.parts[0]
        if frame.word.text in _ROUNDED:
            meant = _ROUNDED[frame.word.text]
            tree = _between_bars(tree, span, self.text) if meant == "Abs" else operation(meant, tree, span=span)
        tree.closed = True
        tree.place = span
        return tree

    def _end(self, span: Span) -> None:
        """End a statement."""
        if len(self.operators) == 1 and not self.operands:
            return
        if self.operand:
            raise SyntaxFault("the expression ends where an operand is missing", span)
        while self.operators[-1][0] is not OPEN:
            self._fold()
        self.found.append(self.operands.pop())
        self.operand = True

    def _unreadable(self, word: Word) -> SyntaxFault:
        return SyntaxFault(f"{word.text} cannot be read here", word.span, hint=self.notation.instead.get(word.text))


_BARE = re.compile(r"(arc|ar|a)?(sin|cos|tan|sec|csc|cot|tg|ctg)h?|log|ln|lg")


def _is_bare(tree: Tree) -> bool:
    """Whether it is sin (x) or another function that is written without brackets too: then sin (x)^2 is ambiguous."""
    return (
        tree.kind == CALL and _BARE.fullmatch(tree.text) is not None and len(tree.parts) == 1 and tree.parts[0].closed
    )


_ROUNDED = {r"\lfloor": "floor", r"\lceil": "ceiling", r"\lvert": "Abs", "⌊": "floor", "⌈": "ceiling"}
"""Brackets that are operations."""


_DOUBLE = re.compile(r"(\\[A-Za-z]+\s*)?(\\\||\\[lr]?Vert|‖)")


def _between_bars(tree: Tree, span: Span, text: str) -> Tree:
    """The absolute value; of a matrix the determinant; between double bars a norm."""
    double = _DOUBLE.match(text, span[0]) is not None
    if tree.kind == CALL and tree.text == "matrix" and not double:
        return Tree(CALL, r"\det", (tree,), span)
    found = operation("Abs", tree, span=span)
    found.sign = "norm" if double else ""
    return found


def _bracket(word: Word) -> str:
    return word.text if word.kind in ("open", "bar", "index") else word.text.strip()[-1]


def _called(word: Word) -> str:
    return word.text.strip()[:-1].rstrip()
