"""Who does the parts of a data set: the workers of a cluster, by its address."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module

from adcli.batch.tally import Crew
from adcli.errors import FileError, UsageError, reason

CLUSTERS = ("dask", "ray", "spark", "spark-connect")
"""Addresses are these words, for workers on this machine (or what spark-connect says in SPARK_REMOTE), or
`dask://HOST:PORT` and so on."""

PATIENCE = 10.0
"""Seconds in which somebody answers at an address."""


@contextmanager
def crew(address: str) -> Iterator[Crew]:
    """The workers. UsageError where the engine is not installed, FileError where nobody answers at the address."""
    scheme, _, host = address.partition("://")
    if "@" in host or ";" in host:
        raise UsageError(
            f"credentials do not belong into an address ({scheme}://…)",
            hint="they are taken from the environment, as SPARK_REMOTE and RAY_AUTH_TOKEN",
        )
    if scheme not in CLUSTERS or ("://" in address and not host):
        raise UsageError(
            f"--cluster {scheme} is not known", hint="it is one of " + ", ".join(CLUSTERS) + ", dask://HOST:PORT …"
        )
    try:
        home = import_module(f"adcli.batch.far.{scheme.partition('-')[0]}_crew")
    except ImportError as fault:
        package = {"dask": "dask", "ray": "ray"}.get(scheme, "spark")
        raise UsageError(f"--cluster {scheme} needs {fault.name}", hint=f"pip install 'adcli[{package}]'") from None
    started = False
    try:
        _knock(host)
        # What engines say of lost workers is no result.
        with redirect_stdout(sys.stderr), home.crew(scheme, address if host else "") as found:
            started = True
            yield found
    except Exception as fault:  # each engine has its own
        if started:
            raise
        raise FileError(f"cannot reach {address}: {_said(fault)}") from None


def _knock(host: str) -> None:
    """Raise OSError where nobody listens: engines try again for minutes. Of several hosts, they know themselves."""
    name, _, port = host.rpartition(":")
    if name and port.isdecimal() and "," not in host:
        with socket.create_connection((name.strip("[]"), int(port)), PATIENCE):
            pass


def _said(fault: Exception) -> str:
    if isinstance(fault, OSError) and fault.strerror:
        return reason(fault)
    lines = str(fault).splitlines() or [type(fault).__name__]
    return lines[1].lstrip(": ") if lines[0].startswith("An error occurred while calling") and lines[1:] else lines[0]
