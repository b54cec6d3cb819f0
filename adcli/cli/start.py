"""A quick start: what click imports for rare needs waits for the need, and nothing collects garbage meanwhile."""

from __future__ import annotations

import gc
import sys
from _thread import RLock  # that of `threading`, which is not wanted yet
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_LOADING = RLock()


class _Postponed(ModuleType):
    """A module that is executed when something is first asked of it; whoever asks meanwhile waits."""

    def __getattr__(self, name: str) -> Any:
        with _LOADING:
            if type(self) is _Postponed:
                self.__class__ = _Begun  # type: ignore[assignment]  # what modules are made for
                assert self.__spec__ is not None
                assert self.__spec__.loader is not None
                self.__spec__.loader.exec_module(self)
                self.__class__ = ModuleType  # type: ignore[assignment]
            return getattr(self, name)


class _Begun(ModuleType):
    """One that is being executed."""

    def __getattr__(self, name: str) -> Any:
        with _LOADING:
            return self.__getattribute__(name)


def postpone(*names: str) -> None:
    """Let `import name` of modules that are not imported yet cost nothing until something of them is used."""
    for name in names:
        spec = None if name in sys.modules else find_spec(name)
        if spec is not None:
            module = module_from_spec(spec)
            module.__class__ = _Postponed
            sys.modules[name] = module


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect no garbage meanwhile: imports make none, and each collection would look through all they have made."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
