"""THE table of elementary operations. Adding an operation is adding one row here.

Values, both modes, higher orders, every backend, the renderers, `adcli ops` and the tests derive from
these rows. Rules are text in adcli's own language: the partial derivatives of an operation by each of its
arguments, in terms of the arguments' names and of `v`, the operation's own result. They are written for
accuracy rather than by the schoolbook: `1 - v^2` is tanh's derivative too, but loses every digit where tanh
is near 1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from adcli.records import dataclass


@dataclass(frozen=True, eq=False, slots=True)
class Op:
    """One row. Two rows are never equal, so that a row is its own dictionary key.

    - `arguments`: their names; a single "*x" is any number of arguments, `x` the one differentiated by and
      `ties` how many of them equal `v`.
    - `partials`: one rule per argument; None where the operation cannot be differentiated by it.
    - `exceptions`: per partial, "condition: value" where the rule as written divides by zero or meets a
      logarithm of zero, but the derivative exists ("" for none). The value is differentiated in the rule's place: unless
      it is a convention's 0, it is the rule's Taylor polynomial of degree EXCEPTED.
    - `domain`: where a value exists; "" is everywhere. `refusal`: what to say outside instead of the
      general sentence.
    - `kink`: where no derivative exists and the rule gives the convention (the minimum-norm choice).
    - `bend`: where the derivative has a kink: there is no second one, and the rule's is that of one side.
    - `edge`: where its domain ends and the rule is finite: a one-sided derivative. Of whole literals as its last argument
      it does not hold.
    - `root`: the operation is the real root of this degree; `around`: the operation by others, in a form that holds on
      every side of its kink or bend: what expansions at the point are made of where the rule has none.
    - `samples`: where tests draw arguments from: "low:high" intervals, spaces between alternatives,
      ";" between arguments, "a|b|c" for a choice of values.
    - `flops`: 1 for arithmetic and comparisons, 10 for an elementary function of the C library, 40 for the
      others: a stated convention, for comparing costs.
    - `value`: the operation in terms of others, in adcli's language: its value in every arithmetic, engine and library
      that has no function of its own for it. It keeps its digits; where it would lose them, and outside the domain,
      it has no value or none that is finite. What it names is computed first, whichever branch is taken.
    - `sympy`: likewise for SymPy alone, where SymPy lacks the operation or cannot differentiate it. These are
      textbook definitions, on purpose not derived from the rules: they are what the rules are checked against.
    - `libm`: the C library's name of it, where it is not `name`. `expansion`: what languages that have no more functions
      than the C library take for `value`; within it the operation itself is the C library's function.
    - `floats`, `mpmath`, `numpy`: the backend's name of it, where it is not `name`. A float operation is sought in
      `adcli.arithmetic.floats`, `math` and `value`, or else computed by mpmath and rounded; one on mpmath's numbers in
      `mpmath_functions`, `many_digits`, `special` and `parameters` of `adcli.arithmetic`, `value` and mpmath; one on arrays in
      `adcli.batch.engines.vectors`, `value`, NumPy, or else row by row. With a name of its own there, mpmath or NumPy goes before `value`.
    - `slope`: of an operation with values everywhere, a bound of its derivative's size. `monotone`: it rises or falls
      throughout its domain. With either, a bound of its error follows from one of its argument's.
    - `gentle`: it does not oscillate, so that far out its argument needs only its leading digits.
      `saturates`: it tends to a constant as fast as exp(-x) does to 0.
    - `scales`: what a factor c of the argument becomes in front of the operation.
    - `least`, `most`: doubles that all its values lie between.
    - `zeros`: of its results as doubles, "none" where none is 0, "plus" where none is -0.0.
    - `twin`: the operation that is often wanted of the same argument, and taken for this one by mistake.
    - `accurate`: per partial, the function of the arguments that computes the same rule where its text
      alone loses digits ("" for none): in doubles the one in `adcli.arithmetic.floats`, at other precisions
      the one in `adcli.arithmetic.mpmath_functions` or `adcli.arithmetic.parameters`, each where there is one.
    - `onward`: per partial, the same rule in a form that has a derivative itself wherever the operation has a second
      one ("" for the rule as it is): derivative programs are written with it.
    - `matrix`: the arguments are the elements of a square matrix, row by row, and `cofactor` in the rule is the derivative
      by the one differentiated by.
    - `settled`: what computes it or its rules may lose digits where terms cancel: with mpmath both are computed with
      more and more digits until those asked for stand, and in doubles so is every sum of theirs that cancels.
    - `underflows`: a nonzero result can round to zero.
    - `annihilated`: a literal 0 among the arguments makes the derivative structurally zero.
    - `boolean`: the result is a condition; `conditions`: the positions of arguments that are conditions.
    - `rule`: what its rule of differentiation is called, where that is not its name.
    - `symbol`, `precedence`: infix or prefix spelling in adcli's language.
    - `reading`, `latex`: how people write it, in text and in LaTeX, where it is not `name`: a name, or a
      spelling in which #1 is the first argument.
    - `folds`: more arguments than it has are taken from the left, two by two. `other`: the row that the same name
      means with another number of arguments.
    - `group`, `about`: under which heading the table is shown, and what the operation is, in a few words.
    - `long`: with many digits mpmath takes so long that only Arb computes it.
    - `lean`: tested at a few points only, since each takes mpmath long; `inner`: derivative programs are written with
      it, nobody else writes it; where it has a `value`, people read that.
    """

    name: str
    arguments: tuple[str, ...]
    partials: tuple[str | None, ...]
    aliases: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    domain: str = ""
    refusal: str = ""
    kink: str = ""
    bend: str = ""
    edge: str = ""
    root: int = 0
    around: str = ""
    samples: str = ""
    flops: int = 10
    value: str = ""
    sympy: str = ""
    libm: str = ""
    expansion: str = ""
    floats: str = ""
    mpmath: str = ""
    numpy: str = ""
    slope: float = 0
    monotone: bool = False
    gentle: bool = False
    saturates: bool = False
    scales: str = ""
    least: float = -inf
    most: float = inf
    zeros: str = ""
    twin: str = ""
    accurate: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    settled: bool = False
    matrix: bool = False
    underflows: bool = False
    annihilated: bool = False
    boolean: bool = False
    conditions: tuple[int, ...] = ()
    rule: str = ""
    symbol: str = ""
    precedence: int = 9
    reading: str = ""
    latex: str = ""
    folds: bool = False
    other: str = ""
    group: str = ""
    about: str = ""
    long: bool = False
    lean: bool = False
    inner: bool = False

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Op], tuple[str]]:
        """In another process it is the row of that process, too: rows are compared by identity."""
        return row, (self.name,)

    @property
    def variadic(self) -> bool:
        """Whether it takes any number of arguments."""
        return self.arguments[:1] == ("*x",)

    @property
    def count(self) -> int:
        """How many arguments it takes; of any number, so many that it can."""
        return 4 if self.matrix else 3 if self.variadic else len(self.arguments)

    @property
    def level(self) -> bool:
        """Whether it is constant but for jumps."""
        return bool(self.partials) and set(self.partials) == {"0"}

    def of(self, count: int) -> Op:
        """The row that its name means with *count* arguments."""
        other = TABLE.get(self.other)
        return other if other and count == len(other.arguments) else self

    def takes_boolean(self, position: int) -> bool | None:
        """Whether the argument at *position* must be a condition; None where either will do (a branch)."""
        if position in self.conditions:
            return True
        return None if self.conditions and len(self.arguments) == 3 else False


EXCEPTED = 3
"""Up to this order the value of an exception has the derivatives of the rule."""

BOOLEAN = frozenset({"True", "False"})
CONSTANTS = {"pi": "pi", "E": "E", "π": "pi"}
"""Names of constants in the language, and the literal each denotes."""

INPUT = Op("input", (), (), flops=0)
LITERAL = Op("literal", (), (), flops=0)

TABLE: dict[str, Op] = {}
"""Every operation by its name, in the order of the table."""


def row(name: str) -> Op:
    """The operation, or the leaf, of this name."""
    return {INPUT.name: INPUT, LITERAL.name: LITERAL}.get(name) or TABLE[name]


def _row(name: str, arguments: str = "x", *partials: str | None, aliases: str = "", **fields: object) -> Op:
    op = TABLE[name] = Op(name, tuple(arguments.split()), partials, tuple(aliases.split()), **_SHARED, **fields)  # type: ignore[arg-type]  # a row's fields are checked by the tests of the table
    return op


_SHARED: dict[str, object] = {}


def _group(name: str, **shared: object) -> None:
    """The heading of the rows that follow, and the fields that they share."""
    _SHARED.clear()
    _SHARED.update(shared, group=name)


def _bessel_derivative(name: str) -> None:
    """The row of the derivatives of a Bessel function by its order, whose own by the argument is the function's."""
    rule = str(TABLE[name].partials[1]).replace(f"{name}(", f"{name}_derivative(k, ")
    _row(
        f"{name}_derivative",
        "k n x",
        None,
        f"{name}_derivative(k + 1, n, x)",
        rule,
        samples="0|1|2; -1.4:3; 0.3:8",
        domain="k >= 0 and k == floor(k) and 0 < x and x <= 1000000",
        refusal=f"the derivative of {name} by its order is computed for 0 < x <= 1e6",
        underflows=True,
        inner=True,
        long=True,
        about=f"a derivative of {name} by its order",
    )


