"""The 13-digit number: parse, check digit, structure, mask, reveal, and the keyed hash that counts people.

The digits live in memory only. `IdNumber.reveal()` is the one door to them; every function that lets digits out has
*reveal* or *compact* in its name, so that a search for these two words finds each place. Facts about the number: the
check digit is python-stdnum's `stdnum.th.pin`; the registrar's province codes are those of the Ministry of Interior.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from contextlib import suppress
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any, Final, Self

from stdnum import ean
from stdnum.th import pin

from thaiid_detect.errors import InvalidNumber, SetupError
from thaiid_detect.masking import mask

__all__ = [
    "IdNumber",
    "check_digit",
    "compact",
    "find_numbers",
    "is_valid",
    "load_person_key",
    "person_hash",
    "reveal_grouped",
    "state_directory",
]

_SEPARATORS: Final = " \t\u00a0\u2009\u202f-\u2010\u2011\u2012\u2013\u2014\u2212."
_THAI_DIGITS: Final = {ord(thai): str(value) for value, thai in enumerate("๐๑๒๓๔๕๖๗๘๙")}
_COMPACTING: Final = _THAI_DIGITS | {ord(mark): "" for mark in _SEPARATORS}

_PROVINCES: Final = frozenset(
    [*range(10, 28), *range(30, 50), *range(50, 59), *range(60, 68), *range(70, 78), *range(80, 87), *range(90, 97)]
)
"""The 77 codes in use. 22, 52 and 58 (Chanthaburi, Lampang, Mae Hong Son) are among them: a peer rejected them."""

_LAST_DISTRICT: Final = 50
"""Bangkok has 50 districts, every other province fewer."""
_FIRST_MUNICIPALITY: Final = 70
"""Municipalities count from 99 downward; no province has come near 30 of them."""

_KEY_BYTES: Final = 32


def _grouped(gap: str) -> str:
    """The printed groups, 1-4-5-2-1 digits, with `gap` (how many separators) between them."""
    between = f"([{re.escape(_SEPARATORS)}]{{{gap}}})"
    return between.join(f"[0-9]{{{length}}}" for length in (1, 4, 5, 2, 1)) + "(?![-.]?[0-9])"


_PRINTED: Final = re.compile("(?<![0-9])(?<![0-9][-.])" + _grouped("0,3"))
_GLUED: Final = re.compile(_grouped("1,3"))
"""All four gaps, whatever stands before: a Thai label that was misread as digits."""


def compact(text: str) -> str:
    """The 13 digits in `text`, without the blanks, hyphens and dots between them, Thai digits mapped to 0–9.

    Raises InvalidNumber, which does not repeat the text, when anything but exactly 13 digits is left.

    >>> compact("1-2899-๐๐๐๐๐-12.3")
    '1289900000123'
    """
    digits = text.translate(_COMPACTING)
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()):
        raise InvalidNumber("the text does not hold exactly 13 digits", remedy="Give all 13 digits of one number")
    return digits


def check_digit(twelve: str) -> str:
    """The 13th digit that belongs to the first twelve; a first digit of 0 is as good as any (pink cards have it).

    Source: S = Σ (13 − i)·dᵢ for i = 0…11; d₁₃ = (11 − S mod 11) mod 10, as `stdnum.th.pin` computes it.

    >>> check_digit("128990000012")
    '5'
    """
    if len(twelve) != 12 or not (twelve.isascii() and twelve.isdigit()):
        raise InvalidNumber("a check digit needs exactly 12 digits", remedy="Give the first 12 digits, without blanks")
    return str(pin.calc_check_digit(twelve))


def is_valid(text: str) -> bool:
    """Whether `text` is one 13-digit number whose check digit holds. One in ten random numbers passes.

    >>> is_valid("1 2899 00000 12 5"), is_valid("1 2899 00000 12 4"), is_valid("12899")
    (True, False, False)
    """
    try:
        digits = compact(text)
    except InvalidNumber:
        return False
    return check_digit(digits[:12]) == digits[12]


class IdNumber:
    """One 13-digit number that prints masked. Immutable, hashable; equal when the digits are equal.

    >>> number = IdNumber("1 2899 00000 12 5")
    >>> number, f"{number}", number.checksum_valid, number.registrar_score
    (IdNumber('X-XXXX-XXXXX-12-5'), 'X-XXXX-XXXXX-12-5', True, 0.0)
    >>> number.reveal()
    '1289900000125'

    Pickling drops the digits, so that no queue, cache or core file of a worker holds them. What comes out keeps the
    masked text, `checksum_valid` and `registrar_score`; its `reveal()` raises. Two numbers without digits are equal
    when what they kept is equal, which two people's numbers may be: count people by `person_hash`, never by these. A
    number without digits never equals one with digits.
    """

    __slots__ = ("_digits", "checksum_valid", "masked", "registrar_score")
    _digits: str | None
    masked: str
    """`X-XXXX-XXXXX-12-3`: the last three digits, never more."""
    checksum_valid: bool
    """Whether the 13th digit is the check digit of the twelve before it."""
    registrar_score: float
    """0–1: how well digits 2–5 fit a registrar's code. 0.0 means a province that does not exist."""

    def __init__(self, text: str) -> None:
        """Take the number as printed or typed: blanks, hyphens, dots and Thai digits are fine. Raises InvalidNumber."""
        digits = compact(text)
        valid = check_digit(digits[:12]) == digits[12]
        self._keep(digits, mask(digits), valid, _registrar_score(digits))

    def _keep(self, digits: str | None, masked: str, checksum_valid: bool, registrar_score: float) -> None:
        for name, value in zip(self.__slots__, (digits, checksum_valid, masked, registrar_score), strict=True):
            object.__setattr__(self, name, value)

    def reveal(self) -> str:
        """The 13 digits, unbroken. Raises InvalidNumber when they were dropped by pickling."""
        if self._digits is None:
            raise InvalidNumber(
                "the digits of this number stayed in the process that read them",
                remedy="Run Detector.detect on the file in this process to reveal its number",
            )
        return self._digits

    def __repr__(self) -> str:
        return f"IdNumber({self.masked!r})"

    def __str__(self) -> str:
        return self.masked

    def __eq__(self, other: object) -> bool:
        return self._identity() == other._identity() if isinstance(other, IdNumber) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[str | None, str, bool, float]:
        return self._digits, self.masked, self.checksum_valid, self.registrar_score

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __getstate__(self) -> tuple[str, bool, float]:
        return self.masked, self.checksum_valid, self.registrar_score

    def __setstate__(self, state: tuple[str, bool, float]) -> None:
        self._keep(None, *state)


