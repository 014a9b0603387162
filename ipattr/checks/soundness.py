"""Whether a result that comes from a file is one that this program could have made: it may have been cut or edited."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
from msgspec import inspect

from ipattr.addresses import to_number
from ipattr.days import FIRST_YEAR, LAST_YEAR
from ipattr.errors import InputError
from ipattr.model import Address, Candidate, Case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipattr.model import Counts

_LONGEST_GAP = (LAST_YEAR - FIRST_YEAR + 1) * 366 * 86_400.0
_YEAR = re.compile(r"[0-9]{4}(?![0-9])", re.ASCII)
_SEEN = ("first_seen", "last_seen")


def refuse_unsound(case: Case, where: str) -> None:
    """Raise InputError, led by ``where`` and a key path, for the first thing in which ``case`` contradicts itself.

    Checked is what every output relies on: references that lead somewhere, numbers and ids that name one thing, counts
    that add up to the rows there are, strict addresses, times in UTC and no date outside ``FIRST_YEAR``–``LAST_YEAR``.
    """
    _keys(case, where)
    _ids(case, where)
    _summary(case, where)
    _counts(case, where)
    for path, value in _leaves(case, "$"):
        if isinstance(value, date):
            _date(value, f"{where}: {path}")
        else:
            _address(value, f"{where}: {path}")
    for key, found in case.candidate_sets.items():
        for number, candidate in enumerate(found.candidates):
            _seen(candidate, f"{where}: $.candidate_sets.{key}.candidates[{number}]")


def _keys(case: Case, where: str) -> None:
    for index, row in enumerate(case.rows):
        for name, key, table in (
            ("attribution", row.attribution, case.attributions),
            ("search_key", row.search_key, case.search_keys),
            ("deadline", row.deadline, case.deadlines),
            ("candidates", row.candidates, case.candidate_sets),
            ("registration", row.registration, case.registrations),
        ):
            if key not in table and (key or table or name != "registration"):
                _refuse_loose(key, f"{where}: $.rows[{index}].{name}")


def _ids(case: Case, where: str) -> None:
    logins = {row.login.id for row in case.rows}
    posts = {post.id for post in case.posts}
    for path, ids in (
        ("rows[*].number", [row.number for row in case.rows]),
        ("rows[*].login.id", [row.login.id for row in case.rows]),
        ("posts[*].id", [post.id for post in case.posts]),
    ):
        if (twice := _twice(ids)) is not None:
            _refuse_edited(
                ja=f"「{_short(twice)}」が二度使われている",
                en=f"{_short(twice)!r} is used twice",
                where=f"{where}: $.{path}",
            )
    if any(row.number < 1 for row in case.rows):
        _refuse_edited(ja="行の番号が1より小さい", en="a row has a number below 1", where=f"{where}: $.rows[*].number")
    for index, link in enumerate(case.links):
        for name, key, known in (("login", link.login, logins), ("post", link.post, posts)):
            if key not in known:
                _refuse_loose(key, f"{where}: $.links[{index}].{name}")
        if abs(link.gap_seconds) > _LONGEST_GAP:
            _refuse_edited(
                ja="投稿とログインの差が長すぎる",
                en="a post and a login lie too far apart",
                where=f"{where}: $.links[{index}].gap_seconds",
            )


def _summary(case: Case, where: str) -> None:
    counted = Counter(number for entry in case.summary for number in entry.rows)
    numbers = Counter(row.number for row in case.rows)
    if counted != numbers:
        odd = min((counted - numbers) + (numbers - counted))
        _refuse_edited(
            ja=f"No.{_short(odd)} が、請求先ごとの集計のちょうど一箇所にない",
            en=f"No. {_short(odd)} does not stand once in the summary by addressee",
            where=f"{where}: $.summary",
        )


def _counts(case: Case, where: str) -> None:
    posts = case.post_counts
    rejected = case.counts.rejected + (posts.rejected if posts is not None else 0)
    read = case.counts.ok + case.counts.review, len(case.rows) + len(case.pending)
    agree = read[0] == read[1] and rejected == len(case.rejects)
    if posts is not None:
        agree = agree and posts.ok + posts.review == len(case.posts)
    inputs = (entry.counts for entry in (*case.inputs, *case.post_inputs))
    if not agree or not all(map(_adds_up, (case.counts, *inputs, *((posts,) if posts is not None else ())))):
        _refuse_edited(
            ja="行数が合わない(読込 = 正常 + 要確認 + 不採用、かつ実際の行数)",
            en="the counts of rows do not add up (read = ok + review + rejected, and the rows there are)",
            where=f"{where}: $.counts",
        )


def _adds_up(counts: Counts) -> bool:
    return counts.conserved and min(counts.rows, counts.ok, counts.review, counts.rejected) >= 0


def _date(value: date, where: str) -> None:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        _refuse_edited(
            ja=f"{value.year}年は {FIRST_YEAR}~{LAST_YEAR} 年の外である",
            en=f"the year {value.year} lies outside {FIRST_YEAR} to {LAST_YEAR}",
            where=where,
        )
    if isinstance(value, datetime) and value.utcoffset() != UTC.utcoffset(None):
        _refuse_edited(ja="UTC の時刻でない", en="the time is not in UTC", where=where)


def _address(value: Address, where: str) -> None:
    for name, text, version in (("text", value.text, value.version), ("embedded", value.embedded, 4)):
        if text is not None and not _is_strict(text, version):
            _refuse_edited(
                ja=f"「{_short(text)}」は IPv{version} アドレスではない",
                en=f"{_short(text)!r} is no IPv{version} address",
                where=f"{where}.{name}",
            )


def _is_strict(text: str, version: int) -> bool:
    try:
        return to_number(text)[0] == version
    except ValueError:
        return False


def _seen(candidate: Candidate, where: str) -> None:
    for name in _SEEN:
        year = _YEAR.match(getattr(candidate, name))
        if year is not None and not FIRST_YEAR <= int(year[0]) <= LAST_YEAR:
            _refuse_edited(
                ja=f"{year[0]}年は {FIRST_YEAR}~{LAST_YEAR} 年の外である",
                en=f"the year {year[0]} lies outside {FIRST_YEAR} to {LAST_YEAR}",
                where=f"{where}.{name}",
            )


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - whatever a case holds
    """Yield every date, time and address below ``value`` with its key path; fields that can hold none are left out."""
    if isinstance(value, (date, Address)):
        yield path, value
    if isinstance(value, msgspec.Struct):
        for name in _holding(type(value)):
            yield from _leaves(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}[{number}]")
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{_short(key)}")


@cache
def _holding(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the fields of a record that can hold a date, a time or an address, however deep."""
    described = inspect.type_info(kind)
    fields: Iterable[inspect.Field] = getattr(described, "fields", ())
    return tuple(field.name for field in fields if _holds(field.type))


