"""One row's way, from the raw cell to each verdict, every step with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.errors import UsageError
from ipattr.renderers import ledgers, registry
from ipattr.renderers.basis import holder
from ipattr.renderers.cells import status
from ipattr.renderers.destinations.words import STEP
from ipattr.renderers.layout import inert, paragraph
from ipattr.renderers.view import Shape, View, clock, endpoint, span, unchecked_links, unknown_parties, views, weekday
from ipattr.renderers.words import (
    AGREEMENT,
    AT_LOGIN,
    ATTRIBUTION,
    BASIS,
    CANDIDATES,
    CONFIDENCE,
    KIND,
    MODE,
    PERIOD,
    POSITION,
    REGISTRATION,
    RELATION,
    ROW_STATUS,
    SEARCH,
    SHARING,
    SOURCE,
    UNCHECKED,
    ZONE_SOURCE,
    figure,
    keys,
    party_name,
    party_names,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipattr.model import (
        Attribution,
        Candidate,
        Case,
        Citation,
        Deadline,
        KeyOption,
        Link,
        Narrowing,
        Party,
        Provenance,
        RegistrationView,
    )


def explain(
    case: Case, row: int, *, lang: str, columns: int = 100, citations: Mapping[str, Citation] | None = None
) -> str:
    """Return the way of row number ``row`` (1-based) as text; codes of ``citations`` are printed with their titles.

    Raise UsageError when the case has no such row.
    """
    for view in views(case):
        if view.row.number == row:
            return Way(case, view, lang=lang, columns=max(columns, 40), citations=citations or {}).text()
    last = len(case.rows)
    raise UsageError(
        ja=f"行 {row} はない。この結果の行は 1〜{last} である。" if last else f"行 {row} はない。この結果に行はない。",
        en=f"There is no row {row}; this result has rows 1 to {last}." if last else "This result has no rows.",
    )


class Way:
    """The steps of one row, written one after the other as text; another writer overrides step, fact and item."""

    def __init__(self, case: Case, view: View, *, lang: str, columns: int, citations: Mapping[str, Citation]) -> None:
        """Begin with nothing written."""
        self.case = case
        self.view = view
        self.lang = lang
        self.columns = columns
        self.citations = citations
        self.lines: list[str] = []
        self.used: dict[str, None] = {}
        self.shape = Shape(lang=lang, accounts=True, posts={}, practice=True)
        self.say = self.shape.say

    def text(self) -> str:
        """Return all steps."""
        self.read()
        self.network()
        self.parties()
        self.registration()
        self.search()
        self.candidates()
        self.retention()
        self.links()
        self.basis()
        return "\n".join(self.lines) + "\n"

    def step(self, ja: str, en: str) -> None:
        """Open a step."""
        if self.lines:
            self.lines.append("")
        self.lines.append(f"== {self.say(ja, en)} ==")

    def fact(self, ja: str, en: str, value: str) -> None:
        """Write one labelled fact; an empty one is left out."""
        if value:
            self.lines += paragraph(inert(value), total=self.columns, lead=f"  {self.say(ja, en)}: ")

    def item(self, value: str) -> None:
        """Write one item of a list."""
        self.lines += paragraph(inert(value), total=self.columns, lead="  - ")

    def cited(self, codes: Iterable[str]) -> str:
        """Return source codes in brackets and remember them for the list of sources."""
        known = list(dict.fromkeys(filter(None, codes)))
        self.used.update(dict.fromkeys(known))
        return f" [{', '.join(known)}]" if known else ""

    def read(self) -> None:
        """Raw cells, what they became, and by which rules."""
        login = self.view.login
        self.step(f"行 {self.view.row.number}: 入力", f"Row {self.view.row.number}: input")
        self.fact(
            "所在", "place", f"{login.provenance.locator} SHA-256 {login.provenance.sha256}".removesuffix(" SHA-256 ")
        )
        for cell in login.raw:
            self.fact(
                f"原文 {inert(cell.column)}", f"raw {inert(cell.column)}", cell.raw or self.say("(空)", "(empty)")
            )
        self.fact("読取り", "read as", word(ROW_STATUS, login.status, self.lang))
        instant = login.instant
        if instant is None:
            self.fact(
                "時刻", "time", self.say("なし(消去予定も接続先候補も出せない)", "none (no expiry, no candidates)")
            )
        else:
            self.fact("時刻の原文", "raw time", instant.raw)
            for zone in ("UTC", "JST"):
                self.fact(zone, zone, clock(instant.utc, instant.precision, zone=zone))
            source = word(ZONE_SOURCE, instant.zone_source, self.lang)
            self.fact("時間帯", "zone", f"{instant.zone} ({source})")
            self.fact("精度", "precision", instant.precision)
            self.fact("時刻の規則", "time rules", ", ".join(instant.rules))
        self.fact("アドレスの原文", "raw address", login.address.raw)
        self.fact("アドレス", "address", endpoint(login))
        self.fact("アドレスの規則", "address rules", ", ".join(login.address.rules))
        if login.address.embedded:
            self.fact("埋込みIPv4", "embedded IPv4", f"{login.address.embedding} {login.address.embedded}")
        if login.address.special:
            block = login.address.special
            self.fact(
                "特殊用途", "special", f"{block.prefix} {block.name} ({block.rfc}): {block.meaning.pick(self.lang)}"
            )
        self.fact("接続先(入力)", "destination (input)", login.destination.text if login.destination else "")
        self.fact("逆引き名(入力)", "PTR name (input)", login.hostname or "")
        self.fact("アカウントID", "account id", login.account.id or "")
        self.fact("アカウント名", "account name", login.account.name or "")
        self.fact("種別", "kind", word(KIND, login.kind, self.lang))
        for repair in login.repairs:
            text = f"{repair.field}: {repair.raw} → {repair.proposed} [{repair.rule}] {repair.reason.pick(self.lang)}"
            self.fact("採用した修復", "repair accepted", text)
        for finding in login.findings:
            self.item(f"{finding.code} {finding.message.pick(self.lang)}")

    def network(self) -> None:
        """Write matched prefix, origin AS numbers and registrants, registered holder."""
        verdict = self.view.attribution
        self.step("経路と登録", "Route and registration")
        if verdict.network:
            network = verdict.network
            source = self.cited([network.source])
            self.fact(
                "最長一致", "longest match", f"{network.prefix} ({self.say('時点', 'as of')} {network.as_of}){source}"
            )
            registrants = {r.number: r for r in verdict.registrants}
            for origin in network.origins:
                who = registrants.get(origin.asn)
                name = f" {who.handle} {who.organisation} ({who.country}){self.cited([who.source])}" if who else ""
                place = self.say("国内" if origin.delegated == "JP" else "国外", origin.delegated)
                self.fact("起点AS", "origin AS", f"AS{origin.asn}{name}; {self.say('割振り', 'delegated')} {place}")
        else:
            self.fact("最長一致", "longest match", self.say("収録された経路なし", "no listed prefix"))
        holder = verdict.holder
        known = {"listed": ("収録あり", "listed"), "not-looked-up": ("未照会", "not looked up")}
        ja, en = known.get(holder.status, ("対象外", "not applicable"))
        text = self.say(ja, en)
        if holder.name:
            text += f": {holder.name.pick(self.lang)}{self.cited([holder.source])}"
        if holder.ask:
            text += f"; {holder.ask.pick(self.lang)}"
        self.fact("登録保有者(収録データ)", "registered holder (shipped data)", text)
        self.fact("運用者", "operator", verdict.operator.pick(self.lang) if verdict.operator else "")

    def parties(self) -> None:
        """Write the rule, the addressee or the alternatives with their conditions, and the chain."""
        verdict = self.view.attribution
        self.step("請求先", "Addressee")
        self.fact("判定", "verdict", word(ATTRIBUTION, verdict.status, self.lang))
        self.fact("理由", "because", verdict.explanation.pick(self.lang))
        if verdict.addressee:
            self.fact("請求先", "addressee", self.party(verdict.addressee))
        for party in _others(verdict):
            self.fact("候補", "alternative", self.party(party))
        for party in verdict.chain:
            self.fact("背後にありうる者", "may stand behind", self.party(party))
        sharing = ", ".join(word(SHARING, kind, self.lang) for kind in verdict.sharing)
        self.fact("IPv4の共有", "IPv4 sharing", sharing)
        self.fact("次の手", "next", verdict.next_step.pick(self.lang))
        for finding in verdict.findings:
            self.item(f"{finding.code} {finding.message.pick(self.lang)}")
        self.provenance(verdict.provenance)

    def party(self, party: Party) -> str:
        """Return a party with its condition, stage, confidence and sources."""
        confidence = self.say("確度", "confidence ") + word(CONFIDENCE, party.confidence, self.lang)
        stage = self.say(f"第{party.stage}段階", f"stage {party.stage}")
        history = self.say("; 名称の沿革: ", "; names over time: ") + party.history if party.history else ""
        return (
            f"{party_name(party, self.lang)}: {party.condition.pick(self.lang)} "
            f"({stage}, {confidence}){self.cited(party.sources)}{history}"
        )

    def provenance(self, entries: tuple[Provenance, ...]) -> None:
        """Write what a verdict rests on, the sources of one place together."""
        places: dict[str, list[str]] = {}
        for entry in entries:
            dated = self.say("時点 ", "as of ") + entry.as_of if entry.as_of else ""
            place = " ".join(filter(None, (entry.locator, dated, entry.sha256)))
            places.setdefault(place, []).append(entry.source)
        for place, codes in places.items():
            self.fact("根拠", "rests on", (place + self.cited(codes)).strip())

    def registration(self) -> None:
        """Write what each registry answer says, where in it that stands, and how it was weighed."""
        found = self.view.registration
        if found is None:
            return
        self.step("レジストリの回答", "What the registries say")
        self.fact("状態", "status", word(REGISTRATION, found.status, self.lang))
        self.fact("照会の方式", "mode", word(MODE, found.mode, self.lang))
        self.fact("説明", "explanation", found.explanation.pick(self.lang))
        self.fact("次の手", "next step", found.next_step.pick(self.lang))
        for answer in found.views:
            self.answer(answer)
        self.fact("経路の起点AS", "origin AS by routing answers", registry.origins(found))
        self.fact(
            "逆引き名(照会日現在、ログイン時のものではない)",
            "reverse name (on the day asked, not at the login)",
            ", ".join(found.names),
        )
        for finding in found.findings:
            self.item(f"{finding.code} {finding.message.pick(self.lang)}")

    def answer(self, answer: RegistrationView) -> None:
        """Write one answer: block, holder, dates with their places, matches, reasons, and the evidence."""
        at = answer.pointers

        def placed(value: str, key: str) -> str:
            return f"{value} [{at[key]}]" if value and key in at else value

        self.item(f"{word(SOURCE, answer.source, self.lang)} {answer.server} <- {answer.subject}")
        self.fact("根拠の種類", "basis", word(BASIS, answer.basis, self.lang))
        self.fact("範囲", "block", f"{answer.first} - {answer.last} ({', '.join(answer.cidrs)})")
        self.fact("識別子", "handle", placed(answer.handle, "handle"))
        self.fact("ネットワーク名", "network name", placed(answer.name, "name"))
        self.fact("国", "country", placed(answer.country, "country"))
        for name in answer.holders:
            self.fact("登録名義(原文)", "holder as registered", f"{name.text} ({name.rule}) [{name.at}]")
        self.fact("管理するレジストリ", "administered by", answer.refers_to)
        self.fact("登録", "registered", placed(registry.dated(answer.registered), "registered"))
        self.fact("最終更新", "last changed", placed(registry.dated(answer.changed), "changed"))
        self.fact("履歴の期間", "history", placed(registry.period(answer), "history"))
        for match in answer.matches:
            self.fact("一致した名称", "name matched", registry.match_text(match, self.lang))
        self.fact("判定との照合", "against the verdict", word(AGREEMENT, answer.agreement, self.lang))
        self.fact("ログイン時点", "at the login", word(AT_LOGIN, answer.at_login, self.lang))
        for reason in answer.reasons:
            self.fact("理由", "because", reason.pick(self.lang))
        self.fact("受信", "received", registry.instants(answer))
        self.fact("証拠", "evidence", f"{answer.evidence} SHA-256 {answer.sha256}")

    def search(self) -> None:
        """Write what each addressee needs, against what is held."""
        verdict = self.view.search
        self.step("検索キー", "Search key")
        self.fact("判定", "verdict", word(SEARCH, verdict.status, self.lang))
        self.fact("理由", "because", verdict.explanation.pick(self.lang))
        self.fact("手元", "held", keys(verdict.held, self.lang))
        self.fact("不足", "missing", keys(verdict.missing, self.lang))
        for option in verdict.options:
            self.item(self.option(option))
        self.provenance(verdict.provenance)

    def option(self, option: KeyOption) -> str:
        """Return what one provider needs for one service."""
        needed = self.say(" または ", " or ").join(keys(items, self.lang) for items in option.needed)
        tolerance = (
            ""
            if option.tolerance_seconds is None
            else self.say(f"; 検索幅 ±{option.tolerance_seconds}秒", f"; window ±{option.tolerance_seconds} s")
        )
        service = f" ({option.service})" if option.service else ""
        missing = f"; {self.say('不足', 'missing')} {keys(option.missing, self.lang)}" if option.missing else ""
        when = f"; {self.say('時点', 'as of')} {option.as_of}" if option.as_of else ""
        return (
            f"{option.provider}{service}: {word(SEARCH, option.status, self.lang)}; "
            f"{self.say('必要', 'needs')} {needed or self.say('不明', 'unknown')}{missing}{tolerance}; "
            f"{option.text.pick(self.lang)}{when}{self.cited([option.source])}"
        )

    def candidates(self) -> None:
        """Every candidate destination with the dates of its observations."""
        found = self.view.candidates
        self.step("接続先候補", "Destination candidates")
        self.fact("判定", "verdict", word(CANDIDATES, found.status, self.lang))
        self.fact("理由", "because", found.explanation.pick(self.lang))
        self.listed(found.candidates)
        for step in found.steps:
            self.item(self.narrowing(step))
        if self.case.ledgers:
            self.fact("事務所の台帳", "the office's ledgers", ledgers.of(self.case, self.lang))
            own = ", ".join(ledgers.own(found.candidates)) or self.say("なし", "none")
            self.fact("うちこの行の候補", "candidates of this row seen there", own)
        if found.excluded:
            self.fact("除外した観測", "excluded observations", str(found.excluded))
        for finding in found.findings:
            self.item(f"{finding.code} {finding.message.pick(self.lang)}")

    def listed(self, found: Sequence[Candidate]) -> None:
        """Write every candidate in full, one by one."""
        for c in found:
            self.item(f"{c.address} ({', '.join(c.hosts)}): {self.relation(c)}; {self.seen(c)}")

    def relation(self, c: Candidate) -> str:
        """Return how the observations of a candidate lie to the login."""
        relation = word(RELATION, c.relation, self.lang)
        far = (
            self.say(f"{c.gap_days}日", f"{c.gap_days} d") if c.gap_seconds is None else span(c.gap_seconds, self.lang)
        )
        gap = "" if c.relation == "around" else f" {far}"
        if c.relation == "between":
            gap = self.say(f"(最短{far})", f" (nearest {far})")
        if c.longest_gap is not None:
            longest = span(c.longest_gap, self.lang)
            gap += self.say(f"(観測の間隔は最長{longest})", f" (at most {longest} between sightings)")
        period = f" [{word(PERIOD, c.period, self.lang)}]" if c.period == "other" else ""
        return f"{relation}{gap}{period}"

    def seen(self, c: Candidate) -> str:
        """Return who saw a candidate when, and what else its observations say."""
        cname = f"; CNAME {', '.join(c.cnames)}" if c.cnames else ""
        shared = self.say(f"; {c.shared} の共用アドレス", f"; shared address of {c.shared}") if c.shared else ""
        count = "" if c.count is None else self.say(f"; {c.count}回", f"; {c.count} times")
        return (
            f"{self.say('観測', 'seen')} "
            f"{c.first_seen} .. {c.last_seen}{count}; {self.say('観測地点', 'vantage')} {', '.join(c.vantages)}; "
            f"{self.say('確度', 'confidence ')}{word(CONFIDENCE, c.confidence, self.lang)}{cname}{shared}"
            f"{self.cited(c.sources)}"
        )

    def narrowing(self, step: Narrowing) -> str:
        """Return one step by which the set was narrowed, or was not, and what it dropped."""
        applied = self.say("適用", "applied") if step.applied else self.say("適用せず", "not applied")
        dropped = self.say("; 除いたもの ", "; dropped ") + ", ".join(step.dropped) if step.dropped else ""
        left = self.say(f"残り{step.remaining}件", f"{step.remaining} left")
        name = word(STEP, step.step, self.lang)
        told = self.say(f"絞り込み {name} ({applied}、{left})", f"narrowing {name} ({applied}, {left})")
        return f"{told}: {step.text.pick(self.lang)}{dropped}"

    def retention(self) -> None:
        """Write the figure in its unit, what it is counted from, every reading, and the working day before it."""
        verdict = self.view.deadline
        self.step("ログの保存期間", "Log retention")
        self.fact("状態", "status", f"{status(verdict, self.shape)} ({self.say('基準日', 'as of')} {self.case.as_of})")
        self.fact("理由", "because", verdict.explanation.pick(self.lang))
        if verdict.connected_on:
            self.fact("起算日(JST)", "counted from (JST)", verdict.connected_on.isoformat())
        parties = self.view.attribution.alternatives
        for entry in verdict.expiries:
            policy = entry.policy
            readings = " / ".join(map(str, entry.readings))
            self.item(
                f"{holder(entry, parties, self.lang)}: {figure(entry, self.lang)} ({policy.text}) "
                f"-> {entry.expires_on} "
                f"({self.say('読み方', 'readings')} {readings}; {self.say('時点', 'as of')} {policy.as_of}; "
                f"{self.say('確度', 'confidence ')}{word(CONFIDENCE, policy.confidence, self.lang)})"
                f"{self.cited([policy.source])}"
            )
        unknown = party_names(unknown_parties(self.view), self.lang)
        self.fact("期間が不明な者", "no figure for", self.say("、", "; ").join(unknown))
        self.fact("最短と最長", "earliest and latest", _range(verdict, self.say("上限なし", "open-ended")))
        if verdict.act_by:
            note = self.say("消去予定日以前の最後の執務日", "last working day on or before the earliest expiry")
            self.fact("対応期限", "act by", f"{verdict.act_by} ({weekday(verdict.act_by, self.lang)}), {note}")
        if verdict.practice:
            practice = verdict.practice
            self.practice(
                f"{practice.earliest} .. {practice.latest}",
                practice.text.pick(self.lang) + self.cited(practice.sources),
            )
        for finding in verdict.findings:
            self.item(f"{finding.code} {finding.message.pick(self.lang)}")
        self.provenance(verdict.provenance)

    def practice(self, dates: str, text: str) -> None:
        """Write the general range, and what it rests on."""
        self.fact("実務(当該者の数値ではない)", "practice (nobody's own figure)", f"{dates}: {text}")

    def links(self) -> None:
        """Write the gap to every post."""
        links = [link for link in self.case.links if link.login == self.view.login.id]
        if not links:
            return
        self.step("投稿との時間差", "Gap to the posts")
        names = {post.id: post.post_id or post.url or post.id for post in self.case.posts}
        unchecked = unchecked_links(self.case)
        for link in sorted(links, key=lambda one: (one.post, one.rank)):
            mark = f"; {UNCHECKED.pick(self.lang)}" if (link.post, link.login) in unchecked else ""
            self.item(self.link(link, names.get(link.post, link.post)) + mark)

    def link(self, link: Link, post: str) -> str:
        """Return rank, gap and marks against one post."""
        marks = [
            self.say(ja, en)
            for ja, en, is_set in (
                ("最近接", "nearest", link.nearest),
                ("直前", "last before", link.nearest_before),
                ("直後", "first after", link.nearest_after),
                ("同順位", "tie", link.tie),
                ("精度では順序が決まらない", "the precision does not settle the order", link.uncertain),
            )
            if is_set
        ]
        where = word(POSITION, link.position, self.lang)
        rank = self.say(f"近さ {link.rank}番目", f"rank {link.rank}")
        text = f"{self.say('投稿', 'post')} {post}: {span(link.gap_seconds, self.lang)} {where}; {rank}"
        return "; ".join([text, *marks])

    def basis(self) -> None:
        """Write the sources cited above, and what the result was made with."""
        self.step("出典", "Sources")
        for code in self.used:
            citation = self.citations.get(code)
            if citation is None:
                self.item(code)
                continue
            dated = f" ({citation.dated})" if citation.dated else ""
            self.item(f"{code}: {citation.title}{dated} {citation.locator}".rstrip())
        if self.case.inquiry is not None and self.case.inquiry.journal_head:
            self.fact("照会時の記録の先端", "journal head when asked", self.case.inquiry.journal_head)
        self.fact("データ版", "data version", self.case.data_version)
        self.fact("ipattr", "ipattr", self.case.tool_version)


def _others(verdict: Attribution) -> tuple[Party, ...]:
    return tuple(party for party in verdict.alternatives if party != verdict.addressee)


def _range(verdict: Deadline, open_ended: str) -> str:
    if verdict.earliest is None:
        return ""
    latest = str(verdict.latest) if verdict.latest else ""
    return f"{verdict.earliest} .. {latest or (open_ended if verdict.open_ended else '')}".removesuffix(" .. ")
