"""URLs of buckets: what they name, and that no secret in one is taken or repeated."""

from __future__ import annotations

import pytest

from thaiid_detect.errors import UsageError
from thaiid_detect.sources.places import Place, StoreOptions, parse_place

ACCOUNT = {"AZURE_STORAGE_ACCOUNT_NAME": "acc"}
SECRET = "hunter2-never-shown"


def parse(url: str, options: StoreOptions | None = None, **environment: str) -> Place:
    return parse_place(url, options or StoreOptions(), environment)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("s3://bucket", Place("s3", "bucket", "")),
        ("S3://bucket/", Place("s3", "bucket", "")),
        ("s3://bucket/a b/ก%/", Place("s3", "bucket", "a b/ก%")),
        ("s3://bucket/what?#x", Place("s3", "bucket", "what?#x")),
        ("gs://bucket/p", Place("gs", "bucket", "p")),
        ("az://box/p", Place("az", "box", "p", "acc")),
        ("abfs://box/p", Place("az", "box", "p", "acc")),
        ("abfss://box@other.dfs.core.windows.net/p", Place("az", "box", "p", "other")),
        ("https://other.blob.core.windows.net/box/p/q", Place("az", "box", "p/q", "other")),
    ],
)
def test_urls_name_places(url: str, place: Place) -> None:
    assert parse(url, **ACCOUNT) == place


def test_two_spellings_are_one_store_and_two_endpoints_are_two() -> None:
    assert parse("s3://b/p").uri == parse("s3://b/p/").uri == "s3://b/p"
    assert parse("az://box", **ACCOUNT).uri == parse("https://acc.blob.core.windows.net/box").uri
    there = parse("s3://b/p", StoreOptions(endpoint="http://there:9000/"))
    assert there.uri == "s3://b/p endpoint=http://there:9000"
    assert there.base == parse("s3://b/p").base == "s3://b/p/"


def test_the_environment_names_endpoints_too() -> None:
    variables = {"AWS_ENDPOINT_URL": "http://one", "AWS_ENDPOINT_URL_S3": "http://two"}
    assert parse("s3://b", **variables).endpoint == "http://two"
    assert parse("s3://b", StoreOptions(endpoint="http://three"), **variables).endpoint == "http://three"
    assert parse("gs://b", **variables).endpoint is None


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        (f"s3://KEY:{SECRET}@bucket/p", "environment variables"),
        (f"s3://{SECRET}@bucket/p", "environment variables"),
        (f"az://box/p?sv=2020&sig={SECRET}", "environment variables"),
        (f"https://acc.blob.core.windows.net/box?sv=2020&sig={SECRET}", "environment variables"),
        (f"https://acc.blob.core.windows.net/box?{SECRET}", "environment variables"),
        (f"https://user:{SECRET}@acc.blob.core.windows.net/box", "--endpoint"),
        (f"abfs://box:{SECRET}@acc.dfs.core.windows.net/p", "environment variables"),
        (f"abfs://box@{SECRET}.example/p", "environment variables"),
        (f"ftp://user:{SECRET}@server/p", "s3://bucket/prefix"),
        (f"s3://bucket/p?X-Amz-Signature={SECRET}", "environment variables"),
        ("https://acc.blob.core.windows.net", "az://container"),
        ("https://bucket.s3.amazonaws.com/p", "s3://bucket/prefix"),
        ("https://example.com/box", "--endpoint"),
        ("http://example.com/box", "s3://bucket/prefix"),
        ("file:///home", "Give a path"),
        ("s3:///p", "s3://bucket"),
        ("s3://bucket:9000/p", "--endpoint"),
        ("s3://bucket/a//b", "folder above"),
        ("s3://bucket/a/../b", "folder above"),
        ("az://box", "AZURE_STORAGE_ACCOUNT_NAME"),
    ],
)
def test_what_is_no_place_is_told_the_remedy_and_not_repeated(url: str, remedy: str) -> None:
    with pytest.raises(UsageError, match=remedy) as raised:
        parse(url)
    assert SECRET not in repr(raised.value) + str(raised.value)


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (StoreOptions(endpoint=f"http://user:{SECRET}@server"), "environment variables"),
        (StoreOptions(endpoint=f"http://server?{SECRET}"), "environment variables"),
        (StoreOptions(endpoint="server:9000"), "https://HOST"),
    ],
)
def test_endpoints_hold_no_secret(options: StoreOptions, remedy: str) -> None:
    with pytest.raises(UsageError, match=remedy) as raised:
        parse("s3://b", options)
    assert SECRET not in repr(raised.value)
    assert options.endpoint is not None
    with pytest.raises(UsageError, match=remedy):
        parse("s3://b", AWS_ENDPOINT_URL=options.endpoint)


def test_only_s3_has_regions() -> None:
    assert parse("s3://b", StoreOptions(region="ap-southeast-7")).region == "ap-southeast-7"
    with pytest.raises(UsageError, match="--region"):
        parse("gs://b", StoreOptions(region="asia"))
