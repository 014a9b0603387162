"""Time notations with truth by construction, under five host time zones and every locale that can be had.

The corpus is built forwards: a UTC instant, a zone and a notation make a text, so the right answer is known without
reading it. Run as a script (one process per environment) this file prints what went wrong.
"""

from __future__ import annotations

import json
import locale
import os
import random
import shutil
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.instants import Zone, format_instant, parse_instant, parse_zone, snowflake_instant
from ipattr.model import Instant, Precision, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST_ZONES = ("UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/London")
LOCALES = ("C", "C.UTF-8", "ja_JP.UTF-8", "de_DE.UTF-8")
HOST_OFFSETS = {"UTC": 0, "Asia/Tokyo": 540, "America/Los_Angeles": -480, "Pacific/Kiritimati": 840, "Europe/London": 0}

KANJI_DAYS = "月火水木金土日"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}

Wall = datetime


def _era(wall: Wall) -> str:
    if wall.date() >= date(2019, 5, 1):
        return f"令和{'元' if wall.year == 2019 else wall.year - 2018}"
    return f"平成{wall.year - 1988}"


def _twelve(wall: Wall) -> str:
    return f"{wall.hour % 12}"


def _kanji_clock(wall: Wall) -> str:
    return f"{wall.hour}時{wall.minute:02}分{wall.second:02}秒"


def _clock(wall: Wall) -> str:
    return f"{wall.hour:02}:{wall.minute:02}:{wall.second:02}"


def _ymd(wall: Wall, separator: str = "-") -> str:
    return f"{wall.year}{separator}{wall.month:02}{separator}{wall.day:02}"


def _ms(wall: Wall) -> str:
    return f"{wall.microsecond // 1000:03}"


def _half(wall: Wall) -> str:
    return "午前" if wall.hour < 12 else "午後"


