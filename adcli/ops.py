"""THE table of elementary operations. Adding an operation is adding one row here.

Values, both modes, higher orders, every backend, the renderers, `adcli ops` and the tests derive from
these rows. Rules are text in adcli's own language: the partial derivatives of an operation by each of its
arguments, in terms of the arguments' names and of `v`, the operation's own result. They are written for
accuracy rather than by the schoolbook: `1 - v^2` is tanh's derivative too, but loses every digit where tanh
is near 1.
"""

from __future__ import annotations

from adcli.records import dataclass


@dataclass(frozen=True, eq=False, slots=True)
class Op:
    """One row. Two rows are never equal, so that a row is its own dictionary key.

    - `arguments`: their names; a single "*x" is any number of arguments, `x` the one differentiated by and
      `ties` how many of them equal `v`.
    - `partials`: one rule per argument; None where the operation cannot be differentiated by it.
    - `exceptions`: per partial, "condition: value" where the rule as written divides by zero or meets a
      logarithm of zero, but the derivative exists ("" for none).
    - `domain`: where a value exists; "" is everywhere. `refusal`: what to say outside instead of the
      general sentence.
    - `kink`: where no derivative exists and the rule gives the convention (the minimum-norm choice).
    - `root`: the operation is the real root of this degree; `around`: the operation by others, in a form that holds on
      every side of its kink: what expansions at the point are made of where the rule has none.
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
      `adcli.arithmetic.mpmath_functions`, `value` and mpmath; one on arrays in `adcli.batch.engines.vectors`, `value`,
      NumPy and `scipy.special`. With a name of its own there, mpmath or NumPy goes before `value`.
    - `slope`: of an operation with values everywhere, a bound of its derivative's size. `monotone`: it rises or falls
      throughout its domain. With either, a bound of its error follows from one of its argument's.
    - `gentle`: it does not oscillate, so that far out its argument needs only its leading digits.
      `saturates`: it tends to a constant as fast as exp(-x) does to 0.
    - `scales`: what a factor c of the argument becomes in front of the operation.
    - `zeros`: of its results as doubles, "none" where none is 0, "plus" where none is -0.0.
    - `twin`: the operation that is often wanted of the same argument, and taken for this one by mistake.
    - `accurate`: per partial, the function of the arguments that computes the same rule where its text
      alone loses digits ("" for none): in doubles the one in `adcli.arithmetic.floats`, at other precisions
      the one in `adcli.arithmetic.mpmath_functions`, each where there is one.
    - `onward`: per partial, the same rule in a form that has a derivative itself wherever the operation has a second
      one ("" for the rule as it is): derivative programs are written with it.
    - `matrix`: the arguments are the elements of a square matrix, row by row, and `cofactor` in the rule is the derivative
      by the one differentiated by.
    - `underflows`: a nonzero result can round to zero.
    - `annihilated`: a literal 0 among the arguments makes the derivative structurally zero.
    - `boolean`: the result is a condition; `conditions`: the positions of arguments that are conditions.
    - `rule`: what its rule of differentiation is called, where that is not its name.
    - `symbol`, `precedence`: infix or prefix spelling in adcli's language.
    - `reading`, `latex`: how people write it, in text and in LaTeX, where it is not `name`: a name, or a
      spelling in which #1 is the first argument.
    """

    name: str
    arguments: tuple[str, ...]
    partials: tuple[str | None, ...]
    aliases: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    domain: str = ""
    refusal: str = ""
    kink: str = ""
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
    zeros: str = ""
    twin: str = ""
    accurate: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
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

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

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

    def takes_boolean(self, position: int) -> bool | None:
        """Whether the argument at *position* must be a condition; None where either will do (a branch)."""
        if position in self.conditions:
            return True
        return None if self.conditions and len(self.arguments) == 3 else False


BOOLEAN = frozenset({"True", "False"})
CONSTANTS = {"pi": "pi", "E": "E", "π": "pi"}
"""Names of constants in the language, and the literal each denotes."""

