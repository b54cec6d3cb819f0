"""Costs, counted by running the modes. The counts of small formulas are those that one counts by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from adcli.errors import NameFault, UsageError
from adcli.problem.problem import problem
from adcli.studies.cost.cost import Cost, cost
from adcli.studies.cost.growth import growth

RUNNING = "ln(x1)+x1*x2-sin(x2)"
HELMHOLTZ = (Path(__file__).parent.parent.parent / "examples" / "helmholtz.ad").read_text(encoding="utf-8")


def of(*texts: str, at: dict[str, object] | None = None, **options: object) -> Cost:
    """The cost of a program, without a point unless one is given."""
    return cost(problem(texts, at, values=at is not None, wrt=options.pop("wrt", None)), **options)  # type: ignore[arg-type]


def test_the_running_formula_counted_by_hand() -> None:
    """Every operation of f, of one dense tangent sweep and of one adjoint sweep, written out here.

    f: ln, ×, sin, +, - is 10 + 1 + 10 + 1 + 1 = 23 flops.

    A tangent sweep with both inputs seeded: (1/v-1)·v̇-1: div, mul; v0·v̇-1 + v-1·v̇0: 2 mul, add; cos(v0)·v̇0: cos,
    mul; v̇1 + v̇2: add; v̇4 + (-v̇3): neg, add. 4 mul, 3 add, 1 div, 1 cos, 1 neg: 19 flops, twice.

    The adjoint sweep: -v̄5: neg; cos(v0)·v̄3: cos, mul; v0·v̄2, v-1·v̄2: 2 mul; (1/v-1)·v̄1: div, mul; and one addition
    each where v̄0 and v̄-1 get their second summand. 18 flops.
    """
    found = of(RUNNING)
    assert (found.inputs, found.outputs) == (2, 1)
    assert found.evaluation.operations == {"log": 1, "mul": 1, "sin": 1, "add": 1, "sub": 1}
    assert (found.evaluation.multiplications, found.evaluation.additions, found.evaluation.flops) == (1, 2, 23)
    assert found.forward.sweeps == 2
    assert found.forward.operations == {"mul": 8, "add": 6, "div": 2, "cos": 2, "neg": 2}
    assert (found.forward.multiplications, found.forward.additions, found.forward.flops) == (8, 6, 38)
    assert found.forward.ratio == (23 + 38) / 23
    assert found.reverse.sweeps == 1
    assert found.reverse.operations == {"neg": 1, "cos": 1, "mul": 4, "div": 1, "add": 2}
    assert (found.reverse.multiplications, found.reverse.additions, found.reverse.flops) == (4, 2, 18)
    assert found.reverse.ratio == (23 + 18) / 23
    assert found.recommended == "reverse"


def test_one_hot_sweeps_skip_what_is_zero() -> None:
    """The whole Jacobian of the running formula by forward sweeps that never touch a zero.

    Along x1: (1/v-1)·1, v0·1, their sum: 2 mul, div, add. Along x2: v-1·1, cos(v0)·1, -v̇3, the difference: 2 mul, cos,
    neg, add. Together 4 mul, 2 add: the same 18 flops as one reverse sweep, not 38.
    """
    found = of(RUNNING).forward.accumulation
    assert found is not None
    assert (found.multiplications, found.additions, found.flops) == (4, 2, 18)


def test_the_tape() -> None:
    """Seven values of the running formula stand on it; the rules read v-1 and v0 alone, as sums need no value."""
    found = of(RUNNING).reverse
    assert (found.stored, found.needed, found.bytes) == (7, 2, 56)


@pytest.mark.parametrize(
    ("text", "stored", "needed"),
    [
        ("exp(x)", 2, 1),  # its derivative is its own result
        ("sin(x)", 2, 1),  # cos(x) needs the argument
        ("sqrt(x)", 2, 1),  # 1/(2v)
        ("x/y", 3, 2),  # 1/y and -v/y
        ("x + y", 3, 0),
        ("3*x", 2, 0),  # a literal is in the program, not on the tape
        ("a=x; a", 1, 0),  # a copy is no value of its own
        ("x^2", 2, 1),
    ],
)
def test_what_the_rules_read_of_the_tape(text: str, stored: int, needed: int) -> None:
    """Stored is every value; needed are those in the partial derivatives."""
    found = of(text).reverse
    assert (found.stored, found.needed) == (stored, needed)


def test_a_reassigned_name_keeps_its_old_values_on_the_tape() -> None:
    """Why in-place operations hurt reverse mode: x, x² and x⁴ are all read again, under one name."""
    found = of("a=x*x; a=a*a; a=a*a; a").reverse
    assert (found.stored, found.needed, found.bytes) == (4, 3, 32)


@pytest.mark.parametrize(
    ("text", "multiplications", "additions"),
    [
        ("x*x", 2, 1),  # x·w twice, and their sum
        ("x*y", 2, 0),
        ("x+y", 0, 0),  # partials of 1 are not multiplied by
        ("x-y", 0, 0),  # -w is a change of sign
        ("exp(x)", 1, 0),  # v·w
        ("x^3", 3, 0),  # y·(x·x)·w: a square is a product
        ("x^2", 2, 0),  # y·x·w
        ("x^y", 4, 1),  # y·x^(y - 1)·w, x^y·log(x)·w: the 1 is subtracted
        ("2*x", 1, 0),
        ("0*x", 0, 0),  # zero by structure
    ],
)
def test_counts_of_one_reverse_sweep(text: str, multiplications: int, additions: int) -> None:
    """Rules as they stand in the table, counted by hand."""
    found = of(text).reverse
    assert (found.multiplications, found.additions) == (multiplications, additions)


@pytest.mark.parametrize(
    ("text", "evaluation", "forward", "reverse"),
    [
        ("x+y", 3, 6, 3 + 3),  # both arguments and the result; reverse: three values, three adjoints
        ("sin(sin(sin(x)))", 2, 4, 4 + 2),  # an argument and a result at a time; v̄ and the next v̄
        ("(a+b)+(c+d)", 5, 10, 7 + 5),  # four inputs and a sum; the adjoint of v3, of v1, v2, …, at last of all inputs
        ("sin(x)*y", 3, 6, 4 + 3),
    ],
)
def test_live_values_at_peak(text: str, evaluation: int, forward: int, reverse: int) -> None:
    """Numbers held at once: each until its last use, with its tangent in forward mode; the whole tape in reverse."""
    found = of(text)
    assert found.evaluation.live == evaluation
    assert found.forward.live == forward
    assert found.reverse.live == reverse


def test_constants_have_no_tangents() -> None:
    """Only what depends on the variables counts twice."""
    assert of("sin(x)*y", wrt="x").forward.live == 5


def test_several_outputs() -> None:
    """One input, three outputs: one forward sweep against three reverse sweeps."""
    found = of("x", "x^2", "sin(x)")
    assert (found.forward.sweeps, found.reverse.sweeps) == (1, 3)
    assert found.recommended == "forward"
    assert found.reason.startswith("1 input against 3 outputs: 1 forward sweep (")


def test_a_tie_goes_to_reverse() -> None:
    """As many outputs as inputs: the dense sweeps cost exactly the same."""
    found = of("x*y", "sin(x)+y")
    assert found.forward.flops == found.reverse.flops
    assert found.recommended == "reverse"
    assert "tie" in found.reason


NAMES = st.sampled_from("xyz")
TERMS = st.recursive(
    NAMES, lambda inner: st.one_of(st.tuples(inner, st.sampled_from("+-*/"), inner), st.tuples(inner)), max_leaves=6
)


def spelled(term: object) -> str:
    """A nested tuple as a formula: pairs with an operator, or a sine."""
    if isinstance(term, str):
        return term
    assert isinstance(term, tuple)
    return f"sin({spelled(term[0])})" if len(term) == 1 else f"({spelled(term[0])}{term[1]}{spelled(term[2])})"


@given(st.lists(TERMS.filter(lambda term: not isinstance(term, str)), min_size=1, max_size=4))
def test_the_counts_bear_the_recommendation_out(terms: list[object]) -> None:
    """Fewer inputs than outputs: n dense forward sweeps cost no more than m reverse ones; otherwise no less."""
    texts = list(dict.fromkeys(map(spelled, terms)))
    found = of(*texts)
    if found.inputs < found.outputs:
        assert found.recommended == "forward"
        assert found.forward.flops <= found.reverse.flops
    else:
        assert found.recommended == "reverse"
        assert found.reverse.flops <= found.forward.flops


def test_one_direction_is_one_sweep() -> None:
    """A tangent asks for J·ẋ, a cotangent for ȳᵀ·J: then one sweep is enough."""
    found = of(RUNNING, tangent=["x1", "x2"])
    assert (found.forward.sweeps, found.forward.flops) == (1, 19)
    found = of("x", "x^2", "sin(x)", cotangent=3)
    assert (found.reverse.sweeps, found.recommended) == (1, "reverse")
    with pytest.raises(NameFault, match="the tangent names q"):
        of(RUNNING, tangent=["q"])
    with pytest.raises(UsageError, match="2 weights, and there is 1 output: y"):
        of(RUNNING, cotangent=2)


def test_finite_differences() -> None:
    """n + 1 evaluations forwards, 2n centrally."""
    found = of("a*b*c*d*e").finite_differences
    assert (found.forward.evaluations, found.central.evaluations) == (6, 10)
    assert found.central.flops == 10 * 4


def test_branches() -> None:
    """Without a point both branches count, and it says so; at a point the one that is taken."""
    text = "where(x > 0, sin(x), x*x*x)"
    both = of(text)
    assert both.evaluation.operations == {"Gt": 1, "sin": 1, "mul": 2, "where": 1}
    assert "every branch" in both.warnings[0].message
    taken = of(text, at={"x": 1})
    assert taken.evaluation.operations == {"Gt": 1, "sin": 1}
    assert taken.reverse.operations == {"cos": 1, "mul": 1}
    assert not taken.warnings
    assert of(text, at={"x": -1}).evaluation.operations == {"Gt": 1, "mul": 2}


@pytest.mark.parametrize("text", ["x1*sin(x2)^2*exp(x1*x2)", "sin(x1)*cos(x1)/(1+x1^2)"])
def test_symbolic_counts_are_sympys(text: str) -> None:
    """The operations of SymPy's derivatives, counted by SymPy, before and after common subexpressions."""
    found = of(text)
    symbols = sympy.symbols([f"x{i}" for i in range(1, found.inputs + 1)], real=True)
    derivatives = [sympy.sympify(text).subs({s.name: s for s in symbols}).diff(symbol) for symbol in symbols]
    assert found.symbolic.before == sum(sympy.count_ops(d) for d in derivatives)
    assert found.symbolic.after < found.symbolic.before
    assert found.symbolic.reason is None


