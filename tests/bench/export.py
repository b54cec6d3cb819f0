"""Exported C beside the C that SymPy and CasADi generate for the same gradients: operations, bytes, nanoseconds a call.

python tests/bench/export.py

It takes gcc; CasADi is compared with where it is installed. Operations are those of C's arithmetic and calls, counted
in the text; nanoseconds of the processor's time are the least of several runs that take turns, each of many calls at
points that were in memory before (a number that was just stored may not be read as half of a pair without waiting).
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from codegen import PROGRAMS, casadi_c, sympy_c

from adcli.studies.export.export import export

CALLS, ROUNDS, POINTS = 2_000_000, 9, 64


def adcli_c(text: str, inputs: list[str], what: str) -> str:
    """The function of one array for all inputs and one for all results."""
    code = export(text, to="c", what=[what], wrt=inputs, name="exported").code
    given = ", ".join(f"x[{i}]" for i in range(len(inputs)))
    cast = "" if what == "gradient" else f"(double (*)[{len(inputs)}])"
    return code + f"\nvoid call(const double *x, double *r) {{ exported({given}, {cast}r); }}\n"


def operations(code: str) -> int:
    """Signs between operands, and calls, in assignments."""
    body = "\n".join(line for line in code.partition("{")[2].splitlines() if re.match(r"\s+[^;(]*=.*;$", line))
    return len(re.findall(r"(?<=[\w)\].])\s*[-+*/]\s*(?=[\w(.-])", body)) + len(
        re.findall(r"\b(?:sin|cos|exp|log|sqrt|pow|atan2|tan|erf|sq|casadi_sq|fabs)\(", body)
    )


def seconds(codes: dict[str, str], point: list[float], size: int, place: Path) -> dict[str, float]:
    """The least time of each for CALLS calls; results must agree."""
    programs = {}
    main = f"""
#include <stdio.h>
#include <time.h>
void call(const double *x, double *r);
int main(void) {{
    static double x[{POINTS}][{len(point)}] = {{{{{", ".join(map(repr, point))}}}}};
    double r[{size}], total = 0;
    struct timespec a, b;
    for (int i = 1; i < {POINTS}; i++)
        for (int j = 0; j < {len(point)}; j++) x[i][j] = x[i - 1][j]*(1 + 1e-6*(j + 1));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (int i = 0; i < {CALLS}; i++) {{ call(x[i % {POINTS}], r); total += r[i % {size}]; }}
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    printf("%.9f %.12g\\n", (b.tv_sec - a.tv_sec) + 1e-9*(b.tv_nsec - a.tv_nsec), total);
}}
"""
    (place / "main.c").write_text(main)
    for name, code in codes.items():
        (place / f"{name}.c").write_text(code)
        subprocess.run(["gcc", "-O2", f"{name}.c", "main.c", "-o", name, "-lm"], cwd=place, check=True)
        programs[name] = str(place / name)
    times: dict[str, list[float]] = {name: [] for name in codes}
    totals = {}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            said = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
            times[name].append(float(said[0]))
            totals[name] = float(said[1])
    values = list(totals.values())
    assert all(abs(v - values[0]) <= 1e-9 * abs(values[0]) for v in values), totals
    return {name: min(found) for name, found in times.items()}


def main() -> None:
    """A line for each formula and generator."""
    print(f"{'formula':24}{'code':10}{'operations':>11}{'bytes':>8}{'ns':>8}{'ratio':>7}")
    for title, (text, inputs, point, what, outputs) in PROGRAMS.items():
        codes = {"adcli": adcli_c(text, inputs, what), "sympy": sympy_c(text, inputs)}
        if (other := casadi_c(text, inputs)) is not None:
            codes["casadi"] = other
        size = len(inputs) * outputs
        with tempfile.TemporaryDirectory() as place:
            found = seconds(codes, point, size, Path(place))
        best = min(time for name, time in found.items() if name != "adcli")
        for name, code in codes.items():
            ratio = f"{found[name] / best:7.2f}" if name == "adcli" else ""
            print(f"{title:24}{name:10}{operations(code):11}{len(code):8}{1e9 * found[name] / CALLS:8.1f}{ratio}")


if __name__ == "__main__":
    main()
