"""The reader of `--at`: names and their values, kept as the text that was written.

A value is a constant expression, such as "2", "0.1" or "pi/4", or a list of values. It stays text here, so
that 0.1 is one tenth at any precision; what the text means, the language says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TypeAlias

from adcli.errors import AdcliError, DataError, FileError, LimitError, Span, SyntaxFault, UsageError, reason
from adcli.problem.given import filed
from adcli.problem.uncertain import spelled

Value: TypeAlias = "str | list[Value]"

AT = "--at"
INPUT = "standard input"
"""What the file "-" is called."""
MAX_BYTES = 400_000_000
"""Of a text that is read whole."""

_OPENING, _CLOSING = "([{", ")]}"


def parse_at(texts: Sequence[str], origin: str = AT) -> dict[str, Value]:
    """The values that the texts give, by name, in the order of the texts.

    A text is "x1=2,x2=pi/4", "x=[1,2]", "x[1]=3", a JSON object, or "@" and the name of a file that holds
    one ("-" is standard input). What a file says is a base to vary: of it and others, the later value counts.
    `origin` is the option that errors name. Raises UsageError, SyntaxFault, FileError, DataError.
    """
    values: dict[str, Value] = {}
    filed: dict[str, bool] = {}
    for text in texts:
        of_file = text.lstrip().startswith("@")
        for name, value, span in _assignments(text, origin):
            if name in values and not (of_file or filed[name]):
                raise UsageError(f"{origin} gives {name} a value twice", span, text=text, origin=origin)
            if not (filed.get(name.partition("[")[0]) and _placed(values, name, value)):
                values[name] = value
                filed[name] = of_file
    return values


def _placed(values: dict[str, Value], name: str, value: Value) -> bool:
    """Put an element's value into the list that has it; False where none does."""
    base, _, index = name.rstrip("]").partition("[")
    items = values[base]
    *outer, last = [int(i) - 1 for i in index.split(",")] if index else [-1]
    for i in outer:
        items = items[i] if isinstance(items, list) and 0 <= i < len(items) else ""
    if not (isinstance(items, list) and 0 <= last < len(items)):
        return False
    items[last] = value
    return True


def parse_values(text: str, origin: str) -> list[Value]:
    """The values of a list without names: "1, 0, pi/4", in brackets or not."""
    found: list[Value] = []
    try:
        for start, end in _parts(text, 0, len(text)):
            if start == end:
                raise SyntaxFault("a value is missing here", (start, start + 1))
            found.append(_value(text, start, end))
    except SyntaxFault as fault:
        raise fault.located(text, origin) from None
    return found[0] if len(found) == 1 and isinstance(found[0], list) else found


def split(text: str) -> list[str]:
    """The parts of a text between its commas, except commas inside brackets: "x, A[1,2]" has two."""
    return [text[start:end] for start, end in _parts(text, 0, len(text), matched=False)]


def is_named(text: str) -> bool:
    """Whether the text gives names to its values ("x=1", an object, a file), rather than a bare list of them."""
    return text.lstrip()[:1] in ("{", "@") or any(
        _equals(text, start, end) >= 0 for start, end in _parts(text, 0, len(text), matched=False)
    )


def _assignments(text: str, origin: str) -> Iterable[tuple[str, Value, Span | None]]:
    """Each name that one text of `--at` gives a value, the value, and the name's place."""
    start, end = _trim(text, 0, len(text))
    if text.startswith("@", start):
        return [(name, value, None) for name, value in _file(text[start + 1 : end], text, origin)]
    if text.startswith("{", start):
        return [(name, value, None) for name, value in _json(text, None, origin)]
    try:
        return _pairs(text, start, end, origin)
    except SyntaxFault as fault:
        raise fault.located(text, origin) from None


def _pairs(text: str, start: int, end: int, origin: str) -> list[tuple[str, Value, Span | None]]:
    """The pairs NAME=VALUE of a text."""
    found: list[tuple[str, Value, Span | None]] = []
    for first, last in _parts(text, start, end):
        equals = _equals(text, first, last)
        if first == last:
            hint = f"without blanks, or in quotes: {origin} '{found[-1][0]}=…, …'" if found else _form(origin)
            raise SyntaxFault("a name and its value are missing here", (first, first + 1), hint=hint)
        if equals < 0:
            hint = _form(origin)
            if found:
                hint = f"a list is written in brackets, {origin} {found[-1][0]}=[1,2], and a decimal with a point"
            raise SyntaxFault(f"{text[first:last]!r} is no NAME=VALUE", (first, last), hint=hint)
        name_span = _trim(text, first, equals)
        name = _name(text, name_span, origin)
        at, stop = _trim(text, equals + 1, last)
        if at == stop:
            raise SyntaxFault(f"{name} is given no value", (equals, equals + 1), hint=_form(origin))
        if text[at] == "=":
            raise SyntaxFault("one = is enough", (at, at + 1), hint=_form(origin))
        if _equals(text, at, stop) >= 0:
            raise SyntaxFault("a comma is missing between two values", (at, stop), hint=_form(origin))
        found.append((name, _value(text, at, stop), name_span))
    return found