def _hypergeometric(above: int, below: int) -> None:
    """The row of the hypergeometric function with so many parameters above and below; for more above it is a series."""
    name, series = f"hyp{above}f{below}", above > below
    tops, bottoms = "abcd"[:above], "pqr"[:below]
    following = ", ".join(f"{x} + 1" for x in (*tops, *bottoms))
    _row(
        name,
        " ".join([*tops, *bottoms, "z"]),
        *[None] * (above + below),
        f"{'*'.join(tops) or 1}/({'*'.join(bottoms)})*{name}({following}, z)",
        samples="0.3:3; " * (above + below) + ("-0.9:-0.1 0.1:0.9" if series else "-2:2"),
        domain=" and ".join([f"({x} > 0 or {x} != floor({x}))" for x in bottoms] + ["-1 < z and z < 1"] * series),
        refusal=f"{name} needs -1 < z < 1, and nothing below that is 0 or a negative whole number" if series else "",
        about=f"the hypergeometric function {above}F{below}, hyper([{', '.join(tops)}], [{', '.join(bottoms)}], z)",
    )


# fmt: off
# Precedence: or 1, and 2, not 3, comparison 4, sum 5, product 6, sign 7, power 8.
_group("Arithmetic")
ADD = _row("add", "x y", "1", "1",                       samples="-5:5; -5:5", flops=1, symbol="+", precedence=5)
SUB = _row("sub", "x y", "1", "-1",                      samples="-5:5; -5:5", flops=1, symbol="-", precedence=5, numpy="subtract")
MUL = _row("mul", "x y", "y", "x",                       samples="-5:5; -5:5", flops=1, symbol="*", precedence=6, numpy="multiply",
           underflows=True, annihilated=True)
DIV = _row("div", "x y", "1/y", "-v/y",                  samples="-5:5; -4:-0.3 0.3:4", flops=1, symbol="/", precedence=6, numpy="divide",
           domain="y != 0", refusal="division by zero", underflows=True)
NEG = _row("neg", "x", "-1",                             samples="-5:5", flops=1, symbol="-", precedence=7, numpy="negative")
POW = _row("pow", "x y", "y*x^(y - 1)", "v*log(x)",      samples="0.2:4; -3:3", gentle=True, symbol="^", precedence=8, numpy="power",
           exceptions=("y == 0 and x == 0: 0", "x == 0 and y > 0: 0"), accurate=("pow_x", "pow_y"), underflows=True,
           domain="x > 0 or (x == 0 and y >= 0) or (x < 0 and y == floor(y))", edge="x == 0 and y != floor(y)")

_group("Exponentials and logarithms")
EXP = _row("exp", "x", "v",                              samples="-4:4", least=0, rule="exponential", underflows=True, monotone=True, zeros="none")
_row("expm1",    "x", "exp(x)",                          samples="-4:4", least=-1, monotone=True, sympy="exp(x) - 1")
LOG = _row("log", "x", "1/x", aliases="ln",              samples="0.1:8", domain="x > 0", rule="logarithm", reading="ln", monotone=True, zeros="plus")
_row("log1p",    "x", "1/(1 + x)",                       samples="-0.9:8", domain="x > -1", monotone=True, sympy="log(1 + x)")
_row("log2",     "x", "1/log(2)/x",                      samples="0.1:8", domain="x > 0", monotone=True, sympy="log(x)/log(2)")
_row("log10",    "x", "1/log(10)/x",                     samples="0.1:8", domain="x > 0", monotone=True, sympy="log(x)/log(10)")

_group("Roots")
SQRT = _row("sqrt", "x", "1/(2*v)",                      samples="0.1:8", least=0, rule="square root", domain="x >= 0", flops=1, root=2, latex=r"\sqrt{#1}", monotone=True, scales="sqrt(c)")
_row("cbrt",     "x", "1/(3*v*v)",                       samples="-8:-0.1 0.1:8", root=3, latex=r"\sqrt[3]{#1}", monotone=True, sympy="x/(x^2)^(1/3)")

_group("Trigonometric functions")
_row("sin",      "x", "cos(x)",                          samples="-7:7", least=-1, most=1, slope=1, twin="cos")
_row("cos",      "x", "-sin(x)",                         samples="-7:7", least=-1, most=1, slope=1, zeros="none", twin="sin")
_row("tan",      "x", "1 + v^2",                         samples="-1.4:1.4 1.8:4.5")
_row("sec",      "x", "v*tan(x)",                        samples="-1.4:1.4 1.8:4.5",
     value="1/cos(x)")
_row("csc",      "x", "-v*cot(x)",                       samples="0.2:3 -3:-0.2", domain="x != 0",
     value="1/sin(x)")
_row("cot",      "x", "-(1 + v^2)",                      samples="0.2:3 -3:-0.2", domain="x != 0",
     value="1/tan(x)")
_row("asin",     "x", "1/sqrt((1 - x)*(1 + x))",         samples="-0.95:0.95", least=-1.5707963267948968, most=1.5707963267948968, domain="-1 <= x and x <= 1", aliases="arcsin", numpy="arcsin", monotone=True, onward=("1/sqrt(one_minus_square(x))",))
_row("acos",     "x", "-1/sqrt((1 - x)*(1 + x))",        samples="-0.95:0.95", least=0, most=3.1415926535897936, domain="-1 <= x and x <= 1", aliases="arccos", numpy="arccos", monotone=True, onward=("-1/sqrt(one_minus_square(x))",))
_row("atan",     "x", "1/(1 + x^2)",                     samples="-5:5", least=-1.5707963267948968, most=1.5707963267948968, gentle=True, monotone=True, aliases="arctan", accurate=("atan_prime",), numpy="arctan", slope=1)
_row("acot",     "x", "-1/(1 + x^2)",                    samples="-5:-0.1 0.1:5", least=-1.5707963267948968, most=1.5707963267948968, kink="x == 0", aliases="arccot", accurate=("acot_prime",),
     around="where(x < 0, -pi/2, pi/2) - atan(x)",
     value="where(x == 0, pi/2, atan(1/x))")
_row("asec",     "x", "1/Abs(x)/(sqrt(Abs(x) - 1)*sqrt(Abs(x) + 1))",  samples="1.1:6 -6:-1.1", least=0, most=3.1415926535897936, domain="Abs(x) >= 1", aliases="arcsec",
     value="atan2(sqrt(Abs(x) - 1)*sqrt(Abs(x) + 1), where(x < 0, -1, 1))")
_row("acsc",     "x", "-1/Abs(x)/(sqrt(Abs(x) - 1)*sqrt(Abs(x) + 1))", samples="1.1:6 -6:-1.1", least=-1.5707963267948968, most=1.5707963267948968, domain="Abs(x) >= 1", aliases="arccsc",
     value="atan2(where(x < 0, -1, 1), sqrt(Abs(x) - 1)*sqrt(Abs(x) + 1))")
_row("atan2",    "y x", "x/hypot(x, y)/hypot(x, y)", "-y/hypot(x, y)/hypot(x, y)", samples="-4:-0.2 0.2:4; -4:-0.2 0.2:4", least=-3.1415926535897936, most=3.1415926535897936, gentle=True,
     domain="x != 0 or y != 0", kink="y == 0 and x < 0", aliases="arctan2", underflows=True,
     around="where(y < 0, -pi, pi) + atan(y/x)",
     expansion="atan2(y + 0, x + 0)")

_group("Hyperbolic functions")
_row("sinh",     "x", "cosh(x)",                         samples="-4:4", monotone=True, twin="cosh")
_row("cosh",     "x", "sinh(x)",                         samples="-4:4", least=1, gentle=True, zeros="none", twin="sinh")
_row("tanh",     "x", "sech(x)^2",                       samples="-4:4", least=-1, most=1, gentle=True, monotone=True, slope=1)
_row("sech",     "x", "-v*tanh(x)",                      samples="-4:4", least=0, most=1, saturates=True, underflows=True,
     mpmath="sech", value="e = exp(-Abs(x)); 2*e/(1 + e*e)")
_row("csch",     "x", "-v*coth(x)",                      samples="0.2:4 -4:-0.2", saturates=True, domain="x != 0", underflows=True,
     mpmath="csch", value="e = 2*exp(-Abs(x))/expm1(-2*Abs(x)); where(x < 0, e, -e)")
_row("coth",     "x", "-csch(x)^2",                      samples="0.2:4 -4:-0.2", gentle=True, domain="x != 0",
     value="1/tanh(x)")
