"""`python -m adcli`."""

from __future__ import annotations

from adcli.cli import main

main()
