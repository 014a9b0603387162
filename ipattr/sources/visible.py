"""What a person may be shown of bytes from elsewhere: no control character acts, none vanishes."""

from __future__ import annotations

import unicodedata

_PICTURES = 0x2400
_DELETE = 0x7F
_DELETE_PICTURE = "\u2421"
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class _Shown(dict[int, str]):
    """What stands for each character, worked out at its first use (``str.translate`` asks by code point)."""

    def __missing__(self, code: int) -> str:
        one = chr(code)
        if code < ord(" "):
            one = chr(_PICTURES + code)
        elif code == _DELETE:
            one = _DELETE_PICTURE
        elif unicodedata.category(one) in _HIDDEN:
            one = f"<U+{code:04X}>"
        self[code] = one
        return one


def visible_text(data: str) -> str:
    r"""Return ``data`` with every character that could act on a terminal or hide made visible.

    CRLF becomes LF; LF and TAB stay. C0 controls and DEL become their pictures (U+2400 ff.); every other control,
    format, private-use, unassigned, surrogate or separator character (C1, bidirectional marks, zero-width) becomes
    ``<U+XXXX>``.
    """
    return data.replace("\r\n", "\n").translate(_Shown({ord("\n"): "\n", ord("\t"): "\t"}))
