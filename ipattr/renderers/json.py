"""The case itself as JSON, and its JSON Schema."""

from __future__ import annotations

from typing import Any

import msgspec

from ipattr.checks.soundness import refuse_unsound
from ipattr.errors import InputError
from ipattr.model import SCHEMA_VERSION, Case

# Version 1.0 had no registry answers, 1.1 no ledgers and no narrowing steps; everything else is as it is now.
_READABLE = ("1.0", "1.1", SCHEMA_VERSION)


def encode(case: Case, *, pretty: bool) -> bytes:
    """Return the whole case as one JSON document (RFC 8259) and a newline; ``pretty`` indents it by two."""
    encoded = msgspec.json.encode(case)
    return (msgspec.json.format(encoded, indent=2) if pretty else encoded) + b"\n"


def load(data: bytes, *, where: str) -> Case:
    """Read a case back from its JSON, one of version 1.0 as one of today's without registry answers.

    Raise InputError naming the key path of whatever does not fit, or in which the case contradicts itself.
    """
    try:
        case = msgspec.json.decode(data, type=Case)
    except msgspec.ValidationError as error:
        if b'"events"' in data:
            raise InputError(
                ja="`ipattr read` の出力である。判定を含む結果は `ipattr lookup … --format json` で作る。",
                en="This is the output of `ipattr read`; verdicts come from `ipattr lookup … --format json`.",
                where=where,
            ) from error
        raise InputError(
            ja=f"ipattr の結果(Case、版 {SCHEMA_VERSION})ではない: {error}",
            en=f"This is not a result of ipattr (Case, version {SCHEMA_VERSION}): {error}",
            where=where,
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            ja=f"ipattr の結果ではない(JSON として読めない: {error})。"
            "開示されたログからは、先に ipattr lookup で結果を作る。",
            en=f"This is no result of ipattr (it cannot be read as JSON: {error}); make one of a disclosed log with "
            "`ipattr lookup` first.",
            where=where,
        ) from error
    _refuse_other_version(case, where)
    refuse_unsound(case, where)
    # What is written again is written in today's form, so it must bear today's version.
    return (
        case if case.schema_version == SCHEMA_VERSION else msgspec.structs.replace(case, schema_version=SCHEMA_VERSION)
    )


def _refuse_other_version(case: Case, where: str) -> None:
    if case.schema_version not in _READABLE:
        raise InputError(
            ja=f"結果の版は {case.schema_version} で、このプログラムが読む版 {'、'.join(_READABLE)} ではない。",
            en=f"The result has version {case.schema_version}; this program reads {' and '.join(_READABLE)}.",
            where=f"{where}: $.schema_version",
        )


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
