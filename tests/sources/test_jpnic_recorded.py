"""The recorded page of JPNIC's HTML gateway beside what ipwhois makes of it. We never ask the gateway ourselves."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

from whois_answers import exchange_of, recorded

from ipattr.sources.ipwhois_parser import stored_net
from ipattr.sources.jpnic import read_jpnic

ADDRESS = "133.1.2.5"


def page() -> str:
    return str(recorded("jpnic")[ADDRESS]["response"])


def as_whois(text: str) -> bytes:
    """Return what the page shows as port 43 would send it: the text of its PRE element, without the links."""
    inner = text.partition("<PRE>\n")[2].partition("</PRE>")[0]
    return html.unescape(re.sub(r"<[^>]*>", "", inner)).replace("\n", "\r\n").encode("iso2022_jp")


def test_the_recorded_answer_is_read_whole() -> None:
    body = as_whois(page())
    reply = read_jpnic(exchange_of(body, subject=ADDRESS), body)
    network = reply.network
    assert reply.status == "found"
    assert network is not None
    assert (network.first, network.last, network.cidrs) == ("133.1.0.0", "133.1.255.255", ("133.1.0.0/16",))
    assert network.layout == "jpnic-assignment"
    assert [(one.text, one.rule) for one in network.holders] == [("Osaka University", "g")]
    assert len(network.nameservers) == 3
    assert [(one.action, one.instant) for one in network.events] == [
        ("last changed", datetime(2015, 1, 14, 2, 50, 3, tzinfo=UTC))
    ]
    assert (network.less_specific, network.more_specific) == ((), ())
    assert len(reply.notices) == 4
    assert not reply.findings


def test_the_page_itself_is_no_whois_answer() -> None:
    body = page().encode()
    assert read_jpnic(exchange_of(body, subject=ADDRESS), body).status == "wrong-type"


def test_each_difference_from_ipwhois_is_explained() -> None:
    from ipwhois.nir import NIRWhois

    theirs = NIRWhois(stored_net(ADDRESS)).lookup(
        nir="jpnic", response=page(), is_offline=True, field_list=["name", "handle", "updated", "nameservers"]
    )["nets"][0]
    body = as_whois(page())
    network = read_jpnic(exchange_of(body, subject=ADDRESS), body).network
    assert network is not None
    assert network.name is not None
    # the same
    assert theirs["cidr"] == network.cidrs[0]
    assert theirs["handle"] == network.name.value
    assert theirs["name"] == network.holders[0].text
    assert theirs["nameservers"] == [one.value for one in network.nameservers]
    # theirs begins one address late (and names the broadcast address correctly)
    assert theirs["range"] == "133.1.0.1 - 133.1.255.255"
    assert network.first == "133.1.0.0"
    # theirs is naive; ours is the same instant, and says that it is UTC
    assert network.events[0].instant is not None
    assert theirs["updated"] == network.events[0].instant.replace(tzinfo=None).isoformat()
