"""What the functions of the Python API share: the types of their parameters, and what these mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from adcli.problem.given import named
from adcli.problem.point import split
from adcli.problem.problem import Expression, Problem, problem
from adcli.problem.values import Value

Point: TypeAlias = Mapping[str, Value]
"""Values by names."""
Names: TypeAlias = str | Sequence[str]
"""A name, several with commas, or a list of them; a SymPy symbol stands for its name."""
Weights: TypeAlias = Sequence[Value] | Mapping[str, Value]
"""A number per output, in order or by name; those that are left out by name are 0."""

Sizes: TypeAlias = Mapping[str, int]
"""Whole numbers by names."""

MEANINGS = {
    "expr": "the program: its text, several texts, a `Graph` (`adcli.parse`), or SymPy expressions.",
    "at": "the point: a value for each input, by name. A value is a number, the text of a constant expression\n"
    '        ("pi/4"), or for an indexed name a list (nested for a matrix). Numbers have whatever units the formula\n'
    "        has: derivatives come in units of the output per unit of the input.",
    "wrt": "differentiate by these, in this order: inputs or assigned names; x is all of x[1], x[2], … Default: all\n"
    "        inputs, in the order of `at` (without a point, of first appearance).",
    "output": "take these names as outputs. Default: all bare expressions, or else the last assignment.",
    "let": 'whole numbers such as the size n of a sum: {"n": 8}.',
    "syntax": 'the notation of texts: "adcli", "sympy", "latex", "mathematica", "maxima", "python", "excel",\n'
    '        "julia" or "matlab".',
    "precision": "decimal digits to compute with. 15, the default, means floats; otherwise results hold mpmath's\n"
    "        mpf.",
    "kinks": 'where no derivative exists but a convention does: "warn" uses it and says so in `warnings`, "error"\n'
    "        raises KinkError.",
    "allow_unused": "a name of `wrt` that no output uses has the derivative 0, instead of raising UsageError.",
    "check": "hold the result against SymPy at 30 digits, and put the outcome in its `check`: `check.ok`, and\n"
    "        `check.digits` of the worst entry that are right. None where nothing could be checked, as a warning says.",
    "check_seconds": "how much processor time the check may take (default 3); it is checked then, too.",
    "limits": "where there is no value but a limit, give it, with a warning",
    "certify": "prove the digits: each number is the double nearest to the truth at the point as it is written, and\n"
    "        `certified` has the doubles that it lies between.",
    "mode": '"forward" (a sweep per input), "reverse" (a sweep per output), or "auto", the one with fewer sweeps.',
    "layout": '"numerator" has a row per output, "denominator" is its transpose: a row per input.',
    "tangent": "the direction ẋ by names; those left out are 0. May be left out for one input: 1.",
    "cotangent": "the weights ȳ of the outputs, in order or by name. May be left out for one output: 1.",
    "vector": "the direction v by names; those left out are 0. May be left out for one input: 1.",
}
"""What a parameter means, wherever it occurs and its function says nothing else."""

PROBLEMS = ("wrt", "output", "let", "syntax", "allow_unused", "precision", "kinks")
"""The parameters that make the problem, besides the program and the point."""

ERRORS = """Errors are AdcliErrors, with `kind`, `message`, `span`, `hint`, `notes`: SyntaxFault, NameFault, UsageError
    and LimitError of what is asked; DomainError, RangeError, KinkError, UndeterminedError and UndecidedError
    where no number exists, or none that is known to be right."""

_Function = TypeVar("_Function", bound=Callable[..., object])


def described(function: _Function) -> _Function:
    """The function with the meaning of its parameters in its docstring, behind what it says itself."""
    text = function.__doc__ or ""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    said = [f"{name}: {MEANINGS[name]}" for name in names if name in MEANINGS and f"\n    {name}: " not in text]
    function.__doc__ = "\n    ".join([text.rstrip(), "", *said, "", ERRORS, ""])
    return function


def names_in(given: Any, what: str) -> list[str]:
    """Several names in a row, also in one text with commas between them."""
    return [name.replace(" ", "") for part in named(given, what) for name in split(part) if name]


def of(given: Mapping[str, Any], *, values: bool = True) -> Problem:
    """The problem that a function of the Python API is asked, whose parameters are *given*, by its `locals()`."""
    return problem(given["expr"], given["at"], values=values, **{n: given[n] for n in PROBLEMS if n in given})


__all__ = ["Expression", "Names", "Point", "Sizes", "Value", "Weights", "described", "names_in", "of"]
