"""One asker of ``registries.py`` in a process of its own: prints what it found as one JSON object.

    python benchmarks/registries_peers.py NAME ADDRESSES.json PORT [COUNT]

``seconds`` is the asking alone, imports left out; ``found`` address → handle (empty: none), ``refused`` the 429s that
the asker saw.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
import time
from pathlib import Path
from typing import Any

FLIGHTS = 10


async def floor(addresses: list[str], port: int) -> dict[str, Any]:
    """Send one request per address given over ten kept connections and read the answers: what nobody can beat."""
    context = ssl.create_default_context()
    waiting = iter(addresses)
    began = time.perf_counter()

    async def carry() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        for address in waiting:
            writer.write(f"GET /ip/{address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        writer.close()

    await asyncio.gather(*(carry() for _ in range(FLIGHTS)))
    return {"seconds": time.perf_counter() - began, "found": {}, "refused": 0}


def _whoisit(port: int) -> Any:  # noqa: ANN401 - an untyped module
    """Return whoisit with every address led to the loopback server; its bootstrap data is given, not fetched."""
    import whoisit  # type: ignore[import-untyped]

    url = [f"https://127.0.0.1:{port}/"]
    services = {"ipv4": "0.0.0.0/0", "ipv6": "::/0", "asn": "1-4294967295", "dns": "invalid", "object": "X"}
    data = {name: {"services": [[[selector], url]]} for name, selector in services.items()}
    whoisit.load_bootstrap_data({"timestamp": int(time.time()), **data}, from_json=False)
    return whoisit


async def whoisit_async(addresses: list[str], port: int) -> dict[str, Any]:
    """Ask for every address, ten in flight."""
    whoisit = _whoisit(port)
    found: dict[str, str] = {}
    refused = 0
    waiting = iter(addresses)

    async def carry() -> None:
        nonlocal refused
        for address in waiting:
            try:
                found[address] = (await whoisit.ip_async(address))["handle"]
            except whoisit.errors.RateLimitedError:
                refused += 1
            except whoisit.errors.WhoisItError:
                pass

    began = time.perf_counter()
    await asyncio.gather(*(carry() for _ in range(FLIGHTS)))
    return {"seconds": time.perf_counter() - began, "found": found, "refused": refused}


def whoisit_each(addresses: list[str], port: int) -> dict[str, Any]:
    """Ask for one address after the other, over whoisit's own kept session."""
    whoisit = _whoisit(port)
    began = time.perf_counter()
    found = {address: whoisit.ip(address)["handle"] for address in addresses}
    return {"seconds": time.perf_counter() - began, "found": found, "refused": 0}


def ipwhois_each(addresses: list[str], port: int) -> dict[str, Any]:
    """Ask for one address after the other through ``RDAP.lookup``, as ``IPWhois.lookup_rdap`` does after its DNS.

    Its URLs are set to the loopback server, and ``asn_data`` is given: over DNS it would be two queries more for each,
    for Japan one or more pages of JPNIC's gateway besides. None of that is in the figure.
    """
    from ipwhois import rdap
    from ipwhois.net import Net

    rdap.RIR_RDAP["apnic"] = {"ip_url": f"https://127.0.0.1:{port}/ip/{{0}}"}
    began = time.perf_counter()
    found = {
        address: rdap.RDAP(Net(address)).lookup(asn_data={"asn_registry": "apnic"})["network"]["handle"]
        for address in addresses
    }
    return {"seconds": time.perf_counter() - began, "found": found, "refused": 0}


def main() -> None:
    """Ask, and print."""
    name, path, port, *count = sys.argv[1:]
    addresses = json.loads(Path(path).read_text("utf-8"))[: int(count[0]) if count else None]
    for variable in [key for key in os.environ if key.lower().endswith("_proxy")]:
        del os.environ[variable]
    match name:
        case "floor":
            result = asyncio.run(floor(addresses, int(port)))
        case "whoisit-async":
            result = asyncio.run(whoisit_async(addresses, int(port)))
        case "whoisit":
            result = whoisit_each(addresses, int(port))
        case "ipwhois":
            result = ipwhois_each(addresses, int(port))
        case _:
            sys.exit(f"nobody is called {name}")
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
