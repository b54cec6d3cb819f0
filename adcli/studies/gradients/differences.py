"""The derivative of a function that can only be called, and how far it may be from the truth.

Central differences for steps from the input's own size down to its last digits, extrapolated to step 0 (Richardson
1911, Ridders 1982): each entry of the tableau is as good as its neighbours agree. Large steps agree by chance, too: on
a flat tail, or where they skip whole periods. So an entry counts only where all smaller steps bear it out, each as far
as rounding lets it. How large that is, differences of high order of values close by tell (Moré & Wild, Estimating
Computational Noise, 2011).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

LARGEST, SMALLEST = 2.0**-4, 2.0**-46
"""The first and the last step, relative to the input's size."""
SHRINK = 4.0
TINY = 2.0**-14
"""The size of a smaller input is no hint at the function's: steps for one of ordinary size are taken, too."""
CLOSE = (3.1e-9, 1.9e-7, 1.3e-5, 8.3e-4)
"""How far apart, relatively, values are whose noise is estimated; the first at which they differ will do. No powers of
two, by which products are exact as they are nowhere else."""
NEAR = 7
"""So many of them."""
MARGIN = 4.0
"""Noise may be this many times as large as it is estimated."""
JOINS = 0.6
"""Where slopes on both sides differ about as much for a step as for the next one, there is a kink."""
WILD, NOISELESS = 0.003, 1e-9
"""Noise of more than this part of all that the function moves by, and of its value, may be what the function does."""
STEPPED = 1e-5
"""Noise beyond this part of the value may be steps that the function has."""
GRAINY = 1e-13
"""And so may less, beyond this part, where values are neither short decimals nor of single precision."""
TORN = 1e3
"""Neighbours that differ this many times as much as most others do have a jump between them."""
SHORT = 12
"""Numbers of at most so many digits are rounded ones."""
ENOUGH = 4
"""So many values it takes to tell."""


class Slope(NamedTuple):
    """A derivative by differences, its error, and whether there seems to be a kink; or nan, and why it is not known.
    `between`: where the function seems to jump, the slopes that it has for steps too small for that, and their errors:
    they may be as true."""

    value: float
    error: float
    kinked: bool = False
    why: str = ""
    between: tuple[tuple[float, float], ...] = ()


class Row(NamedTuple):
    """A step, the difference by it, how far noise may put that off, and the entries of the tableau."""

    step: float
    central: float
    off: float
    entries: list[float]


def slope(function: Callable[[float], float], at: float, quantum: float = 0.0, short: bool = True) -> Slope:
    """The derivative of a function of one number, whose values are rounded to multiples of *quantum*; *short*: its
    other values are of single precision, too, where those here are."""
    here = function(at)
    if not math.isfinite(here):
        return Slope(math.nan, math.inf, why="the function has no value there")
    sides = [(step, function(at + step), function(at - step)) for step in _steps(at)]
    jump, shaken = _jump(sides, here), noise(function, at, here)
    if math.isinf(shaken):
        return Slope(math.nan, math.inf, why="the function jumps here: small steps do not settle where large ones do")
    rounding = max(quantum, jump, shaken)
    rows: list[Row] = []
    bends = []
    for step, above, below in sides:
        width = (at + step) - (at - step)
        central = (above - below) / width if width else math.nan
        if not math.isfinite(central):
            continue
        last = math.ulp(max(abs(above), abs(below))), abs(central) * math.ulp(at) / 2
        off = max(rounding, *last) / step
        bends.append((abs((above - here) - (here - below)) / step, off))
        rows.append(Row(step, central, off, _extrapolated(rows, step, central)))
    value, error = _settled(rows)
    why = "" if math.isfinite(value) else "differences of the function do not settle as steps shrink"
    moves = max((abs(y - here) for side in sides for y in side[1:] if math.isfinite(y)), default=0.0)
    if shaken > max(WILD * moves, NOISELESS * abs(here), math.ulp(here)):
        value, error, why = math.nan, math.inf, "the function changes as much for the smallest steps as for large ones"
    rounded = quantum or (short and all(single(y) for side in sides for y in (here, *side[1:]) if math.isfinite(y)))
    between: tuple[tuple[float, float], ...] = ()
    torn = abs(sides[-1][1] - sides[-1][2])
    if math.isfinite(value) and max(jump, shaken, torn) > (STEPPED if rounded else GRAINY) * abs(here):
        between = tuple((x, off) for x, off in _between(sides, at, here) if abs(x - value) > off + MARGIN * error)
    return Slope(value, error, _kinked(bends), why, between)


def _between(sides: Sequence[tuple[float, float, float]], at: float, here: float) -> Iterator[tuple[float, float]]:
    """The slopes on which differences by the smallest steps agree as far as rounding of the last digit lets them: of
    both sides, and of each."""
    last = MARGIN * math.ulp(max(abs(y) for y in (here, *sides[-1][1:])))
    for which in (0, 1, -1):
        low, high = -math.inf, math.inf
        agreed = 0
        for step, above, below in reversed(sides):
            right, left = (at + step if which >= 0 else at), (at - step if which <= 0 else at)
            if right == left:
                continue
            central = ((above if which >= 0 else here) - (below if which <= 0 else here)) / (right - left)
            off = last / (right - left)
            if not max(low, central - off) <= min(high, central + off):
                break
            low, high = max(low, central - off), min(high, central + off)
            agreed += 1
        if agreed >= ENOUGH:
            yield (low + high) / 2, MARGIN * (high - low)


