"""The pages of `adcli help`: Markdown files, whose blocks of commands are run by the tests as the README's are."""

from __future__ import annotations

from pathlib import Path

TOPICS = (
    "language",
    "operations",
    "arrays",
    "notations",
    "data",
    "clusters",
    "options",
    "formats",
    "exit-codes",
    "trust",
    "higher-orders",
    "python",
    "pytorch",
    "environment",
    "contributing",
    "changes",
)
"""The topics in the order in which they are listed; each is the file of its name."""

_HERE = Path(__file__).parent


def page(name: str) -> str:
    """The text of a page; nothing where there is none."""
    path = _HERE / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def title(name: str) -> str:
    """What a page is about: its first heading."""
    with open(_HERE / f"{name}.md", encoding="utf-8") as lines:
        return lines.readline().removeprefix("# ").strip()
