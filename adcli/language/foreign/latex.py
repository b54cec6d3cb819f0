"""LaTeX, read by SymPy's ANTLR backend. (The lark backend leaves `\\ln x_1 + x_1 x_2` ambiguous.)

A letter, Greek or not, is a variable, with its subscript: `x_{1}` is `x_1`, `\\theta_0` is `theta_0`. So is a word in
`\\mathrm{…}` or `\\text{…}`. Letters beside each other are a product, `x(y+1)` too, where SymPy's reader would call x;
`e` and `\\pi` are the constants. What belongs to `\\sin 2x`, or to a product without signs, SymPy decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from adcli.errors import NameFault, Span, SyntaxFault, UsageError, option
from adcli.language.foreign.words import Called, StandIns, Word, check_length, check_nesting, cut, listed, unclosed
from adcli.ops import FUNCTIONS, SUGGESTED

MAX_WORDS = 3_000
"""SymPy's LaTeX reader takes milliseconds a word, and recurses on the length of a sum."""

_WORD = re.compile(
    r"(?P<comment>(?<!\\)%[^\n]*)"
    r"|(?P<blank>\s+|~|\\[,;:! ]|\\(?:quad|qquad|displaystyle|limits|left(?=\s*\.)|right(?=\s*\.))(?![A-Za-z]))"
    r"|(?P<break>\\\\)"
    r"|(?P<command>\\[A-Za-z]+|\\.)"
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<letter>[^\W\d_])"
    r"|(?P<other>.)",
    re.DOTALL,
)

