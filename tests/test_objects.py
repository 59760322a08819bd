"""Buckets over HTTP: counts exact, nothing lost, refusals told in words, and no secret in any of it."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.s3_helpers import (
    KEY_ID,
    MODIFIED,
    SECRET,
    Answer,
    canned_server,
    content,
    delete,
    faulty_proxy,
    listing,
    minding_keys,
    moto_server,
    open_at,
    put,
)
from tests.scan_helpers import ROOT, make_job, make_store
from thaiid_detect.engine import Scan, scan
from thaiid_detect.errors import StoreError
from thaiid_detect.ledger import LedgerView
from thaiid_detect.records import Exposure, Item, Outcome, Reason, Verdict
from thaiid_detect.sources import Failure, Listed, ReadFailure, Source, StoreOptions, objects, open_source, signed
from thaiid_detect.sources.objects import ObjectSource
from thaiid_detect.sources.places import parse_place


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with moto_server() as endpoint:
        yield endpoint


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "AZURE_", "GOOGLE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tries instead of six, for faults that stay."""
    monkeypatch.setattr(signed, "TRIES", 2)
    monkeypatch.setattr(objects, "_RETRIES", {**objects._RETRIES, "max_retries": 1})


def start(folder: Path, source: Source, *, workers: int = 0, retry_failed: bool = False) -> Scan:
    return scan(make_job(source), folder / "scan.db", fingerprint="one", workers=workers, retry_failed=retry_failed)


def items_of(source: Source) -> list[Item]:
    return [entry for entry in source.items() if isinstance(entry, Item)]


def reason_of_reading(source: Source, item: Item) -> Reason | None:
    try:
        source.read(item, 1000)
    except ReadFailure as failure:
        return failure.reason
    return None


def test_ten_thousand_objects_under_prefixes(moto: str, tmp_path: Path) -> None:
    large, empty = b"x" * 1001, {f"p{i:02}/": b"" for i in range(20)}
    small = {f"p{i % 20:02}/small-{i:03}": b"card" if i % 10 == 3 else b"plain" for i in range(100)}
    put("thousands", {f"p{i % 20:02}/{i:05}": large for i in range(9_900)} | small | empty)
    with start(tmp_path, open_at(moto, "s3://thousands"), workers=2) as running:
        outcomes = list(running)
    assert len({outcome.item for outcome in outcomes}) == running.summary.listed == 10_000
    reasons = {Reason.TOO_LARGE: 9_900, Reason.WORDS: 10, Reason.NO_CARD: 90}
    assert running.summary.reasons == Counter(outcome.reason for outcome in outcomes) == reasons
    assert running.summary.whole
    assert running.summary.exit_code() == 3
    with LedgerView(running.ledger_path) as view:
        assert sum(view.counts().values()) == 10_000


ODD = [
    "plain.jpg",
    "two words",
    "100%.jpg",
    "100%25.jpg",
    "a+b&c=d",
    "บัตร/ประชาชน 1.jpg",
    "a<b>",
    "#h?q=1",
    "é",
    "{~}^`",
]


def test_the_same_outcomes_from_disk_and_from_a_bucket(moto: str, tmp_path: Path) -> None:
    texts = {name: "card" if i % 2 else "plain" for i, name in enumerate(ODD)} | {"empty": "", "large": "x" * 1001}
    store = make_store(tmp_path / "store", texts)
    put("same", {f"in/here/{name}": text.encode() for name, text in texts.items()} | {"in/hereafter": b"card"})
    told = []
    for source in (open_source(store), open_at(moto, "s3://same/in/here/")):
        folder = tmp_path / str(len(told))
        folder.mkdir()
        with start(folder, source, workers=len(told)) as running:
            rows = [outcome.to_dict() for outcome in running]
        for row in rows:
            row.update(uri=row["uri"].removeprefix(source.base), version="", exposure=None, elapsed_ms=0.0)
        told.append(sorted(rows, key=lambda row: str(row["uri"])))
    assert len(told[0]) == len(texts)
    assert told[0] == told[1]


