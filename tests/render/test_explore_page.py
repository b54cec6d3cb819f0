"""The page to step through both passes, in a real browser: its numbers are adcli's, and it asks nobody for anything."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adcli.cli import main
from adcli.derivatives.answers import evaluate, jacobian
from adcli.errors import LimitError, UsageError
from adcli.studies.explore import explore

pytest.importorskip("pygraphviz")
playwright = pytest.importorskip("playwright.sync_api", reason="the extra `browser`")

PROGRAMS = {
    "ln(x1)+x1*x2-sin(x2)": {"x1": 2.0, "x2": 5.0},
    "a = x*y - 3; b = where(a > 0, sqrt(a), a^2); b/(1 + exp(-x)), abs(a)*b": {"x": 2.0, "y": 2.0},
    "x^3*y + x*x": {"x": -1.5, "y": 0.3},
    "f(u) = tanh(u)^2 + u; f(f(x)) - max(x, y, 0)": {"x": 0.4, "y": -2.0},
    "erf(x)*gamma(y) + atan2(x, y)": {"x": 0.7, "y": 2.5},
}

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        try:
            found = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        except playwright.Error:
            pytest.skip("no chromium")
        yield found
        found.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a program, and in the end asserts that it was quiet: no message, no request."""
    said: list[str] = []
    asked: list[str] = []

    def open_page(program: str, at: dict[str, float], *more: str, width: int = 1280) -> Any:
        file = tmp_path / "page.html"
        point = ",".join(f"{name}={value!r}" for name, value in at.items())
        done = CliRunner().invoke(main, ["explore", program, "--at", point, *more, "-o", str(file)])
        assert done.exit_code == 0, done.output
        assert file.stat().st_size < 400_000
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        assert asked == [file.as_uri()]
        return page

    yield open_page
    assert not said
    assert len(asked) <= 1


def column(page: Any, kind: str) -> dict[str, float]:
    """The numbers of a column of the table, in full, by node."""
    cells = page.eval_on_selector_all(
        f"#table td.{kind}", "cells => cells.map(c => [c.parentElement.dataset.node, c.title])"
    )
    return {node: float({"true": "1", "false": "0"}.get(text, text)) for node, text in cells if text}


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("program", PROGRAMS)
def test_both_passes_end_with_the_derivatives(opened: Open, program: str) -> None:
    """Each sweep that can be chosen, at the point given and at another: values and derivatives to 12 digits."""
    at = PROGRAMS[program]
    page = opened(program, at)
    model = explore(program, at)
    names = list(model.inputs)
    for moved in (0.0, 0.375):
        point = {name: value + moved for name, value in at.items()}
        for i, name in enumerate(names):
            page.fill(f"#input{i}", repr(point[name]))
        truth = jacobian(program, point)
        page.click("#last")
        values = column(page, "value")
        for node, value in zip(model.outputs.values(), evaluate(program, point).values, strict=True):
            assert close(values[node], value)
        for sweep, label in enumerate(page.eval_on_selector_all("#sweep option", "os => os.map(o => o.textContent)")):
            page.select_option("#sweep", str(sweep))
            page.click("#last")
            if label.startswith("reverse: all"):
                row = truth.jacobian[sweep]
                found = column(page, "back")
                for name, number in zip(truth.inputs, row, strict=True):
                    assert close(found.get(model.inputs[name], 0.0), number), (label, name)
            elif label.startswith("forward: the"):
                j = truth.inputs.index(label.rsplit(" ", 1)[1])
                found = column(page, "along")
                for node, row in zip(model.outputs.values(), truth.jacobian, strict=True):
                    assert close(found[node], row[j]), label


def test_directions_may_be_chosen(opened: Open) -> None:
    """Weights of outputs and tangents of inputs: Jᵀ·ȳ and J·ẋ."""
    page = opened("x*y; x + sin(y)", {"x": 2.0, "y": 3.0})
    truth = jacobian("x*y; x + sin(y)", {"x": 2.0, "y": 3.0}).jacobian
    page.select_option("#sweep", label="reverse: weights of the outputs")
    for i, weight in enumerate((2.0, -1.0)):
        page.locator("#custom input").nth(i).fill(str(weight))
    page.click("#last")
    found = column(page, "back")
    assert close(found["v-1"], 2 * truth[0][0] - truth[1][0])
    page.select_option("#sweep", label="forward: along a direction")
    for i, part in enumerate((0.5, 4.0)):
        page.locator("#custom input").nth(i).fill(str(part))
    page.click("#last")
    assert close(column(page, "along")["v1"], 0.5 * truth[0][0] + 4 * truth[0][1])


