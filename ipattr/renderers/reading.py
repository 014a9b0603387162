"""What was read and what was not, before any look-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.renderers.layout import Column, Line, block, inert, paint, paragraph, table, width
from ipattr.renderers.repairs import pending_lines, pending_title
from ipattr.renderers.table import ledger, reject_lines
from ipattr.renderers.view import clock, endpoint, iso
from ipattr.renderers.words import KIND, LEVEL, ROW_STATUS, ZONE_SOURCE, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import InputFile, LoginEvent, Post, Reading, Reject

STACKED_BELOW = 100


def render(reading: Reading, *, to: str, lang: str, color: bool, columns: int, pretty: bool) -> str:
    """Return ``reading`` as a ``table`` of ``columns`` terminal cells, or (any other ``to``) as JSON."""
    if to == "table":
        return _text(reading, lang=lang, color=color, columns=max(columns, 40))
    encoded = msgspec.json.encode(reading)
    return (msgspec.json.format(encoded, indent=2) if pretty else encoded).decode() + "\n"


def _text(reading: Reading, *, lang: str, color: bool, columns: int) -> str:
    lines: list[str] = []
    for entry in reading.inputs:
        lines += _source(entry, lang=lang, columns=columns)
    rows = [_login(event, lang) for event in reading.events] + [_post(post, lang) for post in reading.posts]
    if rows:
        lines += ["", *_grid(rows, lang=lang, color=color, columns=columns)]
    remarks = _remarks([*reading.events, *reading.posts], lang=lang, columns=columns)
    if remarks:
        lines += ["", paint("== " + ("行の所見" if lang == "ja" else "Remarks on rows") + " ==", "bold", color=color)]
        lines += remarks
    if reading.pending:
        lines += ["", paint(f"== {pending_title(lang)} ==", "bold", color=color)]
        for row in reading.pending:
            lines += pending_lines(row, lang=lang, columns=columns)
    if reading.rejects:
        lines += ["", paint("== " + ("不採用の行" if lang == "ja" else "Rejected rows") + " ==", "bold", color=color)]
        for reject in reading.rejects:
            lines += reject_lines(reject, lang=lang, columns=columns)
            lines += _record(reject, lang=lang, columns=columns)
    if reading.findings:
        lines += ["", paint("== " + ("備考" if lang == "ja" else "Remarks") + " ==", "bold", color=color)]
        for finding in reading.findings:
            text = f"{finding.code} {word(LEVEL, finding.level, lang)}: {finding.message.pick(lang)}"
            lines += paragraph(inert(text), total=columns)
    lines += ["", *ledger(reading.inputs, reading.counts, lang=lang, columns=columns)]
    return "\n".join(lines) + "\n"


def _remarks(entries: Sequence[LoginEvent | Post], *, lang: str, columns: int) -> list[str]:
    lines: list[str] = []
    for entry in entries:
        lead = f"{entry.id} {inert(entry.provenance.locator)}: "
        for finding in entry.findings:
            text = f"{finding.code} {word(LEVEL, finding.level, lang)}: {finding.message.pick(lang)}"
            lines += paragraph(inert(text), total=columns, lead=lead)
    return lines


def _record(reject: Reject, *, lang: str, columns: int) -> list[str]:
    """Set the other cells of the rejected record: what its row held beside the refused cell."""
    others = [cell for cell in reject.record if cell.raw and cell.raw != reject.raw]
    if others and others[-1].column == "text" and all(cell.raw in others[-1].raw for cell in others):
        others = others[-1:]  # the whole text shows every cell already
    lines: list[str] = []
    for cell in others:
        name = ("全文" if lang == "ja" else "text") if cell.column == "text" else cell.column
        for piece in cell.raw.split("\n"):
            lines += paragraph(inert(f"{name} {piece}".strip()), total=columns, lead="  | ")
            name = ""
    return lines


def _source(entry: InputFile, *, lang: str, columns: int) -> list[str]:
    size = f"{entry.size:,} バイト" if lang == "ja" else f"{entry.size:,} bytes"
    form, encoding = ("形式", "文字コード") if lang == "ja" else ("form", "encoding")
    lines = paragraph(f"{inert(entry.name)} ({size})", total=columns, tone="bold")
    lines += paragraph(inert(entry.form_reason.pick(lang)), total=columns, lead=f"  {form} {entry.form}: ")
    return lines + paragraph(
        inert(entry.encoding_reason.pick(lang)), total=columns, lead=f"  {encoding} {entry.encoding}: "
    )


def _grid(rows: list[list[list[Line]]], *, lang: str, color: bool, columns: int) -> list[str]:
    ja = lang == "ja"
    spec = [
        Column("No.", 3),
        Column("所在" if ja else "Place", 10),
        Column("状態" if ja else "Status", 6),
        Column("日時" if ja else "Time", 23),
        Column("原文" if ja else "Raw", 14),
        Column("アドレス・投稿" if ja else "Address, post", 15),
        Column("アカウント" if ja else "Account", 10),
        Column("種別" if ja else "Kind", 8),
    ]
    lines = table(spec, rows, total=columns, color=color, ruled=True) if columns >= STACKED_BELOW else None
    if lines is not None:
        return lines
    out: list[str] = []
    label_cells = max(width(column.title) for column in spec)
    for row in rows:
        out.append(paint(f"[{row[0][0].text}]", "bold", color=color))
        for column, cell in zip(spec[1:], row[1:], strict=True):
            out += block(column.title, cell, label_cells=label_cells, total=columns, indent=2, color=color)
    return out


def _login(event: LoginEvent, lang: str) -> list[list[Line]]:
    instant = event.instant
    times = [Line("時刻なし" if lang == "ja" else "no time", "dim")]
    raw = [Line(inert(event.address.raw), "dim")]
    if instant is not None:
        source = word(ZONE_SOURCE, instant.zone_source, lang)
        times = [Line(clock(instant.utc, instant.precision, zone=zone) + " " + zone) for zone in ("JST", "UTC")]
        times.append(Line(f"{inert(instant.zone)} ({source}), {instant.precision}", "dim"))
        raw.insert(0, Line(inert(instant.raw), "dim"))
    addresses = [Line(endpoint(event))]
    if event.destination:
        addresses.append(Line(("接続先 " if lang == "ja" else "to ") + event.destination.text))
    if event.hostname:
        addresses.append(Line(inert(event.hostname)))
    return [
        [Line(event.id, "bold")],
        [Line(inert(event.provenance.locator))],
        [Line(word(ROW_STATUS, event.status, lang), "yellow" if event.status == "review" else "plain")]
        + [Line(word(ROW_STATUS, "repaired", lang), "yellow")] * bool(event.repairs),
        times,
        raw,
        addresses,
        [Line(inert(text)) for text in (event.account.id, event.account.name) if text],
        [Line(word(KIND, event.kind, lang))],
    ]


def _post(post: Post, lang: str) -> list[list[Line]]:
    instant = post.instant
    source = word(ZONE_SOURCE, instant.zone_source, lang)
    return [
        [Line(post.id, "bold")],
        [Line(inert(post.provenance.locator))],
        [Line(word(ROW_STATUS, post.status, lang), "yellow" if post.status == "review" else "plain")],
        [Line(iso(instant.utc, instant.precision, zone=zone)) for zone in ("JST", "UTC")]
        + [Line(f"{inert(instant.zone)} ({source}), {instant.precision}", "dim")],
        [Line(inert(instant.raw), "dim")],
        [Line(inert(text)) for text in (post.post_id, post.url) if text],
        [Line(inert(text)) for text in (post.account.id, post.account.name) if text],
        [Line("投稿" if lang == "ja" else "post")],
    ]
