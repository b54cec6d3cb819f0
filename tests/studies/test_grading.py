"""A learner's table, corrected."""

from __future__ import annotations

import pytest

from adcli.errors import DataError
from adcli.problem.problem import problem
from adcli.studies.trace.grading import FOLLOWS, UNKNOWN, Grade, grade

SEED = "ln(x1)+x1*x2-sin(x2)"
POINT = {"x1": 2, "x2": 5}


def graded(table: str, text: str = SEED, at: dict[str, float] | None = None, **options: object) -> Grade:
    """The correction of a table of the running formula, or of another."""
    sweeps = {name: options.pop(name) for name in ("mode", "tangent", "cotangent") if name in options}
    return grade(problem(text, at or POINT, **options), table, **sweeps)  # type: ignore[arg-type]  # options as given


def slip(table: str, text: str = SEED, at: dict[str, float] | None = None, **options: object) -> str:
    """What probably went wrong."""
    found = graded(table, text, at, **options)
    assert not found.right
    return found.wrong[0].slip


RIGHT = """name,value,tangent_x1,tangent_x2,adjoint
v-1,2,1,0,5.5
v0,5,0,1,1.7163
v1,0.693,0.5,0,1
v2,10,5,2,1
v3,-0.959,0,0.284,-1
v4,10.693,5.5,2,1
v5,11.652,5.5,1.716,1
"""


def test_the_textbooks_tables_are_right() -> None:
    """Baydin et al. 2018, tables 2 and 3, to their digits."""
    found = graded(RIGHT)
    assert found.right
    assert found.count == 28
    assert found.missing == ()
    assert [entry.given for entry in found.rounded if entry.quantity == "value"] == [
        "0.693",
        "-0.959",
        "10.693",
        "11.652",
    ]


@pytest.mark.parametrize("name", ["v1", "v₁", "v_1", "v_{1}", "$v_{1}$", "V1", " v1 "])
def test_names_may_be_spelled_in_several_ways(name: str) -> None:
    """As people write them."""
    assert graded(f"name,value\n{name},0.693147\n").right


def test_nodes_may_be_called_by_variables() -> None:
    """Inputs, assigned names with their versions, outputs."""
    assert graded("name,value\nx,3\na,9\na',18\nv0,3\nv-0,3\n", "a=x*x; a=2*a; a", {"x": 3}).wrong[0].name == "v₋₀"
    assert graded("name,value\nx,3\na′,18\ny,19\n", "a=x*x; a=2*a; a+1", {"x": 3}).right


@pytest.mark.parametrize("written", ["0.6931471805599453", "0.69", "0.69314", "0.69315", "0.693", "ln(2)", "6.93e-1"])
def test_rounded_and_cut_off_numbers_are_accepted(written: str) -> None:
    """ln 2 in any number of digits that tell it from others."""
    assert graded(f"name,value\nv1,{written}\n").right


@pytest.mark.parametrize("written", ["0.695", "0.694", "0.70", "0.71", "1", "0", "0.6", "-0.693", "?", "many", "1/0"])
def test_wrong_digits_are_not_rounding(written: str) -> None:
    """Neither is a number so coarse that it could be another."""
    assert not graded(f"name,value\nv1,{written}\n").right


@pytest.mark.parametrize(
    ("written", "right"), [("4.7124", True), ("4.712", True), ("4.71", True), ("4.7", True), ("4.7123", True)]
    + [(text, False) for text in ("4.72", "4.8", "4.70", "4.713", "5", "-4.71")]
)  # fmt: skip
def test_as_many_digits_as_are_written_are_right(written: str, right: bool) -> None:
    """Of 3π/2 = 4.71238898…: rounded or cut off at the last of them."""
    assert graded(f"name,value\nv2,{written}\n", "3*pi/2*x", {"x": 1}).right is right


def test_the_output_has_the_name_that_the_table_shows() -> None:
    """The only output of a program that names none is f there, unless that is another name."""
    assert graded("name,value\nf,19\n", "x*x + 10", {"x": 3}).right
    assert not graded("name,value\nf,12\n", "f*f + 3", {"f": 3}).right


def test_what_is_no_number_is_one_wrong_entry() -> None:
    """The others are corrected all the same, and do not follow from it."""
    found = graded("name,value\nv1,?\nv2,10\nv3,abc\nv4,10.693\nv5,13\n")
    assert [(entry.name, entry.verdict) for entry in found.wrong] == [
        ("v₁", "unread"),
        ("v₃", "unread"),
        ("v₅", "wrong"),
    ]
    assert found.count == 5


