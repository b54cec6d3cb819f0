"""`--data` into a folder, part by part, here or by the workers of a cluster; and totals of parts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from adcli.batch.files import places
from adcli.batch.files.extended import partitions
from adcli.batch.files.paths import EXTENSIONS, root
from adcli.batch.files.readers import Reader
from adcli.batch.ledger import Ledger
from adcli.batch.parts import PIECE, Like, Part, Work, answer_all, targets
from adcli.batch.tally import Alone, Crew, Tally, Told
from adcli.batch.where import note
from adcli.cli.row_options import dialect, folder, left_out, named
from adcli.cli.row_output import bar, ended_by_signals
from adcli.cli.streams import is_terminal
from adcli.errors import AdcliError, UsageError, counted

if TYPE_CHECKING:
    from adcli.batch.run import Job
    from adcli.batch.summary import Summary
    from adcli.batch.sums import Reducing
    from adcli.render.errors import Sources

_ASIDE = """data destination engine threads cluster resume overwrite color digits line_buffered echo fail_fraction check
check_seconds files expr"""
ASIDE = frozenset(_ASIDE.split())
"""The options that have no part in what the rows of the folder are."""


def answered(
    job: Job,
    renamed: Mapping[str, str],
    files: Sequence[Reader],
    sources: Sources,
    options: dict[str, Any],
    total: Reducing | None = None,
) -> tuple[Summary, list[str]]:
    """Answer all parts; what became of their rows, and what else there is to say. Of a *total*, have it from them."""
    target = None if total is not None else folder(options)
    given = options["format"]
    format = {"json": "jsonl", None: files[0].format}.get(given, given)
    extension = next(ending for ending, kind in EXTENSIONS.items() if kind == format)
    paths = [file.path if places.remote(file.path) else os.path.abspath(file.path) for file in files]
    names = targets(paths, root(options["data"]), extension) if target else [""] * len(paths)
    parts = [
        Part(path, file.origin, name, values, getattr(file, "order", ()), getattr(file, "whole", None))
        for path, file, name, values in zip(paths, files, names, partitions(paths), strict=True)
    ]
    work = Work(
        job.problem,
        job.request,
        tuple(job.columns),
        dict(renamed),
        dialect(options),
        options["data_format"],
        (target if not target or places.remote(target) else os.path.abspath(target)) or "",
        format,
        options["keep"],
        options["status"],
        job.on_error,
        options["prefix"],
        options["engine"],
        options["threads"] or int(bool(options.get("cluster"))),
        left_out("on_error"),
        options.get("where"),
        dict(job.problem.at),
        tuple(named(options.get("partition_by", ()))),
        total is not None,
        PIECE,
        Like(files[0].origin, files[0].names, files[0].lists, files[0].schema),
    )
    for file in files:
        file.close()
    ledger = None
    for word in options["data"] if target else ():
        inside = f"{work.folder}/".startswith(f"{root([word])}/")
        if inside and (places.folder(word) or "**" in word):
            raise UsageError(
                f"{target} lies in {word}, of which --data reads all files",
                hint="a folder beside it keeps the two apart",
            )
    if target:
        question = {name: value for name, value in options.items() if name not in ASIDE}
        question = {"expr": sources.texts, **question, "version": _version()}
        ledger = Ledger(work.folder, question, resume=options.get("resume", False), overwrite=options["overwrite"])
    tally = Tally()
    with ended_by_signals():
        if ledger is not None:
            ledger.begin(paths)
        try:
            with _crew(options.get("cluster")) as crew, _progress(len(parts)) as told:
                answer_all(work, parts, tally, crew, ledger, told)
            if ledger is not None and not tally.errors:
                ledger.finish()
        finally:
            if ledger is not None:
                ledger.release()
    notes = []
    if tally.skipped:
        notes.append(f"{counted(tally.skipped, 'part')} done before, whose rows are not counted here")
    notes += note(tally.left_out, tally.unread)
    if tally.errors:
        raise _failed(tally, target)
    if total is not None and tally.totals:
        total.merge(tally.totals, tally.counted)
    return tally.summary(job.on_error == "skip"), notes


def _failed(tally: Tally, target: str | None) -> AdcliError:
    """The error of the first part that failed, and how many others did."""
    first, failed = tally.errors[0], len(tally.errors)
    kept = tally.parts - failed
    notes = [f"{failed:,} of {counted(tally.parts, 'part')} failed"] if tally.parts > 1 else []
    if target and kept:
        others = f"{kept:,} stand" if kept > 1 else "one stands"
        notes.append(f"the other {others} in {target}; --resume goes on with the rest")
    return first.saying(first.message, (*first.notes, *notes))


@contextmanager
def _crew(address: str | None) -> Iterator[Crew]:
    """Who does the parts: this process, or the workers of a cluster."""
    if not address:
        yield Alone()
        return
    from adcli.batch.far.crews import crew

    with crew(address) as found:
        yield found


@contextmanager
def _progress(count: int) -> Iterator[Told]:
    """A bar on stderr where a person watches, once that has taken a second."""
    if not is_terminal(sys.stderr):
        yield lambda done, more=0: None
        return
    with bar("parts", count) as advance:
        yield advance


def _version() -> str:
    import adcli

    return adcli.__version__
