"""Files that are either written whole or left as they were."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from adcli.errors import FileError, reason


@contextmanager
def drafted(path: str) -> Iterator[IO[bytes]]:
    """A stream to write a file's new content to; the file changes when all of it is written, or not at all.

    What is no ordinary file (a device, a pipe, /dev/stdout wherever that leads) is written to as it stands.
    """
    if "\0" in path:
        raise FileError(f"cannot write {path!r}: embedded null byte")
    try:
        if path.startswith("/dev/") or (os.path.exists(path) and not os.path.isfile(path)):
            with open(path, "ab") as stream:
                yield stream
            return
        path = os.path.realpath(path)
        import tempfile

        mode = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0o666 & ~_umask()
        handle, draft = tempfile.mkstemp(prefix=".adcli-", dir=os.path.dirname(path))
        try:
            with open(handle, "wb") as stream:
                yield stream
            os.chmod(draft, mode)
            os.replace(draft, path)
        except BaseException:
            os.unlink(draft)
            raise
    except OSError as fault:
        raise FileError(f"cannot write {path}: {reason(fault)}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
