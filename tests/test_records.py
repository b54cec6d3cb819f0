"""Records are dataclasses to everybody who looks."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from adcli.derivatives.results import Evaluation
from adcli.errors import Span
from adcli.ops import TABLE
from adcli.results import Notice


def test_records_behave_as_frozen_dataclasses_do() -> None:
    """Fields by position or name, defaults, equality, hash, repr, matching, no change."""
    notice = Notice("kink", "no derivative", span=(1, 2))
    assert notice == Notice(kind="kink", message="no derivative", span=(1, 2))
    assert hash(notice) == hash(Notice("kink", "no derivative", (1, 2)))
    assert notice != Notice("kink", "no derivative")
    assert repr(notice) == "Notice(kind='kink', message='no derivative', span=(1, 2))"
    match notice:
        case Notice(kind, _, span):
            found: tuple[str, Span | None] = (kind, span)
    assert found == ("kink", (1, 2))
    with pytest.raises(dataclasses.FrozenInstanceError):
        notice.kind = "range"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del notice.kind


def test_the_standard_functions_work_on_records() -> None:
    """replace, fields, asdict; copies and pickles too."""
    notice = Notice("kink", "no derivative")
    assert dataclasses.is_dataclass(notice)
    assert dataclasses.replace(notice, kind="range") == Notice("range", "no derivative")
    assert [field.name for field in dataclasses.fields(Evaluation)][:2] == ["expr", "at"]
    assert dataclasses.asdict(notice) == {"kind": "kink", "message": "no derivative", "span": None}
    assert copy.deepcopy(notice) == notice == pickle.loads(pickle.dumps(notice))


def test_wrong_fields_are_refused() -> None:
    """Missing, unknown, double and surplus ones."""
    with pytest.raises(TypeError, match="Notice needs message"):
        Notice("kink")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Notice got no field 'place'"):
        Notice("kink", "no", place=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Notice got two values for 'kind'"):
        Notice("kink", "no", kind="range")  # type: ignore[misc]
    with pytest.raises(TypeError, match="takes 3 positional arguments, not 4"):
        Notice("kink", "no", None, 4)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Evaluation takes 0 positional arguments"):
        Evaluation(("x",))  # type: ignore[misc]


def test_rows_of_the_table_are_never_equal() -> None:
    """A row is its own key."""
    add = TABLE["add"]
    assert dataclasses.replace(add) != add
    assert repr(add) == "<Op add>"
