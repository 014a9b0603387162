"""The explanation of a deadline, in both languages."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec resolves the annotations of the record below at run time
from typing import TYPE_CHECKING

from ipattr.instants import length
from ipattr.model import (
    DeadlineStatus,
    Expiry,
    PracticeExpiry,
    Record,
    RetentionPolicy,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipattr.model import Provider


class Verdict(Record, frozen=True, kw_only=True):
    """A deadline before it is put into words; ``lacking`` are the (provider, service) pairs without a figure."""

    status: DeadlineStatus
    connected_on: date
    as_of: date
    earliest: date | None
    latest: date | None
    open_ended: bool
    act_by: date | None
    expiries: tuple[Expiry, ...]
    lacking: tuple[tuple[str, str], ...]
    practice: PracticeExpiry | None


def explain(verdict: Verdict, names: Names) -> Text:
    """Return how the dates came about: connection date, each figure with its source, the span, the last working day."""
    texts = [*_figures(verdict, names), *_span(verdict), *_absence(verdict, names)]
    return Text(ja="".join(text.ja for text in texts), en=" ".join(text.en for text in texts))


def provider_name(provider: str, providers: Mapping[str, Provider], names: Mapping[str, Text] | None = None) -> Text:
    """Return the legal name of a provider, else a brand; one without a file by ``names``, else as it was given."""
    record = providers.get(provider)
    if record is None:
        given = (names or {}).get(provider)
        return given or Text(ja=provider or "収録外の事業者", en=provider or "a provider not listed")
    fallback = record.brands[0] if record.brands else provider
    ja = record.entity.ja or record.entity.en or fallback
    return Text(ja=ja, en=record.entity.en or ja)


def ended(sentence: str) -> str:
    """Return an English sentence with one full stop, also where it ends in an abbreviation such as Inc."""
    return sentence if sentence.endswith(".") else sentence + "."


class Names:
    """What the parties of one deadline are called: the legal name, and the brand where several go by that name."""

    def __init__(self, verdict: Verdict, providers: Mapping[str, Provider], names: Mapping[str, Text] | None) -> None:
        """Take the parties of ``verdict``; ``names`` calls those that are not in ``providers``."""
        self._providers = providers
        self._names = names
        self._sold: dict[str, set[str]] = {}
        for party in (*(entry.provider for entry in verdict.expiries), *(party for party, _ in verdict.lacking)):
            self._sold.setdefault(self.legal(party).ja, set()).add(party)

    def legal(self, party: str) -> Text:
        """Return the legal name."""
        return provider_name(party, self._providers, self._names)

    def brand(self, party: str, service: str = "") -> str:
        """Return what a party's service is sold as; ``service`` too where other services of it have a figure."""
        record = self._providers.get(party)
        sold = record.brands[0].partition(" (")[0] if record is not None and record.brands else ""
        meant = service if record is None or record.retention else ""
        return " ".join(filter(None, (sold, meant)))

    def full(self, party: str) -> Text:
        """Return the legal name, and the brand where the same legal name stands for another party too."""
        legal = self.legal(party)
        brand = self.brand(party) if len(self._sold.get(legal.ja, ())) > 1 else ""
        return Text(ja=f"{legal.ja}（{brand}）", en=f"{legal.en} ({brand})") if brand else legal

    def lacking(self, verdict: Verdict) -> dict[str, tuple[Text, list[str], list[str]]]:
        """Return the parties without a figure by legal name: the name, their ids, their brands."""
        found: dict[str, tuple[Text, list[str], list[str]]] = {}
        for party, service in verdict.lacking:
            legal = self.legal(party)
            _, ids, brands = found.setdefault(legal.ja, (legal, [], []))
            brand = self.brand(party, service)
            if party not in ids:
                ids.append(party)
            if brand and brand not in brands:
                brands.append(brand)
        return found


