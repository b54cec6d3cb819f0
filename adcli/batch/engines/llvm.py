"""The engine of the most rows: the kernel as machine code on vectors of doubles, written by LLVM for this processor.

Functions are those of the C library's vector mathematics (glibc's libmvec), or where it has none the C library's
own, number by number; an operation that the C library lacks is written in terms of those that it has, by its row's
`expansion` or `value`. A kernel with an operation that has neither is declined. The error function is looked up.

Which rows cannot be trusted costs next to nothing to know: the processor notes in its status flags whether anything
overflowed, underflowed, was divided by zero or had no value. They are read after each block of rows. Only blocks with
a flag are run again, by a second, careful program, in which every value carries a truth value saying whether it is in
doubt; it is compiled when it is first needed.

A long kernel is cut into parts, functions of some hundred lines each, because compilers take more than proportional
time for long functions. What one part computes and another needs waits in scratch memory, block by block.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from threading import RLock, local
from typing import Any, NamedTuple

import llvmlite.binding as binding
import numpy as np

from adcli.arithmetic.doubles import TINY, doubles
from adcli.arithmetic.kept import free_at_forks
from adcli.arithmetic.rules import parsed
from adcli.batch.engines import Declined, Outcome, Run
from adcli.batch.engines.lookup import erf_and_slope
from adcli.batch.kernel import Kernel, computed
from adcli.batch.partials import NAMED, PARTIALS
from adcli.ops import (
    ADD,
    BOOLEAN,
    DIV,
    EQ,
    GE,
    GT,
    INPUT,
    LE,
    LITERAL,
    LT,
    MUL,
    NE,
    NEG,
    NOT,
    POW,
    SUB,
    UNDEFINED,
    WHERE,
    Op,
)

PART = 300
"""Lines of a function at most."""
LONG = 3_000
"""Lines from which on LLVM gives no thought to registers: that would take five times as long, and gain a tenth."""
BLOCK = 1_024
"""Rows between two looks at the status flags; fewer where a block's scratch memory would not stay in the cache."""
CACHE = 1 << 18
"""Bytes of scratch memory that a block may take."""
SHARE = 1 << 18
"""Rows computed at a time by a thread; a multiple of any block."""
THREADED = 65_536
"""Rows from which on threads share them."""

LINE = 8
"""Doubles of a line of the cache."""
PAGE = 64
"""Lines of a page of memory."""

STREAMED = 1 << 24
"""Bytes of results from which on they may be written past the cache, which has no room for them."""
LIGHT = 4
"""Flops per number read or written up to which it pays: where more is computed, the cache writes meanwhile."""

if hasattr(binding.ffi.lib, "_lock"):  # llvmlite's own; a fork takes the last registered first, as a thread does
    free_at_forks(binding.ffi.lib._lock)
_compiling = free_at_forks(RLock())

_RAISED = 0b11101
"""The status flags invalid, division by zero, overflow and underflow; not those of rounding and subnormal numbers."""
_CONTROL = 0x1F80
"""The control word with all flags clear: nothing traps, results are rounded to nearest, none is flushed to zero."""

_ARITHMETIC = {ADD: "fadd", SUB: "fsub", MUL: "fmul", DIV: "fdiv", NEG: "fneg"}
_COMPARISONS = {LT: "olt", LE: "ole", GT: "ogt", GE: "oge", EQ: "oeq", NE: "une"}
_INTRINSICS = {"sqrt": "sqrt", "fabs": "fabs", "floor": "floor", "ceil": "ceil"}
"""Functions of the C library that processors have themselves."""
_SLOPE = NAMED["erf_prime"]
_ERF = PARTIALS[_SLOPE][0]
_CHOICES = {"fmax": "ogt", "fmin": "olt"}
"""Those that fold over any number of arguments, and when the next argument is taken."""
_C_LIBRARY = frozenset(
    {
        *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf", "erfc", "exp"),
        *("expm1", "fmod", "hypot", "lgamma", "log", "log10", "log1p", "log2", "pow", "sin", "sinh", "tan", "tanh"),
        "tgamma",
    }
)
_HALF_POWERS = 32
"""Constant exponents k + 1/2 up to this are products with a square root."""


class Machine(NamedTuple):
    """The processor: how many doubles a vector has, libmvec's letter for such vectors ("" without libmvec), whether it
    has status flags that can be read, and an operation that multiplies and adds at once."""

    width: int
    letter: str
    flags: bool
    fused: bool


