"""Would the tests notice? Random lines are changed one at a time, and the tests of their file must fail.

    python tests/mutants.py [FILE…] [--count N] [--seed N] [--tests FILE…]

It works in a copy of the tree and prints what survives, as a diff. A survivor is either a change that means the same
or a truth that no test states. It needs a system with `fork`: what tests import from elsewhere is imported once.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import importlib
import math
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

try:
    from hypothesis import settings
except ImportError:
    settings = None  # type: ignore[assignment, misc]

ROOT = Path(__file__).parent.parent

MODES = (
    "tests/test_modes.py",
    "tests/ops/test_modes.py",
    "tests/studies/test_trace.py",
    "tests/derivatives/test_solver.py",
    "tests/derivatives/test_derivative_programs.py",
)
SOLVER = (
    "tests/derivatives/test_solver.py",
    "tests/derivatives/test_certify.py",
    "tests/derivatives/test_ties.py",
    "tests/derivatives/test_precision.py",
    "tests/derivatives/test_limits.py",
    "tests/ops/test_kinks.py",
)
TESTS = {
    "adcli/modes.py": MODES,
    "adcli/arithmetic/rules.py": MODES,
    "adcli/derivatives/solver.py": SOLVER,
    "adcli/derivatives/distrust.py": SOLVER,
    "adcli/derivatives/questions.py": SOLVER,
    "adcli/derivatives/kinks.py": SOLVER,
    "adcli/derivatives/colouring.py": ("tests/derivatives/test_sparsity.py",),
    "adcli/batch/strength.py": ("tests/batch/test_kernel.py",),
    "adcli/crosscheck": ("tests/crosscheck",),
}
"""The tests that concern a file, or all files of a folder: quick ones first."""

WARM = ("pytest", "mpmath", "sympy", "click.testing", "numpy", "scipy.special", "llvmlite.binding")
"""What tests import that is not ours."""

TUNED = 16
"""A number as large is a limit of effort rather than a truth, and is left alone."""

WAITING = 20
"""Seconds of the clock for each of the processor's: tests that wait are given up after so many."""

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATED: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sorted": "list",
    "reversed": "list",
    "forward": "reverse",
}


def limit_of_effort(node: ast.AST) -> bool:
    """Whether it is a number that is left alone although its parts are not, such as 1 << 24."""
    match node:
        case ast.BinOp(ast.Constant(int(left)), ast.LShift(), ast.Constant(int(right))):
            return left << right >= TUNED
    return False


def instead(node: ast.AST) -> Iterator[str]:
    """What could stand in a node's place, as text."""
    if isinstance(node, ast.Compare):
        for position, sign in enumerate(node.ops):
            for other in COMPARED[type(sign)]:
                signs = [*node.ops[:position], other(), *node.ops[position + 1 :]]
                yield ast.unparse(ast.Compare(node.left, signs, node.comparators))
    elif isinstance(node, ast.BinOp):
        for operator in OPERATED.get(type(node.op), ()):
            yield ast.unparse(ast.BinOp(node.left, operator(), node.right))
        yield ast.unparse(node.left)
    elif isinstance(node, ast.BoolOp):
        other_op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.unparse(ast.BoolOp(other_op, node.values))
        for position in range(len(node.values)):
            rest = [*node.values[:position], *node.values[position + 1 :]]
            yield ast.unparse(ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0])
    elif isinstance(node, ast.UnaryOp):
        yield ast.unparse(node.operand)
    elif isinstance(node, ast.IfExp):
        yield ast.unparse(ast.IfExp(node.test, node.orelse, node.body))
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield repr(not node.value)
        elif isinstance(node.value, (int, float)) and abs(node.value) < TUNED:
            yield repr(node.value + 1)
            yield repr(node.value - 1)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in NAMES:
        yield NAMES[node.id]
    elif isinstance(node, (ast.If, ast.While)):
        yield "never"
    elif isinstance(node, ast.Return) and node.value is not None:
        yield "return None"
    elif isinstance(node, (ast.AugAssign, ast.Raise, ast.Delete)) or (
        isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.Yield))
    ):
        yield "pass"
    elif isinstance(node, ast.Continue):
        yield "break"
    elif isinstance(node, ast.Break):
        yield "continue"


