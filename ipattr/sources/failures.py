"""What a failure of the network is called: a delivery and one sentence, never an exception.

The sentences hold words of this program, of the operating system and of the TLS library; none of the server's.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Delivery

Failure = tuple["Delivery", Text]


def timed_out(seconds: float) -> Failure:
    """Return the end of an exchange whose one deadline has passed."""
    return "timed-out", Text(
        ja=f"交換全体の期限（{seconds:g}秒）が過ぎた。",
        en=f"The deadline of {seconds:g} seconds for the whole exchange has passed.",
    )


def oversized(limit: int) -> Failure:
    """Return the end of an exchange that brought more than is accepted."""
    return "oversized", Text(
        ja=f"回答が受け入れる上限（{limit:,}バイト）より大きい。先頭だけを保存した。",
        en=f"The answer is larger than the {limit:,} bytes accepted; its beginning is kept.",
    )


def failure(error: BaseException, *, begun: bool, cut: bool = False) -> Failure:
    """Return what an exception of a connection means; ``begun``: some of the answer has arrived; ``cut``: not all."""
    chain = tuple(_chain(error))[::-1]  # the innermost tells most
    if begun and (cut or any(isinstance(one, OSError) for one in chain)):
        return "truncated", TRUNCATED
    for one in chain:
        if isinstance(one, ssl.SSLCertVerificationError):
            said = getattr(one, "verify_message", "") or "verification failed"
            return "tls-failed", Text(
                ja=f"サーバ証明書を検証できない（{said}）。", en=f"The server's certificate does not verify ({said})."
            )
        if isinstance(one, ssl.SSLError):
            said = (getattr(one, "reason", None) or "TLS").replace("_", " ").lower()
            return "tls-failed", Text(
                ja=f"TLSハンドシェイクに失敗した（{said}）。", en=f"The TLS handshake failed ({said})."
            )
        if isinstance(one, socket.gaierror):
            return "unreachable", Text(ja="ホスト名を解決できない。", en="The host name does not resolve.")
    for one in chain:
        if isinstance(one, OSError):
            said = one.strerror if one.errno and one.strerror else type(one).__name__
            return "unreachable", Text(ja=f"接続できない（{said}）。", en=f"There is no connection ({said}).")
    return "garbled", Text(
        ja=f"回答がHTTPの形でない（{type(error).__name__}）。", en=f"The answer is not HTTP ({type(error).__name__})."
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it was raised from or wraps."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        inner = getattr(one, "certificate_error", None) or getattr(one, "os_error", None)
        one = inner if isinstance(inner, BaseException) else one.__cause__


TRUNCATED = Text(
    ja="回答の途中で接続が切れた。届いた分だけを保存した。",
    en="The connection ended before the end of the answer; what had arrived is kept.",
)
DISCONNECTED = Text(ja="サーバが回答せずに接続を閉じた。", en="The server closed the connection without an answer.")
LENGTH_UNKNOWN = Text(
    ja="回答の長さが告げられていないため、全文が届いたかどうかは接続の終わり方からは分からない。",
    en="The length of the answer was not announced, so the end of the connection does not show that it is whole.",
)
NOT_HTTPS = Text(ja="HTTPSでないURLには送信しない。", en="Nothing is sent to a URL that is not HTTPS.")
BAD_URL = Text(ja="接続先のURLが読めない、又は認証情報を含む。", en="The URL is not readable, or it bears credentials.")
BAD_LINE = Text(
    ja="問い合わせの行に、印字可能なASCII文字以外が含まれている。",
    en="The line to be sent holds something else than printable ASCII characters.",
)
LOOP = Text(ja="リダイレクトが同じURLに戻った。", en="The redirects lead back to a URL already asked.")
TOO_MANY = Text(ja="リダイレクトが5回を超えた。", en="There are more than five redirects.")
REDIRECT = Text(ja="リダイレクト先へは進まない。", en="The redirect is not followed.")