_row("asinh",    "x", "1/hypot(1, x)",                   samples="-5:5", gentle=True, monotone=True, aliases="arcsinh arsinh", numpy="arcsinh", slope=1)
_row("acosh",    "x", "1/(sqrt(x - 1)*sqrt(x + 1))",     samples="1.1:8", least=0, domain="x >= 1", aliases="arccosh arcosh", numpy="arccosh", monotone=True)
_row("atanh",    "x", "1/((1 - x)*(1 + x))",             samples="-0.9:0.9", domain="-1 < x and x < 1", aliases="arctanh artanh", numpy="arctanh", monotone=True, onward=("1/one_minus_square(x)",))
_row("acoth",    "x", "1/(1 - x)/(1 + x)",               samples="1.1:6 -6:-1.1", domain="Abs(x) > 1", aliases="arccoth arcoth",
     value="a = log1p(2/(Abs(x) - 1))/2; where(x < 0, -a, a)")
_row("asech",    "x", "-1/(x*sqrt((1 - x)*(1 + x)))",    samples="0.1:0.95", least=0, domain="0 < x and x <= 1", aliases="arcsech arsech",
     onward=("-1/(x*sqrt(one_minus_square(x)))",), value="log1p((sqrt((1 - x)*(1 + x)) + (1 - x))/x)")
_row("acsch",    "x", "-1/Abs(x)/hypot(1, x)",           samples="0.2:5 -5:-0.2", domain="x != 0", aliases="arccsch arcsch",
     value="asinh(1/x)")

_row("one_minus_square", "x", "-(2*x)",              samples="-3:3", flops=1, inner=True, sympy="1 - x^2", value="(1 - x)*(1 + x)")

_group("Pieces")
ABS = _row("Abs", "x", "sign(x)",                        samples="0.1:5 -5:-0.1", flops=1, kink="x == 0", rule="absolute value", aliases="abs", floats="fabs", mpmath="fabs", reading="|#1|", latex=r"\left|#1\right|", numpy="absolute", libm="fabs", scales="Abs(c)",
     around="sqrt(x*x)")
_row("sign",     "x", "0",                               samples="0.1:5 -5:-0.1", flops=1, kink="x == 0", aliases="sgn",
     mpmath="sign", numpy="sign", value="where(x > 0, 1, where(x < 0, -1, 0))")
_row("Max",      "*x", "where(x == v, 1/ties, 0)",       samples="-5:5; -5:5; -5:5", flops=1, kink="ties > 1", aliases="max", floats="max", mpmath="max", numpy="maximum", libm="fmax")
_row("Min",      "*x", "where(x == v, 1/ties, 0)",       samples="-5:5; -5:5; -5:5", flops=1, kink="ties > 1", aliases="min", floats="min", mpmath="min", numpy="minimum", libm="fmin")
_row("floor",    "x", "0",                               samples="0.1:0.9 -2.9:-2.1", flops=1, kink="x == v", latex=r"\left\lfloor #1 \right\rfloor")
_row("ceiling",  "x", "0",                               samples="0.1:0.9 -2.9:-2.1", flops=1, kink="x == v", aliases="ceil", mpmath="ceil", latex=r"\left\lceil #1 \right\rceil", numpy="ceil", libm="ceil")
_row("Mod",      "x y", "1", "-floor((x - v)/y + 0.5)",  samples="1.1:1.9; 0.6:0.9", flops=1, domain="y != 0", refusal="division by zero", kink="v == 0", aliases="mod", accurate=("", "Mod_y"), libm="fmod", sympy="x - y*floor(x/y)",
     around="x - y*floor(x/y)",
     expansion="r = Mod(x, y); where((r < 0 and y > 0) or (r > 0 and y < 0), r + y, r)")
_row("Heaviside", "x", "0",                              samples="0.1:5 -5:-0.1", flops=1, kink="x == 0", aliases="heaviside",
     value="where(x > 0, 1, where(x < 0, 0, 0.5))")
DET = _row("det", "*x", "cofactor",                       samples="-3:3; -3:3; -3:3; -3:3", matrix=True)
_row("hypot",    "x y", "x/v", "y/v",                    samples="-4:-0.2 0.2:4; -4:-0.2 0.2:4", least=0, folds=True, gentle=True, exceptions=("v == 0: 0", "v == 0: 0"), kink="x == 0 and y == 0", sympy="sqrt(x^2 + y^2)",
     around="sqrt(x*x + y*y)")

_group("The error function's family")
_row("erf",      "x", "2/sqrt(pi)*exp(-x^2)",            samples="-3:3", least=-1, most=1, gentle=True, monotone=True, accurate=("erf_prime",), slope=1.2)
_row("erfc",     "x", "-2/sqrt(pi)*exp(-x^2)",           samples="-3:5", least=0, most=2, saturates=True, gentle=True, monotone=True, accurate=("erfc_prime",), underflows=True, slope=1.2)
_row("erfi",     "x", "2/sqrt(pi)*exp(x^2)",             samples="-2:2", monotone=True, flops=40, accurate=("erfi_prime",))
_row("erfinv",   "x", "sqrt(pi)/2*exp(v^2)",             samples="-0.95:0.95", domain="-1 < x and x < 1", monotone=True, flops=40, accurate=("erfinv_prime",))

_group("The gamma function's family")
_row("gamma",    "x", "v*digamma(x)",                    samples="0.3:6 -1.8:-1.2", domain="x > 0 or x != floor(x)", flops=40, underflows=True, latex=r"\Gamma\left(#1\right)", aliases="tgamma", libm="tgamma")
_row("loggamma", "x", "digamma(x)",                      samples="0.3:8", gentle=True, domain="x > 0", flops=40, aliases="lgamma gammaln", libm="lgamma")
_row("digamma",  "x", "polygamma(1, x)",                 samples="0.3:8 -1.8:-1.2", domain="x > 0 or x != floor(x)", flops=40, aliases="psi", latex=r"\psi\left(#1\right)")
_row("polygamma", "n x", None, "polygamma(n + 1, x)",    samples="0|1|2|3; 0.3:8", flops=40, mpmath="psi", underflows=True,
     domain="n >= 0 and n == floor(n) and (x > 0 or x != floor(x))")
_row("beta",     "x y", "v*(digamma(x) - digamma(x + y))", "v*(digamma(y) - digamma(x + y))", samples="0.3:5; 0.3:5", flops=40, underflows=True,
     accurate=("beta_x", "beta_y"), onward=("v*polygamma_step(0, x, y)", "v*polygamma_step(0, y, x)"),
     domain="(x > 0 or x != floor(x)) and (y > 0 or y != floor(y)) and (x + y > 0 or x + y != floor(x + y))",
     refusal="beta is computed where none of x, y and x + y is 0 or a negative whole number",
     expansion="s = x + y; b = s - x; "  # with what the rounding of x + y loses; NaN where gamma's own digits get lost
               "gamma(x)*gamma(y)/gamma(s)*(1 - ((x - (s - b)) + (y - b))*(log(s) - 1/(2*s)))*sqrt(where(x > 0 and y > 0 and s < 20, 1, -1))")
_row("polygamma_step", "n x y", None, "polygamma_step(n + 1, x, y)", "-polygamma(n + 1, x + y)", samples="0|1|2|3; 0.3:5; 0.3:5", flops=40, inner=True, underflows=True,
     accurate=("", "", "polygamma_step_y"), sympy="polygamma(n, x) - polygamma(n, x + y)",
     domain="n >= 0 and n == floor(n) and (x > 0 or x != floor(x)) and (x + y > 0 or x + y != floor(x + y))",
     latex=r"\left[\psi^{(#1)}\left(#2\right)-\psi^{(#1)}\left(#2+#3\right)\right]")

_group("Statistics and machine learning")
_row("sigmoid",  "x", "sigmoid(x)*sigmoid(-x)",          samples="-6:6", least=0, most=1, saturates=True, gentle=True, monotone=True, aliases="logistic expit", underflows=True, slope=1, sympy="1/(1 + exp(-x))",
     onward=("sigmoid_slope(x)",), value="e = exp(-Abs(x)); where(x >= 0, 1, e)/(1 + e)")
_row("sigmoid_slope", "x", "-v*tanh(x/2)",               samples="-6:6", saturates=True, inner=True, underflows=True, slope=1, sympy="exp(x)/(1 + exp(x))^2", value="sigmoid(x)*sigmoid(-x)")
_row("softplus", "x", "sigmoid(x)",                      samples="-6:6", least=0, gentle=True, monotone=True, underflows=True, slope=1, sympy="log(1 + exp(x))",
     value="relu(x) + log1p(exp(-Abs(x)))")
_row("relu",     "x", "where(x > 0, 1, 0)",              samples="0.1:5 -5:-0.1", flops=1, kink="x == 0", sympy="Max(x, 0)", around="Max(x, 0)",
     value="where(x > 0, x, 0)")
