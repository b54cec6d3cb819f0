"""Exported code for what runs inside Python, run where it is installed: NumPy, JAX, PyTorch, databases, sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
from exported import RUNNERS, prove


@pytest.mark.parametrize("to", [to for to, (tool, _) in RUNNERS.items() if tool.startswith("import ")])
def test_every_operation_of_the_table_is_right_in(to: str, tmp_path: Path) -> None:
    """With its derivatives, at its sampled points, to 1e-12: the code says so itself."""
    for module in RUNNERS[to][0].split()[1:]:
        pytest.importorskip(module, reason=f"code for {to} is not run: there is no {module} here")
    prove(to, tmp_path)
