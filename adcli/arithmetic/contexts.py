"""Contexts of mpmath: each has its own precision, and its numbers know it.

mpmath's functions change the precision of their context while they compute, so that no two threads can share one; and
whoever has a number can change the context of it, so that a number which is given away needs a context of its own.
"""

from __future__ import annotations

from typing import ClassVar

from mpmath.ctx_mp import MPContext


class Context(MPContext):  # type: ignore[misc]  # mpmath has no types
    """A context with mpmath's functions, made in a fraction of the time.

    mpmath's own sets 300 of them in its class with each context that is made, and Python then forgets what it has
    learned about all code that uses them. They are there already: mpmath makes a context when it is imported.
    """

    defined_functions: ClassVar[dict[str, object]] = {}