NOTATIONS: dict[str, tuple[Precision, Callable[[Wall, str], str]]] = {
    "iso-ms": ("ms", lambda w, z: f"{_ymd(w)}T{_clock(w)}.{_ms(w)}{z}"),
    "iso-s": ("s", lambda w, z: f"{_ymd(w)}T{_clock(w)}{z}"),
    "iso-min": ("min", lambda w, z: f"{_ymd(w)}T{w.hour:02}:{w.minute:02}{z}"),
    "iso-comma": ("ms", lambda w, z: f"{_ymd(w)}T{_clock(w)},{_ms(w)}{z}"),
    "iso-basic": ("s", lambda w, z: f"{_ymd(w, '')}T{_clock(w).replace(':', '')}{z}"),
    "space": ("s", lambda w, z: f"{_ymd(w)} {_clock(w)}{z}"),
    "space-cs": ("cs", lambda w, z: f"{_ymd(w)} {_clock(w)}.{w.microsecond // 10000:02}{z}"),
    "space-min": ("min", lambda w, z: f"{_ymd(w)} {w.hour:02}:{w.minute:02}{z}"),
    "slash": ("s", lambda w, z: f"{_ymd(w, '/')} {_clock(w)}{z}"),
    "slash-loose": ("s", lambda w, z: f"{w.year}/{w.month}/{w.day} {w.hour}:{w.minute:02}:{w.second:02}{z}"),
    "slash-wide": ("s", lambda w, z: f"{_ymd(w, '/')} {_clock(w)}{z}".translate(WIDE)),
    "dots": ("s", lambda w, z: f"{_ymd(w, '.')} {_clock(w)}{z}"),
    "board": (
        "cs",
        lambda w, z: f"{_ymd(w, '/')}({KANJI_DAYS[w.weekday()]}) {_clock(w)}.{w.microsecond // 10000:02}{z}",
    ),
    "kanji": ("s", lambda w, z: f"{w.year}年{w.month}月{w.day}日 {_kanji_clock(w)}{z}"),
    "kanji-day": (
        "s",
        lambda w, z: f"{w.year}年{w.month}月{w.day}日（{KANJI_DAYS[w.weekday()]}曜日）{_kanji_clock(w)}{z}",
    ),
    "kanji-half": (
        "min",
        lambda w, z: f"{w.year}年{w.month}月{w.day}日 {_half(w)}{_twelve(w)}時{w.minute}分{z}",
    ),
    "era": ("s", lambda w, z: f"{_era(w)}年{w.month}月{w.day}日{_kanji_clock(w)}{z}"),
    "era-wide": ("s", lambda w, z: f"{_era(w)}年{w.month}月{w.day}日 {_kanji_clock(w)}{z}".translate(WIDE)),
    "era-half": (
        "s",
        lambda w, z: f"{_era(w)}年{w.month}月{w.day}日 {_half(w)}{_twelve(w)}時{w.minute:02}分{w.second:02}秒{z}",
    ),
    "us-long": ("s", lambda w, z: f"{LONG_MONTHS[w.month - 1]} {w.day}, {w.year} {_clock(w)}{z}"),
    "mail": ("s", lambda w, z: f"{DAYS[w.weekday()]}, {w.day} {MONTHS[w.month - 1]} {w.year} {_clock(w)}{z}"),
    "log": ("s", lambda w, z: f"{w.day:02}/{MONTHS[w.month - 1]}/{w.year}:{_clock(w)}{z}"),
}  # fmt: skip
TWELVE_HOUR: dict[
    str, tuple[Precision, Callable[[Wall, str], str]]
] = {  # only where the hour is not twelve: that is refused
    "us-am": (
        "s",
        lambda w, z: (
            f"{MONTHS[w.month - 1]} {w.day}, {w.year} {_twelve(w)}:{_clock(w)[3:]} {'AM' if w.hour < 12 else 'PM'}{z}"
        ),
    ),
    "iso-am": ("s", lambda w, z: f"{_ymd(w)} {_twelve(w)}:{_clock(w)[3:]} {'am' if w.hour < 12 else 'pm'}{z}"),
}
ZONES = (
    ("Z", 0), (" Z", 0), (" UTC", 0), (" GMT", 0), (" (UTC)", 0), (" JST", 540), (" (JST)", 540), ("（ＪＳＴ）", 540),
    (" 日本時間", 540), ("+09:00", 540), ("+0900", 540), ("+09", 540), (" +09:00", 540), (" UTC+9", 540),
    (" UTC+09:00", 540), (" GMT+0900", 540), (" UTC-5", -300), ("-08:00", -480), ("-0330", -210), ("+05:45", 345),
    ("+14:00", 840), ("-12:00", -720), (" Asia/Tokyo", 540),
)  # fmt: skip
START = datetime(1990, 1, 1)  # noqa: DTZ001 - a wall time to count steps from
STEP = {
    "ms": timedelta(milliseconds=1),
    "cs": timedelta(milliseconds=10),
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
}


def _instants() -> list[datetime]:
    dice = random.Random(20241121)  # noqa: S311 - a fixed corpus, no secret
    chosen = [
        datetime(2006, 3, 21, 12, tzinfo=UTC) + timedelta(milliseconds=dice.randrange(30 * 365 * 86_400_000))
        for _ in range(30)
    ]
    edges = (
        "2019-04-30T14:59:59.999", "2019-04-30T15:00:00.000", "2020-02-29T23:59:59.990", "2023-12-31T15:00:00.000",
        "2024-03-10T10:00:00.000", "2024-11-03T08:59:59.120", "2024-10-27T01:00:00.000", "2023-11-21T02:10:15.000",
    )  # fmt: skip
    return chosen + [datetime.fromisoformat(edge).replace(tzinfo=UTC) for edge in edges]


def _cut(wall: Wall, precision: Precision) -> Wall:
    return wall - (wall - START) % STEP[precision]