_GREEK = listed(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi omicron rho"
    " varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi"
    " Omega ell hbar"
)
_UPRIGHT = listed("mathrm text textrm operatorname mathit textit mathsf mathbf boldsymbol mathnormal")
"""What sets a word, which is a name here, or the name of a function."""
_FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
_SIZES = listed("left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm middle")
"""What only makes a bracket larger."""
_BRACKETS = {"(": ")", "[": "]", "{": "}", r"\{": r"\}", r"\lbrace": r"\rbrace", r"\lbrack": r"\rbrack"}
_OUTER = {r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceiling"), r"\lvert": (r"\rvert", "Abs")}
_BARS = ("|", r"\vert")
_OPERATORS = {
    "+": "+", "-": "-", "*": r"\cdot", "/": "/", "−": "-", "·": r"\cdot", "×": r"\cdot", "⋅": r"\cdot",
    r"\cdot": r"\cdot", r"\times": r"\cdot", r"\ast": r"\cdot", r"\div": "/",
}  # fmt: skip
_SYMPYS = listed(
    "sin cos tan csc sec cot arcsin arccos arctan arccsc arcsec arccot sinh cosh tanh arsinh arcosh artanh exp log ln"
    " lg"
)
"""Functions that SymPy's reader applies to what follows, with or without brackets."""
_INVERSES = {
    "sin": "arcsin", "cos": "arccos", "tan": "arctan", "csc": "arccsc", "sec": "arcsec", "cot": "arccot",
    "sinh": "arsinh", "cosh": "arcosh", "tanh": "artanh",
}  # fmt: skip
_CALLED = {
    "Gamma": "gamma", "psi": "digamma", "max": "Max", "min": "Min", "sech": "sech", "csch": "csch", "coth": "coth",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "sgn": "sign", "erf": "erf", "erfc": "erfc",
}  # fmt: skip
"""Functions that need brackets: commands, and what they mean."""
_REFUSED = {
    "sum": "write adcli's own Sum(x[i], (i, 1, n))",
    "prod": "write adcli's own Product(x[i], (i, 1, n))",
    "int": "adcli differentiates; it does not integrate",
    "begin": "write adcli's own Piecewise((a, x > 0), (b, True))",
    "pm": "write two formulas",
    "infty": "there is no infinity among the numbers",
    "lim": "limits are not read",
    "partial": "write the function itself: adcli differentiates it",
    "binom": "write it by the gamma function",
}


_NAMES = "variables are letters or words in \\mathrm{…}, functions words in \\operatorname{…}"


class Reader:
    """From LaTeX to SymPy."""

    def __init__(self) -> None:
        self.stand_ins = StandIns("V", "F")

    def spelled(self, text: str) -> Iterator[tuple[str, Span]]:
        """Each expression; a `\\\\` ends one. Formulas may be set between dollars or in `\\[ \\]`."""
        words = cut(text, _WORD)
        if len(words) > 1 and (words[0].text, words[-1].text) in (("$", "$"), (r"\[", r"\]"), (r"\(", r"\)")):
            words = words[1:-1]
            if len(words) > 1 and words[0].text == words[-1].text == "$":
                words = words[1:-1]
        statement: list[Word] = []
        for word in [*words, Word("break", "", len(text), len(text))]:
            if word.kind != "break":
                statement.append(word)
                continue
            if statement:
                check_length(statement, MAX_WORDS)
                yield _Speller(self.stand_ins, statement).whole(), (statement[0].start, statement[-1].end)
            elif word.text or not words:
                raise SyntaxFault("there is no expression", (word.start, word.end))
            statement = []

    def read(self, spelling: str) -> Any:
        """SymPy's expression."""
        parse = _reader()
        import sympy

        with sympy.evaluate(False):
            return parse(spelling, backend="antlr")


def _reader() -> Any:
    """SymPy's reader, warm: its grammar is imported at the first call, which must not happen unevaluated."""
    from sympy.parsing.latex import parse_latex

    try:
        import_module("antlr4")  # first, as SymPy's reader warns on standard error where it is missing
        parse_latex("x", backend="antlr")
    except ImportError:
        raise UsageError(
            f"{option('syntax', 'latex')} needs the ANTLR runtime, which is not installed",
            hint="pip install 'adcli[latex]'",
        ) from None
    return parse_latex


class _Speller:
    """Spells one expression anew. Its methods take the place where a part begins, and return where it ends too."""

    def __init__(self, stand_ins: StandIns, words: list[Word]) -> None:
        self.stand_ins = stand_ins
        self.words = words
        self.depth = 0

    def whole(self) -> str:
        """The expression."""
        spelling, end = self._expression(0, "")
        if end < len(self.words):
            raise SyntaxFault("this bracket was never opened", self.words[end].span)
        return spelling

    def _at(self, place: int) -> str:
        return self.words[place].text if place < len(self.words) else ""

    def _fault(self, message: str, place: int, hint: str | None = None) -> SyntaxFault:
        end = self.words[-1].end
        span = self.words[place].span if place < len(self.words) else (end, end)
        return SyntaxFault(message, span, hint=hint)

    def _command(self, place: int) -> str:
        """The name of the command there, "" for anything else."""
        return self.words[place].text[1:] if place < len(self.words) and self.words[place].kind == "command" else ""

    def _expression(self, place: int, closing: str) -> tuple[str, int]:
        """Everything up to *closing*, exclusive; "," ends it too, where a function's arguments are read."""
        pieces: list[str] = []
        operand = False  # whether the last piece was one
        start = place
        while place < len(self.words):
            word = self.words[place]
            text = word.text
            if self._command(place) in _SIZES:
                place += 1
                if place == len(self.words):
                    raise self._fault("a bracket is missing", place - 1)
                if not self._is_bracket(place):
                    raise self._fault("this is no bracket that \\left or \\right could make larger", place)
                continue
            if (text == closing and (operand or text not in _BARS)) or (text == "," and closing == ")"):
                break
            if text in (")", "]", "}", r"\}", r"\rbrace", r"\rbrack", r"\rfloor", r"\rceil", r"\rvert"):
                if not closing:
                    return self._ended(pieces, operand, start), place
                raise self._fault(f"{closing} is expected here", place)
            if text in _OPERATORS:
                if not operand and text not in ("+", "-", "−"):
                    raise self._fault(f"an operand is missing before {text}", place)
                pieces.append(_OPERATORS[text])
                operand = False
                place += 1
            elif text == "^":
                if not operand:
                    raise self._fault("there is nothing here to take a power of", place)
                spelling, end = self._power(place)
                pieces.append(spelling)
                if self._at(end) == "^":
                    raise self._fault("a power of a power needs brackets", end)
                if self._at(end) == "_":
                    raise self._fault("a subscript comes before the power", end)
                place = end
            else:
                if operand and word.kind == "number" and self.words[place - 1].kind == "number":
                    raise self._fault("an operator is missing between two numbers", place)
                spelling, place, operand = self._operand(place)
                pieces.append(spelling)
        return self._ended(pieces, operand, start), place

    def _ended(self, pieces: list[str], operand: bool, start: int) -> str:
        if not pieces:
            raise self._fault("an expression is missing here", start)
        if not operand:
            raise self._fault("the expression ends where an operand is missing", start + len(pieces) - 1)
        return " ".join(pieces)

    def _is_bracket(self, place: int) -> bool:
        text = self._at(place)
        return (
            text in _BRACKETS
            or text in _BRACKETS.values()
            or text in _OUTER
            or text in ("|", r"\rfloor", r"\rceil", r"\rvert", r"\vert")
        )

    def _operand(self, place: int) -> tuple[str, int, bool]:
        """A number, variable, bracket, fraction or call; False where an operand follows it still (`\\sin`)."""
        word = self.words[place]
        text, command = word.text, self._command(place)
        if word.kind == "number":
            following = self.words[place + 1 : place + 3]
            if (
                len(following) == 2
                and following[0].text in ("e", "E")
                and following[1].kind == "number"
                and (word.end, following[0].end) == (following[0].start, following[1].start)
            ):
                raise self._fault("in LaTeX the e of this is a factor", place + 1, "write 10^{…}")
            return self._factor(self.stand_ins.number(text), place + 1), place + 1, True
        if text in _BRACKETS:
            spelling, place = self._inside(place, _BRACKETS[text])
            return f"({spelling})", place, True
        if text in _BARS:
            spelling, place = self._inside(place, text)
            return self._calling("Abs", spelling), place, True
        if text in _OUTER:
            closing, function = _OUTER[text]
            spelling, place = self._inside(place, closing)
            return self._calling(function, spelling), place, True
        if command in _FRACTIONS:
            self._refuse_derivative(place + 1)
            above, place = self._argument(place + 1)
            below, place = self._argument(place)
            return f"\\frac{{{above}}}{{{below}}}", place, True
        if command == "sqrt":
            return (*self._root(place + 1), True)
        if command in _SYMPYS:
            return self._sympys(place, command)
        if command in _CALLED and not (command in _GREEK and not self._calls(place + 1)):
            return (*self._call(place, place + 1, _CALLED[command]), True)
        if command in _UPRIGHT:
            return self._upright(place)
        if word.kind == "letter" or command in _GREEK or command == "pi":
            return (*self._variable(place, command or text), True)
        hint = _REFUSED.get(command) or (_NAMES if command else None)
        if text in ("=", "<", ">") or command in ("le", "leq", "ge", "geq", "ne", "neq", "lt", "gt", "equiv", "approx"):
            raise self._fault(f"{text} is no part of a formula", place, "give the right-hand side alone")
        if text == "!":
            hint = "n! is \\Gamma(n+1)"
        elif text == "'":
            hint = "a derivative is what adcli computes: write the function itself"
        elif text == "_":
            hint = "a subscript belongs to a variable"
        elif text == ",":
            hint = "numbers have no commas, and several formulas are several arguments"
        raise self._fault(f"{text} cannot be read here", place, hint)

    def _factor(self, stand_in: str, place: int) -> str:
        """A number's or a constant's stand-in, in brackets where it might be taken for a function of what follows."""
        while self._command(place) in _SIZES:
            place += 1
        return f"(\\{stand_in})" if self._at(place) in _BRACKETS else f"\\{stand_in}"

    def _refuse_derivative(self, place: int) -> None:
        """d/dx is no fraction."""
        above, end = self._letters(place)
        below, _ = self._letters(end)
        if above[:1] == ["d"] and below[:1] == ["d"] and len(below) > 1 and below[1].lstrip("\\").isalpha():
            raise self._fault(
                "this looks like d/dx: adcli computes the derivative", place - 1, "write the function itself"
            )

    def _letters(self, place: int) -> tuple[list[str], int]:
        """What stands in the group that begins at *place*, without braces and fonts; and the place behind it."""
        found: list[str] = []
        depth = 0
        while place < len(self.words):
            text = self._at(place)
            depth += (text == "{") - (text == "}")
            if text not in ("{", "}") and self._command(place) not in _UPRIGHT:
                found.append(text)
            place += 1
            if depth <= 0:
                break
        return found, place

    def _calling(self, function: str, arguments: str) -> str:
        return f"\\{self.stand_ins.call(Called(function))}({arguments})"

    def _inside(self, place: int, closing: str) -> tuple[str, int]:
        """What stands in the bracket that opens at *place*, and the place behind it."""
        opening = self.words[place]
        self.depth += 1
        check_nesting(self.depth, opening.span)
        spelling, end = self._expression(place + 1, closing)
        self.depth -= 1
        if self._at(end) == ",":
            raise self._fault("a comma belongs between the arguments of a function", end)
        if end == len(self.words):
            raise unclosed(opening)
        return spelling, end + 1

    def _argument(self, place: int) -> tuple[str, int]:
        """An argument of a command: a group, or one digit, letter or command."""
        if place >= len(self.words):
            raise self._fault("an argument is missing", place)
        if self._at(place) == "{":
            return self._inside(place, "}")
        word = self.words[place]
        if word.kind == "number" and len(word.text) > 1:
            if not word.text.isdigit():
                raise self._fault("this number needs braces", place)
            # \frac12: each digit is an argument.
            rest = Word("number", word.text[1:], word.start + 1, word.end)
            self.words[place : place + 1] = [Word("number", word.text[0], word.start, word.start + 1), rest]
        spelling, end, complete = self._operand(place)
        if not complete or (word.kind not in ("number", "letter", "command")):
            raise self._fault("this argument needs braces", place)
        return spelling, end

    def _power(self, place: int) -> tuple[str, int]:
        """^ and its exponent."""
        if self._at(place + 1) == "{":
            spelling, end = self._inside(place + 1, "}")
            return f"^{{{spelling}}}", end
        word = self.words[place + 1] if place + 1 < len(self.words) else None
        if word is None or word.text in _OPERATORS:
            raise self._fault("the exponent needs braces", place, "write x^{-1}")
        if word.kind == "number" and len(word.text) > 1:
            raise self._fault(
                f"in LaTeX only the {word.text[0]} of this is the exponent", place + 1, f"write ^{{{word.text}}}"
            )
        if word.kind == "command" and word.text[1:] in _SYMPYS:
            raise self._fault("the exponent needs braces", place + 1)
        spelling, end, _ = self._operand(place + 1)
        return f"^{{{spelling}}}", end

    def _root(self, place: int) -> tuple[str, int]:
        if self._at(place) != "[":
            spelling, place = self._argument(place)
            return f"\\sqrt{{{spelling}}}", place
        third = self._at(place + 1) == "3" and self._at(place + 2) == "]"
        index, place = self._inside(place, "]")
        spelling, place = self._argument(place)
        return (self._calling("cbrt", spelling) if third else f"\\sqrt[{index}]{{{spelling}}}"), place

    def _sympys(self, place: int, command: str) -> tuple[str, int, bool]:
        """\\sin and its like, with a power or a base; its argument is what follows, as SymPy reads it."""
        place += 1
        added = ""
        while self._at(place) in ("^", "_"):
            if self._at(place) == "^":
                inverse = [w.text for w in self.words[place + 1 : place + 5]] == ["{", "-", "1", "}"]
                if inverse and command in _INVERSES:
                    command, place = _INVERSES[command], place + 5
                    continue
                spelling, place = self._power(place)
                added += spelling
            else:
                if command != "log":
                    raise self._fault("only \\log has a base", place)
                spelling, place = self._argument(place + 1)
                added += f"_{{{spelling}}}"
        if place == len(self.words):
            raise self._fault(f"the argument of \\{command} is missing", place - 1)
        if self._at(place) == "{":
            spelling, place = self._inside(place, "}")
            return f"\\{command}{added}{{{spelling}}}", place, True
        return f"\\{command}{added}", place, False

    def _calls(self, place: int) -> bool:
        """Whether a bracket of arguments opens there."""
        while self._command(place) in _SIZES:
            place += 1
        return self._at(place) == "("

    def _call(self, name: int, place: int, function: str) -> tuple[str, int]:
        """A call with its arguments in brackets, perhaps with a power before them."""
        power = ""
        if self._at(place) == "^":
            power, place = self._power(place)
        while self._command(place) in _SIZES:
            place += 1
        if self._at(place) not in ("(", "{"):
            raise self._fault(f"{self._at(name)} needs brackets around its arguments", name)
        opening = self.words[place]
        closing = _BRACKETS[opening.text]
        self.depth += 1
        check_nesting(self.depth, opening.span)
        arguments = []
        while True:
            spelling, place = self._expression(place + 1, closing)
            arguments.append(spelling)
            if self._at(place) != ",":
                break
        self.depth -= 1
        if place == len(self.words):
            raise unclosed(opening)
        called = self._calling(function, " , ".join(arguments))
        return (f"{{{called}}}{power}" if power else called), place + 1

    def _upright(self, place: int) -> tuple[str, int, bool]:
        """\\mathrm{…}: a function's name where brackets follow, else a variable's."""
        if self._at(place + 1) != "{":
            raise self._fault("a word in braces is missing", place + 1)
        end = place + 2
        name = ""
        while end < len(self.words) and self.words[end].kind in ("letter", "number"):
            name += self.words[end].text
            end += 1
        if not name or self._at(end) != "}" or not name[0].isalpha():
            raise self._fault("a name of letters is missing in these braces", place + 1)
        following = end + 1
        while self._command(following) in _SIZES:
            following += 1
        if self._at(following) in ("(", "^") or (self._at(following) == "{" and self._at(place) == r"\operatorname"):
            op = FUNCTIONS.get(name)
            if op is not None:
                return (*self._call(place, end + 1, op.name), True)
            if self._at(following) == "(":
                raise self._unknown(name, (self.words[place].start, self.words[end].end))
        if name in FUNCTIONS and self._at(following) != "_":
            raise self._fault(f"{name} needs brackets around its arguments", place)
        self.words[place : end + 1] = [Word("letter", name, self.words[place].start, self.words[end].end)]
        return (*self._variable(place, name), True)

    def _unknown(self, name: str, span: Span) -> NameFault:
        from difflib import get_close_matches

        near = get_close_matches(name, SUGGESTED, 1)
        return NameFault(
            f"there is no function {name}",
            span,
            hint=f"did you mean {near[0]}?" if near else f"a product is written {name} \\cdot (…)",
        )

    def _variable(self, place: int, name: str) -> tuple[str, int]:
        """A variable with its subscript, or a constant."""
        place += 1
        if self._at(place) == "_":
            subscript, place = self._subscript(place + 1)
            name = f"{name}_{subscript}"
        elif name in ("e", "pi"):
            return self._factor(self.stand_ins.constant("E" if name == "e" else "pi"), place), place
        return self._factor(self.stand_ins.name(name), place), place

    def _subscript(self, place: int) -> tuple[str, int]:
        """The letters and digits of a subscript, with braces or without."""
        braces = self._at(place) == "{"
        end = place + braces
        found = ""
        while end < len(self.words):
            word = self.words[end]
            command = self._command(end)
            if word.kind in ("letter", "number") and word.text.isalnum():
                found += word.text
            elif command in _GREEK or command in ("max", "min", "pi"):
                found += command
            elif not braces or not (
                command in _UPRIGHT or word.text == "{" or (word.text == "}" and self._open_braces(place, end))
            ):
                break
            end += 1
            if not braces:
                break
        if not found or (braces and self._at(end) != "}"):
            raise self._fault("a subscript is a name or a number", place)
        return found, end + braces

    def _open_braces(self, place: int, end: int) -> bool:
        """Whether the brace that closes at *end* is an inner one of the subscript that begins at *place*."""
        texts = [word.text for word in self.words[place:end]]
        return texts.count("{") - texts.count("}") > 1
