"""The case itself as JSON, and its JSON Schema."""

from __future__ import annotations

from typing import Any

import msgspec

from ipattr.errors import InputError
from ipattr.model import SCHEMA_VERSION, Case


def render(case: Case, *, pretty: bool) -> str:
    """Return the whole case as one JSON document (RFC 8259) and a newline; ``pretty`` indents it by two."""
    encoded = msgspec.json.encode(case)
    return (msgspec.json.format(encoded, indent=2) if pretty else encoded).decode() + "\n"


def load(data: bytes, *, where: str) -> Case:
    """Read a case back from its JSON; raise InputError naming the key path of whatever does not fit."""
    try:
        return msgspec.json.decode(data, type=Case)
    except msgspec.ValidationError as error:
        raise InputError(
            ja=f"ipattr の結果(Case、版 {SCHEMA_VERSION})ではない: {error}",
            en=f"This is not a result of ipattr (Case, version {SCHEMA_VERSION}): {error}",
            where=where,
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            ja=f"JSON として読めない: {error}",
            en=f"This cannot be read as JSON: {error}",
            where=where,
        ) from error


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a case."""
    body = msgspec.json.schema(Case)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ipattr:case:{SCHEMA_VERSION.partition('.')[0]}",
        "title": f"ipattr case {SCHEMA_VERSION}",
        "version": SCHEMA_VERSION,
        **body,
    }
