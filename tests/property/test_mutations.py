"""Damaged inputs: each gives one clear error in both languages, or a reading from which nothing has vanished."""

from __future__ import annotations

import io
import random
import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from ipattr.errors import InputError, IpattrError, UsageError
from ipattr.readers import Options, read, read_posts

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.model import Reading
    from ipattr.registry import Registry

SEED = 20261121
CASES = 720
ADDRESSES = ("1.0.16.1", "27.80.100.23", "126.33.44.55", "133.106.77.88", "2400:4050:1::25", "10.20.30.40")
TIMES = tuple(f"2024-05-0{day}T1{day}:20:3{day}" for day in range(1, len(ADDRESSES) + 1))
PAIRS = tuple(zip(TIMES, ADDRESSES, strict=True))

COMMA = "time,ip,port,account_id,memo\n" + "".join(
    f'{time}Z,{address},{50000 + number},123456789{number},"note, {number}"\n'
    for number, (time, address) in enumerate(PAIRS)
)
JAPANESE = "日時(JST)\tIPアドレス\tユーザーID\t備考\r\n" + "".join(
    f"{time.replace('T', ' ')}\t{address}\t12345\t開示分\r\n" for time, address in PAIRS
)
RETURN = "1. @somebody\n" + "".join(
    f"“ipAudit” : {{\n“accountId” : “235505178”,\n“createdAt” : “{time}.000Z”,\n“loginIp” : “{address}”\n}}\n"
    for time, address in PAIRS
)
STRAIGHT = RETURN.translate(str.maketrans("“”", '""'))
ARCHIVE = (
    "window.YTD.ip_audit.part0 = [\n"
    + ",\n".join(
        f'  {{ "ipAudit" : {{ "accountId" : "235505178", "createdAt" : "{time}.000Z", "loginIp" : "{address}" }} }}'
        for time, address in PAIRS
    )
    + "\n]\n"
)
OURS = "\ufeff" + "".join(
    ",".join(f'"{cell}"' for cell in cells) + "\r\n"
    for cells in (
        ("row", "ipattr_schema", "status", "utc", "ip", "account_id", "kind", "raw"),
        *((str(n), "1", "ok", f"{time}Z", address, "'12", "login", "") for n, (time, address) in enumerate(PAIRS)),
        ("", "1", "rejected", "", "", "", "", "a\r\nb"),
    )
)
BASES: tuple[tuple[str, str], ...] = (
    (COMMA, "utf-8"),
    (JAPANESE, "cp932"),
    (JAPANESE, "utf-16"),
    (JAPANESE, "utf-8-sig"),
    (RETURN, "utf-8"),
    (STRAIGHT, "utf-8"),
    (ARCHIVE, "utf-8"),
    (OURS, "utf-8"),
)
POSTS = "url,time\n" + "".join(
    f"https://x.com/somebody/status/17900000001234567{number}9,\n" for number in range(len(PAIRS))
)
LINKS = POSTS.partition("\n")[2].replace(",", "")

ODDITIES = "\"'“”\u2028\u0085\u00a0\ufeff\u200b\x0b\x0c\x1b\x7f\x00\t;,|{}[]#=＝０：\r\n"


def _spot(chance: random.Random, text: str) -> int:
    return chance.randrange(len(text) + 1)


def _insert(chance: random.Random, text: str) -> str:
    at = _spot(chance, text)
    return text[:at] + chance.choice(ODDITIES) + text[at:]


def _delete(chance: random.Random, text: str) -> str:
    at = _spot(chance, text)
    return text[:at] + text[at + chance.randrange(1, 6) :]


def _quote(chance: random.Random, text: str) -> str:
    at = chance.choice([0, *(found.end() for found in re.finditer(r"[,\t\n]", text))])
    return text[:at] + '"' + text[at:]


def _unquote(chance: random.Random, text: str) -> str:
    found = [match.start() for match in re.finditer('["“”]', text)]
    at = chance.choice(found) if found else 0
    return text[:at] + text[at + 1 :]


def _extra_cell(chance: random.Random, text: str) -> str:
    at = chance.choice([0, *(found.start() for found in re.finditer(r"[,\t]", text))])
    return text[:at] + chance.choice(",\t;") + text[at:]


def _fewer_cells(chance: random.Random, text: str) -> str:
    found = [match.start() for match in re.finditer(r"[,\t]", text)]
    at = chance.choice(found) if found else 0
    return text[:at] + text[at + 1 :]


def _truncate(chance: random.Random, text: str) -> str:
    return text[: _spot(chance, text)]


def _line_ends(chance: random.Random, text: str) -> str:
    return re.sub(r"\r\n|\n", lambda found: chance.choice(["\r\n", "\n", "\r", found[0]]), text)


def _shuffle_lines(chance: random.Random, text: str) -> str:
    rows = text.split("\n")
    chance.shuffle(rows)
    return "\n".join(rows)


def _repeat_line(chance: random.Random, text: str) -> str:
    rows = text.split("\n")
    at = chance.randrange(len(rows))
    return "\n".join([*rows[: at + 1], *rows[at:]])


def _repeat_header(chance: random.Random, text: str) -> str:
    first, end, rest = text.partition("\n")
    cells = re.split(r"[,\t]", first)
    return first.replace(chance.choice(cells), chance.choice(cells), 1) + end + rest


def _same(_chance: random.Random, text: str) -> str:
    return text


