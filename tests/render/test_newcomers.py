"""What a newcomer adds by `adcli help contributing`: a format is a file and a line, a command three files."""

from __future__ import annotations

import ast
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import readme

from adcli.batch import ENGINES
from adcli.cli import topics
from adcli.problem.given import MODES
from adcli.render import FORMATS

BAYDIN = ["ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5"]
CHAIN = ["r[i=1..3] = x[i+1]^2 - x[i]", "--output", "r", "--at", "x=[1,2,3,4]"]
ANSWERS = [
    ["eval", *BAYDIN],
    ["grad", *BAYDIN],
    ["grad", *BAYDIN, "--precision", "30"],
    ["jacobian", *CHAIN],
    ["jacobian", *CHAIN, "--sparse"],
    ["jacobian", *CHAIN, "--sparse", "--layout", "denominator"],
    ["jacobian", "x*y", "x+y", "--at", "x=1,y=2", "--det"],
    ["jacobian", "x*y", "x+y", "--at", "x=1,y=2", "--linearize"],
    ["jvp", *CHAIN, "--tangent", "1,0,0,0"],
    ["vjp", *CHAIN, "--cotangent", "1,0,0"],
    ["hessian", *BAYDIN],
    ["hessian", *BAYDIN, "--sparse"],
    ["hvp", *BAYDIN, "--vector", "1,0"],
    ["taylor", *BAYDIN, "--var", "x1"],
]
STUDIES = [
    ["sparsity", *CHAIN],
    ["trace", *BAYDIN],
    ["paths", *BAYDIN],
    ["paths", *BAYDIN, "--factored"],
    ["cost", *BAYDIN],
    ["cost", "--chain", "3,4,5"],
    ["compare", *BAYDIN],
    ["ops", "tanh"],
]


class House:
    """A copy of the package, with the changes of these files in `adcli help contributing`."""

    def __init__(self, home: Path, *files: str) -> None:
        session = readme.Session(home)
        self.package = session.house / "adcli"
        for block in readme.blocks(topics.page("contributing")):
            if block.kind == "diff" and (block.about in files or not session.house.exists()):
                session.run(block)

    def change(self, file: str, before: str, added: str) -> None:
        """Write *added* behind the first *before* in a file, at the end of one where there is none."""
        path = self.package / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        start, found, end = text.partition(before) if before else (text, "", "")
        assert found == before, f"{file} has no {before!r}"
        path.write_text(start + found + added + end, encoding="utf-8")

    def run(self, *calls: list[str]) -> list[str]:
        """What the commands print, one process for all."""
        script = (
            "import json, sys\n"
            "from click.testing import CliRunner\n"
            "from adcli.cli import main\n"
            "done = [CliRunner().invoke(main, words) for words in json.loads(sys.stdin.read())]\n"
            "assert all(one.exit_code == 0 for one in done), [one.output for one in done if one.exit_code]\n"
            "print(json.dumps([one.stdout for one in done]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps(calls),
            capture_output=True,
            text=True,
            timeout=300,
            cwd=self.package.parent,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: list[str] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The house with the recipe's format."""
    return House(tmp_path_factory.mktemp("org"), "adcli/render/org.py", "adcli/render/__init__.py")


def test_a_new_format_writes_every_result(org: House) -> None:
    """The answers of the commands, sparse ones too, and what the studies show: each is a table of org-mode."""
    calls = [[*words, "--format", "org"] for words in (*ANSWERS, *STUDIES)]
    for words, text in zip(calls, org.run(*calls), strict=True):
        lines = text.splitlines()
        if "--factored" not in words:
            assert "|-" in lines, words
        for line, rule in itertools.pairwise(lines):
            if rule == "|-":
                assert line.startswith("| "), words
                assert line.endswith(" |"), words
        assert text.endswith("\n"), words
        assert not text.endswith("\n\n"), words


def test_a_new_format_has_the_numbers(org: House) -> None:
    """Not a plain text under another name."""
    gradient, sparse, hessian = org.run(
        ["grad", *BAYDIN, "--format", "org"],
        ["hessian", *BAYDIN, "--sparse", "--format", "org"],
        ["hessian", *BAYDIN, "--format", "org"],
    )
    assert gradient == (
        "| output | value |\n|-\n| f | 11.6521 |\n\n| input | derivative |\n|-\n| x1 | 5.5 |\n| x2 | 1.71634 |\n"
    )
    assert "| row | column | value |\n|-\n| x1 | x1 | -0.25 |\n| x1 | x2 | 1 |\n" in sparse
    assert "| ∂f/∂x1 | -0.25 | 1 |\n" in hessian


def test_a_new_format_is_offered_and_completed(org: House) -> None:
    """Help and a shell's completion list what the one list has."""
    assert "org" in org.run(["grad", "--help"])[0]
    assert "org" in org.run(["trace", "--help"])[0]
    typed = {"_ADCLI_COMPLETE": "bash_complete", "COMP_WORDS": "adcli grad --format o", "COMP_CWORD": "3"}
    call = [sys.executable, "-m", "adcli"]
    where = {"cwd": org.package.parent, "env": {**os.environ, **typed}}
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False, **where)
    assert done.stdout.split() == ["plain,org"]


