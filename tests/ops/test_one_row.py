"""One row is enough: what the table alone knows, and that a row added to it is all that an operation takes."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import readme

import adcli.ops
from adcli.cli import topics
from adcli.ops import INPUT, LITERAL, TABLE, UNDEFINED, WHERE, Op

HOUSE = readme.ROOT / "adcli"

NAMES = {name: op for op in TABLE.values() if op is not UNDEFINED for name in (op.name, *op.aliases)}
"""What an operation may be asked for by."""

OPERATORS = {op for op in TABLE.values() if op.symbol} | {WHERE, UNDEFINED, INPUT, LITERAL}
"""What files may import by name: the language's operators and what else is no function."""

FOREIGN = "what another language calls the functions that adcli calls so"
EXCEPTIONS = {
    "language/reading.py": ("pow Not where factorial sqrt", "names and signs that the grammar knows"),
    "language/calls.py": ("Abs", "|x|"),
    "language/operations.py": ("log", "log(x, base)"),
    "language/faults.py": ("log where", "log(x, base); words of other languages"),
    "language/arrays/functions.py": ("Abs Max Min det exp log logaddexp sqrt", "what a function of arrays unrolls to"),
    "language/arrays/matrices.py": ("det", "inverses and solutions are made of minors"),
    "language/arrays/operations.py": ("det log", "of one array they reduce it"),
    "crosscheck/foreign.py": ("atan atan2 log", "other programs' readers give these names two arguments, or one"),
    "language/sympy/functions.py": ("betainc", "SymPy's has both limits"),
    "language/sympy/arrays.py": ("det", "SymPy's matrices have a method"),
    "language/integers.py": ("floor ceiling Mod Abs Max Min", "an index is computed in whole numbers"),
    "language/sympy/respell.py": ("Eq Ge Gt Le Lt Ne Not Abs", "comparisons and |x| are calls to SymPy's parser"),
    "language/sympy/definitions.py": ("Not pow Abs sign", "SymPy's |x| has no slope where it may be complex"),
    "language/sympy/sympy_program.py": ("Abs", "a bar is an absolute value"),
    "language/sympy/from_sympy.py": ("exp sqrt log Heaviside LambertW", "SymPy writes them otherwise"),
    **dict.fromkeys((str(path.relative_to(HOUSE)) for path in HOUSE.glob("language/notations/*.py")), ("*", FOREIGN)),
    "batch/engines/tables.py": ("clamp", "a variable's name"),
    "studies/explore.py": ("deg", "a unit of angles"),
    "cli/trace.py": ("step", "an option"),
    "render/compare.py": ("step", "a column's title"),
    "render/cost.py": ("step", "a column's title"),
    **dict.fromkeys(
        (str(path.relative_to(HOUSE)) for path in HOUSE.glob("studies/export/targets/*.py")), ("*", FOREIGN)
    ),
    "studies/export/target.py": ("*", "what C's library has"),
    "arithmetic/arb_functions.py": ("*", "Arb's functions"),
    "arithmetic/special.py": ("*", "mpmath's functions"),
    "arithmetic/balls.py": ("*", "functions of balls of its own"),
    "arithmetic/interval_operations.py": ("*", "functions of intervals of its own"),
    "arithmetic/intervals.py": ("*", "functions of intervals of its own"),
    **dict.fromkeys(("derivatives/answers.py", "derivatives/questions.py"), ("det", "that of a Jacobian")),
    "arithmetic/expansions.py": ("log", "x^y is exp(y log x)"),
    "arithmetic/multiprecision.py": ("log", "a rule may ask for the logarithm of a negative number, which mpmath has"),
    "arithmetic/series.py": ("log", "x^y is exp(y log x)"),
    "batch/strength.py": ("sqrt", "what a step costs a processor"),
    "batch/engines/llvm.py": ("*", "the C library's functions, which the rows name"),
    "cli/__init__.py": ("Max Min", "words that are no commands"),
    "cli/fit.py": ("atan huber", "losses, by the names that SciPy has for them"),
    "cli/jacobian.py": ("det", "an option"),
    "render/fit.py": ("step", "a column's title"),
    "studies/fit/model.py": ("sqrt", "a weight is a root in the residual"),
    "studies/fit/robust.py": ("atan huber", "losses, by the names that SciPy has for them"),
    "studies/uncertainty/rows.py": ("Abs sqrt", "a standard uncertainty is a root of squares"),
    "cli/row_options.py": ("det", "an option"),
    **dict.fromkeys(("cli/rows.py", "cli/datasets.py"), ("where", "an option")),
    "render/mathml.py": ("Abs sqrt", "MathML has elements for them"),
    "render/operations.py": ("where", "a column's title"),
    "render/plot.py": ("log", "an axis' scale"),
    "render/screen.py": ("sqrt", "a sign in ASCII"),
}  # fmt: skip
"""Files that know operations by name: which ("*" for any), and why."""