def test_keys_that_obstore_cannot_name(moto: str) -> None:
    keys = ["a//b", "/lead", "lead", "x/", "x", "x/y", "tab\tx", "//", "end//", "c\x01", "\x85"]
    put("strange", {key: b"of " + key.encode() for key in keys} | {"folder/": b"", "folder/file": b"of folder/file"})
    source = open_at(moto, "s3://strange")
    read = {source.read(item, 100)[1] for item in items_of(source)}
    assert read == {b"of " + key.encode() for key in [*keys, "folder/file"]}
    assert len(items_of(source)) == len(read)


def test_keys_with_line_ends_and_dots(tmp_path: Path) -> None:
    answers = {
        "/b/new\nline": content(b"1"),
        "/b/a/../c": content(b"2"),
        "/b": listing(("new%0Aline", 1), ("a/../c", 1)),
    }
    with canned_server(answers) as endpoint:
        source = open_at(endpoint, "s3://b", anonymous=True)
        items = items_of(source)
        assert [item.uri for item in items] == ["s3://b/new%0Aline", "s3://b/a/../c"]
        assert [source.read(item, 9)[1] for item in items] == [b"1", b"2"]
        # No signature can be had for dots: such an object is counted, and said not to have been read.
        source = open_at(endpoint, "s3://b")
        assert [reason_of_reading(source, item) for item in items] == [None, Reason.READ_ERROR]


def test_an_item_says_where_it_is_and_what_is_known_of_it(moto: str) -> None:
    put("known", {"2018/a%b.jpg": b"data", "2018/": b""})
    source = pickle.loads(pickle.dumps(open_at(moto, "s3://known/2018")))
    (item,) = items_of(source)
    assert (item.uri, item.size, item.version) == ("s3://known/2018/a%25b.jpg", 4, "8d777f385d3dfec8815d20f7496026dc")
    assert item.exposure is not None
    assert item.exposure == Exposure(modified=item.exposure.modified)
    assert item.exposure.modified
    assert source.uri == f"s3://known/2018 endpoint={moto}"
    assert source.read(item, 4) == (item, b"data")
    assert not source.contains(Path("/"))


def test_what_is_listed_without_credentials_is_public(moto: str) -> None:
    put("open", {"a": b"data"})
    (item,) = items_of(open_at(moto, "s3://open", anonymous=True))
    assert item.exposure is not None
    assert item.exposure.to_dict()["public"] is True


def test_a_denied_object_is_unanalysed(moto: str, tmp_path: Path) -> None:
    put("private", {"a": b"card", "b//c": b"card"})  # moto serves strangers no object that has no ACL for them
    with start(tmp_path, open_at(moto, "s3://private", anonymous=True)) as running:
        assert {(outcome.verdict, outcome.reason) for outcome in running} == {(Verdict.UNANALYSED, Reason.DENIED)}
    assert running.summary.complete
    assert running.summary.exit_code() == 3
    with start(tmp_path, open_at(moto, "s3://private")) as running:
        assert [outcome.verdict for outcome in running] == [Verdict.ID_CARD] * 2


@dataclass(frozen=True)
class Changing(ObjectSource):
    """A bucket that changes as soon as it has been listed."""

    change: Callable[[], None] = lambda: None

    def items(self) -> Iterator[Listed]:
        yield from [*super().items()]
        self.change()


@pytest.mark.parametrize("key", ["late", "late//r"])
@pytest.mark.parametrize("change", [lambda key: delete("changing", key), lambda key: put("changing", {key: b"longer"})])
def test_an_object_that_is_gone_or_another_has_vanished(
    moto: str, tmp_path: Path, key: str, change: Callable[[str], None]
) -> None:
    put("changing", {"stays": b"card", key: b"plain"})
    source = open_at(moto, "s3://changing")
    assert isinstance(source, ObjectSource)
    changing = Changing(source.place, plain=True, change=lambda: change(key))
    items = [entry for entry in changing.items() if isinstance(entry, Item)]
    assert {reason_of_reading(source, item) for item in items} == {None, Reason.VANISHED}
    delete("changing", key)


