"""What a set of candidates says, and the remarks (IPA6xx) that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.destinations.nearness import nearest
from ipattr.model import Finding, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.destinations.eras import Chosen
    from ipattr.destinations.plans import Plan, Relation
    from ipattr.destinations.scopes import Scope
    from ipattr.model import Candidate, Platform

_SIDES: dict[Relation, Text] = {
    "around": Text(ja="接続時を含む観測", en="observed around the login"),
    "between": Text(ja="前後の観測の間", en="between two observations"),
    "before": Text(ja="接続前の観測", en="before"),
    "after": Text(ja="接続後の観測", en="after"),
}


_ADDED = ("own:", "imp:")
"""How the ids of observations begin that come from the office's own ledgers: captures and imports."""


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


def no_observation(platform: Platform, hosts: Sequence[str], *, other_records: int = 0) -> Text:
    """Return that nothing usable was observed for a platform, or for the hosts named, and what would settle it.

    ``other_records`` is the number of observations of the record type that is not asked for.
    """
    if other_records:
        return Text(
            ja=f"{platform.name}について、接続元と同じIPの版の観測は収録されていない（別の種別のレコード（A、AAAAの他方）の"
            f"観測は{other_records}件ある）。接続先はサイト管理者に照会のこと。",
            en=f"No dated observation of {platform.name} of the login's own IP version is on record ({other_records} of"
            " the other record type, A or AAAA, are); ask the platform for the destination.",
        )
    if hosts:
        return Text(
            ja=f"{platform.name}について、指定されたホスト（{'、'.join(hosts)}）の日付入り観測は収録されていない。"
            "接続先はサイト管理者に照会のこと。",
            en=f"No dated observation of the named hosts of {platform.name} ({', '.join(hosts)}) is on record;"
            " ask the platform for the destination.",
        )
    return Text(
        ja=f"{platform.name}について、ログインの接続先となるホストの日付入り観測は収録されていない。接続先はサイト管理者に照会のこと。",
        en=f"No dated observation of a login host of {platform.name} is on record; ask the platform for it.",
    )


def explain(
    platform: Platform,
    span: str,
    found: Sequence[Candidate],
    known: Plan,
    *,
    at: int,
    elsewhere: int,
    other_records: int,
) -> Text:
    """Return how many addresses lie how to the login, on how many hosts, what changed, and what is not listed.

    ``elsewhere`` is the number of observations of the same hosts that no candidate rests on, ``other_records`` those of
    the other address family.
    """
    current = [entry for entry in found if entry.period == "current"]
    texts = [_counts(platform, span, current, others=len(found) - len(current), hosts=known.hosts)]
    texts += _coarse(known)
    texts += _change(known.changed)
    texts += _rotation(known)
    texts += nearest(platform, known, at)
    texts += _left_out(elsewhere, other_records)
    texts.append(
        Text(
            ja="観測は記載の地点と日時における応答であり、当該接続の接続先そのものではない。",
            en="An observation is an answer at its own place and time, not the destination of this connection.",
        )
    )
    return Text(ja="".join(text.ja for text in texts), en=" ".join(text.en for text in texts))


def _shown(span: str) -> str:
    """Return a UTC date, or a part of one, as people write it: ``2025-03-10 00:40:00-24:00:00``."""
    start, _, end = span.partition("/")
    return f"{start.replace('T', ' ').rstrip('Z')}-{end.partition('T')[2].rstrip('Z')}" if end else start


def _counts(platform: Platform, span: str, current: Sequence[Candidate], *, others: int, hosts: int) -> Text:
    relations = [entry.relation for entry in current]
    count = {side: relations.count(side) for side in _SIDES}
    sides_ja = "、".join(f"{_SIDES[side].ja}{number}" for side, number in count.items() if number)
    sides_en = ", ".join(f"{number} {_SIDES[side].en}" for side, number in count.items() if number)
    of_other = (f"、ほか別の時期{others}件", f"; {others} more of another period") if others else ("", "")
    return Text(
        ja=f"{platform.name}の{hosts}ホストの日付入り観測による{_shown(span)}（UTC）の接続先候補{len(current)}件"
        f"（{sides_ja}）{of_other[0]}。",
        en=f"{len(current)} destination candidates for {_shown(span)} (UTC) from dated observations of {hosts} hosts of"
        f" {platform.name}: {sides_en}{of_other[1]}.",
    )


def _coarse(known: Plan) -> Iterator[Text]:
    coarse = sum(item.coarse for item in known.items)
    if coarse:
        yield Text(
            ja=f"接続時を含む観測のうち{coarse}件は、年または月までしか分からない。",
            en=f"{coarse} of those around the login are known to the month or year only.",
        )


def _left_out(elsewhere: int, other_records: int) -> Iterator[Text]:
    if elsewhere:
        yield Text(
            ja=f"同じホストの別の時期の観測{elsewhere}件は候補としていない。",
            en=f"{elsewhere} observations of the same hosts at other times yield no candidate.",
        )
    if other_records:
        yield Text(
            ja=f"別の種別のレコード（A、AAAAの他方）の観測{other_records}件は候補としていない。",
            en=f"{other_records} observations of the other record type (A or AAAA) yield no candidate.",
        )


