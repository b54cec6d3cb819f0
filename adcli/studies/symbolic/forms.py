"""Equivalent forms of an expression, and the shortest of them.

The measure is the length of the text in adcli's language, blanks and brackets not counted. The rules are SymPy's; which
of them pays cannot be known, so each is tried on the start and on the shortest that came of others, until nothing gets
shorter. Nothing here is trusted: who prints a form verifies it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from adcli.errors import AdcliError
from adcli.language.formulas import formula
from adcli.language.sympy.from_sympy import Writer
from adcli.language.sympy.terms import fraction
from adcli.ops import DIV, MUL
from adcli.studies.symbolic.measure import worth

Expr: TypeAlias = Any
Rule: TypeAlias = "Callable[[Expr], Expr]"

WIDTH = 3
"""So many of the shortest forms are worked on further."""
DEPTH = 4
"""So many rules are applied one after the other."""
SHORT = 5
"""Nobody looks for anything shorter than this."""
LARGE = 400
"""Of expressions with more operations than this, only quick rules are tried."""


def symbols(names: Sequence[str], positive: Sequence[str]) -> dict[str, Expr]:
    """Real symbols; those that must be positive for the formula to have a value are."""
    import sympy

    return {name: sympy.Symbol(name, real=True, **({"positive": True} if name in positive else {})) for name in names}


class _Handwriting(Writer):
    """Sums and products as people write them: in the order in which SymPy prints them, the sign in front."""

    def _sum(self, expr: Expr) -> Any:
        import sympy

        return super()._sum(sympy.Add(*expr.as_ordered_terms(), evaluate=False))

    def _product(self, expr: Expr) -> Any:
        above, below, negative = fraction(expr.as_ordered_factors() if expr.is_commutative else expr.args)
        roots = [factor for factor in above if factor.is_Pow and factor.is_number]
        above = [factor for factor in above if factor not in roots]
        above[:0] = roots
        if len(above) > 1 and above[0] == 1:
            del above[0]
        signed = negative and not (above[0].is_Number and above[0] < 0)

        def emit(nodes: list[int]) -> int:
            first = self._negative(nodes[0], expr) if signed else nodes[0]
            total = self._fold(MUL, [first, *nodes[1 : len(above)]], expr)
            if below:
                total = self._apply(DIV, total, self._fold(MUL, nodes[len(above) :], expr), of=expr)
            return total if signed or not negative else self._negative(total, expr)

        return above + below, emit


def written(expr: Expr, decimals: bool = False) -> str | None:
    """The expression in adcli's language, the shorter of its spellings; None where it is nothing of adcli's."""
    spellings = [expr, _rooted(expr), *([_decimal(expr)] if decimals else [])]
    texts = [text for spelled in dict.fromkeys(spellings) if (text := _text(spelled)) is not None]
    return min(reversed(texts), key=worth, default=None)


def _text(expr: Expr) -> str | None:
    try:
        writer = _Handwriting("")
        node = writer.write(expr)
        return formula(writer.finish([node]), node)
    except (AdcliError, RecursionError, AttributeError, TypeError, ValueError):
        return None


def _rooted(expr: Expr) -> Expr:
    """With one root for the roots of numbers in a product: 1/sqrt(2*pi) for sqrt(2)/(2*sqrt(pi))."""
    import sympy

    def joined(product: Expr) -> Expr:
        number, rest = product.as_independent(*product.free_symbols, as_Add=False)
        square = number**2
        if number.is_Rational or any(not power.exp.is_Integer for power in square.atoms(sympy.Pow)):
            return product
        above, below = sympy.fraction(square)
        parts = [
            sympy.Pow(part, power, evaluate=False)
            for part, power in ((above, 1 / sympy.S(2)), (below, -1 / sympy.S(2)))
            if part != 1
        ]
        sign = [sympy.S.NegativeOne] if number.is_negative else []
        return sympy.Mul(*sign, *rest.args if rest.is_Mul else (rest,), *parts, evaluate=False)

    found = {product: joined(product) for product in expr.atoms(sympy.Mul)}
    return expr.xreplace({product: other for product, other in found.items() if other != product})


def _decimal(expr: Expr) -> Expr:
    """With decimals for the fractions that are some: 0.6 for 3/5."""
    import sympy

    found = {}
    for number in expr.atoms(sympy.Rational):
        if number.q != 1:
            value = Fraction(int(number.p), int(number.q))
            near = float(value)
            if Fraction(repr(near)) == value and "e" not in repr(near):
                found[number] = sympy.Float(near)
    return expr.xreplace(found)


def quick_rules() -> list[Rule]:
    """Those that take next to no time."""
    import sympy

    return [
        sympy.powsimp,
        sympy.factor_terms,
        sympy.expand_mul,
        sympy.together,
        sympy.cancel,
        sympy.factor,
        _collected,
        sympy.powdenest,
        _exponentials,
    ]


def slow_rules() -> list[Rule]:
    """The others."""
    import sympy

    return [
        sympy.trigsimp,
        sympy.expand,
        sympy.simplify,
        lambda e: sympy.simplify(e.rewrite(sympy.exp)),
        sympy.logcombine,
        lambda e: sympy.expand_log(e, force=False),
        sympy.radsimp,
        sympy.gammasimp,
        sympy.piecewise_fold,
        _halves,
        _secants,
    ]


def _collected(expr: Expr) -> Expr:
    """Terms with a common function or symbol together."""
    import sympy

    parts = sorted(expr.atoms(sympy.Function) | expr.free_symbols, key=str)
    return sympy.collect(sympy.expand_mul(expr), parts)


def _exponentials(expr: Expr) -> Expr:
    import sympy

    return sympy.powsimp(sympy.expand_power_exp(expr), combine="all")


def _halves(expr: Expr) -> Expr:
    """Squares of sines and cosines by each other, the shorter way."""
    import sympy

    x = sympy.Wild("x")
    sine, cosine = sympy.sin(x) ** 2, sympy.cos(x) ** 2
    ways = [expr.replace(sine, 1 - cosine), expr.replace(cosine, 1 - sine)]
    return min((sympy.factor(way) for way in ways), key=sympy.count_ops)


def _secants(expr: Expr) -> Expr:
    """Secants for 1 + tan^2 and for divisors cos, and the same of the others."""
    import sympy

    x = sympy.Wild("x")
    for ratio, whole, below in ((sympy.tan, sympy.sec, sympy.cos), (sympy.cot, sympy.csc, sympy.sin)):
        expr = sympy.factor_terms(sympy.expand_mul(expr.replace(ratio(x) ** 2, whole(x) ** 2 - 1)))
        expr = expr.replace(lambda e, f=below: e.is_Pow and e.base.func is f and e.exp.is_negative,
                            lambda e, f=whole: f(e.base.args[0]) ** -e.exp)  # fmt: skip
    return expr


def shorter(starts: Sequence[Expr], known: dict[str, Expr], *, decimals: bool) -> Iterator[str]:
    """Texts of equivalent forms, each shorter than those before."""
    best: tuple[int, int] | None = None
    seen: dict[Expr, tuple[int, int]] = {}

    def tried(expr: Expr) -> str | None:
        nonlocal best
        if expr in seen or _foreign(expr):
            return None
        found = written(expr, decimals)
        if found is None:
            return None
        seen[expr] = worth(found)
        if best is None or seen[expr] < best:
            best = seen[expr]
            return found
        return None

    for start in starts:
        if (text := tried(start)) is not None:
            yield text
    done: set[Expr] = set()
    for depth in range(DEPTH):
        chosen = sorted((e for e in seen if e not in done), key=seen.__getitem__)[: WIDTH if depth else WIDTH + 2]
        before = best
        for rules in (quick_rules(), slow_rules()):
            for expr in chosen:
                done.add(expr)
                if best is not None and best[0] <= SHORT:
                    return
                for rule in rules if expr.count_ops() <= LARGE else quick_rules():
                    try:
                        found = rule(expr)
                    except Exception:  # whatever a rule of SymPy's raises: one form less
                        continue
                    if (text := tried(found)) is not None:
                        yield text
        if depth and best == before:
            return


def _foreign(expr: Expr) -> bool:
    """Whether something stands in it that no derivative of a real function is made of."""
    import sympy

    never = (sympy.I, sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)
    return bool(expr.has(*never, sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.Integral))


def vanishes(expr: Expr) -> bool:
    """Whether SymPy finds that an expression is 0."""
    import sympy

    ways: list[Rule] = [
        lambda e: e,
        sympy.expand,
        sympy.cancel,
        sympy.simplify,
        lambda e: sympy.simplify(e.rewrite(sympy.exp)),
        lambda e: sympy.simplify(sympy.expand_log(e)),
        lambda e: sympy.gammasimp(sympy.expand_func(e)),
        sympy.trigsimp,
        sympy.radsimp,
        lambda e: sympy.simplify(sympy.expand(e, trig=True)),
        lambda e: sympy.simplify(sympy.piecewise_fold(e)),
    ]
    for way in ways:
        try:
            if way(expr) == 0:
                return True
        except Exception:  # whatever a rule of SymPy's raises: one way less
            continue
    return False
