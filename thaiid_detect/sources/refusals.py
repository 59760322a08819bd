"""Why a bucket cannot be listed, in words."""

from __future__ import annotations

import re

from obstore.exceptions import InvalidPathError

from thaiid_detect.errors import StoreError
from thaiid_detect.records import Reason
from thaiid_detect.sources.places import Place

__all__ = ["NOT_A_LISTING", "Refused", "of_obstore", "reason_of_refusal", "store_error"]

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_METADATA_SERVICES = ("169.254.", "metadata.google")
_NO_STORES_ANSWERS = ("invalid list response", "Header missing from response")
NO_CREDENTIALS, NOT_A_LISTING, UNNAMEABLE_KEY = "no credentials", "not a listing", "unnameable key"
"""Instead of a provider's code, where nothing came from the provider."""

_WORDS_WITHOUT_STATUS = {
    None: ("it cannot be reached", "Check --endpoint, --region and the network"),
    NO_CREDENTIALS: ("no credentials were found", "Set the provider's environment variables, or try --anonymous"),
    NOT_A_LISTING: ("what answers there is no such store", "Check --endpoint and the network's proxies"),
    UNNAMEABLE_KEY: (
        "a key in it cannot be named by obstore (it has an empty part, . or .., or a control character)",
        "Scan the folders beside it one by one, as az://container/folder",
    ),
}
_WORDS = {
    301: ("it lies in another region", "Name its region with --region"),
    400: ("the request is not understood", "Check --region, --endpoint and the credentials"),
    401: ("the credentials are not accepted", "Check the keys; --anonymous asks without"),
    403: ("these credentials may not list it", "Check the keys and their rights; --anonymous asks without"),
    404: ("there is no such bucket", "Check its name, --endpoint and --region"),
}


class Refused(Exception):
    """A request that failed for good: the answer's status (None where none came) and the provider's code for it.

    Holds nothing else: an answer may quote the key id that was sent, a request its signature.
    """

    def __init__(self, status: int | None, code: str | None = None) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code


def of_obstore(error: Exception) -> Refused:
    """What obstore says of a listing that failed.

    It has one class for whatever befalls a listing, so status and code are looked for in its text. Nothing depends on
    them but the words that are said.
    """
    if isinstance(error, InvalidPathError):
        return Refused(None, UNNAMEABLE_KEY)
    text = str(error)
    if any(host in text for host in _METADATA_SERVICES):  # asked when no credentials are in sight
        return Refused(None, NO_CREDENTIALS)
    if any(words in text for words in _NO_STORES_ANSWERS):
        return Refused(None, NOT_A_LISTING)
    status, code = _STATUS.search(text), _CODE.search(text)
    return Refused(int(status[1]), code[1] if code else None) if status else Refused(None)


def store_error(place: Place, refused: Refused) -> StoreError:
    if refused.status is None:
        what, remedy = _WORDS_WITHOUT_STATUS[refused.code]
    else:
        what, remedy = _WORDS.get(refused.status, ("it answers with an error", "Check --endpoint, or try again later"))
        what += f" ({refused.status}{f' {refused.code}' if refused.code else ''})"
    return StoreError(f"{place.uri} cannot be listed: {what}", remedy=remedy)


def reason_of_refusal(refused: Refused) -> Reason:
    return {401: Reason.DENIED, 403: Reason.DENIED, 404: Reason.VANISHED}.get(refused.status or 0, Reason.READ_ERROR)
