"""A miniature ``data/``, written by hand: every kind of file once, invented providers on documentation addresses."""

from __future__ import annotations

import csv
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "providers/alpha.toml": """\
id = "alpha"
brands = ["Alpha Net"]
access = "fixed-isp"
sources = ["S1"]
confidence_as = "high"
confidence_ptr = "low"
asns = [{ number = 64500, role = "own" }, { number = 64501, role = "upstream" }]
prefixes = [
  { prefix = "198.51.100.0/24", relation = "service", certainty = "stated", service = "wide", source = "S1" },
  { prefix = "198.51.100.0/26", relation = "service", certainty = "part", service = "narrow", source = "S1" },
]
ptr = [{ regex = '^.+\\.alpha\\.example$' }]
keys = [{ any_of = [["source-ip", "time"]], text = { ja = "一", en = "one" }, source = "S1", confidence = "low" }]
retention = [{ value = 93, unit = "day", text = "93日", source = "S1", as_of = "2015", confidence = "low" }]
addressees = [{ provider = "beta", when = { ja = "卸", en = "wholesale" }, source = "S1", confidence = "low" }]
examples = [{ address = "198.51.100.9", status = "attributed" }]

[entity]
ja = "アルファ株式会社"
en = "Alpha Inc."
confidence = "high"
names = [{ text = "旧アルファ", since = "2001", until = "2010-04-01" }]
""",
    "providers/beta.toml": """\
id = "beta"
brands = ["Beta"]
access = "mvno"
sources = ["S1"]
confidence_as = "low"
confidence_ptr = "none"
asns = [{ number = 64501, role = "own" }, { number = 64500, role = "mixed" }]
examples = [{ address = "2001:db8:1::1", status = "attributed" }]

[entity]
ja = "ベータ株式会社"
en = "Beta K.K."
confidence = "high"
""",
    "nonaccess/vpn.toml": """\
[[network]]
id = "tunnel"
name = "Tunnel VPN"
category = "vpn"
asns = [64502]
prefixes = [{ prefix = "2001:db8:ffff::/48", relation = "service", certainty = "stated", source = "S1" }]
meaning = { ja = "出口", en = "exit" }
next_step = { ja = "照会", en = "ask" }
sources = ["S1"]
confidence = "high"
""",
    "platforms/x.toml": """\
id = "x"
name = "X"
asns = [64502]
sources = ["S1"]
confidence = "high"
""",
    "observations/x.csv": """\
id,platform,host,rrtype,address,first_seen,last_seen,count,vantage,source,confidence,cname,status,note
x1,x,x.example,A,192.0.2.1,2025-03,2025-03-10T00:40:00Z,3,here,S1,high,,kept,
x2,x,x.example,AAAA,2001:db8::1,2024,2025,,here,S1,low,,kept,
""",
    "citations.toml": '[[citation]]\ncode = "S1"\ntitle = "Invented"\nkind = "dataset"\nlicence = "CC0-1.0"\n',
    "practice.toml": """\
[[range]]
access = ["mvno"]
text = { ja = "目安", en = "rough" }
low = { value = 3, unit = "month", text = "3", source = "S1", as_of = "2010", confidence = "low" }
high = { value = 6, unit = "month", text = "6", source = "S1", as_of = "2010", confidence = "low" }
""",
    "calendar.toml": """\
covers_from = 2025-01-01
covers_until = 2027-12-31
announced_until = 2026-12-31
closed_days = ["12-29"]
holidays = [{ day = 2026-01-01, name = "元日" }]
source = "S1"
as_of = "2026-02-01"
""",
    "columns.toml": 'time = ["time", "日時"]\nip = ["ip", "IPアドレス"]\n',
    "special/ipv4.csv": """\
prefix,name,rfc,allocated,terminated,globally_reachable,meaning_ja,meaning_en
10.0.0.0/8,Private-Use,RFC 1918,1996-02,,false,私用,private
""",
    "special/ipv6.csv": """\
prefix,name,rfc,allocated,terminated,globally_reachable,meaning_ja,meaning_en
fe80::/10,Link-Local,RFC 4291,2006-02,,,同一リンク,link
""",
    "networks/prefixes.csv": """\
prefix,origin_asn,delegated_country
198.51.100.0/24,64500,JP
198.51.100.0/25,64500,JP
198.51.100.0/25,64501,JP
198.51.100.64/26,64502,other
255.255.255.0/24,64502,other
2001:db8::/32,64500,JP
2001:db8:1::/48,64501,JP
ffff:ffff:ffff:ffff::/64,64502,other
""",
    "networks/ases.csv": """\
asn,handle,organisation,country,category,network_role,prefixes,source_repo,source_commit
64500,ALPHA,Alpha Incorporated,JP,isp,,3,S1,abc
64501,BETA,Beta KK,JP,isp,,2,S1,abc
64502,TUNNEL,Tunnel Ltd,US,hosting,,3,S1,abc
""",
    "networks/areas.csv": "prefix,registry,note\n198.0.0.0/8,ARIN,\n198.51.100.0/24,APNIC,part\n2001:d00::/24,APNIC,\n",
}
SEALED = {"networks": ("prefixes.csv", "ases.csv", "areas.csv"), "special": ("ipv4.csv", "ipv6.csv")}


def write(root: Path, changes: dict[str, str] | None = None) -> Path:
    """Write the tree under ``root`` with ``changes`` (path to text) in place of its own files, and seal its tables."""
    for name, text in {**FILES, **(changes or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    examples = root / "examples"
    examples.mkdir(exist_ok=True)
    (examples / "return.docx").write_bytes(b"invented")
    (examples / "log.csv").write_text("invented", encoding="utf-8")
    seal(root)
    return root


def seal(root: Path) -> None:
    """Write the manifests that fit the tables as they are."""
    for folder, names in SEALED.items():
        tables = []
        for name in names:
            data = (root / folder / name).read_bytes()
            rows = sum(1 for _ in csv.reader(data.decode().splitlines())) - 1
            tables.append(
                f'[[table]]\nfile = "{name}"\nsource = "S1"\nas_of = "2026-01"\nrows = {rows}\n'
                f'sha256 = "{hashlib.sha256(data).hexdigest()}"\nlicence = "CC0-1.0"\n'
            )
        (root / folder / "manifest.toml").write_text("\n".join(tables), encoding="utf-8")


def replaced(name: str, old: str, new: str) -> dict[str, str]:
    """Return the change of one file in which ``old`` reads ``new``; the old text must be there."""
    assert old in FILES[name], f"{name} has no {old!r}"
    return {name: FILES[name].replace(old, new)}
