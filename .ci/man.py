"""When a wheel is built: manual pages, written by `adcli help --man`, for share/man/man1."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPages(BuildHookInterface):
    """Adds the pages to what the wheel installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write them, unless the installation is an editable one, which has no data."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from click.testing import CliRunner

        from adcli.cli import COMMANDS, main, topics

        folder = Path(mkdtemp(prefix="adcli-man-"))
        for name in ("", *COMMANDS, *topics.TOPICS):
            words = [name] if name else []
            done = CliRunner(charset="utf-8").invoke(main, ["help", "--man", *words])
            if done.exit_code:
                raise RuntimeError(done.output)
            path = folder / ("-".join(["adcli", *words]) + ".1")
            path.write_text(done.stdout, encoding="utf-8")
            build_data["shared_data"][str(path)] = f"share/man/man1/{path.name}"