_row("logaddexp", "x y", "sigmoid(x - y)", "sigmoid(y - x)", samples="-4:4; -4:4", gentle=True, accurate=("logaddexp_x", "logaddexp_y"), sympy="log(exp(x) + exp(y))",
     value="s = log1p(exp(-Abs(x - y))); r = Max(x, y) + s; r*sqrt(where(Abs(r) > s/6, 1, -1))")  # NaN where terms cancel
_row("sinc",     "x", "(cos(x) - v)/x",                  samples="0.2:7 -7:-0.2", exceptions=("x == 0: 0",), accurate=("sinc_prime",), underflows=True,
     onward=("sinc_derivative(1, x)",),
     value="where(x == 0, 1, sin(x)/x)")
_row("sinc_derivative", "n x", None, "sinc_derivative(n + 1, x)", samples="0|1|2|3; 0.2:7 -7:-0.2", flops=40, inner=True, underflows=True,
     domain="n >= 0 and n == floor(n)", reading="sinc^(#1)(#2)", latex=r"\operatorname{sinc}^{(#1)}\left(#2\right)")
_row("LambertW", "x", "exp(-v)/(1 + v)",                 samples="-0.3:6", gentle=True, monotone=True, domain="x >= -exp(-1)", flops=40, aliases="lambertw W ProductLog lambert_w", mpmath="lambertw", numpy="lambertw", accurate=("LambertW_prime",), other="LambertW_branch",
     onward=("exp(-v)/LambertW_onset(x)",))
_row("LambertW_onset", "x", "exp(1 - v)/v",              samples="-0.3:6", monotone=True, domain="x >= -exp(-1)", flops=40, inner=True, accurate=("LambertW_prime",), sympy="1 + LambertW(x)", reading="1 + W(#1)", latex=r"\left[1+W\left(#1\right)\right]")

_group("Rounding", lean=True)
_row("round",    "x", "0",                               samples="0.1:0.4 1.6:1.9 -2.9:-2.6", flops=1, kink="x - floor(x) == 0.5", aliases="rint nearbyint roundeven",
     about="the nearest whole number, of two the even one", floats="-", sympy="floor(x + 1/2) - where(Eq(Mod(x - 1/2, 2), 0), 1, 0)",
     value="f = floor(x); d = x - f; where(d < 0.5 or (d == 0.5 and f/2 == floor(f/2)), f, f + 1)")
_row("trunc",    "x", "0",                               samples="0.1:0.9 -2.9:-2.1", flops=1, kink="x == v and x != 0", aliases="fix IntegerPart",
     about="the whole part, towards 0", floats="-", sympy="where(x < 0, ceiling(x), floor(x))", value="where(x < 0, ceiling(x), floor(x))")
_row("frac",     "x", "1",                               samples="0.1:0.9 -2.9:-2.1", flops=1, kink="x == floor(x)",
     about="what is above the whole number below", sympy="x - floor(x)", around="x - floor(x)", value="x - floor(x)")
_row("fmod",     "x y", "1", "-floor((x - v)/y + 0.5)",               samples="1.1:1.9 -1.9:-1.1; 0.6:0.9 -0.9:-0.6", flops=1, domain="y != 0", refusal="division by zero", kink="v == 0 and Abs(x) >= Abs(y)", aliases="rem",
     about="the rest of a division, with the sign of x", floats="-", sympy="x - y*where(x/y < 0, ceiling(x/y), floor(x/y))", around="x - y*where(x/y < 0, ceiling(x/y), floor(x/y))",
     value="r = Mod(Abs(x), Abs(y)); where(x < 0, -r, r)")
_row("remainder", "x y", "1", "-floor((x - v)/y + 0.5)",              samples="1.1:1.6 -1.6:-1.1; 0.8:0.9 -0.9:-0.8", flops=1, domain="y != 0", refusal="division by zero", kink="2*Abs(v) == Abs(y)", aliases="drem IEEEremainder",
     about="x less the nearest multiple of y", floats="-", sympy="x - y*round(x/y)", around="x - y*round(x/y)",
     value="a = Abs(y); s = Mod(Abs(x), 2*a); d = s - a; r = where(s <= a/2, s, where(d < a/2, d, d - a)); where(x < 0, -r, r)")

_group("Multiples of pi and angles", lean=True)
_row("sinpi",    "x", "pi*cospi(x)",                     samples="-3:3", slope=3.2, about="sin(pi*x), exact where that is 0", mpmath="sinpi", sympy="sin(pi*x)", reading="sin(pi*#1)", latex=r"\sin\left(\pi #1\right)",
     value="r = remainder(x, 2); a = Abs(r); s = where(a <= 0.25, sin(pi*a), where(a <= 0.75, cos(pi*(0.5 - a)), sin(pi*(1 - a)))); where(r < 0, -s, s)")
_row("cospi",    "x", "-pi*sinpi(x)",                    samples="-3:3", slope=3.2, about="cos(pi*x), exact where that is 0", mpmath="cospi", sympy="cos(pi*x)", reading="cos(pi*#1)", latex=r"\cos\left(\pi #1\right)",
     value="a = Abs(remainder(x, 2)); where(a <= 0.25, cos(pi*a), where(a <= 0.75, sin(pi*(0.5 - a)), -cos(pi*(1 - a))))")
_row("tanpi",    "x", "pi*(1 + v^2)",                    samples="-0.4:0.4 0.6:1.4", domain="x - floor(x) != 0.5", about="tan(pi*x)", sympy="tan(pi*x)", reading="tan(pi*#1)", latex=r"\tan\left(\pi #1\right)",
     value="sinpi(x)/cospi(x)")
_row("deg",      "x", "180/pi",                          samples="-5:5", flops=1, aliases="degrees rad2deg", about="radians in degrees", monotone=True, sympy="x*180/pi", value="x*(180/pi)")
_row("rad",      "x", "pi/180",                          samples="-300:300", flops=1, aliases="radians deg2rad", about="degrees in radians", monotone=True, sympy="x*pi/180", value="x*(pi/180)", underflows=True)

_group("Machine learning", lean=True)
_row("silu",     "x", "exp(Min(x, 0)/2)*(1 + x*sigmoid(-x))*sigmoid(Abs(x))*exp(Min(x, 0)/2)", samples="-5:-1.5 -1:5", least=-0.27846454276107385, settled=True, underflows=True, aliases="swish SiLU",
     about="x*sigmoid(x)", sympy="x/(1 + exp(-x))", value="h = exp(-Abs(x)/2); where(x < 0, x*h*h, x)/(1 + h*h)")
_row("gelu",     "x", "normcdf(x) + x*normpdf(x)",       samples="-4:-1 -0.5:4", least=-0.1699712074799037, settled=True, underflows=True, aliases="GELU",
     about="x times the normal distribution function", sympy="x*(1 + erf(x/sqrt(2)))/2", value="x*normcdf(x)")
_row("mish",     "x", "tanh(softplus(x)) + x*sech(softplus(x))^2*sigmoid(x)", samples="-4:-1.5 -1:4", least=-0.3088434130172505, settled=True, underflows=True,
     about="x*tanh(softplus(x))", sympy="x*tanh(log(1 + exp(x)))", value="h = exp(-Abs(x)/2); e = h*h; where(x < 0, x*h*(h*(e + 2))/(e*(e + 2) + 2), x*(1 + 2*e)/(1 + 2*e*(1 + e)))")
_row("elu",      "x", "where(x > 0, 1, exp(x))",         samples="-4:-0.1 0.1:4", bend="x == 0", underflows=True, around="where(x > 0, x, expm1(x))", about="x, and e^x - 1 left of 0", sympy="where(x > 0, x, exp(x) - 1)", value="where(x > 0, x, expm1(Min(x, 0)))")
_row("celu",     "x a", "where(x > 0, 1, exp(x/a))", "where(x > 0, 0, expm1(x/a) - x/a*exp(x/a))", samples="-4:-0.1; 0.4:3", settled=True, accurate=("celu_x", ""), underflows=True, domain="a > 0", bend="x == 0", around="where(x > 0, x, a*expm1(x/a))",
     about="x, and a*(e^(x/a) - 1) left of 0", sympy="where(x > 0, x, a*(exp(x/a) - 1))", value="where(x > 0, x, a*expm1(Min(x, 0)/a))*sqrt(where(a > 0, 1, -1))")
_row("selu",     "x", "where(x >= 0, 1.0507009873554804934193349852946, 1.7580993408473768599402175208123*exp(x))", samples="-4:-0.1 0.1:4", kink="x == 0", underflows=True,
     about="elu with the slopes of self-normalising networks", sympy="where(x >= 0, 1.0507009873554804934193349852946*x, 1.7580993408473768599402175208123*(exp(x) - 1))",
     value="where(x >= 0, 1.0507009873554804934193349852946*x, 1.7580993408473768599402175208123*expm1(Min(x, 0)))")
