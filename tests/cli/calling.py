"""What the `run` fixture is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from click.testing import Result

Run: TypeAlias = Callable[..., Result]
"""run(*words, input=None, exit=0): call the command line in this process, and expect this exit status."""
