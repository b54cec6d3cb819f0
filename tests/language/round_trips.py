"""Random formulas, printed in a notation and read back: the same values and derivatives.

`python tests/language/round_trips.py --count 5000 --seed 1` counts misreadings and refusals of adcli's own printers, of
SymPy's, and of Maxima's where that is installed. A small share runs in the suite.
"""

from __future__ import annotations

import argparse
import collections
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from adcli.derivatives.answers import evaluate, gradient
from adcli.errors import AdcliError, DomainError, KinkError, RangeError, UndecidedError, UndeterminedError, UsageError
from adcli.graphs import Graph
from adcli.language import parse
from adcli.language.notations import WRITTEN, parse_foreign
from adcli.language.notations.letters import SUBSCRIPTS
from adcli.language.notations.written import written
from adcli.ops import TABLE

NAMES = ("x", "y", "z_1", "alpha", "t")
POINTS = ((0.7, 1.3, 0.4, 0.9, 2.2), (1.9, 0.6, 2.4, 0.3, 0.8), (0.31, 2.7, 1.1, 1.6, 0.5))
LITERALS = ("1", "2", "3", "0.5", "10", "-1", "-2.5", "1e-3", "2.5e7", "pi", "E")
LEFT_OUT = ("polygamma", "undefined", "det")
"""What is a matter of an order."""
MOST = max(len(op.arguments) for op in TABLE.values())
"""Arguments of an operation."""
NO_VALUE = (DomainError, RangeError, UndeterminedError, UndecidedError)
DIGITS = 1e-12


def draw(random: random.Random, depth: int) -> str:
    """A random formula in adcli's language."""
    kind = random.random()
    if not depth or kind < 0.1:
        leaf = random.choice(NAMES) if random.random() < 0.75 else random.choice(LITERALS)
        return f"({leaf})" if leaf[0] == "-" else leaf
    inner = [draw(random, depth - 1) for _ in range(MOST)]
    if kind < 0.5:
        return f"({inner[0]} {random.choice('+-*/^')} {inner[1]})"
    if kind < 0.56:
        return f"(-{inner[0]})"
    if kind < 0.62:
        return f"({inner[0]})^{random.choice(['2', '3', '(-1)', '(1/2)', '(-2)'])}"
    if kind < 0.68:
        test = f"{inner[1]} {random.choice(['<', '<=', '>', '>='])} {random.choice(LITERALS[:5])}"
        if random.random() < 0.3:
            test = f"{random.choice(['', 'not '])}{test} {random.choice(['and', 'or'])} {random.choice(NAMES)} > 1"
        return f"where({test}, {inner[0]}, {inner[2]})"
    rows = [op for op in TABLE.values() if op.samples and not (op.symbol or op.inner or op.name in LEFT_OUT)]
    op = random.choice(rows)
    return f"{op.name}({', '.join(inner[: 2 if op.variadic else len(op.arguments)])})"


def answers(graph: Graph, at: dict[str, float], precision: int = 15) -> dict[str, Any] | None:
    """Values and derivatives; None where there are none."""
    used = {name: value for name, value in at.items() if name in graph.input_names}
    options = {"precision": precision, "allow_unused": True}
    try:
        if not used:
            return None
        found = gradient(graph, used, kinks="error", **options)
    except KinkError:
        return {"": evaluate(graph, used, precision=precision).values[0]}
    except NO_VALUE:
        return None
    return {"": found.value, **found.gradient}


def agree(graph: Graph, truth: list[dict[str, float] | None], b: Graph, names: dict[str, str]) -> str:
    """Where a graph differs from the true answers at some point, or ""; *names* are those of the names in it."""
    for point, first in zip(POINTS, truth, strict=True):
        at = dict(zip(NAMES, point, strict=True))
        there = {names[name]: value for name, value in at.items()}
        wrong = first is not None and differing(first, answers(b, there), names)
        if wrong:  # which more digits may tell to be rounding
            wrong = differing(answers(graph, at, 40), answers(b, there, 40), names)
        if wrong:
            return f"{wrong} at {at}"
    return ""