def _target(effort: int = 3) -> Any:
    """LLVM's description of this processor: a new one each time, since it belongs to the code that it makes."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_triple(binding.get_process_triple()).create_target_machine(
        cpu=binding.get_host_cpu_name(), features=_features().flatten(), opt=effort
    )


def _features() -> Any:
    """What this processor can do, as far as LLVM can tell."""
    try:
        return binding.get_host_cpu_features()
    except RuntimeError:
        return binding.FeatureMap()


@cache
def machine(most: int = 8) -> Machine:
    """This machine, with vectors of at most so many doubles."""
    x86 = binding.get_process_triple().startswith("x86_64")
    features = _features()
    width = 8 if features.get("avx512f") and features.get("avx512dq") else 4 if features.get("avx2") else 2
    width = min(width, most)
    vectors = False
    if x86:
        try:
            binding.load_library_permanently("libmvec.so.1")
            vectors = True
        except RuntimeError:
            pass  # another C library, or an old one
    return Machine(width, {8: "e", 4: "d", 2: "b"}[width] if vectors else "", x86, bool(features.get("fma")))


def compile(kernel: Kernel, threads: int = 1, on: Machine | None = None) -> Run:
    """The kernel as a function of float64 arrays. Raises Declined."""
    return Executable(kernel, on or machine(), threads)


# From steps to lines of LLVM's language


class Line(NamedTuple):
    """One assignment: `text` is what stands behind the "=". Values of lines are called %v0, %v1, … by number."""

    text: str
    uses: tuple[int, ...]
    boolean: bool
    before: str = ""
    """Lines whose values this one alone uses."""


class Body:
    """The kernel's lines, and what becomes of their values.

    - `leaves`: the columns, by the line that loads each; `lines` has an empty text there.
    - `stores`: (value, number of the array): doubles to be written; `marks`: (truth value, number of the array).
    - `troubles`: truth values of which none may hold, or the block has to be run again carefully.
    """

    def __init__(self, kernel: Kernel, on: Machine, careful: bool) -> None:
        self.on = on
        self.vector = f"<{on.width} x double>"
        self.truths = f"<{on.width} x i1>"
        self.lines: list[Line] = []
        self.leaves: dict[int, int] = {}
        self.stores: list[tuple[str, int]] = []
        self.marks: list[tuple[str, int]] = []
        self.troubles: list[str] = []
        self.called: dict[str, int] = {}
        """Functions by their name in the program; how many arguments each has."""
        self.scalar: dict[str, int] = {}
        """Those of them that call the C library number by number."""
        self._errors: dict[str, tuple[str, str, str]] = {}
        """For arguments of the error function its values, its slopes, and where these are known."""
        self._checked: list[str] = []
        """Truth values that say whether arguments are in the domain, where the C library does not."""
        self._write(kernel, careful)

    def _write(self, kernel: Kernel, careful: bool) -> None:
        values: list[str] = []
        doubts: list[str] = []  # "" for none
        for number in range(len(kernel.columns)):
            self.leaves[len(self.lines)] = number
            values.append(self._line("", False))
            doubts.append("")
        for constant in kernel.constants:
            values.append(self.constant(constant))
            doubts.append("")
        for op, args in kernel.steps:
            given = [values[a] for a in args]
            del self._checked[:]
            values.append(self.apply(op, given))
            if careful:
                doubts.append(self._doubt(op, given, [doubts[a] for a in args], values[-1]))
            else:
                self.troubles += [
                    self._line(f"xor {self.truths} {x}, {self.constant(True)}", True) for x in self._checked
                ]
        for array, value in enumerate(kernel.outputs):
            if value >= kernel.first:
                result = values[value]
                if kernel.boolean[value]:
                    result = self.select(result, self.constant(1.0), self.constant(0.0))
                else:  # -0.0 is 0.0, as everywhere
                    result = self._line(f"fadd {self.vector} {result}, {self.constant(0.0)}", False)
                self.stores.append((result, array))
        flags = [(values[value], len(kernel.outputs) + i) for i, value in enumerate(kernel.kinks)]
        if careful:
            total = self._any([doubts[value] for value in kernel.outputs]) or self.constant(False)
            self.marks = [*flags, (total, len(kernel.outputs) + len(kernel.kinks))]
        else:
            self.troubles += [flag for flag, _ in flags if flag.startswith("%")]

    def _line(self, text: str, boolean: bool, before: str = "") -> str:
        uses = tuple([int(rest.split(" ", 1)[0].rstrip(",)")) for rest in (before + text).split("%v")[1:]])
        self.lines.append(Line(text, uses, boolean, before))
        return f"%v{len(self.lines) - 1}"

    def constant(self, number: float | bool) -> str:
        """The same number in all places of a vector."""
        if isinstance(number, bool):
            return "<" + ", ".join([f"i1 {'true' if number else 'false'}"] * self.on.width) + ">"
        (bits,) = struct.unpack("<Q", struct.pack("<d", number))
        return "<" + ", ".join([f"double 0x{bits:016X}"] * self.on.width) + ">"

    # Operations

    def apply(self, op: Op, args: Sequence[str], inside: Op | None = None) -> str:
        """The value of *op*; *inside* its own expansion an operation is the C library's function."""
        if op in _ARITHMETIC:
            return self._line(f"{_ARITHMETIC[op]} {self.vector} {', '.join(args)}", False)
        if op in _COMPARISONS:
            return self.compare(_COMPARISONS[op], args[0], args[1])
        if op is WHERE:
            return self.select(*args)
        if op is NOT:
            return self._line(f"xor {self.truths} {args[0]}, {self.constant(True)}", True)
        if op is UNDEFINED:
            self._checked.append(self.constant(False))
            return self.constant(float("nan"))
        if op is _ERF or op is _SLOPE:
            return self._error_function(op, args[0])
        name = op.libm or op.name
        if name in _CHOICES:
            best = args[0]
            for x in args[1:]:
                best = self.select(self.compare(_CHOICES[name], x, best), x, best)
            return best
        if op is POW:
            root = self._half_power(*args)
            if root:
                return root
        text = op.expansion or op.value
        if text and inside is not op:
            return self.rule(text, dict(zip(op.arguments, args, strict=True)), op)
        if op.domain and (inside is op or op.flops > 10):
            # Others raise a flag outside their domain, as the standard says (ISO C, annex F); these give numbers.
            self._checked.append(self.rule(op.domain, dict(zip(op.arguments, args, strict=True)), None))
        if name in _INTRINSICS:
            return self._call(f"@llvm.{_INTRINSICS[name]}.v{self.on.width}f64", args)
        return self._call("@" + self._function(name, op, len(args)), args)

    def rule(self, text: str, names: dict[str, str], inside: Op | None) -> str:
        """A text of the table, with values for its names. What is made of numbers alone is computed here."""
        graph = parsed(text)
        found: list[str] = []
        numbers: dict[int, float | bool] = {}
        for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            label = graph.labels.get(node, "")
            if op is LITERAL:
                numbers[node] = label == "True" if label in BOOLEAN else float(doubles().literal(label))
            elif op is not INPUT and all(a in numbers for a in args):
                number = computed(op, [numbers[a] for a in args])
                if number is not None:
                    numbers[node] = number
            if node in numbers:
                found.append(self.constant(numbers[node]))
            elif op is INPUT:
                found.append(names[label])
            else:
                found.append(self.apply(op, [found[a] for a in args], inside))
        return found[graph.outputs[0]]

    def _error_function(self, op: Op, x: str) -> str:
        """The error function or its slope, which cost less together."""
        if x not in self._errors:
            self._errors[x] = erf_and_slope(self, x)
        value, slope, known = self._errors[x]
        if op is _ERF:
            return value
        self._checked.append(known)
        return slope

    def _half_power(self, x: str, exponent: str) -> str:
        """x^(k + 1/2) for a constant k: products with the square root, as for whole exponents. "" for others."""
        if exponent.startswith("%"):
            return ""
        (number,) = struct.unpack("<d", struct.pack("<Q", int(exponent.split()[1].rstrip(",")[2:], 16)))
        whole = abs(number) - 0.5
        if not 0 <= whole <= _HALF_POWERS or whole != int(whole):
            return ""
        result = self._call(f"@llvm.sqrt.v{self.on.width}f64", [x])
        square, rest = x, int(whole)
        while rest:
            if rest & 1:
                result = self.apply(MUL, [result, square])
            rest >>= 1
            if rest:
                square = self.apply(MUL, [square, square])
        return self.apply(DIV, [self.constant(1.0), result]) if number < 0 else result

    def _function(self, name: str, op: Op, count: int) -> str:
        """The vector function of the C library's *name*; one that takes it number by number where there is none."""
        width, letter = self.on.width, self.on.letter
        symbol = f"_ZGV{letter}N{width}{'v' * count}_{name}"
        if name in _C_LIBRARY:
            if letter and binding.address_of_symbol(symbol):
                self.called[symbol] = count
                return symbol
            if binding.address_of_symbol(name):
                self.scalar[name] = count
                return f"each_{name}"
        raise Declined(f"the engine llvm has no function for {op.name}")

    def _call(self, function: str, args: Sequence[str]) -> str:
        given = ", ".join([f"{self.vector} {x}" for x in args])
        return self._line(f"call {self.vector} {function}({given})", False)

    def accumulated(self, x: str, y: str, z: str) -> str:
        """x·y + z, rounded once where the processor can."""
        if self.on.fused:
            return self._call(f"@llvm.fma.v{self.on.width}f64", [x, y, z])
        return self.apply(ADD, [self.apply(MUL, [x, y]), z])

    def looked_up(self, table: Any, column: int, places: str, first: int) -> str:
        """Numbers of a *table* with two columns: the bits of *places*, without those of *first*, count rows from its
        middle."""
        width, number = self.on.width, len(self.lines)
        whole, kind = f"<{width} x i64>", f"<{width} x ptr>"
        middle = _address(table) + 8 * (2 * (len(table) // 2) + column)
        before = [
            f"  %bits{number} = bitcast {self.vector} {places} to {whole}",
            f"  %place{number} = sub {whole} %bits{number}, <{', '.join([f'i64 {first}'] * width)}>",
            f"  %at{number} = getelementptr [2 x double], ptr inttoptr (i64 {middle} to ptr), {whole} %place{number}",
        ]
        gather = f"call {self.vector} @llvm.masked.gather.v{width}f64.v{width}p0"
        everywhere = f"{self.truths} {self.constant(True)}, {self.vector} poison"
        return self._line(f"{gather}({kind} %at{number}, i32 8, {everywhere})", False, "\n".join(before))

    def compare(self, how: str, x: str, y: str) -> str:
        return self._line(f"fcmp {how} {self.vector} {x}, {y}", True)

    def select(self, condition: str, then: str, otherwise: str) -> str:
        boolean = self.is_boolean(then)
        kind = self.truths if boolean else self.vector
        return self._line(f"select {self.truths} {condition}, {kind} {then}, {kind} {otherwise}", boolean)

    def is_boolean(self, value: str) -> bool:
        """Whether a value or constant is a truth value."""
        return self.lines[int(value[2:])].boolean if value.startswith("%") else value.startswith("<i1")

    # Doubts

    def _doubt(self, op: Op, args: list[str], doubts: list[str], result: str) -> str:
        """Where the result cannot be trusted. What a branch not taken does is of no account."""
        if op is WHERE:
            condition, then, otherwise = doubts
            no = self.constant(False)
            chosen = self.select(args[0], then or no, otherwise or no) if then or otherwise else ""
            return self._any([condition, chosen])
        found = list(doubts)
        if not op.boolean:
            found.append(self._wrong(result))
            found += [self._line(f"xor {self.truths} {x}, {self.constant(True)}", True) for x in self._checked]
            if op.underflows:
                size = self._call(f"@llvm.fabs.v{self.on.width}f64", [result])
                small = self.compare("olt", size, self.constant(TINY))
                for x in args:
                    small = self._line(f"and {self.truths} {small}, {self.compare('une', x, self.constant(0.0))}", True)
                found.append(small)
        return self._any(found)

    def _wrong(self, value: str) -> str:
        """Where a number is not finite."""
        size = self._call(f"@llvm.fabs.v{self.on.width}f64", [value])
        return self.compare("uge", size, self.constant(float("inf")))

    def _any(self, doubts: Sequence[str]) -> str:
        found = list(dict.fromkeys(filter(None, doubts)))
        total = found[0] if found else ""
        for x in found[1:]:
            total = self._line(f"or {self.truths} {total}, {x}", True)
        return total


# From lines to a program


class Part:
    """Some consecutive lines: a function of its own.

    `columns` are the columns that it reads. `loads` and `saves` pair a value with its place in scratch memory.
    `writes` has, by number of the line, what is done with it: (array, whether it is a truth value); constants are
    written by the first part, by their text. `troubles`: truth values that come about here, of which none may hold.
    """

    def __init__(self, lines: range) -> None:
        self.lines = lines
        self.columns: dict[int, int] = {}
        self.loads: dict[int, int] = {}
        self.saves: dict[int, int] = {}
        self.writes: dict[str, list[tuple[int, bool]]] = {}
        self.troubles: dict[str, None] = {}


def _parts(body: Body) -> tuple[list[Part], int]:
    """The lines cut into parts, and how many values scratch memory must hold at once."""
    lines = body.lines
    count = max(1, -(-len(lines) // PART))
    bounds = [len(lines) * i // count for i in range(count + 1)]
    parts = [Part(range(start, stop)) for start, stop in pairwise(bounds)]
    home = [i for i, part in enumerate(parts) for _ in part.lines]
    last = list(home)
    for line, (_, uses, *_) in enumerate(lines):
        here = home[line]
        for value in uses:
            if value in body.leaves:
                parts[here].columns[value] = body.leaves[value]
            elif home[value] != here:
                parts[here].loads[value] = 0
                last[value] = here
    for value, column in body.leaves.items():
        parts[home[value]].columns[value] = column
    for text, array in body.stores:
        parts[_home(home, text)].writes.setdefault(text, []).append((array, False))
    for text, array in body.marks:
        parts[_home(home, text)].writes.setdefault(text, []).append((array, True))
    for text in body.troubles:
        parts[_home(home, text)].troubles[text] = None
    free: list[int] = []
    place: dict[int, int] = {}
    ending: list[list[int]] = [[] for _ in parts]
    size = 0
    for i, part in enumerate(parts):
        for value in part.loads:
            part.loads[value] = place[value]
        for value in part.lines:
            if last[value] > i:
                if not free:
                    free.append(size)
                    size += 1
                part.saves[value] = place[value] = free.pop()
                ending[last[value]].append(place[value])
        free += ending[i]
    return parts, size


def _home(home: list[int], value: str) -> int:
    """The part in which a value comes about; of a constant, the first."""
    return home[int(value[2:])] if value.startswith("%") else 0


class Listing(NamedTuple):
    """A program as text, of so many lines, the rows of a block, and the values in scratch memory."""

    text: str
    lines: int
    block: int
    places: int


def _program(kernel: Kernel, on: Machine, careful: bool, streaming: bool = False) -> Listing:
    """The whole program. A *streaming* one writes its results past the cache, and takes whole vectors of rows only."""
    body = Body(kernel, on, careful)
    parts, places = _parts(body)
    block = BLOCK
    while block > on.width and 8 * block * places > CACHE:
        block //= 2
    texts = [_declarations(body)]
    texts += [_function(body, part, i, block, streaming) for i, part in enumerate(parts)]
    texts.append(_loop(on, len(parts), block, careful, streaming))
    return Listing("\n".join(texts), len(body.lines), block, places)


def _declarations(body: Body) -> str:
    width, vector = body.on.width, body.vector
    pure = "memory(none) nounwind willreturn"
    texts = [f"declare {vector} @llvm.{name}.v{width}f64({vector})" for name in _INTRINSICS.values()]
    texts.append(f"declare {vector} @llvm.fma.v{width}f64({vector}, {vector}, {vector})")
    gathered = f"<{width} x ptr>, i32, {body.truths}, {vector}"
    texts += [
        f"declare {vector} @llvm.masked.gather.v{width}f64.v{width}p0({gathered})",
        "declare i64 @llvm.umin.i64(i64, i64)",
        f"declare i1 @llvm.vector.reduce.or.v{width}i1({body.truths})",
    ]
    if body.on.flags:
        texts += [f"declare void @llvm.x86.sse.{name}" for name in ("stmxcsr(ptr)", "ldmxcsr(ptr)", "sfence()")]
    texts += [f"declare {vector} @{name}({', '.join([vector] * count)}) {pure}" for name, count in body.called.items()]
    for name, count in body.scalar.items():
        texts.append(f"declare double @{name}({', '.join(['double'] * count)}) nounwind")
        given = ", ".join([f"{vector} %x{j}" for j in range(count)])
        texts.append(f"define internal {vector} @each_{name}({given}) noinline nounwind {{")
        result = "poison"
        for i in range(width):
            texts += [f"  %a{i}_{j} = extractelement {vector} %x{j}, i64 {i}" for j in range(count)]
            numbers = ", ".join([f"double %a{i}_{j}" for j in range(count)])
            texts.append(f"  %c{i} = call double @{name}({numbers})")
            texts.append(f"  %r{i} = insertelement {vector} {result}, double %c{i}, i64 {i}")
            result = f"%r{i}"
        texts += [f"  ret {vector} {result}", "}"]
    return "\n".join(texts)


def _function(body: Body, part: Part, number: int, block: int, streaming: bool) -> str:
    """One part as a function: a loop over the block's vectors. It says whether the block is in trouble.

    The last vector of all rows overlaps the one before, so that no row is left over.
    """
    width, vector, truths = body.on.width, body.vector, body.truths
    whole = f"<{width} x i64>"
    entry = []
    loop = [
        "  %here = add i64 %start, %offset",
        "  %row = call i64 @llvm.umin.i64(i64 %here, i64 %last)",
    ]
    for value, column in part.columns.items():
        entry.append(f"  %pa{column} = getelementptr ptr, ptr %columns, i64 {column}")
        entry.append(f"  %p{column} = load ptr, ptr %pa{column}")
        loop.append(f"  %pe{column} = getelementptr double, ptr %p{column}, i64 %row")
        loop.append(f"  %v{value} = load {vector}, ptr %pe{column}, align 8")

    def scratch(place: int, name: str) -> str:
        loop.append(f"  %i{name} = add i64 %offset, {place * block}")
        loop.append(f"  %e{name} = getelementptr double, ptr %scratch, i64 %i{name}")
        return f"%e{name}"

    def write(value: str) -> None:
        for array, truth in part.writes.get(value, ()):
            entry.append(f"  %qa{array} = getelementptr ptr, ptr %arrays, i64 {array}")
            entry.append(f"  %q{array} = load ptr, ptr %qa{array}")
            if truth:
                loop.append(f"  %qz{array} = zext {truths} {value} to <{width} x i8>")
                loop.append(f"  %qe{array} = getelementptr i8, ptr %q{array}, i64 %row")
                loop.append(f"  store <{width} x i8> %qz{array}, ptr %qe{array}, align 1")
            else:
                loop.append(f"  %qe{array} = getelementptr double, ptr %q{array}, i64 %row")
                how = f"align {8 * width}, !nontemporal !0" if streaming else "align 8"
                loop.append(f"  store {vector} {value}, ptr %qe{array}, {how}")

    for value, place in part.loads.items():
        pointer = scratch(place, f"l{value}")
        if body.lines[value].boolean:
            loop.append(f"  %w{value} = load {whole}, ptr {pointer}, align 8")
            loop.append(f"  %v{value} = trunc {whole} %w{value} to {truths}")
        else:
            loop.append(f"  %v{value} = load {vector}, ptr {pointer}, align 8")
    for line in part.lines:
        if line not in body.leaves:
            text, _, _, before = body.lines[line]
            loop += [before] if before else []
            loop.append(f"  %v{line} = {text}")
        write(f"%v{line}")
    for text in part.writes:
        if not text.startswith("%"):
            write(text)
    for value, place in part.saves.items():
        pointer = scratch(place, f"s{value}")
        if body.lines[value].boolean:
            loop.append(f"  %z{value} = sext {truths} %v{value} to {whole}")
            loop.append(f"  store {whole} %z{value}, ptr {pointer}, align 8")
        else:
            loop.append(f"  store {vector} %v{value}, ptr {pointer}, align 8")
    seen = "%seen"
    for i, trouble in enumerate(part.troubles):
        loop.append(f"  %o{i} = or {truths} {seen}, {trouble}")
        seen = f"%o{i}"
    lines = [
        f"define internal i1 @part{number}(ptr %columns, ptr %arrays, ptr %scratch, i64 %start, i64 %rows, i64 %last)"
        # Values that wait while a function is called would straddle lines of the cache on an unaligned stack.
        ' noinline nounwind "stackrealign" {',
        "entry:",
        *entry,
        "  br label %loop",
        "loop:",
        "  %offset = phi i64 [ 0, %entry ], [ %following, %loop ]",
        f"  %seen = phi {truths} [ {body.constant(False)}, %entry ], [ {seen}, %loop ]",
        *loop,
        f"  %following = add i64 %offset, {width}",
        "  %more = icmp ult i64 %following, %rows",
        "  br i1 %more, label %loop, label %done",
        "done:",
        f"  %any = call i1 @llvm.vector.reduce.or.v{width}i1({truths} {seen})",
        "  ret i1 %any",
        "}",
    ]
    return "\n".join(lines)


def _loop(on: Machine, parts: int, block: int, careful: bool, streaming: bool) -> str:
    """The function that is called from outside: all parts, block by block, and a byte per block in trouble.

    It says whether there was any.
    """
    flags = on.flags and not careful
    lines = [
        "define i32 @run(ptr %columns, ptr %arrays, ptr %scratch, ptr %blocks, i64 %from, i64 %to) nounwind {",
        "entry:",
        "  %before = alloca i32",
        "  %state = alloca i32",
        *(["  call void @llvm.x86.sse.stmxcsr(ptr %before)"] if on.flags else []),
        f"  store i32 {_CONTROL}, ptr %state",
        *(["  call void @llvm.x86.sse.ldmxcsr(ptr %state)"] if on.flags else []),
        f"  %last = sub i64 %to, {on.width}",
        "  br label %loop",
        "loop:",
        "  %start = phi i64 [ %from, %entry ], [ %next, %loop ]",
        "  %seen = phi i1 [ false, %entry ], [ %any, %loop ]",
        "  %left = sub i64 %to, %start",
        f"  %rows = call i64 @llvm.umin.i64(i64 %left, i64 {block})",
        f"  store i32 {_CONTROL}, ptr %state",
        *(["  call void @llvm.x86.sse.ldmxcsr(ptr %state)"] if flags else []),
    ]
    trouble = "false"
    for i in range(parts):
        lines.append(
            f"  %t{i} = call i1 @part{i}(ptr %columns, ptr %arrays, ptr %scratch, i64 %start, i64 %rows, i64 %last)"
        )
        lines.append(f"  %u{i} = or i1 %t{i}, {trouble}")
        trouble = f"%u{i}"
    lines += [
        *(["  call void @llvm.x86.sse.stmxcsr(ptr %state)"] if flags else []),
        "  %found = load i32, ptr %state",
        f"  %raised = and i32 %found, {_RAISED}",
        "  %some = icmp ne i32 %raised, 0",
        f"  %mark = or i1 %some, {trouble}",
        "  %any = or i1 %mark, %seen",
        "  %byte = zext i1 %mark to i8",
        f"  %index = udiv i64 %start, {block}",
        "  %place = getelementptr i8, ptr %blocks, i64 %index",
        "  store i8 %byte, ptr %place",
        f"  %next = add i64 %start, {block}",
        "  %more = icmp ult i64 %next, %to",
        "  br i1 %more, label %loop, label %done",
        "done:",
        *(["  call void @llvm.x86.sse.ldmxcsr(ptr %before)"] if on.flags else []),
        *(["  call void @llvm.x86.sse.sfence()"] if on.flags and streaming else []),
        "  %answer = zext i1 %any to i32",
        "  ret i32 %answer",
        "}",
        "!0 = !{i32 1}",
    ]
    return "\n".join(lines)


# Machine code


class Buffers:
    """Memory that the programs write to, used again as long as it is large enough.

    An array of doubles for each output of the kernel; of bytes for each hidden one and, the last, for the doubts.
    """

    def __init__(self, kernel: Kernel, size: int) -> None:
        self.size = size
        # Each array begins with a line of the cache, and no two of them at the same place of a page: there they would
        # drive each other out of the cache.
        lines = -(-size // LINE)
        lines += (5 - lines) % PAGE
        room = np.empty((len(kernel.outputs) * lines + 1) * LINE)
        begin = -_address(room) // 8 % LINE
        self.numbers = room[begin : begin + len(kernel.outputs) * lines * LINE].reshape(len(kernel.outputs), -1)
        self.marks = np.zeros((len(kernel.kinks) + 1, size), dtype=np.uint8)
        self.marked = False
        self.blocks = np.zeros(size, dtype=np.uint8)
        self.rows = list(self.numbers)
        self._pointers = np.array([_address(a) for a in (*self.numbers, *self.marks)], dtype=np.uint64)
        self.pointers = _address(self._pointers)
        self.block_bytes = _address(self.blocks)

    def clean(self) -> None:
        """Forget all marks."""
        if self.marked:
            self.marks[...] = 0
            self.marked = False


def _address(array: Any) -> int:
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))  # three times as fast as asking the array
    except (TypeError, ValueError):  # read-only, or empty
        found: int = array.__array_interface__["data"][0]
        return found


class Loaded:
    """A program in memory, ready to be called."""

    def __init__(self, kernel: Kernel, on: Machine, careful: bool, streaming: bool = False) -> None:
        text, lines, self.block, self.places = _program(kernel, on, careful, streaming)
        module = binding.parse_assembly(text)
        self._engine = binding.create_mcjit_compiler(module, _target(3 if lines < LONG else 0))
        self._engine.finalize_object()
        # Called through ctypes, it lets other threads of Python run.
        self._run = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * 4, ctypes.c_int64, ctypes.c_int64)(
            self._engine.get_function_address("run")
        )
        self._idle: list[Any] = []
        """Memory for what the parts hand on, at present used by no thread."""

    def __call__(self, given: Any, buffers: Buffers, start: int, stop: int) -> int:
        """Run it for some rows of columns whose addresses are given; 0 where no block was in trouble."""
        if not self.places:
            trouble: int = self._run(given, buffers.pointers, None, buffers.block_bytes, start, stop)
            return trouble
        try:
            scratch = self._idle.pop()
        except IndexError:
            scratch = np.empty(self.places * self.block)
        trouble = self._run(given, buffers.pointers, _address(scratch), buffers.block_bytes, start, stop)
        self._idle.append(scratch)
        return trouble


class Executable:
    """A kernel ready to run: the fast program, and the careful one once it is needed."""

    def __init__(self, kernel: Kernel, on: Machine, threads: int) -> None:
        self.kernel = kernel
        self.on = on
        self.threads = threads
        self._kept = local()
        """The buffers of each thread."""
        # What depends on nothing but constants raises its flag when it is compiled, not when it is run.
        fixed = range(len(kernel.columns), kernel.first)
        always = not on.flags or any(all(a in fixed for a in args) for op, args in kernel.steps if op is not WHERE)
        self.fast = None if always else Loaded(kernel, on, careful=False)
        self._careful = Loaded(kernel, on, careful=True) if always else None
        moved = len(kernel.columns) + len(kernel.outputs)
        self._light = on.flags and sum(op.flops for op, _ in kernel.steps) <= LIGHT * moved
        self._streaming: Loaded | None = None
        # Where most blocks were in trouble, the next shares of the rows are computed carefully at once: first one of
        # them, then, as long as trouble does not end, twice as many each time.
        self._rest = 0
        self._patience = 1
        self._given = ctypes.c_void_p * len(kernel.columns)
        self._idle_outputs = [(array, value) for array, value in enumerate(kernel.outputs) if value < kernel.first]
        """Outputs that are columns or constants: (number of the array, value)."""

    @property
    def careful(self) -> Loaded:
        """The program that finds out which rows are in doubt."""
        with _compiling:
            if self._careful is None:
                self._careful = Loaded(self.kernel, self.on, careful=True)
            return self._careful

    @property
    def streaming(self) -> Loaded:
        """The fast program for results that are larger than the cache."""
        with _compiling:
            if self._streaming is None:
                self._streaming = Loaded(self.kernel, self.on, careful=False, streaming=True)
            return self._streaming

    def __call__(self, columns: Sequence[Any], count: int) -> Outcome:
        """The kernel's outputs for these columns, each of *count* rows."""
        kernel = self.kernel
        width = self.on.width
        buffers: Buffers | None = getattr(self._kept, "buffers", None)
        if buffers is None or buffers.size < max(count, width):
            buffers = self._kept.buffers = Buffers(kernel, max(count, width))
        buffers.clean()
        if 0 < count < width:  # a vector of the rows, the last of them several times
            padded = [np.concatenate((c, np.full(width - count, c[-1]))) for c in columns]
            self._run(padded, buffers, width)
        elif count:
            self._run(columns, buffers, count)
        for array, value in self._idle_outputs:
            if value < len(kernel.columns):
                np.add(columns[value], 0.0, out=buffers.rows[array][:count])
            else:
                buffers.rows[array][:count] = kernel.constants[value - len(kernel.columns)]
        outputs = [row[:count] for row in buffers.rows]
        if buffers.marked:
            found = [np.flatnonzero(marks[:count]).tolist() for marks in buffers.marks]
        else:
            found = [[] for _ in buffers.marks]
        for i, value in enumerate(kernel.kinks):
            if value < kernel.first:
                found[i] = list(range(count)) if kernel.constants[value - len(kernel.columns)] else []
        return Outcome(outputs, found[-1], found[:-1])

    def _run(self, columns: Sequence[Any], buffers: Buffers, size: int) -> None:
        """Fill the buffers, in one thread or in several."""
        given = self._given(*map(_address, columns))
        if size <= (SHARE if self.threads == 1 else THREADED):
            self._share(given, buffers, 0, size)
            return

        def share(limits: tuple[int, int]) -> None:
            self._share(given, buffers, *limits)

        block = (self.fast or self.careful).block
        rows = min(SHARE, -(-size // (4 * self.threads * block)) * block) if self.threads > 1 else SHARE
        shares = [(start, min(start + rows, size)) for start in range(0, size, rows)]
        if self.threads > 1:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(share, shares))
        else:
            for limits in shares:
                share(limits)

    def _share(self, given: Any, buffers: Buffers, start: int, stop: int) -> None:
        """Some of the rows: fast, and carefully where that met trouble; carefully at once where it often does."""
        if self.fast is None or self._rest:
            self._rest = max(0, self._rest - 1)
            runs = [(start, stop)]
        else:
            block = self.fast.block
            if not self._quickly(given, buffers, start, stop):
                self._patience = 1
                return
            blocks = buffers.blocks[start // block : -(-stop // block)]
            troubled = np.flatnonzero(blocks)
            if 2 * len(troubled) > len(blocks) > 1:
                self._rest = self._patience
                self._patience = min(2 * self._patience, 64)
            runs = [(start + a * block, min(start + b * block, stop)) for a, b in _runs(troubled)]
        buffers.marked = True
        for limits in runs:
            self.careful(given, buffers, *limits)

    def _quickly(self, given: Any, buffers: Buffers, start: int, stop: int) -> int:
        """Some of the rows by a program that does not look at each; 0 where no block was in trouble."""
        assert self.fast is not None
        whole = stop - stop % self.on.width
        if not self._light or 8 * len(self.kernel.outputs) * buffers.size < STREAMED or whole == start:
            return self.fast(given, buffers, start, stop)
        trouble = self.streaming(given, buffers, start, whole)
        if whole < stop:
            # One more vector, which overlaps those before. It marks the block of its first row.
            blocks, block = buffers.blocks, self.fast.block
            first, last = (stop - self.on.width) // block, (stop - 1) // block
            before = blocks[first]
            if whole <= last * block:
                blocks[last] = 0
            trouble |= self.fast(given, buffers, stop - self.on.width, stop)
            blocks[last] |= blocks[first]
            blocks[first] |= before
        return trouble


def _runs(numbers: Any) -> list[tuple[int, int]]:
    """Ascending numbers as ranges of consecutive ones: (first, last + 1)."""
    starts = numbers[np.diff(numbers, prepend=-2) != 1]
    stops = numbers[np.diff(numbers, append=numbers[-1] + 2) != 1] + 1
    return list(zip(starts.tolist(), stops.tolist(), strict=True))