_row("hardtanh", "x", "where(-1 < x and x < 1, 1, 0)",   samples="-0.9:0.9 1.1:1.9", flops=1, kink="x == -1 or x == 1", about="x, at least -1 and at most 1", sympy="Max(-1, Min(1, x))", value="Max(-1, Min(1, x))")
_row("log_sigmoid", "x", "sigmoid(-x)",                  samples="-6:6", most=0, aliases="logsigmoid log_expit LogSigmoid", underflows=True, slope=1, about="the logarithm of sigmoid(x)", sympy="-log(1 + exp(-x))", value="-softplus(-x)")
_row("logit",    "x", "1/(x*(1 - x))",                   samples="0.05:0.45 0.55:0.95", domain="0 < x and x < 1", monotone=True, about="log(x/(1 - x)), the inverse of sigmoid", sympy="log(x/(1 - x))",
     value="where(0.25 < x and x < 0.75, 2*atanh(2*x - 1), log(x/(1 - x)))")
_row("huber",    "d x", "where(Abs(x) <= d, 0, Abs(x) - d)", "Max(-d, Min(d, x))", samples="0.5:1.5; -0.4:0.4 1.6:4", domain="d >= 0", edge="d == 0", underflows=True,
     bend="Abs(x) == d", around="where(Abs(x) <= d, x*x/2, d*(Abs(x) - d/2))",
     about="x^2/2, and straight lines where Abs(x) > d", sympy="where(Abs(x) <= d, x^2/2, d*(Abs(x) - d/2))", value="where(Abs(x) <= d, x*x/2, d*(Abs(x) - d/2))*sqrt(where(d >= 0, 1, -1))")
_row("clamp",    "x low high", "where(low < x and x < high, 1, 0)", "where(x < low, 1, 0)", "where(x > high, 1, 0)", samples="-3:3; -2:-1; 1:2", flops=1, aliases="clip", domain="low < high",
     kink="x == low or x == high", about="x, at least low and at most high", sympy="Max(low, Min(high, x))", value="Max(low, Min(high, x))*sqrt(where(low < high, 1, -1))")
_row("step",     "a x", "0", "0",                        samples="-1:0; 1:2 -3:-2", flops=1, kink="x == a", about="0 where x < a, else 1", sympy="where(x < a, 0, 1)", around="where(x < a, 0, 1)", value="where(x < a, 0, 1)")
_row("smoothstep", "a b x", "where(x <= a or x >= b, 0, -6*((x - a)/(b - a))*((b - x)/(b - a))*((b - x)/(b - a))/(b - a))", "where(x <= a or x >= b, 0, -6*((x - a)/(b - a))*((x - a)/(b - a))*((b - x)/(b - a))/(b - a))",
     "where(x <= a or x >= b, 0, 6*((x - a)/(b - a))*((b - x)/(b - a))/(b - a))", samples="-2:-1; 1:2; -0.9:0.9", domain="a < b", bend="x == a or x == b",
     around="where(x <= a, 0, where(x >= b, 1, ((x - a)/(b - a))^2*(3 - 2*(x - a)/(b - a))))",
     about="3*t^2 - 2*t^3 of t = (x - a)/(b - a), 0 left of a, 1 right of b", sympy="where(x <= a, 0, where(x >= b, 1, 3*((x - a)/(b - a))^2 - 2*((x - a)/(b - a))^3))",
     value="t = (x - a)/(b - a); where(t <= 0, 0, where(t >= 1, 1, t*t*(3 - 2*t)))*sqrt(where(a < b, 1, -1))")
_row("lerp",     "a b t", "1 - t", "t", "b - a",         samples="0.2:3; 1:3; 0.1:0.9", flops=1, settled=True, aliases="mix", about="from a to b as t goes from 0 to 1", sympy="a + t*(b - a)", value="a*(1 - t) + b*t")

_group("The normal distribution", lean=True)
_row("normpdf",  "x", "-x*v",                            samples="-4:4", least=0, most=0.39894228040143276, underflows=True, slope=0.25, aliases="phi dnorm norm_pdf", about="the normal density", sympy="exp(-x^2/2)/sqrt(2*pi)", latex=r"\varphi\left(#1\right)",
     value="b = 134217729*x; h = b - (b - x); where(Abs(x) > 40, 0, exp(-h*h/2)*exp(-(x - h)*(x + h)/2)/sqrt(2*pi))")
_row("normcdf",  "x", "normpdf(x)",                      samples="-4:4", least=0, most=1, underflows=True, slope=0.4, aliases="Phi ndtr pnorm norm_cdf ncdf", about="the normal distribution", sympy="(1 + erf(x/sqrt(2)))/2", latex=r"\Phi\left(#1\right)",
     value="t = -x/sqrt(2); c = 94906265/67108864; b = 134217729*t; h = b - (b - t); d = ((x + h*c) + (t - h)*c + t*9.3020730151102824742e-9)/sqrt(2); "
           "where(x < -40, 0, where(x > -1, erfc(t)/2, erfc(t)/2*(1 + d*(t + sqrt(t*t + 2)))))")
_row("normppf",  "x", "sqrt(2*pi)*exp(v^2/2)",           samples="0.05:0.45 0.55:0.95", domain="0 < x and x < 1", flops=40, settled=True, monotone=True, aliases="ndtri qnorm norm_ppf probit norminv invnorm", about="the inverse of the normal distribution", latex=r"\Phi^{-1}\left(#1\right)", sympy="sqrt(2)*erfinv(2*x - 1)")
_row("owens_t",  "h a", "-exp(-h^2/2)*erf(h*a/sqrt(2))/(2*sqrt(2*pi))", "exp(-h^2*(1 + a^2)/2)/(2*pi*(1 + a^2))", samples="-2:2; -2:2", least=-0.25, most=0.25, flops=40, settled=True, underflows=True, domain="Abs(h) <= 40", aliases="owenst OwenT", about="Owen's T function")

_group("More of the error function's family", lean=True, flops=40, settled=True)
_row("erfcinv",  "x", "-sqrt(pi)/2*exp(v^2)",            samples="0.05:0.9 1.1:1.95", domain="0 < x and x < 2", monotone=True, aliases="InverseErfc inverse_erfc", about="the inverse of erfc")
_row("erfcx",    "x", "2*x*v - 2/sqrt(pi)",              samples="-2:6", least=0, about="exp(x^2)*erfc(x)", monotone=True, sympy="exp(x^2)*erfc(x)")

_group("Factorials and incomplete gamma functions", lean=True, flops=40, settled=True)
_row("factorial", "x", "v*digamma(x + 1)",               samples="0.3:6 -1.8:-1.2", domain="x > -1 or x != floor(x)", underflows=True, aliases="fact Factorial", about="x!, gamma(x + 1)", floats="-", latex=r"#1!")
_row("binomial", "n k", "-v*polygamma_step(0, n - k + 1, k)", "-v*polygamma_step(0, k + 1, n - 2*k)", samples="3.2:6; 0.3:1.2 2.7:2.9", underflows=True, aliases="binom comb choose nchoosek nCr Binomial",
     about="the binomial coefficient", domain="n > -1 or n != floor(n)", latex=r"\binom{#1}{#2}")
_row("rf",       "x n", "-v*polygamma_step(0, x, n)", "v*digamma(x + n)", samples="0.4:4; 0.3:3", underflows=True, domain="(x > 0 and x + n > 0) or (n >= 0 and n == floor(n))", aliases="poch pochhammer RisingFactorial Pochhammer rising_factorial",
     about="the rising factorial, gamma(x + n)/gamma(x)")
_row("ff",       "x n", "-v*polygamma_step(0, x - n + 1, n)", "v*digamma(x - n + 1)", samples="3:6; 0.3:2", underflows=True, domain="(x > -1 and x - n > -1) or (n >= 0 and n == floor(n))", aliases="FallingFactorial FactorialPower falling_factorial",
     about="the falling factorial, gamma(x + 1)/gamma(x - n + 1)")
