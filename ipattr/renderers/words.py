"""The words that renderers print for the closed vocabularies of the model, in both languages."""

from __future__ import annotations

from ipattr.model import Text

ATTRIBUTION: dict[str, Text] = {
    "attributed": Text(ja="特定", en="attributed"),
    "ambiguous": Text(ja="複数候補", en="ambiguous"),
    "not-access-provider": Text(ja="アクセスプロバイダではない", en="not an access provider"),
    "special-purpose": Text(ja="特殊用途アドレス", en="special-purpose"),
    "not-listed": Text(ja="収録なし", en="not listed"),
}
SEARCH: dict[str, Text] = {
    "searchable": Text(ja="検索可", en="searchable"),
    "incomplete": Text(ja="要補充", en="incomplete"),
    "impossible": Text(ja="不可", en="impossible"),
    "unknown": Text(ja="不明", en="unknown"),
    "not-applicable": Text(ja="対象外", en="not applicable"),
}
DEADLINE: dict[str, Text] = {
    "open": Text(ja="期間内", en="open"),
    "due": Text(ja="切迫", en="due"),
    "passed-at-earliest": Text(ja="最短では経過", en="passed at earliest"),
    "passed": Text(ja="経過", en="passed"),
    "unknown": Text(ja="不明", en="unknown"),
    "not-applicable": Text(ja="対象外", en="not applicable"),
}
CANDIDATES: dict[str, Text] = {
    "observed": Text(ja="観測あり", en="observed"),
    "none": Text(ja="観測なし", en="no observation"),
    "unknown-platform": Text(ja="観測表のないサービス", en="platform without observations"),
    "no-time": Text(ja="時刻なし", en="no time"),
    "not-applicable": Text(ja="対象外", en="not applicable"),
}
KEY: dict[str, Text] = {
    "source-ip": Text(ja="接続元IP", en="source IP"),
    "time": Text(ja="接続日時", en="time"),
    "source-port": Text(ja="接続元ポート", en="source port"),
    "destination-ip": Text(ja="接続先IP", en="destination IP"),
}
KIND: dict[str, Text] = {
    "login": Text(ja="ログイン", en="login"),
    "creation": Text(ja="アカウント作成", en="account creation"),
    "logout": Text(ja="ログアウト", en="logout"),
    "deletion": Text(ja="アカウント削除", en="account deletion"),
    "unknown": Text(ja="種別不明", en="kind unknown"),
}
ROW_STATUS: dict[str, Text] = {
    "ok": Text(ja="正常", en="ok"),
    "review": Text(ja="要確認", en="review"),
    "rejected": Text(ja="不採用", en="rejected"),
}
LEVEL: dict[str, Text] = {
    "info": Text(ja="参考", en="info"),
    "notice": Text(ja="注意", en="notice"),
    "warning": Text(ja="警告", en="warning"),
    "error": Text(ja="誤り", en="error"),
}
RELATION: dict[str, Text] = {
    "before": Text(ja="前", en="before"),
    "around": Text(ja="同時期", en="around"),
    "after": Text(ja="後", en="after"),
}
CONFIDENCE: dict[str, Text] = {
    "high": Text(ja="高", en="high"),
    "medium": Text(ja="中", en="medium"),
    "low": Text(ja="低", en="low"),
    "none": Text(ja="なし", en="none"),
}
SHARING: dict[str, Text] = {
    "dedicated": Text(ja="専有", en="dedicated"),
    "cgn": Text(ja="CGNで共有", en="CGN"),
    "map-e": Text(ja="MAP-Eで共有", en="MAP-E"),
    "ds-lite": Text(ja="DS-Liteで共有", en="DS-Lite"),
    "nat": Text(ja="NATで共有", en="NAT"),
    "unknown": Text(ja="共有の有無は不明", en="sharing unknown"),
}
ZONE_SOURCE: dict[str, Text] = {
    "written": Text(ja="記載", en="written"),
    "declared": Text(ja="宣言", en="declared"),
    "format": Text(ja="形式で確定", en="fixed by the form"),
    "derived": Text(ja="投稿IDから算出", en="derived from the post id"),
}
UNIT: dict[str, tuple[str, str]] = {
    "day": ("日", "day"),
    "month": ("か月", "month"),
    "year": ("年", "year"),
}
CATEGORY: dict[str, Text] = {
    "vpn": Text(ja="VPN", en="VPN"),
    "hosting": Text(ja="ホスティング", en="hosting"),
    "cloud": Text(ja="クラウド", en="cloud"),
    "relay": Text(ja="中継サービス", en="relay"),
    "cdn": Text(ja="CDN", en="CDN"),
    "tor": Text(ja="Tor", en="Tor"),
    "proxy": Text(ja="プロキシ", en="proxy"),
    "corporate-proxy": Text(ja="企業プロキシ", en="corporate proxy"),
    "api-app": Text(ja="連携アプリ", en="API app"),
    "crawler": Text(ja="クローラ", en="crawler"),
}
POSITION: dict[str, Text] = {
    "before": Text(ja="前", en="before"),
    "after": Text(ja="後", en="after"),
    "same": Text(ja="同時刻", en="same instant"),
}


def word(table: dict[str, Text], key: str, lang: str) -> str:
    """Return the word for ``key`` in ``lang``; a key that is not in the table is printed as it is, never dropped."""
    text = table.get(key)
    return text.pick(lang) if text else key


def keys(items: tuple[str, ...], lang: str) -> str:
    """Join key items such as ``source-port`` into one phrase."""
    return ("・" if lang == "ja" else " + ").join(word(KEY, item, lang) for item in items)


def conservation(rows: int, ok: int, review: int, rejected: int, *, lang: str) -> str:
    """Say the conservation law of reading in one line."""
    if lang == "ja":
        return f"読込 {rows}行 = 正常 {ok} + 要確認 {review} + 不採用 {rejected}"
    return f"read {rows} rows = {ok} ok + {review} review + {rejected} rejected"


def declared(zone: str, *, lang: str) -> str:
    """Say that the analyst declared a time zone, and what for."""
    if lang == "ja":
        return f"時間帯の宣言 {zone}(入力に時間帯の記載がない時刻に適用)"
    return f"declared time zone {zone} (applied where the input writes none)"
