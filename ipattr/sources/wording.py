"""The sentences of a plan, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import HeldBack, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Mode, Probe, Question, RegistryServer, SourceName, SpecialBlock

_PLAIN = Text(
    ja="暗号化されない照会なので、経路上の者にも見える。",
    en="The query is not encrypted: those on the way can read it.",
)
_ZONE = Text(
    ja="リゾルバーのほか、そのアドレスのゾーンの運用者にも届く。",
    en="Besides the resolver, whoever operates the zone of the address receives it.",
)


def reveals(question: Question, server: RegistryServer) -> Text:
    """Return precisely what the receiver of a question learns."""
    what = _subject(question)
    parts = [
        Text(
            ja=f"{what.ja}。照会の時刻と、こちらの接続元アドレスも相手に見える。",
            en=f"{what.en}. The time of the query and our own address are seen too.",
        )
    ]
    if server.protocol == "whois":
        parts.append(_PLAIN)
    if server.protocol == "dns":
        parts += [_PLAIN, _ZONE]
    return Text(ja="".join(part.ja for part in parts), en=" ".join(part.en for part in parts))


def _subject(question: Question) -> Text:
    subject = question.subject
    if question.kind in {"autnum", "routes"}:
        return Text(
            ja=f"AS 番号 {subject} だけが伝わり、アドレスは伝わらない",
            en=f"Only the AS number {subject}, no address",
        )
    if question.kind in {"bootstrap", "timestamp"}:
        return Text(ja="アドレスは伝わらない", en="No address")
    address, slash, length = subject.partition("/")
    if not slash:
        return Text(ja=f"アドレス {address} そのものが伝わる", en=f"The address {address} itself")
    free = (128 if ":" in subject else 32) - int(length)
    count = f"{1 << free}" if free <= 16 else f"2^{free}"  # noqa: PLR2004 - readable up to 65536
    return Text(
        ja=f"アドレスが属するブロック {subject}（{count} アドレス分）が伝わり、そのうちのどれかは伝わらない",
        en=f"The block {subject} of {count} addresses in which it lies, not which of them",
    )


def special(address: str, source: SourceName, block: SpecialBlock) -> HeldBack:
    """Return that a special-purpose address is never sent."""
    return HeldBack(
        address=address,
        source=source,
        code="IPA860",
        reason=Text(
            ja=f"特殊用途のアドレス（{block.prefix}、{block.name}）なので、どこにも照会しない。",
            en=f"A special-purpose address ({block.prefix}, {block.name}): it is never sent anywhere.",
        ),
    )


def shares_block(address: str) -> HeldBack:
    """Return that the block to be asked for begins with a special-purpose address."""
    return HeldBack(
        address=address,
        source="rdap",
        code="IPA860",
        reason=Text(
            ja="照会するはずのブロックが特殊用途のアドレスを含むため、照会しない。",
            en="The block that would be asked for holds special-purpose addresses, so it is not sent.",
        ),
    )


def not_japanese(address: str) -> HeldBack:
    """Return that JPNIC is not asked about space that is not Japanese."""
    return HeldBack(
        address=address,
        source="jpnic",
        code="IPA862",
        reason=Text(
            ja="収録データでは日本のアドレスではないので、JPNIC には照会しない。",
            en="According to our tables it is not Japanese address space, so JPNIC is not asked.",
        ),
    )


def no_server(address: str, source: SourceName) -> HeldBack:
    """Return that no server of the source answers for the address."""
    return HeldBack(
        address=address,
        source=source,
        code="IPA861",
        reason=Text(
            ja=f"このアドレスについて照会できる {source} のサーバーが収録されていない。",
            en=f"No {source} server that answers for this address is listed.",
        ),
    )


def mode(mode: Mode, probe: Probe) -> Text:
    """Return what the mode means, in one sentence."""
    if mode == "exact":
        return Text(
            ja="exact: 相異なるアドレスごとに一度ずつ照会する（下位情報がないと分かったブロックの中は省く）。",
            en="exact: each distinct address is asked once, except inside a block known to hold nothing more specific.",
        )
    if probe == "block":
        return Text(
            ja="coalesced: RDAP には開示されたアドレスではなく、それを含む /24（IPv6 は /48）を、まだ回答のない範囲に"
            "ついてだけ照会する。各行は direct か inferred とし、推定は登録単位までに限る。",
            en="coalesced: RDAP is asked not for a disclosed address but for its /24 (IPv6: /48), and only where no "
            "answer covers it yet; each row is direct or inferred, at the level of the provider alone.",
        )
    return Text(
        ja="coalesced: まだ回答のない範囲ごとにアドレス一つだけを照会する。各行は direct か inferred とし、推定は"
        "登録単位までに限る。",
        en="coalesced: one address is asked per range that no answer covers yet; each row is direct or inferred, at "
        "the level of the provider alone.",
    )


def redirects(hosts: Sequence[str]) -> Text:
    """Return which further hosts a redirect may lead to."""
    return Text(
        ja=f"転送（リダイレクト）されたときに限り、次にも同じ照会が届き得る: {'、'.join(hosts)}。",
        en=f"Only when redirected, the same query may also reach: {', '.join(hosts)}.",
    )