INPUT = Op("input", (), (), flops=0)
LITERAL = Op("literal", (), (), flops=0)

TABLE: dict[str, Op] = {}
"""Every operation by its name, in the order of the table."""


def _row(name: str, arguments: str = "x", *partials: str | None, aliases: str = "", **fields: object) -> Op:
    op = TABLE[name] = Op(name, tuple(arguments.split()), partials, tuple(aliases.split()), **fields)  # type: ignore[arg-type]  # a row's fields are checked by the tests of the table
    return op


# fmt: off
# Arithmetic. Precedence: or 1, and 2, not 3, comparison 4, sum 5, product 6, sign 7, power 8.
ADD = _row("add", "x y", "1", "1",                       samples="-5:5; -5:5", flops=1, symbol="+", precedence=5)
SUB = _row("sub", "x y", "1", "-1",                      samples="-5:5; -5:5", flops=1, symbol="-", precedence=5, numpy="subtract")
MUL = _row("mul", "x y", "y", "x",                       samples="-5:5; -5:5", flops=1, symbol="*", precedence=6, numpy="multiply",
           underflows=True, annihilated=True)
DIV = _row("div", "x y", "1/y", "-v/y",                  samples="-5:5; -4:-0.3 0.3:4", flops=1, symbol="/", precedence=6, numpy="divide",
           domain="y != 0", refusal="division by zero", underflows=True)
NEG = _row("neg", "x", "-1",                             samples="-5:5", flops=1, symbol="-", precedence=7, numpy="negative")
POW = _row("pow", "x y", "y*x^(y - 1)", "v*log(x)",      samples="0.2:4; -3:3", gentle=True, symbol="^", precedence=8, numpy="power",
           exceptions=("y == 0 and x == 0: 0", "x == 0 and y > 0: 0"), accurate=("pow_x", "pow_y"), underflows=True,
           domain="x > 0 or (x == 0 and y >= 0) or (x < 0 and y == floor(y))")

# Exponentials and logarithms
EXP = _row("exp", "x", "v",                              samples="-4:4", rule="exponential", underflows=True, monotone=True, zeros="none")
_row("expm1",    "x", "exp(x)",                          samples="-4:4", monotone=True, sympy="exp(x) - 1")
LOG = _row("log", "x", "1/x", aliases="ln",              samples="0.1:8", domain="x > 0", rule="logarithm", reading="ln", monotone=True, zeros="plus")
_row("log1p",    "x", "1/(1 + x)",                       samples="-0.9:8", domain="x > -1", monotone=True, sympy="log(1 + x)")
_row("log2",     "x", "1/log(2)/x",                      samples="0.1:8", domain="x > 0", monotone=True, sympy="log(x)/log(2)")
_row("log10",    "x", "1/log(10)/x",                     samples="0.1:8", domain="x > 0", monotone=True, sympy="log(x)/log(10)")

# Roots
SQRT = _row("sqrt", "x", "1/(2*v)",                      samples="0.1:8", domain="x >= 0", flops=1, root=2, latex=r"\sqrt{#1}", monotone=True, scales="sqrt(c)")
_row("cbrt",     "x", "1/(3*v*v)",                       samples="-8:-0.1 0.1:8", root=3, latex=r"\sqrt[3]{#1}", monotone=True, sympy="x/(x^2)^(1/3)")

# Trigonometric functions
_row("sin",      "x", "cos(x)",                          samples="-7:7", slope=1, twin="cos")
_row("cos",      "x", "-sin(x)",                         samples="-7:7", slope=1, zeros="none", twin="sin")
_row("tan",      "x", "1 + v^2",                         samples="-1.4:1.4 1.8:4.5")
_row("sec",      "x", "v*tan(x)",                        samples="-1.4:1.4 1.8:4.5",
     value="1/cos(x)")
