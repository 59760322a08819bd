"""Containers made for tests, by the standard library where it can."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

from thaiid_detect.document import Document, open_document
from thaiid_detect.settings import Settings


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


class Pipe(io.RawIOBase):
    """A file that cannot go back: sizes then follow the members of a zip."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.written += bytes(data)  # type: ignore[call-overload]
        return len(data)  # type: ignore[arg-type]


def zipped_through_a_pipe(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:  # type: ignore[arg-type]
        for name, data in files.items():
            archive.writestr(name, data)
    return bytes(pipe.written)


def tarred(files: Mapping[str, bytes], mode: str = "w", form: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return file.getvalue()


def mailed(files: Mapping[str, bytes], text: str = "see below") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "สำเนาบัตร"
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content(text)
    for name, data in files.items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail


_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def docx(picture: bytes) -> bytes:
    """The smallest Word file with a picture that Word and LibreOffice open."""
    kind = "http://schemas.openxmlformats.org/package/2006/"
    size = '<a:ext cx="4000000" cy="2500000"/>'
    drawing = (
        f'<w:drawing><wp:inline><wp:extent cx="4000000" cy="2500000"/><wp:docPr id="1" name="p"/><a:graphic>'
        f'<a:graphicData uri="{_DRAWING}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="r1"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/>{size}</a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic>'
        f"</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{kind}content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="jpeg" ContentType="image/jpeg"/>'
            '<Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'.encode(),
            "_rels/.rels": f'<Relationships xmlns="{kind}relationships"><Relationship Id="r1" '
            f'Type="{_RELS}/officeDocument" Target="word/document.xml"/></Relationships>'.encode(),
            "word/document.xml": f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            f'xmlns:r="{_RELS}" xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture" '
            f'xmlns:wp="{_DRAWING}/wordprocessingDrawing"><w:body><w:p><w:r><w:t>สำเนา</w:t>{drawing}</w:r></w:p></w:body>'
            "</w:document>".encode(),
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{kind}relationships"><Relationship Id="r1" '
            f'Type="{_RELS}/image" Target="media/image1.jpeg"/><Relationship Id="r2" TargetMode="External" '
            f'Type="{_RELS}/image" Target="http://127.0.0.1:9/never.jpeg"/></Relationships>'.encode(),
            "word/media/image1.jpeg": picture,
        }
    )


def ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file (MS-CFB, version 3) of streams of 4,096 bytes or more; a name with slashes lies in storages."""
    entries: list[list[object]] = [["Root Entry", 5, -1, -1, 0xFFFFFFFE, b""]]
    storages = {"": 0}

    def add(parent: int, name: str, kind: int, data: bytes) -> int:
        entries.append([name, kind, -1, -1, 0xFFFFFFFE, data])
        at = len(entries) - 1
        if entries[parent][3] == -1:
            entries[parent][3] = at
        else:
            sibling = int(entries[parent][3])  # type: ignore[call-overload]
            while entries[sibling][2] != -1:
                sibling = int(entries[sibling][2])  # type: ignore[call-overload]
            entries[sibling][2] = at
        return at

    for path, data in streams.items():
        *folders, name = path.split("/")
        parent, so_far = 0, ""
        for folder in folders:
            so_far += folder + "/"
            if so_far not in storages:
                storages[so_far] = add(parent, folder, 1, b"")
            parent = storages[so_far]
        add(parent, name, 2, data)
    sectors: list[bytes] = []
    chains: list[int] = []

    def store(data: bytes) -> int:
        first = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        sectors.extend(pieces)
        chains.extend([*range(first + 1, first + len(pieces)), 0xFFFFFFFE])
        return first

    for entry in entries:
        data = entry[5]
        assert isinstance(data, bytes)
        if entry[1] == 2:
            assert len(data) >= 4096
            entry[4] = store(data)
    directory = b""
    for name, kind, right, child, first, data in entries:
        encoded = str(name).encode("utf-16-le") + b"\0\0"
        assert isinstance(data, bytes)
        directory += (
            encoded.ljust(64, b"\0")
            + struct.pack("<HBBiii", len(encoded), kind, 1, -1, right, child)
            + bytes(36)
            + struct.pack("<IQ", first, len(data))
        )
    directory_at = store(directory)
    tables = -(-(len(chains) + len(chains) // 127 + 1) // 128)
    table_at = len(chains)
    fat = [*chains, *[0xFFFFFFFD] * tables]
    packed = struct.pack(f"<{len(fat)}I", *fat).ljust(512 * tables, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        bytes(16),
        *(0x3E, 3, 0xFFFE, 9, 6, bytes(6), 0, tables, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0),
    )
    where = struct.pack("<109I", *[*range(table_at, table_at + tables), *[0xFFFFFFFF] * (109 - tables)])
    return header + where + b"".join(sectors) + packed


def opened(data: bytes, settings: Settings | None = None) -> tuple[list[str | None], Document]:
    """The members that have pages, one for each page, and the document gone through to its end."""
    document = open_document(data, settings or Settings(second_reader=False))
    return [page.member for page in document if page.raster(16).size], document
