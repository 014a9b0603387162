"""Attribution against the shipped tables: each case states what the facts say of the address, and why."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ipattr.attribution import attribute
from ipattr.attribution.parties import entity_name

if TYPE_CHECKING:
    from ipattr.registry import Registry

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "attribution.toml").read_text(encoding="utf-8")
)["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_verdict_says_what_the_facts_say(case: dict[str, Any], registry: Registry) -> None:
    verdict = attribute(case["address"], facts=registry, hostname=case.get("hostname"))
    assert verdict.status == case["status"], verdict.explanation.en
    assert sorted({party.name.ja for party in verdict.alternatives}) == sorted(case["parties"])
    assert set(case.get("findings", [])) <= {finding.code for finding in verdict.findings}
    if "services" in case:
        assert sorted({party.service for party in verdict.alternatives}) == sorted(case["services"])
    if "operator" in case:
        assert verdict.operator is not None
        assert verdict.operator.ja == case["operator"]
    if "holder" in case:
        assert verdict.holder.name is not None
        assert verdict.holder.name.ja == case["holder"]
    assert set(case.get("behind", [])) <= {party.name.ja for party in verdict.chain}
    assert set(case.get("sharing", [])) <= set(verdict.sharing)


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_one_name_stands_alone_only_when_attributed(case: dict[str, Any], registry: Registry) -> None:
    verdict = attribute(case["address"], facts=registry, hostname=case.get("hostname"))
    assert (verdict.addressee is not None) == (verdict.status == "attributed")
    assert verdict.explanation.ja
    assert verdict.next_step.en
    if verdict.network is not None:
        assert verdict.network.prefix in verdict.explanation.ja
        assert verdict.network.as_of in verdict.explanation.en


def test_the_registered_holder_is_never_taken_from_the_as_number(registry: Registry) -> None:
    verdict = attribute("1.72.123.45", facts=registry)
    assert verdict.holder.status == "not-looked-up"
    assert verdict.holder.name is None
    assert verdict.registrants[0].number == 9605
    assert "JPNIC" in verdict.next_step.ja


def test_ocn_says_when_which_company_is_right(registry: Registry) -> None:
    verdict = attribute("153.128.123.45", facts=registry)
    consumer = [party for party in verdict.alternatives if party.service == "consumer"]
    business = [party for party in verdict.alternatives if party.service == "business"]
    assert [party.name.ja for party in consumer] == ["株式会社NTTドコモ"]
    assert [party.name.ja for party in business] == ["NTTドコモビジネス株式会社"]
    assert "個人" in consumer[0].condition.ja
    assert "法人" in business[0].condition.ja


def test_an_example_of_every_provider_gets_its_stated_verdict(registry: Registry) -> None:
    wrong = []
    for provider in registry.providers.values():
        for example in provider.examples:
            verdict = attribute(example.address, facts=registry, hostname=example.hostname or None)
            found = verdict.addressee.name if verdict.addressee is not None else None
            expected = entity_name(registry.providers[example.addressee]) if example.addressee else None
            if (verdict.status, found) != (example.status, expected):
                wrong.append((provider.id, example.address, verdict.status, found, example.status, expected))
    assert not wrong


def test_ocn_says_since_when_and_under_which_names_before(registry: Registry) -> None:
    verdict = attribute("153.128.123.45", facts=registry)
    (consumer,) = [party for party in verdict.alternatives if party.service == "consumer"]
    assert "2023-07-01" in consumer.condition.ja
    assert "NTTレゾナント株式会社 2022-07-01" in consumer.history


@pytest.mark.parametrize("address", ["130.69.21.113", "160.251.107.182", "193.114.32.45", "133.106.12.34"])
def test_japanese_delegations_in_foreign_areas_are_asked_at_jpnic(registry: Registry, address: str) -> None:
    ask = attribute(address, facts=registry).holder.ask
    assert ask is not None
    assert ask.ja.startswith("JPNIC")


def test_nobody_stands_behind_himself(registry: Registry) -> None:
    for address in ("153.128.123.45", "126.33.123.45", "106.146.34.56"):
        verdict = attribute(address, facts=registry)
        assert not {party.name.ja for party in verdict.chain} & {party.name.ja for party in verdict.alternatives}
