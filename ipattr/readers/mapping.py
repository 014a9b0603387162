"""Which column holds which field: given by the analyst, remembered for the same header row, or shipped names."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal

import msgspec

from ipattr.errors import InputError, UsageError
from ipattr.instants import Zone, parse_zone
from ipattr.model import Record, Text
from ipattr.readers.delimited import looks_like_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ipattr.readers.document import Options

LOGIN_FIELDS = (
    "time", "date", "zone", "ip", "port", "destination", "account_id", "account_name", "kind", "hostname",
    "client",
)  # fmt: skip
POST_FIELDS = ("time", "date", "zone", "url", "post_id", "account_id", "account_name")
FIELDS = tuple(dict.fromkeys(LOGIN_FIELDS + POST_FIELDS))

# A date in one column and the time of day in another; a zone in a column of its own. The names of all other fields are
# data (``Options.columns``); each field is also known by its own name.
_PARTS = {
    "date": ("date", "日付", "年月日", "接続日", "ログイン日", "アクセス日", "投稿日"),
    "zone": ("zone", "timezone", "time zone", "tz", "タイムゾーン", "時間帯"),
}

# Which of several such columns says what the login was made with is not guessed, and no reason to read nothing at all.
_OPTIONAL = frozenset({"client"})

_ASK = {
    "time": Text(ja="どの列が時刻か", en="which column is the time"),
    "ip": Text(ja="どの列が IP アドレスか", en="which column is the address"),
    "url": Text(ja="どの列が投稿の URL・ID・日時か", en="which column is the URL, the id or the time of the post"),
}
_ITEM = re.compile(r'\s*([A-Za-z_]+)\s*=\s*(?:"((?:[^"]|"")*)"|([^,"]*))\s*(,|$)')
_ZONE_WORDS = {
    "日本標準時": "JST", "日本時間": "JST", "協定世界時": "UTC", "世界標準時": "UTC",
    "utc": "UTC", "gmt": "UTC", "jst": "JST",
}  # fmt: skip
_WORDS = "|".join(_ZONE_WORDS)
_OFFSET = r"(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?"
_TRAILING_ZONE = re.compile(
    rf"(?P<base>.*?)[\s_]*(?:[(\[]\s*(?P<boxed>{_OFFSET}|{_WORDS}|z)\s*[)\]]|(?P<bare>{_WORDS}))"
)
_LEADING_ZONE = re.compile(rf"(?P<bare>{_WORDS})[\s_:]*(?P<base>.+)")


class TimeColumn(Record, frozen=True, kw_only=True):
    """A column of times; ``zone`` is the one its header states, None when the header states none."""

    index: int
    header: str
    zone: Zone | None


class Columns(Record, frozen=True, kw_only=True):
    """Where each field stands.

    ``index`` is field → column (0-based), ``time`` the column read, ``checks`` other columns of the same time that must
    agree with it. ``ours`` marks the output of this program.
    """

    headers: tuple[str, ...]
    index: Mapping[str, int]
    time: TimeColumn | None
    checks: tuple[TimeColumn, ...] = ()
    mapping: dict[str, str]
    source: Literal["shipped", "given", "remembered"]
    ours: bool = False

    @property
    def checked(self) -> Sequence[int]:
        """Return the columns (0-based) in which a control character spoils the row."""
        return tuple(self.index.values()) if self.ours else range(len(self.headers))

    @property
    def unread(self) -> tuple[str, ...]:
        """Return the headers that no field takes."""
        taken = set(self.index.values()) | {column.index for column in self.checks}
        return tuple(header for number, header in enumerate(self.headers) if number not in taken)


class MappingNeededError(InputError):
    """A field that no column holds: the question is asked on a terminal, and ends the reading elsewhere."""

    headers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


class _Remembered(Record, frozen=True, kw_only=True):
    headers: tuple[str, ...]
    mapping: dict[str, str]


class _Memory(Record, frozen=True, kw_only=True):
    version: Literal[1] = 1
    platforms: dict[str, tuple[_Remembered, ...]] = msgspec.field(default_factory=dict)


def parse_map(text: str) -> dict[str, str]:
    """Read ``time=日時,ip=IPアドレス`` into field → header; a header with a comma stands in double quotes.

    Raises UsageError on an unknown or repeated field, a missing header or a malformed list.
    """
    mapping: dict[str, str] = {}
    at = 0
    while at < len(text) or not mapping:
        item = _ITEM.match(text, at)
        if item is None or item.end() == at:
            raise UsageError(
                ja=f"--map の書き方が正しくない: {text[at:]!r}。例: --map time=日時,ip=IPアドレス",
                en=f"--map is not well formed at {text[at:]!r}; for example: --map time=Date,ip=Address",
            )
        field, quoted, plain, comma = item.groups()
        header = quoted.replace('""', '"') if quoted is not None else plain.strip()
        _check_item(field, header, mapping)
        mapping[field] = header
        at = item.end()
        if comma and at == len(text):
            break
    return mapping


def _check_item(field: str, header: str, mapping: Mapping[str, str]) -> None:
    if field not in FIELDS:
        raise UsageError(
            ja=f"--map の項目「{field}」はない。使える項目: {'、'.join(FIELDS)}。",
            en=f"--map knows no field {field!r}; the fields are: {', '.join(FIELDS)}.",
        )
    if field in mapping:
        raise UsageError(ja=f"--map に項目「{field}」が二度ある。", en=f"--map names the field {field!r} twice.")
    if not header:
        raise UsageError(ja=f"--map の項目「{field}」に列名がない。", en=f"--map gives no column for {field!r}.")


def normalise(header: str) -> str:
    """Return the header for comparison: NFKC, case-folded, without spaces, underscores and hyphens."""
    return re.sub(r"[\s_-]", "", unicodedata.normalize("NFKC", header).casefold())


def known_names(options: Options, fields: Sequence[str]) -> dict[str, str]:
    """Return normalised header → field: each field's own name, and the shipped names of the options."""
    names = {normalise(name): field for field in fields for name in (field, *_PARTS.get(field, ()))}
    for field, listed in options.columns.items():
        if field in fields:
            names.update({normalise(name): field for name in listed})
    return names


