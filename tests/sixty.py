"""Sixty derivatives of textbooks, physics and finance, beside the answers of three other programs.

`python tests/sixty.py` differentiates them anew and says where the answer is another one.
"""

from __future__ import annotations

import sys

SIXTY: tuple[tuple[str, str, int | None, int, int], ...] = (
    ("x^3 - 4*x^2 + 7*x - 1", "3*x^2 - 8*x + 7", 11, 11, 11),
    ("(2*x + 1)^5", "10*(2*x + 1)^4", 10, 10, 10),
    ("(x^2 + 1)*(x^3 - 2)", "x*(5*x^3 + 3*x - 4)", 21, 13, 13),
    ("(x - 1)^4*(x + 2)^3", "(x - 1)^3*(x + 2)^2*(7*x + 5)", 27, 17, 17),
    ("x/(x^2 + 1)", "(1 - x^2)/(x^2 + 1)^2", 13, 16, 16),
    ("(x^2 + 1)/(x^2 - 1)", "-4*x/(x^2 - 1)^2", 27, 16, 12),
    ("(a*x + b)/(c*x + d)", "(a*d - b*c)/(c*x + d)^2", 21, 15, 15),
    ("1/(x^2 + a^2)", "-2*x/(a^2 + x^2)^2", 14, 14, 14),
    ("sqrt(x)", "1/(2*sqrt(x))", 9, 9, 9),
    ("1/sqrt(x)", "-1/(2*x^(3/2))", 12, 10, 10),
    ("sqrt(1 - x^2)", "-x/sqrt(1 - x^2)", 12, 12, 12),
    ("sqrt(x^2 + a^2)", "x/sqrt(a^2 + x^2)", 13, 13, 13),
    ("x*sqrt(1 - x^2)", "(1 - 2*x^2)/sqrt(1 - x^2)", 23, 18, 17),
    ("x/sqrt(1 + x^2)", "1/(x^2 + 1)^(3/2)", 27, 11, 10),
    ("x^(2/3)", "2/(3*x^(1/3))", 10, 9, 9),
    ("(x + 1/x)^2", "2*x - 2/x^3", 15, 11, 9),
    ("sin(x)^2 + cos(x)^2", "0", 1, 1, 1),
    ("sin(x)*cos(x)", "cos(2*x)", 13, 10, 6),
    ("sin(x)^3", "3*sin(x)^2*cos(x)", 13, 13, 13),
    ("sin(x)/x", "(cos(x) - sin(x)/x)/x", 13, 15, 15),
    ("tan(x)", "sec(x)^2", 6, 6, 7),
    ("tan(x) - x", "tan(x)^2", 8, 8, 6),
    ("1/cos(x)", "sin(x)/cos(x)^2", 11, 11, 11),
    ("x^2*sin(x)", "x*(x*cos(x) + 2*sin(x))", 17, 15, 15),
    ("cos(3*x)^2", "-3*sin(6*x)", 16, 16, 9),
    ("sin(x^2)", "2*x*cos(x^2)", 10, 10, 10),
    ("sin(a*x + b)", "a*cos(a*x + b)", 10, 10, 10),
    ("asin(x)", "1/sqrt(1 - x^2)", 11, 11, 11),
    ("acos(x/2)", "-1/sqrt(4 - x^2)", 16, 12, 12),
    ("atan(x/a)", "a/(a^2 + x^2)", 11, 9, 9),
    ("x*atan(x) - log(1 + x^2)/2", "atan(x)", 5, 5, 5),
    ("exp(-x^2)", "-2*x*exp(-x^2)", 12, 12, 12),
    ("x*exp(-x)", "(1 - x)*exp(-x)", 9, 10, 9),
    ("x^2*exp(-a*x)", "x*(2 - a*x)*exp(-a*x)", 17, 16, 16),
    ("exp(x)*(sin(x) + cos(x))", "2*exp(x)*cos(x)", 11, 11, 11),
    ("exp(a*x)*sin(b*x)", "(a*sin(b*x) + b*cos(b*x))*exp(a*x)", 24, 24, 24),
    ("exp(sin(x))", "exp(sin(x))*cos(x)", 12, 12, 12),
    ("log(x)", "1/x", 3, 3, 3),
    ("x*log(x) - x", "log(x)", 4, 4, 4),
    ("log(x)/x", "(1 - log(x))/x^2", 10, 11, 10),
    ("log(x^2 + 1)", "2*x/(x^2 + 1)", 9, 9, 9),
    ("log(log(x))", "1/(x*log(x))", 8, 8, 8),
    ("log((1 + x)/(1 - x))", "2/(1 - x^2)", 9, 8, 8),
    ("log(x + sqrt(x^2 + 1))", "1/sqrt(x^2 + 1)", 25, 11, 11),
    ("x^x", "x^x*(log(x) + 1)", 10, 10, 10),
    ("a^x", "a^x*log(a)", 8, 8, 8),
    ("2^x*x^2", "2^x*x*(x*log(2) + 2)", 28, 14, 14),
    ("sinh(x)", "cosh(x)", 5, 5, 5),
    ("x - tanh(x)", "tanh(x)^2", 9, 9, 7),
    ("log(cosh(x))", "tanh(x)", 11, 11, 5),
    ("1/(1 + exp(-x))", "1/(2*(cosh(x) + 1))", 15, 13, 13),
    ("log(1 + exp(x))", "exp(x)/(exp(x) + 1)", 11, 11, 11),
    ("exp(-x^2/2)/sqrt(2*pi)", "-x*exp(-x^2/2)/sqrt(2*pi)", 23, 25, 27),
    ("exp(-(x - m)^2/(2*s^2))/(s*sqrt(2*pi))", "(m - x)*exp(-(m - x)^2/(2*s^2))/(s^3*sqrt(2*pi))", 35, 37, 38),
    ("erf(x/sqrt(2))/2", "exp(-x^2/2)/sqrt(2*pi)", None, 22, 24),
    ("k*q/(x^2 + d^2)^(3/2)", "-3*k*q*x/(d^2 + x^2)^(5/2)", 21, 20, 20),
    ("e*((s/x)^12 - (s/x)^6)", "6*e*s^6*(x^6 - 2*s^6)/x^13", 23, 22, 23),
    ("1/(exp(h/(k*x)) - 1)", "h/(2*k*x^2*(cosh(h/(k*x)) - 1))", 30, 29, 23),
    ("a*exp(-r*x)*(1 - exp(-k*x))", "a*(k + r*(1 - exp(k*x)))*exp(-x*(k + r))", 31, 27, 24),
    ("x*(1 + r/n)^(n*x)", "(1 + r/n)^(n*x)*(n*x*log(1 + r/n) + 1)", 24, 24, 24),
)
"""The formula, adcli's derivative by x, and the lengths of the shortest answers of mathjs 15 (`derivative`, `simplify`;
None where it refuses), Maxima 5.46 (`diff`, `ratsimp`, `trigsimp`, `factor`) and SymPy 1.14 (`diff`, `simplify`,
`factor`), written in adcli's notation: characters but for blanks and brackets, measured by tests/bench/forms.py."""

if __name__ == "__main__":
    from adcli.studies.diff.diff import diff

    found = diff([row[0] for row in SIXTY], wrt="x", seconds=600).entries
    drifted = [(row, entry.text) for row, entry in zip(SIXTY, found, strict=True) if entry.text != row[1]]
    for row, text in drifted:
        print(f"{row[0]}: {text} instead of {row[1]}")
    sys.exit(bool(drifted))
