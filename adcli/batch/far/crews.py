"""Who does the parts of a data set: the workers of a cluster, by its address."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module

from adcli.batch.tally import Crew
from adcli.errors import FileError, UsageError

CLUSTERS = ("dask", "ray", "spark", "spark-connect")
"""Addresses are these words, for workers on this machine (or what spark-connect says in SPARK_REMOTE), or
`dask://HOST:PORT` and so on."""


@contextmanager
def crew(address: str) -> Iterator[Crew]:
    """The workers. UsageError where the engine is not installed, FileError where nobody answers at the address."""
    scheme, _, host = address.partition("://")
    if scheme not in CLUSTERS or ("://" in address and not host) or "@" in host:
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
        # What engines say of lost workers is no result.
        with redirect_stdout(sys.stderr), home.crew(scheme, address if host else "") as found:
            started = True
            yield found
    except Exception as fault:  # each engine has its own
        if started:
            raise
        said = (str(fault).splitlines() or [type(fault).__name__])[0]
        raise FileError(f"cannot reach {address}: {said}") from None
