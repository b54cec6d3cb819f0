"""`--data`: a command over the rows of files instead of at one point."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import click
from click.core import ParameterSource

from adcli.batch import ENGINES
from adcli.cli.options import ROW_FORMATS, STANDARD_OUTPUT, Choice, Fraction, Whole, names, option, sizes
from adcli.cli.streams import Stream, closed, is_terminal
from adcli.errors import (
    AdcliError,
    DomainError,
    FileError,
    NameFault,
    SyntaxFault,
    UsageError,
    counted,
    reason,
    shown,
)
from adcli.problem.point import Value
from adcli.render.screen import lines

if TYPE_CHECKING:
    from adcli.batch.files.readers import Dialect, Reader
    from adcli.batch.question import Request
    from adcli.batch.summary import Summary
    from adcli.problem.problem import Problem
    from adcli.render.errors import Sources

REDUCED = ("eval", "grad", "hessian")
"""The commands of which totals over rows are asked for."""
FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow")


def data_options(command: str) -> list[click.Parameter]:
    """What a command takes besides when it runs over rows."""
    once = " Of a Hessian, each second derivative is a column once: h_x_y." if command == "hessian" else ""
    return [
        option("--data", metavar="FILE", multiple=True,
               help="Do it for each row of a file (- is standard input; several files or a pattern): CSV, TSV, JSON "
                    "lines; Parquet and Arrow with the extra `data`. Columns are matched to variables by name." + once),
        option("--data-format", type=Choice(FORMATS), help="The format of the files, where the name does not say it."),
        option("--delimiter", metavar="CHAR", help="What separates fields of CSV. Default: a comma, or what the header "
               "has instead of one."),
        option("--decimal", metavar="CHAR", default=".", help="The decimal sign of texts."),
        option("--thousands", metavar="CHAR", default="", help="What stands between thousands in texts."),
        option("--null-values", metavar="TEXTS", multiple=True,
               help="Texts that mean that a number is missing, besides NA, N/A, n/a, #N/A, null, None, \\N and none."),
        option("--column", metavar="NAME=COLUMN", multiple=True,
               help="A variable's column, where it is not its name; also an object '{\"x\": \"a, b\"}'."),
        option("--keep", metavar="all|none|COLUMNS", default="all",
               help="The columns that are written again: names with commas between them, or a list '[\"a, b\"]'."),
        option("--prefix", metavar="TEXT", default="", help="What the names of the results begin with."),
        option("--on-error", type=Choice(("null", "skip", "stop")), default="null",
               help="A row without a result gets nulls, is left out, or ends the run."),
        option("--status", is_flag=True, help="A column that says why a row has no result."),
        option("--fail-fraction", metavar="F", type=Fraction(),
               help="Exit with 3 where more than this part of the rows has no result."),
        option("--overwrite", is_flag=True, help="Let -o replace a file that is read."),
        option("--engine", type=Choice(("auto", *ENGINES)), default="auto",
               help="What computes. auto: python for little work, numpy from about 50,000 rows, llvm from a million."),
        option("--threads", metavar="N", type=Whole(1, 1024),
               help="Threads that share the rows. Default: all processors from a million rows, else 1."),
        *([option("--reduce", type=Choice(("sum", "mean")),
                  help="One row instead of a row per row: the total of each result, or the mean.")]
          if command in REDUCED else []),
        option("--line-buffered", is_flag=True, help="Answer each line of input at once."),
    ]  # fmt: skip


Prepared: TypeAlias = "tuple[str, Problem, dict[str, str]]"
"""What is asked of each row, of which problem, and the columns of inputs that belong to it."""


def run(
    sources: Sources,
    options: dict[str, Any],
    point: dict[str, Value],
    prepared: Callable[[Problem, dict[str, Any]], Prepared],
) -> int:
    """Answer every row; returns the exit status."""
    _refuse(options)
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
    from adcli.batch.files.formats import reader
    from adcli.batch.files.paths import expanded
    from adcli.cli import main

    if main.alone:
        lean()
    dialect = _dialect(options)
    paths = expanded(options["data"])
    _refuse_inputs(paths, options)
    files = [reader(path, options["data_format"], dialect) for path in paths]
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
    from adcli.batch.files.formats import writer
    from adcli.batch.files.paths import packed
    from adcli.batch.matching import layout, matched
    from adcli.batch.run import Job, run
    from adcli.language.arrays.names import shapes

    first = files[0]
    columns_of = {**renamed(options), **own}
    columns = matched(problem, first, columns_of, problem.at)
    problem, wanted = _requested(command, problem, columns, options)
    job = Job(
        problem,
        wanted,
        columns,
        on_error="stop" if options.get("reduce") and options["on_error"] == "null" else options["on_error"],
        doubtful=_left_out("on_error") and not options["line_buffered"],
        engine=options["engine"],
        threads=options["threads"] or 0,
        announce=lambda said: Stream(sys.stderr, options["color"]).write(f"adcli: {said}\n"),
    )
    target = options["destination"] or "-"
    reduced = options.get("reduce")
    if reduced:
        _refuse_single(options)
    written = layout(
        first,
        "none" if reduced else options["keep"],
        job.kernel.names,
        columns,
        status=options["status"],
        skip=options["on_error"] == "skip",
        prefix=options["prefix"],
        arrays=shapes(job.kernel.names) if problem.graph.arrays or first.lists else {},
    )
    format = _format(target, options["format"], first)
    if format not in ("csv", "tsv", "jsonl") and target in STANDARD_OUTPUT and is_terminal(sys.stdout):
        raise UsageError("Parquet and Arrow are not for a terminal", hint="write them to a file with -o FILE")
    size = 1 if options["line_buffered"] else None
    with _ended_by_signals(), _opened(target) as raw, _progress(files, target) as moved:
        stream = packed(raw, target)
        rows = writer(stream, format, written)
        if reduced:
            from adcli.batch.sums import Reducing

            rows = Reducing(rows, reduced)
        try:
            summary = run(
                job,
                files,
                rows,
                lambda source: matched(problem, source, columns_of, problem.at),
                size=size,
                moved=moved,
            )
        finally:
            if stream is not raw:
                stream.close()
    _report(summary, _unused(problem, first, columns), [file.note for file in files if file.note], options)
    most = options["fail_fraction"]
    if most is not None and summary.failed > most * summary.rows:
        raise DomainError(
            f"{summary.failed:,} of {counted(summary.rows, 'row')} have no result, more than --fail-fraction allows"
        )
    return 0


def _dialect(options: dict[str, Any]) -> Dialect:
    """How texts are written."""
    from adcli.batch.files.cells import NULLS, Spelling
    from adcli.batch.files.readers import AHEAD, Dialect

    delimiter = {"\\t": "\t", "tab": "\t"}.get(options["delimiter"], options["delimiter"])
    decimal, thousands = options["decimal"], options["thousands"]
    for name, mark in (("--delimiter", delimiter), ("--decimal", decimal), ("--thousands", thousands or None)):
        if mark is not None and (len(mark) != 1 or mark in '"\r\n' or (not mark.isascii() and name == "--delimiter")):
            raise UsageError(f"{name} is one character, not {shown(mark)}")
        if name != "--delimiter" and mark is not None and (mark.isalnum() or mark in "+-"):
            raise UsageError(f"{name} cannot be {mark}, which numbers have another use for")
    if decimal == thousands:
        raise UsageError(f"--decimal and --thousands cannot both be {decimal}")
    nulls = [text.strip() for word in options["null_values"] for text in word.split(",")]
    spelling = Spelling(decimal, thousands, (*NULLS, *nulls))
    return Dialect(delimiter, spelling, 1 if options["line_buffered"] else AHEAD)


def _refuse_inputs(paths: list[str], options: dict[str, Any]) -> None:
    """Refuse to write to a file that is read: by -o unless that is wanted, and where the shell has opened it."""
    target = options["destination"]
    for path in paths:
        if path == "-" or not os.path.isfile(path):
            continue
        if target not in (None, *STANDARD_OUTPUT):
            same = os.path.exists(target) and os.path.samefile(path, target)
            if same and not options["overwrite"]:
                raise UsageError(f"-o {target} would replace what --data reads", hint="--overwrite lets it")
            continue
        try:
            written = os.fstat(sys.stdout.fileno())
        except (AttributeError, OSError, ValueError):
            continue
        if os.path.samestat(written, os.stat(path)):
            raise FileError(f"{path} is read and is standard output too")


def _refuse_single(options: dict[str, Any]) -> None:
    """Refuse what is about rows, where one comes out of all."""
    for name in ("status", "line_buffered"):
        if options[name]:
            raise UsageError(f"--reduce has one result for all rows: leave out --{name.replace('_', '-')}")
    if options["keep"] != "all":
        raise UsageError("--reduce has one result for all rows: leave out --keep")


def _unused(problem: Problem, source: Reader, columns: dict[str, str]) -> tuple[list[str], list[str]]:
    """The columns that play no part: those in whose stead --at gives a value, and those that are no variables."""
    from adcli.batch.files.lists import source as column_of

    used = {column_of(name, source.names, source.lists) for name in columns.values()}
    rest = [name for name in source.names if name not in used]
    return [name for name in rest if name in problem.at], [name for name in rest if name not in problem.at]


def _refuse(options: dict[str, Any]) -> None:
    """Refuse the options of one point that mean nothing for rows."""
    if options["precision"] != 15:
        raise UsageError("--data computes with ordinary floats, not with --precision")
    if options.get("check"):
        raise UsageError("--check is for one point, not for --data", hint="check one row: leave --data out")
    if options["format"] not in (None, "csv", "json", *ROW_FORMATS):
        raise UsageError(f"--data writes csv, json, {', '.join(ROW_FORMATS)}, not {options['format']}")
    for name in ("det", "linearize", "sparse", "certify", "for"):
        if options.get(name):
            raise UsageError(f"--{name} is for one point, not for --data")
    if options.get("layout", "numerator") != "numerator":
        raise UsageError("--layout is for one point: with --data there is a row per row")


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


def _left_out(name: str) -> bool:
    """Whether the command line does not give an option."""
    return click.get_current_context().get_parameter_source(name) is not ParameterSource.COMMANDLINE


def renamed(options: dict[str, Any]) -> dict[str, str]:
    """`--column S=spot_price,K=strike`."""
    found: dict[str, str] = {}
    for word in options["column"]:
        if word.lstrip().startswith("{"):
            found.update(_object(word))
            continue
        for part in word.split(","):
            name, equals, column = part.partition("=")
            if not equals or not name.strip() or not column:
                raise UsageError(f"--column needs NAME=COLUMN, not {part!r}", hint="for instance --column S=spot_price")
            name = name.strip()
            if found.setdefault(name, column) != column:
                raise UsageError(f"--column gives {name} two columns, {found[name]} and {column}")
    return found


def _object(word: str) -> dict[str, str]:
    """`--column '{"S": "spot, in cents"}'`."""
    import json

    try:
        found = json.loads(word)
    except ValueError as fault:
        raise UsageError(f"--column {shown(word)} is no JSON: {fault}") from None
    if not all(isinstance(column, str) for column in found.values()):
        raise UsageError(f"--column {shown(word)} gives no names of columns")
    return dict(found)


def _format(target: str, given: str | None, source: Reader) -> str:
    """The format to write: of a file by its name, of standard output as asked, or as the input's."""
    from adcli.batch.files.paths import format_of, regular

    asked = {"json": "jsonl"}.get(given or "", given)
    if target in STANDARD_OUTPUT or (os.path.exists(target) and not regular(target)):
        found = asked or (source.format if source.format in ("tsv", "jsonl") else "csv")
        return "arrows" if found == "arrow" else found
    try:
        found = format_of(target, None)
    except UsageError:
        if asked is None:
            raise UsageError(
                f"the format of {target} is not known by its name",
                hint="for instance .csv, .jsonl or .parquet; --format csv or json says it too",
            ) from None
        return asked
    return "arrows" if os.path.splitext(target)[1].lower() == ".arrows" else found