@pytest.mark.parametrize("fault", ["500", "reset", "half"])
def test_passing_faults_change_nothing(moto: str, tmp_path: Path, fault: str) -> None:
    put("shaky", {f"{i:02}": b"card" if i % 3 else b"plain" for i in range(12)} | {"o//dd": b"card"})
    seen: Counter[str] = Counter()

    def every_path_once(path: str) -> str | None:
        seen[path.partition("?")[0]] += 1
        return fault if seen[path.partition("?")[0]] == 1 else None

    with faulty_proxy(moto, every_path_once) as endpoint, start(tmp_path, open_at(endpoint, "s3://shaky")) as running:
        outcomes = list(running)
    assert Counter(outcome.verdict for outcome in outcomes) == {Verdict.ID_CARD: 9, Verdict.CLEAR: 4}
    assert running.summary.exit_code() == 0
    assert min(seen.values()) >= 2


@pytest.mark.usefixtures("impatient")
def test_an_object_whose_faults_stay_is_a_read_error_and_tried_again(moto: str, tmp_path: Path) -> None:
    put("bad", {"a": b"card", "b": b"card"})
    faults = {"/bad/b": "500"}
    with faulty_proxy(moto, lambda path: faults.get(path.partition("?")[0])) as endpoint:
        with start(tmp_path, open_at(endpoint, "s3://bad")) as running:
            assert Counter(outcome.reason for outcome in running) == {Reason.WORDS: 1, Reason.READ_ERROR: 1}
        assert running.summary.exit_code() == 3
        faults.clear()
        with start(tmp_path, open_at(endpoint, "s3://bad")) as running:
            assert [(outcome.item.uri, outcome.verdict) for outcome in running] == [("s3://bad/b", Verdict.ID_CARD)]
    assert running.summary.exit_code() == 0


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", ["500", "half"])
def test_a_listing_that_breaks_off_makes_the_scan_incomplete(moto: str, tmp_path: Path, fault: str) -> None:
    put("broken", {f"{i:04}": b"" for i in range(1100)})
    with faulty_proxy(moto, lambda path: fault if "continuation-token" in path else None) as endpoint:
        with start(tmp_path, open_at(endpoint, "s3://broken")) as running:
            assert len(list(running)) == 1000
        assert running.summary.failures == 1
        assert not running.summary.complete
        assert running.summary.exit_code() == 3


def test_a_page_that_is_no_listing_is_not_the_end_of_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"/b": listing(("a", 1), token="next")}
    with canned_server(pages) as endpoint:
        source = open_at(endpoint, "s3://b", anonymous=True)
        entries = source.items()
        assert isinstance(next(entries), Item)
        pages["/b"] = (200, b"<html>Please log in</html>", {})
        assert list(entries) == [Failure("s3://b/", Reason.READ_ERROR)]
        with pytest.raises(StoreError, match="no such store"):
            open_at(endpoint, "s3://b", anonymous=True)


class Everywhere(dict[str, Answer]):
    """One answer to whatever is not named, as a proxy gives it that wants somebody to log in."""

    def __init__(self, rest: Answer, **named: Answer) -> None:
        super().__init__({f"/{name}": answer for name, answer in named.items()})
        self.rest = rest

    def get(self, path: str, default: object = None) -> Answer:  # type: ignore[override]
        return super().get(path, self.rest)


XHTML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head/><body><p>log in</p></body></html>'
ABSENT: Answer = (404, b"<Error><Code>NoSuchKey</Code></Error>", {})


def listed_by_obstore(endpoint: str, url: str) -> list[Listed]:
    return list(ObjectSource(parse_place(url, StoreOptions(endpoint=endpoint)), anonymous=True).items())


