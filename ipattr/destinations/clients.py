"""What a log says a login was made with: a kind of client, where its words or its user agent leave no doubt."""

from __future__ import annotations

from typing import Literal
from unicodedata import normalize

ClientKind = Literal["web", "api", "mobile", ""]

_WORDS: dict[str, ClientKind] = {
    **dict.fromkeys(("web", "browser", "web browser", "web client", "ウェブ", "ブラウザ", "ブラウザー"), "web"),
    **dict.fromkeys(("ウェブブラウザ", "ウェブブラウザー", "webブラウザ", "webブラウザー"), "web"),
    **dict.fromkeys(("api", "api client", "apiクライアント"), "api"),
    **dict.fromkeys(("mobile", "mobile app", "mobile client", "smartphone", "モバイル", "スマートフォン"), "mobile"),
    **dict.fromkeys(("スマホ", "モバイルアプリ", "スマートフォンアプリ", "スマホアプリ"), "mobile"),
    **dict.fromkeys(("iphone", "ipad", "android"), "mobile"),
}
_AGENT = "mozilla/5.0 ("
_PHONES = ("iphone", "ipad", "ipod", "android", "mobile")
DROPPED: dict[ClientKind, frozenset[str]] = {"api": frozenset({"mobile", "short-link"})}
"""The roles of hosts that a kind of client cannot have logged in at, by what those hosts are there for.

Pages for phones and redirects of short links are made for browsers; no program that speaks an API logs in there.
Nothing else is dropped, for no source on record says which client goes where: a page in a browser calls API hosts in
the background (X's own do), a web host may serve an interface of its own, or the page on which an API client is
authorised, and a phone may use its browser or an app.
"""


def kind_of(text: str) -> ClientKind:
    """Return the kind of client that a cell of a log names, empty where it does not say or could mean several.

    Exact words in Japanese and English (width and case aside), and browsers' user agents (``Mozilla/5.0 (``); the user
    agent of an app, and "app" alone, say nothing about which hosts were used.
    """
    if not text:
        return ""
    words = " ".join(normalize("NFKC", text).casefold().split())
    if words.startswith(_AGENT):
        return "mobile" if any(phone in words for phone in _PHONES) else "web"
    return _WORDS.get(words, "")
