"""What the URL of a bucket says: a `Place`. Here secrets in URLs are refused, before anything can print them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from thaiid_detect.errors import UsageError
from thaiid_detect.sources.local import path_to_uri

__all__ = ["Place", "StoreOptions", "parse_place"]

Provider = Literal["s3", "gs", "az"]

_PROVIDERS: Final[dict[str, Provider]] = {"s3": "s3", "gs": "gs", "az": "az", "abfs": "az", "abfss": "az"}
_AZURE_HOST = re.compile(r"([a-z0-9]+)\.(?:blob|dfs)\.core\.windows\.net")
_SIGNATURE = re.compile(r"[?&](sig|x-amz-signature|x-goog-signature)=", re.IGNORECASE)
# Read here and not left to obstore: another endpoint is another store, and has a ledger of its own.
_ENDPOINT_VARIABLES: Final[dict[Provider, tuple[str, ...]]] = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}
_FORMS = "Give a path, or s3://bucket/prefix, gs://bucket/prefix, az://container/prefix"
_KEEP_OUT = "Give credentials in the provider's environment variables: URLs end up in logs and shell histories"


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """How a bucket is reached. Credentials are never among them: the provider's own chain finds those."""

    anonymous: bool = False
    """Ask without credentials, as a stranger would."""
    endpoint: str | None = None
    """Where an S3-compatible or other server answers: `https://minio.example:9000`."""
    region: str | None = None
    """S3 only; default: AWS_REGION, then us-east-1."""


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, or what is below a prefix of it. Holds no secret, so it may be printed and pickled."""

    provider: Provider
    bucket: str
    prefix: str
    """Without slashes at its ends; "" for the whole bucket."""
    account: str | None = None
    """Azure's storage account."""
    endpoint: str | None = None
    region: str | None = None

    @property
    def root(self) -> str:
        """What the `uri` of any object in the bucket begins with."""
        return f"{self.provider}://{self.bucket}/"

    @property
    def base(self) -> str:
        return f"{self.root}{path_to_uri(self.prefix.encode())}/" if self.prefix else self.root

    @property
    def uri(self) -> str:
        """The store's identity: the same bucket name is another one at another endpoint or in another account."""
        where = {"account": self.account, "endpoint": self.endpoint}
        return self.base.rstrip("/") + "".join(f" {name}={value}" for name, value in where.items() if value)


def parse_place(url: str, options: StoreOptions, environment: Mapping[str, str] = os.environ) -> Place:
    """The place that a URL names. Raises UsageError, which does not repeat the URL where that may hold a secret."""
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    authority, _, path = rest.partition("/")
    if _SIGNATURE.search(url) or (scheme in ("http", "https") and "?" in url):
        raise UsageError("The store's URL holds a query, which may be a secret", remedy=_KEEP_OUT)
    bucket, account = authority, None
    if scheme == "https":
        bucket, account, path = _of_azure(authority, path)
        scheme = "az"
    elif scheme in ("abfs", "abfss") and "@" in authority:
        bucket, _, host = authority.rpartition("@")
        match = _AZURE_HOST.fullmatch(host)
        account = match and match[1]
    if scheme not in _PROVIDERS:
        raise UsageError(f"Stores with {scheme}:// cannot be read", remedy=_FORMS)
    if "@" in bucket or ":" in bucket or (account is None and "@" in authority):
        raise UsageError("The store's URL holds a user, password or port", remedy=f"{_KEEP_OUT}; a server: --endpoint")
    if not bucket:
        raise UsageError("The store's URL names no bucket", remedy=_FORMS)
    return _place(_PROVIDERS[scheme], bucket, _prefix(path), account, options, environment)


def _of_azure(host: str, path: str) -> tuple[str, str, str]:
    match = _AZURE_HOST.fullmatch(host.lower())
    container, _, prefix = path.partition("/")
    if match is None or not container:
        raise UsageError(
            "An https:// store is the container of an Azure account, https://ACCOUNT.blob.core.windows.net/CONTAINER,"
            " and this is none",
            remedy=f"{_FORMS}; another server: --endpoint",
        )
    return container, match[1], prefix


def _prefix(path: str) -> str:
    prefix = path.strip("/")
    if any(part in ("", ".", "..") for part in prefix.split("/")) and prefix:
        raise UsageError("The prefix has an empty part, or . or ..", remedy="Name a folder above it")
    return prefix


def _place(
    provider: Provider,
    bucket: str,
    prefix: str,
    account: str | None,
    options: StoreOptions,
    environment: Mapping[str, str],
) -> Place:
    if options.region is not None and provider != "s3":
        raise UsageError("Only S3 has regions", remedy="Leave --region out")
    if provider == "az" and account is None:
        account = environment.get("AZURE_STORAGE_ACCOUNT_NAME")
        if not account:
            raise UsageError(
                "The Azure storage account is not known",
                remedy="Set AZURE_STORAGE_ACCOUNT_NAME, or give https://ACCOUNT.blob.core.windows.net/CONTAINER",
            )
    found = (environment[name] for name in _ENDPOINT_VARIABLES[provider] if environment.get(name))
    endpoint = options.endpoint or next(found, None)
    return Place(provider, bucket, prefix, account, endpoint and _checked(endpoint), options.region)


def _checked(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("The endpoint is no URL", remedy="Give https://HOST or http://HOST:PORT")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError("The endpoint holds a user, a password or a query", remedy=_KEEP_OUT)
    return endpoint.rstrip("/")
