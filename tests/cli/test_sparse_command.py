"""Sparse matrices on the command line: jacobian --sparse, hessian --sparse, sparsity, and the mode cross."""

from __future__ import annotations

import json
from typing import Any

import pytest
from calling import Run

STENCIL = ("r[i=1..n] = x[i+1]^2 - x[i]", "--let", "n=3", "--output", "r")
POINT = ("--at", "x=[1,2,3,4]")
ARROW = ("a = Sum(x[i]^2, (i, 1, n)); r[i=2..n] = x[1]*x[i]", "--let", "n=5", "--output", "a,r")
SUM = ("Sum(x[i]*x[i+1]^2, (i, 1, n-1))", "--let", "n=4")


def answer(run: Run, *words: str) -> Any:
    return json.loads(run(*words, "--format", "json").output)


def test_json_has_entries_instead_of_a_matrix(run: Run) -> None:
    """The contract: nnz, entries from 0, a colour per row in reverse mode, the sweeps."""
    found = answer(run, "jacobian", *STENCIL, *POINT, "--sparse")
    assert "jacobian" not in found
    assert found["command"] == "jacobian"
    assert found["mode"] == "reverse"
    assert (found["nnz"], found["sweeps"], found["dense_sweeps"]) == (6, 2, 3)
    assert found["entries"] == [[0, 0, -1], [0, 1, 4], [1, 1, -1], [1, 2, 6], [2, 2, -1], [2, 3, 8]]
    assert found["colors"] == [0, 1, 0]
    assert found["outputs"] == ["r[1]", "r[2]", "r[3]"]
    assert found["inputs"] == ["x[1]", "x[2]", "x[3]", "x[4]"]
    assert found["values"] == [3, 7, 13]
    assert found["check"] is None


def test_forward_mode_has_a_colour_per_column(run: Run) -> None:
    """--mode is obeyed."""
    found = answer(run, "jacobian", *STENCIL, *POINT, "--sparse", "--mode", "fwd")
    assert (found["mode"], found["sweeps"], found["dense_sweeps"], len(found["colors"])) == ("forward", 2, 4, 4)


def test_mixed_modes_have_colours_of_both(run: Run) -> None:
    """An arrow: a reverse sweep for the full row, two forward sweeps for the rest."""
    found = answer(run, "jacobian", *ARROW, "--at", "x=[1,2,3,4,5]", "--sparse")
    assert (found["mode"], found["sweeps"], found["dense_sweeps"]) == ("mixed", 3, 5)
    assert found["row_colors"] == [0, -1, -1, -1, -1]
    assert found["colors"] == [0, 1, 1, 1, 1]
    assert len(found["entries"]) == found["nnz"] == 13


def test_the_check_covers_entries_and_zeros(run: Run) -> None:
    """SymPy agrees on all of them; a Hessian's, too."""
    for words in (
        ("jacobian", *STENCIL, *POINT, "--sparse"),
        ("jacobian", *ARROW, "--at", "x=[1,2,3,4,5]", "--sparse"),
        ("hessian", *SUM, *POINT, "--sparse"),
    ):
        check = answer(run, *words, "--check")["check"]
        assert check["ok"]
        assert check["against"] == "SymPy"
        assert check["digits"] >= 15


def test_the_table_has_a_picture_and_a_sentence(run: Run) -> None:
    """A letter per entry where there is room, and "2 sweeps instead of 3"."""
    assert run("jacobian", *STENCIL, *POINT, "--sparse", "--format", "table", "--no-check").output == (
        """
  r[1] = 3       reverse mode, 2 sweeps instead of 3
  r[2] = 7
  r[3] = 13

         x[1]  x[2]  x[3]  x[4]
   r[1]  a     a     ·     ·
   r[2]  ·     b     b     ·
   r[3]  ·     ·     a     a

  6 of 12 entries are not zero; a letter is a sweep

   ∂r[1]/∂x[1]   -1
   ∂r[1]/∂x[2]    4
   ∂r[2]/∂x[2]   -1
   ∂r[2]/∂x[3]    6
   ∂r[3]/∂x[3]   -1
   ∂r[3]/∂x[4]    8

"""
    )


