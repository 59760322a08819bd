"""Sound: what is really sound, and whether a picture (a cover) is packed into it.

Two bytes of sync or the letters `ID3` prove nothing: a file that is called sound is `clear` without a look, so frames
have to follow each other where the first one says, and every place where a format keeps covers is looked into.
"""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["sniff_sound", "sound_may_hold_picture"]

_KBITS: Final = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates by (version, layer), from index 1 on (ISO/IEC 11172-3 and 13818-3, 2.4.2.3). MPEG 2.5 has those of 2."""
_HERTZ: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Sampling rates by the two bits of the version."""

_HARMLESS_CHUNKS: Final = frozenset(
    b"fmt .data.fact.PEAK.cue .smpl.inst.bext.LIST".split(b".")  # WAV
    + b"COMM.SSND.MARK.INST.NAME.AUTH.(c) .ANNO.COMT.FVER".split(b".")  # AIFF
)
"""ID3 tags, with their covers, lie in chunks of their own."""
_COVER_KEYS: Final = (b"METADATA_BLOCK_PICTURE", b"COVERART")


def sniff_sound(data: bytes) -> str | None:
    """`audio/mpeg` or `audio/flac`, with or without an ID3 tag before it; else None, whatever the tag promises."""
    start = _after_id3(data)
    if data.startswith(b"fLaC", start):
        return "audio/flac"
    return "audio/mpeg" if _is_mpeg_audio(data, start) else None


def _after_id3(data: bytes) -> int:
    """Offset behind an ID3v2 tag and the zeros after it; 0 where there is none (id3.org, ID3v2.4 section 3.1)."""
    size = data[6:10]
    if data[:3] != b"ID3" or len(size) < 4 or 0xFF in data[3:5] or max(size) > 0x7F:
        return 0
    end = 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]) + (10 if data[5] & 0x10 else 0)
    padding = data[end : end + 4096]
    return end + len(padding) - len(padding.lstrip(b"\0"))


def _is_mpeg_audio(data: bytes, at: int) -> bool:
    """Whether a whole frame of MPEG audio, layers I–III, starts at `at`, and another of its kind right behind it."""
    length = _frame_length(data[at : at + 4])
    if not length or not _frame_length(data[at + length : at + length + 4]):
        return False
    first, second = (int.from_bytes(data[start : start + 4], "big") for start in (at, at + length))
    return (first ^ second) & 0xFFFE0C00 == 0  # version, layer and sampling rate stay


def _frame_length(head: bytes) -> int:
    """Bytes of the frame with this header of four; 0 if it is none (free bit rates count as none)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] < 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    rate, sampling, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 4 or not 1 <= rate <= 14 or sampling == 3:
        return 0
    bits = _KBITS[1 if version == 3 else 2, layer][rate - 1] * 1000
    hertz = _HERTZ[version][sampling]
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits // hertz + padding


def sound_may_hold_picture(data: bytes, media_type: str) -> bool:
    """Whether a file that `sniff` calls `audio/…` carries, or might carry, a picture; True for kinds not known here."""
    tag = data[: _after_id3(data)]
    if tag and (b"PIC" in tag or b"GEOB" in tag or tag[5] & 0x40):  # frames APIC, PIC; any file; 2.2: compressed
        return True
    if media_type == "audio/mpeg":
        return _tail_may_hold_picture(data, len(tag))
    if media_type == "audio/flac":
        return _flac_may_hold_picture(data, len(tag))
    if media_type == "audio/ogg":
        return _ogg_may_hold_picture(data)
    if media_type in ("audio/wav", "audio/aiff"):
        return _chunks_may_hold_picture(data, "little" if media_type == "audio/wav" else "big")
    if media_type == "audio/mp4":
        return b"covr" in data or b"vide" in data
    return media_type not in ("audio/amr", "audio/midi")


def _tail_may_hold_picture(data: bytes, start: int) -> bool:
    """MP3 players also read tags at the end: ID3v2.4 with its footer `3DI`, and APEv2, which names its covers."""
    ape = data.find(b"APETAGEX", start)
    return b"3DI" in data[-512:] or (ape >= 0 and b"cover art" in data[ape:].lower())


def _flac_may_hold_picture(data: bytes, at: int) -> bool:
    """A PICTURE (6), anything at all (2, or kinds not known), or a cover in the comments (RFC 9639, section 8)."""
    at += 4
    while at + 4 <= len(data):
        kind, end = data[at] & 0x7F, at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        if kind == 2 or kind >= 6 or (kind == 4 and _names_cover(data[at:end])):
            return True
        if data[at] & 0x80:
            return False
        at = end
    return True


def _ogg_may_hold_picture(data: bytes) -> bool:
    """Covers stand in the comments, the second page (RFC 3533): one that goes on into the next page is not trusted."""
    second = data.find(b"OggS", 4)
    lacing = data[second + 27 : second + 27 + data[second + 26]] if 0 < second <= len(data) - 27 else b"\xff"
    several = data.count(b"OggS\0\2") != 1  # a film beside the music, or another piece after it
    body = second + 27 + len(lacing)
    return several or min(lacing, default=255) == 255 or _names_cover(data[body : body + sum(lacing)])


def _names_cover(comments: bytes) -> bool:
    return any(key in comments.upper() for key in _COVER_KEYS)


def _chunks_may_hold_picture(data: bytes, order: Literal["little", "big"]) -> bool:
    """Whether a chunk is there that is not known to be harmless; what is all zeros fills up."""
    at = 12
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], order)
        if data[at : at + 4] not in _HARMLESS_CHUNKS and data.count(0, at + 8, end) < min(end, len(data)) - at - 8:
            return True
        at = end + end % 2
    return False
