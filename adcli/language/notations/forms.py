"""Calls that several notations write with operations of their own: conditions, sums, logarithms with a base, roots."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adcli.errors import Span, SyntaxFault, counted
from adcli.language.notations.trees import CALL, LIST, MISSING, NUMBER, OPERATION, Tree, number, operation

PIECEWISE = "Piecewise"


def _take(tree: Tree, least: int, most: int | None = None) -> tuple[Tree, ...]:
    """The arguments of a call, whose number must be right. Raises SyntaxFault."""
    most = least if most is None else most
    count = len(tree.parts)
    if not least <= count <= most or any(part.kind == MISSING for part in tree.parts):
        wanted = counted(least, "argument") if least == most else f"{least} to {most} arguments"
        raise SyntaxFault(f"{tree.text} takes {wanted}, got {count}", tree.span)
    return tree.parts


def form(op: str, order: str = "0") -> Callable[[Tree], Tree]:
    """A call of *op* with the arguments of the call in this order: "10" swaps two."""

    def write(tree: Tree) -> Tree:
        parts = _take(tree, len(order))
        return operation(op, *(parts[int(place)] for place in order), span=tree.span)

    return write


def folded(op: str) -> Callable[[Tree], Tree]:
    """A call of any number of arguments as *op* between them: Plus[a, b, c]."""

    def write(tree: Tree) -> Tree:
        parts = tree.parts[0].parts if len(tree.parts) == 1 and tree.parts[0].kind == LIST else tree.parts
        parts = _take(Tree(tree.kind, tree.text, parts, tree.span), 1, len(parts))
        if op == "pow":  # from the right
            total = parts[-1]
            for part in reversed(parts[:-1]):
                total = operation(op, part, total, span=tree.span)
            return total
        total = parts[0]
        for part in parts[1:]:
            total = operation(op, total, part, span=tree.span)
        return total

    return write


def chosen(tree: Tree) -> Tree:
    """If[c, a, b]. With fewer there is no value somewhere, with more one that nobody can know."""
    return operation("where", *_take(tree, 3), span=tree.span)


def logarithm(base: int) -> Callable[[Tree], Tree]:
    """log with a base at this place of two arguments."""

    def write(tree: Tree) -> Tree:
        parts = _take(tree, 1, 2)
        if len(parts) == 1:
            return operation("log", parts[0], span=tree.span)
        of = parts[1 - base]
        if parts[base].kind == NUMBER and parts[base].text in ("2", "10"):
            return operation(f"log{parts[base].text}", of, span=tree.span)
        return operation("log", of, parts[base], span=tree.span)

    return write


def arctangent(order: str) -> Callable[[Tree], Tree]:
    """atan of one argument, or of two in the order "01" (y, x) or "10"."""

    def write(tree: Tree) -> Tree:
        parts = _take(tree, 1, 2)
        if len(parts) == 1:
            return operation("atan", parts[0], span=tree.span)
        return operation("atan2", *(parts[int(place)] for place in order), span=tree.span)

    return write


def branch(tree: Tree) -> Tree:
    """LambertW of one argument, or of its branch and the argument."""
    parts = _take(tree, 1, 2)
    return operation("LambertW", *reversed(parts), span=tree.span)


def incomplete(complete: str, upper: str, lower: str) -> Callable[[Tree], Tree]:
    """Gamma[a], Gamma[a, x], and between bounds of which the first is 0."""

    def write(tree: Tree) -> Tree:
        parts = _take(tree, 1 if complete else 2, 3)
        if len(parts) == 3 and repr(parts[1]) != "0":
            raise SyntaxFault("the lower bound is 0, or left out", parts[1].span)
        op = {1: complete, 2: upper, 3: lower}[len(parts)]
        return operation(op, *parts[:1], *parts[-1:] * (len(parts) > 1), span=tree.span)

    return write


def between_bounds(tree: Tree) -> Tree:
    """betainc_regularized(a, b, 0, x)."""
    if len(tree.parts) != 4 or repr(tree.parts[2]) != "0":
        what = f"got {counted(len(tree.parts), 'argument')}" if len(tree.parts) != 4 else "and the third is 0"
        raise SyntaxFault(f"{tree.text} takes 4 arguments, {what}", tree.span)
    return operation("betainc", *tree.parts[:2], tree.parts[3], span=tree.span)


def by_count(*meanings: str) -> Callable[[Tree], Tree]:
    """One operation of one argument, another of two, …: "" where there is none."""

    def write(tree: Tree) -> Tree:
        parts = _take(tree, min(i for i, name in enumerate(meanings, 1) if name), len(meanings))
        return operation(meanings[len(parts) - 1], *parts, span=tree.span)

    return write


def root(tree: Tree) -> Tree:
    """The square root, or the one of the degree that comes second."""
    parts = _take(tree, 1, 2)
    if len(parts) == 1:
        return operation("sqrt", parts[0], span=tree.span)
    of, degree = parts
    if degree.kind == NUMBER and degree.text in ("2", "3"):
        return operation({"2": "sqrt", "3": "cbrt"}[degree.text], of, span=tree.span)
    return operation("pow", of, operation("div", number("1", degree.span), degree, span=degree.span), span=tree.span)


def percent(tree: Tree) -> Tree:
    """5% as 5/100."""
    (of,) = _take(tree, 1)
    return operation("div", of, number("100", tree.span), span=tree.span)


def signed(tree: Tree) -> Tree:
    """copysign(a, b)."""
    of, by = _take(tree, 2)
    span = tree.span
    positive = operation("Ge", by, number("0", span), span=span)
    sign = operation("where", positive, number("1", span), number("-1", span), span=span)
    return operation("mul", operation("Abs", of, span=span), sign, span=span)


def step(tree: Tree) -> Tree:
    """heaviside(x), or heaviside(x, 1/2)."""
    parts = _take(tree, 1, 2)
    if len(parts) == 2 and repr(parts[1]) not in ("0.5", ".5", "div(1, 2)"):
        raise SyntaxFault("at 0 the step is 1/2 in adcli", parts[1].span, hint="write where(x > 0, 1, …)")
    return operation("Heaviside", parts[0], span=tree.span)


def psi(tree: Tree) -> Tree:
    """The digamma function, or psi(n, x) of an order."""
    parts = _take(tree, 1, 2)
    return operation("polygamma" if len(parts) == 2 else "digamma", *parts, span=tree.span)


def floored(tree: Tree) -> Tree:
    """a // b."""
    return operation("floor", operation("div", *_take(tree, 2), span=tree.span), span=tree.span)


