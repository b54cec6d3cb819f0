"""What the notations of programs have in common: words, operators and functions that are spelled alike."""

from __future__ import annotations

from adcli.language.notations.notation import COMPARE, POSTFIX, POWER, PRODUCT, SIGN, SUM, Meaning, Operator
from adcli.ops import FUNCTIONS

INFIX = {
    "<": Operator("Lt", COMPARE),
    "<=": Operator("Le", COMPARE),
    "≤": Operator("Le", COMPARE),
    ">": Operator("Gt", COMPARE),
    ">=": Operator("Ge", COMPARE),
    "≥": Operator("Ge", COMPARE),
    "+": Operator("add", SUM),
    "-": Operator("sub", SUM),
    "−": Operator("sub", SUM),
    "*": Operator("mul", PRODUCT),
    "×": Operator("mul", PRODUCT),
    "·": Operator("mul", PRODUCT),
    "/": Operator("div", PRODUCT),
    "÷": Operator("div", PRODUCT),
    "^": Operator("pow", POWER, right=True),
}
PREFIX = {"-": Operator("neg", SIGN), "−": Operator("neg", SIGN), "+": Operator("pos", SIGN)}
FACTORIAL = {"!": Operator("factorial", POSTFIX)}

KNOWN: dict[str, Meaning] = {name: op.name for name, op in FUNCTIONS.items() if not (op.boolean or op.lean)}
"""Functions by adcli's own names and aliases."""
ELEMENTARY = (
    "sin cos tan sec csc cot asin acos atan acot asec acsc sinh cosh tanh sech csch coth asinh acosh atanh acoth asech"
    " acsch exp sqrt floor erf erfc gamma"
)
"""Functions that nearly every program calls by these names."""
