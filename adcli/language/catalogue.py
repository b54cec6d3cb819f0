"""What can be written, as `adcli ops` lists it: the table's operations, and the functions of arrays in a group."""

from __future__ import annotations

from typing import NamedTuple

from adcli.errors import NameFault
from adcli.language.arrays.functions import FUNCTIONS, Row
from adcli.ops import FUNCTIONS as CALLED
from adcli.ops import TABLE, UNDEFINED, Op

ARRAYS = "Functions of arrays"


class Entry(NamedTuple):
    """One of them. `call`: how it is written; `partials`: by which argument, and the rule; `other`: what its name means
    with another number of arguments.
    """

    name: str
    call: str
    arguments: tuple[str, ...]
    group: str
    about: str
    aliases: tuple[str, ...] = ()
    symbol: str = ""
    partials: tuple[tuple[str, str], ...] = ()
    domain: str = ""
    kink: str = ""
    other: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """All that it is called."""
        return tuple(filter(None, (self.name, *self.aliases, self.symbol)))

    @property
    def also(self) -> tuple[str, ...]:
        """What it is called beside what `call` shows."""
        return (self.name, *self.aliases) if self.symbol and self.name in CALLED else self.aliases


def catalogue() -> list[Entry]:
    """All, in the order of their groups."""
    operations = [_of(op) for op in TABLE.values() if op is not UNDEFINED]  # which nobody can write
    return operations + [_of_arrays(name, row) for name, row in FUNCTIONS.items() if name not in TABLE]


def _of(op: Op) -> Entry:
    names = ("x",) if op.variadic else op.arguments
    rules = [(name, rule) for name, rule in zip(names, op.partials, strict=True) if rule is not None]
    return Entry(
        op.name, _call(op), op.arguments, op.group, op.about, op.aliases, op.symbol, tuple(rules), op.domain, op.kink,
        op.other,
    )  # fmt: skip


def _call(op: Op) -> str:
    """How the operation is written: sin(x), x + y, Max(x, …)."""
    if op.variadic:
        return f"{op.name}(x, …)"
    if op.symbol and len(op.arguments) == 2:
        return f"x {op.symbol} y"
    if op.symbol:
        return f"{op.symbol} x" if op.symbol.isalpha() else f"{op.symbol}x"
    return f"{op.name}({', '.join(op.arguments)})"


def _of_arrays(name: str, row: Row) -> Entry:
    arguments = tuple(row.arguments.split())
    needed = [word for word in arguments if not word.endswith("?")]
    return Entry(name, f"{name}({', '.join(needed)})", arguments, ARRAYS, row.about)


def find(term: str | None) -> list[Entry]:
    """The entries that a term means: by name, alias or symbol, else by a part of a name, their group or meaning."""
    listed = catalogue()
    if term is None:
        return listed
    word = term.lower()
    exact = [entry for entry in listed if term in entry.spellings]
    exact = exact or [entry for entry in listed if word in [name.lower() for name in entry.spellings]]
    if exact:
        others = {entry.other for entry in exact}  # with another number of arguments
        return [*exact, *(entry for entry in listed if entry.name in others)]
    parts = word.split()
    found = [
        entry
        for entry in listed
        if any(word in name.lower() for name in entry.spellings)
        or all(part in f"{entry.group} {entry.about}".lower() for part in parts)
    ]
    if found and parts:
        return found
    from difflib import get_close_matches

    known = {name.lower(): name for entry in listed for name in entry.spellings}
    close = [known[name] for name in get_close_matches(word, known, 3, 0.5)]
    hint = f"did you mean {' or '.join(close)}?" if close else "`adcli ops` lists all operations"
    raise NameFault(f"there is no operation {term!r}", hint=hint)