def _rotation(known: Plan) -> Iterator[Text]:
    if known.rotating and any(item.relation != "around" and item.period == "current" for item in known.items):
        yield Text(
            ja="1回の応答に現れるのは組のうち一部（多くは1件）で、応答ごとに入れ替わるため、"
            "接続時と同じ時期に観測されたアドレスはすべて挙げる。",
            en="One answer holds only part of a set (mostly one record) and its members rotate, so every address"
            " observed in the same era as the login is listed.",
        )


def remarks(
    platform: Platform, found: Sequence[Candidate], known: Plan, asked: Scope, *, rejected: int
) -> tuple[Finding, ...]:
    """Return the remarks IPA601 to IPA609."""
    own = _remarks(found, known, orientation=asked.orientation)
    return (*own, *_unused(known, asked, rejected=rejected), *_basis(platform, known), *asked.findings)


def _remarks(found: Sequence[Candidate], known: Plan, *, orientation: bool) -> Iterator[Finding]:
    if orientation:
        yield Finding.of(
            "IPA601",
            "warning",
            ja="IPv6の接続だが、このプラットフォームのAAAAレコードは観測されていない。観測されていないAAAAアドレスへの接続か、"
            "NAT64等を経た接続と考えられ、IPv4の候補は参考にとどまる。",
            en="The login came from IPv6, but no AAAA record of this platform was observed: it reached an AAAA address"
            " not on record or passed through NAT64 or the like; the IPv4 candidates are for orientation only.",
        )
    shared = [entry for entry in found if entry.shared and entry.period == "current"]
    operators = sorted({entry.shared for entry in shared})
    if operators:
        ja, en = "、".join(operators), ", ".join(operators)
        yield Finding.of(
            "IPA602",
            "notice",
            ja=f"{ja}のアドレスは他の顧客と共用のエニーキャストであり、接続先による絞り込みの効果は小さい。",
            en=f"Addresses of {en} are anycast and shared with other customers: a destination filter narrows far less.",
            about=", ".join(entry.address for entry in shared),
        )
    if not any(entry.relation == "around" for entry in found):
        yield Finding.of(
            "IPA603",
            "notice",
            ja="接続時を含む観測はなく、候補は接続前、接続後またはその双方の観測による。",
            en="No observation spans the login; the candidates were observed before it, after it or both.",
        )
    if known.changed:
        yield Finding.of(
            "IPA604",
            "notice",
            ja="接続前の観測と接続後の観測とで応答が異なるホストがあり、前後双方を候補とした。",
            en="Hosts answered differently before and after the login; both sets are candidates.",
            about=", ".join(choice.host.host for choice in known.changed),
        )


def _unused(known: Plan, asked: Scope, *, rejected: int) -> Iterator[Finding]:
    if not (rejected or asked.other_hosts or known.unborn_rows):
        return
    others = ("ログインの接続先とみないホスト", "hosts no login goes to")
    if asked.question.hosts:
        others = ("指定されていないホスト", "hosts not named in the question")
    named = ("", "")
    if known.unborn:
        named = (f"（{'、'.join(known.unborn)}）", f" ({', '.join(known.unborn)})")
    yield Finding.of(
        "IPA605",
        "info",
        ja=f"用いなかった観測: {others[0]}{asked.other_hosts}件、"
        f"信頼できない、またはDNSの応答でないため却下{rejected}件、"
        f"接続時に未観測のホスト{known.unborn_rows}件{named[0]}。",
        en=f"Observations not used: {asked.other_hosts} of {others[1]}, {rejected} rejected as unreliable or as no"
        f" DNS answers, {known.unborn_rows} of hosts not yet observed then{named[1]}.",
    )


def _basis(platform: Platform, known: Plan) -> Iterator[Finding]:
    note = platform.observation_note
    named = [name for item in known.items for name in item.merged.observations]
    shipped = [name for name in named if not name.startswith(_ADDED)]
    if note is not None and shipped:
        # What the profile says of places and times holds for the shipped ledger, never for what an office added.
        if len(shipped) < len(named):
            note = Text(ja=f"収録の台帳について：{note.ja}", en=f"Of the shipped ledger: {note.en}")
        yield Finding(code="IPA606", level="notice", message=note, about=platform.observation_source)
    if known.roleless:
        yield Finding.of(
            "IPA607",
            "info",
            ja=f"役割の不明なホストの観測を含む（{'、'.join(known.roleless)}）。",
            en=f"Some observations are of hosts whose role is unknown ({', '.join(known.roleless)}).",
            about=", ".join(known.roleless),
        )


def _change(changed: Sequence[Chosen]) -> Iterator[Text]:
    if not changed:
        return
    host, before, after = changed[0].host.host, changed[0].before[0], changed[0].after[0]
    last, first = before.ends, after.begins
    others = (f"（ほか{len(changed) - 1}ホスト）", f" (and {len(changed) - 1} more hosts)") if changed[1:] else ("", "")
    yield Text(
        ja=f"{host}{others[0]}の応答は最後の観測{last}と次の観測{first}の間に変わり、接続はその間にあるため前後双方を挙げる。",
        en=f"The answers of {host}{others[1]} changed between the observations of {last} and {first}; the login falls"
        " in between, so both sets are listed.",
    )
