"""The coded remarks of a registration (IPA870 to IPA889), in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Finding, Level, NameMatch, Text
from ipattr.registration.comparing import parties
from ipattr.registration.dating import Moment, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from ipattr.model import Network, RegistrationView, RouteOrigin, Unanswered
    from ipattr.registration.above import Above
    from ipattr.registration.comparing import Comparison

OLD_AFTER_DAYS = 30
SOURCES = {"rdap": "RDAP", "jpnic": "JPNIC WHOIS", "whois": "WHOIS", "origin": "origin", "ptr": "PTR"}


def remark(code: str, level: Level, ja: str, en: str, *, about: str = "") -> Finding:
    """Return one remark."""
    return Finding(code=code, level=level, message=Text(ja=ja, en=en), about=about)


def of_answer(code: str, level: Level, reason: Text, view: RegistrationView) -> Finding:
    """Return a remark on one of several answers, which it names: where remarks are listed, evidence names are not."""
    who = f"{SOURCES[view.source]} {view.server}"
    return remark(code, level, f"{who}：{reason.ja}", f"{who}: {reason.en}", about=view.evidence)


def on_holder(comparison: Comparison, view: RegistrationView, *, login: Moment | None) -> list[Finding]:
    """Remark on how the holder stands to the offline verdict, and on which of its names the registry bears."""
    reason, about = comparison.reason, view.evidence
    found: list[Finding] = []
    if comparison.agreement == "disagrees":
        code = "IPA884" if comparison.listed_holder_differs else "IPA870"
        both = Text(ja=f"{reason.ja}どちらも上書きしていない。", en=f"{reason.en} Neither overwrites the other.")
        found.append(of_answer(code, "warning", both, view))
    if comparison.agreement == "holder-not-listed":
        found.append(of_answer("IPA871", "notice", reason, view))
    bearing = [match for match in comparison.matches if match.time == "present"]
    others = [match for match in bearing if match not in comparison.within]
    tied = [match for match in comparison.within if match.time == "present"]
    if comparison.agreement == "agrees" and comparison.within and not tied and others:
        found.append(_tied_by_old_name(comparison.within, others, about))
    found += [_former(match, view) for match in comparison.matches if match.time == "former" and not bearing]
    found += [_borne_later(match, login, about) for match in bearing if login is not None and _later(match, login)]
    return found


def _later(match: NameMatch, login: Moment) -> bool:
    """Tell whether a present name was taken after the login; partial dates count only where they settle it."""
    day = login.text[:10]
    return bool(match.since) and match.since > day[: len(match.since)]


def _borne_later(match: NameMatch, login: Moment, about: str) -> Finding:
    return remark(
        "IPA873",
        "notice",
        f"「{match.name}」（{match.provider}）は{match.since}からの名称で、ログイン（{login.text}）の時には名乗っていなかった。",
        f'"{match.name}" ({match.provider}) is a name borne since {match.since}, later than the login ({login.text}).',
        about=about,
    )


def _former(match: NameMatch, view: RegistrationView) -> Finding:
    since_ja, since_en = (f"{match.since}から", f"from {match.since} ") if match.since else ("", "")
    # That a name waits for its holder is known of JPNIC alone.
    waits = view.registry == "JPNIC"
    return remark(
        "IPA872",
        "notice",
        f"登録名義は {match.provider} の旧名称「{match.name}」（{since_ja}{match.until or '時期不明'}まで）である。"
        + ("JPNIC の登録名義は名義人の申請があるまで変わらない。" if waits else ""),
        f'The registry bears a former name of {match.provider}, "{match.name}" '
        f"({since_en}until {match.until or 'a date not known'})"
        + ("; at JPNIC it changes only when the holder applies." if waits else "."),
        about=view.evidence,
    )


def _tied_by_old_name(within: Sequence[NameMatch], others: Sequence[NameMatch], about: str) -> Finding:
    return remark(
        "IPA888",
        "warning",
        f"登録名義と収録データの判定は {parties(within)} の旧名称又は併記された名称でのみ一致し、"
        f"現在その名称の者は {parties(others)} である。",
        f"The holder ties to the offline verdict only by a former or listed name of {parties(within)}; "
        f"at present the name is that of {parties(others)}.",
        about=about,
    )


def on_above(entries: Sequence[Above], view: RegistrationView) -> list[Finding]:
    """Remark that the holder may be an end customer, and whom JPNIC names above it (上位情報)."""
    holders = " / ".join(dict.fromkeys(holder.text for holder in view.holders))
    return [
        remark(
            "IPA875",
            "notice",
            f"名義「{holders}」は、上位の事業者から割り当てを受けた末端の利用者でありうる。"
            f"上位情報（{one.at}）は{_block(one, '')}「{one.who}」とする{_standing(one).ja}。"
            "接続の記録は上位の事業者にありうる。上位情報は手掛かりで、名義人ではない。",
            f'The holder as registered, "{holders}", may be an end customer of the ISP above. The less specific '
            f'information ({one.at}) names "{one.who}"{_block(one, " for ")}{_standing(one).en}. The log may be with '
            "the ISP above: a hint, not the holder.",
            about=view.evidence,
        )
        for one in entries
    ]


def _block(one: Above, en: str) -> str:
    if not one.block:
        return ""
    return f"{en}{one.block}" if en else f" {one.block} を"


def _standing(one: Above) -> Text:
    if one.within:
        return Text(
            ja=f"（収録データの判定にある者：{parties(one.within)}）",
            en=f" (a party in the offline verdict: {parties(one.within)})",
        )
    if one.matches:
        return Text(
            ja=f"（収録された別の者：{parties(one.matches)}）",
            en=f" (listed, not in the offline verdict: {parties(one.matches)})",
        )
    return Text(ja="（収録データにない）", en=" (not in the tables)")


def on_age(view: RegistrationView, age: int) -> list[Finding]:
    """Remark on an answer received more than 30 days before the as-of date."""
    if age <= OLD_AFTER_DAYS:
        return []
    return [
        remark(
            "IPA876",
            "notice",
            f"{SOURCES[view.source]}（{view.server}）の回答は"
            f"基準日の{age}日前（{written(view.received)} JST）に受信したものである。",
            f"The {SOURCES[view.source]} answer of {view.server} was received {age} days before the as-of date "
            f"({written(view.received)} JST).",
            about=view.evidence,
        )
    ]


def on_basis(view: RegistrationView) -> list[Finding]:
    """Remark on an answer to another question than this address."""
    if view.basis != "inferred":
        return []
    return [
        remark(
            "IPA880",
            "warning",
            f"{SOURCES[view.source]}（{view.server}）には {view.subject} を照会した。"
            "このアドレスにはより細かい登録がありうるので、事業者の水準の参考に限る。",
            f"{SOURCES[view.source]} ({view.server}) was asked about {view.subject}. A more specific registration "
            "may exist for this address: a provider-level hint only.",
            about=view.evidence,
        )
    ]


def on_referral(view: RegistrationView) -> list[Finding]:
    """Remark on an answer that names another registry instead of a holder."""
    if not view.refers_to or view.holders:
        return []
    return [
        remark(
            "IPA881",
            "notice",
            f"{view.server} の回答は、登録の管理について {view.refers_to} を指し、名義人を記載しない。"
            f"{view.refers_to} は名義人ではない。",
            f"The answer of {view.server} points to {view.refers_to} as registry of the block and names no holder; "
            f"{view.refers_to} is not the holder.",
            about=view.evidence,
        )
    ]


def between(first: RegistrationView, second: RegistrationView, *, same: bool | None) -> list[Finding]:
    """Remark on two answers whose holders differ (``same`` False), or cannot be compared (None)."""
    if same:
        return []
    one, two = (" / ".join(holder.text for holder in view.holders) for view in (first, second))
    where = f"{first.server}: {one} ({first.first} - {first.last}); {second.server}: {two} "
    where += f"({second.first} - {second.last})"
    if same is None:
        return [
            remark(
                "IPA887",
                "info",
                f"二つの回答は名義人を別の言語で記載しており、照合していない（{where}）。",
                f"Two answers name the holder in different languages; they were not compared ({where}).",
            )
        ]
    return [
        remark(
            "IPA877",
            "warning",
            f"回答どうしで登録名義が異なる（{where}）。",
            f"The answers name different holders ({where}).",
        )
    ]


def since_login(then: RegistrationView, today: RegistrationView) -> Finding:
    """Remark that the block had another holder at the login than it has today."""
    one, two = (" / ".join(dict.fromkeys(holder.text for holder in view.holders)) for view in (then, today))
    return remark(
        "IPA889",
        "warning",
        f"ログイン時の名義「{one}」（登録の履歴）と、照会した日の名義「{two}」（{today.server}）が異なる。",
        f'The holder at the login by the registration history, "{one}", is another than that of the day asked, '
        f'"{two}" ({today.server}).',
        about=then.evidence,
    )


def on_origins(origins: Sequence[RouteOrigin], network: Network | None, *, about: str) -> list[Finding]:
    """Remark where the origin AS of the routing answers is not that of the offline table."""
    if not origins or network is None:
        return []
    online, offline = {o.asn for o in origins}, {o.asn for o in network.origins}
    if online == offline:
        return []
    now, then = (", ".join(f"AS{asn}" for asn in sorted(some)) for some in (online, offline))
    return [
        remark(
            "IPA878",
            "warning" if not online & offline else "notice",
            f"経路の回答では {origins[0].prefix} の起点は{now}、収録データ（{network.as_of}時点）では "
            f"{network.prefix} の起点は{then}で、一致しない。",
            f"By the routing answers the origin of {origins[0].prefix} is {now}; in the offline table "
            f"(as of {network.as_of}) that of {network.prefix} is {then}.",
            about=about,
        )
    ]


def on_names(names: Sequence[str], day: date, *, about: str) -> list[Finding]:
    """Remark that a reverse name is that of the day asked."""
    if not names:
        return []
    shown = ", ".join(names)
    return [
        remark(
            "IPA879",
            "info",
            f"逆引き名 {shown} は照会した日（{day}）のもので、ログイン時のものではない。判定には用いていない。",
            f"The reverse name {shown} is that of the day asked ({day}), not of the login; no verdict uses it.",
            about=about,
        )
    ]


def on_missing(servers: Iterable[tuple[str, str, bool]]) -> list[Finding]:
    """Remark per (server, evidence, directly asked) that a server has no such object: never that it is unassigned."""
    return [
        remark(
            "IPA882",
            "notice",
            f"{server} には{'このアドレスの' if direct else 'このアドレスを含むブロックの'}登録がない。"
            "ここにないというだけで、未割当ではない。",
            f"{server} has no object for {'this address' if direct else 'the block around this address'}: "
            "not here, which does not mean unassigned.",
            about=evidence,
        )
        for server, evidence, direct in servers
    ]


def on_unanswered(unanswered: Iterable[Unanswered]) -> list[Finding]:
    """Remark on each question about the address that got no usable answer."""
    return [
        remark(
            "IPA883",
            "warning",
            f"{entry.server} への照会（{entry.question.subject}）に使える回答がない：{entry.reason.ja}",
            f"No usable answer from {entry.server} ({entry.question.subject}): {entry.reason.en}",
            about=entry.evidence[-1] if entry.evidence else "",
        )
        for entry in unanswered
    ]


def on_gap(server: str, login: Moment, *, about: str) -> Finding:
    """Remark that a history has no record for the login."""
    return remark(
        "IPA885",
        "notice",
        f"{server} の登録の履歴に、ログイン（{login.text}）の時に有効で名義人を記載した記録がない。",
        f"The registration history of {server} has no record in force at the login ({login.text}) that names a holder.",
        about=about,
    )


def on_narrower(server: str, block: str, *, about: str) -> Finding:
    """Remark that a kept answer of the same server names a narrower block around the address."""
    return remark(
        "IPA886",
        "warning",
        f"{server} の別の回答は、このアドレスを含むより細かい登録（{block}）を示している。登録が変わった可能性がある。",
        f"Another kept answer of {server} names a narrower block around this address ({block}): "
        "the registration may have changed.",
        about=about,
    )
