"""Names of files and folders that every system takes, at most 50 characters with the suffix (mints)."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 50
_FORBIDDEN = re.compile(r'[\\/:*?"<>|%\s]+')  # of Windows, of paths, of shells; white space is torn in mails
# Without ink, although Unicode counts them among letters, marks and signs.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_EDGES = "._- "


def file_name(text: str, suffix: str = "") -> str:
    """Return ``text`` as the name of a file: inert, without separators, at most ``LONGEST`` characters in all.

    The beginning is kept. A name that a system reserves, or of which nothing is left, becomes ``_`` and what is left.
    Different texts may get one name: whoever writes several files tells them apart.
    """
    kept = "".join(one for one in _BLANK.sub("", text) if unicodedata.category(one)[0] not in "CZ")
    # After what is taken out: the characters around it may compose.
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", kept)).strip(_EDGES)
    name = name[: LONGEST - len(suffix)].rstrip(_EDGES)
    if not name or _RESERVED.fullmatch(name):
        name = f"_{name}"[: LONGEST - len(suffix)]
    return name + suffix
