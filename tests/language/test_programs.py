"""Programs: statements, functions, families, sums, elements, outputs and their names."""

from __future__ import annotations

import pytest
from sameness import formulas, operations, read, refused

from adcli.errors import NameFault, SyntaxFault
from adcli.language import parse, parse_constant


@pytest.mark.parametrize(
    "text",
    ["a = x*y; sin(a)", "a = x*y\nsin(a)", "a = x*y;\n\nsin(a);", "\r\na = x*y # c\r\nsin(a)\r\n", ";;a=x*y;;sin(a);;"],
)
def test_statements_are_separated_by_semicolons_or_line_breaks(text: str) -> None:
    assert operations(text) == ["mul x y", "sin v1"]


def test_several_texts_are_one_program() -> None:
    graph = read(["x*y", "a = 2*x", "a"])
    assert graph.text == "x*y\na = 2*x\na"
    assert operations(graph) == ["mul x y", "mul 2 x"]
    assert graph.output_names == ("y1", "a")


def test_a_copy_is_no_operation() -> None:
    graph = read("a = x; b = a; b*a")
    assert operations(graph) == ["mul x x"]


def test_reassigning_a_name_makes_a_new_version_and_keeps_the_old() -> None:
    graph = read("a = x*x; a = a*a; a")
    assert operations(graph) == ["mul x x", "mul v1 v1"]
    assert [name for name, _ in graph.assignments] == ["a", "a"]
    assert graph.names["a"] == graph.outputs[0]
    assert operations("x = x^2; x = x + 1; x") == ["pow x 2", "add v1 1"]


# Outputs


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x*y", ("y",)),
        ("x*y, x+y", ("y1", "y2")),
        ("x\nx^2\nx^3", ("x", "y2", "y3")),
        ("a = x*y; b = a^2", ("b",)),
        ("a = x*y; b = a^2; a", ("a",)),
        ("a = x*y; b = a^2; a, b, a*b", ("a", "b", "y3")),
        ("a = x; a", ("a",)),
        ("a[i=1..3] = x*i", ("a[1]", "a[2]", "a[3]")),
        ("a[i=1..3] = x*i; b = a[1]", ("b",)),
        ("(x)", ("y",)),
        ("pi", ("y",)),
        ("x[1]*2, x[ 2 ]", ("y1", "x[2]")),
        ("x, x", ("x", "y2")),
        ("y2, x^2", ("y2", "y2_")),
        ("λ, λ²".replace("²", "^2"), ("λ", "y2")),
    ],
)
def test_outputs_are_the_bare_expressions_else_the_last_assignment(text: str, names: tuple[str, ...]) -> None:
    assert read(text).output_names == names


def test_any_assigned_name_can_be_picked_as_an_output() -> None:
    text = "v1=ln(x1); v2=x1*x2; v3=sin(x2); v4=v1+v2; v4-v3"
    graph = read(text, outputs=["v4", "v1"])
    assert graph.output_names == ("v4", "v1")
    assert [graph.ops[node].name for node in graph.outputs] == ["add", "log"]


def test_picking_a_family_picks_its_members() -> None:
    graph = read("v[i=1..3] = x*i; w = 2*x", outputs=["w", "v"])
    assert graph.output_names == ("w", "v[1]", "v[2]", "v[3]")
    assert read("v[i=1..3] = x*i", outputs=["v[2]"]).output_names == ("v[2]",)


@pytest.mark.parametrize("name", ["y1", "x", "y3"])
def test_an_output_can_be_picked_by_the_name_that_it_got(name: str) -> None:
    whole = read("x*y, x, 2*x")
    picked = read("x*y, x, 2*x", outputs=[name])
    assert picked.output_names == (name,)
    assert picked.outputs == (whole.outputs[whole.output_names.index(name)],)


