"""The journal of a case folder, one line per entry, and what checking the folder found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import UsageError
from ipattr.model import Text
from ipattr.renderers.answers import both_times
from ipattr.renderers.layout import inert, paragraph
from ipattr.renderers.ledgerlines import shortly
from ipattr.renderers.view import clock
from ipattr.renderers.words import LEVEL, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipattr.model import JournalEntry, Verification
    from ipattr.model.keeping import StampInfo

ENTRY: dict[str, Text] = {
    "case": Text(ja="事件", en="case"),
    "input": Text(ja="入力", en="input"),
    "consent": Text(ja="同意", en="consent"),
    "run": Text(ja="実行", en="run"),
    "query": Text(ja="送信", en="query"),
    "answer": Text(ja="回答", en="answer"),
    "result": Text(ja="結果", en="result"),
    "seal": Text(ja="封印", en="seal"),
    "stamp": Text(ja="時刻証明", en="stamp"),
    "note": Text(ja="注記", en="note"),
    "observed": Text(ja="観測", en="observed"),
}
_CHECKED = Text(ja="照合したもの: {}。", en="Checked: {}.")
_CHECKED_LEDGER = Text(ja="照合したもの(接続先台帳): {}。", en="Checked, a destination ledger: {}.")
_ENTRIES = Text(ja="記録 {:,} 件", en="{:,} journal entries")
_FILES = Text(ja="ファイル {:,} 個", en="{:,} files")
_ANSWERS = Text(ja="回答 {:,} 件", en="{:,} answers")
_RESULTS = Text(ja="結果 {:,} 件(うち再計算 {:,} 件)", en="{:,} results ({:,} computed again)")
_OBSERVED = Text(ja="観測のファイル {:,} 個(うち読み直し {:,} 個)", en="{:,} files of observations ({:,} read again)")
_HASH_SHOWN = 12
_PAYLOAD_SHOWN = 160


def render(entries: Iterable[JournalEntry], *, to: str, lang: str) -> str:
    """Return the journal as ``table`` (number, JST time, kind, payload, hash, parted by tabs), ``json`` or ``jsonl``.

    What a ledger wrote is told in words in the table, and any other payload longer than 160 characters ends in ``…``;
    JSON has all of it. Raise UsageError else.
    """
    match to:
        case "table":
            return "".join(_line(entry, lang) for entry in entries)
        case "json":
            return msgspec.json.encode(list(entries)).decode() + "\n"
        case "jsonl":
            return "".join(msgspec.json.encode(entry).decode() + "\n" for entry in entries)
        case _:
            raise UsageError(ja=f"記録は {to} では出せない。", en=f"A journal cannot be written as {to}.")


def _line(entry: JournalEntry, lang: str) -> str:
    payload = inert(shortly(entry, lang) or entry.payload)
    if len(payload) > _PAYLOAD_SHOWN:
        payload = payload[: _PAYLOAD_SHOWN - 1] + "…"
    when = f"{clock(entry.at, 's', zone='JST')} JST"
    parts = (f"{entry.seq:>6}", when, word(ENTRY, entry.kind, lang), payload, inert(entry.hash[:_HASH_SHOWN]))
    return "\t".join(parts) + "\n"


def verification(found: Verification, *, to: str, lang: str, columns: int = 100) -> str:
    """Return what ``verify`` found as ``table`` (the verdict in one sentence, then each change) or ``json``.

    Raise UsageError for another format.
    """
    match to:
        case "table":
            return "\n".join(_report(found, lang=lang, columns=columns)) + "\n"
        case "json":
            return msgspec.json.encode(found).decode() + "\n"
        case _:
            raise UsageError(ja=f"照合の結果は {to} では出せない。", en=f"A check cannot be written as {to}.")


def stamp(made: StampInfo | Path, *, lang: str) -> str:
    """Return what a time stamp says, line by line; for a request not yet answered, the path where it lies."""
    if isinstance(made, Path):
        return f"{made}\n"
    proven = Text(
        ja="署名は、渡された証明書まで確かめた。", en="The signature was verified up to a root that was given."
    )
    unproven = Text(
        ja="署名は確かめていない(証明書を --roots で渡すと確かめる)。",
        en="The signature was not verified (give the certificates with --roots).",
    )
    lines = (
        (Text(ja="認証された時刻", en="stamped at"), both_times(made.gen_time, lang)),
        (Text(ja="時刻認証局", en="authority"), made.tsa),
        (Text(ja="ポリシー", en="policy"), made.policy),
        (Text(ja="番号", en="serial"), made.serial),
        (Text(ja="先端の SHA-256", en="SHA-256 of the head"), made.imprint),
    )
    said = "".join(f"{label.pick(lang)}: {inert(value)}\n" for label, value in lines)
    return said + (proven if made.verified else unproven).pick(lang) + "\n"


def _report(found: Verification, *, lang: str, columns: int) -> Iterator[str]:
    yield from paragraph(_verdict(found, lang), total=columns)
    yield from paragraph(_counts(found, lang), total=columns)
    # The head is compared with a printed one: it stands whole on its line.
    yield f"{'記録の先端' if lang == 'ja' else 'journal head'} {inert(found.head) or '-'}"
    if found.intact and not found.compared_head:
        limit = Text(
            ja="フォルダー全体を整合するように作り直されても、フォルダーだけからは分からない。"
            "控えた先端(--head)か時刻認証と照らす。",
            en="A folder rebuilt as a whole to agree with itself does not show it: compare a head noted earlier "
            "(--head), or a time stamp.",
        )
        yield from paragraph(limit.pick(lang), total=columns)
    if found.interrupted:
        said = Text(ja="最後の実行は途中で終わっている。", en="The last run did not end by itself.")
        yield said.pick(lang)
    for change in sorted(found.changes, key=lambda change: change.level != "error"):
        lead = f"{word(LEVEL, change.level, lang)} {change.code}"
        yield inert(f"{change.where}: {lead}: {change.message.pick(lang)}")


def _verdict(found: Verification, lang: str) -> str:
    errors = _files(found, "error")
    if found.intact:
        notices = len(found.changes)
        also = Text(ja=f"注意 {notices:,} 件がある。", en=f" There are {notices:,} notices.") if notices else None
        sound = Text(ja="保存したものは、保存したときから変わっていない。", en="Nothing that was stored has changed.")
        return sound.pick(lang) + (also.pick(lang) if also else "")
    named = ("、" if lang == "ja" else ", ").join(map(inert, errors))
    if lang == "ja":
        return f"保存したものが変わっている: {named}。" if errors else "保存したものが変わっている。"
    return f"What was stored has changed: {named}." if errors else "What was stored has changed."


def _files(found: Verification, level: str) -> Sequence[str]:
    return tuple(dict.fromkeys(change.where for change in found.changes if change.level == level))


def _counts(found: Verification, lang: str) -> str:
    """Return what was looked at; a ledger has observations where a case has answers and results."""
    parts = [(found.entries, 0, _ENTRIES), (found.files, 0, _FILES)]
    if found.purpose != "ledger" or found.answers or found.results:
        parts += [(found.answers, 0, _ANSWERS), (found.results, found.recomputed, _RESULTS)]
    if found.purpose == "ledger" or found.observed:
        parts.append((found.observed, found.reread, _OBSERVED))
    said = [text.pick(lang).format(count, again) for count, again, text in parts]
    checked = _CHECKED_LEDGER if found.purpose == "ledger" else _CHECKED
    return checked.pick(lang).format(("、" if lang == "ja" else ", ").join(said))
