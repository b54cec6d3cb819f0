"""Random programs whose values stay small, for tests that compare two ways to the same number."""

from __future__ import annotations

from hypothesis import strategies as st

POINT = {"x": 0.7, "y": -1.3, "z": 0.4}

FORMS = ("{0} + {1}", "{0} - {1}", "{0} * {1}", "sin({0})", "2*{0}", "{0}*{0}", "Max({0}, {1}, 0.1)")


@st.composite
def programs(draw: st.DrawFn, most: int = 8) -> str:
    """Assignments of one operation each on names that exist, the last one the output."""
    names = [*POINT, "t"]
    lines = ["t = x*y + z"]
    for number in range(draw(st.integers(1, most))):
        left, right = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        form = draw(st.sampled_from(FORMS))
        names.append(f"t{number}")
        lines.append(f"t{number} = {form.format(left, right)}")
    return "\n".join([*lines, names[-1]])
