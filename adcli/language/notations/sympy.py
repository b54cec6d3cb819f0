"""SymPy's expressions as it prints them: `x**2`, `Piecewise((x, x > 0), (0, True))`, `Sum(f, (i, 1, n))`.

Nothing of SymPy is needed to read them, and nothing is evaluated.
"""

from __future__ import annotations

import re

from adcli.errors import SyntaxFault, counted
from adcli.language.arrays.calls import Signs
from adcli.language.notations.code import OPERATORS, cut
from adcli.language.notations.forms import (
    between_bounds,
    cases,
    chosen,
    folded,
    form,
    iterated,
    itself,
    logarithm,
    root,
    step,
)
from adcli.language.notations.matrices import Rules
from adcli.language.notations.meant import meant
from adcli.language.notations.notation import (
    AND,
    NOT,
    OR,
    POSTFIX,
    POWER,
    PRODUCT,
    SIMPLIFIED,
    Notation,
    Operator,
    Word,
    handbook,
    renamed,
)
from adcli.language.notations.programs import KNOWN, PREFIX
from adcli.language.notations.trees import LIST, NAME, Tree, number, operation


def _piecewise(tree: Tree) -> Tree:
    """Piecewise((value, condition), …)."""
    pairs = []
    for pair in tree.parts:
        if pair.kind != LIST or len(pair.parts) != 2:
            raise SyntaxFault("a pair of Piecewise is (expression, condition)", pair.span)
        pairs.append(pair.parts)
    if not pairs:
        raise SyntaxFault("Piecewise takes pairs (expression, condition)", tree.span)
    default = None
    if pairs[-1][1].kind == NAME and pairs[-1][1].text == "True":
        default = pairs.pop()[0]
    return cases(pairs, default, tree.span)


def _power_of_root(tree: Tree) -> Tree:
    """root(x, n) is x**(1/n)."""
    of, degree = form("pow", "01")(tree).parts
    return operation("pow", of, operation("div", number("1", degree.span), degree, span=degree.span), span=tree.span)


def _matrix(tree: Tree) -> Tree:
    """Matrix([[1, 2], [3, 4]]), Matrix([1, 2]), or Matrix(rows, columns, [1, 2, 3, 4])."""
    *sizes, found = tree.parts or (tree,)
    if found.kind != LIST or len(sizes) not in (0, 2):
        raise SyntaxFault("a matrix is written Matrix([[1, 2], [3, 4]])", tree.span)
    if not sizes:
        return Tree(LIST, tree.text, found.parts, tree.span)
    rows, columns = (int(size.text) if size.text.isdecimal() else 0 for size in sizes)
    if rows * columns != len(found.parts) or not columns:
        raise SyntaxFault(f"{counted(len(found.parts), 'element')} make no matrix of that size", tree.span)
    lines = [found.parts[start : start + columns] for start in range(0, rows * columns, columns)]
    return Tree(LIST, tree.text, [Tree(LIST, "[", line, found.span) for line in lines], tree.span)


def _transpose(tree: Tree) -> Tree:
    """Transpose(A) is A.T."""
    return operation("method T", *form("neg")(tree).parts, span=tree.span)


def _cut(notation: Notation, text: str) -> list[Word]:
    """Words; evaluate=False, which adcli never does, is left out."""
    found = cut(notation, text)
    for place in reversed(range(len(found) - 3)):
        texts = [word.text for word in found[place : place + 4]]
        if texts[:3] == [",", "evaluate", "="] and texts[3] in ("False", "True"):
            del found[place : place + 4]
    return found


NOTATION = Notation(
    name="sympy",
    words=re.compile(
        r"(?P<comment>#[^\n]*|\\\n)"
        r"|(?P<end>[;\n])"
        r"|(?P<blank>\s+)"
        r"|(?P<symbol>(?:and|or|not)\b)"
        r"|(?P<call>(?:sympy\.|sp\.)?[^\W\d]\w*[^\S\n]*\()"
        r"|(?P<name>(?:sympy\.|sp\.)?[^\W\d]\w*)"
        r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
        r"|(?P<index>\[)"
        r"|(?P<open>\()"
        r"|(?P<close>[)\]])"
        r"|(?P<comma>,)"
        r"|(?P<operator>\.(?:T\b|(?:transpose|inv|det|trace|norm)\(\s*\))|@|\*\*|//|<=|>=|==|!=|[-+*/^<>=%&|~≤≥≠×÷−·])"
        r"|(?P<other>.)"
    ),
    infix={
        **OPERATORS,
        "**": Operator("pow", POWER, right=True),
        "//": Operator("floordiv", PRODUCT),
        "@": Operator("matmul", PRODUCT),
        "%": Operator("Mod", PRODUCT),
        "and": Operator("and", AND),
        "or": Operator("or", OR),
        "&": Operator("and", AND),
        "|": Operator("or", OR),
    },
    postfix={
        ".T": Operator("method T", POSTFIX),
        **{f".{name}()": Operator(f"method {name}", POSTFIX) for name in ("inv", "det", "trace", "norm")},
        ".transpose()": Operator("method T", POSTFIX),
    },
    prefix={**PREFIX, "not": Operator("Not", NOT), "~": Operator("Not", NOT)},
    brackets={"(": ")", "[": "]"},
    lists=frozenset("["),
    tuples=True,
    functions={
        **handbook(),
        **KNOWN,
        **{name: name for name in ("Eq", "Ne", "Lt", "Le", "Gt", "Ge", "Not")},
        "And": folded("and"),
        "Or": folded("or"),
        "ITE": chosen,
        "where": chosen,
        "Piecewise": _piecewise,
        "Sum": iterated("sum"),
        "Product": iterated("product"),
        "log": logarithm(1),
        "ln": logarithm(1),
        "Pow": form("pow", "01"),
        "pow": form("pow", "01"),
        "root": _power_of_root,
        "real_root": root,
        "Heaviside": step,
        "Matrix": _matrix,
        "ImmutableMatrix": _matrix,
        **renamed("det=det trace=trace Determinant=det Trace=trace Inverse=inv inv=inv norm=norm eye=eye diag=diag"),
        "Transpose": _transpose,
        "transpose": _transpose,
        "hyper": "hyper",
        "betainc_regularized": between_bounds,
        "Rational": form("div", "01"),
        **dict.fromkeys(("S", "Integer", "Float", "sympify", "N", *SIMPLIFIED.split()), itself),
        "Add": folded("add"),
        "Mul": folded("mul"),
        "trigamma": meant("x", "polygamma(1, x)"),
    },
    constants={
        **{name: name for name in ("pi", "E", "True", "False", "EulerGamma", "GoldenRatio", "Catalan")},
        "π": "pi",
        "nan": "undefined",
    },
    lists_outputs=True,
    matrices=Rules(),
    signs=Signs("{}*{}"),
    instead={
        "!": "write factorial(n)",
        "|": "write Abs(x)",
        ".": "methods and attributes are not read",
        "'": "there are no strings here",
        '"': "there are no strings here",
        ":": "only expressions and assignments are read",
        "I": "adcli has no complex numbers, such as I",
        **dict.fromkeys(("oo", "zoo"), "there is no infinity among the numbers"),
    },
    cut=_cut,
    spelled=lambda name: re.sub(r"^(sympy|sp)\.", "", name),
)
