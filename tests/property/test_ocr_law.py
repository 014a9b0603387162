"""Returns damaged as character recognition damages them, with the truth known by construction: proposed or refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.addresses import Specials, to_text
from ipattr.model import LoginEvent, Refusal
from ipattr.readers import x_return
from ipattr.readers.document import FormReading, Options, decode_document
from ipattr.readers.ocr import Proposal, key_repair, propose_address, propose_time

SPECIALS = Specials(())
SEED = 20261122
PARTS, CASES = 8, 100
ACCEPTING = Options(accept_repairs=True)
KEYS = {
    "ipAudit": ("ipAudlt", "lpAudit", "IpAudit", "ipaudit"),
    "accountId": ("accountld", "account1d", "acc0untId", "accountid"),
    "createdAt": ("cneatedAt", "createdAl", "createcIAt", "crcatedAt", "CreatedAt"),
    "loginIp": ("loginlp", "loglnip", "loginIP", "1oginIp", "IoginIp"),
    "loginPortNumber": ("loginportnumber", "loglnPortNumber", "loginP0rtNumber"),
}


class Truth(NamedTuple):
    """One record as it was before the scan."""

    account: str
    time: str
    ip: str
    port: str | None


def _truth(chance: random.Random, number: int) -> Truth:
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(6 * 365 * 86400))
    if chance.random() < 0.7:
        ip = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    else:
        ip = to_text(6, 0x2400 << 112 | chance.getrandbits(96))
    port = str(chance.randrange(1, 65536)) if chance.random() < 0.5 else None
    return Truth(f"{number}{chance.randrange(10**8)}", f"{moment:%Y-%m-%dT%H:%M:%S}.000Z", ip, port)


def _at_one(chance: random.Random, text: str, old: str, new: str) -> str:
    places = [place for place in range(len(text)) if text.startswith(old, place)]
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + new + text[place + len(old) :]


def _l(chance: random.Random, text: str) -> str:
    return _at_one(chance, text, "1", chance.choice("lI"))


def _o(chance: random.Random, text: str) -> str:
    return _at_one(chance, text, "0", "O")


def _kuten(chance: random.Random, text: str) -> str:
    return _at_one(chance, text, ".", "。")


def _space(chance: random.Random, text: str) -> str:
    place = chance.randrange(1, len(text))
    return text[:place] + " " + text[place:]


def _end(chance: random.Random, text: str) -> str:
    return text[:-1] + chance.choice(["ZM", "1Z", "2", "7"]) if text.endswith("000Z") else text


Damage = Callable[[random.Random, str], str]
TIME_DAMAGE: tuple[Damage, ...] = (_l, _o, _kuten, _space, _end)
IP_DAMAGE: tuple[Damage, ...] = (_l, _o, _kuten, _space)


def _damage(chance: random.Random, text: str, kinds: tuple[Damage, ...]) -> str:
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
        text = chance.choice(kinds)(chance, text)
    return text


def _key(chance: random.Random, name: str) -> str:
    return chance.choice(KEYS[name]) if chance.random() < 0.12 else name


def _written(chance: random.Random, truth: Truth, *, damaged: bool) -> str:
    """Write one record; ``damaged`` ones take random confusions in keys, time and address, never in port or id."""
    time, ip = truth.time, truth.ip
    name = {key: _key(chance, key) if damaged else key for key in KEYS}
    if damaged:
        time, ip = _damage(chance, time, TIME_DAMAGE), _damage(chance, ip, IP_DAMAGE)
    lines = [("accountId", truth.account), ("createdAt", time), ("loginIp", ip)]
    if truth.port is not None:
        lines.append(("loginPortNumber", truth.port))
    body = ",\n".join(f"“{name[key]}” : “{value}”" for key, value in lines)
    noise = chance.choice(["", "", "Page 2 of 5\n", "- 3 -\n"])
    return f"“{name['ipAudit']}” : {{\n{body}\n{noise}}}\n"


def _read(text: str, options: Options) -> FormReading:
    document = decode_document("scan.txt", text.encode(), encoding="utf-8")
    assert x_return.detect(document) is not None
    found = x_return.read(document, options, SPECIALS)
    assert found.rows == len(found.events) + len(found.rejects) + len(found.pending)
    return found


def _as_truth(event: LoginEvent) -> Truth:
    assert event.instant is not None
    port = None if event.port is None else str(event.port)
    return Truth(event.account.id or "", f"{event.instant.utc:%Y-%m-%dT%H:%M:%S}.000Z", event.address.text, port)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_record_is_proposed_exactly_or_refused_and_never_read_wrongly(part: int) -> None:
    chance = random.Random(SEED + part)  # noqa: S311 - a seeded choice, no secret
    outcomes = {"ok": 0, "pending": 0, "rejected": 0}
    for _ in range(CASES):
        truths = [_truth(chance, number) for number in range(1, 5)]
        damaged = [chance.random() < 0.6 for _ in truths]
        written = [_written(chance, truth, damaged=bad) for truth, bad in zip(truths, damaged, strict=True)]
        text = "".join(written)
        starts = [1 + "".join(written[:number]).count("\n") for number in range(len(written))]
        by_row = dict(zip(starts, truths, strict=True))
        found = _read(text, Options())
        assert found.rows == len(truths)
        for event in found.events:
            row = int(event.provenance.locator.rpartition(":")[2])
            assert (event.status, _as_truth(event), event.repairs) == ("ok", by_row[row], ()), text
        for pending in found.pending:
            truth = by_row[pending.row]
            port = truth.port or ""
            # A space before Z is valid as it stands, so nothing is proposed there.
            values = (pending.proposed_time.replace(" Z", "Z"), pending.proposed_ip, pending.proposed_port)
            assert values == (truth.time, truth.ip, port), text
            assert pending.repairs
        untouched = {row for row, bad in zip(starts, damaged, strict=True) if not bad}
        assert not untouched & {row.row for row in (*found.pending, *found.rejects)}, text
        _check_accepted(text, by_row, found)
        outcomes["ok"] += len(found.events)
        outcomes["pending"] += len(found.pending)
        outcomes["rejected"] += len(found.rejects)
    assert outcomes["pending"] > CASES
    assert outcomes["ok"] > CASES
    assert outcomes["rejected"] < outcomes["pending"] / 20, outcomes


def _check_accepted(text: str, by_row: dict[int, Truth], plain: FormReading) -> None:
    """With the repairs accepted the events are the originals; each repaired one is marked and keeps its raw cells."""
    found = _read(text, ACCEPTING)
    assert found.pending == ()
    assert found.rejects == plain.rejects
    repaired = {pending.row: pending for pending in plain.pending}
    for event in found.events:
        row = int(event.provenance.locator.rpartition(":")[2])
        assert _as_truth(event) == by_row[row], text
        assert all(cell.raw in text and cell.column in text for cell in event.raw)
        if row in repaired:
            assert event.status == "review"
            assert event.repairs == repaired[row].repairs
            marks = [finding for finding in event.findings if finding.code == "IPA050"]
            assert len(marks) == len(event.repairs)
        else:
            assert event in plain.events


_MOMENTS = st.datetimes(min_value=datetime(2007, 1, 1), max_value=datetime(2040, 1, 1))  # noqa: DTZ001 - naive bounds
_STYLES = ("%Y-%m-%dT%H:%M:%S.000Z", "%Y-%m-%d %H:%M:%S UTC", "%Y/%m/%d %H:%M Z", "%b %d, %Y %H:%M:%S UTC")


@settings(max_examples=300, deadline=None)
@given(_MOMENTS, st.sampled_from(_STYLES))
def test_a_valid_time_is_never_repaired(moment: datetime, style: str) -> None:
    assert propose_time(moment.strftime(style), Options()) is None


@settings(max_examples=300, deadline=None)
@given(st.ip_addresses().map(str))
def test_a_valid_address_is_never_repaired(address: str) -> None:
    assert propose_address(address, SPECIALS) is None


@settings(max_examples=400, deadline=None)
@given(_MOMENTS, st.ip_addresses().map(str), st.integers(0, 2**32))
def test_a_proposal_is_valid_itself_so_that_repairing_twice_changes_nothing(
    moment: datetime, address: str, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a seeded choice, no secret
    time = propose_time(_damage(chance, moment.strftime(_STYLES[0]), TIME_DAMAGE), Options())
    assert not isinstance(time, Refusal)
    if isinstance(time, Proposal):
        assert propose_time(time.proposed, Options()) is None
    ip = propose_address(_damage(chance, address, IP_DAMAGE), SPECIALS)
    if ip is not None:
        assert propose_address(ip.proposed, SPECIALS) is None


@pytest.mark.parametrize("name", KEYS)
def test_an_exact_key_is_never_repaired_and_a_repaired_one_is_exact(name: str) -> None:
    assert key_repair(name, name) is None
    for written in KEYS[name]:
        repair = key_repair(written, name)
        assert repair is not None
        assert key_repair(repair.proposed, name) is None
