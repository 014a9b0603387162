"""The Japanese words of the documents for what the facts hold as codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.destinations import dates
from ipattr.renderers.filings.documents.pen import BLANK, shown
from ipattr.renderers.words import CONFIDENCE, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Party
    from ipattr.renderers.filings.documents.addressees import Addressee

SERVICE = {
    "mobile": "モバイル",
    "map-e": "MAP-E",
    "pppoe": "PPPoE",
    "ipoe": "IPoE",
    "ipoe-fixed": "IPoE（固定IP）",
    "ds-lite": "DS-Lite",
    "wimax": "WiMAX",
    "fixed": "固定回線",
    "consumer": "個人向け",
    "business": "法人向け",
    "so-net": "So-net",
    "nuro": "NURO",
    "uq": "UQ",
    "plala": "ぷらら",
    "mopera-u": "mopera U",
    "imode": "iモード",
    "wifi": "公衆Wi-Fi",
    "satellite": "衛星",
    "cable": "ケーブルテレビ",
    "building": "建物内回線",
    "wholesale": "卸",
    "vpn": "VPN",
    "hosting": "ホスティング",
    "relay": "中継サービス",
    "cdn": "CDN",
    "cloud": "クラウド",
    "platform": "サイト自身",
    "hi-ho": "hi-ho",
}
"""What the services that facts name are called; a code that is not here is printed as it is."""
TERMS_OF_PARTIES = (
    "当事者の呼称は、発信者情報開示命令の申立てのもの（申立人、相手方）による。"
    "仮処分では債権者、債務者に、訴えでは原告、被告に改める。"
)
WORKDAY_PASSED = "最後の執務日は経過、満了前"
"""Said on a day between the last working day and the expiry: not that the log is still there."""
LABEL = {
    "source-ip": "接続元IPアドレス",
    "time": "接続日時",
    "source-port": "接続元ポート番号",
    "destination-ip": "接続先IPアドレス",
}


def services(parties: Iterable[Party]) -> str:
    """Name the services of one legal entity: the brand, and the kind of line where only that tells two apart."""
    named = [
        party.brand or SERVICE.get(party.service, party.service) for party in parties if party.brand or party.service
    ]
    return "・".join(dict.fromkeys(named))


def other_parties(parties: Sequence[Party]) -> str:
    """Name those who come into question beside the addressee, each legal name once, with the services meant."""
    grouped: dict[str, list[Party]] = {}
    for party in parties:
        # What the tables add to the name of a network in brackets is a remark, not the name.
        name = party.name.ja.partition(" (")[0] if party.kind == "non-access" else party.name.ja
        grouped.setdefault(shown(name), []).append(party)
    told = []
    for name, members in grouped.items():
        meant = services(members)
        told.append(f"{name}（{meant}）" if meant and meant not in name else name)
    return "、".join(told)


def address_of(addressee: Addressee) -> str:
    """Return the address on record with its confidence, ● where none is."""
    recorded = addressee.entity.address if addressee.entity is not None else ""
    address = recorded.partition("(")[0].strip()
    if addressee.entity is None or not address:
        return BLANK
    sure = word(CONFIDENCE, addressee.entity.address_confidence, "ja")
    return f"{address}（確度：{sure}。登記事項証明書で確認のこと）"


def address_remark(addressee: Addressee) -> str:
    """Return what the record adds to the address in brackets, empty where nothing."""
    recorded = addressee.entity.address if addressee.entity is not None else ""
    return recorded.partition("(")[2].strip().removesuffix(")")


def other_names(addressee: Addressee) -> list[str]:
    """Return the names the addressee bore or is registered under, each with its dates as far as they are known."""
    told = []
    for name in addressee.names:
        until = f"{dates.published(name.until, 'ja')}まで" if name.until else ""
        since = f"{dates.published(name.since, 'ja')}から" if name.since else ""
        dated = since + until or "時期の記録なし"
        told.append(f"{shown(name.text)}（{dated}）")
    return list(dict.fromkeys(told))


def marked(text: str, marks: tuple[str, str], pair: tuple[str, str] = ("〈", "〉")) -> str:
    """Return received text with the marks around invisible characters as a visible pair of brackets."""
    return text.replace(marks[0], pair[0]).replace(marks[1], pair[1])
