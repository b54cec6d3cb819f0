"""Calls that mean a formula, which is written here in SymPy's notation: =PMT(…), sind(x), pdf(Normal(m, s), x)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module

from adcli.errors import Span, SyntaxFault
from adcli.language.notations.trees import CALL, MISSING, NAME, NUMBER, OPERATION, Tree, number, operation

Form = Callable[[Tree], Tree]


def meant(arguments: str, formula: str) -> Form:
    """A call of these arguments, of which "type=0" may be left out, as a formula in them."""
    wanted = [argument.partition("=")[::2] for argument in arguments.split()]

    def write(tree: Tree) -> Tree:
        given = _given(tree, [name for name, _ in wanted])
        for name, default in wanted:
            if name not in given and default:
                given[name] = number(default, tree.span)
        if len(given) != len(wanted):
            least = sum(not default for _, default in wanted)
            counts = str(least) if least == len(wanted) else f"{least} to {len(wanted)}"
            raise SyntaxFault(f"{tree.text} takes {counts} arguments, got {len(tree.parts)}", tree.span)
        return _filled(_parsed(formula), given, tree.span)

    return write


def chosen_by(form: Mapping[str, Form]) -> Form:
    """One form where the last argument is TRUE, another where it is FALSE: a distribution and its density."""

    def write(tree: Tree) -> Tree:
        which = repr(tree.parts[-1]).removesuffix("()") if tree.parts else ""
        found = form.get({"1": "TRUE", "0": "FALSE"}.get(which, which))
        if found is None:
            raise SyntaxFault(f"{' or '.join(form)} is expected here", (tree.parts or (tree,))[-1].span)
        return found(Tree(tree.kind, tree.text, tree.parts[:-1], tree.span))

    return write


def of_normal(formula: str, family: str, first: bool = True) -> Form:
    """pdf(Normal(m, s), x): a formula in x, m and s; without parameters these are 0 and 1."""

    def write(tree: Tree) -> Tree:
        distribution, of = tree.parts if len(tree.parts) == 2 else (tree, tree)
        if not first:
            distribution, of = of, distribution
        if distribution.kind != CALL or distribution.text != family or len(distribution.parts) not in (0, 2):
            raise SyntaxFault(f"{tree.text} is read of {family} alone, with two parameters or none", distribution.span)
        parts = distribution.parts or (number("0", tree.span), number("1", tree.span))
        return _filled(_parsed(formula), {"x": of, "m": parts[0], "s": parts[1]}, tree.span)

    return write


def located(formula: str, standard: str, names: str = "x loc scale") -> Form:
    """normpdf(x, m, s), or of x alone the *standard* operation."""
    several = meant(names, formula)

    def write(tree: Tree) -> Tree:
        return operation(standard, tree.parts[0], span=tree.span) if len(tree.parts) == 1 else several(tree)

    return write


def _given(tree: Tree, names: Sequence[str]) -> dict[str, Tree]:
    """The arguments of a call by name; keywords come with theirs."""
    found: dict[str, Tree] = {}
    for place, part in enumerate(tree.parts):
        keyword = part.parts[0].text if part.kind == OPERATION and part.text == "assign" else ""
        name = keyword or (names[place] if place < len(names) else "")
        if name not in names or part.kind == MISSING:
            raise SyntaxFault(f"{tree.text} takes {len(names)} arguments, got {len(tree.parts)}", part.span)
        found[name] = part.parts[1] if keyword else part
    return found


@cache
def _parsed(formula: str) -> Tree:
    from adcli.language.notations.pratt import Parser

    notation = import_module("adcli.language.notations.sympy").NOTATION
    (found,) = Parser(notation, formula).statements()
    return found


def _filled(tree: Tree, given: Mapping[str, Tree], span: Span) -> Tree:
    """The formula with arguments for their names."""
    if tree.kind == NAME:
        return given[tree.text] if tree.text in given else operation(tree.text, span=span)
    if tree.kind == NUMBER:
        return number(tree.text, span)
    return operation(tree.text, *(_filled(part, given, span) for part in tree.parts), span=span)


NORMAL = {
    "pdf": "normpdf((x - m)/s)/s",
    "cdf": "normcdf((x - m)/s)",
    "quantile": "m + s*normppf(x)",
}
"""Of a normal distribution with mean m and deviation s."""
IN_DEGREES: dict[str, Form] = {
    **{f"{name}d": meant("x", f"{name}(x*pi/180)") for name in ("sin", "cos", "tan")},
    **{f"{name}d": meant("x", f"{name}(x)*180/pi") for name in ("asin", "acos", "atan")},
}
POWERS: dict[str, Form] = {"exp2": meant("x", "2**x"), "exp10": meant("x", "10**x")}
ROUNDED_AWAY = "sign(x)*floor(Abs(x) + 1/2)"
"""The nearest whole number, of two the one away from 0."""
_ROUNDED = "sign(x)*floor(Abs(x)*10**n + 1/2)/10**n"
_DUE = "(1 + rate*type)*((1 + rate)**nper - 1)/rate"
OF_SHEETS: dict[str, Form] = {
    "ROUND": meant("x n", _ROUNDED),
    "ROUNDDOWN": meant("x n", "trunc(x*10**n)/10**n"),
    "ROUNDUP": meant("x n", "sign(x)*ceiling(Abs(x)*10**n)/10**n"),
    "CEILING": meant("x s", "s*ceiling(x/s)"),
    "FLOOR": meant("x s", "s*floor(x/s)"),
    "QUOTIENT": meant("x y", "trunc(x/y)"),
    "FV": meant("rate nper pmt pv=0 type=0", f"-(pv*(1 + rate)**nper + pmt*{_DUE})"),
    "PV": meant("rate nper pmt fv=0 type=0", f"-(fv + pmt*{_DUE})/(1 + rate)**nper"),
    "PMT": meant("rate nper pv fv=0 type=0", f"-(pv*(1 + rate)**nper + fv)/({_DUE})"),
    "EXPON.DIST": chosen_by({"TRUE": meant("x r", "-expm1(-r*x)"), "FALSE": meant("x r", "r*exp(-r*x)")}),
    "POISSON.DIST": chosen_by({"FALSE": meant("k m", "exp(-m)*m**k/factorial(k)")}),
    "BINOM.DIST": chosen_by({"FALSE": meant("k n p", "binomial(n, k)*p**k*(1 - p)**(n - k)")}),
    "LOGNORM.DIST": chosen_by(
        {
            "TRUE": meant("x m s", "normcdf((log(x) - m)/s)"),
            "FALSE": meant("x m s", "normpdf((log(x) - m)/s)/(s*x)"),
        }
    ),
    "CHISQ.DIST": chosen_by({"TRUE": meant("x k", "gammainc(k/2, x/2)")}),
    "WEIBULL.DIST": chosen_by(
        {"TRUE": meant("x a b", "-expm1(-(x/b)**a)"), "FALSE": meant("x a b", "a/b*(x/b)**(a - 1)*exp(-(x/b)**a)")}
    ),
}  # fmt: skip
"""Functions of spreadsheets; 1/2 of ROUND goes away from 0 there."""