def _pacific(utc: datetime) -> tuple[str, str, int]:
    """Return the right and the wrong abbreviation by the US rule since 2007, and the offset in minutes."""
    march = date(utc.year, 3, 8)
    november = date(utc.year, 11, 1)
    start = march + timedelta(days=6 - march.weekday())
    end = november + timedelta(days=6 - november.weekday())
    begins = datetime(utc.year, 3, start.day, 10, tzinfo=UTC)
    ends = datetime(utc.year, 11, end.day, 9, tzinfo=UTC)
    return ("PDT", "PST", -420) if begins <= utc < ends else ("PST", "PDT", -480)


def corpus() -> list[tuple[str, str, datetime, Precision, int]]:
    """Return (text, the same without its zone, the UTC truth, precision, offset in minutes) for every case."""
    cases = []
    for number, utc in enumerate(_instants()):
        for index, (precision, notation) in enumerate((NOTATIONS | TWELVE_HOUR).values()):
            for turn in range(3):
                suffix, offset = ZONES[(number * 7 + index * 3 + turn * 5) % len(ZONES)]
                wall = _cut(utc.replace(tzinfo=None) + timedelta(minutes=offset), precision)
                if index >= len(NOTATIONS) and wall.hour % 12 == 0:
                    continue
                if index >= len(NOTATIONS) and suffix == "Z":
                    suffix = " Z"
                truth = (wall - timedelta(minutes=offset)).replace(tzinfo=UTC)
                cases.append((notation(wall, suffix), notation(wall, ""), truth, precision, offset))
    return cases


def judge() -> dict[str, object]:
    """Read the whole corpus and report what was read wrongly, guessed, or refused."""
    wrong, guessed, texts = [], [], set()
    for text, bare, truth, precision, offset in corpus():
        texts.add(text)
        found = parse_instant(text)
        if not isinstance(found, Instant) or (found.utc, found.precision) != (truth, precision):
            wrong.append(text)
        silent = parse_instant(bare)
        if not isinstance(silent, Refusal) or silent.code != "IPA161":
            guessed.append(bare)
        declared = parse_instant(bare, zone=Zone(text="declared", offset=offset))
        if not isinstance(declared, Instant) or (declared.utc, declared.zone_source) != (truth, "declared"):
            wrong.append(f"{bare} (declared)")
    pacific = _judge_pacific()
    return {"texts": len(texts), "wrong": wrong + pacific + _judge_round_trip(), "guessed": guessed}


def _judge_pacific() -> list[str]:
    wrong = []
    for utc in _instants():
        if utc.year < 2007:
            continue
        right, other, offset = _pacific(utc)
        wall = (utc + timedelta(minutes=offset)).replace(tzinfo=None)
        text = f"{_ymd(wall)} {_clock(wall)}.{_ms(wall)}"
        found = parse_instant(f"{text} {right}")
        if not isinstance(found, Instant) or found.utc != utc:
            wrong.append(f"{text} {right}")
        elsewhere = utc + timedelta(minutes=offset + 420 if other == "PDT" else offset + 480)
        if _pacific(elsewhere)[0] == other:
            continue  # in the doubled hour both abbreviations name a moment
        refused = parse_instant(f"{text} {other}")
        if not isinstance(refused, Refusal) or refused.code != "IPA174":
            wrong.append(f"{text} {other}")
    return wrong


def _judge_round_trip() -> list[str]:
    wrong = []
    precisions: tuple[Precision, ...] = ("ms", "cs", "s", "min")
    for utc in _instants():
        for precision in precisions:
            truth = _cut(utc.replace(tzinfo=None), precision).replace(tzinfo=UTC)
            texts = [
                format_instant(utc, zone=zone, style=style, precision=precision)
                for zone in ("UTC", "JST")
                for style in ("iso", "slash", "reiwa")
            ]
            for text in texts:
                found = parse_instant(text, form_zone=Zone(text="JST", offset=540))
                if not isinstance(found, Instant) or (found.utc, found.precision) != (truth, precision):
                    wrong.append(text)
    return wrong


def main() -> None:
    """Judge the corpus in this process's environment and print the result with proof of that environment."""
    try:
        used = locale.setlocale(locale.LC_ALL, "")
    except locale.Error:
        used = ""
    winter = time.localtime(1705320000).tm_gmtoff // 60
    sys.stdout.write(json.dumps({"locale": used, "offset": winter, **judge()}))