_row("lowergamma", "s x", "lowergamma_derivative(1, s, x)", "x^(s - 1)*exp(-x)",     samples="0.4:4; 0.2:6", edge="x == 0", underflows=True, domain="s > 0 and x >= 0", aliases="gamma_incomplete_lower gammainc_lower", about="the incomplete gamma function from 0 to x", latex=r"\gamma\left(#1,#2\right)")
_row("uppergamma", "s x", "uppergamma_derivative(1, s, x)", "-x^(s - 1)*exp(-x)",    samples="-2:4; 0.2:6", edge="x == 0", underflows=True, domain="x > 0 or (x == 0 and s > 0)", aliases="gamma_incomplete gammainc_upper", about="the incomplete gamma function from x to infinity", latex=r"\Gamma\left(#1,#2\right)")
_row("gammainc", "a x", "lowergamma_derivative(1, a, x)/gamma(a) - v*digamma(a)", "x^(a - 1)*exp(-x)/gamma(a)", accurate=("gammainc_a", ""), samples="0.4:4; 0.2:6", least=0, most=1, edge="x == 0", underflows=True, domain="a > 0 and x >= 0", aliases="gamma_p igamma", about="the incomplete gamma function from 0 to x, divided by gamma(a)", sympy="lowergamma(a, x)/gamma(a)")
_row("gammaincc", "a x", "uppergamma_derivative(1, a, x)/gamma(a) - v*digamma(a)", "-x^(a - 1)*exp(-x)/gamma(a)", accurate=("gammaincc_a", ""), samples="0.4:4; 0.2:6", least=0, most=1, edge="x == 0", underflows=True, domain="a > 0 and x >= 0", aliases="gamma_q igammac GammaRegularized gamma_incomplete_regularized", about="the incomplete gamma function from x to infinity, divided by gamma(a)", sympy="uppergamma(a, x)/gamma(a)")
_row("betainc",  "a b x", "lowerbeta_slope(1, 0, a, b, x)/beta(a, b) - v*(digamma(a) - digamma(a + b))", "lowerbeta_slope(0, 1, a, b, x)/beta(a, b) - v*(digamma(b) - digamma(a + b))", "x^(a - 1)*(1 - x)^(b - 1)/beta(a, b)", samples="0.5:3; 0.5:3; 0.1:0.9", least=0, most=1, edge="x == 0 or x == 1", underflows=True, domain="a > 0 and b > 0 and 0 <= x and x <= 1", aliases="ibeta betai", about="the incomplete beta function from 0 to x, divided by beta(a, b)",
     accurate=("betainc_a", "betainc_b", ""), onward=("lowerbeta_slope(1, 0, a, b, x)/beta(a, b) - v*polygamma_step(0, a, b)", "lowerbeta_slope(0, 1, a, b, x)/beta(a, b) - v*polygamma_step(0, b, a)", ""))
_row("lowergamma_derivative", "k s x", None, "lowergamma_derivative(k + 1, s, x)", "x^(s - 1)*exp(-x)*log(x)^k", samples="0|1|2; 0.4:4; 0.2:6", domain="k >= 0 and k == floor(k) and s > 0 and x >= 0", underflows=True,
     inner=True, about="a derivative of lowergamma by s", latex=r"\partial_s^{#1}\gamma\left(#2,#3\right)")
_row("uppergamma_derivative", "k s x", None, "uppergamma_derivative(k + 1, s, x)", "-x^(s - 1)*exp(-x)*log(x)^k", samples="0|1|2; -2:4; 0.2:6", domain="k >= 0 and k == floor(k) and s >= -1000 and (x > 0 or (x == 0 and s > 0))", underflows=True,
     inner=True, refusal="the derivative of uppergamma by s is computed where s >= -1000 and x > 0", about="a derivative of uppergamma by s", latex=r"\partial_s^{#1}\Gamma\left(#2,#3\right)")
_row("lowerbeta_slope", "j k a b x", None, None, "lowerbeta_slope(j + 1, k, a, b, x)", "lowerbeta_slope(j, k + 1, a, b, x)", "x^(a - 1)*(1 - x)^(b - 1)*log(x)^j*log1p(-x)^k", samples="0|1|2; 0|1|2; 0.5:3; 0.5:3; 0.1:0.9", domain="j >= 0 and j == floor(j) and k >= 0 and k == floor(k) and a > 0 and b > 0 and 0 <= x and x <= 1", underflows=True,
     inner=True, about="a derivative of the incomplete beta function from 0 to x by a and b", latex=r"\partial_a^{#1}\partial_b^{#2}\mathrm{B}_{#5}\left(#3,#4\right)")

_group("Exponential, trigonometric and Fresnel integrals", lean=True, flops=40, settled=True)
_row("Ei",       "x", "exp(x)/x",                        samples="0.5:4 -4:-0.2", domain="x != 0", underflows=True, aliases="expi ExpIntegralEi expintegral_ei exp_integral_ei", about="the exponential integral of e^t/t to x", latex=r"\operatorname{Ei}\left(#1\right)")
_row("E1",       "x", "-exp(-x)/x",                      samples="0.1:4", least=0, domain="x > 0", underflows=True, monotone=True, aliases="exp1 expintegral_e1 expint_E1", about="the exponential integral of e^-t/t from x on", latex=r"E_1\left(#1\right)")
_row("expint",   "n x", "v*log(x) - x^(n - 1)*uppergamma_derivative(1, 1 - n, x)", "-expint(n - 1, x)",       samples="-1:3; 0.2:4", edge="x == 0", domain="x > 0 or (x == 0 and n > 1)", underflows=True, aliases="expn ExpIntegralE expintegral_e En", about="the exponential integral of e^(-x*t)/t^n from 1 on", latex=r"E_{#1}\left(#2\right)")
_row("li",       "x", "1/log(x)",                        samples="0.1:0.9 1.8:6", edge="x == 0", domain="x >= 0 and x != 1", aliases="LogIntegral expintegral_li logint", about="the logarithmic integral of 1/log(t) to x", latex=r"\operatorname{li}\left(#1\right)")
_row("Si",       "x", "sinc(x)",                         samples="-6:6", least=-1.8519370519824663, most=1.8519370519824663, slope=1, aliases="SinIntegral sinint expintegral_si", about="the sine integral of sin(t)/t to x", latex=r"\operatorname{Si}\left(#1\right)")
_row("Ci",       "x", "cos(x)/x",                        samples="0.2:6", domain="x > 0", aliases="CosIntegral cosint expintegral_ci", about="the cosine integral of cos(t)/t to x", latex=r"\operatorname{Ci}\left(#1\right)")
_row("Shi",      "x", "sinh(x)/x",                       samples="-4:-0.2 0.2:4", exceptions=("x == 0: 1 + x^2/6",), monotone=True, aliases="SinhIntegral sinhint expintegral_shi", about="the hyperbolic sine integral of sinh(t)/t to x", latex=r"\operatorname{Shi}\left(#1\right)")
_row("Chi",      "x", "cosh(x)/x",                       samples="0.2:4", domain="x > 0", monotone=True, aliases="CoshIntegral coshint expintegral_chi", about="the hyperbolic cosine integral of cosh(t)/t to x", latex=r"\operatorname{Chi}\left(#1\right)")
_row("fresnels", "x", "sinpi(x^2/2)",                    samples="-2:2", least=-0.7139722140219397, most=0.7139722140219397, slope=1, underflows=True, aliases="FresnelS fresnel_s", about="the Fresnel sine integral S of sin(pi*t^2/2) to x", latex=r"S\left(#1\right)")
_row("fresnelc", "x", "cospi(x^2/2)",                    samples="-2:2", least=-0.7798934003768229, most=0.7798934003768229, slope=1, aliases="FresnelC fresnel_c", about="the Fresnel cosine integral C of cos(pi*t^2/2) to x", latex=r"C\left(#1\right)")

_group("Zeta functions and polylogarithms", lean=True, flops=40, settled=True)
_row("zeta",     "s", "zeta_derivative(1, s, 1)",        samples="1.5:6 -3.5:0.5", domain="s != 1 and s >= -1000", other="hurwitz_zeta", aliases="Zeta riemann_zeta", about="Riemann's zeta function", latex=r"\zeta\left(#1\right)")
_row("hurwitz_zeta", "s a", "zeta_derivative(1, s, a)", "-s*hurwitz_zeta(s + 1, a)", long=True, samples="1.5:5; 0.3:3", domain="s != 1 and s >= -1000 and a > 0", aliases="hurwitz HurwitzZeta", about="Hurwitz' zeta function, the sum of (k + a)^-s", latex=r"\zeta\left(#1,#2\right)")
_row("zeta_derivative", "n s a", None, "zeta_derivative(n + 1, s, a)", "-s*zeta_derivative(n, s + 1, a) - n*zeta_derivative(n - 1, s + 1, a)", long=True, samples="1|1; 1.5:5; 0.3:3", domain="n >= 0 and n == floor(n) and s != 1 and a > 0",
     inner=True, about="a derivative of Hurwitz' zeta function by s", latex=r"\zeta^{(#1)}\left(#2,#3\right)")
_row("polylog",  "s x", "polylog_derivative(1, s, x)", "polylog(s - 1, x)/x",     long=True, samples="-1|0.5|2|3; -0.9:-0.2 0.1:0.9", edge="x == 1", exceptions=("", "x == 0: 1 + x*2^(1 - s) + x^2*3^(1 - s) + x^3*4^(1 - s)"), domain="x < 1 or (x == 1 and s > 1)", aliases="PolyLog", about="the polylogarithm, the sum of x^k/k^s", latex=r"\operatorname{Li}_{#1}\left(#2\right)")
_row("polylog_derivative", "k s x", None, "polylog_derivative(k + 1, s, x)", "polylog_derivative(k, s - 1, x)/x", long=True, samples="1|2; -1|0.5|2|3; -0.9:-0.2 0.1:0.9", exceptions=("", "", "x == 0: 0^k + x*(-log(2))^k*2^(1 - s) + x^2*(-log(3))^k*3^(1 - s) + x^3*(-log(4))^k*4^(1 - s)"),
     domain="k >= 0 and k == floor(k) and (x < 1 or (x == 1 and s > 1))", inner=True, about="a derivative of polylog by s", latex=r"\partial_s^{#1}\operatorname{Li}_{#2}\left(#3\right)")
