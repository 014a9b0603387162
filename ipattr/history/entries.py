"""The rows of one account as the analysis sees them, in order of time, and the line each of them leads to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import to_number, to_text
from ipattr.errors import UsageError
from ipattr.history.labels import access_use, line_key
from ipattr.history.listings import few
from ipattr.instants import WIDTHS
from ipattr.model import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Account, Case, CaseRow, LoginEvent, Precision, Rules, Uncounted

BITS = {4: 32, 6: 128}
SMALLEST = {4: 24, 6: 64}
_NEVER = datetime.max.replace(tzinfo=UTC)


class Accounts:
    """How the accounts of a case are called: by id, else by name, else not at all.

    A name that is written like an id of the same case takes an ``@`` before it, so that the two stay apart.
    """

    def __init__(self, rows: Iterable[CaseRow]) -> None:
        """Take the rows in any order."""
        ordered = sorted(rows, key=lambda row: row.number)
        self._ids = {row.login.account.id for row in ordered if row.login.account.id}
        self._rows: dict[str, list[CaseRow]] = {}
        for row in ordered:
            self._rows.setdefault(self.key(row.login.account), []).append(row)
        self.keys = tuple(self._rows)

    def rows_of(self, key: str) -> Sequence[CaseRow]:
        """Return the rows of an account by number; none for one that is not there."""
        return self._rows.get(key, ())

    def key(self, account: Account) -> str:
        """Return what the account is called here; empty where the row names none."""
        if account.id or not account.name:
            return account.id or ""
        return f"@{account.name}" if account.name in self._ids else account.name

    def id_of(self, key: str) -> str:
        """Return the numeric id of an account called ``key``, empty where its rows give a name or nothing."""
        return key if key in self._ids else ""

    def chosen(self, account: str) -> str:
        """Return the account that is asked for; an empty name is the only one, where the case has only one.

        Raise UsageError for one that the case does not have, and where several are and none was named.
        """
        if account in self.keys or not (account or self.keys):
            return account
        if not account and len(self.keys) == 1:
            return self.keys[0]
        names = [key or '""' for key in self.keys]
        ja, en = few(names, "ja") or "-", few(names, "en") or "-"
        if not account:
            raise UsageError(
                ja=f"アカウントが{len(self.keys)}件ある。一つを指定する: {ja}",
                en=f"The case has {len(self.keys)} accounts; name one: {en}",
            )
        raise UsageError(
            ja=f"この結果にないアカウントである({account})。あるのは {ja}",
            en=f"The case has no account {account}; it has {en}",
        )


class Span(NamedTuple):
    """When something may have happened: from ``start`` to before ``end``."""

    start: datetime
    end: datetime


def span(utc: datetime, precision: Precision) -> Span:
    """Return when an instant written to ``precision`` may have been."""
    return Span(utc, min(utc, _NEVER - WIDTHS[precision]) + WIDTHS[precision])


def moment(entry: Entry) -> datetime:
    """Return the time of a row that has one; ValueError otherwise."""
    if entry.utc is None:
        message = f"row {entry.row} has no time"
        raise ValueError(message)
    return entry.utc


def reach(entry: Entry) -> Span:
    """Return when a row that has a time may have been; ValueError for one without."""
    return span(moment(entry), entry.precision or "s")


def settled(earlier: Entry, later: Entry) -> bool:
    """Tell whether the precision of two times settles which row came first."""
    return reach(earlier).end <= moment(later)


def prefix(address: str, length: int) -> str:
    """Return the block of ``length`` bits that holds an address (canonical text)."""
    version, number = to_number(address)
    rest = BITS[version] - length
    return f"{to_text(version, number >> rest << rest)}/{length}"


def entries_of(case: Case, account: str, accounts: Accounts, rules: Rules) -> tuple[Entry, ...]:
    """Return every row of the account: those with a time in order of time, then the others, by number."""
    found = [_entry(case, row, rules) for row in accounts.rows_of(account)]
    return tuple(sorted(found, key=lambda entry: (entry.utc or _NEVER, entry.row)))


def counted(entries: Iterable[Entry], *, logins: bool) -> Sequence[Entry]:
    """Return the rows that sessions and hours count, in order of time; with ``logins`` no other kind of row."""
    return [entry for entry in entries if entry.counted and (entry.login or not logins)]


def _entry(case: Case, row: CaseRow, rules: Rules) -> Entry:
    login = row.login
    verdict = case.attributions[row.attribution]
    address, version = login.address.line, login.address.line_version
    block = prefix(address, SMALLEST[version])
    why = _uncounted(login, rules)
    return Entry(
        row=row.number,
        place=login.provenance.locator or login.provenance.source,
        status=login.status,
        kind=login.kind,
        login=login.kind == "login",
        utc=login.instant.utc if login.instant is not None else None,
        precision=login.instant.precision if login.instant is not None else "",
        address=address,
        version=version,
        port=login.port,
        block=block,
        announced=verdict.network.prefix if verdict.network is not None else "",
        line=line_key(verdict, block),
        use=access_use(verdict.sharing, version),
        counted=not why,
        uncounted=why,
    )


def _uncounted(login: LoginEvent, rules: Rules) -> Uncounted:
    if login.status == "review" and rules.review == "apart":
        return "review"
    if login.instant is None:
        return "no-time"
    return "day-precision" if login.instant.precision == "day" else ""
