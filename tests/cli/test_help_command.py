"""`adcli help`: pages on topics and commands, for a terminal, a pipe and `man`."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from calling import Run

from adcli.cli import COMMANDS, MEANT, topics

PAGES = [*topics.TOPICS, *COMMANDS]


def test_without_a_topic_it_lists_all_there_are(run: Run) -> None:
    """The commands, and the topics with their titles."""
    shown = run("help").stdout
    for name in PAGES:
        assert re.search(rf"^  {name} +\S", shown, re.MULTILINE), name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_is_its_own(run: Run, name: str) -> None:
    """And behind it its page, if it has one."""
    shown = run("help", name).stdout
    assert shown.startswith(run(name, "--help").stdout)
    assert not topics.page(name) or "# " in shown


@pytest.mark.parametrize("name", topics.TOPICS)
def test_a_page_is_markdown_in_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As it stands in its file; at a terminal it is set, with all its words."""
    monkeypatch.delenv("COLUMNS")
    assert run("help", name).stdout == topics.page(name)
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("help", name).stdout
    assert max(map(len, shown.splitlines())) <= 80
    words = re.findall(r"[a-z]{5,}", re.sub(r"(?m)^```.*$|\]\([^)]*\)", "", topics.page(name)))
    squeezed = re.sub(r"\W", "", shown)  # a table breaks words of a narrow column
    assert [word for word in words if word not in squeezed] == []


def test_a_topic_that_there_is_not_is_told_from_those_that_are_near(run: Run) -> None:
    """By a hint."""
    assert "did you mean environment?" in run("help", "enviroment", exit=2).stderr
    assert "did you mean grad?" in run("help", "gradd", exit=2).stderr
    assert "the topics are" in run("help", "zzz", exit=2).stderr


def test_what_is_meant_instead_exists() -> None:
    """No word that is a command has a hint at another; each hint names commands, topics or options that there are."""
    assert not MEANT.keys() & set(COMMANDS)
    for word, hint in MEANT.items():
        named = re.findall(r"`adcli (?:help )?([a-z-]+)", hint)
        assert all(name in PAGES for name in named), word


@pytest.mark.skipif(shutil.which("groff") is None and shutil.which("mandoc") is None, reason="needs a reader of roff")
@pytest.mark.parametrize("name", ["", *PAGES])
def test_manual_pages_are_good_roff(run: Run, name: str) -> None:
    """Without a warning; with the examples and the options of a command."""
    source = run("help", "--man", *([name] if name else [])).stdout
    words = (
        ["groff", "-K", "utf8", "-man", "-Tutf8", "-ww", "-P-c"] if shutil.which("groff") else ["mandoc", "-Wwarning"]
    )
    done = subprocess.run(words, input=source, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0
    assert not done.stderr
    text = re.sub(r".\x08", "", done.stdout)
    assert f"adcli{name and '-' + name}" in text.lower()
    if name in COMMANDS:
        assert "EXAMPLES" in text
        assert "--help" in text
