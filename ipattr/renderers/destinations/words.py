"""The words of the destination ledger for the closed vocabularies of the model, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.model import LedgerUse

STEP: dict[str, Text] = {
    "hosts": Text(ja="ホスト", en="hosts"),
    "family": Text(ja="IPの版", en="IP version"),
    "client": Text(ja="クライアント", en="client"),
    "time": Text(ja="時期", en="time"),
}
CHANGE: dict[str, Text] = {
    "unchanged": Text(ja="変化なし", en="unchanged"),
    "changed": Text(ja="変化あり", en="changed"),
    "appeared": Text(ja="後のみ観測", en="observed at the second only"),
    "gone": Text(ja="前のみ観測", en="observed at the first only"),
    "unknown": Text(ja="不明", en="unknown"),
}
RESOLUTION: dict[str, Text] = {
    "answered": Text(ja="回答あり", en="answered"),
    "nodata": Text(ja="該当レコードなし(NODATA)", en="no record of that type (NODATA)"),
    "nxdomain": Text(ja="名前なし(NXDOMAIN)", en="no such name (NXDOMAIN)"),
    "servfail": Text(ja="サーバー失敗(SERVFAIL)", en="server failure (SERVFAIL)"),
    "refused": Text(ja="拒否(REFUSED)", en="refused (REFUSED)"),
    "other-rcode": Text(ja="その他の応答コード", en="another response code"),
    "truncated": Text(ja="切詰め(TC)", en="truncated (TC)"),
    "malformed": Text(ja="回答として読めない", en="malformed"),
    "timed-out": Text(ja="時間切れ", en="timed out"),
    "unreachable": Text(ja="到達不能", en="unreachable"),
    "tls-failed": Text(ja="TLSの失敗", en="TLS failed"),
    "http-error": Text(ja="HTTPの誤り", en="HTTP error"),
    "withheld": Text(ja="送信せず", en="withheld"),
}
JUDGEMENT: dict[str, Text] = {
    "agrees": Text(ja="他と一致", en="agrees with others"),
    "alone": Text(ja="比較相手なし", en="nothing to compare with"),
    "differs": Text(ja="他と異なる", en="differs from the others"),
    "lying": Text(ja="偽の回答の疑い", en="lying"),
    "wildcard": Text(ja="ワイルドカード", en="wildcard"),
    "special": Text(ja="特殊用途アドレス", en="special-purpose address"),
}
PROBE: dict[str, Text] = {
    "host": Text(ja="ホスト", en="host"),
    "wildcard": Text(ja="存在しないはずの名前(ワイルドカードの確認)", en="a name nobody has (is there a wildcard?)"),
    "delegation": Text(ja="権威サーバーの確認", en="who is authoritative"),
}
TRANSPORT: dict[str, Text] = {
    "udp": Text(ja="UDP、切詰め時TCP、暗号化なし", en="UDP, TCP when truncated, not encrypted"),
    "tcp": Text(ja="TCP、暗号化なし", en="TCP, not encrypted"),
    "tls": Text(ja="DoT、暗号化", en="DoT, encrypted"),
    "https": Text(ja="DoH、暗号化", en="DoH, encrypted"),
}
FORM: dict[str, Text] = {
    "cof": Text(ja="パッシブDNS(Common Output Format)", en="passive DNS (Common Output Format)"),
    "dnsx": Text(ja="dnsxのJSON", en="dnsx JSON"),
    "hosts": Text(ja="hostsファイル", en="hosts file"),
    "zone": Text(ja="ゾーンファイル", en="zone file"),
}
LEDGER: dict[str, Text] = {
    "shipped": Text(ja="ipattr収録の観測台帳", en="ledger shipped with ipattr"),
    "own": Text(ja="自ら作成した観測台帳", en="the office's own ledger"),
}
SETTLE: dict[str, Text] = {
    "none": Text(
        ja="サイト管理者に、当該接続の接続先IPアドレスを照会する。",
        en="Ask the platform for the destination address of this connection.",
    ),
    "unknown-platform": Text(
        ja="接続を受けたサイトを特定したうえで、サイト管理者に、当該接続の接続先IPアドレスを照会する。",
        en="Establish which site took the connection, and ask it for the destination address.",
    ),
    "no-time": Text(
        ja="ログを開示した者に接続日時を照会し、日時を定めて候補を挙げ直す。",
        en="Ask whoever disclosed the log for the time of the connection, then list the candidates for that time.",
    ),
    "observed": Text(
        ja="サイト管理者への照会、又は接続日時を含む第三者の観測記録（パッシブDNS等）の入手による。",
        en="Ask the platform, or obtain somebody's record (passive DNS or the like) that covers the time.",
    ),
}


def vantage(text: str, lang: str) -> str:
    """Return where something was observed from, as its source says; ``unknown`` in the language of the output."""
    return "不明" if text == "unknown" and lang == "ja" else text


def ledger(use: LedgerUse, lang: str, *, when: Callable[[str], str] = str) -> str:
    """Return one ledger in a phrase: whose it is, its title, version or head, and how much it holds.

    ``when`` writes the first and the last time seen.
    """
    kind = LEDGER[use.kind].pick(lang)
    if lang == "ja":
        head = f"データ版 {use.head}" if use.kind == "shipped" else f"先端 {use.head}"
        span = f"、{when(use.first_seen)}～{when(use.last_seen)}" if use.first_seen else ""
        return f"{kind}「{use.title}」（{head}、採用した観測{use.observations:,}件{span}、却下{use.rejected:,}件）"
    head = f"data version {use.head}" if use.kind == "shipped" else f"head {use.head}"
    span = f", {when(use.first_seen)} to {when(use.last_seen)}" if use.first_seen else ""
    return f'{kind} "{use.title}" ({head}; {use.observations:,} observations kept{span}; {use.rejected:,} rejected)'
