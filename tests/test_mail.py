"""The parts of mails, as mail programs write them and as they ought not to."""

from __future__ import annotations

import random

import pytest

from tests.packing import mailed
from thaiid_detect.image import DecodeError
from thaiid_detect.mail import mail_members, mbox_members
from thaiid_detect.media import sniff
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.unpack import Allowance, Member

PICTURE = b"\xff\xd8\xff" + random.Random(9).randbytes(3_000)


def read(data: bytes) -> tuple[list[Member], Reason | None]:
    members: list[Member] = []
    try:
        members.extend(mail_members(data, Allowance(Settings())))
    except DecodeError as error:
        return members, error.reason
    return members, None


def of_type(headers: bytes, body: bytes) -> bytes:
    return b"From: a@example.org\nMIME-Version: 1.0\n" + headers + b"\n\n" + body


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_an_attachment_whatever_its_type(ends: bytes) -> None:
    mail = mailed({"บัตร 1289900000125.jpg": PICTURE}).as_bytes().replace(b"\n", ends)
    assert sniff(mail) == "message/rfc822"
    members, damage = read(mail)
    assert [member.path for member in members] == ["part-1", "บัตร X-XXXX-XXXXX-12-5.jpg"]
    assert (members[1].data, members[1].damage, damage) == (PICTURE, None, None)


def test_mails_in_mails_and_parts_in_parts() -> None:
    inner = mailed({"a.jpg": PICTURE})
    outer = mailed({"b.jpg": PICTURE})
    outer.add_attachment(inner)
    members, damage = read(outer.as_bytes())
    assert [member.path for member in members] == ["part-1", "b.jpg", "part-3"]
    assert sniff(members[2].data) == "message/rfc822"
    assert [member.path for member in read(members[2].data)[0]] == ["part-1", "a.jpg"]
    assert damage is None


def test_a_box_of_mails() -> None:
    one = mailed({"a.jpg": PICTURE}, text="Dear all\n\nFrom here on it rains\n").as_bytes()
    box = b"From a Thu Jan 1\n" + one + b"\n\nFrom b Fri Jan 2\n" + one + b"\n"
    assert sniff(box) == "application/mbox"
    members = list(mbox_members(box, Allowance(Settings())))
    assert [member.path for member in members] == ["mail-1", "mail-2"]
    assert [read(member.data)[0][1].data for member in members] == [PICTURE] * 2


def test_other_encodings_and_names() -> None:
    quoted = read(of_type(b"Content-Transfer-Encoding: quoted-printable\nContent-Type: text/html", b"a=3Db=\nc"))
    assert quoted == ([Member("part-1", b"a=bc")], None)
    named = b"Content-Type: image/jpeg; name*=utf-8''%E0%B8%81.jpg\nContent-Transfer-Encoding: 8bit"
    assert read(of_type(named, PICTURE))[0] == [Member("ก.jpg", PICTURE)]
    encoded = b'Content-Disposition: attachment; filename="=?utf-8?B?4LiBLmpwZw==?="'
    assert read(of_type(encoded, b"x"))[0] == [Member("ก.jpg", b"x")]


def test_old_thai_text_is_text() -> None:
    text = "สวัสดีครับ " * 20
    for charset, codec in ((b"windows-874", "cp874"), (b"tis-620", "tis_620"), (b'"TIS-620"', "tis_620")):
        ((member,), _) = read(of_type(b"Content-Type: text/plain; charset=" + charset, text.encode(codec)))
        assert member.data == text.encode()
    for charset in (b"punycode", b"no-such", b"zlib"):
        ((member,), _) = read(of_type(b"Content-Type: text/plain; charset=" + charset, b"\xa1\xff" * 9))
        assert member.data == b"\xa1\xff" * 9


def test_a_mail_that_is_cut_off() -> None:
    mail = mailed({"a.jpg": PICTURE}).as_bytes()
    members, damage = read(mail[:-2000])
    assert damage is Reason.TRUNCATED
    assert PICTURE.startswith(members[1].data)
    assert len(members[1].data) > 500
    assert read(of_type(b"Content-Type: multipart/mixed; boundary=x", b"no boundary"))[1] is Reason.TRUNCATED


def test_a_body_without_a_blank_line_before_it() -> None:
    """As a flipped byte leaves it: found by fuzzing, when all of the picture was taken for a header."""
    mail = mailed({"a.jpg": PICTURE}).as_bytes()
    at = mail.rfind(b"\n\n/9j/") if b"\n\n/9j/" in mail else mail.rfind(b"MIME-Version: 1.0\n\n") + 17
    for broken in (mail[:at] + mail[at + 1 :], mail[:at] + b"\x02" + mail[at + 1 :]):
        assert PICTURE in [member.data for member in read(broken)[0]]
    assert read(of_type(b"Content-Type: text/plain", b"")) == ([], None)
    long = b"X: " + b"y" * 300_000 + b"\n\n"
    assert read(long + PICTURE)[0] == [Member("part-1", long + PICTURE)]


def test_what_stands_around_the_parts_is_looked_at() -> None:
    mail = of_type(b"Content-Type: multipart/mixed; boundary=x", b"before\n--x\n\nin it\n--x--\nbehind\n")
    assert [member.data.strip() for member in read(mail)[0]] == [b"before", b"in it", b"behind"]


def test_hostile_mails() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(100))
    assert read(b"From: a\nMIME-Version: 1\n" + deep)[1] is Reason.TOO_DEEP
    many = of_type(b"Content-Type: multipart/mixed; boundary=x", b"--x\n" * 20_000)
    assert read(many)[1] is Reason.TOO_MANY_MEMBERS
    for value in (
        b"multipart/mixed; boundary=" + b'"' * 5000,
        b";" * 5000,
        b"\xff\xfe",
        b"a/b/c; name=" + b"=?x?b?" * 900,
    ):
        assert read(of_type(b"Content-Type: " + value, PICTURE))[0][0].data == PICTURE


def test_what_is_no_mail() -> None:
    for text in (b"from: here\nto: there\n\ntext", b"Message-ID: 1\n\n", b"a text\n\nMIME-Version: 1.0\nFrom: x\n\n"):
        assert sniff(text) == "text/plain"
