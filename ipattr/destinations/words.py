"""What a set of candidates says, and the remarks (IPA6xx) that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Finding, Level, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.destinations.sightings import Chosen
    from ipattr.model import Candidate, Platform


def unknown_platform() -> Text:
    """Return why there are no candidates without a platform."""
    return Text(
        ja="プラットフォームの指定がない、または収録がないため、接続先候補は挙げられない。",
        en="No platform was named, or it is not on record, so there are no destination candidates.",
    )


def no_time() -> Text:
    """Return why there are no candidates without a time."""
    return Text(
        ja="接続日時がないため、接続先候補は挙げられない（候補は日時ごとに異なる）。",
        en="No connection time, so there are no destination candidates (they differ from time to time).",
    )


def no_observation(platform: Platform) -> Text:
    """Return that nothing usable was observed for a platform, and what would settle it."""
    return Text(
        ja=f"{platform.name}について、ログインの接続先となるホストの日付入り観測は収録されていない。接続先はサイト管理者に照会のこと。",
        en=f"No dated observation of a login host of {platform.name} is on record; ask the platform for it.",
    )


def explain(
    platform: Platform, span: str, found: Sequence[Candidate], *, hosts: int, changed: Sequence[Chosen]
) -> Text:
    """Return how many addresses lie around, before and after the login, on how many hosts, and what changed between."""
    count = {side: sum(entry.relation == side for entry in found) for side in ("around", "before", "after")}
    texts = [
        Text(
            ja=f"{platform.name}の{hosts}ホストの日付入り観測による{span}（UTC）の接続先候補{len(found)}件"
            f"（接続時を含む観測{count['around']}、接続前の観測{count['before']}、接続後の観測{count['after']}）。",
            en=f"{len(found)} destination candidates for {span} (UTC) from dated observations of {hosts} hosts of"
            f" {platform.name}: {count['around']} observed around the login, {count['before']} before,"
            f" {count['after']} after.",
        )
    ]
    texts += _change(changed)
    texts.append(
        Text(
            ja="観測は記載の地点と日時における応答であり、当該接続の接続先そのものではない。",
            en="An observation is an answer at its own place and time, not the destination of this connection.",
        )
    )
    return Text(ja="".join(text.ja for text in texts), en=" ".join(text.en for text in texts))


def remarks(
    found: Sequence[Candidate], changed: Sequence[Chosen], *, orientation: bool, rejected: int, other_hosts: int
) -> tuple[Finding, ...]:
    """Return the remarks IPA601 to IPA605."""
    return tuple(_remarks(found, changed, orientation=orientation, rejected=rejected, other_hosts=other_hosts))


def _remarks(
    found: Sequence[Candidate], changed: Sequence[Chosen], *, orientation: bool, rejected: int, other_hosts: int
) -> Iterator[Finding]:
    if orientation:
        yield _finding(
            "IPA601",
            "warning",
            ja="IPv6の接続だが、このプラットフォームのAAAAレコードは観測されていない。観測されていないAAAAアドレスへの接続か、"
            "NAT64等を経た接続と考えられ、IPv4の候補は参考にとどまる。",
            en="The login came from IPv6, but no AAAA record of this platform was observed: it reached an AAAA address"
            " not on record or passed through NAT64 or the like; the IPv4 candidates are for orientation only.",
        )
    operators = sorted({entry.shared for entry in found if entry.shared})
    if operators:
        ja, en = "、".join(operators), ", ".join(operators)
        yield _finding(
            "IPA602",
            "notice",
            ja=f"{ja}のアドレスは他の顧客と共用のエニーキャストであり、接続先による絞り込みの効果は小さい。",
            en=f"Addresses of {en} are anycast and shared with other customers: a destination filter narrows far less.",
            about=", ".join(entry.address for entry in found if entry.shared),
        )
    if not any(entry.relation == "around" for entry in found):
        yield _finding(
            "IPA603",
            "notice",
            ja="接続時を含む観測はなく、候補は接続前または接続後の観測による。",
            en="No observation spans the login; the candidates were observed before or after it.",
        )
    if changed:
        yield _finding(
            "IPA604",
            "notice",
            ja="接続前の観測と接続後の観測とで応答が異なるホストがあり、前後双方を候補とした。",
            en="Hosts answered differently before and after the login; both sets are candidates.",
            about=", ".join(choice.host for choice in changed),
        )
    if rejected or other_hosts:
        yield _finding(
            "IPA605",
            "info",
            ja=f"用いなかった観測: ログインの接続先とみないホスト{other_hosts}件、信頼できないため却下{rejected}件。",
            en=f"Observations not used: {other_hosts} of hosts no login goes to, {rejected} rejected as unreliable.",
        )


def _finding(code: str, level: Level, *, ja: str, en: str, about: str = "") -> Finding:
    return Finding(code=code, level=level, message=Text(ja=ja, en=en), about=about)


def changed_hosts(chosen: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """Return the hosts whose answers before and after have no address in common, the narrowest bracket first."""
    changed = []
    for choice in chosen:
        before = {address for pool in choice.before for address in pool.addresses}
        if before and choice.after and all(before.isdisjoint(pool.addresses) for pool in choice.after):
            changed.append(choice)
    return tuple(sorted(changed, key=lambda one: (one.after[0].low - one.before[0].high, one.host)))


def _change(changed: Sequence[Chosen]) -> Iterator[Text]:
    if not changed:
        return
    host, before, after = changed[0].host, changed[0].before[0], changed[0].after[0]
    last = max(before.sightings, key=lambda entry: entry.high).observation.last_seen
    first = min(after.sightings, key=lambda entry: entry.low).observation.first_seen
    others = (f"（ほか{len(changed) - 1}ホスト）", f" (and {len(changed) - 1} more hosts)") if changed[1:] else ("", "")
    yield Text(
        ja=f"{host}{others[0]}の応答は最後の観測{last}と次の観測{first}の間に変わり、接続はその間にあるため前後双方を挙げる。",
        en=f"The answers of {host}{others[1]} changed between the observations of {last} and {first}; the login falls"
        " in between, so both sets are listed.",
    )
