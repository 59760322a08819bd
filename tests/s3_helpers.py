"""Servers on loopback that speak S3: moto's, one in front of it that makes faults, and one with answers in a can."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from thaiid_detect.sources import Source, StoreOptions, open_source

KEY_ID, SECRET = "AKIDFORTHETESTS", "s3cr3t/that+nobody/may/see"
MODIFIED = "Wed, 11 Apr 2018 03:04:05 GMT"

Answer = tuple[int, bytes, dict[str, str]]


@contextmanager
def moto_server() -> Iterator[str]:
    """A server's endpoint. Its buckets lie in this process: `put` reaches them without a request."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def put(bucket: str, objects: dict[str, bytes]) -> None:
    """Puts objects into a bucket of moto's, made where it is not there."""
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    if bucket not in backend.buckets:
        backend.create_bucket(bucket, "us-east-1")
    for key, data in objects.items():
        backend.put_object(bucket, key, data)


def delete(bucket: str, key: str) -> None:
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].delete_object(bucket, key)


@contextmanager
def minding_keys(endpoint: str) -> Iterator[None]:
    """Lets moto look at the keys that requests are signed with, as it does not by default."""
    _post(endpoint, "/moto-api/reset-auth", "0")
    try:
        yield
    finally:
        _post(endpoint, "/moto-api/reset-auth", "inf")


def _post(endpoint: str, path: str, body: str) -> None:
    with contextlib.closing(http.client.HTTPConnection(urlsplit(endpoint).netloc)) as connection:
        connection.request("POST", path, body=body)
        connection.getresponse().read()


def open_at(endpoint: str, store: str, *, anonymous: bool = False) -> Source:
    return open_source(store, options=StoreOptions(anonymous=anonymous, endpoint=endpoint))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: ClassVar[Callable[[_Handler], None]]

    def do_GET(self) -> None:
        with contextlib.suppress(OSError):  # a client that has enough goes away
            type(self).answer(self)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hang_up(self) -> None:
        """A reset, not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
        self.close_connection = True


@contextmanager
def _serving(answer: Callable[[_Handler], None]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"answer": staticmethod(answer)}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def canned_server(answers: dict[str, Answer]) -> Iterator[str]:
    """Answers by the path, decoded; 404 for others."""

    def answer(handler: _Handler) -> None:
        path = unquote(handler.path.partition("?")[0])
        handler.send(*answers.get(path, (404, b"<Error><Code>NoSuchKey</Code></Error>", {})))

    with _serving(answer) as endpoint:
        yield endpoint


@contextmanager
def faulty_proxy(endpoint: str, faults: Callable[[str], str | None]) -> Iterator[str]:
    """Hands requests on to `endpoint`, unless `faults` names for a path a fault: a status, `reset` or `half`."""
    target = urlsplit(endpoint).netloc

    def answer(handler: _Handler) -> None:
        fault = faults(handler.path)
        if fault is not None and fault.isdigit():
            handler.send(int(fault), b"<Error><Code>Fault</Code></Error>", {})
            return
        if fault == "reset":
            handler.hang_up()
            return
        status, body, headers = _fetch(target, handler)
        if fault == "half":
            _send_half(handler, status, body, headers)
            return
        handler.send(status, body, headers)

    with _serving(answer) as proxy:
        yield proxy


def _fetch(target: str, handler: _Handler) -> Answer:
    with contextlib.closing(http.client.HTTPConnection(target)) as connection:
        connection.request(handler.command, handler.path, headers=dict(handler.headers.items()))
        answer = connection.getresponse()
        dropped = {"connection", "date", "server", "transfer-encoding", "content-length"}
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in dropped}
        if handler.command == "HEAD":
            headers["Content-Length"] = answer.getheader("Content-Length", "0")
        return answer.status, answer.read(), headers


def _send_half(handler: _Handler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send(status, body[: len(body) // 2], {**headers, "Content-Length": str(len(body))})
    handler.wfile.flush()
    handler.hang_up()


def listing(*keys: tuple[str, int], token: str = "") -> Answer:
    """A page of S3's list, keys as they stand in it."""
    contents = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2018-04-11T03:04:05.000Z</LastModified>"
        f'<ETag>"etag"</ETag><Size>{size}</Size></Contents>'
        for key, size in keys
    )
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
    page = f"<ListBucketResult {space}><EncodingType>url</EncodingType>{more}{contents}</ListBucketResult>"
    return 200, page.encode(), {"Content-Type": "application/xml"}


def content(data: bytes, etag: str = '"etag"') -> Answer:
    return 200, data, {"ETag": etag, "Last-Modified": MODIFIED, "Content-Type": "binary/octet-stream"}
