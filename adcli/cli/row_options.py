"""The options of `--data`, and what they mean."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from adcli.batch import ENGINES
from adcli.cli.options import FRACTION, ROW_FORMATS, STANDARD_OUTPUT, Choice, Whole, option
from adcli.errors import FileError, UsageError, shown

if TYPE_CHECKING:
    from adcli.batch.files.readers import Dialect

WHOLE = ("fit",)
"""The commands whose answer takes all rows together."""
REDUCED = ("eval", "grad", "hessian")
"""The commands of which totals over rows are asked for."""
FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow")


def data_options(command: str) -> list[click.Parameter]:
    """What a command takes besides when it runs over rows."""
    once = " Of a Hessian, each second derivative is a column once: h_x_y." if command == "hessian" else ""
    return [
        option("--data", metavar="FILE", multiple=True,
               help="Compute for each row of a file (- is standard input; several files, patterns, folders of files "
                    "with columns from names such as year=2026/, s3:// and other URLs): CSV, TSV, JSON lines; Parquet "
                    "and Arrow with the extra `data`. Columns are matched to variables by name." + once),
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
        option("--fail-fraction", metavar="F", type=FRACTION,
               help="Exit with 3 where more than this part of the rows has no result."),
        *(_of_parts() if command not in WHOLE else []),
        option("--union-by-name", is_flag=True,
               help="Files may have different columns: a column that a file lacks is null there."),
        option("--overwrite", is_flag=True, help="Let -o replace a file that is read, or a data set in a folder."),
        option("--engine", type=Choice(("auto", *ENGINES)), default="auto",
               help="What computes. auto: python for little work, numpy from about 50,000 rows, llvm from a million."),
        option("--threads", metavar="N", type=Whole(1, 1024),
               help="Threads that share the rows. Default: all processors from a million rows, else 1."),
        *([option("--reduce", type=Choice(("sum", "mean")),
                  help="One row instead of a row per row: the total of each result, or the mean.")]
          if command in REDUCED else []),
        option("--line-buffered", is_flag=True, help="Answer each line of input at once."),
    ]  # fmt: skip


def _of_parts() -> list[click.Parameter]:
    """Those of commands that answer one row, and one file, without the others."""
    return [
        option("--where", metavar="CONDITION",
               help="Rows for which this holds: \"S > 0 and region == 'EU'\"; Parquet may leave others unread."),
        option("--partition-by", metavar="COLUMNS", multiple=True,
               help="-o FOLDER/ has folders for the values of these columns: region=EU/…"),
        option("--resume", is_flag=True, help="Go on from what an interrupted run has left in -o FOLDER/."),
        option("--cluster", metavar="ADDRESS",
               help="Have workers compute the files: dask, ray, spark, spark-connect, or dask://HOST:PORT and so on. A "
                    "large Parquet file is several tasks, any other file one."),
    ]  # fmt: skip


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


def dialect(options: dict[str, Any]) -> Dialect:
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


def left_out(name: str) -> bool:
    """Whether the command line does not give an option."""
    return click.get_current_context().get_parameter_source(name) is not ParameterSource.COMMANDLINE


def refuse(options: dict[str, Any]) -> None:
    """Refuse the options of one point that mean nothing for rows."""
    if options["precision"] != 15:
        raise UsageError("--data computes with ordinary floats, not with --precision")
    if options.get("check"):
        raise UsageError("--check is for one point, not for --data", hint="check one row: leave --data out")
    if options["format"] not in (None, "csv", "json", *ROW_FORMATS):
        raise UsageError(f"--data writes csv, json, {', '.join(ROW_FORMATS)}, not {options['format']}")
    for name in ("det", "linearize", "sparse", "certify", "limits", "unknowns"):
        if options.get(name):
            said = "for" if name == "unknowns" else name
            raise UsageError(f"--{said} is for one point, not for --data")
    if options.get("layout", "numerator") != "numerator":
        raise UsageError("--layout is for one point: with --data there is a row per row")


def refuse_single(options: dict[str, Any]) -> None:
    """Refuse what is about rows, where one comes out of all."""
    for name in ("status", "line_buffered"):
        if options[name]:
            raise UsageError(f"--reduce has one result for all rows: leave out --{name.replace('_', '-')}")
    if options["keep"] != "all":
        raise UsageError("--reduce has one result for all rows: leave out --keep")


def refuse_inputs(paths: list[str], options: dict[str, Any]) -> None:
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


def folder(options: dict[str, Any]) -> str | None:
    """The folder that the rows go to, where they go to one. Raises UsageError for options that ask for one in vain."""
    from adcli.batch.files import places

    target = options["destination"]
    if target not in (None, *STANDARD_OUTPUT) and (target.endswith(("/", os.sep)) or places.folder(target)):
        if options.get("reduce"):
            raise UsageError("--reduce has one result for all rows, and -o names a file for it")
        if options["line_buffered"] or "-" in options["data"]:
            raise UsageError("a folder is for the parts of a data set", hint="standard input goes to a file")
        return str(target)
    for name in ("resume", "partition_by"):
        if options.get(name):
            raise UsageError(f"--{name.replace('_', '-')} is for the parts of a data set", hint="-o FOLDER/ takes them")
    if options.get("cluster") and not options.get("reduce"):
        raise UsageError("the workers of a cluster write to a folder", hint="-o FOLDER/, or --reduce sum")
    return None


def named(words: tuple[str, ...]) -> list[str]:
    """Columns with commas between them."""
    return [name.strip() for word in words for name in word.split(",") if name.strip()]
