"""Damaged Word documents: a clear error in both languages, or a reading from which no address has vanished."""

from __future__ import annotations

import io
import random
import re
import time
import zipfile
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

import ipattr
from ipattr.errors import InputError, IpattrError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ipattr.model import Reading

ORIGINAL = (Path(__file__).resolve().parents[2] / "data" / "examples" / "x-return.docx").read_bytes()
MAIN = "word/document.xml"
SEED = 20261121
EACH = 12
SECONDS = 60
ADDRESS = re.compile(
    r"(?<![0-9A-Za-z.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}(?::{1,2}[0-9a-f]{1,4}){3,7})(?![0-9A-Za-z.:])"
)
TAG = re.compile(r"<[^<>?]+>")
PARAGRAPH = re.compile(r"<w:p>.*?</w:p>|<w:p/>", re.DOTALL)
SHOWN = re.compile(r"<w:t(?: [^<>]*)?>([^<]*)</w:t>")


def members(data: bytes = ORIGINAL) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def with_main(content: str | bytes) -> bytes:
    return packed(members() | {MAIN: content.encode() if isinstance(content, str) else content})


def main_text() -> str:
    return members()[MAIN].decode("utf-8")


def flip_bytes(chance: random.Random) -> bytes:
    data = bytearray(ORIGINAL)
    for _ in range(chance.randrange(1, 8)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def flip_bytes_inside(chance: random.Random) -> bytes:
    """Damage a part before it is packed, so that the checksum of the archive is right."""
    data = bytearray(members()[MAIN])
    for _ in range(chance.randrange(1, 4)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return with_main(bytes(data))


def cut_archive(chance: random.Random) -> bytes:
    return ORIGINAL[: chance.randrange(len(ORIGINAL))]


def cut_member(chance: random.Random) -> bytes:
    parts = members()
    name = chance.choice([MAIN, MAIN, *parts])
    return packed(parts | {name: parts[name][: chance.randrange(len(parts[name]) or 1)]})


def lose_member(chance: random.Random) -> bytes:
    parts = members()
    del parts[chance.choice([MAIN, *parts])]
    return packed(parts)


def drop_tag(chance: random.Random) -> bytes:
    text = main_text()
    found = chance.choice(list(TAG.finditer(text)))
    return with_main(text[: found.start()] + text[found.end() :])


def drop_pair(chance: random.Random) -> bytes:
    """Drop one kind of element but keep what it holds."""
    name = chance.choice(["w:t", "w:r", "w:p", "w:body", "w:sectPr", "w:pgSz"])
    return with_main(re.sub(rf"</?{name}(?: [^<>]*)?>", "", main_text(), count=chance.choice([0, 2, 40])))


def repeat_tag(chance: random.Random) -> bytes:
    text = main_text()
    found = chance.choice(list(TAG.finditer(text)))
    return with_main(text[: found.end()] + found[0] + text[found.end() :])


def encode_again(chance: random.Random) -> bytes:
    declared, used = chance.choice(
        [
            ("UTF-16", "utf-16"),
            ("UTF-16", "utf-16-le"),
            ("Shift_JIS", "cp932"),
            ("UTF-8", "utf-8-sig"),
            ("UTF-8", "utf-16"),
            ("UTF-8", "cp932"),
            ("ISO-8859-1", "utf-8"),
            ("no-such-code", "utf-8"),
            ("UTF-32", "utf-32"),
            ("EUC-JP", "euc_jp"),
        ]
    )
    text = re.sub(r"encoding=['\"][^'\"]*['\"]", f'encoding="{declared}"', main_text(), count=1)
    return with_main(text.encode(used, "xmlcharrefreplace"))


def split_runs(chance: random.Random) -> bytes:
    """Split text over runs, as Word does at every edit; the text of the paragraph stays the same."""

    def split(found: re.Match[str]) -> str:
        at = chance.randrange(len(found[1]) + 1)
        kept = '<w:t xml:space="preserve">'
        return f"{kept}{found[1][:at]}</w:t></w:r><w:proofErr w:type='spellStart'/><w:r>{kept}{found[1][at:]}</w:t>"

    text = main_text()
    for _ in range(chance.randrange(1, 4)):
        text = SHOWN.sub(split, text)
    return with_main(text)


def mark_paragraphs(chance: random.Random) -> bytes:
    """Strike out, insert or hide runs by tracked changes and formatting."""
    wrap = chance.choice(
        [
            ('<w:del w:id="1" w:author="a">', "</w:del>"),
            ('<w:ins w:id="1" w:author="a">', "</w:ins>"),
            ("<w:hyperlink>", "</w:hyperlink>"),
            ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        ]
    )

    def marked(found: re.Match[str]) -> str:
        return wrap[0] + found[0] + wrap[1] if chance.random() < 0.3 else found[0]

    return with_main(re.sub(r"<w:r>.*?</w:r>", marked, main_text(), flags=re.DOTALL))


def move_paragraphs(chance: random.Random) -> bytes:
    text = main_text()
    found = PARAGRAPH.findall(text)
    changed = list(found)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed.insert(at, changed[at])
            case 1:
                del changed[at]
            case _:
                changed.insert(chance.randrange(len(changed)), changed.pop(at))
    start, end = text.index(found[0]), text.rindex(found[-1]) + len(found[-1])
    return with_main(text[:start] + "".join(changed) + text[end:])


def repeat_paragraphs(chance: random.Random) -> bytes:
    """Blow the document up within the limits: one paragraph again and again, or one huge paragraph."""
    text = main_text()
    at = chance.choice([found.start() for found in PARAGRAPH.finditer(text)])
    size = chance.choice([1_000, 10_000, 40_000])
    noise = "x" * 40 if chance.random() < 0.5 else "“ipAudit” : {"
    one = f"<w:p><w:r><w:t>{noise}</w:t></w:r></w:p>"
    blown = one * size if chance.random() < 0.6 else f"<w:p><w:r><w:t>{noise * size}</w:t></w:r></w:p>"
    return with_main(text[:at] + blown + text[at:])


MUTATIONS: tuple[Callable[[random.Random], bytes], ...] = (
    flip_bytes, flip_bytes_inside, cut_archive, cut_member, lose_member, drop_tag, drop_pair, repeat_tag, encode_again,
    split_runs, mark_paragraphs, move_paragraphs, repeat_paragraphs,
)  # fmt: skip


def told(reading: Reading) -> str:
    """Return everything that the reading says of the document."""
    return msgspec.json.encode((reading.events, reading.rejects, reading.pending, reading.findings)).decode()


def shown_addresses(data: bytes) -> list[tuple[int, str]]:
    """Return every address within one text element of the main part by its paragraph, found without our reader."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(MAIN)
    declared = re.search(rb"encoding=['\"]([\w-]+)['\"]", content[:200])
    marked = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = content.decode("utf-16" if marked else declared[1].decode() if declared else "utf-8")
    opened = [found.start() for found in re.finditer(r"<w:p(?:/?>| )", text)]
    return [
        (bisect_right(opened, shown.start()), found)
        for shown in SHOWN.finditer(text)
        for found in ADDRESS.findall(shown[1])
    ]


def check_error(error: IpattrError) -> None:
    assert isinstance(error, InputError)
    assert re.search("[ぁ-んァ-ヶ一-龠]", error.ja)
    assert re.search("[a-z]{3}", error.en)
    assert "x.docx" in error.sentence("ja")
    assert "x.docx" in error.sentence("en")


def check_reading(data: bytes, reading: Reading) -> None:
    counts = reading.counts
    assert counts.conserved
    assert counts.rows == len(reading.events) + len(reading.rejects) + len(reading.pending)
    everything = told(reading)
    rejected = [reject.row for reject in reading.rejects]
    starts = rejected + [int(event.provenance.locator.rpartition(":")[2]) for event in reading.events]
    for paragraph, address in shown_addresses(data):
        if address not in everything:
            # A rejected record tells the cell it was refused for; its other cells stand at the row it names.
            assert max((row for row in starts if row <= paragraph), default=0) in rejected, (paragraph, address)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_damaged_word_document_is_an_error_or_a_conserved_reading(
    mutation: Callable[[random.Random], bytes], tmp_path: Path
) -> None:
    chance = random.Random(f"{SEED} {mutation.__name__}")  # noqa: S311 - a seeded choice, no secret
    file = tmp_path / "x.docx"
    for number in range(EACH):
        data = mutation(chance)
        file.write_bytes(data)
        began = time.perf_counter()
        try:
            reading = ipattr.read([file])
        except IpattrError as error:
            check_error(error)
        else:
            try:
                check_reading(data, reading)
            except AssertionError as error:
                error.add_note(f"case {number}")
                raise
        assert time.perf_counter() - began < SECONDS, number


def test_the_undamaged_document_is_read_in_full(tmp_path: Path) -> None:
    file = tmp_path / "x.docx"
    file.write_bytes(packed(members()))
    reading = ipattr.read([file])
    assert (reading.counts.rows, reading.counts.rejected) == (22, 2)
    assert len(shown_addresses(ORIGINAL)) == 21
    check_reading(ORIGINAL, reading)


def test_split_runs_read_to_the_same_logins(tmp_path: Path) -> None:
    file = tmp_path / "x.docx"
    file.write_bytes(ORIGINAL)
    whole = ipattr.read([file])
    chance = random.Random(SEED)  # noqa: S311 - a seeded choice, no secret
    for _ in range(EACH):
        file.write_bytes(split_runs(chance))
        split = ipattr.read([file])
        assert split.counts == whole.counts
        pairs = zip(split.events, whole.events, strict=True)
        assert all(
            (a.instant, a.address, a.port, a.account) == (b.instant, b.address, b.port, b.account) for a, b in pairs
        )


def test_both_outcomes_occur(tmp_path: Path) -> None:
    """The mutations must reach beyond the first check: many are refused, many are read."""
    file = tmp_path / "x.docx"
    outcomes = {"read": 0, "refused": 0}
    for mutation in set(MUTATIONS) - {repeat_paragraphs}:
        chance = random.Random(f"{SEED} {mutation.__name__}")  # noqa: S311 - a seeded choice, no secret
        for _ in range(4):
            file.write_bytes(mutation(chance))
            try:
                ipattr.read([file])
            except IpattrError:
                outcomes["refused"] += 1
            else:
                outcomes["read"] += 1
    assert min(outcomes.values()) >= 12, outcomes
