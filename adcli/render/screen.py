"""Characters and colours of a terminal: how wide a text is, how to cut it, and what to do without Unicode."""

from __future__ import annotations

BOLD, RED, YELLOW, GREEN = "1", "31", "33", "32"

_ASCII = {
    "∂": "d",
    "∇": "grad ",
    "…": "~",
    "·": "*",
    "×": "x",
    "≈": "~",
    "✓": "ok:",
    "✗": "no:",
    "→": "->",
    "←": "<-",
    "±": "+-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "∞": "inf",
    "ẋ": "dx",
    "ȳ": "ybar",
    "ᵀ": "^T",
    "√": "sqrt",
    "─": "-",
    "π": "pi",
    "ε": "eps",
    "²": "^2",
    "µ": "u",
    "“": '"',
    "”": '"',
    "’": "'",
    "–": "-",
    "−": "-",
}


def paint(text: str, codes: str, color: bool) -> str:
    """The text in a colour, if colours are wanted."""
    return f"\x1b[{codes}m{text}\x1b[0m" if color and text else text


def encodable(text: str, encoding: str | None) -> str:
    """The text with the characters replaced that `encoding` cannot write: by ASCII that means the same, or escapes."""
    encoding = encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_replacement(char, encoding) for char in text)
    except LookupError:
        return encodable(text, "ascii")
    return text


def _replacement(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        found = _ASCII.get(char)
        return found if found is not None else char.encode("ascii", "backslashreplace").decode()
    return char


def one_line(text: str) -> str:
    """The text as it may be shown anywhere: without line ends and tabs, and with nothing that a terminal, a page or a
    picture would obey instead of showing it. Controls and marks of direction are seen as ⟨U+202E⟩."""
    return text if text.isprintable() else "".join(map(_harmless, text))


def lines(text: str) -> str:
    """The same of a text of several lines, which may have tabs."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c in "\n\t" else _harmless(c) for c in text)


def _harmless(char: str) -> str:
    if char.isprintable():
        return char
    if char.isspace():
        return " "
    code = ord(char)
    # A byte of a file's name that is no UTF-8 is what Python calls a lone surrogate.
    return f"⟨0x{code - 0xDC00:02X}⟩" if 0xDC80 <= code <= 0xDCFF else f"⟨U+{code:04X}⟩"


def columns(char: str) -> int:
    """How many columns of a terminal the character takes: 0 for a combining mark, 2 for a wide one."""
    if char.isascii():
        return 1
    import unicodedata

    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width_of(text: str) -> int:
    """How many columns the text takes."""
    return len(text) if text.isascii() else sum(map(columns, text))


def shorten(text: str, width: int) -> str:
    """The text, cut in the middle where it is wider than `width`: a formula's two ends tell most."""
    if width_of(text) <= width:
        return text
    if width < 1:
        return ""
    left = head(text, width // 2)
    right = head(text[::-1], width - 1 - width_of(left))[::-1]
    return f"{left}…{right}"


def head(text: str, width: int) -> str:
    """As much of the text's beginning as fits into `width` columns."""
    if text.isascii():
        return text[: max(width, 0)]
    used = 0
    for position, char in enumerate(text):
        used += columns(char)
        if used > width:
            return text[:position]
    return text


def padded(text: str, width: int) -> str:
    """The text, filled up with spaces."""
    return text + " " * (width - width_of(text))
