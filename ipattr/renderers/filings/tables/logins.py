"""One line per login, with its verdicts; what is long and shared is named by its key and stands in its own table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers import cells, facts
from ipattr.renderers.filings.tables.shape import Field, table
from ipattr.renderers.registry import holder_names
from ipattr.renderers.view import clock, unknown_parties
from ipattr.renderers.words import (
    ATTRIBUTION,
    CANDIDATES,
    DEADLINE,
    KIND,
    ROW_STATUS,
    SEARCH,
    ZONE_SOURCE,
    party_names,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.filings.tables.shape import ExportTable, Walk
    from ipattr.renderers.view import View

# The headings of what was read are names that our own reader knows, those of everything else names that it does not:
# the sheet can be read again and gives the same logins.
FIELDS = (
    Field("row", "No.", "No.", 6),
    Field("status", "読取り", "Read", 8),
    Field("jst", "接続日時(JST)", "Time (JST)", 24),
    Field("utc", "接続日時(UTC)", "Time (UTC)", 24),
    Field("ip", "IPアドレス", "IP address", 40),
    Field("port", "接続元ポート", "Source port", 8),
    Field("destination", "接続先IPアドレス", "Destination IP", 40, optional=True),
    Field("account_id", "アカウントID", "Account ID", 21),
    Field("account_name", "アカウント名", "Account name", 24, optional=True),
    Field("kind", "種別", "Kind", 12),
    Field("client", "クライアント", "Client", 24, optional=True),
    Field("hostname", "ホスト名", "Hostname", 30, optional=True),
    Field("addressee", "請求先", "Addressee", 28),
    Field("attribution_status", "判定", "Verdict", 14),
    Field("alternatives", "請求先となり得る者", "Possible addressees", 36),
    Field("act_by", "対応期限", "Act by", 11),
    Field("days_left", "残日数", "Days left", 7),
    Field("deadline_status", "期限の状態", "Deadline status", 14),
    Field("earliest_expiry", "最短の消去予定", "Earliest expiry", 11),
    Field("latest_expiry", "最長の消去予定", "Latest expiry", 11),
    Field("days_to_expiry", "消去までの日数", "Days to expiry", 8),
    Field("retention", "保存期間と出典", "Retention and source", 36),
    Field("unknown_for", "保存期間の不明な者", "Retention unknown for", 28, optional=True),
    Field("practice", "実務の目安(当該者の数値ではない)", "Practice (nobody's own figure)", 24, optional=True),
    Field("connected_on_jst", "起算日(JST)", "Counted from (JST)", 11),
    Field("search_key_status", "検索キー", "Search key", 10),
    Field("search_key_needed", "検索に必要な項目", "Needed for the search", 32),
    Field("search_key_missing", "不足する項目", "Missing", 26),
    Field("candidates_status", "接続先候補", "Candidates", 12),
    Field("candidate_count", "候補数(別の時期)", "Candidates (other period)", 9),
    Field("candidate_set", "候補の組", "Candidate set", 7),
    Field("nearest_post", "投稿との近さ", "To the posts", 28, optional=True),
    Field("place", "追及の順位", "Place in pursuit", 7, optional=True),
    Field("prefix", "経路(最長一致)", "Longest prefix", 20),
    Field("origin_as", "起点AS", "Origin AS", 10),
    Field("as_registrant", "ASの登録者", "AS registrant", 28),
    Field("operator", "網の運用者", "Network operator", 24),
    Field("holder", "ブロックの登録名義(収録)", "Block holder (listed)", 24, optional=True),
    Field("registry_holder", "登録名義(照会)", "Registered holder (asked)", 28, optional=True),
    Field("registry_evidence", "照会の証拠", "Registry evidence", 24, optional=True),
    Field("findings", "備考", "Remarks", 16),
    Field("time_raw", "日時(原文)", "Time as written", 24),
    Field("zone", "元の時間帯", "Zone as written", 10),
    Field("zone_source", "時間帯の根拠", "Basis of the zone", 10),
    Field("precision", "日時の精度", "Precision", 7),
    Field("ip_raw", "IPアドレス(原文)", "IP address as written", 40),
    Field("repairs", "採用した修復", "Repairs taken", 36, optional=True),
    Field("file", "入力ファイル", "Input file", 24),
    Field("source_row", "入力の行", "Input row", 8),
)
_UNKNOWN = "unknown"


def logins(walk: Walk) -> ExportTable:
    """Return every login, in the order of the case."""
    return table(
        "logins",
        walk.say("ログイン", "Logins"),
        FIELDS,
        _rows(walk),
        lang=walk.lang,
        note=walk.say(
            "1行が1件のログイン。判定の理由と次の手は「判定」、候補は「候補」、備考の文は「備考」の表にある。",
            "One line per login; why, and what next, is said in the tables of verdicts, candidates, remarks.",
        ),
    )


def _rows(walk: Walk) -> Iterator[dict[str, str]]:
    shared = _Shared(walk)
    places = {ranked.row: str(ranked.place) for ranked in walk.material.ranking}
    for view in walk.views:
        yield {
            **facts.login(view),
            **shared.of(view),
            **_times(view, walk),
            "status": word(ROW_STATUS, view.login.status, walk.lang),
            "kind": _kind(view, walk),
            "candidate_set": view.row.candidates,
            "nearest_post": "\n".join(line.text for line in cells.nearest(view, walk.shape)),
            "place": places.get(view.row.number, ""),
            "findings": ", ".join(dict.fromkeys(finding.code for finding in view.findings)),
        }


def _times(view: View, walk: Walk) -> dict[str, str]:
    instant = view.login.instant
    if instant is None:
        return {}
    return {
        "jst": clock(instant.utc, instant.precision, zone="JST"),
        "utc": clock(instant.utc, instant.precision, zone="UTC"),
        "zone_source": word(ZONE_SOURCE, instant.zone_source, walk.lang),
    }


def _kind(view: View, walk: Walk) -> str:
    kind = view.login.kind
    # 「種別不明」 is a word of ours that no log writes; the reader knows 「不明」.
    return walk.say("不明", _UNKNOWN) if kind == _UNKNOWN else word(KIND, kind, walk.lang)


class _Shared(facts.Verdicts):
    """The verdict cells of a row in words."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        super().__init__(
            {
                "attribution": self._attribution,
                "search_key": self._search,
                "deadline": self._deadline,
                "candidates": self._candidates,
                "registration": self._registration,
            }
        )

    def _attribution(self, view: View) -> dict[str, str]:
        return {
            **facts.attribution(view, self.walk.lang),
            "attribution_status": word(ATTRIBUTION, view.attribution.status, self.walk.lang),
        }

    def _search(self, view: View) -> dict[str, str]:
        return {
            **facts.search(view, self.walk.lang),
            "search_key_status": word(SEARCH, view.search.status, self.walk.lang),
        }

    def _deadline(self, view: View) -> dict[str, str]:
        found, lang = view.deadline, self.walk.lang
        said = facts.deadline(view, lang)
        return {
            **said,
            "deadline_status": word(DEADLINE, found.status, lang),
            "latest_expiry": self.walk.say("上限なし", "open-ended") if found.open_ended else said["latest_expiry"],
            "retention": said["retention"].replace("; ", "\n"),
            "unknown_for": "\n".join(party_names(unknown_parties(view), lang)),
            "practice": facts.practice(view),
        }

    def _candidates(self, view: View) -> dict[str, str]:
        found = view.candidates
        others = sum(one.period == "other" for one in found.candidates)
        count = f"{len(found.candidates) - others}" + (f" ({others})" if others else "")
        return {
            "candidates_status": word(CANDIDATES, found.status, self.walk.lang),
            "candidate_count": count if found.status == "observed" else "",
        }

    def _registration(self, view: View) -> dict[str, str]:
        found = view.registration
        if found is None or not found.views:
            return {}
        return {
            "registry_holder": "\n".join(holder_names(found.views[0], self.walk.lang)),
            "registry_evidence": "\n".join(dict.fromkeys(one.evidence for one in found.views)),
        }
