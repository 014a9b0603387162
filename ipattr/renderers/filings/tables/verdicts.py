"""The verdicts that many logins share, each once with the numbers of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers import basis, facts, registry
from ipattr.renderers.filings.tables.shape import Field, table
from ipattr.renderers.table import deadline_word
from ipattr.renderers.view import numbers, unknown_parties, weekday
from ipattr.renderers.words import (
    AGREEMENT,
    AT_LOGIN,
    ATTRIBUTION,
    BASIS,
    CANDIDATES,
    CONFIDENCE,
    DEADLINE,
    MODE,
    PERIOD,
    REGISTRATION,
    RELATION,
    SEARCH,
    SHARING,
    SOURCE,
    figure,
    party_names,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import AddresseeSummary, Candidate, Expiry, Registration, RegistrationView, Text
    from ipattr.renderers.filings.tables.shape import ExportTable, Walk
    from ipattr.renderers.view import View

ADDRESSEES = (
    Field("name", "請求先", "Addressee", 40),
    Field("verdict", "判定", "Verdict", 14),
    Field("count", "件数", "Logins", 6),
    Field("act_by", "対応期限", "Act by", 16),
    Field("days_left", "残日数", "Days left", 7),
    Field("earliest", "最短の消去予定", "Earliest expiry", 11),
    Field("status", "期限の状態", "Deadline status", 28),
    Field("deadlines", "件数(期限別)", "Logins by deadline", 28),
    Field("search", "件数(検索キー別)", "Logins by search key", 28),
    Field("rows", "ログイン(No.)", "Logins (No.)", 36),
    Field("providers", "収録ID", "Listed as", 24),
)
ATTRIBUTIONS = (
    Field("rows", "ログイン(No.)", "Logins (No.)", 20),
    Field("line", "判定したIPアドレス", "Line judged", 40),
    Field("hostname", "ホスト名", "Hostname", 30, optional=True),
    Field("attribution_status", "判定", "Verdict", 14),
    Field("alternatives", "請求先となり得る者", "Possible addressees", 40),
    Field("attribution_explanation", "理由", "Why", 80),
    Field("next_step", "次の手", "Next step", 64),
    Field("chain", "背後にありうる者", "Who may stand behind", 36, optional=True),
    Field("sharing", "アドレスの共有", "Address sharing", 16, optional=True),
    Field("delegated", "割振り", "Delegated", 8),
)
DEADLINES = (
    Field("deadline", "期限", "Deadline", 7),
    Field("rows", "ログイン(No.)", "Logins (No.)", 20),
    Field("connected_on_jst", "起算日(JST)", "Counted from (JST)", 11),
    Field("provider", "保有し得る者", "Who may hold the log", 32),
    Field("figure", "保存期間", "Retention", 14),
    Field("expires_on", "満了日", "Expires on", 11),
    Field("readings", "満了日の読み方", "Readings", 22),
    Field("published", "公表された表現", "As published", 36),
    Field("service", "サービス", "Service", 16, optional=True),
    Field("source", "出典", "Source", 14),
    Field("source_title", "出典の標目", "Title of the source", 36),
    Field("as_of", "出典の時点", "Source as of", 11),
    Field("confidence", "確度", "Confidence", 10),
    Field("status", "期限の状態", "Deadline status", 14),
    Field("act_by", "対応期限", "Act by", 11),
    Field("days_left", "残日数", "Days left", 7),
)
SETS = (
    Field("set", "候補の組", "Candidate set", 7),
    Field("rows", "ログイン(No.)", "Logins (No.)", 24),
    Field("status", "接続先候補", "Candidates", 12),
    Field("platform", "サービス", "Platform", 10),
    Field("at", "対象の時期", "Period", 24),
    Field("current", "候補数", "Candidates of the period", 8),
    Field("other", "別の時期の候補数", "Of another period", 9),
    Field("excluded", "候補としない観測数", "Observations left out", 10),
    Field("explanation", "説明", "Explanation", 72),
    Field("steps", "絞り込み", "Narrowing", 56, optional=True),
)
CANDIDATE = (
    Field("set", "候補の組", "Candidate set", 7),
    Field("rows", "ログイン(No.)", "Logins (No.)", 20),
    Field("address", "候補アドレス", "Candidate address", 40),
    Field("hosts", "観測したホスト", "Hosts", 44),
    Field("relation", "観測と接続の前後", "Observed", 14),
    Field("gap_days", "最も近い観測との日数", "Days to the nearest", 9),
    Field("period", "時期", "Same period", 10),
    Field("first_seen", "最初の観測", "First seen", 22),
    Field("last_seen", "最後の観測", "Last seen", 22),
    Field("count", "観測数", "Times", 8),
    Field("vantages", "観測地点", "Seen from", 36),
    Field("shared", "共用網", "Shared network", 16, optional=True),
    Field("sources", "出典", "Sources", 18),
    Field("confidence", "確度", "Confidence", 10),
    Field("observations", "観測の識別子", "Observation ids", 30),
)
REGISTRATIONS = (
    Field("rows", "ログイン(No.)", "Logins (No.)", 16),
    Field("address", "照会対象のIPアドレス", "Address asked about", 40),
    Field("status", "照会結果", "Outcome", 14),
    Field("mode", "照会の方法", "Mode", 14),
    Field("registry_holder_ja", "登録名義", "Holder (Japanese)", 30),
    Field("registry_holder_en", "登録名義(英)", "Holder (English)", 30),
    Field("registry_network_name", "ネットワーク名", "Network name", 18),
    Field("range", "ブロック", "Block", 40),
    Field("registry_agreement", "判定との一致", "Agreement", 22),
    Field("registry_at_login", "ログイン時の登録", "At the login", 22),
    Field("registry_basis", "照会の当否", "Basis", 14),
    Field("registry_registered", "登録日", "Registered", 22),
    Field("registry_changed", "最終更新", "Last changed", 22),
    Field("registry_history", "履歴の期間", "History", 28, optional=True),
    Field("registry_administered_by", "管理", "Administered by", 14, optional=True),
    Field("registry_source", "照会先", "Source", 14),
    Field("registry_server", "サーバー", "Server", 28),
    Field("registry_asked", "照会した語", "Asked", 24),
    Field("registry_received_jst", "受信(JST)", "Received, JST", 27),
    Field("registry_received_utc", "受信(UTC)", "Received, UTC", 22),
    Field("registry_evidence", "証拠", "Evidence", 28),
    Field("registry_sha256", "SHA-256", "SHA-256", 66),
    Field("explanation", "説明", "Explanation", 56),
    Field("next_step", "次の手", "Next step", 48),
)


def addressees(walk: Walk) -> ExportTable:
    """Return one line per addressee, in the order of the case: what must be done first stands first."""
    return table(
        "addressees",
        walk.say("請求先", "Addressees"),
        ADDRESSEES,
        (_addressee(entry, walk) for entry in walk.case.summary),
        lang=walk.lang,
        note=walk.say(
            "対応期限の早い順、経過済みは後。日付は、まだ存在し得るログのうち最も早いもの。",
            "Earliest act-by first, passed ones last. Dates are the first of the logs that may still exist.",
        ),
    )


def _addressee(entry: AddresseeSummary, walk: Walk) -> dict[str, str]:
    lang = walk.lang
    return {
        "name": entry.name.pick(lang),
        "verdict": word(ATTRIBUTION, entry.status, lang),
        "count": str(len(entry.rows)),
        "act_by": f"{entry.act_by} ({weekday(entry.act_by, lang)})" if entry.act_by else "",
        "days_left": str((entry.act_by - walk.case.as_of).days) if entry.act_by else "",
        "earliest": entry.earliest.isoformat() if entry.earliest else "",
        "status": deadline_word(entry, walk.case.as_of, lang),
        "deadlines": _counted(DEADLINE, entry.deadlines, lang),
        "search": _counted(SEARCH, entry.search, lang),
        "rows": numbers(entry.rows),
        "providers": ", ".join(entry.providers),
    }


def _counted(words: dict[str, Text], counts: dict[str, int], lang: str) -> str:
    return "\n".join(f"{word(words, key, lang)} {count}" for key, count in counts.items() if count)


def attributions(walk: Walk) -> ExportTable:
    """Return each attribution with its reason and the next step."""
    return table(
        "attributions",
        walk.say("判定", "Verdicts"),
        ATTRIBUTIONS,
        (_attribution(view, rows, walk) for view, rows in walk.firsts("attribution").values()),
        lang=walk.lang,
        note=walk.say("アドレス(とホスト名)ごとに1行。", "One line per address (and hostname)."),
    )


def _attribution(view: View, rows: list[int], walk: Walk) -> dict[str, str]:
    found = view.attribution
    return {
        **facts.attribution(view, walk.lang),
        "rows": numbers(rows),
        "line": found.address,
        "hostname": found.hostname or "",
        "attribution_status": word(ATTRIBUTION, found.status, walk.lang),
        "sharing": ", ".join(word(SHARING, kind, walk.lang) for kind in found.sharing),
    }


def deadlines(walk: Walk) -> ExportTable:
    """Return each deadline × figure it rests on; a possible holder without a figure has a line of its own."""
    return table(
        "deadlines",
        walk.say("保存期間", "Deadlines"),
        DEADLINES,
        (line for key, (view, rows) in walk.firsts("deadline").items() for line in _deadline(key, view, rows, walk)),
        lang=walk.lang,
        note=walk.say(
            "起算日は算入しない。満了日の終了をもって消去済みとみる。同じ起算日・同じ保有者のログインは1件にまとめた。",
            "The day counted from is not included; a log is taken to be gone at the end of the expiry date. Logins of "
            "one day at the same holders stand together.",
        ),
    )


def _deadline(key: str, view: View, rows: list[int], walk: Walk) -> Iterator[dict[str, str]]:
    found, lang = view.deadline, walk.lang
    said = facts.deadline(view, lang)
    base = {
        "deadline": key,
        "rows": numbers(rows),
        "connected_on_jst": said["connected_on_jst"],
        "status": word(DEADLINE, found.status, lang),
        "act_by": said["act_by"],
        "days_left": said["days_left"],
    }
    lines = [{**base, **_figure(entry, view, walk)} for entry in found.expiries]
    lines += [
        {**base, "provider": name, "figure": word(DEADLINE, "unknown", lang)}
        for name in party_names(unknown_parties(view), lang)
    ]
    if found.practice is not None:
        lines.append(
            {
                **base,
                "provider": walk.say("実務の目安（当該者の数値ではない）", "practice (nobody's own figure)"),
                "readings": facts.practice(view),
                "published": found.practice.text.pick(lang),
                "source": ", ".join(found.practice.sources),
            }
        )
    yield from lines or [base]


def _figure(entry: Expiry, view: View, walk: Walk) -> dict[str, str]:
    policy, cited = entry.policy, walk.material.facts.citations.get(entry.policy.source)
    return {
        "provider": basis.holder(entry, view.attribution.alternatives, walk.lang),
        "figure": figure(entry, walk.lang),
        "expires_on": entry.expires_on.isoformat(),
        "readings": "\n".join(day.isoformat() for day in entry.readings),
        "published": policy.text,
        "service": policy.service,
        "source": policy.source,
        "source_title": cited.title if cited else "",
        "as_of": policy.as_of,
        "confidence": word(CONFIDENCE, policy.confidence, walk.lang),
    }


def candidate_sets(walk: Walk) -> ExportTable:
    """Return each set of possible destinations with the logins it is for, and how it came about."""
    return table(
        "candidate-sets",
        walk.say("候補の組", "Candidate sets"),
        SETS,
        (_set(key, view, rows, walk) for key, (view, rows) in walk.firsts("candidates").items()),
        lang=walk.lang,
        note=walk.say(
            "候補は日付のある観測であり、当該接続の接続先そのものではない。",
            "A candidate is a dated observation, never the destination itself.",
        ),
    )


def _set(key: str, view: View, rows: list[int], walk: Walk) -> dict[str, str]:
    found = view.candidates
    others = sum(one.period == "other" for one in found.candidates)
    return {
        "set": key,
        "rows": numbers(rows),
        "status": word(CANDIDATES, found.status, walk.lang),
        "platform": found.platform,
        "at": found.at,
        "current": str(len(found.candidates) - others),
        "other": str(others),
        "excluded": str(found.excluded),
        "explanation": found.explanation.pick(walk.lang),
        "steps": "\n".join(f"{step.text.pick(walk.lang)} → {step.remaining}" for step in found.steps),
    }


def candidates(walk: Walk) -> ExportTable:
    """Return every possible destination of every set."""
    return table(
        "candidates",
        walk.say("候補", "Candidates"),
        CANDIDATE,
        (
            _candidate(key, numbers(rows), one, walk)
            for key, (view, rows) in walk.firsts("candidates").items()
            for one in view.candidates.candidates
        ),
        lang=walk.lang,
        note=walk.say("組ごとの全候補。組の説明は「候補の組」の表。", "Every candidate of every set."),
    )


def _candidate(key: str, rows: str, one: Candidate, walk: Walk) -> dict[str, str]:
    return {
        "set": key,
        "rows": rows,
        "address": one.address,
        "hosts": ", ".join(one.hosts),
        "relation": word(RELATION, one.relation, walk.lang),
        "gap_days": str(one.gap_days),
        "period": word(PERIOD, one.period, walk.lang),
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
        "count": "" if one.count is None else str(one.count),
        "vantages": ", ".join(one.vantages),
        "shared": one.shared,
        "sources": ", ".join(one.sources),
        "confidence": word(CONFIDENCE, one.confidence, walk.lang),
        "observations": ", ".join(one.observations),
    }


def registrations(walk: Walk) -> ExportTable:
    """Return every registry answer with the logins it stands beside; a row without an answer says why."""
    asked = {key: found for key, found in walk.firsts("registration").items() if key}
    return table(
        "registrations",
        walk.say("登録名義の照会", "Registrations"),
        REGISTRATIONS,
        (
            line
            for view, rows in asked.values()
            if view.registration is not None
            for line in _registration(view.registration, numbers(rows), walk)
        ),
        lang=walk.lang,
        note=walk.say(
            "レジストリの回答。収録データの判定とは別であり、これを上書きしない。",
            "What the registries say, beside the offline verdict and never in its place.",
        ),
    )


def _registration(found: Registration, rows: str, walk: Walk) -> Iterator[dict[str, str]]:
    base = {
        "rows": rows,
        "address": found.address,
        "status": word(REGISTRATION, found.status, walk.lang),
        "mode": word(MODE, found.mode, walk.lang),
        "explanation": found.explanation.pick(walk.lang),
        "next_step": found.next_step.pick(walk.lang),
    }
    for one in found.views:
        yield {**base, **_answer(one, walk)}
    if not found.views:
        yield base


def _answer(one: RegistrationView, walk: Walk) -> dict[str, str]:
    lang = walk.lang
    return {
        **facts.answer(one, lang),
        "range": f"{one.first} - {one.last}\n{', '.join(one.cidrs)}",
        "registry_agreement": word(AGREEMENT, one.agreement, lang),
        "registry_at_login": word(AT_LOGIN, one.at_login, lang),
        "registry_basis": word(BASIS, one.basis, lang),
        "registry_source": word(SOURCE, one.source, lang),
        "registry_registered": registry.dated(one.registered),
        "registry_changed": registry.dated(one.changed),
    }
