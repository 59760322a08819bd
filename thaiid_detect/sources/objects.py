"""Buckets: S3 and what is compatible, Google Cloud Storage, Azure Blob. With `signed.py`, the only home of obstore.

An object's `uri` is its URL, percent-encoded like a local path's; its `version` is the etag, or the time of its last
change where there is none. Credentials are found by obstore (environment, workload identity, instance metadata), in
each process anew: neither a source nor anything that it says holds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

# At the top, as nowhere in a function: threads that read ahead would race for a first import, and some find half of it.
# `open_source` imports this file only for buckets, a worker process with the source that it is handed.
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, S3Store

from thaiid_detect import __version__
from thaiid_detect.errors import StoreError
from thaiid_detect.records import Exposure, Item, Reason
from thaiid_detect.sources.base import Failure, Listed, ReadFailure
from thaiid_detect.sources.local import path_to_uri, uri_to_path
from thaiid_detect.sources.places import Place
from thaiid_detect.sources.refusals import NOT_A_LISTING, Refused, of_obstore, reason_of_refusal, store_error
from thaiid_detect.sources.signed import Entry, bare_etag, list_pages, read_object

if TYPE_CHECKING:
    from obstore import ObjectMeta

__all__ = ["ObjectSource", "open_objects"]

Client = S3Store | GCSStore | AzureStore

LISTED_AT_ONCE = 1000
ASKED_AT_ONCE = 16
CHUNK_BYTES = 1 << 20
# A request that stalls is given up after 15 s and made again, but not later than 30 s after the first: what is left of
# an item's 60 s lets it end as `read_error`, which the next scan tries again, and not as `timeout`.
_CLIENT_OPTIONS: dict[str, Any] = {
    "connect_timeout": "5s",
    "read_timeout": "15s",
    "timeout": "10m",
    "user_agent": f"thaiid-detect/{__version__}",
}
_RETRIES: dict[str, Any] = {
    "max_retries": 6,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2},
}
_ENDPOINT_OPTION = {"s3": "aws_endpoint_url_s3", "gs": "base_url", "az": "endpoint"}
_UNNAMEABLE = re.compile(r"^/|//|/$|(?:^|/)\.{1,2}(?:/|$)|[\x00-\x1f\x7f]|�")


def open_objects(place: Place, *, anonymous: bool = False) -> ObjectSource:
    """The store at a place. Raises StoreError where it cannot be listed, for which it is asked at once."""
    for plain in (True, False) if place.provider == "s3" else (False,):
        source = ObjectSource(place, anonymous, plain)
        try:
            next(source.pages(), None)
        except Refused as error:
            refused = error
        else:
            return source
        # Other answers may be about signatures in addresses: a policy can forbid them, a server not know them.
        if refused.status in (None, 301, 404):
            break
    raise store_error(place, refused)  # from nothing: requests and answers quote key ids and signatures


@dataclass(frozen=True)
class ObjectSource:
    """The objects below a prefix, in the order in which the provider lists them. Markers of folders are no items."""

    place: Place
    anonymous: bool = False
    plain: bool = False
    """By S3's plain interface: see `signed.py`."""
    ahead: ClassVar[int] = 16

    @property
    def uri(self) -> str:
        return self.place.uri

    @property
    def base(self) -> str:
        return self.place.base

    def items(self) -> Iterator[Listed]:
        try:
            for page in self.pages():
                yield from map(self._item, page)
        except Refused as refused:
            reason = Reason.DENIED if refused.status in (401, 403) else Reason.READ_ERROR
            yield Failure(self.base, reason)

    def _item(self, entry: Entry) -> Item:
        exposure = Exposure(public=self.anonymous or None, modified=entry.modified)
        version = entry.etag or str(entry.modified)
        return Item(self.place.root + path_to_uri(entry.key), entry.size, version, exposure)

    def pages(self) -> Iterator[Sequence[Entry]]:
        """Raises `Refused`."""
        if self.plain:
            for page in list_pages(self.place, anonymous=self.anonymous):
                yield [entry for entry in page if entry.size or not entry.key.endswith(b"/")]
        else:
            yield from _pages(_client(self.place, self.anonymous), self.place.prefix)

    def read(self, item: Item, max_bytes: int) -> tuple[Item, bytes]:
        """See `Source.read`. What is too large or empty by the listing is not asked for."""
        if item.size > max_bytes:
            raise ReadFailure(Reason.TOO_LARGE)
        if not item.size:
            raise ReadFailure(Reason.EMPTY)
        key = uri_to_path(item.uri.removeprefix(self.place.root))
        if self.plain and _UNNAMEABLE.search(key.decode("utf-8", "replace")):
            return item, self._read_plainly(key, item)
        return item, self._read(key.decode(), item)

    def _read_plainly(self, key: bytes, item: Item) -> bytes:
        try:
            data = read_object(self.place, key, item.version, item.size, anonymous=self.anonymous)
            reason = Reason.VANISHED
        except Refused as refused:
            data, reason = None, reason_of_refusal(refused)
        if data is None:
            raise ReadFailure(reason)
        return data

    def _read(self, key: str, item: Item) -> bytes:
        try:
            return _fetch(_client(self.place, self.anonymous), key, item)
        except FileNotFoundError:
            reason = Reason.VANISHED
        except (PermissionDeniedError, UnauthenticatedError):
            reason = Reason.DENIED
        except (BaseError, ValueError):
            reason = Reason.READ_ERROR
        raise ReadFailure(reason)

    def contains(self, path: Path) -> bool:
        return False


