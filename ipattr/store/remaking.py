"""What can be made again from what is kept: headers from evidence, results from inputs, observations from messages.

A file whose hash holds has not changed since it was kept. That it says what it was made from shows only when it is made
again: bytes that were put in before the hash was taken agree with every witness.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from ipattr.errors import AlteredError, IpattrError
from ipattr.store import layout
from ipattr.store.payloads import AnswerLine, ObservedLine, ResultLine, kept_observed, kept_result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ipattr.model.keeping import KeptResult
    from ipattr.model.observing import KeptObserved
    from ipattr.store.differences import Differences
    from ipattr.store.witness import Chain


def check_headers(folder: Path, chain: Chain, found: Mapping[str, str], said: Differences) -> None:
    """Say which headers, unchanged by their hash, are not what the evidence format writes or speak of another body."""
    import msgspec

    from ipattr.model import Exchange
    from ipattr.sources.evidence import header_bytes

    for line in chain.lines:
        if not isinstance(line, AnswerLine) or len(line.files) != 2:  # noqa: PLR2004 - header and body
            continue
        header, body = line.files
        if found.get(header.path) != header.sha256:
            continue
        data = (folder / header.path).read_bytes()
        try:
            exchange = msgspec.json.decode(data, type=Exchange)
            fits = header_bytes(exchange) == data and (exchange.sha256, exchange.size) == (body.sha256, body.size)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            fits = False
        if not fits:
            said.error(
                header.path,
                "IPA856",
                ja="証拠の見出しの形でないか、本文と合わない。",
                en="is not a header of evidence, or speaks of another body.",
            )


def recompute_results(chain: Chain, recompute: Callable[[KeptResult], bytes] | None, said: Differences) -> int:
    """Return how many results were made anew; say which came out otherwise."""
    if recompute is None or not chain.sound:
        return 0
    made = 0
    for entry, line in zip(chain.entries, chain.lines, strict=True):
        if not isinstance(line, ResultLine):
            continue
        result = kept_result(entry, line)
        try:
            again = layout.sha256(recompute(result))
        except IpattrError as error:
            said.notice(
                result.file.path, "IPA859", ja=f"再計算できない。{error.ja}", en=f"cannot be recomputed: {error.en}"
            )
            continue
        made += 1
        if again != result.file.sha256:
            said.error(
                result.file.path,
                "IPA857",
                ja="保存した入力と回答から計算し直すと異なる結果になる。",
                en="differs from what the kept inputs and answers give when computed again.",
            )
    return made


def reread_observed(
    folder: Path,
    chain: Chain,
    found: Mapping[str, str],
    *,
    said: Differences,
    reread: Callable[[KeptObserved, bytes], bytes] | None,
) -> int:
    """Return how many files of observations were made anew, of those whose hash holds; say which came out otherwise."""
    if reread is None or not chain.sound:
        return 0
    made = 0
    for entry, line in zip(chain.entries, chain.lines, strict=True):
        if not isinstance(line, ObservedLine):
            continue
        kept = kept_observed(entry, line)
        path = kept.file.path
        if found.get(path) != kept.file.sha256:
            continue
        data = (folder / path).read_bytes()
        try:
            again = reread(kept, data)
        except AlteredError as error:
            said.error(path, "IPA863", ja=error.ja, en=error.en)
            continue
        except IpattrError as error:
            said.notice(path, "IPA864", ja=f"読み直せない。{error.ja}", en=f"cannot be read again: {error.en}")
            continue
        made += 1
        if again != data:
            number = first_difference(data, again)
            said.error(
                path,
                "IPA863",
                ja=f"{number}行目が、保存したDNSメッセージ等から読み直したものと異なる。",
                en=f"line {number} is not what the message kept in it says when it is read again.",
            )
    return made


def first_difference(kept: bytes, made: bytes) -> int:
    """Return the number (1-based) of the first line in which two files differ, 0 when they are the same."""
    pairs = zip_longest(kept.split(b"\n"), made.split(b"\n"))
    return next((number for number, (one, other) in enumerate(pairs, start=1) if one != other), 0)
