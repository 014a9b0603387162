"""What was disclosed, as frames: logins, posts, how they lie to each other, and the rows that could not be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ipattr.frames.building import frame, said
from ipattr.renderers.layout import inert
from ipattr.renderers.repairs import shortly
from ipattr.renderers.view import log_rejects, post_rejects, source_row, unchecked_links

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from ipattr.frames.building import Value
    from ipattr.model import Account, Case, Cell, Instant, LoginEvent, Pending, Post, Reject


def logins(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per login that was read, in the order of the case, with the keys of its verdicts.

    ``row`` is the number of the login in the case, ``file`` and ``source_row`` the place in the evidence. Rows that
    could not be read stand in ``rejects``. ``lang`` is the language of ``findings``.
    """
    rows = (
        {
            **event_cells(row.login),
            "row": row.number,
            "attribution_key": row.attribution,
            "search_key": row.search_key,
            "deadline_key": row.deadline,
            "candidates_key": row.candidates,
            "registration_key": row.registration,
            "findings": said(row.login.findings, lang),
        }
        for row in case.rows
    )
    return frame("logins", rows, case)


def posts(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per post complained of, in the order of the case; ``lang`` is the language of ``findings``."""
    return frame("posts", (_post(post, lang) for post in case.posts), case)


def links(case: Case) -> pd.DataFrame:
    """Return one row per post and login of possibly the same account; ``gap_seconds`` is negative before the post."""
    numbers = {row.login.id: row.number for row in case.rows}
    unchecked = unchecked_links(case)
    rows = (
        {
            "post": link.post,
            "login": link.login,
            "row": numbers.get(link.login),
            "gap_seconds": link.gap_seconds,
            "position": link.position,
            "rank": link.rank,
            "nearest": link.nearest,
            "nearest_before": link.nearest_before,
            "nearest_after": link.nearest_after,
            "tie": link.tie,
            "uncertain": link.uncertain,
            "account_not_compared": (link.post, link.login) in unchecked,
        }
        for link in case.links
    )
    return frame("links", rows, case)


def rejects(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per row that got no verdict: rejected rows of logs, of posts, then rows pending a repair.

    Together with ``logins`` (or ``posts``) these are all the rows that were read. What is proposed is never used.
    """
    rows = [
        *(_reject("login", entry, lang) for entry in log_rejects(case)),
        *(_reject("post", entry, lang) for entry in post_rejects(case)),
        *(_pending(entry, lang) for entry in case.pending),
    ]
    return frame("rejects", rows, case)


def event_cells(login: LoginEvent) -> dict[str, Value]:
    """Return what was read of one login, by column of ``logins``."""
    address = login.address
    row = source_row(login)
    return {
        "file": inert(login.provenance.source),
        "source_row": int(row) if row else None,
        "sha256": login.provenance.sha256,
        "status": login.status,
        **_time(login.instant),
        "ip": address.text,
        "ip_raw": address.raw,
        "ip_version": address.version,
        "line": address.line,
        "special": address.special.prefix if address.special else None,
        "port": login.port,
        "destination": login.destination.text if login.destination else None,
        **_account(login.account),
        "kind": login.kind,
        "client": login.client,
        "hostname": login.hostname,
        "repairs": inert(shortly(login.repairs)) if login.repairs else None,
    }


def _time(instant: Instant | None) -> Mapping[str, Value]:
    if instant is None:
        return {}
    return {
        "utc": instant.utc,
        "jst": instant.utc,
        "time_raw": instant.raw,
        "zone": instant.zone,
        "zone_source": instant.zone_source,
        "precision": instant.precision,
    }


def _account(account: Account) -> Mapping[str, Value]:
    return {"account_id": account.id, "account_name": account.name}


def _post(post: Post, lang: str) -> Mapping[str, Value]:
    tail = post.provenance.locator.rpartition(":")[2]
    return {
        "post": post.id,
        "file": inert(post.provenance.source),
        "source_row": int(tail) if tail.isdigit() else None,
        "sha256": post.provenance.sha256,
        "status": post.status,
        **_time(post.instant),
        "post_id": post.post_id,
        "url": post.url,
        **_account(post.account),
        "findings": said(post.findings, lang),
    }


def _reject(of: str, entry: Reject, lang: str) -> Mapping[str, Value]:
    return {
        "of": of,
        "status": "rejected",
        "file": inert(entry.file),
        "source_row": entry.row,
        "column": inert(entry.column),
        "raw": inert(entry.raw),
        "code": entry.code,
        "reason": inert(entry.reason.pick(lang)),
        "record": _record(entry.record),
    }


def _pending(entry: Pending, lang: str) -> Mapping[str, Value]:
    return {
        "of": "login",
        "status": "pending",
        "file": inert(entry.file),
        "source_row": entry.row,
        "column": inert(entry.column),
        "raw": inert(entry.raw),
        "code": "; ".join(dict.fromkeys(repair.rule for repair in entry.repairs)),
        "reason": inert(entry.reason.pick(lang)),
        "proposed_time": entry.proposed_time,
        "proposed_ip": entry.proposed_ip,
        "proposed_port": entry.proposed_port,
    }


def _record(cells: tuple[Cell, ...]) -> str:
    """Return the cells as a JSON object in their order; written by hand because names may repeat."""
    return "{" + ", ".join(_members(cells)) + "}" if cells else ""


def _members(cells: tuple[Cell, ...]) -> Iterator[str]:
    for cell in cells:
        yield f"{_quoted(cell.column)}: {_quoted(cell.raw)}"


def _quoted(text: str) -> str:
    """Return a JSON string in which what is not drawn is an escape and the rest stays legible."""
    written = json.dumps(text, ensure_ascii=False)
    if inert(written) == written:
        return written
    return "".join(sign if inert(sign) == sign else json.dumps(sign)[1:-1] for sign in written)