def truncated(tree: Tree) -> Tree:
    """a ÷ b of whole numbers, as Julia and Fortran have it."""
    return operation("trunc", operation("div", *_take(tree, 2), span=tree.span), span=tree.span)


def degrees(tree: Tree) -> Tree:
    """An angle in degrees, as radians."""
    (of,) = _take(tree, 1)
    pi = Tree(5, "pi", (), tree.span)
    return operation("div", operation("mul", of, pi, span=tree.span), number("180", tree.span), span=tree.span)


def cases(pairs: Sequence[Sequence[Tree]], default: Tree | None, span: tuple[int, int]) -> Tree:
    """Nested where, from the last pair to the first; without a default the pairs, one of which has to hold."""
    if default is None:
        return operation(PIECEWISE, *(part for pair in pairs for part in pair), span=span)
    total = default
    for value, condition in reversed(pairs):
        total = operation("where", condition, value, total, span=span)
    return total


def piecewise_pairs(tree: Tree) -> Tree:
    """Piecewise[{{value, condition}, …}, default]."""
    parts = _take(tree, 1, 2)
    pairs = []
    for pair in parts[0].parts if parts[0].kind == LIST else ():
        if pair.kind != LIST or len(pair.parts) != 2:
            raise SyntaxFault("a case is {value, condition}", pair.span)
        pairs.append((pair.parts[0], pair.parts[1]))
    if not pairs:
        raise SyntaxFault("Piecewise takes a list of {value, condition}", tree.span)
    return cases(pairs, parts[1] if len(parts) == 2 else number("0", tree.span), tree.span)


def iterated(op: str) -> Callable[[Tree], Tree]:
    """Sum[f, {i, 1, n}] of one or several ranges."""

    def write(tree: Tree) -> Tree:
        if len(tree.parts) < 2:
            raise SyntaxFault(f"{tree.text} takes a term and its ranges", tree.span)
        total = tree.parts[0]
        for over in reversed(tree.parts[1:]):
            if over.kind != LIST or len(over.parts) not in (2, 3):
                raise SyntaxFault("a range is {i, first, last}", over.span, hint="as in {i, 1, 3}")
            first = over.parts[1] if len(over.parts) == 3 else number("1", over.span)
            total = operation(op, total, over.parts[0], first, over.parts[-1], span=tree.span)
        return total

    return write


