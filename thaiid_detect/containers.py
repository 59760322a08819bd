"""Files inside files: bytes and their type → the members, one after the other, none of them ever on disk.

Each format has a file of its own, loaded when the first of its kind is met. Links out of a document are never followed,
and XML is only ever looked through as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from thaiid_detect.image import DecodeError
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance, Member

__all__ = ["holds_members", "members_of"]

_ZIPPED: Final = ("application/zip", "application/vnd.", "application/epub+zip")
_NOT_ZIPPED: Final = ("application/vnd.rar", "application/vnd.sqlite3")
_OTHERS: Final = frozenset(
    {
        *("application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"),
        *("application/x-ole-storage", "application/rtf", "message/rfc822", "application/mbox", "text/plain"),
    }
)


def holds_members(media_type: str | None) -> bool:
    """Whether `members_of` knows the type, as `media.sniff` calls it."""
    return media_type is not None and (media_type in _OTHERS or _is_zip(media_type))


def _is_zip(media_type: str) -> bool:
    """A zip by itself, or what Office makes of one."""
    return media_type.startswith(_ZIPPED) and media_type not in _NOT_ZIPPED


def members_of(data: bytes, media_type: str, allowance: Allowance) -> Iterator[Member]:
    """The members in their order, unpacked one by one as they are asked for.

    Raises DecodeError, after as many as there were, when there are more that cannot be told: the container is damaged,
    encrypted as a whole, of a kind of which not all is known, or over a cap of the allowance.
    """
    if _is_zip(media_type):
        from thaiid_detect.zips import zip_members

        return zip_members(data, allowance)
    if media_type in ("message/rfc822", "application/mbox"):
        from thaiid_detect.mail import mail_members, mbox_members

        return (mail_members if media_type == "message/rfc822" else mbox_members)(data, allowance)
    if media_type in ("text/plain", "application/rtf"):
        from thaiid_detect.wrapped import rtf_members, text_members

        return (text_members if media_type == "text/plain" else rtf_members)(data, allowance)
    if media_type == "application/x-ole-storage":
        from thaiid_detect.ole import ole_members

        return ole_members(data, allowance)
    from thaiid_detect.tars import STREAMS, stream_members, tar_members

    if media_type in STREAMS:
        return stream_members(data, media_type, allowance)
    if media_type == "application/x-tar":
        return tar_members(data, allowance)
    raise DecodeError(Reason.UNSUPPORTED, media_type)