@lru_cache(maxsize=4)
def _client(place: Place, anonymous: bool) -> Client:
    """One for each process: a client keeps connections, and does not pickle. Raises StoreError."""
    options = {**_CLIENT_OPTIONS, "allow_http": (place.endpoint or "").startswith("http://")}
    given: dict[str, Any] = {"client_options": options, "retry_config": _RETRIES, "skip_signature": anonymous}
    if place.endpoint is not None:
        given[_ENDPOINT_OPTION[place.provider]] = place.endpoint
    if place.region is not None:
        given["region"] = place.region
    try:
        match place.provider:
            case "s3":
                return S3Store(place.bucket, **given)
            case "gs":
                return GCSStore(place.bucket, **given)
            case "az":
                return AzureStore(place.bucket, account_name=place.account, **given)
    except (BaseError, ValueError):
        raise StoreError(
            f"{place.uri} cannot be opened: its name, endpoint or credentials are not of a form that can be used",
            remedy="Check them, and the provider's environment variables",
        ) from None


def _pages(client: Client, prefix: str) -> Iterator[Sequence[Entry]]:
    """As obstore lists them. A key that it cannot name ends the listing: `Refused`."""
    pages = iter(client.list(prefix or None, chunk_size=LISTED_AT_ONCE))
    with ThreadPoolExecutor(ASKED_AT_ONCE) as asking:
        while True:
            try:
                page = next(pages, None)
            except BaseError as error:
                refused = of_obstore(error)
                break
            if page is None:
                if (no_store := _no_store(client, prefix)) is None:
                    return
                refused = no_store
                break
            yield [_entry(meta) for meta in _without_markers(client, page, asking)]
    raise refused


def _no_store(client: Client, prefix: str) -> Refused | None:
    """What tells that no store gave the end of a listing; None where one did, which says of an object that never was
    that it is not there.

    obstore takes any XML in which it finds nothing for the last page of Google's or S3's listing: with a proxy's
    friendly page the store would seem empty, or end there. Azure's has to have a list in it.
    """
    if isinstance(client, AzureStore):
        return None
    try:
        client.head(f"{prefix}/no-such-object-{uuid4().hex}".lstrip("/"))
    except (FileNotFoundError, PermissionDeniedError, UnauthenticatedError):
        return None
    except BaseError as error:
        return of_obstore(error)
    return Refused(None, NOT_A_LISTING)


def _without_markers(client: Client, page: Sequence[ObjectMeta], asking: ThreadPoolExecutor) -> Iterator[ObjectMeta]:
    """The page without the markers of folders: obstore lists `folder/` (no bytes) as `folder`, where no object is."""
    empty = [meta["path"] for meta in page if not meta["size"]]
    there = dict(zip(empty, asking.map(lambda key: _is_there(client, key), empty), strict=True))
    return (meta for meta in page if there.get(meta["path"], True))


def _is_there(client: Client, key: str) -> bool:
    try:
        client.head(key)
    except FileNotFoundError:
        return False
    except BaseError:
        pass  # what is listed is an item, until the store says that it is none
    return True


def _entry(meta: ObjectMeta) -> Entry:
    return Entry(meta["path"].encode(), meta["size"], bare_etag(meta["e_tag"]), int(meta["last_modified"].timestamp()))


def _fetch(client: Client, key: str, item: Item) -> bytes:
    """All bytes of the object that was listed, and of no other. Raises `ReadFailure`, and what obstore raises.

    Outside of S3 `a/` is listed as `a`: without the look at the version one of the two would be read twice, in silence,
    and the other never.
    """
    result = client.get(key)
    if not _is_same(item, _entry(result.meta)):
        raise ReadFailure(Reason.VANISHED)
    parts: list[bytes] = []
    total = 0
    for part in result.stream(min_chunk_size=CHUNK_BYTES):
        parts.append(bytes(part))
        total += len(part)
        if total > item.size:
            break
    if total != item.size:
        raise ReadFailure(Reason.READ_ERROR)
    return b"".join(parts)


def _is_same(item: Item, entry: Entry) -> bool:
    """By the etag, or, where the provider gives an object several, by the time of its last change."""
    same_time = item.exposure is not None and item.exposure.modified == entry.modified
    return entry.size == item.size and (entry.etag == item.version or same_time)