def test_an_assigned_name_wins_over_the_name_that_an_output_got() -> None:
    graph = read("x + 1, x - 1; y2 = x*x", outputs=["y2", "y1"])
    assert [graph.ops[node].name for node in graph.outputs] == ["mul", "add"]


def test_picking_an_unknown_output_lists_what_there_is() -> None:
    with pytest.raises(NameFault) as caught:
        parse("alpha = x; b = 2*x", outputs=["alpa"])
    assert "alpha, b" in caught.value.message
    assert caught.value.hint == "did you mean alpha?"
    with pytest.raises(NameFault, match=r"its outputs are y1, y2$"):
        parse("x^2, y^2", outputs=["y5"])


# Functions


def test_a_function_is_expanded_at_each_call() -> None:
    assert operations("f(a, b) = a*b + 1; f(x, y) - f(y, 2)") == [
        "mul x y",
        "add v1 1",
        "mul y 2",
        "add v3 1",
        "sub v2 v4",
    ]


def test_arguments_are_computed_once_before_the_body() -> None:
    assert operations("f(z) = z*z; f(sin(x))") == ["sin x", "mul v1 v1"]


def test_functions_call_those_before_them() -> None:
    text = "f(x) = x*x; g(x, y) = f(x) + f(y); g(a, f(b))"
    assert operations(text) == ["mul b b", "mul a a", "mul v1 v1", "add v2 v3"]


def test_a_function_keeps_what_it_calls_when_a_name_is_defined_anew() -> None:
    assert operations("f(x) = sin(x); g(x) = f(x); f(x) = g(x) + 1; f(x)") == ["sin x", "add v1 1"]


def test_free_names_mean_what_they_mean_in_the_program_at_the_time_of_the_call() -> None:
    assert operations("a = p*p; f(x) = a*x; a = q*q*q; f(2)") == ["mul p p", "mul q q", "mul v2 q", "mul v3 2"]
    # not what the caller's parameters or loops may be called
    assert operations("f(x) = a*x; g(a) = f(2); g(5)") == ["mul a 2"]
    assert operations("f(x) = i*x; Sum(f(2), (i, 1, 2))") == ["mul i 2", "mul i 2", "add v1 v2"]


def test_a_parameter_hides_a_variable() -> None:
    assert operations("a = sin(x); f(a) = a*a; f(y) + a") == ["sin x", "mul y y", "add v2 v1"]


def test_a_function_may_be_named_like_one_of_the_table_and_hides_it() -> None:
    assert operations("relu(x) = Max(x, 0); relu(y)") == ["Max y 0"]
    assert operations("N(N) = N^2; N(N)") == ["pow N 2"]


def test_a_condition_can_be_an_argument() -> None:
    assert operations("f(c) = where(c, x, y); f(x < y)") == ["Lt x y", "where v1 x y"]


def test_spans_of_an_expanded_call_point_into_the_functions_body() -> None:
    assert formulas("f(z) = z*z + 1; f(x)*2") == ["z*z", "z*z + 1", "f(x)*2"]


def test_a_body_may_have_line_breaks_in_brackets() -> None:
    assert operations("f(a,\n  b) = (a +\n  b) # sum\nf(x, y)") == ["add x y"]


# Elements, families, sums


def test_elements_are_inputs_of_their_own() -> None:
    graph = read("x[1]*x[2] + A[1, 2]*x[1]")
    assert graph.input_names == ("x[1]", "x[2]", "A[1,2]")


def test_indices_are_constant_integer_expressions() -> None:
    graph = read("x[1+1], x[2*3-1], x[n], x[n-1], x[(n+1)/3], x[2^n], x[Mod(7, n)], x[floor(n/4)]", let={"n": 5})
    assert graph.input_names == ("x[2]", "x[5]", "x[4]", "x[32]", "x[1]")
    assert operations("k = 2; x[k]*k") == ["mul x[2] 2"]