def differing(first: dict[str, Any] | None, second: dict[str, Any] | None, names: dict[str, str]) -> str:
    """Where two answers differ, or ""."""
    if first is None or second is None:
        return ""
    if len(second) == 1:  # a kink in one of two ways to write it
        first = {"": first[""]}
    scale = max(map(abs, first.values()))
    for name, value in first.items():
        other = second.get(names.get(name, name), 0.0)
        if abs(other - value) > DIGITS * max(abs(value), abs(other)) + 1e-9 * DIGITS * scale:
            return f"{name or 'value'}: {value} and {other}"
    return ""


def renamed(syntax: str) -> dict[str, str]:
    """What a notation calls the names."""
    return {name: name.translate(SUBSCRIPTS) for name in NAMES}


def ours(syntax: str, graph: Graph) -> Graph:
    """Printed by adcli and read back."""
    text = written(graph, syntax)
    return parse(text) if syntax == "adcli" else parse_foreign(syntax, text)


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """TimeoutError after so long: SymPy writes 2^25000000 out."""

    def over(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def sympy_expression(text: str) -> Any:
    """What SymPy reads, with symbols by their names."""
    import sympy

    from adcli.language.sympy.sympy_program import Program

    program = Program(text, {})
    names = {symbol: sympy.Symbol(name, real=True) for name, symbol in program.inputs.items()}
    expression = program.bare[0][1].xreplace(names)
    for function in expression.atoms(sympy.Function):  # of the reader's own, which printers do not know
        if type(function).__name__ in ("sign", "Abs"):
            expression = expression.replace(type(function), getattr(sympy, type(function).__name__))
    return expression


def theirs(printer: str, expression: Any) -> tuple[str, str]:
    """The notation, and what SymPy's printer writes."""
    import sympy

    if printer == "sympy.latex":
        return "latex", sympy.latex(expression)
    if printer == "mathematica_code":
        text = sympy.mathematica_code(expression)
        return "mathematica", text.replace("z_1", "Subscript[z, 1]")
    if printer == "maxima_code":
        return "maxima", sympy.maxima_code(expression)
    if printer == "julia_code":
        return "julia", sympy.julia_code(expression)
    if printer == "octave_code":
        return "matlab", sympy.octave_code(expression)
    return "python", sympy.pycode(expression)


def misprinted(printer: str) -> tuple[Any, ...]:
    """What a printer of SymPy's writes as something else, or in no notation at all."""
    import sympy

    return {
        "sympy.latex": (sympy.beta,),  # its arguments as Python's
        "mathematica_code": (sympy.elliptic_f, sympy.binomial),  # another integral; a power's quotient without brackets
        "julia_code": (sympy.E,),  # a name that there is not
        "octave_code": (sympy.legendre,),  # another function
    }.get(printer, (sympy.nan,))


def from_maxima(texts: list[str]) -> list[dict[str, str]]:
    """What Maxima prints of formulas in its notation: a line as it reads it, and TeX; nothing where it has no value."""
    lines = ["display2d: false$", "linel: 100000$"]
    for place, text in enumerate(texts):
        one = text.strip().rstrip(";").replace(";", ",")
        value = f'errcatch(eval_string("({one})"))'
        shown = f'printf(true, "~%@string {place} ~a~%@tex {place} ~a~%@~%", string(first(v)), tex1(first(v)))'
        lines.append(f"block([v: {value}], if v # [] then {shown})$")
    given = "\n".join(lines) + "\n"
    run = subprocess.run(["maxima", "--very-quiet"], input=given, capture_output=True, text=True, timeout=900)
    found: list[dict[str, str]] = [{} for _ in texts]
    for how, place, printed in re.findall(r"^@(string|tex) (\d+) ((?:(?!@).*\n)+)", run.stdout, re.MULTILINE):
        found[int(place)][f"maxima.{how}"] = printed.strip()
    return found


def maximas(formulas: list[str]) -> list[dict[str, str]]:
    """The same of formulas in adcli's language, nothing of those that cannot be written for Maxima."""
    texts = []
    for formula in formulas:
        try:
            texts.append(written(parse(formula), "maxima"))
        except UsageError:
            texts.append("error()")
    return [found for start in range(0, len(texts), 200) for found in from_maxima(texts[start : start + 200])]


OTHERWISE = re.compile(r"%i|#<|\bmod\(")
"""What Maxima prints of numbers that are not real or no numbers; its TeX of mod has no brackets."""


def of_halves(graph: Graph) -> bool:
    """Whether halves are rounded: Maxima does so upwards."""
    return any(op.name in ("round", "remainder") for op in graph.ops)


OF_MAXIMA = {"maxima.string": "maxima", "maxima.tex": "latex"}
PRINTERS = ("sympy.latex", "mathematica_code", "maxima_code", "pycode", "julia_code", "octave_code")


def trips(count: int, seed: int, depth: int, which: tuple[str, ...]) -> Iterator[tuple[str, str, str, str]]:
    """How it was printed, the formula, what was printed, and what is wrong: "", or "refused: …" and the like."""
    draws = random.Random(seed)
    formulas = [draw(draws, depth) for _ in range(count)]
    by_maxima = set(OF_MAXIMA) & set(which) and shutil.which("maxima")
    there = maximas(formulas) if by_maxima else [{} for _ in formulas]
    for formula, maxima in zip(formulas, there, strict=True):
        graph = parse(formula)
        truth = [answers(graph, dict(zip(NAMES, point, strict=True))) for point in POINTS]
        for syntax in WRITTEN:
            if syntax not in which:
                continue
            printed = ""
            try:
                printed = written(graph, syntax)
                wrong = agree(graph, truth, ours(syntax, graph), renamed(syntax))
                yield syntax, formula, printed, wrong and f"differs: {wrong}"
            except UsageError as error:
                yield syntax, formula, printed, f"lacks: {error.message}"
            except AdcliError as error:
                yield syntax, formula, printed, f"refused: {error.message} {error.span}"
        for how, printed in maxima.items():
            if how in which and not OTHERWISE.search(maxima.get("maxima.string", "")) and not of_halves(graph):
                yield how, formula, printed, again(OF_MAXIMA[how], printed, graph, truth)
        import sympy

        printers = [printer for printer in PRINTERS if printer in which]
        if not printers:
            continue
        try:
            with patience(20):
                expression = sympy_expression(formula)
            if expression.has(sympy.nan, sympy.I, sympy.oo, sympy.zoo, -sympy.oo) or not expression.free_symbols:
                continue
        except Exception:  # SymPy cannot read or evaluate it
            continue
        for printer in printers:
            try:
                with patience(20):
                    syntax, printed = theirs(printer, expression)
            except Exception:  # its printer lacks something
                continue
            if re.search(r"[Nn]ot supported|\b1j\b", printed) or expression.has(*misprinted(printer)):
                continue
            yield printer, formula, printed, again(syntax, printed, graph, truth)


def again(syntax: str, printed: str, graph: Graph, truth: list[dict[str, float] | None]) -> str:
    """What is wrong with a printed formula that is read again, or ""."""
    try:
        found = parse_foreign(syntax, printed)
        wrong = agree(graph, truth, found, renamed(syntax))
        return wrong and f"{'warned' if found.doubts else 'differs'}: {wrong}"
    except AdcliError as error:
        return f"refused: {error.message} {error.span}"


def main() -> None:
    """Print what is wrong, and how often."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--show", type=int, default=5)
    parser.add_argument("--which", default=",".join((*WRITTEN, *PRINTERS, *OF_MAXIMA)))
    given = parser.parse_args()
    counts: dict[str, collections.Counter[str]] = {}
    shown: collections.Counter[str] = collections.Counter()
    for how, formula, printed, wrong in trips(given.count, given.seed, given.depth, tuple(given.which.split(","))):
        kind = wrong.partition(":")[0] or "same"
        counts.setdefault(how, collections.Counter())[kind] += 1
        key = f"{how} {' '.join(wrong.split()[:5])}"
        shown[key] += 1
        if wrong and shown[key] <= given.show and sum(shown[k] > 0 for k in shown) < 200:
            print(f"{how}: {formula}\n  {printed.strip()}\n  {wrong}")
    for how, found in sorted(counts.items()):
        print(how, dict(found))


if __name__ == "__main__":
    main()
