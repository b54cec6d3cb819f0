"""Files behind URLs: a store of objects on this machine answers as those of the clouds do."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from adcli.batch.files import places
from adcli.batch.ledger import LOCK, MANIFEST
from adcli.errors import FileError, UsageError

pa = pytest.importorskip("pyarrow")
fsspec = pytest.importorskip("fsspec")

Grad = Callable[..., Result]
WORDS = ("--wrt", "S")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of S3, and credentials for it in the environment."""
    pytest.importorskip("s3fs")
    moto = pytest.importorskip("moto.server")
    import logging

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    running = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    _, port = running.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket with a data set of two parts."""
    pytest.importorskip("numpy")
    from pyarrow import parquet

    for name, value in (
        ("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_ENDPOINT_URL", server),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    fs = fsspec.filesystem("s3", skip_instance_cache=True)
    fs.mkdir("lake")
    for year in (2024, 2025):
        with fs.open(f"lake/in/year={year}/p.parquet", "wb") as stream:
            parquet.write_table(pa.table({"S": [1.0, 2.0, 3.0], "name": ["a", "b", "c"]}), stream)
    yield fs
    fs.invalidate_cache()
    fs.rm("lake", recursive=True)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_data_set_goes_from_a_store_to_a_store(bucket: Any, grad: Grad) -> None:
    """Folders, patterns and single files; each part once, the manifest last, and goes on where it ended."""
    from pyarrow import parquet

    done = grad(*WORDS, "--data", "s3://lake/in", "-o", "s3://lake/out/", "--where", "S > 1", formula="S^2*year")
    assert "--where leaves out 2 rows" in done.stderr
    bucket.invalidate_cache()
    assert sorted(bucket.find("lake/out")) == [
        f"lake/out/{MANIFEST}", "lake/out/year=2024/p.parquet", "lake/out/year=2025/p.parquet"
    ]  # fmt: skip
    with bucket.open("lake/out/year=2025/p.parquet") as stream:
        found = parquet.ParquetFile(stream).read()
    assert found.to_pydict() == {"S": [2, 3], "name": ["b", "c"], "value": [8100, 18225], "d_S": [8100, 12150]}
    told = json.loads(bucket.cat(f"lake/out/{MANIFEST}"))
    assert all(part["input"]["etag"] for part in told["parts"].values())
    assert "hush" not in json.dumps(told)
    words = (*WORDS, "--data", "s3://lake/in", "-o", "s3://lake/out/", "--where", "S > 1")
    assert "2 parts done before" in grad(*words, "--resume", formula="S^2*year").stderr
    grad(*WORDS, "--data", "s3://lake/in/*/p.parquet", "-o", "s3://lake/one.csv", formula="S^2*year")
    text = bucket.cat("lake/one.csv").decode().splitlines()
    assert text[0] == "S,name,year,value,d_S"
    assert len(text) == 7
    assert grad(*WORDS, "--data", "s3://lake/one.csv", "--keep", "none", formula="S^2").stdout.count("\n") == 7


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_store_has_whole_files_and_one_writer(bucket: Any) -> None:
    """What is not finished is not to be seen; of two who make the lock, one does."""

    def fail() -> None:
        with places.drafted("s3://lake/half.csv") as stream:
            stream.write(b"x" * 100)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    bucket.invalidate_cache()
    assert not bucket.exists("lake/half.csv")
    assert places.size("s3://lake/half.csv") is None
    assert places.create(f"s3://lake/{LOCK}", b"1")
    assert not places.create(f"s3://lake/{LOCK}", b"2")
    places.remove(f"s3://lake/{LOCK}")
    places.remove(f"s3://lake/{LOCK}")


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_not_there_is_told(bucket: Any, grad: Grad) -> None:
    """A file, a folder, a pattern, a bucket."""
    for url, said in (
        ("s3://lake/none.parquet", "there is no such file"),
        ("s3://lake/nothing/", "directory without files"),
        ("s3://lake/*.parquet", "no file matches"),
        ("s3://ocean/p.parquet", "cannot read s3://ocean/p.parquet"),
    ):
        assert said in grad(*WORDS, "--data", url, formula="S^2", exit=4).stderr


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of Google's, by an emulator of theirs."""
    pytest.importorskip("gcsfs")
    emulator = pytest.importorskip("gcp_storage_emulator.server")
    port = free_port()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    running = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket="lake")
    running.start()
    yield "gs://lake"
    fsspec.filesystem("gs").clear_instance_cache()
    running.stop()


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A container of Azure's, by an emulator of theirs, whose key everybody knows."""
    pytest.importorskip("adlfs")
    azurite = shutil.which("azurite-blob")
    if azurite is None:
        pytest.skip("npm install -g azurite brings azurite-blob")
    port = free_port()
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    monkeypatch.setenv(
        "AZURE_STORAGE_CONNECTION_STRING",
        f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={key};"
        f"BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;",
    )
    words = ("--silent", "--loose", "--skipApiVersionCheck", "--disableTelemetry", "--blobPort", str(port))
    with subprocess.Popen([azurite, *words, "--location", str(tmp_path / "azurite")]) as running:
        try:
            for _ in range(300):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.1)
            fsspec.filesystem("abfs").mkdir("lake")
            yield "abfs://lake"
        finally:
            fsspec.filesystem("abfs").clear_instance_cache()
            running.terminate()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("store", ["google", "azure"])
