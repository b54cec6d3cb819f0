"""The derivatives of mathjs, Maxima and SymPy beside adcli's: how long the shortest answer of each is.

python tests/bench/forms.py FOLDER

FOLDER is where `npm install mathjs` was run; maxima is on the PATH. Each program is asked as its users ask it: mathjs
for `derivative` and `simplify` of it, Maxima for `diff` and `ratsimp`, `trigsimp`, `factor` of it, alone and one after
the other, SymPy for `diff`, `simplify` and `factor`. Each answer is read by adcli, in the notation of who gave it, and
written in adcli's, so that exp(x) is as long of all; the measure is that of `adcli diff`. Lengths that the list has
otherwise are marked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from sixty import SIXTY

from adcli.studies.convert import convert
from adcli.studies.symbolic.measure import length

MATHJS = """
const math = require('mathjs'), given = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const said = text => {
  const found = []
  for (const way of [() => math.derivative(text, 'x', {simplify: false}), () => math.derivative(text, 'x'),
                     () => math.simplify(math.derivative(text, 'x')),
                     () => math.simplify(math.derivative(text, 'x'), {}, {context: math.simplify.realContext})])
    try { found.push(way().toString()) } catch (fault) { }
  return found
}
console.log(JSON.stringify(given.map(said)))
"""
WAYS = ("ratsimp", "trigsimp", "factor")


def mathjs(formulas: list[str], folder: str) -> list[list[str]]:
    """Its answers to each formula; none where it refuses."""
    # For mathjs, e is a number.
    given = json.dumps([re.sub(r"\be\b", "E_", f) for f in formulas])
    ran = subprocess.run(["node", "-e", MATHJS], input=given, cwd=folder, capture_output=True, text=True, check=True)
    return [[text.replace("E_", "e") for text in answers] for answers in json.loads(ran.stdout)]


def maxima(formulas: list[str]) -> list[list[str]]:
    """Its answers to each formula."""
    calls = ["slope", *(f"{a}(slope)" for a in WAYS), *(f"{b}({a}(slope))" for a in WAYS for b in WAYS if a != b)]
    lines = ["display2d: false$", "linel: 100000$"]
    for text in formulas:
        lines.append("slope: diff(" + re.sub(r"\bpi\b", "%pi", text) + ", x)$")
        lines += [f'print("<", string({call}), ">")$' for call in calls]
    said = subprocess.run(
        ["maxima", "--very-quiet"], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    found = [re.sub(r"\s+", " ", text) for text in re.findall(r"< (.*?) >", said.stdout, re.S)]
    assert len(found) == len(formulas) * len(calls), said.stdout[-2000:]
    return [found[i : i + len(calls)] for i in range(0, len(found), len(calls))]


def sympy(formulas: list[str]) -> list[list[str]]:
    """Its answers to each formula, with real symbols and with any."""
    import sympy as s

    found = []
    for text in formulas:
        answers = []
        for real in (True, None):
            names = {
                name: s.Symbol(name, real=real) for name in set(re.findall(r"\b[a-z]\w*\b", text)) if len(name) == 1
            }
            slope = s.sympify(text.replace("^", "**"), locals=names).diff(names["x"])
            answers += [str(answer) for answer in (slope, s.simplify(slope), s.factor(slope))]
        found.append(answers)
    return found


def shortest(answers: list[str], syntax: str) -> tuple[int, str] | None:
    """The length of the shortest answer in adcli's notation, and that answer."""
    texts = []
    for answer in answers:
        (text,) = convert(answer, syntax=syntax, to="adcli").formula.strip().splitlines()
        texts.append(text)
    return min(((length(text), text) for text in texts), default=None)


def main(folder: str) -> int:
    """A line for each formula; 1 where the list in the tests says otherwise."""
    formulas = [row[0] for row in SIXTY]
    asked: list[tuple[Callable[[], list[list[str]]], str]] = [
        (lambda: mathjs(formulas, folder), "adcli"),
        (lambda: maxima(formulas), "maxima"),
        (lambda: sympy(formulas), "sympy"),
    ]
    found = [[shortest(answers, syntax) for answers in ask()] for ask, syntax in asked]
    other = longer = 0
    for row, *answers in zip(SIXTY, *found, strict=True):
        lengths = [answer and answer[0] for answer in answers]
        least = min(n for n in lengths if n is not None)
        drifted, long = list(row[2:]) != lengths, length(row[1]) > 1.1 * least
        other, longer = other + drifted, longer + long
        marks = f"{'  the list has ' + str(row[2:]) if drifted else ''}{'  LONGER' if long else ''}"
        print(f"{row[0]:42}{length(row[1]):4} {lengths}{marks}")
        if drifted or long:
            print(f"    {row[1]}", *(f"    {answer[1]}" for answer in answers if answer), sep="\n")
    print(f"{other} of {len(SIXTY)} otherwise than in the list, {longer} longer by more than a tenth")
    return bool(other)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