def named(source: str) -> Iterator[str]:
    """The operations that a file knows by name: in a string of its own, or imported from the table."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES:
            yield NAMES[node.value].name
        elif isinstance(node, ast.ImportFrom) and node.module == "adcli.ops":
            for alias in node.names:
                found = getattr(adcli.ops, alias.name)
                if isinstance(found, Op) and found not in OPERATORS:
                    yield found.name


def test_no_file_but_the_table_knows_operations_by_name() -> None:
    """So that none has to be touched for a new one. Every exception is needed."""
    found = {}
    for path in HOUSE.rglob("*.py"):
        place = str(path.relative_to(HOUSE))
        names = set(named(path.read_text(encoding="utf-8"))) if place != "ops.py" else set()
        if names:
            allowed = EXCEPTIONS.get(place, ("", ""))[0]
            found[place] = "*" if allowed == "*" else " ".join(sorted(names))
    needed = {place: names for place, (names, why) in EXCEPTIONS.items() if why is not FOREIGN or place in found}
    assert found == {place: "*" if names == "*" else " ".join(sorted(names.split())) for place, names in needed.items()}


@pytest.mark.parametrize(
    "source",
    [
        'if op.name == "tanh": pass',
        'SLOPES = {"tanh": 1}',
        'match op.name:\n    case "tanh": pass',
        'TANH = TABLE["tanh"]',
        'BENT = ("Abs", "relu")',
        "from adcli.ops import ADD, LOG",
    ],
)
def test_dispatch_on_a_name_is_noticed(source: str) -> None:
    """The test of the test."""
    assert list(named(source))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all that the tests need, changed as the recipe in `adcli help contributing` says."""
    text = topics.page("contributing").partition("## To add an operation\n")[2].partition("\n## ")[0]
    (change,) = [block for block in readme.blocks(text) if block.kind == "diff"]
    assert change.about == "adcli/ops.py"
    assert [line[0] for line in change.text.splitlines()] == [" ", "+"]
    session = readme.Session(tmp_path_factory.mktemp("one-row"))
    session.run(change)
    for name in ("tests", "examples"):
        shutil.copytree(readme.ROOT / name, session.house / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(readme.ROOT / name, session.house / name)
    return session.house


def test_a_row_is_all_that_an_operation_takes(house: Path) -> None:
    """With the recipe's row, the tests that loop over the table test it too, and pass, none of them changed."""
    chosen = [
        *("tests/ops", "tests/batch/test_engines.py", "tests/batch/test_llvm.py", "tests/batch/test_numpy.py"),
        *("tests/batch/test_scalar.py", "tests/derivatives/test_taylor.py", "tests/derivatives/test_second.py"),
        *("tests/derivatives/test_derivative_programs.py", "tests/studies/test_compare.py", "tests/test_readme.py"),
        *("tests/language/test_expressions.py", "tests/language/test_printer.py"),
    ]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "softsign or listed or names", *chosen],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed is not None
    assert int(passed[1]) > 60
