"""S3 by its plain interface: listings with keys as they are, and objects whose keys obstore cannot name.

In S3 a key is any text. obstore's paths are not: `a//b`, `a/../b` and keys with control characters end its listing with
an error, for good, however many objects come after them; `/a` and `a/` become `a`, which is another object or none.
So S3 is listed here, page by page. obstore finds the credentials and signs the request, and that is what it is for: it
signs the address of an object in a bucket at an endpoint, and an endpoint may well have a query. The object's name
comes to stand in a parameter that S3 ignores as all whose names begin with `x-`; the rest is S3's documented API.
"""

from __future__ import annotations

import http.client
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote, unquote_to_bytes, urlencode
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from thaiid_detect import __version__
from thaiid_detect.sources.refusals import NOT_A_LISTING, Refused, of_obstore

if TYPE_CHECKING:
    from thaiid_detect.sources.places import Place

__all__ = ["Entry", "list_pages", "read_object"]

SECONDS = 15.0
TRIES = 6
TRIED_FOR_SECONDS = 30.0
PAGE_BYTES = 16 << 20
"""A page of 1,000 keys of 1,024 bytes each, all of them percent-encoded, has 3 MB."""
VALID = timedelta(minutes=5)
_AGENT = f"thaiid-detect/{__version__}"

_DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")
Answer = TypeVar("Answer")


class Entry(NamedTuple):
    """An object as a listing names it."""

    key: bytes
    size: int
    etag: str
    modified: int | None
    """Unix seconds."""


def list_pages(place: Place, *, anonymous: bool) -> Iterator[list[Entry]]:
    """Every object below the place's prefix, a page at a time. Raises `Refused`."""
    query = {"list-type": "2", "encoding-type": "url"}
    if place.prefix:
        query["prefix"] = f"{place.prefix}/"
    token: str | None = ""
    while token is not None:
        more = {"continuation-token": token} if token else {}
        page = _answer(place, "", {**query, **more}, anonymous, lambda answer: _read(answer, PAGE_BYTES))
        entries, token = _parse(page)
        yield entries


def read_object(place: Place, key: bytes, etag: str, size: int, *, anonymous: bool) -> bytes | None:
    """The bytes of the object that was listed; None if another is there now. Raises `Refused`."""
    if not anonymous and _DOTS.search(key.decode("utf-8", "replace")):
        raise Refused(None)  # no signature can be had: obstore's URLs know no `..`
    return _answer(place, quote(key), {}, anonymous, lambda answer: _body(answer, etag, size))


def _body(answer: http.client.HTTPResponse, etag: str, size: int) -> bytes | None:
    if bare_etag(answer.headers.get("ETag")) != etag:
        return None
    data = _read(answer, size)
    return data if len(data) == size else None


def _read(answer: http.client.HTTPResponse, most: int) -> bytes:
    """All that comes. Raises IncompleteRead where there is more, or less than was announced, which Python ignores."""
    data = answer.read(most)
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return data


def bare_etag(etag: str | None) -> str:
    """Listings and answers quote etags differently, and proxies mark them as weak."""
    return (etag or "").removeprefix("W/").strip('"')


def _answer(
    place: Place,
    path: str,
    query: dict[str, str],
    anonymous: bool,
    take: Callable[[http.client.HTTPResponse], Answer],
) -> Answer:
    """What `take` makes of the answer. Tries again, waiting longer each time, what is worth it. Raises `Refused`."""
    began, wait = time.monotonic(), 0.1
    for left in reversed(range(TRIES)):
        request = Request(_address(place, path, query, anonymous), headers={"User-Agent": _AGENT})
        try:
            with urlopen(request, timeout=SECONDS) as answer:
                return take(answer)
        except HTTPError as error:
            with error:
                refused = Refused(error.code, _code(error.read(4096)))
        except (OSError, http.client.HTTPException):
            refused = Refused(None)
        final = refused.status is not None and refused.status < 500 and refused.status != 429
        if final or not left or time.monotonic() - began > TRIED_FOR_SECONDS:
            break
        time.sleep(wait)
        wait = min(2 * wait, 5.0)
    raise refused  # outside of `except`: what failed quotes the address, and that the signature


def _address(place: Place, path: str, query: dict[str, str], anonymous: bool) -> str:
    region = place.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    endpoint = place.endpoint or f"https://s3.{region}.amazonaws.com"
    plain = f"{endpoint}/{place.bucket}{'/' if path else ''}{path}"
    if anonymous:
        return f"{plain}?{urlencode(query, quote_via=quote)}" if query else plain
    return _signed(f"{plain}?{urlencode({**query, 'x-thaiid': ''}, quote_via=quote)}", place, region)


def _signed(address: str, place: Place, region: str) -> str:
    try:
        store = S3Store(
            place.bucket,
            aws_endpoint_url_s3=address,
            virtual_hosted_style_request=True,  # the bucket is in the address
            region=region,
            client_options={"allow_http": address.startswith("http://"), "connect_timeout": "5s", "timeout": "15s"},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
        )
        return obstore.sign(store, "GET", "_", VALID)
    except (BaseError, ValueError) as error:
        refused = of_obstore(error)
    raise refused


def _code(body: bytes) -> str | None:
    match = re.search(rb"<Code>(\w{1,60})</Code>", body)
    return match[1].decode() if match else None


def _parse(page: bytes) -> tuple[list[Entry], str | None]:
    """A page's objects, and what the next one is to be asked for with; None at the end. Raises `Refused`.

    What is no listing (a proxy's friendly page, with status 200) must not pass for a store's end.
    """
    try:
        root = ElementTree.fromstring(page)
    except ElementTree.ParseError:
        raise Refused(None, NOT_A_LISTING) from None
    if root.tag.rpartition("}")[2] != "ListBucketResult":
        raise Refused(None, NOT_A_LISTING)
    space = root.tag.removesuffix("ListBucketResult")
    encoded = root.findtext(f"{space}EncodingType") == "url"
    token = root.findtext(f"{space}NextContinuationToken")
    if not token and root.findtext(f"{space}IsTruncated") == "true":
        raise Refused(None, NOT_A_LISTING)
    return [_entry(each, space, encoded) for each in root.iter(f"{space}Contents")], token or None


def _entry(element: ElementTree.Element, space: str, encoded: bool) -> Entry:
    key = element.findtext(f"{space}Key") or ""
    modified = element.findtext(f"{space}LastModified")
    return Entry(
        unquote_to_bytes(key.replace("+", " ")) if encoded else key.encode(),
        int(element.findtext(f"{space}Size") or 0),
        bare_etag(element.findtext(f"{space}ETag")),
        int(datetime.fromisoformat(modified).timestamp()) if modified else None,
    )