def test_expression_swell() -> None:
    """Each further step doubles SymPy's derivative, but adds a constant to the cost of the modes (and to cse)."""
    found = [of("a=x;" + "a=sin(a)*cos(a);" * steps + "a") for steps in (4, 5, 6)]
    before = [cost.symbolic.before for cost in found]
    assert before[2] / before[1] > 2
    assert before[1] / before[0] > 2
    for counts in ([each.symbolic.after for each in found], [each.reverse.flops for each in found]):
        assert counts[2] - counts[1] == counts[1] - counts[0]


def test_expression_swell_is_not_waited_for() -> None:
    """Where the derivatives written out would be huge, there is a reason instead of a number."""
    swollen = "a=x;" + "a=sin(a)*cos(a)*exp(a);" * 12 + "a"
    found = of(swollen).symbolic
    assert (found.before, found.after) == (None, None)
    assert "the derivatives would have" in found.reason
    # The modes do not swell: the cost stays a small multiple of the function's.
    assert of(swollen).reverse.ratio < 5


def test_helmholtz_energy() -> None:
    """Griewank (1989); Baydin et al. (2018), table 5: the gradient by reverse mode stays below five functions.

    The ratio is flat in n for reverse mode, and grows with n for forward mode.
    """
    found = growth(HELMHOLTZ, "n", [1, 8, 15, 22, 29, 36, 43, 50], let={}, wrt="x")
    assert [row.inputs for row in found.growth] == [1, 8, 15, 22, 29, 36, 43, 50]
    reverse = [row.reverse for row in found.growth]
    assert all(1 < ratio < 5 for ratio in reverse)
    assert max(reverse) - min(reverse) < 0.1
    forward = [row.forward for row in found.growth]
    assert forward == sorted(forward)
    assert forward[-1] > 10 * reverse[-1]
    assert "less than five evaluations" in found.summary