@pytest.mark.parametrize("url", ["gs://b", "s3://b/p", "az://b"])
@pytest.mark.parametrize("body", [XHTML, b"", b"{}", b"<html><br></html>", b"<p/>", b"please log in"])
@pytest.mark.parametrize("headers", [{}, {"Last-Modified": MODIFIED, "ETag": '"1"'}])
@pytest.mark.usefixtures("impatient")
def test_a_proxys_page_is_no_empty_store(
    url: str, body: bytes, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    with canned_server(Everywhere((200, body, headers))) as endpoint:
        assert listed_by_obstore(endpoint, url) == [Failure(f"{url}/", Reason.READ_ERROR)]
        with pytest.raises(StoreError, match="what answers there is no such store") as raised:
            open_at(endpoint, url, anonymous=True)
        assert raised.value.exit_code == 3


class OnePage(Everywhere):
    """A page of a listing, and from then on what is answered everywhere else."""

    def get(self, path: str, default: object = None) -> Answer:  # type: ignore[override]
        return self.pop(path, self.rest)


@pytest.mark.parametrize("url", ["gs://b", "s3://b"])
@pytest.mark.usefixtures("impatient")
def test_a_listing_that_ends_in_a_proxys_page_is_incomplete(url: str) -> None:
    with canned_server(OnePage((200, XHTML, {}), b=listing(("a", 1), token="next"))) as endpoint:
        item, failure = listed_by_obstore(endpoint, url)
        assert isinstance(item, Item)
        assert failure == Failure(f"{url}/", Reason.READ_ERROR)


@pytest.mark.parametrize("url", ["gs://b", "s3://b"])
@pytest.mark.parametrize("rest", [ABSENT, (403, b"<Error><Code>AccessDenied</Code></Error>", {})])
def test_an_empty_store_is_empty(url: str, rest: Answer) -> None:
    with canned_server(Everywhere(rest, b=listing())) as endpoint:
        assert listed_by_obstore(endpoint, url) == []
        assert list(open_at(endpoint, url, anonymous=True).items()) == []


def error(status: int, code: str) -> tuple[int, bytes, dict[str, str]]:
    return status, f"<Error><Code>{code}</Code><AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId></Error>".encode(), {}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (error(403, "AccessDenied"), r"may not list it \(403 AccessDenied\)\. Check the keys"),
        (error(403, "InvalidAccessKeyId"), r"403 InvalidAccessKeyId"),
        (error(403, "SignatureDoesNotMatch"), r"403 SignatureDoesNotMatch"),
        (error(401, "Unauthorized"), "not accepted"),
        (error(404, "NoSuchBucket"), r"there is no such bucket \(404 NoSuchBucket\)\. Check its name"),
        (error(500, "InternalError"), r"answers with an error \(500 InternalError\)"),
    ],
)
@pytest.mark.parametrize("url", ["s3://b/p", "gs://b/p", "az://b/p"])
@pytest.mark.usefixtures("impatient")
def test_a_bucket_that_cannot_be_listed_says_why_and_no_secret(
    answer: tuple[int, bytes, dict[str, str]], says: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_BEARER_TOKEN", SECRET)
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=" + SECRET.replace("+", "%2B"))
    with canned_server({"/b": answer}) as endpoint, pytest.raises(StoreError, match=says) as raised:
        open_at(endpoint, url)
    assert raised.value.exit_code == 3
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    assert not leaks(shown)


@pytest.mark.usefixtures("impatient")
def test_wrong_keys(moto: str) -> None:
    put("kept", {"a": b"data"})
    with minding_keys(moto), pytest.raises(StoreError, match=r"may not list it \(403 InvalidAccessKeyId\)"):
        open_at(moto, "s3://kept")
    assert len(items_of(open_at(moto, "s3://kept"))) == 1


def test_where_addresses_may_not_be_signed_requests_are(moto: str) -> None:
    put("signed", {"a": b"data", "folder/": b"", "folder/b": b"", "b": b""})
    with faulty_proxy(moto, lambda path: "403" if "X-Amz-Signature" in path else None) as endpoint:
        source = open_at(endpoint, "s3://signed")
        items = items_of(source)
        assert [item.uri for item in items] == ["s3://signed/a", "s3://signed/b", "s3://signed/folder/b"]
        assert [reason_of_reading(source, item) for item in items] == [None, Reason.EMPTY, Reason.EMPTY]


def test_a_bucket_in_another_region_says_so() -> None:
    with (
        canned_server({"/b": error(301, "PermanentRedirect")}) as endpoint,
        pytest.raises(StoreError, match=r"another region \(301 PermanentRedirect\)\. Name its region with --region"),
    ):
        open_at(endpoint, "s3://b")


def leaks(text: str) -> bool:
    return any(secret in text for secret in (SECRET, SECRET.split("/")[0], KEY_ID, "Signature="))


def test_no_server_no_credentials(monkeypatch: pytest.MonkeyPatch, impatient: None) -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        open_at("http://127.0.0.1:1", "s3://b")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(StoreError, match="cannot be"):
        open_at("http://127.0.0.1:1", "s3://b")


def test_secrets_get_nowhere(moto: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    put("secretive", {"a": b"card", "b//c": b"fail"})
    source = open_at(moto, "s3://secretive")
    with start(tmp_path, source) as running:
        rows = [outcome.to_dict() for outcome in running]
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("thaiid")]
    assert not leaks("".join([repr(source), source.uri, str(rows), repr(running.summary), *ours]))
    assert not leaks(str(pickle.dumps(make_job(source))))
    assert not leaks((tmp_path / "scan.db").read_bytes().decode("latin-1"))


AZURE = (
    '<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>p/a.jpg</Name><Properties>'
    "<Last-Modified>Wed, 11 Apr 2018 03:04:05 GMT</Last-Modified><Etag>0x8D</Etag><Content-Length>4</Content-Length>"
    "<Content-Type>image/jpeg</Content-Type><BlobType>BlockBlob</BlobType></Properties></Blob></Blobs>"
    "<NextMarker/></EnumerationResults>"
)


@pytest.mark.parametrize("url", ["gs://b/p", "az://b/p", "abfs://b@account.dfs.core.windows.net/p"])
def test_google_and_azure_are_listed_and_read(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    google = url.startswith("gs")
    page = listing(("p/a.jpg", 4), ("p/folder/", 0)) if google else (200, AZURE.encode(), {})
    one = content(b"card", '"etag"' if google else '"0x8D"')
    with canned_server({"/b": page, "/b/p/a.jpg": one}) as endpoint:
        source = open_at(endpoint, url, anonymous=True)
        (item,) = items_of(source)
        assert item.uri == f"{'gs' if google else 'az'}://b/p/a.jpg"
        assert source.read(item, 9) == (item, b"card")
        other = replace(item, size=3)
        assert reason_of_reading(source, other) is Reason.VANISHED


def test_a_key_that_obstore_cannot_name_ends_other_listings_as_a_failure() -> None:
    pages = {"/b": listing(("p/a", 1))}
    with canned_server(pages) as endpoint:
        source = open_at(endpoint, "gs://b", anonymous=True)
        pages["/b"] = listing(("p/a", 1), ("p//b", 1))
        assert list(source.items()) == [Failure("gs://b/", Reason.READ_ERROR)]


def test_directories_load_no_obstore(tmp_path: Path) -> None:
    make_store(tmp_path, {"a": "x"})
    code = (
        "import sys; from thaiid_detect.sources import open_source; list(open_source(sys.argv[1]).items());"
        "print([name for name in ('obstore', 'thaiid_detect.sources.objects') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_scan_of_a_bucket_goes_on_where_it_stopped(moto: str, tmp_path: Path) -> None:
    put("resumed", {"a": b"card", "b": b"plain"})
    outcomes: list[Outcome] = list(start(tmp_path, open_at(moto, "s3://resumed")))
    put("resumed", {"b": b"card!"})
    outcomes = list(start(tmp_path, open_at(moto, "s3://resumed")))
    assert [(outcome.item.uri, outcome.verdict) for outcome in outcomes] == [("s3://resumed/b", Verdict.ID_CARD)]