def test_the_hessian_has_a_product_per_colour(run: Run) -> None:
    """Both triangles, from forward sweeps over the gradient's program."""
    found = answer(run, "hessian", *SUM, *POINT, "--sparse")
    assert found["command"] == "hessian"
    assert found["mode"] == "forward over reverse"
    assert found["value"] == 4 + 18 + 48
    assert (found["sweeps"], found["dense_sweeps"], len(found["colors"])) == (3, 4, 4)
    full = answer(run, "hessian", *SUM, *POINT)
    assert found["gradient"] == full["gradient"]
    assert {(i, j): x for i, j, x in found["entries"]} == {
        (i, j): x for i, row in enumerate(full["hessian"]) for j, x in enumerate(row) if x
    }
    table = run("hessian", *SUM, *POINT, "--sparse", "--format", "table", "--no-check").output
    assert "forward over reverse, 3 sweeps instead of 4" in table
    assert "∂²f/∂x[1]∂x[2]   4" in table


def test_programs_get_a_triplet_a_line(run: Run) -> None:
    """Places from 0, as in the coordinate format of sparse matrices everywhere."""
    words = ("jacobian", *STENCIL, *POINT, "--sparse")
    assert run(*words).output.splitlines()[:3] == ["0\t0\t-1.0", "0\t1\t4.0", "1\t1\t-1.0"]
    assert run(*words, "--format", "csv").output.splitlines()[:3] == [
        "row,column,value,row_name,column_name",
        "0,0,-1.0,r[1],x[1]",
        "0,1,4.0,r[1],x[2]",
    ]
    assert run(*words, "--format", "value").output.split() == ["-1.0", "4.0", "-1.0", "6.0", "-1.0", "8.0"]


def test_documents_get_names_or_a_matrix(run: Run) -> None:
    """A table of names in Markdown; in LaTeX a small matrix as one, a larger one entry by entry."""
    words = ("jacobian", *STENCIL, *POINT, "--sparse", "--format")
    assert "| r\\[1\\] | x\\[2\\] |     4 |" in run(*words, "markdown").output
    assert "0 & -1 & 6 & 0 \\\\" in run(*words, "latex").output
    long = ("r[i=1..n] = x[i+1]^2", "--let", "n=20", "--output", "r", "--at", json.dumps({"x": list(range(21))}))
    assert "J_{3,3} &= 6" in run("jacobian", *long, "--sparse", "--format", "latex").output


def test_the_layout_turns_the_entries(run: Run) -> None:
    """A row per input."""
    found = answer(run, "jacobian", *STENCIL, *POINT, "--sparse", "--layout", "denominator")
    assert found["entries"][:3] == [[0, 0, -1], [1, 0, 4], [1, 1, -1]]
    table = run("jacobian", *STENCIL, *POINT, "--sparse", "--layout", "denominator", "--format", "table").output
    assert "         r[1]  r[2]  r[3]\n   x[1]  a     ·     ·\n   x[2]  a     b     ·\n" in table
    assert "∂r[1]/∂x[2]    4" in table


@pytest.mark.parametrize("option", ["--det", "--linearize"])
def test_what_needs_all_entries_says_so(run: Run, option: str) -> None:
    """A determinant of nonzeros alone is none."""
    done = run("jacobian", "x*y", "x", "--at", "x=1,y=2", "--sparse", option, exit=2)
    assert "leave out --sparse" in done.output


def test_products_have_one_order_of_modes(run: Run) -> None:
    """The colours are those of Hessian-vector products."""
    assert (
        "leave out --mode" in run("hessian", "x*y", "--at", "x=1,y=2", "--sparse", "--mode", "rev-rev", exit=2).output
    )


# sparsity


