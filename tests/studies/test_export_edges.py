"""Exported code, run where operations lose digits, overflow or change their sign."""

from __future__ import annotations

import math
import random
import re
import subprocess
import sys
from pathlib import Path

import mpmath
import pytest
from exported import RUNNERS, missing
from ops.samples import ranges

import adcli
from adcli import evaluate
from adcli.errors import AdcliError
from adcli.ops import TABLE, Op
from adcli.studies.export.export import export
from adcli.studies.export.portable import portable
from adcli.studies.export.targets import TARGETS, target

LOST = ["x: 3", "softmax(x)", "log_softmax(x)", "logsumexp(x)", "logaddexp(x[1], x[2])"]
"""What has values where terms of it cancel."""
NEAR_ZERO = [[-0.7, -0.7, -1.0], [-0.7, -0.7, -0.7], [-1.0, -1.1, -1.2], [-0.6, -0.8, -40.0], [3.0, -2.0, 0.5]]
PAIRS = ["beta(a, b)", "binomial(n, k)", "rf(x, m)", "ff(x + 200, m)"]
FAR = [
    {"a": a, "b": b, "n": n, "k": k, "x": x, "m": m}
    for (a, b), (n, k), (x, m) in zip(
        [(12.5, 7.75), (60.25, 30.5), (150.5, 0.25), (1e7, 5.5), (-1.5, 0.75), (-2.5, 7.25), (-3.25, -4.5), (90, 1e3)],
        [(50, 3), (5, 7), (-3.5, 2.25), (180, 90), (6.5, -1.25), (4, -2), (300.5, 2.5), (1e3, 8)],
        [(-2.0, 2), (-1.5, 3), (2.5, 40), (150.5, 1.75), (1e6, 2.25), (4.5, -2.25), (0.5, 0), (-4.0, 6)],
        strict=True,
    )
]


def _everywhere(to: str, tmp_path: Path, text: list[str], points: list[dict[str, float]], what: str) -> None:
    tool, run = RUNNERS[to]
    if missing(tool):
        pytest.skip(f"code for {to} is not run: there is no {tool.removeprefix('import ')} here")
    name, _, dialect = to.partition(":")
    found = export(text, to=name, dialect=dialect or None, what=[what], self_test=True, points=points)
    file = tmp_path / f"program{target(name, dialect or None).extension}"
    file.write_text(found.code, encoding="utf-8")
    done = run(file)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]


@pytest.mark.parametrize("to", [to for to in RUNNERS if to != "sql:spark"])
def test_lost_digits_are_not_a_missing_value_in(to: str, tmp_path: Path) -> None:
    """Exponentials whose logarithm is next to 0: compiled and run, beside 30 digits."""
    points = [{f"x[{i}]": v for i, v in enumerate(x, 1)} for x in NEAR_ZERO]
    _everywhere(to, tmp_path, LOST, points, "value")


@pytest.mark.parametrize("to", ["c", "javascript", "python", "fortran", "sql:sqlite"])
def test_their_derivatives_are_right_in(to: str, tmp_path: Path) -> None:
    """At the same points."""
    points = [{f"x[{i}]": v for i, v in enumerate(x, 1)} for x in NEAR_ZERO]
    _everywhere(to, tmp_path, LOST[:1] + LOST[3:], points, "jacobian")


@pytest.mark.parametrize("to", [to for to in RUNNERS if to != "sql:spark"])
def test_beta_and_what_is_made_of_it_are_right_far_out_and_of_negative_numbers_in(to: str, tmp_path: Path) -> None:
    """Where gamma functions overflow or change their sign, and where a pole below makes 0."""
    _everywhere(to, tmp_path, PAIRS, FAR, "value")


@pytest.mark.parametrize("seed", range(3))
def test_beta_by_mpmath(seed: int) -> None:
    """At random points of all signs and sizes the definition has 12 digits."""
    names: dict[str, object] = {}
    exec(export("beta(x, y)", to="python", what=["value"]).code, names)
    draw, tried = random.Random(seed), 0
    while tried < 200:
        x, y = (draw.choice([1, 1, -1]) * draw.choice([0.3, 6, 60, 4e3, 1e9]) * draw.random() for _ in "xy")
        with mpmath.workdps(40):
            truth = mpmath.gammaprod([x, y], [mpmath.mpf(x) + y])
            if not 1e-280 < abs(truth) < 1e280:
                continue
            assert names["f"](x, y) == pytest.approx(float(truth), rel=1e-12), (x, y)  # type: ignore[operator]
        tried += 1