def test_a_sum_is_written_out_operands_first() -> None:
    assert operations("Sum(x[i]^2, (i, 1, 3))") == [
        "pow x[1] 2",
        "pow x[2] 2",
        "pow x[3] 2",
        "add v1 v2",
        "add v4 v3",
    ]
    assert operations("Product(x + i, (i, 0, 2))") == ["add x 0", "add x 1", "add x 2", "mul v1 v2", "mul v4 v3"]


def test_the_first_range_of_a_sum_is_the_innermost() -> None:
    assert read("Sum(x[i]*y[j], (i, 1, j), (j, 1, 2))").input_names == ("x[1]", "y[1]", "y[2]", "x[2]")


def test_sums_nest() -> None:
    assert operations("Sum(Product(x[i], (i, 1, j)), (j, 1, 2))*2") == ["mul x[1] x[2]", "add x[1] v1", "mul v2 2"]


@pytest.mark.parametrize(
    ("text", "rows"), [("x + Sum(y, (i, 1, 0))", ["add x 0"]), ("x*Product(y, (i, 3, 2))", ["mul x 1"])]
)
def test_an_empty_sum_is_0_and_an_empty_product_1(text: str, rows: list[str]) -> None:
    assert operations(text) == rows


def test_a_sum_of_one_term_is_the_term() -> None:
    assert operations("Sum(sin(x), (i, 1, 1))") == ["sin x"]


def test_a_loop_variable_is_a_number_in_the_terms_and_hides_other_meanings() -> None:
    assert operations("i = sin(x); Sum(x^i, (i, 1, 2)) + i") == [
        "sin x",
        "pow x 1",
        "pow x 2",
        "add v2 v3",
        "add v4 v1",
    ]
    assert operations("Sum(x^-i, (i, -1, 1))") == [
        "neg -1",
        "pow x v1",
        "neg 0",
        "pow x v3",
        "neg 1",
        "pow x v5",
        "add v2 v4",
        "add v7 v6",
    ]


def test_spans_in_a_sum_point_into_its_term_and_the_folds_are_the_whole_sum() -> None:
    text = "1 + Sum(x[i]*y, (i, 1, 2))"
    assert formulas(text) == ["x[i]*y", "x[i]*y", "Sum(x[i]*y, (i, 1, 2))", text]


def test_a_function_in_a_sum_may_use_its_parameter_as_an_index() -> None:
    assert operations("f(k) = x[k+1]*k; Sum(f(i), (i, 1, 2))") == ["mul x[2] 1", "mul x[3] 2", "add v1 v2"]


def test_a_family_is_one_assignment_for_each_index() -> None:
    graph = read("w[i=1..3] = a*x[i]; w[1]*w[3]")
    assert [name for name, _ in graph.assignments] == ["w[1]", "w[2]", "w[3]"]
    assert operations(graph) == ["mul a x[1]", "mul a x[2]", "mul a x[3]", "mul v1 v3"]


def test_members_of_a_family_may_use_those_before_them() -> None:
    assert operations("f[1] = x; f[2] = x*x; f[i=3..4] = f[i-1] + f[i-2]; f[4]") == ["mul x x", "add v1 x", "add v2 v1"]


def test_a_family_may_have_two_indices() -> None:
    graph = read("B[i=1..2, j=1..n] = A[j, i]; B[2, 1]", let={"n": 2})
    assert [name for name, _ in graph.assignments] == ["B[1,1]", "B[1,2]", "B[2,1]", "B[2,2]"]
    assert graph.input_names == ("A[1,1]", "A[2,1]", "A[1,2]", "A[2,2]")
    assert [name for name, _ in read("B[2, j=1..2] = x*j").assignments] == ["B[2,1]", "B[2,2]"]


def test_sizes_are_integers_with_names() -> None:
    assert operations("Sum(x[i], (i, 1, n))/n", let={"n": 3}) == ["add x[1] x[2]", "add v1 x[3]", "div v2 3"]
    with pytest.raises(NameFault, match="n is given as a size, but does not occur"):
        parse("x", let={"n": 3})