ELASTICITY = '''

@dataclass(frozen=True, slots=True, kw_only=True)
class Elasticity(OfOne):
    """x/y·∂y/∂x: by how many percent y grows with one percent of x."""

    command: ClassVar[str] = "elasticity"

    output: str
    value: Number
    elasticity: dict[str, Number]

    @property
    def answer(self) -> Answer:
        return Answer(PER_COLUMN, ["elasticity"], list(self.elasticity), [list(self.elasticity.values())])

    def derived(self) -> list[list[Entry]]:
        rows = enumerate(self.elasticity.items())
        return [[Entry(f"that of {x}", e, {0: 1 / self.value}, {j: self.at[x]}) for j, (x, e) in rows]]
'''
COMPUTED = '''

@computes(Elasticity)
def _elasticity(asked: Problem, solver: Solver) -> Elasticity:
    answer = solver(asked, Matrix("reverse"))
    found = {name: asked.doubles[name] / answer.values[0] * x for name, x in _named(asked, answer.entries[0]).items()}
    output, value = asked.graph.output_names[0], answer.values[0]
    return Elasticity(**asked.shared(answer.notices), output=output, value=value, elasticity=found)


def elasticity(expr: Expression, at: Mapping[str, Value] | None = None, **options: Any) -> Elasticity:
    """x/y·∂y/∂x of one output."""
    return _elasticity(scalar(problem(expr, at, **options), "elasticity"), solve)
'''
COMMAND = '''"""`adcli elasticity`: what one percent more does."""

from adcli.cli.formula import FormulaCommand


def compute(asked, options):
    from adcli.derivatives.answers import elasticity

    return elasticity(asked)


command = FormulaCommand("elasticity", summary="Elasticities.", examples=(), compute=compute)
'''


def test_a_new_command_with_numbers_is_three_files(tmp_path: Path) -> None:
    """It has every format, and the cross-check holds each of its numbers against SymPy."""
    house = House(tmp_path)
    house.change("derivatives/results.py", "", ELASTICITY)
    house.change("derivatives/answers.py", "    Evaluation,\n", "    Elasticity,\n")
    house.change("derivatives/answers.py", "", COMPUTED)
    house.change("cli/elasticity.py", "", COMMAND)
    house.change("cli/__init__.py", '    "grad",\n', '    "elasticity",\n')
    words = ["elasticity", "x^3*exp(y)", "--at", "x=2,y=0.5"]
    formats = ("table", "plain", "value", "json", "csv", "markdown", "latex")
    texts = house.run(*[[*words, "--check", "--format", format] for format in formats])
    table, plain, value, found, csv, markdown, latex = texts
    assert "   x   3\n" in table
    assert "SymPy agrees" in table
    assert plain == "x\t3.0\ny\t0.5\n"
    assert value == "3.0\n0.5\n"
    assert json.loads(found)["elasticity"] == {"x": 3.0, "y": 0.5}
    assert json.loads(found)["check"]["digits"] == 16
    assert csv == ",x,y\nelasticity,3.0,0.5\n"
    assert "| x     |          3 |" in markdown
    assert "3 & 0.5" in latex


def test_a_wrong_number_of_a_new_command_is_found(tmp_path: Path) -> None:
    """The test of the test: where the label says another thing than the number, the check fails."""
    house = House(tmp_path)
    house.change("derivatives/results.py", "", ELASTICITY)
    house.change("derivatives/answers.py", "    Evaluation,\n", "    Elasticity,\n")
    house.change("derivatives/answers.py", "", COMPUTED.replace("* x for", "* x * 1.001 for"))
    house.change("cli/elasticity.py", "", COMMAND)
    house.change("cli/__init__.py", '    "grad",\n', '    "elasticity",\n')
    with pytest.raises(AssertionError, match="that of x is"):
        house.run(["elasticity", "x^3*exp(y)", "--at", "x=2,y=0.5", "--check"])


# Nobody asks for a result's class

BASES = {"Result", "Labelled", "OfOne", "OfAll"}
KINDS = {
    node.name
    for path in (readme.ROOT / "adcli").rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id in BASES for base in node.bases)
} - BASES
ALLOWED = {"render/cost.py": "one command has four studies, whose tables have nothing in common"}
"""Files that may ask for a class, and why."""


def asks(path: Path) -> list[str]:
    """Where a file tests for the class of a result, or compares the name of its command."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("isinstance", "issubclass")
        ):
            names = {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)}
            found += [f"{path.name}:{node.lineno}" for _ in names & KINDS]
        if isinstance(node, ast.Compare) and any(
            isinstance(side, ast.Attribute) and side.attr == "command" for side in (node.left, *node.comparators)
        ):
            found.append(f"{path.name}:{node.lineno}")
    return found


@pytest.mark.parametrize("room", ["render", "crosscheck", "batch", "derivatives", "studies", "cli"])
def test_nobody_asks_which_class_a_result_has(room: str) -> None:
    """Results label their numbers; who reads the labels serves results that are not written yet."""
    package = readme.ROOT / "adcli"
    files = {str(path.relative_to(package)): path for path in sorted((package / room).rglob("*.py"))}
    assert files
    assert [place for name, path in files.items() if name not in ALLOWED for place in asks(path)] == []


def test_the_test_knows_the_classes() -> None:
    """And would find one who asks."""
    assert {"Gradient", "SparseHessian", "Taylor", "Trace", "Cost"} <= KINDS
    for name in ALLOWED:
        assert asks(readme.ROOT / "adcli" / name), f"{name} need not be allowed any more"


@pytest.mark.parametrize("known", [FORMATS, ENGINES, MODES], ids=["formats", "engines", "modes"])
def test_each_kind_of_choice_is_listed_once(known: dict[str, str]) -> None:
    """Options, help, completion and errors have it from the one list: no file repeats three of its words."""
    found = []
    for path in (readme.ROOT / "adcli").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
                words = {word.value for word in node.elts if isinstance(word, ast.Constant)}
                if len(words & known.keys()) > 2 and not words - known.keys():
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []
