"""Mathematica's input form and full form: blanks are products, functions have square brackets."""

from __future__ import annotations

import re

from adcli.errors import SyntaxFault
from adcli.language.arrays.calls import Signs
from adcli.language.notations.forms import (
    arctangent,
    between_bounds,
    branch,
    by_count,
    chosen,
    clipped,
    flat_pairs,
    folded,
    form,
    incomplete,
    indicator,
    iterated,
    itself,
    jump,
    logarithm,
    piecewise_pairs,
    root,
)
from adcli.language.notations.meant import NORMAL, meant, of_normal
from adcli.language.notations.notation import (
    AND,
    ASSIGN,
    COMPARE,
    NOT,
    OR,
    POSTFIX,
    PRODUCT,
    SIMPLIFIED,
    TIGHT,
    Notation,
    Operator,
    Slices,
    Word,
    comment,
    handbook,
    renamed,
)
from adcli.language.notations.programs import FACTORIAL, INFIX, PREFIX
from adcli.language.notations.ranges import element
from adcli.language.notations.reductions import joined, norm, of_vectors
from adcli.language.notations.tex_groups import GREEK
from adcli.language.notations.trees import LIST, Tree, number
from adcli.ops import TABLE

_ARCS = "Sin Cos Tan Cot Sec Csc Sinh Cosh Tanh Coth Sech Csch"
_SAME = _ARCS + " Exp Sqrt Sign Floor Ceiling Erf Erfc Erfi Gamma Beta Sinc Log2 Log10"


def _spelled(name: str) -> str:
    """A variable's name; \\[CapitalDelta] is Delta, \\[Lambda] is lambda, Subscript[x, 1] is x_1."""
    if name.startswith("Subscript"):
        base, _, index = "".join(name.split())[len("Subscript[") : -1].partition(",")
        return f"{_spelled(base)}_{index.replace('$', '_')}"
    if name.startswith("\\["):
        letter = re.sub("^(Curly|Script|Gothic|DoubleStruck|Formal)", "", name[2:-1])
        large = letter.startswith("Capital")
        letter = letter.removeprefix("Capital") if large else letter.lower()
        return letter if letter.lower() in GREEK or len(letter) == 1 else name
    return name.replace("$", "_")


def _clipped(tree: Tree) -> Tree:
    """Clip[x], or Clip[x, {low, high}]."""
    parts = list(tree.parts)
    bounds: tuple[Tree, ...] = (number("-1", tree.span), number("1", tree.span))
    if len(parts) == 2 and parts[1].kind == LIST:
        bounds = parts.pop().parts
    return clipped(Tree(tree.kind, tree.text, (*parts, *bounds), tree.span))


def _beta(tree: Tree) -> Tree:
    """Beta[a, b], and Beta[x, a, b] up to x."""
    return meant("x a b", "betainc(a, b, x)*beta(a, b)")(tree) if len(tree.parts) == 3 else form("beta", "01")(tree)


def _cut(notation: Notation, text: str) -> list[Word]:
    """Words; what closes [[ is ]], unless an inner bracket is closed first."""
    found: list[Word] = []
    opened: list[str] = []
    closed = -1
    for kind, match in notation.matches(text):
        word, start, end = match[0], match.start(), match.end()
        if start < closed:
            continue
        if kind in ("open", "call", "index"):
            opened.append(word)
        elif kind == "close" and opened and opened.pop() == "[[" and text.startswith("]]", start):
            word, end = "]]", start + 2
            closed = end
        found.append(Word(kind, word, start, end))
    if any(word.text in ("@", "//") for word in found):
        _call_behind(found)
        _call_before(found)
    return found


def _call_before(words: list[Word]) -> None:
    """f@x as f[x]: the argument is a name, a number, a bracket or a call, with its indices."""
    for place in reversed(range(1, len(words) - 1)):
        name, sign, argument = words[place - 1 : place + 2]
        if sign.text != "@" or name.kind != "name" or argument.kind not in ("name", "number", "open", "call"):
            continue
        end = _closed(words, place + 1)
        while end + 1 < len(words) and words[end + 1].kind == "index":
            end = _closed(words, end + 1)
        words.insert(end + 1, Word("close", "]", words[end].end, words[end].end))
        words[place - 1 : place + 1] = [Word("call", f"{name.text}[", name.start, sign.end)]


def _call_behind(words: list[Word]) -> None:
    """x // f as f[x]: the argument is all that stands before it in its bracket or statement."""
    place = 1
    while place + 1 < len(words):
        sign, name = words[place : place + 2]
        place += 1
        if sign.text != "//" or name.kind != "name" or (words[place + 1 : place + 2] and words[place + 1].text == "@"):
            continue
        begin, depth = place - 1, 0
        while begin and not (depth == 0 and (words[begin - 1].kind in _BEGINS or words[begin - 1].text in ("=", ":="))):
            begin -= 1
            depth += (words[begin].kind == "close") - (words[begin].kind in ("open", "call", "index"))
        if begin < place - 1:
            start = words[begin].start
            words[place - 1 : place + 1] = [Word("close", "]", sign.start, name.end)]
            words.insert(begin, Word("call", f"{name.text}[", start, start + 1))


_BEGINS = frozenset({"open", "call", "index", "comma", "end", "rule"})


def _closed(words: list[Word], place: int) -> int:
    """Where the bracket that begins here is closed; what is none ends where it begins."""
    depth = 0
    for end in range(place, len(words)):
        depth += (words[end].kind in ("open", "call", "index")) - (words[end].kind == "close")
        if depth <= 0:
            return end
    raise SyntaxFault("this bracket is not closed", words[place].span)


NOTATION = Notation(
    name="mathematica",
    words=re.compile(
        comment(r"\(\*", r"\*\)") + r"|(?P<blank>\s+)"
        r"|(?P<name>Subscript\s*\[\s*[A-Za-z]\w*\s*,\s*[\w$]+\s*\]|\\\[[A-Za-z]+\]|[A-Za-z$][A-Za-z0-9$]*_(?=\s*[],]))"
        r"|(?P<call>(?:betainc_regularized|[A-Za-z$][A-Za-z0-9$]*)\s*\[(?!\[))"
        r"|(?P<variable>[A-Za-z$][A-Za-z0-9$]*|[^\W\d_])"
        r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:`+[0-9.]*)?(?:\*\^[+-]?[0-9]+)?)"
        r"|(?P<index>\[\[)"
        r"|(?P<close>[)}\]])"
        r"|(?P<open>[({])"
        r"|(?P<comma>,)"
        r"|(?P<operator>;;)"
        r"|(?P<end>;)"
        r"|(?P<rule>/\.|->|//|/@|@@?@?)"
        r"|(?P<symbol>\*\*|<=|>=|===|==|=!=|!=|&&|\|\||:=|->|\.(?![0-9])|[-+*/^<>=!≤≥≠×÷−·√°])"
        r"|(?P<other>.)"
    ),
    infix={
        ".": Operator("matmul", PRODUCT),
        "=": Operator("assign", ASSIGN, right=True),
        ":=": Operator("assign", ASSIGN, right=True),
        "||": Operator("or", OR),
        "&&": Operator("and", AND),
        **INFIX,
        "===": Operator("Eq", COMPARE),
        "==": Operator("Eq", COMPARE),
        "!=": Operator("Ne", COMPARE),
        "≠": Operator("Ne", COMPARE),
        "=!=": Operator("Ne", COMPARE),
        **dict.fromkeys((r"\[Times]", r"\[InvisibleTimes]", r"\[CenterDot]", r"\[Cross]"), INFIX["*"]),
        r"\[Divide]": INFIX["/"],
        r"\[Minus]": INFIX["-"],
        r"\[LessEqual]": INFIX["<="],
        r"\[GreaterEqual]": INFIX[">="],
        **dict.fromkeys((r"\[Equal]", r"\[LongEqual]"), Operator("Eq", COMPARE)),
        r"\[NotEqual]": Operator("Ne", COMPARE),
        r"\[And]": Operator("and", AND),
        r"\[Or]": Operator("or", OR),
    },
    prefix={**PREFIX, "!": Operator("Not", NOT), "\\[Sqrt]": Operator("sqrt", TIGHT), "√": Operator("sqrt", TIGHT)},
    postfix={
        **FACTORIAL,
        "°": Operator("degree", POSTFIX),
        "Degree": Operator("degree", POSTFIX),
        "\\[Degree]": Operator("degree", POSTFIX),
    },
    brackets={"(": ")", "[": "]", "{": "}", "[[": "]]"},
    lists=frozenset("{"),
    functions={
        "lowergamma": "lowergamma",  # as SymPy prints them
        "betainc_regularized": between_bounds,
        "DirichletEta": meant("s", "-polylog(s, -1)"),
        **handbook(pattern="[A-Z][a-z]+[A-Z0-9].*|Zeta|Pochhammer"),
        **renamed(" ".join(f"{name}={name.lower()}" for name in _SAME.split() if name not in ("Sign", "Ceiling"))),
        **renamed(" ".join(f"Arc{name}=a{name.lower()}" for name in _ARCS.split() if name != "Tan")),
        **renamed(
            "Sign=sign Ceiling=ceiling Abs=Abs RealAbs=Abs Mod=Mod InverseErf=erfinv"
            " LogGamma=loggamma Round=round IntegerPart=trunc CubeRoot=cbrt LogisticSigmoid=sigmoid Ramp=relu"
            " Factorial=factorial Binomial=binomial"
            " HeavisideTheta=Heaviside Minus=neg floor=floor ceiling=ceiling sign=sign Less=Lt LessEqual=Le"
            " Greater=Gt GreaterEqual=Ge Equal=Eq Unequal=Ne Not=Not RealSign=sign"
            " HypergeometricPFQ=hyper"
        ),
        "Gamma": incomplete("gamma", "uppergamma", "lowergamma"),
        "GammaRegularized": incomplete("", "gammaincc", "gammainc"),
        "ProductLog": branch,
        "BetaRegularized": form("betainc", "120"),
        "PolyGamma": by_count("digamma", "polygamma"),
        "Log": logarithm(0),
        "ArcTan": arctangent("10"),
        "Plus": folded("add"),
        "Times": folded("mul"),
        "Power": folded("pow"),
        "And": folded("and"),
        "Or": folded("or"),
        "Subtract": form("sub", "01"),
        "Divide": form("div", "01"),
        "Rational": form("div", "01"),
        "Surd": root,
        "If": chosen,
        "Which": flat_pairs,
        "Boole": indicator,
        "UnitStep": jump("Ge"),
        "N": itself,
        **renamed(
            "Det=det Inverse=inv Transpose=transpose Tr=trace LinearSolve=solve Cross=cross"
            " IdentityMatrix=eye DiagonalMatrix=diag Accumulate=cumsum"
        ),
        "Dot": form("matmul", "01"),
        "Max": joined(TABLE["Max"]),
        "Min": joined(TABLE["Min"]),
        "Total": of_vectors("sum", "of a matrix Total goes down the columns, which is not read"),
        "Mean": of_vectors("mean", "of a matrix Mean goes down the columns, which is not read"),
        "Norm": norm("norm of", "Infinity", "∞"),
        "norm of": of_vectors("norm", "of a matrix it is the largest singular value there"),
        "Clip": _clipped,
        "Part": element(),
        "First": element("1"),
        "Last": element("-1"),
        "Rest": element("2:"),
        "Most": element(":-2"),
        **dict.fromkeys(SIMPLIFIED.split(), itself),
        "Quotient": meant("x y", "floor(x/y)"),
        "PDF": of_normal(NORMAL["pdf"], "NormalDistribution"),
        "CDF": of_normal(NORMAL["cdf"], "NormalDistribution"),
        **dict.fromkeys(("Quantile", "InverseCDF"), of_normal(NORMAL["quantile"], "NormalDistribution")),
        "Beta": _beta,
        "Piecewise": piecewise_pairs,
        "Sum": iterated("sum"),
        "Product": iterated("product"),
    },
    constants={
        "Pi": "pi",
        "E": "E",
        "\\[Pi]": "pi",
        "π": "pi",
        "\\[ExponentialE]": "E",
        "True": "True",
        **{name: name for name in ("EulerGamma", "GoldenRatio", "Catalan", "Degree")},
        "False": "False",
        "Indeterminate": "undefined",
        "Undefined": "undefined",
    },
    signs=Signs("{}.{}", "Transpose[{}]"),
    product=Operator("mul", PRODUCT),
    doubtful="f(x)",
    slices=Slices(";;", every="All", backwards=True, rows=True),
    instead={
        "_": "a name cannot have an underscore in Mathematica: Subscript[x, 1] is x_1",
        "&": "write && for two conditions",
        **dict.fromkeys(("@", "//", "/@", "@@", "@@@"), "write f[x]"),
        **dict.fromkeys(("/.", "->"), "values are given by --at"),
        "[": "a power of a function is Sin[x]^2",
        **dict.fromkeys(("\\[ImaginaryI]", "\\[ImaginaryJ]"), "adcli has no complex numbers, such as I"),
        "\\[Infinity]": "there is no infinity among the numbers",
        "#": "pure functions are not read",
        '"': "there are no strings here",
        ",": "several outputs are separated by ;",
        "I": "adcli has no complex numbers, such as I",
        **dict.fromkeys(("Infinity", "ComplexInfinity"), "there is no infinity among the numbers"),
        **{name: f"{name} needs brackets around its arguments: {name}[…]" for name in (*_SAME.split(), "Log", "Abs")},
    },
    cut=_cut,
    number=lambda text: re.sub(r"`+[0-9.]*", "", text).replace("*^", "e"),
    spelled=_spelled,
)