_row("csc",      "x", "-v*cot(x)",                       samples="0.2:3 -3:-0.2", domain="x != 0",
     value="1/sin(x)")
_row("cot",      "x", "-(1 + v^2)",                      samples="0.2:3 -3:-0.2", domain="x != 0",
     value="1/tan(x)")
_row("asin",     "x", "1/sqrt((1 - x)*(1 + x))",         samples="-0.95:0.95", domain="-1 <= x and x <= 1", aliases="arcsin", numpy="arcsin", monotone=True)
_row("acos",     "x", "-1/sqrt((1 - x)*(1 + x))",        samples="-0.95:0.95", domain="-1 <= x and x <= 1", aliases="arccos", numpy="arccos", monotone=True)
_row("atan",     "x", "1/(1 + x^2)",                     samples="-5:5", gentle=True, monotone=True, aliases="arctan", accurate=("atan_prime",), numpy="arctan", slope=1)
_row("acot",     "x", "-1/(1 + x^2)",                    samples="-5:-0.1 0.1:5", kink="x == 0", aliases="arccot", accurate=("acot_prime",),
     around="where(x < 0, -pi/2, pi/2) - atan(x)",
     value="where(x == 0, pi/2, atan(1/x))")
_row("asec",     "x", "1/Abs(x)/(sqrt(Abs(x) - 1)*sqrt(Abs(x) + 1))",  samples="1.1:6 -6:-1.1", domain="Abs(x) >= 1", aliases="arcsec",
     value="atan2(sqrt(Abs(x) - 1)*sqrt(Abs(x) + 1), where(x < 0, -1, 1))")
_row("acsc",     "x", "-1/Abs(x)/(sqrt(Abs(x) - 1)*sqrt(Abs(x) + 1))", samples="1.1:6 -6:-1.1", domain="Abs(x) >= 1", aliases="arccsc",
     value="atan2(where(x < 0, -1, 1), sqrt(Abs(x) - 1)*sqrt(Abs(x) + 1))")
_row("atan2",    "y x", "x/hypot(x, y)/hypot(x, y)", "-y/hypot(x, y)/hypot(x, y)", samples="-4:-0.2 0.2:4; -4:-0.2 0.2:4", gentle=True,
     domain="x != 0 or y != 0", kink="y == 0 and x < 0", aliases="arctan2", underflows=True,
     around="where(y < 0, -pi, pi) + atan(y/x)",
     expansion="atan2(y + 0, x + 0)")

# Hyperbolic functions
_row("sinh",     "x", "cosh(x)",                         samples="-4:4", monotone=True, twin="cosh")
_row("cosh",     "x", "sinh(x)",                         samples="-4:4", gentle=True, zeros="none", twin="sinh")
_row("tanh",     "x", "sech(x)^2",                       samples="-4:4", gentle=True, monotone=True, slope=1)
_row("sech",     "x", "-v*tanh(x)",                      samples="-4:4", saturates=True, underflows=True,
     mpmath="sech", value="e = exp(-Abs(x)); 2*e/(1 + e*e)")
_row("csch",     "x", "-v*coth(x)",                      samples="0.2:4 -4:-0.2", saturates=True, domain="x != 0", underflows=True,
     mpmath="csch", value="e = 2*exp(-Abs(x))/expm1(-2*Abs(x)); where(x < 0, e, -e)")
_row("coth",     "x", "-csch(x)^2",                      samples="0.2:4 -4:-0.2", gentle=True, domain="x != 0",
     value="1/tanh(x)")
