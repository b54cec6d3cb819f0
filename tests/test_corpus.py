"""Cases from outside, with truths of 30 digits: physics formulas, test problems, integration rules, awkward points.

They are not part of the repository: ADCLI_CORPUS names the folder of their *.jsonl files. Each line holds
`exprs`, `at_text` (exact decimals) and `expect` (`vars`, and `jac`, a row per expression); `expect_f64in` is the
truth for inputs rounded to doubles, `naive_f64_err` the error that plain doubles make, `accept` the outcomes that
are right where no derivative exists.
"""

from __future__ import annotations

import json
import math
import os
from decimal import Decimal, getcontext
from pathlib import Path
from typing import Any

import pytest

from adcli import AdcliError, Jacobian, jacobian
from adcli.derivatives.answers import sparse_jacobian

FOLDER = os.environ.get("ADCLI_CORPUS")
FILES = sorted(Path(FOLDER).glob("*.jsonl")) if FOLDER else []
PRECISION = 40

Number = Decimal | None

pytestmark = pytest.mark.skipif(not FILES, reason="ADCLI_CORPUS names no folder of cases")

getcontext().prec = 60


def cases(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def number(text: Any) -> Number:
    """A number as a case or a result has it; None where the case leaves it open."""
    return None if text is None else Decimal(str(text))


def asked(case: dict[str, Any], **options: Any) -> Jacobian:
    at = case.get("at_text") or {name: repr(value) for name, value in case["at"].items()}
    return jacobian(case["exprs"], at, wrt=case["expect"]["vars"], allow_unused=True, **options)


def relative(want: Decimal, got: Decimal, least: Decimal) -> Decimal:
    """The error relative to the entry, which counts as at least *least*."""
    if not want.is_finite() or not got.is_finite():
        return Decimal(0) if want == got else Decimal("inf")
    size = max(abs(want), least)
    return abs(want - got) / size if size else abs(got)


def complaint(case: dict[str, Any], result: Jacobian, *, floats: bool) -> str:
    """What is wrong with a result; "" where nothing is."""
    truth = case.get("expect_f64in", case["expect"]) if floats else case["expect"]
    if floats:
        tolerance = max(Decimal("1e-12"), 100 * Decimal(str(case.get("naive_f64_err") or 0)))
    else:
        tolerance = Decimal(10) ** (15 - PRECISION)
    floor = Decimal("1e-3") if floats else Decimal("1e-6")
    scales = case.get("jac_abs_scale")
    if scales is not None and not isinstance(scales[0], list):
        scales = [scales]
    for i, (wanted, found) in enumerate(zip(truth["jac"], result.jacobian, strict=True)):
        row = [number(w) for w in wanted]
        top = max((abs(w) for w in row if w is not None and w.is_finite()), default=Decimal(0))
        for j, (want, entry) in enumerate(zip(row, found, strict=True)):
            if want is None:
                continue
            if floats:  # a truth below the range of doubles is 0 there
                want = Decimal(repr(float(want)))
            elif want == 0 and abs(Decimal(str(entry))) < Decimal("1e-400"):
                continue  # a case states one of two derivatives of 1e-1276 as 0
            scale = Decimal(str(scales[i][j])) if scales else Decimal(0)
            error = relative(want, Decimal(str(entry)), max(floor * top, abs(scale)))
            if error > tolerance:
                return f"[{i}][{j}] is {entry} instead of {want:.20g}: error {error:.1e} over {tolerance:.1e}"
    return ""


def accepted(case: dict[str, Any], result: Jacobian | None) -> bool:
    """Whether the outcome is among those that a case lists; None is a refusal."""
    if result is None:
        return any("error" in allowed or "flagged" in allowed for allowed in case["accept"].values())
    row = dict(zip(case["expect"]["vars"], result.jacobian[0], strict=True))
    for name, allowed in case["accept"].items():
        if name == "value" or ("flagged" in allowed and result.warnings):
            continue
        values = [float(text) for text in allowed if text not in ("error", "flagged", "complex")]
        if not any(v == row[name] or math.isclose(v, row[name], rel_tol=1e-12, abs_tol=1e-12) for v in values):
            return False
    return True


def wrong(chosen: list[dict[str, Any]], **options: Any) -> list[str]:
    """The cases that came out wrong, and why."""
    found = []
    for case in chosen:
        result, refusal = None, ""
        try:
            result = asked(case, **options)
        except AdcliError as error:
            refusal = f"refused: {error.message}"
        if "accept" in case:
            why = "" if accepted(case, result) else refusal or f"{result} is not among the accepted outcomes"
        else:
            why = refusal or complaint(case, result, floats="precision" not in options)
        if why:
            found.append(f"{case['id']}: {why}")
    return found


@pytest.mark.parametrize("mode", ["forward", "reverse", "cross"])
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_floats_are_right_to_what_floats_can_reach(file: Path, mode: str) -> None:
    """A hundred times the error of plain doubles, at least 12 digits."""
    assert not wrong(cases(file), mode=mode)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_forty_digits_are_right_to_twenty_five(file: Path) -> None:
    """With --precision 40, from the decimals as they were written."""
    assert not wrong(cases(file), precision=PRECISION)


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto"])
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_compressed_sweeps_give_the_dense_jacobian(file: Path, mode: str) -> None:
    """Every entry, refusals and warnings included."""
    for case in cases(file):
        at = case.get("at_text") or {name: repr(value) for name, value in case["at"].items()}
        options = {"wrt": case["expect"]["vars"], "allow_unused": True, "mode": mode}
        try:
            dense = jacobian(case["exprs"], at, **options)
        except AdcliError as error:
            with pytest.raises(type(error)):
                sparse_jacobian(case["exprs"], at, **options)
            continue
        sparse = sparse_jacobian(case["exprs"], at, **options)
        found = {(i, j): entry for i, j, entry in sparse.entries}
        for i, row in enumerate(dense.jacobian):
            scale = max(map(abs, row))
            for j, entry in enumerate(row):
                assert found.get((i, j), 0.0) == pytest.approx(entry, rel=1e-12, abs=1e-13 * scale), case["id"]
        assert [notice.kind for notice in sparse.warnings] == [notice.kind for notice in dense.warnings], case["id"]


def test_a_wrong_number_is_noticed() -> None:
    """The test of the test: a truth changed in its fourteenth digit, or with the sign lost, is an error."""
    case = next(case for case in cases(FILES[0]) if "accept" not in case)
    truth = number(case["expect"]["jac"][0][0])
    assert not wrong([case])
    for factor in (Decimal("1.00000000001"), Decimal(-1)):
        changed = {**case, "expect": {**case["expect"], "jac": [[str(truth * factor)]]}}
        changed.pop("expect_f64in", None)
        assert wrong([changed])
