"""The candidates as text for filings and for the forms of carriers: plain paragraphs, one to a line.

For every group of connections with the same addressee and the same candidates: the connections, and the list to choose
from under the addressee's own word for the destination address; then how each candidate was observed. Nothing depends
on tabs, columns or the width of a letter, so that it reads the same in a word processor and as plain text.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ipattr.renderers.destinations import dates, evidence, groups, words
from ipattr.renderers.layout import inert
from ipattr.renderers.view import total
from ipattr.renderers.words import conservation, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipattr.model import Candidate, Citation, DestinationRow, Destinations
    from ipattr.renderers.destinations.groups import Group

# Said in the sentence on shared addresses, with their numbers in the list.
_SAID_OTHERWISE = ("IPA602 ",)


def render(document: Destinations, *, lang: str, full_width: bool, citations: Mapping[str, Citation]) -> str:
    """Return the text; ``full_width`` writes addresses and times of the connections and the lists in full width."""
    return "\n".join(inert(line) for line in _Clause(document, lang, citations).lines(full_width=full_width)) + "\n"


class _Clause:
    """A document told in sentences."""

    def __init__(self, document: Destinations, lang: str, citations: Mapping[str, Citation]) -> None:
        self.document = document
        self.lang = lang
        self.citations = citations
        self.wide = False
        self.common: tuple[str, ...] = ()

    def say(self, ja: str, en: str) -> str:
        """Return the words in the language of the text."""
        return ja if self.lang == "ja" else en

    def lines(self, *, full_width: bool) -> Iterator[str]:
        """Yield every paragraph; empty ones part the sections.

        Several lists stand together at the head, ready to be taken over into a schedule of a filing; how their entries
        were observed follows behind all of them.
        """
        self.wide = full_width
        together = groups.by_list(self.document)
        self.common = self.said_of_all(together)
        yield from self.opening()
        several = len(together) > 1
        if several:
            yield from ("", "", self.say("第１　接続と候補の一覧", "Part 1. Connections and lists"))
        for number, group in enumerate(together, start=1):
            yield from ("", "", self.title(number, group), "")
            yield from self.connections(group)
            yield ""
            yield from self.choice(group)
        if several:
            yield from ("", "", self.say("第２　観測の根拠", "Part 2. How the candidates were observed"))
        for number, group in enumerate(together, start=1):
            if several:
                yield from ("", "", self.title(number, group))
            yield from self.grounds(group)
        if self.common:
            yield from ("", "", self.head("すべてに共通の留意事項", "Remarks on all of the above"))
            yield from self.common
        yield from self.basis()

    def said_of_all(self, together: Sequence[Group]) -> tuple[str, ...]:
        """Return the remarks that are the same for several groups, every one of them: they are written once."""
        told = [(*self.dates_said(group), *self.remarks(group)) for group in together]
        if len(told) == 1:
            return ()
        return tuple(text for text in told[0] if all(text in others for others in told[1:])) if told else ()

    def digits(self, text: str) -> str:
        """Return text of the list as asked for."""
        return dates.full_width(text) if self.wide else text

    def head(self, ja: str, en: str) -> str:
        """Return the heading of a section."""
        return self.say(f"【{ja}】", f"[{en}]")

    def opening(self) -> Iterator[str]:
        """Say what this list is and what it is not, before anything else."""
        name = self.document.platform_name
        yield self.say(f"接続先IPアドレスの候補（{name}）", f"Candidates for the destination IP address ({name})")
        yield ""
        yield self.say(
            f"以下は、{name}への各接続について、接続先IPアドレスの候補を、日時の記録された観測にもとづいて挙げたものである。"
            "観測は、それぞれの日時・地点における応答であり、当該接続の接続先そのものを示すものではない。"
            "ここに挙げたもの以外のアドレスが接続先であった可能性は排除されない。",
            f"This text lists candidates for the destination IP address of connections to {name}, from dated"
            " observations. Each observation is an answer at its own time and place and does not show the destination"
            " of a connection itself; that it was an address not listed here cannot be excluded.",
        )
        if self.document.hosts:
            hosts = self.say("、", ", ").join(self.document.hosts)
            yield self.say(f"対象としたホスト：{hosts}", f"Hosts asked about: {hosts}")

    def title(self, number: int, group: Group) -> str:
        """Return the heading of a group: which rows, and whom it is for."""
        addressee = group.rows[0].addressee
        logins = all(row.login is not None for row in group.rows)
        which = self.say("接続" if logins else "日時", "Connections" if logins else "Instants")
        if len(group.rows) == 1:
            which = which.removesuffix("s")
        named = addressee.pick(self.lang) if addressee else ""
        return self.say(
            f"{dates.full_width(str(number))}　No.{group.numbers}の{which}" + (f"（請求先：{named}）" if named else ""),
            f"{number}. {which} No.{group.numbers}" + (f" (addressee: {named})" if named else ""),
        )

    def connections(self, group: Group) -> Iterator[str]:
        """Write number, time in both zones and source address of every connection."""
        for row in group.rows:
            if len(group.rows) > 1:
                yield f"No.{row.number}"
            yield from self.times(row)
            if row.source:
                yield self.say("接続元IPアドレス：", "Source IP address: ") + self.digits(row.source)

    def times(self, row: DestinationRow) -> Iterator[str]:
        """Write the time in Japan Standard Time and in UTC, each on its own line."""
        label = self.say("接続日時：" if row.login is not None else "対象日時：", "Time: ")
        if row.login is None and not row.label:
            yield label + self.say("すべての時期（日時による絞り込みをしていない）", "all times (not narrowed by time)")
        elif row.at is None:
            yield label + self.say("不明", "unknown")
        else:
            for zone in ("JST", "UTC"):
                yield label + self.digits(dates.moment(row.at, zone, self.lang, row.precision))
        if row.login is None and row.label:
            yield self.say("指定された日時：", "As asked: ") + row.label

    def choice(self, group: Group) -> Iterator[str]:
        """Write the list to choose from; what was observed only after the connection stands last and says so."""
        term = group.rows[0].term
        label = self.say(f"{term}：", f"Destination IP address ({term}): ")
        current = group.candidates("current")
        if not current:
            yield from self.nothing(group, label)
            return
        which = evidence.noun(group, self.lang)
        late = sum(entry.relation == "after" for entry in current)
        yield label + self.say("以下のいずれかのIPアドレス", "one of the following IP addresses")
        for number, entry in enumerate(current, start=1):
            if late and number == len(current) - late + 1:
                yield self.say(
                    f"〔以下の{late}件は、{which}より後にのみ観測されたもの〕",
                    f"[the following {late}: observed only after {which}]",
                )
            yield f"({number}) {self.digits(entry.address)}"

    def nothing(self, group: Group, label: str) -> Iterator[str]:
        """Say that no candidate can be named, why, and what would settle it."""
        yield label + self.say("候補を挙げることができない。", "no candidate can be named.")
        yield from (
            f"{self.rows_of(where)}{text}" for text, _, where in groups.said(group, groups.explanations, self.lang)
        )
        settle = words.SETTLE.get(group.found.status)
        if settle is not None:
            yield self.say("明らかにする方法：", "What would settle it: ") + settle.pick(self.lang)

    def rows_of(self, where: str) -> str:
        """Return the lead of a statement that is true of some rows only."""
        return f"No.{where}{self.say('：', ': ')}" if where else ""

    def grounds(self, group: Group) -> Iterator[str]:
        """Write how the candidates were observed, how they were chosen, and what limits them."""
        current = group.candidates("current")
        numbers = {entry.address: number for number, entry in enumerate(current, start=1)}
        parts = groups.alike(group)
        for part in parts:
            yield from self.observed(part, numbers, which=part.numbers if len(parts) > 1 else "")
        for part in parts:
            yield from self.chosen(part, which=part.numbers if len(parts) > 1 else "", said=not current)
        own = [text for text in (*self.dates_said(group), *self.remarks(group)) if text not in self.common]
        remarks = [*self.limits(group, current, numbers), *own]
        if remarks:
            yield from ("", self.head("留意事項", "Remarks"))
        yield from remarks

    def observed(self, part: Group, numbers: Mapping[str, int], *, which: str) -> Iterator[str]:
        """Write how each candidate of some rows was observed; those of another period stand apart, in short."""
        known = self.document.observations
        current = sorted(part.candidates("current"), key=lambda entry: numbers[entry.address])
        if current:
            yield from ("", self.head(*self.for_rows("観測の根拠", "How they were observed", which)))
            yield from evidence.observed(part, current, observations=known, labels=numbers, lang=self.lang)
        others = part.candidates("other")
        if others:
            title = ("別の時期の観測（一覧に含めない）", "Observed in another period, not in the list")
            yield from ("", self.head(*self.for_rows(*title, which)))
            yield from evidence.elsewhere(part, others, observations=known, lang=self.lang)

    def for_rows(self, ja: str, en: str, which: str) -> tuple[str, str]:
        """Return a heading with the rows it speaks of, where it does not speak of all."""
        return (f"{ja}：No.{which}", f"{en}: No.{which}") if which else (ja, en)

    def chosen(self, group: Group, *, which: str, said: bool) -> Iterator[str]:
        """Write why these are the candidates, then each narrowing step; the reason is not ``said`` twice."""
        texts = [] if said else groups.said(group, groups.explanations, self.lang)
        if texts or group.found.steps:
            yield from ("", self.head(*self.for_rows("候補の挙げ方", "How they were chosen", which)))
        for text, _, where in texts:
            yield self.rows_of(where) + text
        for number, step in enumerate(group.found.steps):
            name = word(words.STEP, step.step, self.lang)
            applied = self.say("適用", "applied") if step.applied else self.say("適用せず", "not applied")
            dropped = self.say(f"、除外{len(step.dropped)}件", f", {len(step.dropped)} dropped") if step.dropped else ""
            left = self.say(f"残り{step.remaining}件", f"{step.remaining} left")
            told = self.say("", " ").join(
                self.rows_of(where) + text for text, _, where in groups.said(group, groups.step_text(number), self.lang)
            )
            yield self.say(
                f"絞り込み{dates.full_width(str(number + 1))}（{name}、{applied}{dropped}、{left}）：{told}",
                f"Step {number + 1} ({name}, {applied}{dropped}, {left}): {told}",
            )

    def limits(self, group: Group, current: Sequence[Candidate], numbers: Mapping[str, int]) -> Iterator[str]:
        """Say of which entries the observation proves less: those seen only later, and shared addresses."""
        which = evidence.noun(group, self.lang)
        late = [numbers[entry.address] for entry in current if entry.relation == "after"]
        if late:
            refs = evidence.references(late, self.lang)
            yield self.say(
                f"{refs}は、{which}より後にのみ観測されたものであり、{which}の時点の応答を示すものではない。",
                f"{refs}: observed only after {which}; this does not show what was answered at that time.",
            )
        by_operator: dict[str, list[int]] = {}
        for entry in current:
            if entry.shared:
                by_operator.setdefault(entry.shared, []).append(numbers[entry.address])
        for operator, places in by_operator.items():
            refs = evidence.references(places, self.lang)
            yield self.say(
                f"{refs}は、{operator}のアドレス（エニーキャスト）であり、同社の他の顧客のサイトとも共用されているため、"
                "接続先による絞り込みの効果は小さい。",
                f"{refs}: anycast addresses of {operator} that it shares among its customers, so that a filter by"
                " destination narrows less.",
            )

    def dates_said(self, group: Group) -> Iterator[str]:
        """Say how dates are to be read, where any observation is dated by day."""
        if dates.names_date(group.found.candidates):
            yield self.say(
                "日付のみの観測は協定世界時の日付により（日本時間では、その日の9時から翌日9時まで）、日数は日付の差による。",
                "Observations dated by day are dated in UTC (in Japan, 09:00 of that day to 09:00 of the next), and"
                " days are counted from date to date.",
            )

    def remarks(self, group: Group) -> Iterator[str]:
        """Write the remarks on the sets without their codes; what they are about stands behind, said once."""
        for text, about, where in groups.said(group, groups.findings_of, self.lang):
            if text.startswith(_SAID_OTHERWISE):
                continue
            told = self.rows_of(where) + text.partition(" ")[2]
            if about in self.citations:
                told += self.say(f"（出典は{about}）", f" (source: {about})")
            elif any(part not in told for part in about.split(", ")):
                told += self.say(f"（{about.replace(', ', '、')}）", f" ({about})")
            yield told

    def basis(self) -> Iterator[str]:
        """Write the ledgers with their heads, the sources with their titles, and what the text was made with."""
        document = self.document
        yield from ("", "", self.head("観測の台帳", "Ledgers"))
        when = partial(dates.published, lang=self.lang)
        yield from (words.ledger(use, self.lang, when=when) for use in document.ledgers)
        cited = self.cited()
        if cited:
            yield from ("", self.head("出典", "Sources"))
            yield from cited
        yield from ("", self.head("作成", "Made with"))
        for entry in document.inputs:
            yield self.say(
                f"ログ：{entry.name}（SHA-256 {entry.sha256}）", f"Log: {entry.name} (SHA-256 {entry.sha256})"
            )
        if document.counts is not None:
            yield conservation(*total(document.counts), lang=self.lang)
        for count, ja, en in (
            (len(document.pending), "修復の採否待ち", "pending a repair"),
            (len(document.rejects), "不採用", "rejected"),
        ):
            if count:
                yield self.say(
                    f"候補を挙げていない行：{ja}{count}件（所在と理由は表の出力による）",
                    f"Rows without candidates: {count} {en} (the table says where and why)",
                )
        yield from (finding.message.pick(self.lang) for finding in document.findings)
        yield self.say(
            f"ipattr {document.tool_version}、データ版 {document.data_version}",
            f"ipattr {document.tool_version}, data {document.data_version}",
        )

    def cited(self) -> list[str]:
        """Return the sources of all candidates, each with title, date and place where they are known."""
        sets = self.document.sets.values()
        codes = dict.fromkeys(code for found in sets for entry in found.candidates for code in entry.sources)
        codes |= dict.fromkeys(finding.about for found in sets for finding in found.findings)
        told = []
        for code in codes:
            citation = self.citations.get(code)
            if citation is not None:
                dated = self.say(f"（{citation.dated}）", f" ({citation.dated})") if citation.dated else ""
                place = f" {citation.locator}" if citation.locator else ""
                told.append(f"{code}{self.say('：', ': ')}{citation.title}{dated}{place}")
        return told