_row("asinh",    "x", "1/hypot(1, x)",                   samples="-5:5", gentle=True, monotone=True, aliases="arcsinh arsinh", numpy="arcsinh", slope=1)
_row("acosh",    "x", "1/(sqrt(x - 1)*sqrt(x + 1))",     samples="1.1:8", domain="x >= 1", aliases="arccosh arcosh", numpy="arccosh", monotone=True)
_row("atanh",    "x", "1/((1 - x)*(1 + x))",             samples="-0.9:0.9", domain="-1 < x and x < 1", aliases="arctanh artanh", numpy="arctanh", monotone=True)
_row("acoth",    "x", "1/(1 - x)/(1 + x)",               samples="1.1:6 -6:-1.1", domain="Abs(x) > 1", aliases="arccoth arcoth",
     value="a = log1p(2/(Abs(x) - 1))/2; where(x < 0, -a, a)")
_row("asech",    "x", "-1/(x*sqrt((1 - x)*(1 + x)))",    samples="0.1:0.95", domain="0 < x and x <= 1", aliases="arcsech arsech",
     value="log1p((sqrt((1 - x)*(1 + x)) + (1 - x))/x)")
_row("acsch",    "x", "-1/Abs(x)/hypot(1, x)",           samples="0.2:5 -5:-0.2", domain="x != 0", aliases="arccsch arcsch",
     value="asinh(1/x)")