def test_other_clouds_go_the_same_way(store: str, request: pytest.FixtureRequest, grad: Grad) -> None:
    """Google's and Azure's, by emulators: data sets, whole files, one writer, what is not there."""
    pytest.importorskip("numpy")
    from pyarrow import parquet

    lake = request.getfixturevalue(store)
    for year in (2024, 2025):
        with places.drafted(f"{lake}/in/year={year}/p.parquet") as stream:
            parquet.write_table(pa.table({"S": [1.0, 2.0, 3.0]}), stream)
    words = (*WORDS, "--data", f"{lake}/in", "-o", f"{lake}/out/", "--where", "S > 1")
    grad(*words, formula="S^2*year")
    names = [name.partition("lake/out/")[2] for name in places.within(f"{lake}/out")]
    assert names == ["year=2024/p.parquet", "year=2025/p.parquet"]
    with places.opened(f"{lake}/out/{names[1]}") as stream:
        assert parquet.ParquetFile(stream).read()["d_S"].to_pylist() == [8100, 12150]
    assert "2 parts done before" in grad(*words, "--resume", formula="S^2*year").stderr
    assert "has a data set already" in grad(*words, formula="S^2*year", exit=2).stderr
    for url in (f"{lake}/none.parquet", f"{lake}/nothing/", f"{lake}/*.parquet"):
        grad(*WORDS, "--data", url, formula="S^2", exit=4)
    assert places.create(f"{lake}/{LOCK}", b"1")
    if store != "google":  # the emulator does not hear that a file must be new
        assert not places.create(f"{lake}/{LOCK}", b"2")
    places.remove(f"{lake}/{LOCK}")

    def fail() -> None:
        with places.drafted(f"{lake}/half.csv") as stream:
            stream.write(b"x" * 100)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert places.size(f"{lake}/half.csv") is None


def test_files_of_the_web_are_read_by_ranges(grad: Grad, tmp_path: Path) -> None:
    """Of a server that has them, not the columns that nobody asks for; a page that is not there is said to be none."""
    pytest.importorskip("aiohttp")
    numpy = pytest.importorskip("numpy")
    from pyarrow import parquet

    draw = numpy.random.default_rng(0)
    table = pa.table({"S": [1.0, 2.0, 3.0] * 100_000, **{f"c{i}": draw.normal(size=300_000) for i in range(20)}})
    parquet.write_table(table, tmp_path / "p.parquet")
    whole = (tmp_path / "p.parquet").read_bytes()
    sent = [0]

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if not self.path.endswith("p.parquet"):
                self.send_error(404)
                return
            first, last = (int(asked[1]), min(int(asked[2]), len(whole) - 1)) if asked else (0, len(whole) - 1)
            self.send_response(206 if asked else 200)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(last - first + 1))
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(whole)}")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(whole[first : last + 1])
                sent[0] += last - first + 1

        do_HEAD = do_GET

        def log_message(self, *words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        lake = f"http://127.0.0.1:{server.server_port}/lake"
        grad("--data", f"{lake}/p.parquet", "--keep", "S", "-o", "out.parquet", formula="S^2")
        assert "cannot read" in grad("--data", f"{lake}/none.parquet", formula="S^2", exit=4).stderr
        server.shutdown()
    assert parquet.read_table("out.parquet")["d_S"].to_pylist()[-3:] == [2.0, 4.0, 6.0]
    assert sent[0] < len(whole) / 2


def test_refusals_of_stores_do_not_echo_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are said to be denied, whoever says so and however."""

    class NoCredentialsError(Exception):
        pass

    class Denied:
        def open(self, path: str, mode: str) -> None:
            raise faults.pop()

    faults = [PermissionError(13, "Access Denied"), NoCredentialsError("Unable to locate credentials")]
    monkeypatch.setattr(places, "system", lambda url: (Denied(), url))
    for _ in range(2):
        with pytest.raises(FileError, match="access is denied") as found:
            places.opened("s3://b/x")
        assert found.value.exit_code == 4
        assert "environment" in str(found.value.hint)


def test_credentials_in_a_url_are_refused_and_not_repeated() -> None:
    """They would be told in errors, manifests and lists of processes."""
    with pytest.raises(UsageError) as found:
        places.opened("s3://key:hush@bucket/x")
    assert "hush" not in str(found.value)


def test_schemes_say_what_they_need() -> None:
    """A package that is not installed, or that nobody knows of."""
    from importlib.util import find_spec

    for scheme, package in (("gs", "gcsfs"), ("abfs", "adlfs")):
        if find_spec(package) is None:
            with pytest.raises(UsageError, match=f"needs {package}"):
                places.opened(f"{scheme}://b/x")
    with pytest.raises(UsageError) as found:
        places.opened("gopher://b/x")
    assert "there are s3://" in str(found.value.hint)


def test_any_system_of_fsspec_goes_the_same_way() -> None:
    """HDFS too, which is held to this interface without a server: here it is a system in memory."""
    with places.drafted("memory://far/x.csv") as stream:
        stream.write(b"S\n1\n")
    assert places.opened("memory://far/x.csv").read() == b"S\n1\n"
    assert [name.rpartition("/")[2] for name in places.within("memory://far")] == ["x.csv"]
    assert places.size("memory://far/x.csv") == 4
    assert places.folder("memory://far")
    places.remove("memory://far/x.csv")
    assert places.size("memory://far/x.csv") is None
    assert "hdfs" in fsspec.available_protocols()
