"""Names of files and folders that every system takes, at most 50 characters with the suffix (mints)."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 50
_FORBIDDEN = re.compile(r'[\\/:*?"<>|%\s]+')  # of Windows, of paths, of shells; white space is torn in mails
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def file_name(text: str, suffix: str = "") -> str:
    """Return ``text`` as the name of a file: inert, without separators, at most ``LONGEST`` characters in all.

    The beginning is kept. A name that a system reserves, or of which nothing is left, becomes ``_`` and what is left.
    """
    kept = "".join(one for one in unicodedata.normalize("NFC", text) if unicodedata.category(one)[0] not in "CZ")
    name = _FORBIDDEN.sub("_", kept).strip("._- ")
    if not name or _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name[: LONGEST - len(suffix)].rstrip("._- ") + suffix