# Pieces
ABS = _row("Abs", "x", "sign(x)",                        samples="0.1:5 -5:-0.1", flops=1, kink="x == 0", aliases="abs", floats="fabs", mpmath="fabs", reading="|#1|", latex=r"\left|#1\right|", numpy="absolute", libm="fabs", scales="Abs(c)",
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
_row("hypot",    "x y", "x/v", "y/v",                    samples="-4:-0.2 0.2:4; -4:-0.2 0.2:4", gentle=True, exceptions=("v == 0: 0", "v == 0: 0"), kink="x == 0 and y == 0", sympy="sqrt(x^2 + y^2)",
     around="sqrt(x*x + y*y)")

# The error function's family
_row("erf",      "x", "2/sqrt(pi)*exp(-x^2)",            samples="-3:3", gentle=True, monotone=True, accurate=("erf_prime",), slope=1.2)
_row("erfc",     "x", "-2/sqrt(pi)*exp(-x^2)",           samples="-3:5", saturates=True, gentle=True, monotone=True, accurate=("erfc_prime",), underflows=True, slope=1.2)
_row("erfi",     "x", "2/sqrt(pi)*exp(x^2)",             samples="-2:2", monotone=True, flops=40, accurate=("erfi_prime",))
_row("erfinv",   "x", "sqrt(pi)/2*exp(v^2)",             samples="-0.95:0.95", domain="-1 < x and x < 1", monotone=True, flops=40, accurate=("erfinv_prime",))

# The gamma function's family
_row("gamma",    "x", "v*digamma(x)",                    samples="0.3:6 -1.8:-1.2", domain="x > 0 or x != floor(x)", flops=40, underflows=True, latex=r"\Gamma\left(#1\right)", libm="tgamma")
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
_row("polygamma_step", "n x y", None, "polygamma_step(n + 1, x, y)", "-polygamma(n + 1, x + y)", samples="0|1|2|3; 0.3:5; 0.3:5", flops=40, underflows=True,
     accurate=("", "", "polygamma_step_y"), sympy="polygamma(n, x) - polygamma(n, x + y)",
     domain="n >= 0 and n == floor(n) and (x > 0 or x != floor(x)) and (x + y > 0 or x + y != floor(x + y))",
     latex=r"\left[\psi^{(#1)}\left(#2\right)-\psi^{(#1)}\left(#2+#3\right)\right]")

# Of statistics and machine learning
_row("sigmoid",  "x", "sigmoid(x)*sigmoid(-x)",          samples="-6:6", saturates=True, gentle=True, monotone=True, aliases="logistic expit", underflows=True, slope=1, sympy="1/(1 + exp(-x))",
     value="e = exp(-Abs(x)); where(x >= 0, 1, e)/(1 + e)")
_row("softplus", "x", "sigmoid(x)",                      samples="-6:6", gentle=True, monotone=True, underflows=True, slope=1, sympy="log(1 + exp(x))",
     value="relu(x) + log1p(exp(-Abs(x)))")
_row("relu",     "x", "where(x > 0, 1, 0)",              samples="0.1:5 -5:-0.1", flops=1, kink="x == 0", sympy="Max(x, 0)", around="Max(x, 0)",
     value="where(x > 0, x, 0)")
_row("logaddexp", "x y", "sigmoid(x - y)", "sigmoid(y - x)", samples="-4:4; -4:4", gentle=True, accurate=("logaddexp_x", "logaddexp_y"), sympy="log(exp(x) + exp(y))",
     value="s = log1p(exp(-Abs(x - y))); r = Max(x, y) + s; r*sqrt(where(Abs(r) > s/6, 1, -1))")  # NaN where terms cancel
_row("sinc",     "x", "(cos(x) - v)/x",                  samples="0.2:7 -7:-0.2", exceptions=("x == 0: 0",), accurate=("sinc_prime",), underflows=True,
     onward=("sinc_derivative(1, x)",),
     value="where(x == 0, 1, sin(x)/x)")
_row("sinc_derivative", "n x", None, "sinc_derivative(n + 1, x)", samples="0|1|2|3; 0.2:7 -7:-0.2", flops=40, underflows=True,
     domain="n >= 0 and n == floor(n)", reading="sinc^(#1)(#2)", latex=r"\operatorname{sinc}^{(#1)}\left(#2\right)")
_row("LambertW", "x", "exp(-v)/(1 + v)",                 samples="-0.3:6", gentle=True, monotone=True, domain="x >= -exp(-1)", flops=40, aliases="lambertw W", mpmath="lambertw", numpy="lambertw", accurate=("LambertW_prime",),
     onward=("exp(-v)/LambertW_onset(x)",))
_row("LambertW_onset", "x", "exp(1 - v)/v",              samples="-0.3:6", monotone=True, domain="x >= -exp(-1)", flops=40, accurate=("LambertW_prime",), sympy="1 + LambertW(x)", reading="1 + W(#1)", latex=r"\left[1+W\left(#1\right)\right]")

# Conditions. `and` and `or` are `where` too, so that only what is needed is evaluated.
LT = _row("Lt",  "x y", None, None, boolean=True, flops=1, symbol="<",  precedence=4, numpy="less")
LE = _row("Le",  "x y", None, None, boolean=True, flops=1, symbol="<=", precedence=4, numpy="less_equal")
GT = _row("Gt",  "x y", None, None, boolean=True, flops=1, symbol=">",  precedence=4, numpy="greater")
GE = _row("Ge",  "x y", None, None, boolean=True, flops=1, symbol=">=", precedence=4, numpy="greater_equal")
EQ = _row("Eq",  "x y", None, None, boolean=True, flops=1, symbol="==", precedence=4, numpy="equal")
NE = _row("Ne",  "x y", None, None, boolean=True, flops=1, symbol="!=", precedence=4, numpy="not_equal")
NOT = _row("Not", "x", None, boolean=True, conditions=(0,), flops=1, symbol="not", precedence=3, numpy="logical_not")
WHERE = _row("where", "c x y", None, "where(c, 1, 0)", "where(c, 0, 1)", conditions=(0,), flops=1, aliases="if ifelse")
UNDEFINED = _row("undefined", "", domain="False", refusal="no branch of Piecewise applies", flops=0)
# fmt: on

FUNCTIONS: dict[str, Op] = {
    name: op for op in TABLE.values() for name in (op.name, *op.aliases) if not op.symbol or op.boolean
}
"""What can be called by name in the language: each operation without infix spelling, and its aliases."""
del FUNCTIONS["undefined"]
SUGGESTED = [name for name in FUNCTIONS if name not in ("sinc_derivative", "polygamma_step", "LambertW_onset")]
"""What may have been meant by a name like it: what derivative programs are written with is not."""
