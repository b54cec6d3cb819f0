"""Where files lie: on this machine, or behind a URL by fsspec, which takes credentials from the environment."""

from __future__ import annotations

import errno
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from adcli.batch.files.drafts import drafted as drafted_here
from adcli.errors import FileError, UsageError, reason

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_DENIED = re.compile("credential|forbidden|unauthorized|authenticat", re.IGNORECASE)
PACKAGES = {
    "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "az": "adlfs",
    "http": "aiohttp", "https": "aiohttp",
}  # fmt: skip
"""What fsspec needs besides itself, by the scheme of a URL."""


def remote(path: str) -> bool:
    """Whether a path is a URL."""
    return _SCHEME.match(path) is not None


def system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it. UsageError where what it takes is not installed."""
    scheme = _SCHEME.match(url)
    assert scheme is not None
    if "@" in url[scheme.end() :].partition("/")[0]:
        raise UsageError(
            f"credentials do not belong into a URL ({scheme[0]}…)", hint="they are taken from the environment alone"
        )
    try:
        import fsspec

        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
        return found
    except ImportError:
        package = PACKAGES.get(scheme[1].lower(), "")
        raise UsageError(
            f"{scheme[0]} needs {package or 'a package for it, and fsspec'}",
            hint=f"pip install 'adcli[cloud]'{f' {package}' if package not in ('', 's3fs', 'aiohttp') else ''}",
        ) from None
    except ValueError as fault:
        raise UsageError(f"{url}: {fault}", hint="there are s3://, gs://, abfs://, hdfs://, https://") from None


@contextmanager
def _faults(what: str) -> Iterator[None]:
    """Whatever libraries of clouds raise, in our own words."""
    try:
        yield
    except (FileError, UsageError):
        raise
    except FileNotFoundError:
        raise FileError(f"{what}: there is no such file") from None
    except Exception as fault:
        told, hint = _told(fault)
        raise FileError(f"{what}: {told}", hint=hint) from None


def _told(fault: Exception) -> tuple[str, str | None]:
    name = type(fault).__name__
    said = reason(fault) if isinstance(fault, OSError) and fault.strerror else (str(fault).splitlines() or [name])[0]
    if isinstance(fault, PermissionError) or _DENIED.search(f"{name} {said}"):
        return f"access is denied: {said}", "credentials are taken from the environment"
    return said, None


class Remote(io.RawIOBase):
    """A file behind a URL, whose failures are FileErrors."""

    def __init__(self, file: Any, url: str) -> None:
        self.file = file
        self.url = url

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """It can be read in any order."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        with _faults(f"cannot read {self.url}"):
            data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        with _faults(f"cannot read {self.url}"):
            return int(self.file.seek(offset, whence))

    def tell(self) -> int:
        """Where it stands."""
        return int(self.file.tell())

    def close(self) -> None:
        """Let go of it."""
        if not self.closed:
            self.file.close()
        super().close()


def opened(path: str) -> IO[bytes]:
    """The bytes of a file. Raises FileError."""
    if remote(path):
        fs, inner = system(path)
        with _faults(f"cannot read {path}"):
            return io.BufferedReader(Remote(fs.open(inner, "rb"), path), 1 << 16)
    try:
        return open(path, "rb")
    except OSError as fault:
        raise FileError(f"cannot read {path}: {reason(fault)}") from None
    except ValueError as fault:
        raise FileError(f"cannot read {path!r}: {fault}") from None


def stamp(path: str) -> dict[str, Any]:
    """A file's size, and what changes when it does: when it was written, or its tag. Raises FileError."""
    if not remote(path):
        try:
            found = os.stat(path)
        except OSError as fault:
            raise FileError(f"cannot read {path}: {reason(fault)}") from None
        return {"size": found.st_size, "mtime": found.st_mtime_ns}
    fs, inner = system(path)
    with _faults(f"cannot read {path}"):
        fs.invalidate_cache(os.path.dirname(inner))
        info = fs.info(inner)
    tag = next((str(info[name]) for name in ("ETag", "etag", "md5Hash", "mtime", "LastModified") if name in info), "")
    return {"size": info.get("size"), "etag": tag.strip('"')}


def size(path: str) -> int | None:
    """A file's size; None where there is no such file."""
    try:
        found: int = stamp(path)["size"]
        return found
    except FileError:
        return None


def folder(path: str) -> bool:
    """Whether a path leads to a folder."""
    if not remote(path):
        return os.path.isdir(path)
    fs, inner = system(path)
    with _faults(f"cannot read {path}"):
        return path.endswith("/") or (not path.startswith("http") and bool(fs.isdir(inner)))


def within(path: str) -> list[str]:
    """The files in a folder and in those within it, in alphabetical order, but for those that are hidden."""
    if remote(path):
        fs, inner = system(path)
        with _faults(f"cannot read {path}"):
            fs.invalidate_cache()
            found = [fs.unstrip_protocol(name) for name in fs.find(inner)]
        start = path.rstrip("/") + "/"
    else:
        found = [os.path.join(parent, name) for parent, _, names in os.walk(path, onerror=_refused) for name in names]
        start = os.path.join(path, "")
    return sorted(name for name in found if not re.search(r"(^|/)[._]", name[len(start) :].replace(os.sep, "/")))


def _refused(fault: OSError) -> None:
    raise FileError(f"cannot read {fault.filename}: {reason(fault)}")


def matching(pattern: str) -> list[str]:
    """What a pattern means, in alphabetical order."""
    if remote(pattern):
        fs, inner = system(pattern)
        with _faults(f"cannot read {pattern}"):
            fs.invalidate_cache()
            return sorted(fs.unstrip_protocol(name) for name in fs.glob(inner))
    from glob import glob

    return sorted(glob(pattern, recursive=True))


@contextmanager
def drafted(path: str) -> Iterator[IO[bytes]]:
    """A stream to write a file's new content to; the file changes when all of it is written, or not at all."""
    if not remote(path):
        with drafted_here(path) as stream:
            yield stream
        return
    fs, inner = system(path)
    with _faults(f"cannot write {path}"):
        draft = fs.open(inner, "wb", autocommit=False)
    try:
        yield draft
        with _faults(f"cannot write {path}"):
            draft.close()
            draft.commit()
    except BaseException:
        try:
            draft.closed = True
            draft.discard()
        except Exception:  # what was begun is nowhere to be seen
            pass
        raise


def create(path: str, content: bytes) -> bool:
    """Make a file that is not there yet, of which there is no doubt among several; returns whether it was made."""
    try:
        if not remote(path):
            with open(path, "xb") as stream:
                stream.write(content)
            return True
        fs, inner = system(path)
        with _faults(f"cannot write {path}"):
            try:
                with fs.open(inner, "xb") as stream:
                    stream.write(content)
            except FileExistsError:
                return False
            return True
    except FileExistsError:
        return False
    except OSError as fault:
        raise FileError(f"cannot write {path}: {reason(fault)}") from None


def remove(path: str) -> None:
    """Delete a file that may be gone already."""
    try:
        if remote(path):
            fs, inner = system(path)
            with _faults(f"cannot delete {path}"):
                fs.rm_file(inner)
        else:
            os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as fault:
        if fault.errno != errno.ENOENT:
            raise FileError(f"cannot delete {path}: {reason(fault)}") from None


def make_folders(path: str) -> None:
    """Make the folder that a file is to lie in; stores of objects need none."""
    if not remote(path):
        try:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        except OSError as fault:
            raise FileError(f"cannot write {path}: {reason(fault)}") from None
