"""Excel: a table to paste into a sheet, a column for each number, tabs between columns.

The first row has the names, the second the formulas, over the inputs in its first columns. Copied down, they compute
every row. LibreOffice and Google Sheets read them too. Functions with a point in their names came with Excel 2010.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from adcli.ops import EQ, NE, NEG, NOT, Op
from adcli.studies.export.target import ATOM, POWER, SIGN, Cases, Parameter, Target, Text, Unit, within

_NAMES = "exp sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh"
_FUNCTIONS = {
    **{name: name.upper() for name in _NAMES.split()},
    "log": "LN",
    "log10": "LOG10",
    "Abs": "ABS",
    "Max": "MAX",
    "Min": "MIN",
    "gamma": "GAMMA",
    "loggamma": "GAMMALN",
    "erf": "ERF.PRECISE",
    "erfc": "ERFC.PRECISE",
    "normpdf": "NORM.S.DIST(#1,FALSE)",
    "normcdf": "NORM.S.DIST(#1,TRUE)",
    "normppf": "NORM.S.INV",
    "gammainc": "GAMMA.DIST(#2,#1,1,TRUE)",
    "betainc": "BETA.DIST(#3,#1,#2,TRUE)",
    "besselj": "-BESSELJ(#2,#a1)",
    "bessely": "-BESSELY(#2,#a1)",
    "besseli": "BESSELI(#2,#a1)",
    # but not BESSELK, of which LibreOffice knows seven digits
    # Excel's ATAN2 takes x first; its MOD has the sign of the divisor, as Mod has.
    "atan2": "ATAN2(#2,#1)",
    "Mod": "MOD",
    "floor": "INT",
    "ceiling": "(-INT(-#1))",
}


class Excel(Target):
    """Formulas in cells."""

    name = "excel"
    extension = ".tsv"
    functions = _FUNCTIONS
    tabular = True
    ascii = False
    reserved = frozenset({"TRUE", "FALSE"})
    powers = True
    comment = ("", "")
    strict = True
    signs: ClassVar[Mapping[Op, str]] = {**{op: sign.strip() for op, sign in Target.signs.items()}, EQ: "=", NE: "<>"}
    truths = ("FALSE", "TRUE")
    domain = "where a function has no value, the cell shows an error"

    def number(self, text: str) -> Text:
        if set(text) & set(".e"):
            text = repr(float(text)).upper()
        return (SIGN if text.startswith("-") else ATOM), text

    def spell(self, op: Op, args: Sequence[Text]) -> Text:
        if op is NOT:
            return self.call("NOT", args)
        if op is NEG:  # binds tighter than ^ in Excel, so that a product with -1 is safer
            return 6, "-1*" + within(args[0], 7)
        return super().spell(op, args)

    def power(self, x: Text, y: Text) -> Text:
        return POWER, f"{within(x, ATOM)}^{within(y, ATOM)}"

    def call(self, name: str, args: Sequence[Text]) -> Text:
        return ATOM, super().call(name, args)[1].replace(", ", ",")

    def junction(self, word: str, x: Text, y: Text) -> Text:
        # AND and OR compute everything, and an error in what is not needed is theirs.
        return self.call("IF", [x, y, self.truth(False)] if word == "and" else [x, self.truth(True), y])

    def choice(self, condition: Text, x: Text, y: Text) -> Text:
        return self.call("IF", [condition, x, y])

    def undefined(self) -> Text:
        return ATOM, "NA()"

    def element(self, parameter: Parameter, index: Sequence[int]) -> str:
        return "_".join([parameter.local, *map(str, index)])

    def sheet(self, unit: Unit, row: int) -> tuple[list[str], list[str], dict[str, str]]:
        """The heads of all columns, the formulas of a row, and the cells of the names in it."""
        import re

        heads = self.columns(unit)
        cells = {name: f"{column(i)}{row}" for i, name in enumerate(heads)}
        formulas = []

        def placed(text: str) -> str:
            return "=" + re.sub(r"(?<![\w.])[^\W\d]\w*\b(?![.(])", lambda word: cells.get(word[0], word[0]), text)

        for s in unit.statements:
            formulas.append(placed(s.text))
            cells[s.local] = f"{column(len(heads))}{row}"
            heads.append(s.local)
        for block, texts in unit.results:
            for label, text in zip(block.labels, texts, strict=True):
                formulas.append(placed(text))
                heads.append(label)
        return heads, formulas, cells

    def code(self, unit: Unit) -> str:
        heads, formulas, _ = self.sheet(unit, 2)
        blanks = [""] * (len(heads) - len(formulas))
        return "\t".join(heads) + "\n" + "\t".join([*blanks, *formulas]) + "\n"

    def test(self, unit: Unit, cases: Cases) -> str:
        heads, _, _ = self.sheet(unit, 2)
        count, first = unit.size, len(heads)
        truths = [f"truth_{i + 1}" for i in range(count)]
        lines = ["\t".join([*heads, *truths, "error", "largest_relative_error", "passed"])]
        for row, (point, truth) in enumerate(zip(cases.points, cases.truths, strict=True), 2):
            _, formulas, _ = self.sheet(unit, row)
            found, true = (f"{column(at)}{row}:{column(at + count - 1)}{row}" for at in (first - count, first))
            error = f"=SUMPRODUCT(MAX(ABS({found}-{true})/(ABS({true})+(ABS({true})<=1E-300))))"
            cells = [*map(repr, point), *formulas, *map(repr, truth), error]
            if row == 2:
                worst = column(first + count)
                cells.append(f"=MAX({worst}2:{worst}{len(cases.points) + 1})")
                cells.append(f"={column(first + count + 1)}2<={max(cases.tolerance, 1e-12)!r}".upper())
            lines.append("\t".join(cells))
        return "\n".join(lines) + "\n"


def with_commas(code: str) -> str:
    """The sheet as a file of values separated by commas, which has quotes around what contains one."""
    import csv
    from io import StringIO

    file = StringIO()
    csv.writer(file, lineterminator="\n").writerows(line.split("\t") for line in code.splitlines())
    return file.getvalue()


def column(place: int) -> str:
    """The letters of a column, counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


TARGET = Excel()