def _form(origin: str) -> str:
    return f"the form is {origin} " + ("n=8,m=3" if origin == "--let" else "x1=2,x2=pi/4")


def _name(text: str, span: Span, origin: str) -> str:
    """The name at *span*, without spaces; a name of the language, which may have an index ("x[1]", "A[1,2]")."""
    base, bracket, index = text[slice(*span)].partition("[")
    index = "".join(index.split())
    name = base + bracket + index
    letters = base.replace("_", "a")
    good = letters.isalnum() and letters[0].isalpha()
    if not good and not base.isascii():  # accents may be characters of their own
        import re

        from adcli.language.lexer import NAME

        good = re.fullmatch(NAME, base) is not None and letters[0].isalpha()
    if bracket:
        good = good and index.endswith("]") and all(i.isdecimal() for i in index[:-1].split(","))
    if not good:
        at = span if span[0] < span[1] else (span[0], span[0] + 1)
        raise SyntaxFault(f"{name!r} is no name" if name else "a name is missing here", at, hint=_form(origin))
    return name


def _value(text: str, start: int, end: int) -> Value:
    """The value between *start* and *end*: a list where it is in brackets as a whole, else one text."""
    if text[start] != "[":
        return text[start:end]
    top: list[Value] = []
    lists = [top]  # the lists that are open, innermost last
    position = start
    after_value = False
    while position < end:
        if len(lists) == 1 and after_value:
            raise SyntaxFault("nothing may follow a list", (position, end))
        char = text[position]
        if char.isspace():
            position += 1
        elif char == "[" and not after_value:
            inner: list[Value] = []
            lists[-1].append(inner)
            lists.append(inner)
            position += 1
        elif char == "]" and len(lists) > 1 and (after_value or not lists[-1]):
            lists.pop()
            after_value = True
            position += 1
        elif char == "," and after_value:
            after_value = False
            position += 1
        elif char in ",]":
            raise SyntaxFault("a value is missing here", (position, position + 1))
        else:
            if after_value:
                raise SyntaxFault("a comma is missing here", (position, position + 1))
            stop = _stop(text, position, end)
            first, last = _trim(text, position, stop)
            lists[-1].append(text[first:last])
            after_value = True
            position = stop
    return top[0]


def _stop(text: str, position: int, end: int) -> int:
    """Where the expression at *position* ends: at a comma or a closing bracket that is not its own."""
    return next((at for at, char in _outside(text, position, end) if char == "," or char in _CLOSING), end)