def test_sparsity_needs_no_point(run: Run) -> None:
    """The pattern and the sweeps of each mode, from the text alone."""
    found = answer(run, "sparsity", *ARROW)
    assert found["command"] == "sparsity"
    assert (found["forward"], found["reverse"], found["mixed"], found["sweeps"]) == (5, 5, 3, 3)
    assert found["entries"][:6] == [[0, 0], [0, 1], [0, 2], [0, 3], [0, 4], [1, 0]]
    assert found["nnz"] == len(found["entries"]) == 13
    assert answer(run, "sparsity", *ARROW, "--mode", "rev")["sweeps"] == 5
    assert run("sparsity", *ARROW, "--format", "value").output == "3\n"


def test_sparsity_shows_the_sweep_of_each_entry(run: Run) -> None:
    """Small letters are forward sweeps, capitals reverse ones; the count is explained."""
    assert run("sparsity", *ARROW, "--format", "table").output == (
        """
  The Jacobian of 5 outputs by 5 inputs: 13 of 25 entries can be other than
  zero; a letter is a sweep, small for forward mode, capital for reverse mode.

         x[1]  x[2]  x[3]  x[4]  x[5]
   a     a     A     A     A     A
   r[2]  a     b     ·     ·     ·
   r[3]  a     ·     b     ·     ·
   r[4]  a     ·     ·     b     ·
   r[5]  a     ·     ·     ·     b

   mode      sweeps   without colours
   forward        5                 5
   reverse        5                 5
   mixed          3                 5

  → 3 sweeps instead of 5. 1 reverse sweep for 1 row and 2 forward sweeps for 5
    columns. Forward mode alone needs 5, since a row has 5 entries; reverse
    mode alone 5, since a column has 5 entries. Fewer are impossible: 2 sweeps
    can tell 10 of the 13 entries.

"""
    )


def test_sparsity_of_second_derivatives(run: Run) -> None:
    """A star colouring of the arrow takes two products."""
    words = ("sparsity", "Sum(x[1]*x[i]^2, (i, 1, n))", "--let", "n=9", "--hessian")
    found = answer(run, *words)
    assert (found["matrix"], found["sweeps"], found["forward"], found["dense_sweeps"]) == ("hessian", 2, 9, 9)
    assert "H·v, using the symmetry" in run(*words, "--format", "table").output


def test_sparsity_of_a_large_matrix_is_drawn_in_dots(run: Run) -> None:
    """Two by four in a character, in a frame; "#" where there are no such characters."""
    words = ("sparsity", "r[i=1..n] = x[i] - 2*x[i+1] + x[i+2]", "--let", "n=1000", "--output", "r")
    table = run(*words, "--format", "table").output
    assert "   │⠙⢦⡀" in table
    assert "3 sweeps instead of 1,000" in table
    assert max(map(len, table.splitlines())) <= 80
    latex = run(*words, "--format", "latex").output
    assert "\\begin{verbatim}\n+---" in latex
    assert latex.isascii()
    assert run(*words).output.splitlines()[-1] == "999\t1001\t0"
    assert run(*words, "--format", "csv").output.startswith("row,column,sweep,row_name,column_name\n0,0,0,")
    assert "```text\n┌──" in run(*words, "--format", "markdown").output


def test_sparsity_of_nothing(run: Run) -> None:
    """Steps have no derivative, so there is nothing to compute."""
    table = run("sparsity", "floor(x)", "2", "--format", "table").output
    assert "0 of 2 entries can be other than zero" in table
    assert "0 sweeps instead of 2" in table
    assert "linear" in run("sparsity", "2x", "--hessian", "--format", "table").output


# cross


def test_cross_says_what_it_eliminated(run: Run) -> None:
    """The same numbers by another order of the chain rule."""
    words = ("jacobian", "y = sin(x1*x2); exp(y), y*x1", "--at", "x1=2,x2=5")
    found = answer(run, *words, "--mode", "cross", "--check")
    assert found["check"]["ok"]
    assert found["mode"] == "cross"
    assert found["sweeps"] == 0
    assert found["elimination"] == {"order": "forward", "vertices": 2, "multiplications": 6, "nontrivial": 6}
    for row, expected in zip(found["jacobian"], answer(run, *words)["jacobian"], strict=True):
        assert row == pytest.approx(expected, rel=1e-14)
    table = run(*words, "--mode", "cross", "--format", "table", "--no-check").output
    assert "cross-country elimination of 2 vertices, 6 multiplications" in table


