"""What all tests share: random tests draw the same examples each time, and take as long as they need."""

from __future__ import annotations

import signal

import hypothesis
import pytest

# Where the tests run in the background of a script, interrupts are ignored, and so they would be by what tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis.settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    print_blob=False,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("ci")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way is timed once, where nothing is about times."""
    monkeypatch.setattr("adcli.studies.compare.stopwatch.BUDGET", 0)