def _holds(kind: inspect.Type) -> bool:
    inside: Iterable[inspect.Type] = ()
    match kind:
        case inspect.DateType() | inspect.DateTimeType():
            return True
        case inspect.StructType() if issubclass(kind.cls, Address):
            return True
        case inspect.StructType():
            inside = (field.type for field in kind.fields)
        case inspect.UnionType():
            inside = kind.types
        case inspect.VarTupleType():
            inside = (kind.item_type,)
        case inspect.TupleType():
            inside = kind.item_types
        case inspect.DictType():
            inside = (kind.value_type,)
    return any(map(_holds, inside))


def _twice(ids: list[Any]) -> object | None:
    return next((one for one, count in Counter(ids).items() if count > 1), None)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - as much as a sentence takes


def _refuse_loose(key: str, where: str) -> NoReturn:
    raise InputError(
        ja=f"参照先「{_short(key)}」が結果の中にない。結果のファイルが切れているか、書き換えられている。",
        en=f"It points at {_short(key)!r}, which the result does not hold; the file was cut or edited.",
        where=where,
    )


def _refuse_edited(*, ja: str, en: str, where: str) -> NoReturn:
    raise InputError(
        ja=f"{ja}。結果のファイルが切れているか、書き換えられている。",
        en=f"{en[0].upper()}{en[1:]}; the file was cut or edited.",
        where=where,
    )
