"""The login history of one account: counts over disclosed rows, never who somebody is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from ipattr.model.base import Record, Text
from ipattr.model.events import EventKind, Precision, RowStatus, UtcInstant
from ipattr.model.facts import AccessType, SharingKind

LineClass = Literal["home", "mobile", "other", "unknown"]
AddressUse = Literal["dedicated", "shared", "possibly-shared", "unknown", "ipv6"]
Uncounted = Literal["", "review", "no-time", "day-precision"]
BlockLevel = Literal["address", "24", "64", "56", "48", "announced"]
Positive = Annotated[int, msgspec.Meta(ge=1)]


class PortSet(Record, frozen=True, kw_only=True):
    """How one provider divides the ports of a MAP-E address (RFC 7597 §5.1), and who says so."""

    provider: str
    offset_bits: int
    psid_bits: int
    source: Text


V6PLUS = PortSet(
    provider="jpix-v6plus",
    offset_bits=4,
    psid_bits=8,
    source=Text(
        ja="1契約240ポート（16ポート×15組）、0〜4095番を除くという公開の説明による。会社には確認していない",
        en="public descriptions of 240 ports per contract (15 runs of 16) without 0-4095; not confirmed by the company",
    ),
)


class Rules(Record, frozen=True, kw_only=True):
    """The yardsticks of a history. Every default is this tool's own choice: no statute or decision sets one.

    ``session_gap_minutes``: a longer pause between two rows begins another session. ``habit_days``: days counted on
    either side of a post. ``together_minutes``: rows of two accounts this near in time are set side by side.
    ``review``: rows in review are kept ``apart`` (the default) or counted ``with`` the ok rows. ``port_sets``: whose
    port division is known. ``pool_parts``: one n-th of the blocks seen, as a smaller pool of addresses to draw from, to
    show how much depends on its size.
    """

    session_gap_minutes: Positive = 30
    habit_days: Positive = 14
    together_minutes: Positive = 5
    review: Literal["apart", "with"] = "apart"
    port_sets: tuple[PortSet, ...] = (V6PLUS,)
    pool_parts: tuple[Positive, ...] = (10, 100)


class Entry(Record, frozen=True, kw_only=True):
    """One row of the account as the analysis sees it; ``place`` is ``file:row`` of the disclosure.

    ``block`` is the /24 (IPv4) or /64 (IPv6) of the address, ``announced`` the prefix in the table (empty: none).
    ``line`` is the key of its ``Line``, ``use`` how IPv4 addresses are used there as far as is published.
    ``counted`` tells whether sessions, hours and the like count it; if not, ``uncounted`` says why. Lines and blocks
    also count rows without a time of day (``no-time``, ``day-precision``). ``login`` is False for account creation,
    logout, deletion and kinds not understood.
    """

    row: int
    place: str
    status: RowStatus
    kind: EventKind
    login: bool
    utc: UtcInstant | None
    precision: Precision | Literal[""]
    address: str
    version: Literal[4, 6]
    port: int | None
    block: str
    announced: str
    line: str
    use: AddressUse
    counted: bool
    uncounted: Uncounted = ""

    @property
    def relied_on(self) -> bool:
        """Tell whether lines and blocks count the row: it is not a row in review that is kept apart."""
        return self.uncounted != "review"


class Totals(Record, frozen=True, kw_only=True):
    """What a set of rows comes to: rows, JST dates, distinct addresses, blocks (/24, /64), lines, sessions."""

    rows: int
    days: int
    addresses: int
    blocks: int
    lines: int
    sessions: int


class Tally(Record, frozen=True, kw_only=True):
    """Where every row of the case went: ``case_rows == ok + review + elsewhere + rejected + pending``.

    ``ok`` and ``review`` are rows of this account, ``elsewhere`` rows of other accounts (or of none); a rejected or
    pending row has no account that could be relied on. ``counted + apart + no_time + day_precision == ok + review``;
    ``apart`` are rows in review left out of the counts. ``minute_precision`` and ``not_login`` are among the counted.
    """

    case_rows: int
    ok: int
    review: int
    elsewhere: int
    rejected: int
    pending: int
    counted: int
    apart: int
    no_time: int
    day_precision: int
    minute_precision: int
    not_login: int


class Session(Record, frozen=True, kw_only=True):
    """Rows with no pause longer than the rule between them; ``number`` counts from 1 in order of time.

    ``start`` and ``end`` are the first and last row, not how long anybody was connected. ``not_login`` are the rows
    among ``rows`` that are no logins. ``blocks`` are /24 (IPv4) and /64 (IPv6). ``unsettled``: the precision of the
    times does not settle where it begins, or whether it is one session.
    """

    number: int
    rows: tuple[int, ...]
    not_login: tuple[int, ...]
    start: UtcInstant
    end: UtcInstant
    addresses: tuple[str, ...]
    blocks: tuple[str, ...]
    lines: tuple[str, ...]
    unsettled: bool = False


class Gap(Record, frozen=True, kw_only=True):
    """The pause between two consecutive counted rows, in seconds between the times as written.

    ``least`` and ``most`` are what it can be within the precision of both; ``splits`` when it separates two sessions,
    ``unsettled`` when the precision does not settle that.
    """

    after: int
    before: int
    seconds: float
    least: float
    most: float
    splits: bool
    unsettled: bool


class Line(Record, frozen=True, kw_only=True):
    """All rows that lead to one addressee, or to one set of addressees that cannot be told apart.

    ``key`` is the same in every history of one data version. ``kind`` is the class of the access; ``unknown`` where the
    parties are of different classes or of none. ``providers`` are ids; ``use`` how IPv4 addresses are used there.
    A line is no contract: two subscribers of one provider have one ``Line`` here.
    """

    key: str
    label: Text
    kind: LineClass
    access: tuple[AccessType, ...]
    providers: tuple[str, ...]
    ambiguous: bool
    sharing: tuple[SharingKind, ...]
    use: AddressUse
    rows: tuple[int, ...]
    addresses: int
    days: int
    first: UtcInstant | None
    last: UtcInstant | None


class Alternation(Record, frozen=True, kw_only=True):
    """Two consecutive logins, one over a fixed line and the other over a mobile network, ``seconds`` apart.

    ``within`` is ``session`` when both stand in one session, else ``day``: one JST date.
    """

    from_line: str
    to_line: str
    from_kind: LineClass
    to_kind: LineClass
    rows: tuple[int, int]
    seconds: float
    within: Literal["session", "day"]


class Recurrence(Record, frozen=True, kw_only=True):
    """How often one block came back: its rows, and the distinct JST dates they fall on.

    ``level`` is the size: one address, /24 for IPv4, /64, /56 and /48 for IPv6, or the prefix announced in the table.
    """

    level: BlockLevel
    block: str
    rows: tuple[int, ...]
    days: tuple[date, ...]
    addresses: int
    lines: tuple[str, ...]
    first: UtcInstant | None
    last: UtcInstant | None


class HourProfile(Record, frozen=True, kw_only=True):
    """Logins by weekday and hour of Japan Standard Time: seven rows, Monday first, of 24 counts each.

    ``total`` is the sum of all counts; ``first`` and ``last`` bound the JST dates (None when there is no login).
    """

    counts: tuple[tuple[int, ...], ...]
    total: int
    first: date | None = None
    last: date | None = None

    @property
    def hours(self) -> tuple[int, ...]:
        """Return the 24 sums over all weekdays."""
        return tuple(sum(day[hour] for day in self.counts) for hour in range(24))


class Churn(Record, frozen=True, kw_only=True):
    """How often the address changed from one login to the next.

    ``line`` is the line looked at alone, empty for all lines together. ``pairs = same + changed + unsettled``;
    ``other_block`` are those of ``changed`` that left the /24 (IPv4) or /64 (IPv6); ``unsettled`` pairs have times too
    coarse to say which login came first.
    """

    line: str
    logins: int
    addresses: int
    pairs: int
    same: int
    changed: int
    other_block: int
    unsettled: int
    changed_rows: tuple[tuple[int, int], ...] = ()


class HabitSide(Record, frozen=True, kw_only=True):
    """What the account showed on one side of a post: logins in the window, their days, hours (JST), lines, addresses.

    ``covered`` tells whether the disclosed rows of the account reach to the far end of the window; where not, fewer
    logins may only mean fewer disclosed. Only logins reach there, no account's creation years before.
    """

    rows: tuple[int, ...]
    days: int
    hours: tuple[int, ...]
    lines: tuple[str, ...]
    addresses: tuple[str, ...]
    blocks: tuple[str, ...]
    covered: bool


class Habit(Record, frozen=True, kw_only=True):
    """The logins in the same number of days before and after one post.

    ``unsettled`` are logins whose side of the post the precision does not settle; they are on neither. ``chance`` is
    how likely a split at least as uneven would be if every login fell on either side with probability one half (exact,
    two-sided; None unless both sides are covered and there is a login). ``gap`` is the pause in which the post lies,
    ``gap_rank`` its place among all ``gaps`` of the account, 1 the longest (None: no pause around it). ``lines_begun``
    are lines of the window after the post that no other row of the account shows, of whatever kind, state or precision,
    unless it surely came after the post; ``lines_ended`` the reverse.
    """

    post: str
    post_place: str
    post_status: RowStatus
    at: UtcInstant
    at_precision: Precision
    days: int
    before: HabitSide
    after: HabitSide
    unsettled: tuple[int, ...]
    same_account: Literal["same-id", "not-compared"]
    chance: float | None
    gap: Gap | None
    gap_rank: int | None
    gaps: int
    lines_begun: tuple[str, ...]
    lines_ended: tuple[str, ...]


class Statement(Record, frozen=True, kw_only=True):
    """One plain sentence with what it does not show; ``rows`` are those it rests on.

    In a comparison ``rows`` are of the first account and ``other_rows`` of the second. ``about`` names a line, block,
    address or post.
    """

    code: str
    text: Text
    limits: Text
    rows: tuple[int, ...] = ()
    other_rows: tuple[int, ...] = ()
    about: str = ""


class History(Record, frozen=True, kw_only=True):
    """The login history of one account of one case; ``account`` is its id, else its name, else empty.

    ``entries`` are all its rows in order of time, those without one last; ``rows`` their numbers. ``with_review`` and
    ``without_review`` say what the totals come to either way.
    """

    account: str
    rules: Rules
    data_version: str
    tally: Tally
    entries: tuple[Entry, ...]
    totals: Totals
    with_review: Totals
    without_review: Totals
    sessions: tuple[Session, ...]
    gaps: tuple[Gap, ...]
    lines: tuple[Line, ...]
    alternations: tuple[Alternation, ...]
    recurrences: tuple[Recurrence, ...]
    hours: HourProfile
    churn: tuple[Churn, ...]
    habits: tuple[Habit, ...]
    statements: tuple[Statement, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """Return the numbers of all rows of the account."""
        return tuple(entry.row for entry in self.entries)
