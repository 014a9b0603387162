"""The words that renderers print for the closed vocabularies of the model, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Expiry, KeyItem, KeyOption, Party

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
    "pending": Text(ja="修復の採否待ち", en="pending a repair"),
    "repaired": Text(ja="修復を採用", en="repaired"),
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
    "between": Text(ja="前後の観測の間", en="between"),
    "after": Text(ja="後", en="after"),
}
PERIOD: dict[str, Text] = {
    "current": Text(ja="同じ時期", en="same period"),
    "other": Text(ja="別の時期", en="other period"),
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
ACT_BY_PASSED = Text(ja="対応期限経過・満了前", en="act-by passed, period not ended")
UNCHECKED = Text(ja="アカウント未照合", en="account not compared")
NATURE = Text(
    ja="公表された事実にもとづく計算であり、法的助言ではない。接続先候補は日付のある観測であり、接続先そのものではない。",
    en="Arithmetic over published facts, not legal advice. A destination candidate is a dated observation, never the "
    "destination itself.",
)
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
REGISTRATION: dict[str, Text] = {
    "registered": Text(ja="登録あり", en="registered"),
    "not-found": Text(ja="照会先に登録なし", en="not at the server asked"),
    "failed": Text(ja="回答なし", en="no answer"),
    "not-asked": Text(ja="未照会", en="not asked"),
    "withheld": Text(ja="照会しない", en="never sent"),
}
BASIS: dict[str, Text] = {
    "direct": Text(ja="直接照会", en="direct"),
    "exact-block": Text(ja="下位登録なしのブロック", en="exact block"),
    "inferred": Text(ja="推定", en="inferred"),
}
MODE: dict[str, Text] = {
    "exact": Text(ja="exactモード", en="exact mode"),
    "coalesced": Text(ja="coalescedモード", en="coalesced mode"),
}
AGREEMENT: dict[str, Text] = {
    "agrees": Text(ja="名義が判定の者と一致", en="holder is a party of the verdict"),
    "disagrees": Text(ja="名義が判定の者と不一致", en="holder is not a party of the verdict"),
    "holder-not-listed": Text(ja="収録外の名義", en="holder not in the tables"),
    "no-holder-named": Text(ja="名義の記載なし", en="no holder named"),
    "not-comparable": Text(ja="照合する判定なし", en="nothing to compare with"),
}
AT_LOGIN: dict[str, Text] = {
    "not-contradicted": Text(ja="ログイン時: 否定なし", en="at login: not contradicted"),
    "not-proven": Text(ja="ログイン時: 未証明", en="at login: not proven"),
    "by-history": Text(ja="ログイン時: 履歴で確認", en="at login: by history"),
    "no-login-time": Text(ja="ログイン時刻なし", en="no login time"),
}
NAME_TIME: dict[str, Text] = {
    "present": Text(ja="現名称", en="present name"),
    "former": Text(ja="旧名称", en="former name"),
    "listed": Text(ja="併記された名称", en="listed name"),
}
SOURCE: dict[str, Text] = {
    "rdap": Text(ja="RDAP", en="RDAP"),
    "jpnic": Text(ja="JPNIC WHOIS", en="JPNIC WHOIS"),
    "whois": Text(ja="WHOIS", en="WHOIS"),
    "origin": Text(ja="経路", en="routing"),
    "ptr": Text(ja="逆引き", en="reverse DNS"),
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


def party_name(party: Party, lang: str) -> str:
    """Return the name of a party with the service meant."""
    name = party.name.pick(lang)
    if not party.service or party.service in name:
        return name
    return f"{name}（{party.service}）" if lang == "ja" else f"{name} ({party.service})"


def party_names(parties: Sequence[Party], lang: str) -> list[str]:
    """Return each distinct legal name once, with the brands that it stands for, else with the services meant."""
    grouped: dict[str, list[Party]] = {}
    for party in parties:
        grouped.setdefault(party.name.pick(lang), []).append(party)
    return [name + _bracketed(_told_apart(members), lang) for name, members in grouped.items()]


def _told_apart(members: Sequence[Party]) -> list[str]:
    """Return what tells the services of one legal entity apart: their brands, else what kind of service is meant."""
    brands = list(dict.fromkeys(party.brand for party in members if party.brand))
    return brands if len(brands) > 1 else list(dict.fromkeys(party.service for party in members if party.service))


def _bracketed(names: Sequence[str], lang: str) -> str:
    if not names:
        return ""
    return f"（{'・'.join(names)}）" if lang == "ja" else f" ({', '.join(names)})"


def short_names(some: Sequence[Party], every: Sequence[Party], lang: str) -> str:
    """Name ``some`` of the parties in few words: by brand where the legal name stands for others of ``every`` too."""
    names = [party.name.pick(lang) for party in every if party not in some]
    shown = [party.brand if party.brand and party.name.pick(lang) in names else party.name.pick(lang) for party in some]
    return ("・" if lang == "ja" else ", ").join(dict.fromkeys(shown))


def figure(entry: Expiry, lang: str) -> str:
    """Return the retention figure in the unit as published."""
    policy = entry.policy
    if lang == "ja":
        return f"{policy.value}{UNIT[policy.unit][0]}" + ("以上" if policy.bound == "at-least" else "")
    unit = UNIT[policy.unit][1] + ("s" if policy.value != 1 else "")
    return ("at least " if policy.bound == "at-least" else "") + f"{policy.value} {unit}"


def any_of(option: KeyOption, lang: str, *, held: Sequence[KeyItem]) -> str:
    """Return what one addressee needs beyond ``held``: the sets of which any one suffices, joined by "or"."""
    needs = dict.fromkeys(keys(tuple(k for k in needed if k not in held), lang) for needed in option.needed)
    return (" または " if lang == "ja" else " or ").join(filter(None, needs))


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