def header_zone(header: str) -> tuple[str, Zone | None]:
    """Split a header such as ``日時(JST)`` or ``time_utc`` into its name and the zone it states."""
    text = unicodedata.normalize("NFKC", header).strip().lower().translate(str.maketrans("【】〔〕", "[][]"))
    found = _TRAILING_ZONE.fullmatch(text) or _LEADING_ZONE.fullmatch(text)
    if found is None:
        return header, None
    groups = found.groupdict()
    word = groups.get("boxed") or groups["bare"]
    zone = parse_zone(_ZONE_WORDS.get(word, word.upper()))
    return (groups["base"], zone) if isinstance(zone, Zone) else (header, None)


def recognise(header: str, names: Mapping[str, str]) -> tuple[str, Zone | None] | None:
    """Return (field, zone stated) of one header, None when it is not a known name."""
    field = names.get(normalise(header))
    if field is not None:
        return field, header_zone(header)[1] if field == "time" else None
    base, zone = header_zone(header)
    if zone is None:
        return None
    field = names.get(normalise(base), "" if base.strip() else "time")
    return (field, zone) if field in {"time", "date"} else None


def resolve(name: str, headers: tuple[str, ...], *, fields: Sequence[str], options: Options) -> Columns:
    """Decide the columns of one table: given, else remembered for this very header row, else shipped names.

    Raises InputError, naming the headers, when a named column is missing or two columns claim one field.
    """
    asked, source = _asked(headers, options, fields)
    index = {field: _position(name, headers, field, header) for field, header in asked.items() if field in fields}
    _refuse_double_use(name, headers, index)
    names = known_names(options, fields)
    claims: dict[str, list[TimeColumn]] = {}
    for number, header in enumerate(headers):
        found = recognise(header, names)
        if number not in index.values() and found is not None:
            claims.setdefault(found[0], []).append(TimeColumn(index=number, header=header, zone=found[1]))
    times = claims.pop("time", [])
    if "date" not in index:
        times = _pair_date(times, claims)
    if "time" in index:
        header = headers[index["time"]]
        times = [column for column in times if column.zone is not None]
        times.insert(0, TimeColumn(index=index["time"], header=header, zone=header_zone(header)[1]))
    _refuse_rival_times(name, times)
    for field, columns in claims.items():
        if field not in index and not (field in _OPTIONAL and len(columns) > 1):
            _refuse_rivals(name, field, columns)
            index[field] = columns[0].index
    if times:
        index["time"] = times[0].index
    return Columns(
        headers=headers,
        index=index,
        time=times[0] if times else None,
        checks=tuple(times[1:]),
        mapping={field: headers[position] for field, position in index.items()},
        source=source,
    )


def _pair_date(times: list[TimeColumn], claims: dict[str, list[TimeColumn]]) -> list[TimeColumn]:
    """Take a lone date column as the time, and a date column beside a time column as its date."""
    dates = claims.pop("date", [])
    names = {normalise(name) for name in _PARTS["date"]}
    dates += [column for column in times if column.zone is None and normalise(column.header) in names]
    rest = [column for column in times if column not in dates]
    if not dates or not rest:
        return dates or rest
    claims["date"] = dates
    return rest


