"""Files that are either written whole or left as they were."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from adcli.errors import FileError, reason


def descriptor(path: str) -> int | None:
    """The number of the open file that a path such as /dev/stdout or /dev/fd/3 leads to; else None."""
    folders = {os.path.realpath(folder) for folder in ("/proc/self/fd", "/dev/fd")}
    for _ in range(40):
        folder, name = os.path.split(os.path.abspath(path))
        folder = os.path.realpath(folder)
        if folder in folders and name.isdecimal():
            return int(name)
        path = os.path.join(folder, name)
        if not os.path.islink(path):
            return None
        path = os.path.join(folder, os.readlink(path))
    return None


@contextmanager
def drafted(path: str) -> Iterator[IO[bytes]]:
    """A stream to write a file's new content to; the file changes when all of it is written, or not at all.

    What is no ordinary file (a device, a pipe, /dev/stdout wherever that leads) is written to as it stands.
    """
    if "\0" in path:
        raise FileError(f"cannot write {path!r}: embedded null byte")
    try:
        number = descriptor(path)
        if number is not None or (os.path.exists(path) and not os.path.isfile(path)):
            with open(path if number is None else os.dup(number), "ab") as stream:
                yield stream
            return
        path = os.path.realpath(path)
        mode = _rights(path)
        with _unnamed(os.path.dirname(path)) or _named(os.path.dirname(path)) as draft:
            yield draft.stream
            draft.stream.flush()
            draft.become(path, mode)
    except OSError as fault:
        raise FileError(f"cannot write {path}: {reason(fault)}") from None


def _rights(path: str) -> int:
    """The rights that a file has, or a new one gets. Raises OSError or FileError where it may not be replaced."""
    if not os.path.exists(path):
        return 0o666 & ~_umask()
    os.close(os.open(path, os.O_WRONLY))  # as a shell's > would ask
    found = os.stat(path)
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid() != 0:
        raise FileError(f"cannot write {path}: it is another user's, and would be replaced by one of yours")
    return found.st_mode & 0o7777


class Unfinished:
    """A file that has no name yet, or one that nobody knows, until it becomes what it is to be."""

    def __init__(self, stream: IO[bytes], name: str = "") -> None:
        self.stream = stream
        self.name = name

    def __enter__(self) -> Unfinished:
        return self

    def become(self, path: str, mode: int) -> None:
        """Take the place of what *path* was."""
        if not self.name:
            os.chmod(self.stream.fileno(), mode)
            if self._linked(path):
                return
        self.stream.close()
        os.chmod(self.name, mode)
        os.replace(self.name, path)
        self.name = ""

    def _linked(self, path: str) -> bool:
        """Give the file its name; where another has it, one that is there for as long as it takes to replace that."""
        processes = os.open("/proc/self/fd", os.O_RDONLY)
        try:
            for name in (path, f"{os.path.dirname(path)}/.adcli-{os.urandom(8).hex()}"):
                try:
                    # With a folder's descriptor, what the link in /proc means is linked, and not the link.
                    os.link(str(self.stream.fileno()), name, src_dir_fd=processes, follow_symlinks=True)
                except FileExistsError:
                    continue
                self.name = "" if name == path else name
                return name == path
        except OSError:
            pass  # some systems forbid it: then the file is copied
        finally:
            os.close(processes)
        copy = _named(os.path.dirname(path))
        self.name = copy.name
        with copy.stream, open(self.stream.fileno(), "rb", closefd=False) as content:
            import shutil

            content.seek(0)
            shutil.copyfileobj(content, copy.stream, 1 << 20)
        return False

    def __exit__(self, *fault: object) -> None:
        try:
            self.stream.close()
        finally:
            if self.name:
                os.unlink(self.name)


def _unnamed(folder: str) -> Unfinished | None:
    """A draft without a name, which is gone with the process even where it is killed; None where there is no such."""
    if sys.platform != "linux" or not os.path.exists("/proc/self/fd"):
        return None
    try:
        handle = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    except OSError:  # not on every file system
        return None
    return Unfinished(open(handle, "wb"))


def _named(folder: str) -> Unfinished:
    """A draft with a name of its own."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=".adcli-", dir=folder)
    return Unfinished(open(handle, "wb"), name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