@pytest.mark.parametrize(
    ("text", "flops"),
    [("x^2", 1), ("x*x", 1), ("x^3", 2), ("x^7", 4), ("x^64", 6), ("x^-2", 2), ("x^1", 0), ("x^0.5", 10), ("x^65", 10)],
)
def test_a_whole_power_counts_as_its_multiplications(text: str, flops: int) -> None:
    """Repeated squares, and products of them for each further bit; a negative one is a division, too."""
    assert of(text).evaluation.flops == flops


def test_growth_of_a_sum() -> None:
    """Sum of n squares: n products and n - 1 additions."""
    found = growth("Sum(x[i]^2, (i, 1, n))", "n", [1, 2, 5], let={})
    assert [row.flops for row in found.growth] == [1, 3, 9]
    assert [row.finite_differences for row in found.growth] == [2, 3, 6]
    assert [row.stored for row in found.growth] == [2, 5, 14]


def test_times_are_ratios_to_one_evaluation() -> None:
    """Each way has a time where it is possible, and the evaluation is the unit."""
    found = of(RUNNING, at={"x1": 2, "x2": 5}, measure=True)
    assert found.ratios is not None
    assert found.ratios["evaluation"] == 1
    assert set(found.ratios) == {
        "evaluation",
        "forward",
        "reverse",
        "forward-difference",
        "central-difference",
        "symbolic",
    }
    assert all(ratio > 0 for ratio in found.ratios.values())
    with pytest.raises(UsageError, match="--measure needs a point"):
        of(RUNNING, measure=True)