def single(value: float) -> bool:
    """Whether single precision keeps a number as it is."""
    try:
        return bool(struct.unpack("f", struct.pack("f", value))[0] == value)
    except OverflowError:
        return False


def _jump(sides: Sequence[tuple[float, float, float]], here: float) -> float:
    """What the function moves by at last where it stands still for smaller steps; 0 where it never stands still, or
    never moves; a step may be right at the point, and one side stand still alone."""
    _, above, below = sides[-1]
    if above != here and below != here:
        return 0.0
    if above != below:
        _, *before = sides[-2]
        jump = abs(above - below)
        return jump if before == [above, below] and jump <= STEPPED * abs(here) else 0.0
    jumps = (max(abs(above - here), abs(below - here)) for _, above, below in reversed(sides))
    return next((jump for jump in jumps if jump > 0), 0.0)


def _steps(at: float) -> Iterator[float]:
    size = max(abs(at), 1.0)
    step = LARGEST * size
    last = SMALLEST * max(abs(at), TINY)
    while step >= last:
        yield step
        step /= SHRINK
    step = min(step, LARGEST * abs(at))
    while 0 < SMALLEST * abs(at) <= step:
        yield step
        step /= SHRINK


def _extrapolated(rows: Sequence[Row], step: float, central: float) -> list[float]:
    entries = [central]
    if rows and rows[-1].step == SHRINK * step:
        for order, before in enumerate(rows[-1].entries, 1):
            factor = SHRINK ** (2 * order)
            entries.append(entries[-1] + (entries[-1] - before) / (factor - 1))
    return entries


def _settled(rows: Sequence[Row]) -> tuple[float, float]:
    """The best entry that smaller steps bear out, and its error; nan where none is."""
    best, error = math.nan, math.inf
    for j in range(1, len(rows) - 1):
        row, before = rows[j], rows[j - 1].entries
        for order, entry in enumerate(row.entries[1:]):
            off = max(abs(entry - row.entries[order]), abs(entry - before[order])) + 2 * row.off
            if off < error and _borne_out(entry, off, rows[j:]):
                best, error = entry, off
    return best, error


def _borne_out(entry: float, off: float, rows: Sequence[Row]) -> bool:
    """Whether the differences by all smaller steps are as near to an entry as noise and the step let them be."""
    bent = abs(rows[0].central - entry)
    for row in rows[1:]:
        bent /= SHRINK
        if not abs(row.central - entry) <= off + bent + MARGIN * row.off:
            return False
    return True


def noise(function: Callable[[float], float], at: float, here: float) -> float:
    """How far values of the function are off by rounding: what differences of high order leave of values so close by
    that they only just differ; inf where there is a jump among these."""
    least = math.ulp(here)
    for close in CLOSE:
        step = (at + close * (abs(at) or 1.0)) - at
        values = [function(at + i * step) if i else here for i in range(-(NEAR // 2), NEAR // 2 + 1)]
        if not all(map(math.isfinite, values)):
            break
        if 2 * sum(a == b for a, b in pairwise(values)) >= NEAR - 1:
            continue
        apart = sorted(abs(b - a) for a, b in pairwise(values))
        if apart[-1] > TORN * max(apart[len(apart) // 2], least):
            return math.inf
        levels = []
        for order in range(1, NEAR):
            values = [b - a for a, b in pairwise(values)]
            scale = math.factorial(order) ** 2 / math.factorial(2 * order)
            levels.append(math.sqrt(scale / len(values)) * math.hypot(*values))
        return max(least, min(levels[2:]))
    return least


def coarseness(values: Sequence[float], value: float) -> float:
    """The size of the last digit of a value, where all of them have few digits; else 0."""
    known = {x for x in values if math.isfinite(x)}
    if len(values) < ENOUGH or not known:
        return 0.0
    digits, places = zip(*map(_digits, known), strict=True)
    if max(digits) > SHORT:
        return 0.0
    size = math.floor(math.log10(abs(value))) + 1 if value and math.isfinite(value) else 0
    return float(10.0 ** max(size - max(digits), -max(places)))


def _digits(value: float) -> tuple[int, int]:
    """How many digits a number is written with, and how many of them stand behind the point."""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = fraction.rstrip("0")
    written = (whole + fraction).strip("0")
    return len(written), len(fraction) - int(exponent or 0)


def _kinked(bends: Sequence[tuple[float, float]]) -> bool:
    """Whether the slopes on both sides go on differing for small steps, by more than rounding."""
    told = [bend for bend, off in bends if math.isfinite(bend) and bend > 20 * off]
    if len(told) < 4:
        return False
    earlier, last = told[-2:]
    return JOINS * earlier < last < earlier / JOINS and last > JOINS**2 * told[-4]