SIZES = [1e-10, 1e-3, 0.5, 1.5, 2.5, 7.25, 12.5, 25.5, 60.25, 150.5, 1e4 + 0.5, 1e7 + 0.25]


def _far(op: Op) -> list[tuple[float, ...]]:
    """Small and large arguments, of both signs, some that nearly cancel."""
    draw, found = random.Random(op.name), []
    for _ in range(20):
        point: list[float] = []
        for choice in ranges(op):
            x = draw.choice(SIZES) * draw.choice([1, 1, -1])
            if point and draw.random() < 0.3:
                x = -point[-1] * (1 + 1e-9)
            point.append(x if any(":" in part for part in choice) else float(draw.choice(choice)))
        found.append(tuple(point))
    return found


@pytest.mark.skipif(missing("node"), reason="there is no node here")
def test_what_is_written_out_has_a_value_where_the_operation_has_one(tmp_path: Path) -> None:
    """Run by Node, which has the fewest functions; but for what the heading says."""
    lines, asked = [], []
    for op in (op for op in TABLE.values() if (op.name in portable() or "sqrt(" in op.value) and op.samples):
        for point in _far(op):
            fixed = [not any(":" in part for part in choice) for choice in ranges(op)]
            args = [str(int(x)) if whole else f"x{i}" for i, (x, whole) in enumerate(zip(point, fixed, strict=True))]
            given = {arg: x for arg, x, whole in zip(args, point, fixed, strict=True) if not whole}
            text = f"{op.name}({', '.join(args)})"
            try:
                (truth,) = evaluate(text, given).values
            except AdcliError:
                continue
            limit = portable()[op.name].limit if op.name in portable() else ""
            if limit and eval(limit, {}, dict(zip(op.arguments, point, strict=True))):
                continue
            found = export(text, given, to="javascript", what=["value"], name=f"f{len(asked)}")
            lines += [found.code, f"console.log(f{len(asked)}({', '.join(repr(given[n]) for n in found.inputs)}));"]
            asked.append((text, given, truth))
            if limit:
                assert f"{op.name}({', '.join(op.arguments)}) with {limit}" in found.code
    file = tmp_path / "all.js"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = RUNNERS["javascript"][1](file)
    assert done.returncode == 0, done.stderr[-500:]
    assert len(asked) > 400
    for (text, given, _), number in zip(asked, done.stdout.split(), strict=True):
        assert number != "NaN", (text, given)


def test_a_self_test_goes_where_digits_get_lost(tmp_path: Path) -> None:
    """Code that has no value where terms cancel fails it."""
    code = export("logsumexp([x, y])", to="python", self_test=True).code
    line = "max(x, y) + math.log1p(v2)"
    assert line in code
    file = tmp_path / "f.py"
    for text, status in ((code, 0), (code.replace(line, f"(lambda r: r*math.sqrt(abs(r) - 0.1))({line})/1"), 1)):
        file.write_text(text, encoding="utf-8")
        assert subprocess.run([sys.executable, str(file)], capture_output=True, check=False).returncode == status
    points = re.findall(r"^        \[(.*)\],$", code.partition("truths = [")[0], re.MULTILINE)
    near = [math.log(sum(math.exp(float(x)) for x in point.split(", "))) for point in points]
    assert min(map(abs, near)) < 0.1


def test_where_nan_is_passed_over_the_code_says_so(tmp_path: Path) -> None:
    """C's fmin takes the number; JavaScript's Math.min takes the NaN, and so its heading promises one."""
    if missing("gcc"):
        pytest.skip("code for c is not run: there is no gcc here")
    found = export("Min(x, y^1.5)", to="c", what=["value"]).code
    assert "the result is NaN or infinite, which Min passes over." in found
    assert "passes over" not in export("Min(x, y^1.5)", to="javascript", what=["value"]).code
    assert "which Max and Min pass over" in export("Min(x, Max(y, 1))", to="rust", what=["value"]).code
    file = tmp_path / "f.c"
    file.write_text(found + '#include <stdio.h>\nint main(void) { printf("%g", f(3, -0.203)); return 0; }\n')
    subprocess.run(["gcc", "-o", tmp_path / "f", file, "-lm"], check=True)
    assert subprocess.run([tmp_path / "f"], capture_output=True, text=True, check=True).stdout == "3"


@pytest.mark.parametrize("to", [name for name in TARGETS if name not in ("sql", "excel")])
def test_a_constant_has_a_value_and_derivatives_without_entries_in(to: str) -> None:
    code = adcli.export("2", to=to, what="value,jacobian,hessian").code
    assert all(name in code for name in ("value", "jacobian", "hessian"))