def _asked(
    headers: tuple[str, ...], options: Options, fields: Sequence[str]
) -> tuple[Mapping[str, str], Literal["shipped", "given", "remembered"]]:
    if any(field in fields for field in options.mapping):
        return options.mapping, "given"
    if headers in options.remembered:
        return options.remembered[headers], "remembered"
    return {}, "shipped"


def _position(name: str, headers: tuple[str, ...], field: str, header: str) -> int:
    if header in headers:
        return headers.index(header)
    alike = [number for number, other in enumerate(headers) if normalise(other) == normalise(header)]
    if len(alike) == 1:
        return alike[0]
    raise InputError(
        ja=f"{field} の列に指定された「{header}」がない。このファイルの列名: {'、'.join(headers)}。",
        en=f"The column {header!r} named for {field} is not there; the columns are: {', '.join(headers)}.",
        where=name,
    )


def _refuse_double_use(name: str, headers: tuple[str, ...], index: Mapping[str, int]) -> None:
    fields_of: dict[int, str] = {}
    for field, position in index.items():
        if position in fields_of:
            raise InputError(
                ja=f"列「{headers[position]}」が {fields_of[position]} と {field} の両方に指定された。",
                en=f"The column {headers[position]!r} was named for both {fields_of[position]} and {field}.",
                where=name,
            )
        fields_of[position] = field


def _refuse_rival_times(name: str, times: Sequence[TimeColumn]) -> None:
    """Several time columns check each other only when every one after the first states its zone."""
    if any(column.zone is None for column in times[1:]):
        raise _rivals(name, "time", [column.header for column in times])


def _refuse_rivals(name: str, field: str, columns: Sequence[TimeColumn]) -> None:
    if len(columns) > 1:
        raise _rivals(name, field, [column.header for column in columns])


def _rivals(name: str, field: str, headers: Sequence[str]) -> InputError:
    return InputError(
        ja=f"{field} とみられる列が複数ある({'、'.join(headers)})。--map {field}=列名 で一つを指定されたい。",
        en=f"Several columns could be {field} ({', '.join(headers)}); name one with --map {field}=….",
        where=name,
    )


def question(field: str) -> Text:
    """Return the question about one field: which column it is."""
    return _ASK.get(field, Text(ja=f"どの列が {field} か", en=f"which column is {field}"))


def ask(name: str, headers: tuple[str, ...], *fields: str) -> MappingNeededError:
    """Return the one clear question about fields that no column holds."""
    questions = [question(field) for field in fields]
    listed = ",".join(f"{field}=…" for field in fields)
    asked = MappingNeededError(
        ja=f"{'、'.join(text.ja for text in questions)}決められない。--map {listed} で列名を指定されたい。"
        f"列名: {'、'.join(headers)}。",
        en=f"It is not clear {' and '.join(text.en for text in questions)}; name it with --map {listed}. "
        f"The columns are: {', '.join(headers)}.",
        where=name,
    )
    asked.headers, asked.fields = headers, fields
    return asked


def load_remembered(path: Path, platform: str) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the answers kept for a platform: header row → (field → header); empty when there is no file.

    Raises InputError when the file is not what ``remember`` writes.
    """
    return {entry.headers: entry.mapping for entry in _load(path).platforms.get(platform, ())}


def remember(path: Path, platform: str, headers: Sequence[str], mapping: Mapping[str, str]) -> None:
    """Keep one answer for the next file with the very same header row; the file holds header names only.

    Raises InputError when a header looks like data (then it may hold an address), or the file cannot be written.
    """
    if any(looks_like_data(header) for header in headers):
        raise InputError(
            ja="見出しにデータとみられる値があるため、対応付けを保存しない。",
            en="A column name looks like data, so the mapping is not kept.",
            where=path.name,
        )
    memory = _load(path)
    entry = _Remembered(headers=tuple(headers), mapping=dict(mapping))
    kept = tuple(other for other in memory.platforms.get(platform, ()) if other.headers != entry.headers)
    content = msgspec.json.encode(_Memory(platforms={**memory.platforms, platform: (*kept, entry)}))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, msgspec.json.format(content, indent=2) + b"\n")
    except OSError as error:
        raise InputError(
            ja=f"対応付けを保存できない({error.strerror})。",
            en=f"The mapping cannot be kept ({error.strerror}).",
            where=path.name,
        ) from None


def write_private(path: Path, data: bytes) -> None:
    """Replace the file in one step by one that its owner alone may read (mode 0600); raise OSError."""
    import os

    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(fresh, flags, 0o600), "wb") as stream:
        stream.write(data)
    fresh.replace(path)


def _load(path: Path) -> _Memory:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Memory)
    except FileNotFoundError:
        return _Memory()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(
            ja=f"対応付けの記録が読めない({error})。ファイルを消せば作り直す。",
            en=f"The file of kept mappings cannot be read ({error}); delete it and it is made anew.",
            where=path.name,
        ) from None