def iterated_flat(op: str) -> Callable[[Tree], Tree]:
    """sum(f, i, 1, n)."""

    def write(tree: Tree) -> Tree:
        return operation(op, *_take(tree, 4), span=tree.span)

    return write


def summed(op: str, over: str, offset: int) -> Callable[[Tree], Tree]:
    """sum(f for i in range(n)); "sum of" is that of an array. A range ends *offset* before what it names."""

    def write(tree: Tree) -> Tree:
        parts = tree.parts[0].parts if len(tree.parts) == 1 and tree.parts[0].kind == LIST else tree.parts
        loop = parts[0] if len(parts) == 1 else None
        if loop is None or loop.kind != OPERATION or loop.text != "for":
            return Tree(CALL, f"{op} of", tree.parts, tree.span)
        term, where = loop.parts
        bounds = where.parts[1].parts if where.kind == OPERATION and where.text == "in" else ()
        if len(bounds) not in (1, 2) or where.parts[1].text != over:
            raise SyntaxFault(f"a sum is over i in {over}(first, last)", where.span)
        first = bounds[0] if len(bounds) == 2 else number("0" if offset else "1", where.span)
        last = operation("sub", bounds[-1], number(str(offset), where.span), span=where.span)
        return operation({"sum": "sum", "prod": "product"}[op], term, where.parts[0], first, last, span=tree.span)

    return write


def flat_pairs(tree: Tree) -> Tree:
    """piecewise(condition, value, …, default)."""
    parts = _take(tree, 2, len(tree.parts))
    pairs = list(zip(parts[1::2], parts[::2], strict=False))
    return cases(pairs, parts[-1] if len(parts) % 2 else None, tree.span)


def square(tree: Tree) -> Tree:
    """x*x."""
    (of,) = _take(tree, 1)
    return operation("mul", of, of, span=tree.span)


def itself(tree: Tree) -> Tree:
    """A conversion that changes nothing."""
    return _take(tree, 1)[0]


def clipped(tree: Tree) -> Tree:
    """clip(x, low, high)."""
    of, low, high = _take(tree, 3)
    return operation("Min", operation("Max", of, low, span=tree.span), high, span=tree.span)


def inverse_degrees(tree: Tree) -> Tree:
    """An angle in radians, as degrees."""
    (of,) = _take(tree, 1)
    scaled = operation("mul", of, number("180", tree.span), span=tree.span)
    return operation("div", scaled, operation("pi", span=tree.span), span=tree.span)


def indicator(tree: Tree) -> Tree:
    """1 where a condition holds, else 0."""
    (condition,) = _take(tree, 1)
    return operation("where", condition, number("1", tree.span), number("0", tree.span), span=tree.span)


def jump(compare: str) -> Callable[[Tree], Tree]:
    """A step that is 1 where x compares so with 0."""

    def write(tree: Tree) -> Tree:
        (of,) = _take(tree, 1)
        return indicator(
            Tree(tree.kind, tree.text, (operation(compare, of, number("0", tree.span), span=tree.span),), tree.span)
        )

    return write


def _digamma_at_1(span: Span) -> Tree:
    return operation("neg", operation("digamma", number("1", span), span=span), span=span)


def _golden(span: Span) -> Tree:
    root = operation("sqrt", number("5", span), span=span)
    return operation("div", operation("add", number("1", span), root, span=span), number("2", span), span=span)


def _catalan(span: Span) -> Tree:
    """By the trigamma function at 1/4."""
    quarter = operation("div", number("1", span), number("4", span), span=span)
    square = operation("pow", operation("pi", span=span), number("2", span), span=span)
    trigamma = operation("polygamma", number("1", span), quarter, span=span)
    return operation("div", operation("sub", trigamma, square, span=span), number("8", span), span=span)


NUMBERS: dict[str, Callable[[Span], Tree]] = {
    "EulerGamma": _digamma_at_1,
    "GoldenRatio": _golden,
    "Catalan": _catalan,
    "Degree": lambda span: degrees(Tree(CALL, "Degree", (number("1", span),), span)),
}
"""Constants that adcli has no name for, by what they are exactly."""