def test_cross_is_no_mode_of_a_gradient_or_of_sparse_sweeps(run: Run) -> None:
    """It belongs to whole Jacobians."""
    assert "--mode cannot be 'cross'" in run("grad", "x*y", "--at", "x=1,y=2", "--mode", "cross", exit=2).output
    assert "no sweeps" in run("jacobian", "x*y", "--at", "x=1,y=2", "--mode", "cross", "--sparse", exit=2).output


# cost --elimination


def test_cost_counts_the_orders_of_elimination(run: Run) -> None:
    """The contract: counts by order, the best order's vertices under their names in a trace, and without factors ±1."""
    found = answer(run, "cost", "y = exp(sin(x1*x2)); sin(y), cos(y)", "--elimination")["elimination"]
    assert {name: found[name] for name in ("forward", "reverse", "markowitz", "relative_markowitz", "optimal")} == {
        "forward": 8, "reverse": 8, "markowitz": 7, "relative_markowitz": 7, "optimal": 7,
    }  # fmt: skip
    assert found["order"] == ["v2", "v1", "v3"]
    assert (found["vertices"], found["best"]) == (3, "markowitz")
    assert found["nontrivial"]["optimal"] == 7
    units = answer(run, "cost", "a = x1 + x2; b = a - x1; b - a", "--elimination")["elimination"]
    assert (units["forward"], units["nontrivial"]["forward"]) == (6, 0)


def test_cost_counts_those_of_layers_by_units(run: Run) -> None:
    """At most what the chain's best brackets take."""
    program = "u[i=1..2] = sin(Sum(x[j], (j, 1, 6))); v[i=1..6] = exp(u[1] + i*u[2])"
    found = answer(run, "cost", program, "--layers", "x,u,v", "--elimination")
    assert found["chain"]["optimal"] == 72 == found["elimination"]["optimal"]
    assert found["elimination"]["order"] == ["u[1]", "u[2]"]
    assert "eliminating 2 units" in run(
        "cost", program, "--layers", "x,u,v", "--elimination", "--format", "table"
    ).output  # fmt: skip


def test_units_that_do_not_use_all_of_a_layer_cost_less(run: Run) -> None:
    """The chain multiplies zeros, too."""
    program = "u[i=1..6] = sin(x[i]); v[i=1..6] = exp(u[i]); w = Sum(v[i], (i, 1, 6))"
    found = answer(run, "cost", program, "--layers", "x,u,v,w", "--elimination")
    assert found["chain"]["optimal"] == 72
    assert found["elimination"]["optimal"] == 12


def test_the_table_shows_both_counts_and_the_order(run: Run) -> None:
    """What counts is said."""
    table = run("cost", "y = exp(sin(x1*x2)); sin(y), cos(y)", "--elimination", "--format", "table").output
    assert "the whole Jacobian by eliminating 3 vertices" in table
    assert "optimum                                 7            7" in table
    assert "only where\n  neither is 1 or -1 by its rule." in table
    assert "→ lowest Markowitz degree: v2, v1, v3" in table
    plain = run("cost", "y = exp(sin(x1*x2)); sin(y), cos(y)", "--elimination").output
    assert "order\tmultiplications\tnontrivial\nforward\t8\t8\n" in plain


def test_elimination_goes_with_a_formula_alone(run: Run) -> None:
    """Neither with sizes nor with a growth."""
    assert "--chain stands alone" in run("cost", "--chain", "2,3,4", "--elimination", exit=2).output
    assert "leave out --elimination" in run("cost", "x*n", "--growth", "n=1..3", "--elimination", exit=2).output
