"""The README and the pages of `adcli help` tell the truth: their outputs are those of their commands, and they leave
nothing out."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
import readme

from adcli.cli import COMMANDS, topics
from adcli.language.arrays.functions import FUNCTIONS as OF_ARRAYS
from adcli.ops import TABLE

TEXT = readme.README.read_text(encoding="utf-8")
TEXTS = {path: path.read_text(encoding="utf-8") for path in readme.DOCUMENTS}
EVERYTHING = "\n".join(TEXTS.values())
BLOCKS = [(path, block) for path, text in TEXTS.items() for block in readme.blocks(text)]
UPDATE = "`python tests/readme.py --update` rewrites the outputs"

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="the README's commands are typed into bash")


def command(name: str) -> click.Command:
    return import_module(f"adcli.cli.{name.replace('-', '_')}").command


NEEDED = (
    ("numpy", "numpy", "data"),
    ("scipy", "scipy", "data"),
    ("by Arb", "flint", "proof"),
    ("adcli explore", "pygraphviz", "graph"),
    ("pyarrow", "pyarrow", "data"),
    ("pandas", "pandas", "dask"),
    ("polars", "polars", "polars"),
    ("dask", "dask", "dask"),
    ("duckdb", "duckdb", "duckdb"),
    ("adcli.duckdb", "pyarrow", "data"),
)
"""What a block has in it that cannot be done without a package, and the extra that brings it, or its own name."""


@pytest.fixture(scope="module")
def truths() -> dict[Path, dict[int, str]]:
    """What each block of a document should say, by its line, once it was run."""
    return {}


@needs_bash
@pytest.mark.parametrize(("path", "block"), BLOCKS, ids=[f"{path.name} line {block.line}" for path, block in BLOCKS])
def test_every_output_is_what_its_command_prints(
    truths: dict[Path, dict[int, str]], path: Path, block: readme.Block, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A drifted output is a false promise."""
    if path not in truths:  # those of a document are run in order: later ones use the files of earlier ones
        session = readme.Session(tmp_path_factory.mktemp("readme"))
        truths[path] = {block.line: session.run(block) for block in readme.blocks(TEXTS[path])}
    for word, module, extra in NEEDED:
        if word in block.text and find_spec(module) is None:
            pytest.skip(f"needs the extra `{extra}`")
    truth = truths[path][block.line]
    if not readme.told(block, truth):
        assert block.text == truth, UPDATE


