"""One JSON object per line: the basis, every login with its verdicts beside it, pending rows, rejects, posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.renderers.view import iso, log_rejects, views

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipattr.model import Case

_encode = msgspec.json.Encoder().encode


def render(case: Case) -> str:
    """Return the lines, each complete in itself.

    Their types are ``case``, ``login``, ``pending``, ``reject``, ``post-reject`` and ``post``. A ``login`` carries its
    verdicts whole and all its links, and what the registries said where they were asked; ``case`` carries counts,
    inputs with declared zones, versions, as-of date and summary, how the registries were asked, and which ledgers of
    the office the candidates rest on.
    """
    tables = [_encoded(t) for t in (case.attributions, case.search_keys, case.deadlines, case.candidate_sets)]
    registrations = _encoded(case.registrations)
    links: dict[str, list[object]] = {}
    for link in case.links:
        links.setdefault(link.login, []).append(link)
    stamp = {"schema_version": case.schema_version, "as_of": case.as_of, "data_version": case.data_version}
    lines = [_encode({"type": "case", **stamp, **_basis(case)})]
    for view in views(case):
        row, instant = view.row, view.login.instant
        record: dict[str, object] = {
            "type": "login",
            **stamp,
            "number": row.number,
            "utc": iso(instant.utc, instant.precision, zone="UTC") if instant else None,
            "jst": iso(instant.utc, instant.precision, zone="JST") if instant else None,
            "login": row.login,
            "attribution": tables[0][row.attribution],
            "search_key": tables[1][row.search_key],
            "deadline": tables[2][row.deadline],
            "candidates": tables[3][row.candidates],
            "links": links.get(row.login.id, []),
        }
        if row.registration:
            record["registration"] = registrations[row.registration]
        lines.append(_encode(record))
    lines += [_encode({"type": "pending", **stamp, "pending": waiting}) for waiting in case.pending]
    known = len(log_rejects(case))
    for index, reject in enumerate(case.rejects):
        lines.append(_encode({"type": "reject" if index < known else "post-reject", **stamp, "reject": reject}))
    lines += [_encode({"type": "post", **stamp, "post": post}) for post in case.posts]
    return "".join(line.decode() + "\n" for line in lines)


def _encoded(table: Mapping[str, object]) -> dict[str, msgspec.Raw]:
    """Encode each verdict once, however many rows share it."""
    return {key: msgspec.Raw(_encode(value)) for key, value in table.items()}


def _basis(case: Case) -> dict[str, object]:
    # A case without registry answers has no such key: what was written before this version stays as it was.
    asked: dict[str, object] = {"inquiry": case.inquiry} if case.inquiry is not None else {}
    asked |= {"ledgers": case.ledgers} if case.ledgers else {}
    asked |= {"without": case.without} if case.without else {}
    return {
        "tool_version": case.tool_version,
        "as_of_source": case.as_of_source,
        "platform": case.platform,
        "counts": case.counts,
        "inputs": case.inputs,
        "post_counts": case.post_counts,
        "post_inputs": case.post_inputs,
        "summary": case.summary,
        "findings": case.findings,
        **asked,
    }
