"""Start-up is what a script feels most: nothing is imported that the call does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"sympy", "mpmath", "numpy", "rich", "json", "fractions", "decimal", "dataclasses", "importlib.metadata", "csv"}


def imported(*words: str) -> set[str]:
    """The modules that a call of the command line has imported when it ends, beyond what `import click` imports."""
    script = (
        "import click, sys; before = set(sys.modules)\n"
        "from adcli.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*(set(sys.modules) - before), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("format", ["json", "plain", "value", "csv"])
@pytest.mark.parametrize("command", ["eval", "grad", "jacobian", "jvp", "vjp", "hessian", "hvp", "taylor"])
def test_a_result_for_a_script_is_lean(command: str, format: str) -> None:
    """Neither sympy nor rich, numpy or mpmath, nor what costs a millisecond of the standard library."""
    modules = imported(command, "ln(x)+x*x-sin(x)", "--at", "x=2", "--format", format)
    assert f"adcli.cli.{command}" in modules
    assert not modules & HEAVY
    assert {name for name in modules if name.startswith("adcli.render.")} <= {
        "adcli.render.errors",
        "adcli.render.numbers",
        "adcli.render.screen",
        "adcli.render.shape",
        f"adcli.render.{format}",
    }


def test_only_the_command_that_is_called_is_imported() -> None:
    """The other commands stay where they are."""
    modules = imported("grad", "x", "--at", "x=2")
    assert {name for name in modules if name.startswith("adcli.cli.")} == {
        "adcli.cli.command",
        "adcli.cli.formula",
        "adcli.cli.grad",
        "adcli.cli.options",
        "adcli.cli.sources",
        "adcli.cli.start",
        "adcli.cli.streams",
    }


def test_what_click_imports_for_rare_needs_is_not_executed() -> None:
    """Until something is asked of it."""
    script = (
        "import sys; from adcli.cli import main\n"
        "try: main(['grad', 'x', '--at', 'x=2'])\n"
        "except SystemExit: pass\n"
        "import inspect; print('ast' in sys.modules, inspect.isfunction(print), 'ast' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.split() == ["False", "False", "True"]


def test_the_version_and_help_load_no_mathematics() -> None:
    """A typo in an option costs no time either."""
    for words in (["--version"], ["grad", "--help"], ["--help"]):
        modules = imported(*words)
        assert "adcli.language" not in modules
        assert not modules & {"sympy", "rich", "mpmath", "numpy"}


def test_a_table_without_a_check_needs_no_sympy() -> None:
    """Only rich."""
    modules = imported("grad", "x", "--at", "x=2", "--format", "table", "--no-check")
    assert "rich" in modules
    assert not modules & {"sympy", "mpmath", "numpy"}
