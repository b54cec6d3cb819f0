"""`--data`: a command over the rows of files instead of at one point."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from adcli.cli.options import STANDARD_OUTPUT, names, sizes
from adcli.cli.row_options import dialect, folder, left_out, refuse, refuse_inputs, refuse_single, renamed
from adcli.cli.row_output import ended_by_signals, output, output_format, progress, report
from adcli.cli.streams import Stream, is_terminal
from adcli.errors import (
    AdcliError,
    DomainError,
    NameFault,
    SyntaxFault,
    UsageError,
    counted,
)
from adcli.problem.point import Value

if TYPE_CHECKING:
    from adcli.batch.files.readers import Reader
    from adcli.batch.question import Request
    from adcli.batch.run import Job
    from adcli.batch.summary import Summary
    from adcli.problem.problem import Problem
    from adcli.render.errors import Sources


Prepared: TypeAlias = "tuple[str, Problem, dict[str, str]]"
"""What is asked of each row, of which problem, and the columns of inputs that belong to it."""


def run(
    sources: Sources,
    options: dict[str, Any],
    point: dict[str, Value],
    prepared: Callable[[Problem, dict[str, Any]], Prepared],
) -> int:
    """Answer every row; returns the exit status."""
    refuse(options)
    with posed(sources, options, point) as (problem, files):
        command, problem, own = prepared(problem, options)
        return _run(command, problem, own, files, sources, options)


def fitted_rows(problem: Problem, sources: Sources, options: dict[str, Any]) -> None:
    """Write the rows with the outputs of a problem."""
    with opened(options) as files:
        files[0].open()
        _run("eval", problem, {}, files, sources, {**options, "format": None, "wrt": ()})


@contextmanager
def opened(options: dict[str, Any]) -> Iterator[list[Reader]]:
    """The readers of the files of --data."""
    from adcli.batch.files.arrow import lean
    from adcli.batch.files.formats import readers
    from adcli.batch.files.paths import expanded
    from adcli.cli import main

    if main.alone:
        lean()
    spelled = dialect(options)
    paths = expanded(options["data"], any_name=options["data_format"] is not None)
    refuse_inputs(paths, options)
    files = readers(paths, options["data_format"], spelled, union=options["union_by_name"])
    try:
        yield files
    finally:
        for file in files:
            file.close()


def _opened_arrays(first: Reader, trouble: AdcliError | None) -> dict[str, tuple[int, ...]]:
    """Open the first file: the vectors and matrices that its columns are. A *trouble* with the formula goes before one
    with the file."""
    try:
        first.open()
    except AdcliError:
        if trouble is not None:
            raise trouble from None
        raise
    return first.arrays


def _run(
    command: str,
    problem: Problem,
    own: dict[str, str],
    files: list[Reader],
    sources: Sources,
    options: dict[str, Any],
) -> int:
    from adcli.batch.matching import matched
    from adcli.batch.run import Job

    first = files[0]
    columns_of = {**renamed(options), **own}
    columns = matched(problem, first, columns_of, problem.at)
    problem, wanted = _requested(command, problem, columns, options)
    job = Job(
        problem,
        wanted,
        columns,
        on_error="stop" if options.get("reduce") and options["on_error"] == "null" else options["on_error"],
        doubtful=left_out("on_error") and not options["line_buffered"],
        engine=options["engine"],
        threads=options["threads"] or 0,
        announce=lambda said: Stream(sys.stderr, options["color"]).write(f"adcli: {said}\n"),
    )
    if folder(options) is not None:
        from adcli.cli.datasets import answered

        summary, notes = answered(job, columns_of, files, sources, options)
    else:
        summary, notes = _to_one_place(job, columns_of, files, sources, options)
    report(summary, _unused(problem, first, columns), notes, options)
    most = options["fail_fraction"]
    if most is not None and summary.failed > most * summary.rows:
        raise DomainError(
            f"{summary.failed:,} of {counted(summary.rows, 'row')} have no result, more than --fail-fraction allows"
        )
    return 0


def _to_one_place(
    job: Job, columns_of: dict[str, str], files: list[Reader], sources: Sources, options: dict[str, Any]
) -> tuple[Summary, list[str]]:
    """Write all rows, or the total of them, to a file or to standard output."""
    from adcli.batch.files.formats import writer
    from adcli.batch.files.paths import packed
    from adcli.batch.matching import layout, matched
    from adcli.batch.run import run
    from adcli.language.arrays.names import shapes

    first, problem, target, reduced = files[0], job.problem, options["destination"] or "-", options.get("reduce")
    if reduced:
        refuse_single(options)
    written = layout(
        first,
        "none" if reduced else options["keep"],
        job.kernel.names,
        job.columns,
        status=options["status"],
        skip=options["on_error"] == "skip",
        prefix=options["prefix"],
        arrays=shapes(job.kernel.names) if problem.graph.arrays or first.lists else {},
    )
    where = None
    if options.get("where"):
        from adcli.batch.where import Where

        where = Where(options["where"], problem.at, columns_of)
    format = output_format(target, options["format"], first)
    if format not in ("csv", "tsv", "jsonl") and target in STANDARD_OUTPUT and is_terminal(sys.stdout):
        raise UsageError("Parquet and Arrow are not for a terminal", hint="write them to a file with -o FILE")
    size = 1 if options["line_buffered"] else None
    with ended_by_signals(), output(target) as raw, progress(files, target) as moved:
        stream = packed(raw, target)
        rows = writer(stream, format, written)
        try:
            if reduced:
                from adcli.batch.sums import Reducing

                rows = Reducing(rows, reduced)
                if options.get("cluster"):
                    from adcli.cli.datasets import answered

                    found = answered(job, columns_of, files, sources, options, rows)
                    rows.begin(first)
                    rows.finish()
                    return found
            summary = run(
                job,
                files,
                rows,
                lambda source: matched(problem, source, columns_of, problem.at),
                size=size,
                moved=moved,
                where=where,
            )
        finally:
            if stream is not raw:
                stream.close()
    notes = [file.note for file in files if file.note]
    return summary, notes + (where.notes if where is not None else [])


def _unused(problem: Problem, source: Reader, columns: dict[str, str]) -> tuple[list[str], list[str]]:
    """The columns that play no part: those in whose stead --at gives a value, and those that are no variables."""
    from adcli.batch.files.lists import source as column_of

    used = {column_of(name, source.names, source.lists) for name in columns.values()}
    rest = [name for name in source.names if name not in used]
    return [name for name in rest if name in problem.at], [name for name in rest if name not in problem.at]


@contextmanager
def posed(sources: Sources, options: dict[str, Any], point: dict[str, Value]) -> Iterator[tuple[Problem, list[Reader]]]:
    """The problem of all rows, and the readers of the files of --data, of which the first is open."""
    first = _problem(sources, options, point)
    with opened(options) as files:
        problem = first
        arrays = _opened_arrays(files[0], first if isinstance(first, AdcliError) else None)
        if arrays and (isinstance(first, AdcliError) or not arrays.keys().isdisjoint(first.graph.input_names)):
            problem = _problem(sources, options, point, arrays)
        if isinstance(problem, AdcliError):
            raise problem
        if options["echo"]:
            from adcli.cli.echo import echo

            echo(problem.graph, options["color"])
        yield problem, files


def _problem(
    sources: Sources,
    options: dict[str, Any],
    point: dict[str, Value],
    arrays: dict[str, tuple[int, ...]] | None = None,
) -> Problem | AdcliError:
    """The problem; or what is wrong with its text, which may be that the *arrays* of the file are not known yet."""
    from adcli.problem.problem import problem

    try:
        return problem(
            sources.texts,
            point,
            wrt=names(options.get("wrt", ())),
            output=names(options["output"]),
            let=sizes(options["let"]),
            syntax=options["syntax"],
            allow_unused=options.get("allow_unused", False),
            kinks=options.get("kinks", "warn"),
            values=False,
            sizes=arrays,
        )
    except (SyntaxFault, NameFault) as fault:
        return fault


def _requested(
    command: str, base: Problem, columns: dict[str, str], options: dict[str, Any]
) -> tuple[Problem, Request]:
    """What is asked of each row: by default the derivatives by the variables that are columns."""
    from adcli.batch.question import KINDS, request
    from adcli.cli.options import read_direction, weights

    kind = KINDS[command]
    problem = base
    if not names(options.get("wrt", ())):
        nodes = {base.graph.labels[node]: node for node in base.graph.inputs}
        wrt = tuple((name, nodes[name]) for name in columns)
        if not wrt and kind.first:
            raise UsageError("no column is a variable of the formula", hint="--wrt says what to differentiate by")
        problem = base.changed(wrt=wrt)
    direction: Any = None
    if kind.along == "cotangent":
        direction = weights(options["cotangent"])
    elif kind.along:
        direction = read_direction(options[kind.along], "--" + kind.along, problem)
    return problem, request(command, problem, options["mode"] if kind.moded else "auto", direction)