def test_steps_go_on_and_back_by_keys_and_buttons(opened: Open) -> None:
    """A step shows one more number; Home has the first input alone, End everything; space plays."""
    page = opened("sin(x)*y", {"x": 1.0, "y": 2.0})
    assert list(column(page, "value")) == ["v-1"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert list(column(page, "value")) == ["v-1", "v0", "v1"]
    assert page.eval_on_selector_all("tr.on", "rows => rows.map(r => r.dataset.node)") == ["v1"]
    assert page.locator(".node.on").get_attribute("data-node") == "v1"
    page.keyboard.press("ArrowLeft")
    assert list(column(page, "value")) == ["v-1", "v0"]
    page.click("#on")
    page.click("#back")
    assert list(column(page, "value")) == ["v-1", "v0"]
    page.keyboard.press("End")
    assert len(column(page, "back")) == 4
    page.keyboard.press("Home")
    assert not column(page, "back")
    page.select_option("#speed", "400")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press(" ")
    page.locator("#table td.value[title]").nth(1).wait_for()
    page.keyboard.press(" ")
    assert page.get_attribute("#play", "aria-label") == "play"
    page.fill("#place", "3")
    assert len(column(page, "value")) == 4


def test_what_has_no_value_is_said_where_it_happens(opened: Open) -> None:
    """Sliding an input out of a domain names the node and the condition, and no derivative is shown; back in, all is
    well again. A kink is said too."""
    page = opened("log(x) + abs(y)/x", {"x": 1.0, "y": 2.0})
    page.keyboard.press("End")
    page.fill("#input0", "-1")
    assert "log needs x > 0" in page.inner_text("#fault")
    assert page.locator(".node.bad").get_attribute("data-node") == "v1"
    page.click("#last")
    assert not column(page, "back")
    page.fill("#input0", "2")
    assert page.inner_text("#fault") == ""
    page.fill("#input1", "0")
    assert "kink" in page.inner_text("#fault")
    page.fill("#input0", "0")
    assert "has no value" in page.inner_text("#fault")


def test_paths_add_up_to_the_derivative(opened: Open) -> None:
    """As many buttons as there are paths; their sum is ∂f/∂x."""
    program, at = "a = x*y; b = sin(a) + a*x; b*a", {"x": 0.5, "y": 2.0}
    page = opened(program, at)
    page.click("#paths summary")
    assert close(float(page.get_attribute("#sum", "title")), jacobian(program, at).jacobian[0][0])
    assert page.locator("#routes button").count() == 4
    page.locator("#routes button").first.click()
    assert page.locator(".edge.on").count() >= 2


def test_the_quiz_knows_slips(opened: Open) -> None:
    """A number is asked for before it is shown; a wrong one gets the slip that it came from."""
    page = opened("x*y - sin(x)", {"x": 2.0, "y": 5.0})
    page.click("#ask")
    page.fill("#place", "2")
    assert "v1" not in column(page, "value")
    for answer, said in (("-10", "sign"), ("7", "that would be +"), ("9", "not yet"), ("10", "right")):
        page.fill("#answer", answer)
        page.click("#try")
        assert said in page.inner_text("#hint")
    assert column(page, "value")["v1"] == 10
    page.fill("#place", "3")
    page.fill("#answer", str(math.sin(math.radians(2))))
    page.click("#try")
    assert "radians" in page.inner_text("#hint")
    page.click("#give")
    assert close(column(page, "value")["v2"], math.sin(2))


@pytest.mark.parametrize("width", [390, 1920])
def test_it_fits_a_telephone_and_a_projector(opened: Open, width: int) -> None:
    """The page itself never scrolls sideways, and every control has a name."""
    page = opened("a = x*y - 3; b = where(a > 0, sqrt(a), a^2); b/(1 + exp(-x))", {"x": 2.0, "y": 2.0}, width=width)
    page.keyboard.press("End")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    nameless = page.eval_on_selector_all(
        "button, input, select",
        "all => all.filter(e => !e.getAttribute('aria-label') && !e.textContent.trim() && !e.labels?.length).length",
    )
    assert nameless == 0


def test_text_of_the_formula_is_no_markup(opened: Open) -> None:
    """A comment that closes the script, and one with an image in it, stay text."""
    page = opened("x^2 # </script><img src=x onerror=alert(1)> <!-- <script>", {"x": 1.0})
    assert page.locator("img").count() == 0
    page.keyboard.press("End")
    assert column(page, "back")["v0"] == 2


def test_a_page_has_a_limit_of_nodes() -> None:
    """More than anybody could follow is refused, with what to do instead."""
    with pytest.raises(LimitError, match="at most 60"):
        explore("+".join(["x"] * 80), {"x": 1})


def test_graphviz_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the error says how to get it."""
    monkeypatch.setitem(__import__("sys").modules, "pygraphviz", None)
    done = CliRunner().invoke(main, ["explore", "x^2", "--at", "x=1"])
    assert done.exit_code == UsageError.exit_code
    assert "adcli[graph]" in done.output