def test_numbers_may_be_fractions_and_have_commas() -> None:
    """A spreadsheet of a country that writes 0,5 separates columns by semicolons."""
    assert graded("name;value;adjoint\nv1;0,693;1\nv4;;2/2\nv3;−0,9589;-1\n").right


def test_a_table_may_have_other_columns() -> None:
    """They are not read, and that is said."""
    found = graded("name,formula,remark,value\nv1,ln x1,easy,0.693\n")
    assert found.right
    assert found.unread == ("remark",)


def test_what_is_missing_is_said() -> None:
    """A row that is not there, and one without a number."""
    assert graded("name,value\nv1,0.693\nv2,\nv3,-0.959\nv4,10.693\nv5,11.652\nx1,2\n").missing == ("v₀", "v₂")


def test_the_lines_of_an_adjoint_that_grows_may_all_stand_there() -> None:
    """As the textbook lists them, last node first; the last line counts."""
    lines = "v5,1\nv4,1\nv3,-1\nv1,1\nv2,1\nv0,-0.2837\nv-1,5\n"
    assert graded(f"name,adjoint\n{lines}v0,1.716\nv-1,5.5\n").right
    assert slip(f"name,adjoint\n{lines}v-1,5.5\n").startswith("a summand of the fan-out is forgotten")


def test_a_forgotten_summand_at_a_fan_out_is_recognised() -> None:
    """x2 is used by the sine and by the product."""
    for number in ("2", "-0.28366"):
        assert slip(f"name,adjoint\nv0,{number}\n").startswith(
            "a summand of the fan-out is forgotten: v₀ is used by v₃ and v₂"
        )


def test_a_forgotten_summand_of_the_product_rule_is_recognised() -> None:
    """Only one half of v̇₀·v₁ + v₀·v̇₁."""
    for number in ("7.389", "14.778"):
        assert slip(f"name,tangent\nv2,{number}\n", "x*exp(x)", {"x": 2}).startswith("a summand is forgotten")


def test_the_sign_of_a_rule_is_recognised() -> None:
    """-cos for cos, and sin for -sin."""
    assert slip("name,tangent_x2\nv3,-0.2837\n") == "a sign: ∂v₃/∂v₀ = cos v₀, not -cos v₀"
    assert slip("name,adjoint\nv0,2.2837\n") == "a sign: ∂v₃/∂v₀ = cos v₀, not -cos v₀"
    assert slip("name,adjoint\nv0,0.9093\n", "cos(x)", {"x": 2}) == "a sign: ∂v₁/∂v₀ = -sin v₀, not sin v₀"
    assert slip("name,adjoint\nv3,1\n") == "a sign: ∂v₅/∂v₃ = -1, not 1"


def test_a_swapped_factor_is_recognised() -> None:
    """∂(x1·x2)/∂x2 is x1, not x2."""
    assert slip("name,tangent_x2\nv2,5\n") == "a factor is swapped: ∂v₂/∂v₀ = v₋₁"
    assert slip("name,adjoint\nx,3\n", "x*y", {"x": 3, "y": 4}) == "a factor is swapped: ∂v₁/∂v₋₁ = v₀"


def test_swapped_arguments_and_signs_of_values_are_recognised() -> None:
    """What can go wrong in one operation."""
    assert slip("name,value\nv1,2.5\n", "x/y", {"x": 2, "y": 5}) == "the arguments are swapped: it is v₋₁ / v₀"
    assert slip("name,value\nv3,0.959\n") == "the sign: it is sin v₀"
    assert slip("name,value\nv4,-9.307\n") == "- for +: it is v₁ + v₂"
    assert slip("name,value\nv3,0.2837\n") == "cos for sin: it is sin v₀"
    assert slip("name,value\nv3,0.08716\n").startswith("degrees for radians")
    assert slip("name,value\nv1,0.30103\n").startswith("log10 for ln")


def test_a_forgotten_factor_of_the_chain_rule_is_recognised() -> None:
    """cos(x²) without the 2x, and 2x without the cosine."""
    table = "name,tangent\nv2,{}\n"
    at = {"x": 1.5}
    assert slip(table.format("-0.6282"), "sin(x^2)", at).startswith("the factor v̇₁ of the chain rule is forgotten")
    assert slip(table.format("3"), "sin(x^2)", at).startswith("the partial derivative is forgotten")


def test_what_follows_from_an_error_is_told_apart() -> None:
    """v1 is wrong, v4 and v5 follow from it."""
    found = graded("name,value\nv1,0.301\nv4,10.301\nv5,11.26\n")
    assert [entry.verdict for entry in found.wrong] == ["wrong", FOLLOWS, FOLLOWS]


