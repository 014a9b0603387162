"""What a newer disclosure changes against an older one, row by row; and rows that two inputs have in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import Finding, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from ipattr.model import Level, LoginEvent, Reading

    Key = Callable[[LoginEvent], Hashable]


_LISTED_GROUPS = 10
_LISTED_ROWS = 5
# Zone offsets lie between -12 and +14 hours in quarters of an hour.
_WIDEST_OFFSET, _QUARTER_HOUR = 26 * 3600, 900


class Changed(NamedTuple):
    """One login of the older disclosure and what stands in its place in the newer one."""

    old: LoginEvent
    new: LoginEvent


class Differences(NamedTuple):
    """The logins of two disclosures against each other; each login of either stands in exactly one place."""

    added: tuple[LoginEvent, ...]
    removed: tuple[LoginEvent, ...]
    changed: tuple[Changed, ...]
    unchanged: int


def compare(old: Sequence[LoginEvent], new: Sequence[LoginEvent]) -> Differences:
    """Compare two disclosures.

    Equal logins (account, time, address, port, kind, destination) cancel each other, as often as they occur. Of the
    rest, one of each side that alone share account and time, account and address, or time and address are a change;
    what remains was added or removed. Two times at one address are a change only when they differ by a whole offset of
    a time zone: one person logs in again from one address every day.
    """
    old_rest, new_rest = _without_common(old, new), _without_common(new, old)
    changed: list[Changed] = []
    for key in (_account_and_time, _account_and_address, _time_and_address):
        pairs = [pair for pair in _alone(old_rest, new_rest, key) if key is not _account_and_address or _rezoned(pair)]
        changed += pairs
        gone = {id(login) for pair in pairs for login in pair}
        old_rest = [login for login in old_rest if id(login) not in gone]
        new_rest = [login for login in new_rest if id(login) not in gone]
    return Differences(
        added=tuple(new_rest),
        removed=tuple(old_rest),
        changed=tuple(changed),
        unchanged=len(new) - len(new_rest) - len(changed),
    )


def supersession(old: Reading, new: Reading) -> tuple[Finding, ...]:
    """Return what must be said when ``new`` supersedes ``old``: IPA705 the sum, then one finding per difference.

    IPA706 added, IPA707 removed, IPA708 changed. Rows that neither reading could turn into a login are compared by
    their raw text.
    """
    found = compare(old.events, new.events)
    unread_old, unread_new = _unread(old), _unread(new)
    lost, fresh = unread_old - unread_new, unread_new - unread_old
    names = ", ".join(f"{entry.name} (SHA-256 {entry.sha256})" for entry in old.inputs)
    by = ", ".join(entry.name for entry in new.inputs)
    total = Text(
        ja=f"{by} は {names} に代わる。追加 {len(found.added)} 行、削除 {len(found.removed)} 行、"
        f"変更 {len(found.changed)} 行、同じ {found.unchanged} 行。読めなかった行のうち、旧のみ {lost.total()} 行、"
        f"新のみ {fresh.total()} 行。旧い開示は結果に含めない。",
        en=f"{by} supersedes {names}: {len(found.added)} rows added, {len(found.removed)} removed, "
        f"{len(found.changed)} changed, {found.unchanged} the same; of the rows that could not be read, {lost.total()} "
        f"only in the old one, {fresh.total()} only in the new one. The old one is not part of the result.",
    )
    return (
        _finding("IPA705", "notice", total, by),
        *(_finding("IPA706", "notice", _said("追加", "added", new), _place(new)) for new in found.added),
        *(_finding("IPA707", "warning", _said("削除", "removed", old), _place(old)) for old in found.removed),
        *(_finding("IPA708", "warning", _change(pair), _place(pair.new)) for pair in found.changed),
        *_unread_findings(lost, fresh),
    )


def shared(files: Sequence[tuple[str, Sequence[LoginEvent]]]) -> tuple[Finding, ...]:
    """Return a warning (IPA709) for every two inputs that hold the same logins: they count twice, or one is newer."""
    keyed = [(name, {_identity(login) for login in logins}) for name, logins in files]
    found = []
    for number, (name, keys) in enumerate(keyed):
        for other, earlier in keyed[:number]:
            common = len(keys & earlier)
            if common:
                message = Text(
                    ja=f"{name} と {other} に同じログインが {common} 件あり、両方とも数えた。"
                    "一方が他方の訂正版であれば、旧い方を --supersedes で指定されたい。",
                    en=f"{name} and {other} have {common} logins in common, and both are counted; if one corrects the "
                    "other, name the old one with --supersedes.",
                )
                found.append(_finding("IPA709", "warning", message, name))
    return tuple(found)


def repeated(logins: Sequence[LoginEvent]) -> tuple[Finding, ...]:
    """Return one warning (IPA720) naming the rows that hold the same login again; all of them stay and are counted."""
    places: dict[Hashable, list[LoginEvent]] = {}
    for login in logins:
        places.setdefault(_identity(login), []).append(login)
    if len(places) == len(logins):
        return ()
    groups = [group for group in places.values() if len(group) > 1]
    shown = "; ".join(map(_group, groups[:_LISTED_GROUPS]))
    rest = len(groups) - _LISTED_GROUPS
    more = Text(ja=f"、ほか {rest} 組", en=f", and {rest} more") if rest > 0 else Text(ja="", en="")
    rows = sum(map(len, groups))
    message = Text(
        ja=f"アカウント・時刻・アドレス・ポートが同じ行が {len(groups)} 組({rows} 行)ある: {shown}{more.ja}。"
        "どの行も残し、それぞれ数えた。一つの接続の重複か、原本を確かめられたい。",
        en=f"{rows} rows in {len(groups)} group{'s' if len(groups) > 1 else ''} have the same account, time, address "
        f"and port: {shown}{more.en}. "
        "All are kept and each is counted; see in the original whether they are one connection written twice.",
    )
    return (_finding("IPA720", "warning", message, ""),)


def _group(logins: Sequence[LoginEvent]) -> str:
    named = " = ".join(f"No. {login.id} ({_place(login)})" for login in logins[:_LISTED_ROWS])
    rest = len(logins) - _LISTED_ROWS
    return f"{named} = … (+{rest})" if rest > 0 else named


def _identity(login: LoginEvent) -> Hashable:
    where = login.destination.text if login.destination is not None else ""
    return (*_account(login), _time(login), login.address.text, login.port, login.kind, where)


def _account(login: LoginEvent) -> tuple[str, str]:
    # The numeric id identifies an account; its name may have changed between two disclosures.
    return (login.account.id, "") if login.account.id else ("", login.account.name or "")


def _time(login: LoginEvent) -> Hashable:
    return login.instant.utc if login.instant is not None else None


def _account_and_time(login: LoginEvent) -> Hashable:
    return (*_account(login), _time(login))


def _account_and_address(login: LoginEvent) -> Hashable:
    return (*_account(login), login.address.text)


def _time_and_address(login: LoginEvent) -> Hashable:
    return (_time(login), login.address.text)


def _without_common(mine: Iterable[LoginEvent], others: Iterable[LoginEvent]) -> list[LoginEvent]:
    there = Counter(map(_identity, others))
    rest = []
    for login in mine:
        key = _identity(login)
        if there[key]:
            there[key] -= 1
        else:
            rest.append(login)
    return rest


def _alone(old: Sequence[LoginEvent], new: Sequence[LoginEvent], key: Key) -> list[Changed]:
    """Pair the logins that are the only ones with their key on either side."""
    sides: dict[Hashable, tuple[list[LoginEvent], list[LoginEvent]]] = defaultdict(lambda: ([], []))
    for login in old:
        sides[key(login)][0].append(login)
    for login in new:
        sides[key(login)][1].append(login)
    return [Changed(befores[0], afters[0]) for befores, afters in sides.values() if len(befores) == len(afters) == 1]


def _rezoned(pair: Changed) -> bool:
    """Tell whether the two times may be one moment read in two zones (or the same time, with other facts changed)."""
    if pair.old.instant is None or pair.new.instant is None:
        return True
    apart = abs((pair.new.instant.utc - pair.old.instant.utc).total_seconds())
    return apart <= _WIDEST_OFFSET and apart % _QUARTER_HOUR == 0


def _unread(reading: Reading) -> Counter[str]:
    return Counter([row.raw for row in reading.rejects] + [row.raw for row in reading.pending])


def _unread_findings(lost: Counter[str], fresh: Counter[str]) -> Iterable[Finding]:
    for rows, code, ja, en in (
        (fresh, "IPA706", "読めなかった行が追加されている", "A row that could not be read was added"),
        (
            lost,
            "IPA707",
            "読めなかった行が新しい開示にない",
            "A row that could not be read is not in the new disclosure",
        ),
    ):
        for raw in rows.elements():
            yield _finding(code, "warning", Text(ja=f"{ja}: {raw}", en=f"{en}: {raw}"), "")


def _said(ja: str, en: str, login: LoginEvent) -> Text:
    return Text(ja=f"{ja}: {_shown(login)}({_place(login)})", en=f"{en}: {_shown(login)} ({_place(login)})")


def _change(pair: Changed) -> Text:
    old, new = _facts(pair.old), _facts(pair.new)
    parts = [f"{name} {old[name]} → {new[name]}" for name in old if old[name] != new[name]]
    listed = ", ".join(parts)
    where = f"{_place(pair.old)} → {_place(pair.new)}"
    return Text(
        ja=f"変更: {listed}({_shown(pair.new)}、{where})", en=f"changed: {listed} ({_shown(pair.new)}, {where})"
    )


def _facts(login: LoginEvent) -> dict[str, str]:
    return {
        "account": "".join(_account(login)) or "-",
        "time": _clock(login),
        "ip": login.address.text,
        "port": str(login.port) if login.port is not None else "-",
        "kind": login.kind,
        "destination": login.destination.text if login.destination is not None else "-",
    }


def _shown(login: LoginEvent) -> str:
    return " ".join(part for part in (_clock(login), login.address.text, "".join(_account(login))) if part != "-")


def _clock(login: LoginEvent) -> str:
    if login.instant is None:
        return "-"
    return login.instant.utc.isoformat(timespec="milliseconds").replace(".000", "").replace("+00:00", "Z")


def _place(login: LoginEvent) -> str:
    return login.provenance.locator


def _finding(code: str, level: Level, message: Text, about: str) -> Finding:
    return Finding(code=code, level=level, message=message, about=about)
