"""A case for people on a terminal: who has to be asked first, then every row, then what could not be settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ipattr.renderers import basis, cells, registry
from ipattr.renderers.layout import Column, Line, block, inert, paragraph, table, width
from ipattr.renderers.repairs import pending_lines, pending_title
from ipattr.renderers.view import (
    Shape,
    View,
    clock,
    log_rejects,
    numbers,
    post_rejects,
    span,
    total,
    unchecked_links,
    views,
    weekday,
)
from ipattr.renderers.words import (
    ACT_BY_PASSED,
    ATTRIBUTION,
    DEADLINE,
    LEVEL,
    NATURE,
    SEARCH,
    UNCHECKED,
    conservation,
    declared,
    party_names,
    word,
)

if TYPE_CHECKING:
    from datetime import date

    from ipattr.model import AddresseeSummary, Case, Counts, Finding, InputFile, Link, Post, Reject

STACKED_BELOW = 100
# So many more sentences that differ only by the login are joined into one.
_ALIKE = 3

Cell = Callable[[View, Shape], list[Line]]


def render(case: Case, *, lang: str, color: bool, columns: int) -> str:
    """Return the case as text of ``columns`` terminal cells; below 100 the rows are stacked, and no fact is cut off."""
    page = _Page(case, lang=lang, color=color, columns=max(columns, 40))
    page.summary()
    page.posts()
    page.rows()
    page.registrations()
    page.next_steps()
    page.chains()
    page.basis()
    page.practice()
    page.remarks()
    page.review()
    page.pending()
    page.rejects()
    page.footer()
    return "\n".join(page.lines) + "\n"


class _Page:
    """The lines written so far, and how to write more."""

    def __init__(self, case: Case, *, lang: str, color: bool, columns: int) -> None:
        self.case = case
        self.views = list(views(case))
        self.columns = columns
        self.color = color
        self.lines: list[str] = []
        accounts = {(v.login.account.id, v.login.account.name) for v in self.views}
        self.shape = Shape(
            lang=lang,
            accounts=len(accounts) > 1,
            posts={
                post.id: ("投稿" if lang == "ja" else "post ") + str(n) for n, post in enumerate(case.posts, start=1)
            },
            practice=any(v.deadline.practice for v in self.views),
            brief=columns >= STACKED_BELOW,
            unchecked=unchecked_links(case),
        )
        self.say = self.shape.say
        self.lang = lang

    def heading(self, text: str) -> None:
        """Open a section."""
        if self.lines:
            self.lines.append("")
        self.lines += paragraph(f"== {text} ==", total=self.columns, tone="bold", color=self.color)

    def text(self, text: str, *, lead: str = "") -> None:
        """Write one wrapped paragraph."""
        self.lines += paragraph(inert(text), total=self.columns, lead=lead)

    def grid(self, columns: list[Column], rows: list[list[list[Line]]], *, ruled: bool) -> None:
        """Write a table, or its rows stacked where the terminal is too narrow for it."""
        lines = table(columns, rows, total=self.columns, color=self.color, ruled=ruled)
        self.lines += lines if lines is not None else self.stack(columns, rows)

    def stack(self, columns: list[Column], rows: list[list[list[Line]]]) -> Iterable[str]:
        """Set each row as a block of labelled facts; the first cell heads the block."""
        label_cells = max(width(column.title) for column in columns)
        for index, row in enumerate(rows):
            if index:
                yield ""
            head = " ".join(line.text for line in row[0])
            yield from paragraph(f"[{head}]", total=self.columns, tone="bold", color=self.color)
            for column, cell in zip(columns[1:], row[1:], strict=True):
                yield from block(
                    column.title,
                    cells.without_blanks(cell),
                    label_cells=label_cells,
                    total=self.columns,
                    indent=2,
                    color=self.color,
                )

    def summary(self) -> None:
        """Write one line per addressee, in the order of the case: what must be done first stands first."""
        self.heading(
            self.say(
                "請求先別のまとめ(対応期限の早い順、経過済みは後)",
                "Summary by addressee (earliest act-by first, passed ones last)",
            )
        )
        if not self.case.summary:
            self.text(self.say("読めたログインはない。", "No login could be read."))
            return
        columns = [
            Column(self.say("請求先", "Addressee"), 18),
            Column(self.say("判定", "Verdict"), 8),
            Column(self.say("件数", "Logins"), 4, "right"),
            Column(self.say("対応期限", "Act by"), 16),
            Column(self.say("最短の消去予定", "Earliest expiry"), 10),
            Column(self.say("状態", "Status"), 6),
            Column(self.say("検索キー", "Search key"), 9),
            Column(self.say("行", "Rows"), 6),
        ]
        rows: list[list[list[Line]]] = []
        for entry in self.case.summary:
            tone = cells.DEADLINE_TONE.get(entry.deadline_status, "dim")
            status = deadline_word(entry, self.case.as_of, self.lang)
            act_by = f"{entry.act_by} ({weekday(entry.act_by, self.lang)})" if entry.act_by else "-"
            search = [f"{word(SEARCH, key, self.lang)} {count}" for key, count in entry.search.items() if count]
            rows.append(
                [
                    [Line(inert(entry.name.pick(self.lang)), "bold")],
                    [Line(word(ATTRIBUTION, entry.status, self.lang))],
                    [Line(str(len(entry.rows)))],
                    [Line(act_by, tone)],
                    [Line(str(entry.earliest) if entry.earliest else "-")],
                    [Line(status, tone)],
                    [Line(", ".join(search))],
                    [Line(numbers(entry.rows))],
                ]
            )
        if self.columns < STACKED_BELOW:
            self.lines += self.stack(columns, rows)
        else:
            self.grid(columns, rows, ruled=False)

    def posts(self) -> None:
        """Write each post with its nearest logins, ties included."""
        if not self.case.posts:
            return
        self.heading(self.say("投稿と最も近いログイン", "Posts and their nearest logins"))
        row_of = {view.login.id: view.row.number for view in self.views}
        columns = [
            Column(self.say("投稿", "Post"), 6),
            Column(self.say("投稿日時", "Posted"), 19),
            Column(self.say("投稿ID・URL", "Id, URL"), 12),
            Column(self.say("最も近い", "Nearest"), 16),
            Column(self.say("直前", "Last before"), 16),
            Column(self.say("直後", "First after"), 16),
        ]
        rows: list[list[list[Line]]] = []
        for post in self.case.posts:
            links = [link for link in self.case.links if link.post == post.id]
            picked = (
                [link for link in links if link.nearest],
                [link for link in links if link.nearest_before],
                [link for link in links if link.nearest_after],
            )
            gaps = [
                [line for k in group for line in self.gap(k, row_of[k.login])]
                or [Line(self.say("なし", "none"), "dim")]
                for group in picked
            ]
            moment = post.instant
            rows.append(
                [
                    [Line(self.shape.posts[post.id], "bold")],
                    [Line(f"{clock(moment.utc, moment.precision, zone=zone)} {zone}") for zone in ("JST", "UTC")],
                    [Line(inert(text)) for text in _names(post)],
                    *gaps,
                ]
            )
        if self.columns < STACKED_BELOW:
            self.lines += self.stack(columns, rows)
        else:
            self.grid(columns, rows, ruled=True)

    def gap(self, link: Link, row: int) -> list[Line]:
        """Give row and gap; mark a shared rank, and a link between accounts that could not be compared."""
        tie = self.say("・同順位", ", tie") if link.tie else ""
        lines = [Line(f"No.{row} ({span(link.gap_seconds, self.lang)}{tie})")]
        if (link.post, link.login) in self.shape.unchecked:
            lines.append(Line(UNCHECKED.pick(self.lang), "yellow"))
        return lines

    def rows(self) -> None:
        """Write every login."""
        self.heading(self.say("ログイン", "Logins"))
        if not self.views:
            self.text(self.say("なし", "none"))
            return
        whole, narrow = self.specs()
        if self.columns < STACKED_BELOW:
            self.lines += self.stack([column for column, _ in whole], self.facts(whole))
            return
        for spec in (whole, narrow):
            lines = table(
                [column for column, _ in spec], self.facts(spec), total=self.columns, color=self.color, ruled=True
            )
            if lines is not None:
                self.lines += lines
                return
        self.lines += self.stack([column for column, _ in whole], self.facts(whole))

    def facts(self, spec: list[tuple[Column, Cell]]) -> list[list[list[Line]]]:
        """Return the cells of every row."""
        return [[cell(view, self.shape) for _, cell in spec] for view in self.views]

    def specs(self) -> tuple[list[tuple[Column, Cell]], list[tuple[Column, Cell]]]:
        """Return the columns, and the fewer columns of a terminal too narrow for all: the same facts in less width."""
        head: list[tuple[Column, Cell]] = [
            (Column("No.", 6), cells.number),
            (Column(self.say("接続日時", "Connected"), 12), cells.time),
        ]
        if self.case.posts:
            head.append(
                (Column(self.say("投稿との近さ", "To the posts"), 16 if self.shape.unchecked else 14), cells.nearest)
            )
        place: list[tuple[Column, Cell]] = [
            (Column(self.say("アドレス", "Address"), 16), cells.address),
            (Column(self.say("起点AS・登録者", "Origin AS"), 14), cells.origin),
        ]
        third: tuple[Column, Cell] = (
            Column(self.say("アドレス・起点AS", "Address, origin AS"), 15),
            cells.address_and_origin,
        )
        if self.case.registrations:
            place.append((Column(self.say("登録名義(照会)", "Registered holder"), 18), registry.cell))
            third = (
                Column(self.say("アドレス・起点AS・登録名義", "Address, origin AS, holder"), 15),
                cells.address_origin_and_holder,
            )
        squeezed: list[tuple[Column, Cell]] = [
            (Column("No.", 6), cells.number),
            (Column(self.say("接続日時", "Connected"), 12), cells.time_and_nearest),
            third,
        ]
        return head + place + self.verdict_columns(22), squeezed + self.verdict_columns(15)

    def verdict_columns(self, candidates: int) -> list[tuple[Column, Cell]]:
        """Return the columns of the verdicts; ``candidates`` is the least width of the destinations."""
        columns: list[tuple[Column, Cell]] = [
            (Column(self.say("請求先", "Addressee"), 14), cells.addressee),
            (Column(self.say("検索キー", "Search key"), 12), cells.search),
            (Column(self.say("接続先候補", "Destinations"), candidates), cells.candidates),
            (Column(self.say("消去予定", "Expiry"), 10), cells.expiry),
            (Column(self.say("対応期限・状態", "Act by, status"), 10), cells.act_by),
        ]
        if self.shape.practice:
            columns.append((Column(self.say("実務(参考)", "practice"), 10), cells.practice))
        return columns

    def registrations(self) -> None:
        """Write each answer once in full, with its rows, then what to do about them, routing and reverse names."""
        if not self.case.registrations:
            return
        blocks: dict[str, list[int]] = {}
        others: dict[str, list[int]] = {}
        steps: dict[str, list[int]] = {}
        for view in self.views:
            found = view.registration
            if found is None:
                continue
            number = view.row.number
            for answer in found.views:
                blocks.setdefault("; ".join(registry.block(answer, found, self.lang)), []).append(number)
            if not found.views:
                others.setdefault(found.explanation.pick(self.lang), []).append(number)
            if found.origins:
                others.setdefault(
                    self.say("経路の起点 ", "origin by routing answers ") + registry.origins(found), []
                ).append(number)
            steps.setdefault(found.next_step.pick(self.lang), []).append(number)
        self.heading(
            self.say(
                "レジストリの回答(収録データの判定とは別。上書きしない)",
                "What the registries say (beside the offline verdict, never in its place)",
            )
        )
        for text, rows in (*blocks.items(), *others.items()):
            self.text(text, lead=f"No.{numbers(rows)}: ")
        for step, rows in steps.items():
            self.text(step, lead=self.say(f"次の手 No.{numbers(rows)}: ", f"next No.{numbers(rows)}: "))

    def next_steps(self) -> None:
        """Write what a person should do, once per distinct step, with its rows."""
        steps: dict[str, dict[str, list[int]]] = {}
        for view in self.views:
            verdict = view.attribution
            if verdict.status != "attributed":
                reasons = steps.setdefault(verdict.next_step.pick(self.lang), {})
                reasons.setdefault(verdict.explanation.pick(self.lang), []).append(view.row.number)
        if not steps:
            return
        self.heading(
            self.say("請求先が一つに定まらない行と次の手", "Rows without a single addressee, and what to do next")
        )
        for step, reasons in steps.items():
            if all(step in reason for reason in reasons):
                for reason, rows in reasons.items():
                    self.text(reason, lead=f"No.{numbers(rows)}: ")
                continue
            every = [row for rows in reasons.values() for row in rows]
            self.text(step, lead=f"No.{numbers(every)}: ")
            for reason, rows in reasons.items():
                self.text(reason, lead=self.say(f"  理由 No.{numbers(rows)}: ", f"  because No.{numbers(rows)}: "))

    def chains(self) -> None:
        """Write in full who may stand behind an addressee, once per chain, where the table only counts them."""
        chains: dict[str, list[int]] = defaultdict(list)
        for view in self.views:
            behind = party_names(view.attribution.chain, self.lang)
            if len(behind) > 1 and self.shape.brief:
                chains[self.say("、", "; ").join(behind)].append(view.row.number)
        if not chains:
            return
        self.heading(self.say("請求先の背後にありうる者", "Who may stand behind the addressee"))
        for names, rows in chains.items():
            self.text(names, lead=f"No.{numbers(rows)}: ")

    def basis(self) -> None:
        """Write once each rule about search keys and each retention figure, with source, date and confidence."""
        for title, grounds in (
            (self.say("検索キーの根拠", "Search-key rules"), basis.key_rules(self.views, self.lang)),
            (self.say("保存期間の根拠", "Retention figures"), basis.figures(self.views, self.lang)),
        ):
            if grounds:
                self.heading(title)
                for lead, text in basis.lines(grounds):
                    self.text(text, lead=lead)

    def practice(self) -> None:
        """Write once what each practice range rests on, with its rows."""
        ranges: dict[str, list[int]] = defaultdict(list)
        for view in self.views:
            if view.deadline.practice:
                ranges[view.deadline.practice.text.pick(self.lang)].append(view.row.number)
        if not ranges:
            return
        self.heading(self.say("実務の目安(当該事業者の数値ではない)", "Practice (nobody's own figure)"))
        for text, rows in ranges.items():
            self.text(text, lead=f"No.{numbers(rows)}: ")

    def remarks(self) -> None:
        """Write every finding, once per distinct sentence, with the rows it is about."""
        found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for finding in self.case.findings:
            found.setdefault(self.remark(finding), [])
        for view in self.views:
            for sentence in dict.fromkeys(map(self.remark, _unreviewed(view))):
                found[sentence].append(view.row.number)
        found = self.gathered(found)
        if not found:
            return
        self.heading(self.say("備考", "Remarks"))
        for (code, level, message), rows in found.items():
            where = f" (No.{numbers(rows)})" if rows else ""
            self.text(message + where, lead=f"{code} {level}: ")

    def gathered(self, found: dict[tuple[str, str, str], list[int]]) -> dict[tuple[str, str, str], list[int]]:
        """Join remarks on one registry answer that differ only by the login: the first sentence, and all the rows."""
        answers = {
            self.remark(finding): (finding.code, finding.about)
            for view in self.views
            for finding in (view.registration.findings if view.registration else ())
            if finding.about
        }
        alike: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for sentence in found:
            if sentence in answers:
                alike.setdefault(answers[sentence], []).append(sentence)
        joined = dict(found)
        for first, *others in alike.values():
            if len(others) < _ALIKE:
                continue
            rows = sorted(row for sentence in (first, *others) for row in joined.pop(sentence))
            code, level, message = first
            note = self.say(
                f" ほかの行も、それぞれの接続日時について同じ({len(others)}文を省く。explain と CSV に全文)。",
                f" The same holds for the other rows at their own times ({len(others)} sentences left out here; "
                "explain and CSV have all).",
            )
            joined[code, level, message + note] = rows
        return joined

    def remark(self, finding: Finding) -> tuple[str, str, str]:
        """Return code, level and sentence of a finding, the place included where it is not a row."""
        return (finding.code, word(LEVEL, finding.level, self.lang), finding.message.pick(self.lang))

    def review(self) -> None:
        """Write the rows that a person must look at, with the reasons."""
        marked = [view for view in self.views if view.login.status == "review"]
        posts = [post for post in self.case.posts if post.status == "review"]
        if not marked and not posts:
            return
        self.heading(self.say("要確認の行", "Rows in review"))
        for view in marked:
            where = f"No.{view.row.number} {inert(view.login.provenance.locator)}: "
            for finding in view.login.findings:
                self.text(f"{finding.code} {finding.message.pick(self.lang)}", lead=where)
        for post in posts:
            where = f"{self.shape.posts[post.id]} {inert(post.provenance.locator)}: "
            for finding in post.findings:
                self.text(f"{finding.code} {finding.message.pick(self.lang)}", lead=where)

    def pending(self) -> None:
        """Write the rows that can be read only with repairs nobody has accepted."""
        if self.case.pending:
            self.heading(pending_title(self.lang))
        for row in self.case.pending:
            self.lines += pending_lines(row, lang=self.lang, columns=self.columns)

    def rejects(self) -> None:
        """Write the rows that were refused: file, row, column, raw text, reason."""
        for title, rejects in (
            (self.say("不採用の行", "Rejected rows"), log_rejects(self.case)),
            (self.say("投稿の不採用行", "Rejected rows of the posts"), post_rejects(self.case)),
        ):
            if not rejects:
                continue
            self.heading(title)
            for reject in rejects:
                self.lines += reject_lines(reject, lang=self.lang, columns=self.columns)

    def footer(self) -> None:
        """Write the ledger, the declarations and what the result rests on."""
        self.heading(self.say("読込と前提", "Ledger and basis"))
        self.lines += ledger(self.case.inputs, self.case.counts, lang=self.lang, columns=self.columns)
        if self.case.post_counts:
            head = self.say("投稿: ", "posts: ")
            counts = conservation(*total(self.case.post_counts), lang=self.lang)
            self.text(head + counts)
            self.lines += declarations(self.case.post_inputs, lang=self.lang, columns=self.columns)
        source = self.say(
            "指定" if self.case.as_of_source == "given" else "実行日(JST)",
            "given" if self.case.as_of_source == "given" else "today in JST",
        )
        self.text(
            self.say(
                f"基準日 {self.case.as_of}({source})  サービス {self.case.platform or '指定なし'}  "
                f"データ版 {self.case.data_version}  ipattr {self.case.tool_version}",
                f"as of {self.case.as_of} ({source})  platform {self.case.platform or 'none named'}  "
                f"data {self.case.data_version}  ipattr {self.case.tool_version}",
            )
        )
        if self.case.inquiry is not None:
            for line in registry.inquiry_lines(self.case.inquiry, self.lang):
                self.text(line)
        if self.case.ledgers or self.case.without:
            from ipattr.renderers import ledgers

            for line in ledgers.lines(self.case, self.views, self.lang):
                self.text(line)
        self.text(NATURE.pick(self.lang))


def deadline_word(entry: AddresseeSummary, as_of: date, lang: str) -> str:
    """Return the status of a group; when it still has a log to save, the number of those already lost beside it."""
    text = word(DEADLINE, entry.deadline_status, lang)
    if entry.deadline_status not in {"due", "open"}:
        return text
    if entry.act_by and entry.act_by < as_of:
        text = ACT_BY_PASSED.pick(lang)
    lost = {key: entry.deadlines.get(key, 0) for key in ("passed-at-earliest", "passed")}
    counts = [f"{word(DEADLINE, key, lang)}{'' if lang == 'ja' else ' '}{n}" for key, n in lost.items() if n]
    if not counts:
        return text
    return f"{text}（ほか{'件・'.join(counts)}件）" if lang == "ja" else f"{text} (also {', '.join(counts)})"


def _names(post: Post) -> list[str]:
    """Return id and URL of a post; an id that the URL already shows is not repeated."""
    url, identifier = post.url or "", post.post_id or ""
    return [text for text in ("" if identifier in url else identifier, url) if text]


def _unreviewed(view: View) -> tuple[Finding, ...]:
    """Return the findings that the review section does not already print."""
    return view.findings[len(view.login.findings) :] if view.login.status == "review" else view.findings


def reject_lines(reject: Reject, *, lang: str, columns: int) -> list[str]:
    """Set one reject: place and reason, then what stood there."""
    column = f" [{inert(reject.column)}]" if reject.column else ""
    row = f"{reject.row}行" if lang == "ja" else f"row {reject.row}"
    lead = f"{inert(reject.file)} {row}{column}: "
    reason = f"{reject.code} {reject.reason.pick(lang)}"
    lines = paragraph(inert(reason), total=columns, lead=lead if width(lead) < columns // 2 else "  ")
    if width(lead) >= columns // 2:
        lines = paragraph(lead, total=columns) + lines
    lead = "  原文 " if lang == "ja" else "  raw  "
    for piece in reject.raw.split("\n"):
        lines += paragraph(inert(piece) or "-", total=columns, lead=lead)
        lead = " " * width(lead)
    return lines


def ledger(inputs: tuple[InputFile, ...], counts: Counts, *, lang: str, columns: int) -> list[str]:
    """Set the conservation line, one more per file where there are several, and the declared zones."""
    lines = paragraph(conservation(*total(counts), lang=lang), total=columns, tone="bold")
    if len(inputs) > 1:
        for entry in inputs:
            lines += paragraph(
                conservation(*total(entry.counts), lang=lang), total=columns, lead=f"  {inert(entry.name)}: "
            )
    return lines + declarations(inputs, lang=lang, columns=columns)


def declarations(inputs: tuple[InputFile, ...], *, lang: str, columns: int) -> list[str]:
    """Set one line per file: form, encoding, hash, and what the analyst declared about it."""
    lines: list[str] = []
    for entry in inputs:
        basis = f"{inert(entry.name)}: {entry.form}, {entry.encoding}, SHA-256 {entry.sha256}"
        lines += paragraph(basis, total=columns)
        if entry.declared_zone:
            lines += paragraph(inert(declared(entry.declared_zone, lang=lang)), total=columns, lead="  ", tone="bold")
        if entry.mapping:
            pairs = ", ".join(f"{key}={value}" for key, value in entry.mapping.items())
            lead = "  列の対応 " if lang == "ja" else "  columns "
            lines += paragraph(inert(f"{pairs} ({entry.mapping_source})"), total=columns, lead=lead)
    return lines