TEXT_MUTATIONS: tuple[Callable[[random.Random, str], str], ...] = (
    _insert, _delete, _quote, _unquote, _extra_cell, _fewer_cells, _truncate, _line_ends, _shuffle_lines, _repeat_line,
    _repeat_header, _same,
)  # fmt: skip


def _flip(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _keep(_chance: random.Random, data: bytes) -> bytes:
    return data


BYTE_MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (_keep, _keep, _keep, _flip, _cut)


def _mutated(chance: random.Random, base: tuple[str, str]) -> bytes:
    text, encoding = base
    for _ in range(chance.randrange(1, 4)):
        text = chance.choice(TEXT_MUTATIONS)(chance, text)
    if chance.random() < 0.1:
        encoding = chance.choice(["utf-8", "cp932", "utf-16-le", "utf-8-sig"])
    return chance.choice(BYTE_MUTATIONS)(chance, text.encode(encoding, "replace"))


def _everything(reading: Reading) -> str:
    """Return every text of the reading: what is in the input and nowhere here has vanished."""
    encoded = msgspec.json.encode((reading.events, reading.posts, reading.rejects, reading.pending, reading.findings))
    return "\n".join(_texts(msgspec.json.decode(encoded)))


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []


def _check_error(error: IpattrError) -> None:
    assert isinstance(error, InputError | UsageError)
    assert re.search("[ぁ-んァ-ヶ一-龠]", error.ja)
    assert re.search("[a-z]{3}", error.en)
    assert error.where or isinstance(error, UsageError)


def _check_logins(data: bytes, reading: Reading) -> None:
    counts = reading.counts
    assert counts.conserved
    assert counts.rows == len(reading.events) + len(reading.rejects) + len(reading.pending)
    entry = reading.inputs[0]
    text = data.decode(entry.encoding).removeprefix("\ufeff")
    if entry.form == "table":
        blank = ' "\u00a0\u3000\t' + ("" if "日時" in text else ",")
        content = [row for row in re.split(r"\r\n|\r|\n", text) if row.strip(blank)]
        while content and content[0].startswith("#"):
            del content[0]
        if '"' not in text:
            assert counts.rows == len(content) - 1
        else:
            assert 2 * counts.rows >= len(content) - 1
    for address in ADDRESSES:
        _check_present(rf"(?<![0-9A-Za-z.:]){re.escape(address)}(?![0-9A-Za-z.:])", text, reading)


def _check_present(pattern: str, text: str, reading: Reading) -> None:
    """Every place of the pattern is told of in the reading, or lies in a record that was rejected at its row."""
    if re.search(pattern, _everything(reading)):
        return
    rejected = [reject.row for reject in (*reading.rejects, *reading.pending)]
    read_rows = [int(record.provenance.locator.rpartition(":")[2]) for record in (*reading.events, *reading.posts)]
    for found in re.finditer(pattern, text):
        row = len(re.split(r"\r\n|\r|\n", text[: found.start()]))
        start = max((other for other in rejected + read_rows if other <= row), default=0)
        assert start in rejected, (found[0], row, reading.inputs[0].form)


@pytest.mark.parametrize("part", range(8))
def test_a_damaged_log_is_an_error_or_a_reading_that_lost_nothing(registry: Registry, part: int) -> None:
    chance = random.Random(SEED + part)  # noqa: S311 - a seeded choice, no secret
    options = Options(columns=registry.columns)
    base = BASES[part]
    outcomes = {"read": 0, "refused": 0}
    for number in range(CASES // len(BASES)):
        data = _mutated(chance, base)
        try:
            reading = read(["-"], specials=registry.specials, options=options, stdin=io.BytesIO(data))
        except IpattrError as error:
            _check_error(error)
            outcomes["refused"] += 1
            continue
        try:
            _check_logins(data, reading)
        except AssertionError as error:
            error.add_note(f"base {part}, case {number}: {data!r}")
            raise
        outcomes["read"] += 1
    assert min(outcomes.values()) >= 5, outcomes


@pytest.mark.parametrize(("text", "encoding"), BASES)
def test_the_undamaged_bases_are_read_in_full(registry: Registry, text: str, encoding: str) -> None:
    data = text.encode(encoding)
    options = Options(columns=registry.columns)
    reading = read(["-"], specials=registry.specials, options=options, stdin=io.BytesIO(data))
    assert [event.address.text for event in reading.events] == list(ADDRESSES)
    _check_logins(data, reading)


@pytest.mark.parametrize("text", [POSTS, LINKS])
def test_damaged_posts_are_an_error_or_a_conserved_reading(registry: Registry, text: str) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a seeded choice, no secret
    options = Options(columns=registry.columns, platform="x")
    read_in_full = 0
    for _ in range(80):
        data = _mutated(chance, (text, "utf-8"))
        try:
            reading = read_posts(["-"], specials=registry.specials, options=options, stdin=io.BytesIO(data))
        except IpattrError as error:
            _check_error(error)
            continue
        assert reading.counts.conserved
        assert reading.counts.rows == len(reading.posts) + len(reading.rejects)
        text_read = data.decode(reading.inputs[0].encoding)
        for number in range(len(PAIRS)):
            _check_present(rf"(?<!\d)17900000001234567{number}9(?!\d)", text_read, reading)
        read_in_full += reading.counts.rows == len(PAIRS)
    assert read_in_full >= 10
