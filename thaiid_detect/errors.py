"""What can go wrong with a *call*; what is wrong with a *file* is a `Reason` in its outcome.

    ThaiIdDetectError            exit code 2
    ├── UsageError               2   a wrong argument
    ├── SetupError               2   weights, key or state directory missing or unusable
    ├── InvalidNumber            2   text that is not a 13-digit number (also a ValueError)
    ├── StoreError               3   a store, or a part of it, that cannot be listed
    └── LedgerError              3   a ledger that cannot be opened, locked or written

Each message says what happened and names the remedy. No message ever holds file contents, read text or a number.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "InvalidNumber",
    "LedgerError",
    "SetupError",
    "StoreError",
    "ThaiIdDetectError",
    "UsageError",
]


class ThaiIdDetectError(Exception):
    """The root; `exit_code` is what the command line returns, `remedy` one sentence on what to do."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        # `remedy` is keyword-only, which Exception's own way of pickling does not know.
        return _rebuilt, (type(self), self.message, self.remedy)

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


def _rebuilt(kind: type[ThaiIdDetectError], message: str, remedy: str) -> ThaiIdDetectError:
    return kind(message, remedy=remedy)


class UsageError(ThaiIdDetectError):
    """An argument that cannot be right."""


class SetupError(ThaiIdDetectError):
    """The installation or this machine lacks something: weights, the key file, a reader."""


class InvalidNumber(ThaiIdDetectError, ValueError):
    """Text that does not hold one 13-digit number. The text is not repeated in the message."""


class StoreError(ThaiIdDetectError):
    """A store that cannot be listed is an error, never an empty store."""

    exit_code = 3


class LedgerError(ThaiIdDetectError):
    """A ledger that cannot be opened, is held by another scan, is of another version, or cannot be written."""

    exit_code = 3