def test_rounding_that_is_carried_on_is_no_error() -> None:
    """5 · 0.69 = 3.45, though 5 · ln 2 = 3.466."""
    assert graded("name,value\nv1,0.69\nv2,3.45\n", "5*ln(x)", {"x": 2}).right
    assert not graded("name,value\nv2,3.45\n", "5*ln(x)", {"x": 2}).right


def test_the_first_error_in_the_order_of_computation_comes_first() -> None:
    """Whatever the order of the rows: values down, adjoints up."""
    assert graded("name,value\nv5,1\nv1,2\n").wrong[0].name == "v₁"
    assert graded("name,adjoint\nv1,7\nv4,3\n").wrong[0].name == "v̄₄"


def test_a_node_that_does_not_exist_is_an_error() -> None:
    """Perhaps the learner numbers otherwise."""
    found = graded("name,value\nv1,0.693\nv7,3\n")
    assert [(entry.name, entry.verdict) for entry in found.wrong] == [("v₇", UNKNOWN)]


@pytest.mark.parametrize(
    ("head", "name", "called"),
    [
        ("name,value", "v9", ["v₉"]),
        ("name,value,adjoint", "v9", ["v₉", "v̄₉"]),
        ("name,value,tangent_x1,tangent_x2", "v_{9}", ["v₉", "v̇₉ by x1", "v̇₉ by x2"]),
        ("name,value,adjoint", "w", ["w", "the adjoint of w"]),
    ],
)
def test_an_entry_of_a_node_that_does_not_exist_is_named_as_others_are(head: str, name: str, called: list[str]) -> None:
    """A value is told from a tangent and an adjoint."""
    found = graded(f"{head}\n{name}{',1' * head.count(',')}\n")
    assert [entry.name for entry in found.wrong] == called


def test_a_node_that_the_derivative_does_not_pass_has_the_adjoint_0() -> None:
    """With --wrt x1, nothing flows to x2."""
    assert graded("name,adjoint\nv0,0\nv-1,5.5\n", wrt="x1").right


def test_what_was_not_asked_for_is_right_all_the_same() -> None:
    """The adjoint of an input that --wrt leaves out, where it is the number; any other is wrong."""
    text = "name,value,adjoint\nv-1,2,3\nv0,3,{}\nv1,6,1\n"
    asked = problem("x*y", {"x": 2, "y": 3}, wrt="x")
    assert grade(asked, text.format("2")).right
    assert grade(asked, text.format("0")).right
    (wrong,) = grade(asked, text.format("5")).wrong
    assert (wrong.given, wrong.expected) == ("5", 2)


def test_directions_are_corrected_too() -> None:
    """One combined tangent, one combined cotangent."""
    table = "name,tangent,adjoint\nv2,18,1\nv3,-0.5,2\nv0,-0.5,6\n"
    options = {"tangent": {"x1": 1, "x2": -0.5}, "cotangent": [1, 2]}
    assert graded(table, "x1^2*x2; x2+1".replace(";", ","), **options).right


def test_conditions_are_true_or_false() -> None:
    """In words."""
    assert graded("name,value\nv1,true\nv2,2\n", "where(x>1, x, 0)", {"x": 2}).right
    assert not graded("name,value\nv1,false\n", "where(x>1, x, 0)", {"x": 2}).right


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("value\n1\n", "line 1: there is no column called name"),
        ("name\nv1\n", "line 1: there is no column called value"),
        ("name,value\n,1\n", "line 2: the name is missing"),
        ("name,value\nv1,\n", "no numbers"),
        ("name,value,value\nv1,1,2\n", "two columns value"),
        ("name,tangent_z\nv1,1\n", "there is no tangent_z"),
        ("name,tangent\nv1,1\n", "there is no tangent"),
        ('name,value\n"v1,1\n', "is no table"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(table: str, message: str) -> None:
    """With its line."""
    with pytest.raises(DataError, match=message):
        graded(table)


def test_the_first_mistake_is_the_first_in_the_order_of_reading() -> None:
    """A tangent stands in the row of its value; adjoints are computed when all of these are known."""
    table = RIGHT.replace("v1,0.693,0.5,0,1", "v1,0.693,0.7,0,1").replace("v4,10.693,5.5", "v4,11.5,5.5")
    table = table.replace("v3,-0.959,0,0.284,-1", "v3,-0.959,0,0.284,1")
    found = graded(table)
    assert [(entry.line, entry.quantity) for entry in found.wrong] == [(4, "tangent"), (7, "value"), (6, "adjoint")]