def test_known_shapes_refuse_elements_that_are_not_there() -> None:
    assert "has 2 elements" in refused("x[3]", NameFault, "»x[3]«", sizes={"x": (2,)}).message
    assert "2 indices" in refused("x[1]", NameFault, "x»[1]«", sizes={"x": (2, 2)}).message
    assert "one number" in refused("x[1]", NameFault, "»x[1]«", sizes={"x": ()}).message


# Constants


@pytest.mark.parametrize(
    ("text", "rows"), [("pi/4", ["div pi 4"]), ("-2e3", []), ("sqrt(2)", ["sqrt 2"]), ("Sum(1/i, (i, 1, 2))", None)]
)
def test_a_constant_expression_has_no_variables(text: str, rows: list[str] | None) -> None:
    graph = parse_constant(text)
    assert rows is None or operations(graph) == rows


@pytest.mark.parametrize(
    ("text", "kind", "span", "hint"),
    [
        ("e^2", NameFault, (0, 1), "E"),
        ("2*x", NameFault, (2, 3), "pi"),
        ("", SyntaxFault, (0, 0), None),
        ("1; 2", SyntaxFault, (3, 4), None),
        ("1, 2", SyntaxFault, (1, 2), None),
        ("1 < 2", SyntaxFault, (0, 5), None),
        ("a = 2", NameFault, (0, 1), None),
    ],
)
def test_what_is_no_constant_expression_is_refused(
    text: str, kind: type[Exception], span: tuple[int, int], hint: str | None
) -> None:
    with pytest.raises(kind) as caught:
        parse_constant(text, "the value of x")
    error = caught.value
    assert isinstance(error, (NameFault, SyntaxFault))
    assert (error.span, error.text, error.origin) == (span, text, "the value of x")
    assert hint is None or hint in str(error.hint)


@pytest.mark.parametrize(
    ("text", "outputs", "formulas", "unnamed"),
    [
        ("x+1", "y", ("x+1",), True),
        ("x", "x", ("x",), False),
        ("a=x*x; a=a*a; a", "a", ("a*a",), False),
        ("b=w1*a; c=w2*a; L=10-d", "L", ("10-d",), False),
        ("x = r*cos(t)\ny = r*sin(t)\nx, y", "x y", ("r*cos(t)", "r*sin(t)"), False),
        ("N(z)=(1+erf(z))/2; d=N(x) # text; more\nd*N(d)", "y", ("d*N(d)",), True),
        ("x*y, max(x,\n y)", "y1 y2", ("x*y", "max(x, y)"), False),
        ("x*y, max(x, # the larger\n y)", "y2", ("max(x, y)",), False),
        ("(x+1)", "y", ("(x+1)",), True),
        ("y=2; x*y", "y", ("2",), False),
        ("a=1; b=2; a", "b", ("2",), False),
        ("a[i=1..2] = x*i; a[1]", "a[1]", ("a[1]",), False),
        ("a[i=1..2] = x*i", "a[1] a[2]", (None, None), False),
    ],
)
def test_outputs_know_their_formulas(text: str, outputs: str, formulas: tuple[str | None, ...], unnamed: bool) -> None:
    """What was last assigned to the name, or the bare expression, in one line; some have no name of their own."""
    graph = parse(text, outputs=outputs.split())
    assert graph.formulas == formulas
    assert graph.unnamed == unnamed


def test_outputs_chosen_by_default_know_their_formulas() -> None:
    """A bare expression without a name is y, also where the program has a y of its own."""
    assert parse("y=2; x*y").formulas == ("x*y",)
    assert parse("a=2; b=a+1").formulas == ("a+1",)
    assert parse("a=x*x; a=a*a; a").formulas == ("a*a",)
    assert parse("y=2; x*y").unnamed
    assert not parse("y=2; y").unnamed
    assert parse("y+1").unnamed