class Shown:
    """A terminal's bytes: what files hold is shown on it and never obeyed by it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def write(self, data: bytes) -> int:
        """Write text."""
        self.stream.write(lines(bytes(data).decode()).encode())
        return len(data)

    def flush(self) -> None:
        """Show it now."""
        self.stream.flush()


@contextmanager
def _opened(target: str) -> Iterator[Any]:
    """The bytes' destination: standard output, or a file that is written whole or left as it was."""
    if target in STANDARD_OUTPUT:
        if sys.stdout is None:
            raise closed()
        try:
            sys.stdout.flush()
            yield Shown(sys.stdout.buffer) if is_terminal(sys.stdout) else sys.stdout.buffer
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise FileError(f"cannot write the output: {reason(fault)}") from None
        return
    from adcli.cli.files import drafted

    with drafted(target) as stream:
        yield stream


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A request to end cleans up like an interrupt."""
    import signal
    import threading

    def end(number: int, frame: object) -> None:
        raise click.exceptions.Exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    known = {number: signal.signal(number, end) for number in signals}
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)


@contextmanager
def _progress(files: list[Reader], target: str) -> Iterator[Any]:
    """A bar on stderr where a person watches and the rows do not go to the same terminal."""
    if not is_terminal(sys.stderr) or (target in STANDARD_OUTPUT and is_terminal(sys.stdout)) or files[0].path == "-":
        yield lambda rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    total = files[0].rows() if len(files) == 1 else None
    columns = (BarColumn(), TextColumn("{task.completed:,.0f} rows"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda rows: progress.advance(task, rows)


def _report(summary: Summary, unused: tuple[list[str], list[str]], notes: list[str], options: dict[str, Any]) -> None:
    """What became of the rows, on stderr: always to a person, else where there is something to say."""
    errors = Stream(sys.stderr, options["color"])
    replaced, surplus = unused
    person = errors.terminal or os.environ.get("ADCLI_VERBOSE")
    if (
        person
        or summary.failures
        or summary.kinks
        or replaced
        or notes
        or (summary.declined and options["engine"] != "auto")
    ):
        from adcli.render.batch import render

        errors.write(render(summary, errors.view(), replaced, surplus if person else (), notes))