def mutants(text: str) -> dict[int, list[str]]:
    """By line, all that the file could become."""
    tree = ast.parse(text)
    same = ast.dump(tree)
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found: dict[int, list[str]] = {}

    def visit(node: ast.AST) -> None:
        place = node.test if isinstance(node, (ast.If, ast.While)) else node
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Assert) or (isinstance(node, ast.keyword) and node.arg == "strict"):
            return  # what only says what holds anyway
        if limit_of_effort(node):
            return
        for text_instead in instead(node):
            assert isinstance(place, (ast.expr, ast.stmt))
            first = starts[place.lineno - 1] + place.col_offset
            last = starts[(place.end_lineno or 0) - 1] + (place.end_col_offset or 0)
            if text_instead == "never":
                text_instead = "False"
            new = text_instead if isinstance(place, ast.stmt) else f"({text_instead})"
            whole = text.encode()
            changed = (whole[:first] + new.encode() + whole[last:]).decode()
            with contextlib.suppress(SyntaxError):
                if ast.dump(ast.parse(changed)) == same:
                    continue
                found.setdefault(place.lineno, []).append(changed)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    visit(child)

    visit(tree)
    return found


def passes(tree: Path, tests: tuple[str, ...], seconds: int, first: bool = False) -> tuple[bool, int]:
    """Whether the tests pass in a tree, within so many seconds of the processor, and how many they took.

    The *first* time it is kept what Python compiles.
    """
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        status = 1
        try:
            quiet = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(quiet, stream)
            os.chdir(tree)
            os.environ["PYTHONPATH"] = str(tree)
            sys.path[:] = [
                str(tree),
                *[path for path in sys.path if Path(path or ".").resolve() not in (ROOT, ROOT / "tests")],
            ]
            sys.dont_write_bytecode = not first
            import pytest

            if settings is not None:  # that a random test fails is enough, whatever by
                settings.register_profile("mutants", phases=["explicit", "generate"])
                settings.load_profile("mutants")
            plugins = ["-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
            status = int(pytest.main(["-x", "-q", *plugins, *tests]))
        finally:
            os._exit(status)
    end = time.monotonic() + WAITING * seconds
    while time.monotonic() < end:
        ended, how, used = os.wait4(child, os.WNOHANG)
        if ended:
            return how == 0, math.ceil(used.ru_utime + used.ru_stime)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False, seconds


def files(names: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The files to change, and their tests: those of the same name first."""
    for key, tests in TESTS.items():
        inside = sorted((ROOT / key).rglob("*.py")) if (ROOT / key).is_dir() else [ROOT / key]
        for path in inside:
            name = path.relative_to(ROOT)
            if not names or str(name) in names or key in names:
                own = Path("tests", *name.parts[1:-1], f"test_{name.stem}.py")
                yield str(name), (str(own), *tests) if (ROOT / own).is_file() else tests


def main() -> None:
    """Print what survives, and how many there were."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="one of " + ", ".join(TESTS))
    parser.add_argument("--count", type=int, default=10, help="how many lines of each file are changed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", nargs="*", metavar="FILE", help="the tests to run instead")
    asked = parser.parse_args()
    for module in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder).resolve() / "tree"
        unneeded = shutil.ignore_patterns(".git", ".*_cache", ".hypothesis", ".venv")
        shutil.copytree(ROOT, tree, ignore=unneeded)
        everything = survived = 0
        for name, all_tests in files(asked.files):
            tests = tuple(asked.tests or all_tests)
            path = tree / name
            original = path.read_text(encoding="utf-8")
            fine, seconds = passes(tree, tests, 3600, first=True)
            if not fine:
                sys.exit(f"the tests of {name} fail as it is")
            limit = 2 + 2 * seconds
            for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
                compiled.unlink()
            found = mutants(original)
            draw = random.Random(f"{asked.seed} {name}")
            lines = sorted(draw.sample(sorted(found), min(asked.count, len(found))))
            alive = 0
            for line in lines:
                changed = draw.choice(found[line])
                path.write_text(changed, encoding="utf-8")
                if passes(tree, tests, limit)[0]:
                    alive += 1
                    difference = difflib.unified_diff(
                        original.splitlines(), changed.splitlines(), name, "survivor", lineterm="", n=2
                    )
                    print("\n".join(difference), flush=True)
            path.write_text(original, encoding="utf-8")
            print(f"{name}: {alive} of {len(lines)} survive", flush=True)
            everything += len(lines)
            survived += alive
        print(f"{survived} of {everything} survive")


if __name__ == "__main__":
    main()
