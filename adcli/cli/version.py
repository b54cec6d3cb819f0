"""`adcli --version`: adcli, and what it found to work with."""

from __future__ import annotations

import platform
import re
from importlib import metadata


def versions() -> str:
    """The version in the first line; then Python and the libraries, then each extra with those of its packages that are
    there."""
    from adcli import __version__

    lines = [f"adcli, version {__version__}", f"Python {platform.python_version()} ({platform.system()})"]
    extras: dict[str, list[str]] = {"": []}
    for name, extra in _needed():
        extras.setdefault(extra, []).append(f"{name} {found}" if (found := _found(name)) else f"no {name}")
    lines += [f"{extra or 'needed'}: {', '.join(packages)}" for extra, packages in extras.items() if packages]
    return "\n".join(lines)


def _needed() -> list[tuple[str, str]]:
    """The packages that adcli's own metadata name, each with the extra that it is for, but for those of developers."""
    try:
        wanted = metadata.requires("adcli") or []
    except metadata.PackageNotFoundError:  # run from its source
        wanted = ["sympy", "mpmath"]
    found = []
    for line in wanted:
        name, extra = re.match(r"[\w.-]+", line), re.search(r"extra == ['\"](\w+)['\"]", line)
        assert name is not None
        kind = extra[1] if extra else ""
        if name[0] != "adcli" and kind not in ("test", "dev", "all"):
            found.append((name[0], kind))
    return found


def _found(name: str) -> str:
    """The version of a package that is installed; nothing where it is not."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
