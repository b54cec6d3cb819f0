"""The process that asks SymPy: a task on standard input, an answer a line on standard output."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from time import process_time, sleep
from typing import Any

from adcli.crosscheck.reading import load_sympy
from adcli.errors import AdcliError
from adcli.language.sympy.to_sympy import Unwritable, to_sympy
from adcli.language.texts import parse
from adcli.studies.symbolic import forms


def main() -> None:
    """Answer the task, until its time is over."""
    sys.setrecursionlimit(5_000)
    task = json.loads(sys.stdin.readline())
    for found in answers_to(task):
        print(json.dumps(found), flush=True)
        if "ready" in found:
            threading.Thread(target=_watch, args=(process_time() + task["seconds"],), daemon=True).start()


def _watch(end: float) -> None:
    """End the process when it has used its time."""
    while (left := end - process_time()) > 0:
        sleep(max(left / 2, 0.01))
    sys.stdout.flush()
    os._exit(0)


def answers_to(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What there is to say: that SymPy is ready, then answers, the best last."""
    load_sympy()
    yield {"ready": True}
    if task["what"] == "zero":
        yield from _zero(task)
    else:
        for place, item in enumerate(task["items"]):
            for text in _short(item, task):
                yield {"item": place, "text": text}
        yield {"end": True}


def _zero(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Whether two formulas are the same."""
    symbols = forms.symbols(task["names"], task["positive"])
    for defined in (False, True):
        try:
            one, other = (to_sympy(parse(text), symbols, defined=defined)[0] for text in task["texts"])
        except Unwritable:
            continue
        if forms.vanishes(one - other):
            yield {"zero": True}
            return


def _short(item: dict[str, Any], task: dict[str, Any]) -> Iterator[str]:
    """Ever shorter texts of a derivative: of its programs, and of what SymPy's differentiation gives."""
    symbols = forms.symbols(task["names"], task["positive"])
    starts = []
    for defined in (False, True):
        for text in item["programs"]:
            try:
                starts += to_sympy(parse(text, conditions=True), symbols, defined=defined)
            except Unwritable:
                continue
        if item["of"] is None:
            continue
        try:
            (found,) = to_sympy(parse(item["of"]), symbols, defined=defined)
            for name in item["by"]:
                found = found.diff(symbols[name])
            starts.append(found)
        except Exception:  # whatever SymPy's rules raise: one way less
            continue
    try:
        yield from forms.shorter(starts, symbols, decimals=item["decimals"])
    except AdcliError:  # what adcli has no counterpart of
        return