def test_a_function_that_costs_nothing_has_no_ratio() -> None:
    """y = x: nothing is done, so nothing can be compared with it."""
    found = of("x")
    assert (found.evaluation.flops, found.forward.ratio, found.reverse.ratio) == (0, None, None)


def test_a_hessian_vector_product_costs_a_small_multiple_of_the_gradient() -> None:
    """However many inputs there are: Griewank & Walther's bound is a constant."""
    for n in (2, 20, 200):
        found = cost(problem(f"Sum(x[i]^2*sin(x[i+1])/(1 + x[i]*x[i+1]), (i, 1, {n}))", values=False)).hvp
        assert found is not None
        assert found.gradients is not None
        assert 1 < found.gradients < 4
    assert cost(problem(["x*y", "x"], values=False)).hvp is None


@pytest.mark.parametrize(
    ("text", "products", "sums", "ratio", "gradients"),
    [
        # 2 products; two for each in reverse; x*y, z*y, z*x, the gradient, have tangents of 2 products and a sum each
        ("x*y*z", 2 + 4 + 3 * 2, 3, 15 / 2, 15 / 6),
        # 3 products; two for each in reverse; x1*x2, x1*x2*x3, x4*x3, x4*x1*x2, x4*x3*x1, x4*x3*x2 likewise
        ("x1*x2*x3*x4", 3 + 6 + 6 * 2, 6, 27 / 3, 27 / 9),
    ],
)
def test_a_hessian_vector_product_is_counted_by_hand(
    text: str, products: int, sums: int, ratio: float, gradients: float
) -> None:
    """Function, gradient and second order together: what includes a gradient never costs less than one."""
    result = cost(problem(text, values=False))
    found = result.hvp
    assert found is not None
    assert (found.multiplications, found.additions, found.flops) == (products, sums, products + sums)
    assert (found.ratio, found.gradients) == (ratio, gradients)
    assert found.flops / found.gradients == result.evaluation.flops + result.reverse.flops
