"""The bootstrap registries (RFC 9224), fetched anew from where they are published."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, get_args

import msgspec

from ipattr.errors import InputError, RefusedError, UsageError
from ipattr.inputs import reason
from ipattr.model import Plan, PlannedQuery, Question, Record, Text
from ipattr.registry import BootstrapKind, parse_bootstrap, published
from ipattr.registry.bootstrapping import https_urls

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.casework.inquiry import Going
    from ipattr.model import Bootstrap
    from ipattr.registry import Registry

SERVER = "iana-bootstrap"


class Refreshed(Record, frozen=True, kw_only=True):
    """One registry asked for: its publication before and now; ``replaced`` when the newer one took its place."""

    kind: BootstrapKind
    before: str
    after: str
    replaced: bool


def refresh(folder: Path, *, registry: Registry, going: Going) -> tuple[Refreshed, ...]:
    """Fetch the three registries, and put those that are newer into ``folder`` (a ``data/``) with their manifest lines.

    Nothing but the names of three public files leaves. Raise RefusedError when the plan is not agreed to, SourceError
    when one cannot be had, DataError when one is not in its form: then nothing is changed.
    """
    from ipattr.sources.direct import fetch_now
    from ipattr.sources.live import live
    from ipattr.sources.pocket import Pocket
    from ipattr.sources.requests import request_for

    server = registry.servers[SERVER]
    asked = [
        (kind, request_for(Question(source=server.source, kind="bootstrap", subject=kind), server))
        for kind in get_args(BootstrapKind)
    ]
    reveals = Text(ja="アドレスは伝わらない。こちらの接続元アドレスは見える。", en="No address but our own.")
    queries = tuple(
        PlannedQuery(
            request=request, operator=server.operator, country=server.country, reveals=reveals, rows=0, addresses=()
        )
        for _, request in asked
    )
    if not going.agree(Plan(mode="exact", probe="block", sources=(), queries=queries), None):
        raise RefusedError(ja="何も送らなかった。", en="Nothing was sent.")
    bodies: dict[BootstrapKind, bytes] = {}
    for kind, request in asked:
        transport = live(clock=going.clock, tool_version=going.tool_version)
        bodies[kind] = fetch_now(request, transport=transport, ledger=Pocket()).body
    fetched = {kind: parse_bootstrap(body, kind, where=f"{server.url}{kind}.json") for kind, body in bodies.items()}
    return tuple(_put(folder, kind, registry.bootstraps[kind], new) for kind, new in fetched.items())


def _put(folder: Path, kind: BootstrapKind, old: Bootstrap, new: Bootstrap) -> Refreshed:
    """Write a newer registry in place of the older one, in the form of the shipped ones: HTTPS base URLs alone."""
    newer = published(new) > published(old)
    if newer:
        data = _document(new)
        registries = folder / "registries"
        manifest = registries / "manifest.toml"
        try:
            text = _manifest(manifest.read_text(encoding="utf-8"), new, data)
            for path, content in ((registries / f"{kind}.json", data), (manifest, text.encode())):
                waiting = path.with_name(f".{path.name}.part")
                waiting.write_bytes(content)
                waiting.replace(path)
        except OSError as error:
            why = reason(error)
            raise InputError(
                ja=f"data/ に書けない({why.ja})。書ける場所に data/ を写し、--data で示されたい。",
                en=f"data/ cannot be written ({why.en}); copy it where it can, and name the copy with --data.",
                where=str(registries),
            ) from None
    return Refreshed(kind=kind, before=old.publication, after=new.publication, replaced=newer)


def _document(bootstrap: Bootstrap) -> bytes:
    services = [[list(one.ranges), list(urls)] for one in bootstrap.services if (urls := https_urls(one.urls))]
    document = {"version": "1.0", "publication": bootstrap.publication, "services": services}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _manifest(text: str, bootstrap: Bootstrap, data: bytes) -> str:
    """Return the manifest with the lines of one table brought up to date."""
    file = f"{bootstrap.kind}.json"
    before, found, after = text.partition(f'file = "{file}"')
    if not found:
        raise UsageError(ja=f"manifest.toml に {file} がない。", en=f"manifest.toml does not list {file}.")
    this, mark, rest = after.partition("[[table]]")
    values = {
        "source": '"RFC 9224"',
        "as_of": f'"{bootstrap.publication[:10]}"',
        "rows": str(sum(len(service.ranges) for service in bootstrap.services)),
        "sha256": f'"{hashlib.sha256(data).hexdigest()}"',
        "licence": '"public registry of IANA"',
        "note": '"Fetched from the publisher on request; the https base URLs alone."',
    }
    for name, value in values.items():
        this = re.sub(rf"(?m)^{name} = .*$", lambda _: f"{name} = {value}", this)  # noqa: B023 - used at once
    return before + found + this + mark + rest