def branded(name: Text, brands: Sequence[str]) -> Text:
    """Return a legal name with the brands meant in brackets."""
    if not brands:
        return name
    return Text(ja=f"{name.ja}（{'・'.join(brands)}）", en=f"{name.en} ({', '.join(brands)})")


def figure(policy: RetentionPolicy) -> Text:
    """Return the figure in the unit as published, such as 93日 or 1年以上."""
    return length(policy.value, policy.unit, at_least=policy.bound == "at-least")


def _figures(verdict: Verdict, names: Names) -> Iterator[Text]:
    for position, entry in enumerate(verdict.expiries):
        policy, amount, name = entry.policy, figure(entry.policy), names.full(entry.provider)
        service = f"・{policy.service}" if policy.service else "", f" ({policy.service})" if policy.service else ""
        year = (
            (f"{policy.as_of[:4]}年の報告", f"reported {policy.as_of[:4]}") if policy.as_of else ("時期不明", "undated")
        )
        start = "同日" if position else f"接続日{verdict.connected_on}（JST）"
        yield Text(
            ja=f"{start}から{amount.ja}（{name.ja}{service[0]}、{policy.source}、{year[0]}）で{entry.expires_on}。",
            en=f"{amount.en} from {'that day' if position else f'the connection on {verdict.connected_on} (JST)'}"
            f" end on {entry.expires_on} ({name.en}{service[1]}, {policy.source}, {year[1]}).",
        )
        others = "、".join(str(reading) for reading in entry.readings if reading != entry.expires_on)
        if others:
            yield Text(
                ja=f"月末の数え方により{others}とする読みもあるが、早い方による。",
                en=f"Counting from a month end can also be read as {others}; the earlier is taken.",
            )


def _span(verdict: Verdict) -> Iterator[Text]:
    if verdict.earliest is None:
        return
    if verdict.open_ended:
        yield Text(
            ja=f"最短{verdict.earliest}、「以上」とする数値があるため最長は不明。",
            en=f"Earliest {verdict.earliest}; an at-least figure leaves the latest open.",
        )
    elif verdict.latest != verdict.earliest:
        yield Text(
            ja=f"最短{verdict.earliest}、最長{verdict.latest}。",
            en=f"Earliest {verdict.earliest}, latest {verdict.latest}.",
        )
    yield Text(
        ja="接続日は算入せず、満了日の終了をもって消去済みとみる。",
        en="The day of the connection is not counted; the log is taken to be gone at the end of the expiry date.",
    )
    yield Text(
        ja=f"対応の限度は{verdict.act_by}（最短の満了日以前の最終営業日）。",
        en=f"Act by {verdict.act_by} (last working day on or before the earliest expiry).",
    )


def _absence(verdict: Verdict, names: Names) -> Iterator[Text]:
    if not verdict.lacking:
        return
    unknown = [branded(name, brands) for name, _, brands in names.lacking(verdict).values()]
    ja, en = "、".join(name.ja for name in unknown), ", ".join(name.en for name in unknown)
    start = "" if verdict.expiries else f"接続日{verdict.connected_on}（JST）。"
    whom = "各社" if len(unknown) > 1 else "同社"
    yield Text(
        ja=f"{start}{ja}の保存期間は不明（収録する数値なし）。{whom}に保存期間を照会のこと。",
        en=f"Retention of {en} is unknown (no figure on record); ask them how long they keep the log.",
    )
    if verdict.status == "passed-at-earliest":
        yield Text(
            ja="期間の分からない者が残るため、ログがすべて消去済みとはいえない。",
            en="With a period unknown, not every log can be said to be gone.",
        )
    if verdict.practice is not None:
        generic = verdict.practice
        yield Text(
            ja=f"参考（実務上の一般的範囲であり、当該事業者の数値ではない）: {generic.earliest}～{generic.latest}。",
            en=f"For orientation (general practice, nobody's own figure): {generic.earliest} to {generic.latest}.",
        )
