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
DROPPED: dict[ClientKind, frozenset[str]] = {
    "web": frozenset({"api"}),
    "api": frozenset({"web", "mobile", "short-link"}),
}
"""The roles of hosts that a kind of client does not use. A phone may use its browser or an app: nothing is dropped."""


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