_row("dilog",    "x", "-log1p(-x)/x",                    samples="-3:-0.2 0.1:0.9", exceptions=("x == 0: 1 + x/2 + x^2/3 + x^3/4",), domain="x <= 1", monotone=True, aliases="Li2", about="the dilogarithm, the sum of x^k/k^2", sympy="polylog(2, x)", latex=r"\operatorname{Li}_2\left(#1\right)")

_group("Elliptic integrals and functions of the parameter m", lean=True, flops=40, settled=True)
_row("elliptic_k", "m", "pi/8*hyp2f1(3/2, 3/2, 2, m)", accurate=("elliptic_k_prime",),  samples="-3:-0.2 0.1:0.9", domain="m < 1", monotone=True, aliases="ellipk EllipticK elliptic_kc ellipticK", about="the complete elliptic integral of the first kind", latex=r"K\left(#1\right)")
_row("elliptic_e", "m", "-pi/8*hyp2f1(1/2, 3/2, 2, m)", accurate=("elliptic_e_prime",), samples="-3:-0.2 0.1:0.9", domain="m <= 1", other="elliptic_einc", aliases="ellipe EllipticE elliptic_ec ellipticE", about="the complete elliptic integral of the second kind", latex=r"E\left(#1\right)")
_row("elliptic_einc", "x m", "sqrt(1 - m*sin(x)^2)", "(v - elliptic_f(x, m))/(2*m)", samples="-1.4:-0.2 0.2:1.4; -2:-0.2 0.2:0.8", exceptions=("", "m == 0: (sin(2*x) - 2*x)/8 - 1/4*m*(3*x/8 - sin(2*x)/4 + sin(4*x)/32) - 3/16*m^2*(5*x/16 - 15*sin(2*x)/64 + 3*sin(4*x)/64 - sin(6*x)/192) - 5/32*m^3*(35*x/128 - 7*sin(2*x)/32 + 7*sin(4*x)/128 - sin(6*x)/96 + sin(8*x)/1024)"), aliases="ellipeinc",
     domain="m <= 1 or (m*sin(x)^2 <= 1 and Abs(x) < pi/2)", about="the incomplete elliptic integral of the second kind", latex=r"E\left(#1\mid #2\right)")
_row("elliptic_f", "x m", "1/sqrt(1 - m*sin(x)^2)", "elliptic_einc(x, m)/(2*m*(1 - m)) - v/(2*m) - sin(2*x)/(4*(1 - m)*sqrt(1 - m*sin(x)^2))", samples="-1.4:-0.2 0.2:1.4; -2:-0.2 0.2:0.8",
     exceptions=("", "m == 0: (2*x - sin(2*x))/8 + 3/4*m*(3*x/8 - sin(2*x)/4 + sin(4*x)/32) + 15/16*m^2*(5*x/16 - 15*sin(2*x)/64 + 3*sin(4*x)/64 - sin(6*x)/192) + 35/32*m^3*(35*x/128 - 7*sin(2*x)/32 + 7*sin(4*x)/128 - sin(6*x)/96 + sin(8*x)/1024)"), domain="m < 1 or (m*sin(x)^2 < 1 and Abs(x) < pi/2)", aliases="ellipkinc EllipticF ellipticF", about="the incomplete elliptic integral of the first kind", latex=r"F\left(#1\mid #2\right)")
_row("elliptic_pi", "n m", "(elliptic_e(m) + (m - n)/n*elliptic_k(m) + (n^2 - m)/n*v)/(2*(m - n)*(n - 1))", "(elliptic_e(m)/(m - 1) + v)/(2*(n - m))", long=True, samples="-2:-0.2 0.1:0.4; -1:-0.1 0.5:0.8",
     exceptions=("n == 0 or n == m: where(n == m, pi/4*hyp2f1(5/2, 3/2, 2, m) + 2*(n - m)*3*pi/16*hyp2f1(7/2, 5/2, 3, m) + 3*(n - m)^2*5*pi/32*hyp2f1(9/2, 7/2, 4, m) + 4*(n - m)^3*35*pi/256*hyp2f1(11/2, 9/2, 5, m), pi/4*hyp2f1(1/2, 3/2, 2, m) + 2*n*3*pi/16*hyp2f1(1/2, 5/2, 3, m) + 3*n^2*5*pi/32*hyp2f1(1/2, 7/2, 4, m) + 4*n^3*35*pi/256*hyp2f1(1/2, 9/2, 5, m))",
                 "n == m: (pi/4*hyp2f1(5/2, 3/2, 2, m) + (n - m)*3*pi/16*hyp2f1(7/2, 5/2, 3, m) + (n - m)^2*5*pi/32*hyp2f1(9/2, 7/2, 4, m) + (n - m)^3*35*pi/256*hyp2f1(11/2, 9/2, 5, m))/2"),
     domain="n < 1 and m < 1", other="elliptic_piinc", aliases="EllipticPi ellipticPi", about="the complete elliptic integral of the third kind", latex=r"\Pi\left(#1\mid #2\right)")
_row("elliptic_piinc", "n x m", None, "1/((1 - n*sin(x)^2)*sqrt(1 - m*sin(x)^2))", "(elliptic_einc(x, m)/(m - 1) + v - m*sin(2*x)/(2*(m - 1)*sqrt(1 - m*sin(x)^2)))/(2*(n - m))", long=True, samples="-2:-0.2 0.1:0.4; -1.4:-0.2 0.2:1.4; -1:-0.1 0.5:0.8",
     domain="(n < 1 or (n*sin(x)^2 < 1 and Abs(x) < pi/2)) and (m < 1 or (m*sin(x)^2 < 1 and Abs(x) < pi/2))", about="the incomplete elliptic integral of the third kind", latex=r"\Pi\left(#1;#2\mid #3\right)")
_row("sn",       "u m", "cn(u, m)*dn(u, m)", "cn(u, m)*am_slope(u, m)",       samples="-2:2; 0.1:0.9", least=-1, most=1, aliases="JacobiSN jacobi_sn", about="Jacobi's elliptic function sn", domain="0 <= m and m <= 1")
_row("cn",       "u m", "-sn(u, m)*dn(u, m)", "-sn(u, m)*am_slope(u, m)",      samples="-2:2; 0.1:0.9", least=-1, most=1, aliases="JacobiCN jacobi_cn", about="Jacobi's elliptic function cn", domain="0 <= m and m <= 1")
_row("dn",       "u m", "-m*sn(u, m)*cn(u, m)", "-sn(u, m)*(sn(u, m) + 2*m*cn(u, m)*am_slope(u, m))/(2*v)",    samples="-2:2; 0.1:0.9", least=0, most=1, aliases="JacobiDN jacobi_dn", about="Jacobi's elliptic function dn", domain="0 <= m and m <= 1")
_row("am_slope", "u m", "-sn(u, m)*(sn(u, m) + 2*m*cn(u, m)*v)/(2*dn(u, m))", "s = sn(u, m); c = cn(u, m); d = dn(u, m); (s*(s + 2*m*c*v)*(s*c - 2*(1 - m)*v)*m/(d*d) + s*c - u*d + 2*v*(3*m - 2 + m*c*c))/(4*m*(1 - m))",
     samples="-2:2; 0.1:0.9", domain="0 <= m and m <= 1", inner=True, about="the derivative of the amplitude of Jacobi's elliptic functions by m", latex=r"\partial_m\operatorname{am}\left(#1\mid #2\right)")

_group("Bessel functions and their relatives", lean=True, flops=40, settled=True)
_row("besselj",  "n x", "besselj_derivative(1, n, x)", "(besselj(n - 1, x) - besselj(n + 1, x))/2", samples="-1.4:3; 0.3:8", domain="(x > 0 or n == floor(n) or (x == 0 and n > 0)) and Abs(x) <= 1000000", edge="x == 0 and n != floor(n)", refusal="besselj is computed for 0 <= x <= 1e6, and of a whole order for -1e6 <= x", underflows=True, aliases="jv BesselJ bessel_j cyl_bessel_j", about="the Bessel function of the first kind", latex=r"J_{#1}\left(#2\right)")
_row("bessely",  "n x", "bessely_derivative(1, n, x)", "(bessely(n - 1, x) - bessely(n + 1, x))/2", long=True, samples="-1.4:3; 0.3:8", domain="0 < x and x <= 1000000", aliases="yv BesselY bessel_y cyl_neumann", about="the Bessel function of the second kind", latex=r"Y_{#1}\left(#2\right)")
_row("besseli",  "n x", "besseli_derivative(1, n, x)", "(besseli(n - 1, x) + besseli(n + 1, x))/2", samples="0.2:3; 0.3:4", domain="(x > 0 or n == floor(n) or (x == 0 and n > 0)) and Abs(x) <= 1000000", edge="x == 0 and n != floor(n)", refusal="besseli is computed for 0 <= x <= 1e6, and of a whole order for -1e6 <= x", underflows=True, aliases="iv BesselI bessel_i cyl_bessel_i", about="the modified Bessel function of the first kind", latex=r"I_{#1}\left(#2\right)")
_row("besselk",  "n x", "besselk_derivative(1, n, x)", "-(besselk(n - 1, x) + besselk(n + 1, x))/2", samples="-1.4:3; 0.3:8", domain="0 < x and x <= 1000000", underflows=True, aliases="kv BesselK bessel_k cyl_bessel_k", about="the modified Bessel function of the second kind", latex=r"K_{#1}\left(#2\right)")
for _bessel in "jyik":
    _bessel_derivative(f"bessel{_bessel}")