def test_what_is_installed_is_what_the_readme_says() -> None:
    """The packages that adcli needs, and each extra for its users with what it is made of."""
    project = (readme.README.parent / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.search(r"^dependencies = \[(.*)\]$", project, re.MULTILINE)
    assert needed is not None
    assert re.findall(r'"(\w+)', needed[1]) == ["click", "rich", "sympy", "mpmath"]
    assert "depends on click, rich, SymPy and mpmath, and on nothing else" in TEXT
    extras = project.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    table = TEXT.partition("| extra | what it brings | with |")[2].partition("\n\n")[0]
    made = {name: re.findall(r'"([\w-]+)', packages) for name, packages in re.findall(r"(?m)^(\w+) = (.*)$", extras)}
    told = {name: with_.lower() for name, with_ in re.findall(r"(?m)^\| `(\w+)` \|.*\| (.*)\|$", table)}
    assert set(told) == set(made) - {"test", "browser", "dev"}
    for name, said in told.items():
        assert all(package[:5] in said for package in made[name] if package != "adcli"), name


def test_no_block_shows_an_unexpected_failure() -> None:
    """No traceback, no fault of adcli itself, no missing program among the outputs."""
    for path, block in BLOCKS:
        for sign in ("Traceback", "internal error", "command not found", "No such file"):
            assert sign not in block.text, f"{path.name} line {block.line}: {sign}"


def test_an_output_that_drifts_is_noticed(tmp_path: Path) -> None:
    """The test of the test: a wrong digit in a block differs from what the command prints."""
    right = readme.blocks('```console\n$ echo "5.5 $((1 + 1))"\n5.5 2\n```\n')[0]
    wrong = right._replace(text=right.text.replace("5.5 2", "5.5 3"))
    session = readme.Session(tmp_path)
    assert session.run(right) == right.text
    assert session.run(wrong) == right.text != wrong.text


def test_commands_keep_the_shell_between_them(tmp_path: Path) -> None:
    """Variables, exit codes, here-documents and continued lines work as at a prompt; the output is a terminal."""
    block = readme.blocks(
        "```console\n$ cat > f <<'E'\n> a\n>\n> b\n> E\n$ x=3; false\n$ echo $? $x\n$ wc -l < f | tr -d ' '\n"
        "$ test -t 1 && test ! -t 0 && echo a terminal; tput cols 2>/dev/null | tr -d 8\n```\n"
    )[0]
    assert readme.Session(tmp_path).run(block).splitlines() == [
        "$ cat > f <<'E'",
        *("> a", "> ", "> b", "> E"),
        "$ x=3; false",
        *("$ echo $? $x", "1 3"),
        *("$ wc -l < f | tr -d ' '", "3"),
        *("$ test -t 1 && test ! -t 0 && echo a terminal; tput cols 2>/dev/null | tr -d 8", "a terminal", "0"),
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_stands_in_the_help_and_in_the_readme(name: str) -> None:
    """Nothing can be typed that is not documented."""
    with click.Context(import_module("adcli.cli").main, info_name="adcli") as context:
        assert re.search(rf"^  {name} ", context.get_help(), re.MULTILINE)
    assert re.search(rf"adcli {name}\b|`{name}\b", TEXT)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_stands_in_the_help_and_on_a_page(name: str) -> None:
    """Each spelling of each option, the short ones too."""
    with click.Context(command(name), info_name=f"adcli {name}") as context:
        shown = command(name).get_help(context)
        options = [param for param in command(name).get_params(context) if isinstance(param, click.Option)]
    for option in options:
        assert option.help, f"{option.opts[-1]} has no help"
        for spelling in (*option.opts, *option.secondary_opts):
            if spelling not in ("-h", "--help"):
                assert re.search(rf"{spelling}(?![\w-])", shown), f"{spelling} is not in the help"
                assert re.search(rf"`{spelling}(?![\w-])", EVERYTHING), f"{spelling} is on no page"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_example_of_the_help_says_what_it_shows(name: str) -> None:
    """Examples come first in every help."""
    examples = command(name).examples
    assert examples
    for line, meaning in examples:
        assert line.startswith(("adcli ", 'eval "$(adcli ')), line
        assert meaning


def test_each_operation_is_listed() -> None:
    """By `adcli ops`, but for the one that nobody can write; and what a page lists by name is there."""
    listed = subprocess.run(
        [sys.executable, "-m", "adcli", "ops", "--format", "plain"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    names = [name for name in TABLE if name != "undefined"] + [name for name in OF_ARRAYS if name not in TABLE]
    assert [line.split("\t")[0] for line in listed] == names
    (block,) = [block for _, block in BLOCKS if "adcli ops --format plain" in block.text]
    assert set(block.text.partition("\n")[2].split()) <= set(names)


def test_a_list_may_lack_what_was_added_since_but_nothing_else(tmp_path: Path) -> None:
    """Names in another order, or names that are gone, have drifted."""
    (block,) = readme.blocks("```console growing\n$ echo sin cos tan\nsin tan\n```\n")
    truth = readme.Session(tmp_path).run(block)
    assert truth == "$ echo sin cos tan\nsin cos tan\n"
    assert readme.told(block, truth)
    for other in ("sin tan cot", "tan sin"):
        assert not readme.told(block._replace(text=block.text.replace("sin tan\n", other + "\n")), truth)
    assert not readme.told(block._replace(about=""), truth)


def test_each_room_of_the_house_is_described() -> None:
    """Who looks for a place in the code finds it in the README."""
    house = TEXT[TEXT.index("## How it is built") :]
    for path in (readme.ROOT / "adcli").iterdir():
        room = path.name.removesuffix(".py")
        if not room.startswith("_") and room not in ("py.typed", "LICENSE"):
            assert re.search(rf"^\s*([\w, /]+, )?{room}\b", house, re.MULTILINE), f"{room} is not in the README"


def test_the_readme_is_short() -> None:
    """The rest stands on the pages of `adcli help`."""
    assert TEXT.count("\n") <= 400


def test_links_lead_somewhere() -> None:
    """Files that a document points to exist, beside it."""
    for path, text in TEXTS.items():
        for target in re.findall(r"\]\(([^)#:]+)\)", re.sub(r"`[^`\n]*`", "", text)):
            assert (path.parent / target).exists(), target


def test_every_page_of_the_help_is_listed() -> None:
    """Each file is a topic, or belongs to a command; each topic has a file, and a title."""
    pages = {path.stem for path in readme.DOCUMENTS} - {readme.README.stem}
    assert set(topics.TOPICS) <= pages <= {*topics.TOPICS, *COMMANDS}
    for name in topics.TOPICS:
        assert topics.title(name)


def test_a_page_fits_into_a_terminal() -> None:
    """Programs and outputs in it are no wider than the terminal at which they were typed, but for those of machines."""
    for path, text in TEXTS.items():
        for found in re.finditer(r"(?ms)^```text\n(.*?)^```$", text):
            for line in found[1].splitlines():
                assert path == readme.README or len(line) <= readme.COLUMNS, line