def _locale_path(name: str, folder: Path) -> Path | None:
    """Compile a locale the system lacks, where it can; None where the compiler or its sources are missing."""
    compiler = shutil.which("localedef")
    if compiler is None:
        return None
    language, _, charset = name.partition(".")
    made = subprocess.run(
        [compiler, "-i", language, "-f", charset, str(folder / name)], check=False, capture_output=True
    )
    return folder if made.returncode == 0 else None


def _run(host_zone: str, name: str, folder: Path | None) -> dict[str, object]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
    environment |= {"TZ": host_zone, "LC_ALL": name, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    if folder is not None:
        environment["LOCPATH"] = str(folder)
    done = subprocess.run(
        [sys.executable, __file__], env=environment, check=True, capture_output=True, encoding="ascii"
    )
    result: dict[str, object] = json.loads(done.stdout)
    return result


def _usable(name: str, folder: Path) -> tuple[bool, Path | None]:
    saved = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        made = _locale_path(name, folder)
        return made is not None, made
    finally:
        locale.setlocale(locale.LC_ALL, saved)
    return True, None


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has no TZ environment variable")
@pytest.mark.parametrize("name", LOCALES)
def test_notations_under_every_host_zone(name: str, tmp_path: Path) -> None:
    """2,000 and more notations: no wrong instant and no guessed zone, whatever the host's zone and locale."""
    usable, folder = _usable(name, tmp_path)
    if not usable:
        pytest.skip(f"locale {name} is absent here and cannot be compiled")
    for host_zone in HOST_ZONES:
        result = _run(host_zone, name, folder)
        assert result["locale"] == name
        assert result["offset"] == HOST_OFFSETS[host_zone]
        assert (result["wrong"], result["guessed"]) == ([], [])
        assert isinstance(result["texts"], int)
        assert result["texts"] >= 2000


@settings(max_examples=1500)
@given(st.sampled_from(corpus()), st.data())
def test_mutated_times_never_raise_nor_invent_a_zone(
    case: tuple[str, str, datetime, Precision, int], data: st.DataObject
) -> None:
    """A changed character makes another time or a refusal; whatever is read bears a zone that stands in the text."""
    text = case[0]
    at = data.draw(st.integers(0, len(text) - 1))
    replacement = data.draw(
        st.sampled_from(["", text[at] * 2, "0", "9", ":", "-", "/", "T", "Z", " ", "午", "年", "+", "٣", "\x00"])
    )
    found = parse_instant(text[:at] + replacement + text[at + 1 :])
    if isinstance(found, Instant):
        assert found.zone_source == "written"
        assert found.zone in found.raw.translate({wide: narrow for narrow, wide in WIDE.items()})
    else:
        assert found.reason.ja
        assert found.reason.en


@given(st.text(alphabet="0123456789-/.:T Z+年月日時分秒令和元午前後AMPJSTUCNov,()[]~頃٣\u3000\x00", max_size=40))
def test_any_text_is_an_instant_or_a_refusal(text: str) -> None:
    """No text raises, with or without declarations."""
    for found in (parse_instant(text), parse_instant(text, epoch="ms"), parse_instant(text, epoch="s")):
        assert isinstance(found, Instant | Refusal)
    assert isinstance(parse_zone(text), Zone | Refusal)
    assert isinstance(snowflake_instant(text), Instant | Refusal)


def test_the_judge_can_fail() -> None:
    """The corpus holds what it claims: distinct texts, truths that differ from the wall clock, all notations."""
    cases = corpus()
    assert len({text for text, *_ in cases}) >= 2000
    assert len({bare for _, bare, *_ in cases}) >= 900
    assert sum(offset != 0 for *_, offset in cases) > len(cases) // 2
    assert {precision for *_, precision, _ in cases} == {"ms", "cs", "s", "min"}


if __name__ == "__main__":
    main()