_row("airyai",   "x", "airyaiprime(x)",                  samples="-4:3", least=-0.419015478032564, most=0.5356566560157, underflows=True, domain="Abs(x) <= 1000000", aliases="AiryAi airy_ai", about="the Airy function Ai", latex=r"\operatorname{Ai}\left(#1\right)")
_row("airyaiprime", "x", "x*airyai(x)",                  samples="-4:3", underflows=True, domain="Abs(x) <= 1000000", aliases="AiryAiPrime airy_dai", about="the derivative of the Airy function Ai", latex=r"\operatorname{Ai}'\left(#1\right)")
_row("airybi",   "x", "airybiprime(x)",                  samples="-4:3", domain="Abs(x) <= 1000000", aliases="AiryBi airy_bi", about="the Airy function Bi", latex=r"\operatorname{Bi}\left(#1\right)")
_row("airybiprime", "x", "x*airybi(x)",                  samples="-4:3", domain="Abs(x) <= 1000000", aliases="AiryBiPrime airy_dbi", about="the derivative of the Airy function Bi", latex=r"\operatorname{Bi}'\left(#1\right)")
_row("struveh",  "n x", "struveh_derivative(1, n, x)", "struveh(n - 1, x) - n/x*v", samples="0.2:3; 0.3:6", domain="0 < x and x <= 1000", aliases="struve StruveH struve_h", about="the Struve function H", sympy="2*(x/2)^(n + 1)/(sqrt(pi)*gamma(n + 3/2))*hyp1f2(1, 3/2, n + 3/2, -x^2/4)", latex=r"\mathbf{H}_{#1}\left(#2\right)")
_row("struveh_derivative", "k n x", None, "struveh_derivative(k + 1, n, x)", "struveh_derivative(k, n - 1, x) - n/x*v - k/x*struveh_derivative(k - 1, n, x)", long=True, samples="1|2; 0.2:3; 0.3:6", domain="k >= 0 and k == floor(k) and 0 < x and x <= 1000",
     inner=True, about="a derivative of struveh by its order")
_row("LambertW_branch", "x k", "exp(-v)/(1 + v)", None,  samples="-0.3:-0.05; -1|0", domain="x >= -exp(-1) and (k == 0 or (k == -1 and x < 0))", about="the branches 0 and -1 of Lambert's function W", latex=r"W_{#2}\left(#1\right)")

_group("Hypergeometric functions and orthogonal polynomials", lean=True, flops=40, settled=True)
_row("hyp0f1",   "b z", None, "hyp0f1(b + 1, z)/b",      samples="0.3:3; -2:2", domain="b > 0 or b != floor(b)", aliases="Hypergeometric0F1", about="the confluent hypergeometric limit function 0F1")
_row("hyp1f1",   "a b z", None, None, "a/b*hyp1f1(a + 1, b + 1, z)", samples="0.3:3; 0.3:3; -2:2", domain="b > 0 or b != floor(b)", aliases="Hypergeometric1F1 kummer", about="the confluent hypergeometric function 1F1")
_row("hyp2f1",   "a b c z", None, None, None, "a*b/c*hyp2f1(a + 1, b + 1, c + 1, z)", samples="0.3:2; 0.3:2; 0.3:3; -2:-0.1 0.1:0.9", domain="(c > 0 or c != floor(c)) and (z < 1 or (z == 1 and c > a + b))", edge="z == 1", aliases="Hypergeometric2F1", about="the hypergeometric function 2F1")
for _above, _below in ((0, 2), (1, 2), (2, 2), (3, 2), (1, 3), (2, 3), (3, 3), (4, 3)):
    _hypergeometric(_above, _below)
_row("legendre", "n x", None, "gegenbauer(n - 1, 3/2, x)", samples="0|1|2|5; -0.9:0.9", domain="0 <= n and n <= 10000 and n == floor(n)", aliases="LegendreP legendre_p legendreP eval_legendre", about="the Legendre polynomial of degree n", latex=r"P_{#1}\left(#2\right)")
_row("chebyshevt", "n x", None, "n*chebyshevu(n - 1, x)", samples="0|1|2|5; -0.9:0.9", domain="0 <= n and n <= 10000 and n == floor(n)", aliases="ChebyshevT chebyshev_t chebyshevT eval_chebyt", about="the Chebyshev polynomial of the first kind of degree n", latex=r"T_{#1}\left(#2\right)")
_row("chebyshevu", "n x", None, "2*gegenbauer(n - 1, 2, x)", samples="0|1|2|5; -0.9:0.9", domain="-1 <= n and n <= 10000 and n == floor(n)", aliases="ChebyshevU chebyshev_u chebyshevU eval_chebyu", about="the Chebyshev polynomial of the second kind of degree n", latex=r"U_{#1}\left(#2\right)")
_row("gegenbauer", "n a x", None, None, "2*a*gegenbauer(n - 1, a + 1, x)", samples="0|1|2|5; 0.3:2; -0.9:0.9", domain="n <= 10000 and n == floor(n) and a > -1/2", aliases="GegenbauerC ultraspherical gegenbauerC", about="the Gegenbauer polynomial of degree n, 0 where n < 0", latex=r"C_{#1}^{(#2)}\left(#3\right)")
_row("hermite",  "n x", None, "2*n*hermite(n - 1, x)", samples="0|1|2|5; -2:2", domain="-1 <= n and n <= 10000 and n == floor(n)", aliases="HermiteH hermite_h hermiteH eval_hermite", about="the Hermite polynomial (of exp(-x^2)) of degree n", latex=r"H_{#1}\left(#2\right)")
_row("laguerre", "n x", None, "-assoc_laguerre(n - 1, 1, x)", samples="0|1|2|5; -2:4", domain="0 <= n and n <= 10000 and n == floor(n)", other="assoc_laguerre", aliases="LaguerreL laguerreL eval_laguerre", about="the Laguerre polynomial of degree n", latex=r"L_{#1}\left(#2\right)")
_row("assoc_laguerre", "n a x", None, None, "-assoc_laguerre(n - 1, a + 1, x)", samples="0|1|2|5; 0.3:2; -2:4", domain="n <= 10000 and n == floor(n)", aliases="gen_laguerre eval_genlaguerre", about="the associated Laguerre polynomial of degree n, 0 where n < 0", latex=r"L_{#1}^{(#2)}\left(#3\right)")

_group("Conditions")  # `and` and `or` are `where` too, so that only what is needed is evaluated.
LT = _row("Lt",  "x y", None, None, boolean=True, flops=1, symbol="<",  precedence=4, numpy="less")
LE = _row("Le",  "x y", None, None, boolean=True, flops=1, symbol="<=", precedence=4, numpy="less_equal")
GT = _row("Gt",  "x y", None, None, boolean=True, flops=1, symbol=">",  precedence=4, numpy="greater")
GE = _row("Ge",  "x y", None, None, boolean=True, flops=1, symbol=">=", precedence=4, numpy="greater_equal")
EQ = _row("Eq",  "x y", None, None, boolean=True, flops=1, symbol="==", precedence=4, numpy="equal")
NE = _row("Ne",  "x y", None, None, boolean=True, flops=1, symbol="!=", precedence=4, numpy="not_equal")
COMPARISONS = frozenset({LT, LE, GT, GE, EQ, NE})
NOT = _row("Not", "x", None, boolean=True, conditions=(0,), flops=1, symbol="not", precedence=3, numpy="logical_not")
WHERE = _row("where", "c x y", None, "where(c, 1, 0)", "where(c, 0, 1)", conditions=(0,), flops=1, aliases="if ifelse")
UNDEFINED = _row("undefined", "", domain="False", refusal="no branch of Piecewise applies", flops=0)
# fmt: on

FUNCTIONS: dict[str, Op] = {
    name: op for op in TABLE.values() for name in (op.name, *op.aliases) if not op.symbol or op.boolean
}
"""What can be called by name in the language: each operation without infix spelling, and its aliases."""
del FUNCTIONS["undefined"]
SUGGESTED = [name for name, op in FUNCTIONS.items() if not op.inner]
"""What may have been meant by a name like it: what derivative programs are written with is not."""