def reveal_grouped(number: IdNumber) -> str:
    """The digits in the card's grouping: a door, like `IdNumber.reveal`, which it goes through.

    >>> reveal_grouped(IdNumber("1289900000125"))
    '1-2899-00000-12-5'
    """
    return str(pin.format(number.reveal()))


def _registrar_score(digits: str) -> float:
    """How well digits 2–5 fit: a score, because codes outlive the splits and renames of districts.

    Districts count from 01 upward, municipalities from 99 downward; between them lies little.
    """
    if int(digits[1:3]) not in _PROVINCES:
        return 0.0
    district = int(digits[3:5])
    if district == 0:
        return 0.3
    return 1.0 if district <= _LAST_DISTRICT or district >= _FIRST_MUNICIPALITY else 0.6


def find_numbers(text: str, *, one_gap: bool = False) -> tuple[IdNumber, ...]:
    """All 13-digit numbers of a line, left to right, in the printed grouping, hyphenated or unbroken.

    >>> find_numbers("เลขประจำตัว ๑ ๒๘๙๙ ๐๐๐๐๐ ๑๒ ๕ วันที่ 1/2/2567")
    (IdNumber('X-XXXX-XXXXX-12-5'),)
    >>> find_numbers("1234-56-78901234 4000 1234 5678 9010 12345678901234")  # a request number, a bank card, 14 digits
    ()

    OCR loses blanks: two of the four gaps are enough, or none. One gap is not: `0812345678 123` is a telephone number
    and something else; unless `one_gap` says that the line stands where nothing but the number does: then, too, digits
    right before it are taken for a misread label (`50701 2899 00000 12 5`), if it has all its gaps. Thai barcodes
    (EAN-13 from 885) are left out when unbroken and right by EAN's own check digit; so are unbroken digits that are
    part of a word: a reader that knows no Thai makes `UA5159793152272N` of a title.
    """
    found = []
    text = text.translate(_THAI_DIGITS)
    matches = list(_PRINTED.finditer(text))
    if one_gap and not matches:
        matches = list(_GLUED.finditer(text))
    for match in matches:
        gaps = sum(bool(gap) for gap in match.groups())
        barcode = gaps == 0 and match[0].startswith("885") and ean.is_valid(match[0])
        within = gaps == 0 and _within_word(text, *match.span())
        if (gaps != 1 or one_gap) and not barcode and not within:
            found.append(IdNumber(match[0]))
    return tuple(found)


def _within_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin letter stands right before or right after."""
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return any(letter.isalpha() and letter.isascii() for letter in around)


def person_hash(number: IdNumber, key: bytes) -> str:
    """HMAC-SHA256 of the digits, 64 hex characters: the same person everywhere under one key, nobody without it.

    A plain hash would be undone by trying all 10^12 numbers. Raises SetupError for a key under 16 bytes, and
    InvalidNumber for a number whose digits were dropped.
    """
    if len(key) < 16:
        raise SetupError("the person key is too short to protect anyone", remedy="Use at least 16 random bytes")
    return hmac.new(key, number.reveal().encode("ascii"), hashlib.sha256).hexdigest()


def state_directory() -> Path:
    """Where this user's key and ledgers live: `thaiid-detect` in `$XDG_STATE_HOME` or `~/.local/state`. Not made here.

    A relative `XDG_STATE_HOME` is ignored, as the XDG base directory specification demands. Raises SetupError for users
    without a home.
    """
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        base = given if given.is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError as error:
        raise SetupError("this user has no home directory", remedy="Set XDG_STATE_HOME to a private one") from error
    return base / "thaiid-detect"


def load_person_key(path: Path | None = None) -> bytes:
    """The 32 random bytes that `person_hash` is keyed with; made on first use, by whichever process comes first.

    `path` is the key file, `person.key` in the state directory unless given. Raises SetupError when it cannot be read
    or made, when others may read it (a key that others have protects nobody), or when it is not 32 bytes long.
    """
    path = path or state_directory() / "person.key"
    try:
        if not path.exists():
            _create_key(path)
        with path.open("rb") as file:
            mode, key = os.fstat(file.fileno()).st_mode, file.read(_KEY_BYTES + 1)
    except OSError as error:
        remedy = f"Make {path.parent} writable for this user, or name another key file"
        raise SetupError(f"the person key {path} cannot be used: {error.strerror}", remedy=remedy) from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise SetupError(f"others may read the person key {path}", remedy=f"Run: chmod 600 {path}")
    if len(key) != _KEY_BYTES:
        remedy = "Restore it from a copy, or remove it: a new key counts the same people under other names"
        raise SetupError(f"the person key {path} is not {_KEY_BYTES} bytes long", remedy=remedy)
    return key


def _create_key(path: Path) -> None:
    """Write a new key beside `path`, then link it into place: atomic, and a failure if another process was first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
