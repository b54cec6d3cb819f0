"""Signs that stand for calls: n!, x², √x, !(a), and those that are not read: 5%."""

from __future__ import annotations

import re
from typing import Protocol

from adcli.errors import SyntaxFault
from adcli.language import faults
from adcli.language.lexer import FIGURE, OPENING, OTHER, RAISED, SUPERSCRIPTS, TOKEN, WORD, raised
from adcli.language.operations import Operations
from adcli.language.reading import ALTERNATIVES, BEFORE, BEHIND, CALL, CALLS, INFIX, OPEN, OR, Reading
from adcli.ops import POW, Op


class Reader(Protocol):
    """What reads the expression around a sign."""

    text: str
    operations: Operations

    def _leaf(self, match: re.Match[str], known: dict[str, int]) -> int:
        """The node of a number or name."""

    def _number(self, text: str, span: tuple[int, int]) -> int:
        """The node of a number."""

    def _postfix(self, match: re.Match[str], reading: Reading) -> None:
        """What else may follow an operand and belong to it."""


def before(reader: Reader, reading: Reading, match: re.Match[str]) -> tuple[bool, int]:
    """√ or ! before a number, a name or a bracket. Says whether an operand is expected, and where reading goes on."""
    text, sign = reader.text, match[0]
    called = BEFORE[sign]
    following = TOKEN.search(text, match.end(), reading.stop)
    if following is not None and following[0] == "(":
        reading.operators.append(OPEN)
        reading.brackets += 1
        reading.frames.append((CALL, match.start(), len(reading.values), called))
        return True, following.end()
    if following is None or following.lastindex not in (WORD, FIGURE):
        raise SyntaxFault(f"{sign} stands before a number, a name or a bracket", match.span(), hint=f"as in {sign}(…)")
    place = (match.start(), following.end())
    after = TOKEN.search(text, following.end(), reading.stop)
    if after is not None and _binds(after):
        written, end = text[slice(*place)], after.end()
        hint = f"write {sign}(…) or ({written})…"
        raise SyntaxFault(f"{written}{after[0]} may be read in two ways", (place[0], end), hint=hint)
    leaf = reading.known.get(following[0])
    if leaf is None:
        leaf = reader._leaf(following, reading.known)
    reading.values.append(reader.operations.call(called, CALLS[called], [leaf], [following.span()], place))
    reading.places.append(place)
    return False, following.end()


def _binds(word: re.Match[str]) -> bool:
    """Whether a word binds what stands before it: a power, a factorial, an implied product."""
    if INFIX.get(word[0]) is POW or word[0] in BEHIND or word[0] in "(|√":
        return True
    return word.lastindex in (WORD, OPENING) and word[2] not in ALTERNATIVES


def behind(reader: Reader, reading: Reading, match: re.Match[str]) -> tuple[Op | None, int] | None:
    """What follows an operand and is neither an operator's word nor a bracket that closes.

    An operator that is written otherwise, or None where the sign is applied already, and where reading goes on; nothing
    for what may be a factor.
    """
    text, word = reader.text, match[0]
    if match.lastindex == OPENING and match[2] in ALTERNATIVES:  # else (…)
        return INFIX[match[2]], match.end(2)
    start, end = reading.places[-1]
    if word == "|" and text.startswith("||", match.start()):
        return OR, match.start() + 2
    if match.lastindex != OTHER or word in "(|√":
        return None
    again = SUPERSCRIPTS + "!" if word == "!" else SUPERSCRIPTS if word in SUPERSCRIPTS else ""
    if text[end - 1] in again:
        hint = f"write ({faults.short(text[start:end])}){word} if that is meant"
        raise SyntaxFault("this may be read in two ways", (start, match.end()), hint=hint)
    if word == "!":
        span = (start, match.end())
        reading.values[-1] = reader.operations.factorial(_number(reader, reading), span)
        reading.places[-1] = span
        return None, span[1]
    power = RAISED.match(text, match.start(), reading.stop) if word in BEHIND else None
    if power is None:
        reader._postfix(match, reading)
        return None, reading.places[-1][1]
    span = (start, power.end())
    after = TOKEN.search(text, power.end(), reading.stop)
    if after is not None and INFIX.get(after[0]) is POW:
        raise SyntaxFault("a power of a power needs brackets", (start, after.end()))
    exponent = reader._number(raised(power), power.span(2))
    args, places = [_number(reader, reading), exponent], [(start, end), power.span(2)]
    reading.values[-1] = reader.operations.call(POW.name, POW, args, places, span)
    reading.places[-1] = span
    return None, span[1]


def _number(reader: Reader, reading: Reading) -> int:
    """The last operand, which must be no condition."""
    node = reading.values[-1]
    place = reading.places[-1]
    if node in reader.operations.conditions and reader.operations.typed:
        raise faults.mixed(place, False)
    return node