def _outside(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """The characters outside all brackets, and where they stand; one that closes nothing is among them."""
    depth = 0
    for position in range(start, end):
        char = text[position]
        if char in _OPENING:
            depth += 1
        elif depth and char in _CLOSING:
            depth -= 1
        elif not depth:
            yield position, char


def _check_brackets(text: str, start: int, end: int) -> None:
    """Refuse brackets that do not match. Raises SyntaxFault."""
    opened: list[int] = []
    for position in range(start, end):
        char = text[position]
        if char in _OPENING:
            opened.append(position)
        elif char in _CLOSING and (not opened or _OPENING.index(text[opened.pop()]) != _CLOSING.index(char)):
            raise SyntaxFault(f"{char!r} closes nothing", (position, position + 1))
    if opened:
        place = (opened[-1], opened[-1] + 1)
        raise SyntaxFault(f"{text[opened[-1]]!r} is never closed", place)


def _parts(text: str, start: int, end: int, matched: bool = True) -> list[Span]:
    """The places between top-level commas, trimmed; brackets must be *matched*. Raises SyntaxFault."""
    if "," not in text and not any(bracket in text for bracket in _OPENING + _CLOSING):
        return [_trim(text, start, end)]
    if matched:
        _check_brackets(text, start, end)
    commas = [position for position, char in _outside(text, start, end) if char == ","]
    firsts, lasts = [start, *[comma + 1 for comma in commas]], [*commas, end]
    return [_trim(text, first, last) for first, last in zip(firsts, lasts, strict=True)]


def _equals(text: str, start: int, end: int) -> int:
    """Where the first "=" outside brackets stands that is no part of <=, >= or !=; -1 where there is none."""
    outside = _outside(text, start, end)
    signs = (at for at, char in outside if char == "=" and text[at - 1 : at] not in ("<", ">", "!"))
    return next(signs, -1)


def _trim(text: str, start: int, end: int) -> Span:
    """The same range without the spaces at both its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


class _Object(dict[str, object]):
    """A JSON object, told from the dictionaries that Python might put elsewhere."""


class _Flaw(Exception):
    """What is wrong with a JSON value, and what to do; who knows the text says where."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _refuse_constant(word: str) -> object:
    raise _Flaw(f"{word} is no number to differentiate at", "a value is a finite number")


def _unique(pairs: list[tuple[str, object]]) -> _Object:
    found = _Object()
    for name, value in pairs:
        if name in found:
            hint = f'leave one of them out; several values are a list: "{name}": [1, 2]'
            raise _Flaw(f"{name!r} occurs twice", hint)
        found[name] = value
    return found


def _file(path: str, text: str, origin: str) -> Iterable[tuple[str, Value]]:
    """What the JSON file at *path* says."""
    if not path:
        raise UsageError("the name of a file is missing after @", (0, len(text)), text=text, origin=origin)
    data = input_bytes() if path == "-" else file_bytes(path)
    path = INPUT if path == "-" else path
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise DataError(f"{path} is no UTF-8 text (byte {fault.start} is 0x{data[fault.start]:02x})") from None
    return _json(content, path, origin)


def file_bytes(path: str) -> bytes:
    """The bytes of a file. Raises FileError, LimitError."""
    try:
        with open(path, "rb") as stream:
            return whole_of(stream, path)
    except OSError as fault:
        raise FileError(f"cannot read {path}: {reason(fault)}") from None
    except ValueError as fault:  # a NUL in the name
        raise FileError(f"cannot read {path!r}: {fault}") from None


def input_bytes() -> bytes:
    """What stands on standard input; nothing where there is none. Raises FileError, LimitError."""
    import sys

    try:
        return b"" if sys.stdin is None else whole_of(sys.stdin.buffer, INPUT)
    except OSError as fault:
        raise FileError(f"cannot read {INPUT}: {reason(fault)}") from None


def whole_of(stream: IO[bytes], name: str) -> bytes:
    """All that a stream has to say. LimitError where that does not end."""
    parts, left = [], MAX_BYTES
    while part := stream.read(1 << 20):
        parts.append(part)
        left -= len(part)
        if left < 0:
            raise LimitError(f"{name} has more than {MAX_BYTES:,} bytes, and a text is read whole")
    return b"".join(parts)


def _json(text: str, path: str | None, origin: str) -> Iterable[tuple[str, Value]]:
    """What a JSON object says; numbers keep their text. `path` is the file that holds it, if one does."""
    import json

    where = path or origin
    kind = DataError if path else SyntaxFault
    hint = '{"x1": 2, "x2": "pi/4", "x3": [1, 2]} is the form'
    try:
        found = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=_refuse_constant, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as fault:
        at = min(fault.pos, max(len(text) - 1, 0))
        message = f"{where}: no JSON: {fault.msg[:1].lower()}{fault.msg[1:]}"
        raise kind(message, (at, at + 1), text=text, origin=where, hint=hint) from None
    except _Flaw as fault:
        raise kind(f"{where}: {fault}", text=text, origin=where, hint=fault.hint) from None
    except RecursionError:
        raise LimitError(f"{where}: lists are nested too deeply", text=text, origin=where) from None
    if not isinstance(found, _Object):
        raise kind(
            f"{where}: an object with names and values is wanted", (0, len(text)), text=text, origin=where, hint=hint
        )
    try:
        found = {name: _spelled(value) for name, value in found.items()}
    except AdcliError as fault:
        raise kind(f"{where}: {fault.message}", text=text, origin=where, hint=fault.hint) from None
    return [
        (_json_name(name, text, where, kind), _json_value(name, value, text, where, kind, path))
        for name, value in found.items()
    ]


def _spelled(value: object) -> object:
    """The value with each uncertain one in it, an object, as a text."""
    if isinstance(value, _Object) and "u" in value:
        return spelled(value)
    stack = [value] if isinstance(value, list) else []
    while stack:
        items = stack.pop()
        for place, item in enumerate(items):
            if isinstance(item, _Object) and "u" in item:
                items[place] = spelled(item)
            elif isinstance(item, list):
                stack.append(item)
    return value


def _json_name(name: str, text: str, where: str, kind: type[DataError | SyntaxFault]) -> str:
    try:
        return _name(name, (0, len(name)), where)
    except SyntaxFault as fault:
        raise kind(f"{where}: {fault.message}", text=text, origin=where) from None


def _json_value(
    name: str, value: object, text: str, where: str, kind: type[DataError | SyntaxFault], path: str | None
) -> Value:
    """A value as JSON gave it, checked to be text and lists of text only; iterative, as lists may be deep.

    Each text knows the file at *path*, if there is one.
    """
    if isinstance(value, list):
        stack = [value]
        while stack:
            items = stack.pop()
            for place, item in enumerate(items):
                if isinstance(item, list):
                    stack.append(item)
                elif not isinstance(item, str):
                    raise kind(
                        f"{where}: {name} holds something that is no number, text or list", text=text, origin=where
                    )
                elif path:
                    items[place] = filed(item, path)
        return value
    if isinstance(value, str):
        return filed(value, path) if path else value
    raise kind(f"{where}: {name} is no number, text or list", text=text, origin=where)
