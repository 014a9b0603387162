"""What tells at a glance that a document may be one of the forms of X; their readers are loaded only for those."""

from __future__ import annotations

import re

X_RETURN = "x-return"
X_ARCHIVE = "x-archive"

# Five letters before a colon or brace: a cheap way to tell a table (times and IPv6 text never have them) from a return.
KEY_WITH_COLON = re.compile(r"""[A-Za-zＡ-Ｚａ-ｚ|! ]{5}["'“”„‟＂’」』»]?\s*[:：∶﹕{｛\[［]""")
