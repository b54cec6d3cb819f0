"""What is known of a data set that is being written: which parts are done, and who writes it."""

from __future__ import annotations

import json
import os
import posixpath
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from adcli.batch.files import places
from adcli.errors import DataError, FileError, UsageError

MANIFEST, UNFINISHED, LOCK = "_adcli.json", "_adcli.unfinished.json", "_adcli.lock"
"""What stands in the folder beside the parts: the last when all of them are done; the second until then; who writes."""
SCHEMA = 1
PAUSE = 2.0
"""Seconds between two records of what is done: what is done since the last is done again after a crash."""


class Ledger:
    """The record of one data set. Parts are known by the path of their input, or by the range of it that they are;
    `question` is what is asked of them, which is the same for all."""

    def __init__(self, folder: str, question: Mapping[str, Any], *, resume: bool, overwrite: bool) -> None:
        self.folder = folder.rstrip("/") or "/"
        self.question = json.loads(json.dumps(question, default=str))
        self.resume = resume
        self.overwrite = overwrite
        self.parts: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, set[str]] = {}
        """The parts of each input."""
        self.stale: set[str] = set()
        """Files of former parts, which go when all is done unless they are written again."""
        self._saved = time.monotonic()

    def path(self, name: str) -> str:
        """A file in the folder."""
        return posixpath.join(self.folder, name)

    def begin(self, inputs: Sequence[str]) -> None:
        """Take the folder for this run alone, and look what is done. Raises FileError and UsageError."""
        places.make_folders(self.path(LOCK))
        self._lock()
        try:
            self._look(inputs)
        except BaseException:
            self.release()
            raise

    def _lock(self) -> None:
        mine = json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "began": _began(os.getpid())})
        for _ in range(2):
            if places.create(self.path(LOCK), mine.encode()):
                return
            holder = self._read(LOCK) or {}
            dead = holder.get("host") == socket.gethostname() and holder.get("began") != _began(holder.get("pid", -1))
            if not dead:
                break
            places.remove(self.path(LOCK))
        raise FileError(
            f"another run writes to {self.folder}: process {holder.get('pid', '?')} on {holder.get('host', '?')}",
            hint=f"if it is dead, delete {self.path(LOCK)}",
        )

    def release(self) -> None:
        """Let others have the folder."""
        places.remove(self.path(LOCK))

    def _look(self, inputs: Sequence[str]) -> None:
        before = self._read(MANIFEST) or self._read(UNFINISHED)
        if before is None:
            there = places.within(self.folder) if places.folder(self.folder) else []
            if there:
                raise UsageError(
                    f"{self.folder} has files already that no run of adcli has written: {there[0]}",
                    hint="a folder of its own keeps the rows of the two apart",
                )
            return
        written = {output["path"] for part in before["parts"].values() for output in part["outputs"]}
        written.update(before.get("stale", ()))
        if self.resume:
            self._hold_against(before, inputs)
            self.parts = dict(before["parts"])
            for key, part in self.parts.items():
                self._keys.setdefault(part.get("of", key), set()).add(key)
            self.stale = written - {output["path"] for part in self.parts.values() for output in part["outputs"]}
        elif self.overwrite:
            self.stale = written
        else:
            done = "a data set" if before.get("complete") else "a data set that is not finished"
            raise UsageError(
                f"{self.folder} has {done} already", hint="--resume goes on with it, --overwrite writes it anew"
            )
        self.save()  # before anything changes: from here on it is not finished
        places.remove(self.path(MANIFEST))

    def _hold_against(self, before: Mapping[str, Any], inputs: Sequence[str]) -> None:
        """Refuse to go on with what another question, or other files, have begun."""
        theirs, ours = before["question"], self.question
        other = next((name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)), None)
        if other is not None:
            raise UsageError(
                f"{self.folder} was begun with another {other}: {theirs.get(other)}, not {ours.get(other)}",
                hint="--overwrite writes it anew",
            )
        known = set(inputs)
        gone = [path for key, part in before["parts"].items() if (path := part.get("of", key)) not in known]
        if gone:
            raise UsageError(
                f"{self.folder} has the results of {gone[0]}, which is not among --data",
                hint="--overwrite writes it anew",
            )

    def done(self, key: str, path: str) -> bool:
        """Whether the results of a part of an input are there, of the size that they had, and that has not changed
        since."""
        known = self.parts.get(key)
        return (
            known is not None
            and known["input"] == places.stamp(path)
            and all(places.size(self.path(output["path"])) == output["size"] for output in known["outputs"])
        )

    def record(
        self, key: str, path: str, stamp: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]], **counts: Any
    ) -> None:
        """A part of an input is done; what it had written before and has not written again goes."""
        known = self.parts.get(key, {"outputs": []})
        piece = {} if key == path else {"of": path}
        self.parts[key] = {**piece, "input": dict(stamp), "outputs": [dict(output) for output in outputs], **counts}
        self._keys.setdefault(path, set()).add(key)
        self._remove(known, {output["path"] for output in outputs})
        if not piece:
            self.only(path, [key])
        if time.monotonic() - self._saved > PAUSE:
            self.save()

    def only(self, path: str, keys: Sequence[str]) -> None:
        """An input consists of these parts and no others; what others have written goes."""
        for key in self._keys.get(path, set()) - {*keys}:
            self._remove(self.parts.pop(key), ())
            self._keys[path].discard(key)

    def _remove(self, part: Mapping[str, Any], kept: Collection[str]) -> None:
        for output in part["outputs"]:
            if output["path"] not in kept:
                places.remove(self.path(output["path"]))

    def save(self) -> None:
        """Write down what is done so far."""
        self._write(UNFINISHED, complete=False, stale=sorted(self.stale))
        self._saved = time.monotonic()

    def finish(self) -> None:
        """All parts are done: the manifest comes last."""
        for name in self.stale - {output["path"] for part in self.parts.values() for output in part["outputs"]}:
            places.remove(self.path(name))
        written = {self.path(output["path"]) for part in self.parts.values() for output in part["outputs"]}
        strange = [name for name in places.within(self.folder) if name not in written]
        if strange:
            raise DataError(
                f"{strange[0]} belongs to no part, and would be read as if it did",
                hint="delete it, and go on with --resume",
            )
        self._write(MANIFEST, complete=True)
        places.remove(self.path(UNFINISHED))

    def _write(self, name: str, **more: Any) -> None:
        whole = {"schema": SCHEMA, **more, "question": self.question, "parts": self.parts}
        with places.drafted(self.path(name)) as stream:
            stream.write(json.dumps(whole, indent=1).encode())

    def _read(self, name: str) -> Any:
        path = self.path(name)
        if places.size(path) is None:
            return None
        with places.opened(path) as stream:
            data = stream.read()
        try:
            return json.loads(data)
        except ValueError:
            raise DataError(f"{path} is damaged", hint="an empty folder begins anew") from None


def _began(pid: int) -> str:
    """When a process of this machine began, which tells it from a later one of its number; "" where there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            return stream.read().rpartition(b")")[2].split()[19].decode()
    except (OSError, IndexError):
        pass
    try:
        os.kill(pid, 0)
    except OSError:
        return ""
    return "alive"
