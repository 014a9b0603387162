"""A miniature ``data/``, written by hand: every kind of file once, invented providers on documentation addresses."""

from __future__ import annotations

import csv
import hashlib
import json
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
destination_term = { text = "受信先", source = "S1" }

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
observation_note = { ja = "散発", en = "scattered" }
observation_source = "S1"
hosts = [
  { name = "x.example", role = "web", candidate = true, reference = true },
  { name = "*.login.x.example", role = "unknown", candidate = true },
]
prefixes = [
  { prefix = "192.0.2.0/24", asn = "64502", source = "S1", as_of = "2024" },
  { prefix = "192.0.2.0/25", asn = "64502", source = "S1", as_of = "2025" },
  { prefix = "192.0.2.0/25", asn = "64502 (older)", source = "S1", as_of = "2023" },
  { prefix = "2001:db8:a::/48", asn = "64502", source = "S1", as_of = "2025" },
]
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
    "procedures/ask.toml": """\
id = "ask"
name = { ja = "請求", en = "request" }
against = "platform"
statute = "某法1条"
yields = { ja = "住所", en = "address" }
sources = ["S1"]
notes = [{ text = { ja = "遅い", en = "slow" }, platform = "x", effect = "slower", source = "S1", confidence = "low" }]

[[totals]]
low = { value = 1, unit = "month" }
high = { value = 4, unit = "month" }
text = "計"
source = "S1"
confidence = "low"

[[steps]]
id = "filing"
name = { ja = "申立て", en = "filing" }
actor = "applicant"
milestone = "filing"

[[steps]]
id = "hearing"
name = { ja = "期日", en = "hearing" }
actor = "court"
intervals = [{ pace = "current", span = { value = 3, unit = "day" }, text = "三日", source = "S1", confidence = "low" }]

[[steps]]
id = "ip"
name = { ja = "受領", en = "in hand" }
actor = "platform"
milestone = "ip"

[[steps.intervals]]
pace = "current"
span = { value = 1, unit = "month" }
text = "一月"
source = "S1"
confidence = "low"

[[steps.figures]]
low = { value = 1, unit = "month" }
high = { value = 31, unit = "day" }
since = "filing"
platform = "x"
text = "一月ほど"
source = "S1"
as_of = "2025"
confidence = "low"

[[steps]]
id = "objection"
name = { ja = "不服", en = "objection" }
actor = "applicant"
counting = "statutory"

[[steps.figures]]
low = { value = 2, unit = "week" }
high = { value = 2, unit = "week" }
since = "ip"
text = "二週"
source = "S1"
confidence = "low"
""",
    "procedures/find.toml": """\
id = "find"
name = { ja = "照会", en = "inquiry" }
against = "access-provider"
yields = { ja = "氏名", en = "name" }
sources = ["S1"]

[[steps]]
id = "start"
name = { ja = "着手", en = "start" }
actor = "applicant"

[[steps]]
id = "answer"
name = { ja = "回答", en = "answer" }
actor = "provider"
milestone = "person"
note = { ja = "不明", en = "unknown" }
""",
    "procedures/routes.toml": """\
[[route]]
id = "straight"
name = { ja = "直行", en = "straight" }
kind = "ip"
legs = [{ procedure = "ask" }, { procedure = "find", after = "ip" }]
depends_on_log = true
sources = ["S1"]
notes = [{ text = { ja = "円滑", en = "smooth" }, platform = "x", source = "S1", confidence = "low" }]

[[route.totals]]
low = { value = 2, unit = "month" }
high = { value = 8, unit = "month" }
text = "全"
source = "S1"
confidence = "low"
""",
    "sheets/window.toml": """\
id = "window"
title = { ja = "窓口", en = "window" }
providers = ["alpha"]
sources = ["S1"]
time_zone = "JST"
precision = "s"
items = [
  { label = { ja = "住所", en = "address" }, item = "source-ip", required = "yes" },
  { label = { ja = "時刻", en = "time" }, item = "time", required = "yes" },
  { label = { ja = "口", en = "port" }, item = "source-port", required = "one-of" },
  { label = { ja = "先", en = "destination" }, item = "destination-ip", required = "one-of" },
]
remarks = [{ text = { ja = "一件一通", en = "one each" }, source = "S1", confidence = "low" }]

[reply]
low = { value = 1, unit = "week" }
high = { value = 2, unit = "week" }
text = "返答"
source = "S1"
confidence = "low"
""",
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
    "registries/servers.toml": """\
[[server]]
id = "rdap-one"
source = "rdap"
protocol = "rdap"
host = "rdap.one.example"
port = 443
url = "https://rdap.one.example/"
history = "https://rdap.one.example/history/"
operator = "One"
country = "AU"
areas = ["APNIC"]
redirects_to = ["rdap.two.example:443"]
per_second = 5
burst = 5
concurrent = 5
basis = { ja = "自選", en = "our own choice" }
terms = { ja = "条件", en = "terms" }
sources = ["S1"]
confidence = "low"

[[server]]
id = "rdap-two"
source = "rdap"
protocol = "rdap"
host = "rdap.two.example"
port = 443
url = "https://rdap.two.example/"
operator = "Two"
country = "US"
areas = ["ARIN"]
mirrors = "rdap-one"
referral_names = ["TWO"]
per_second = 0.5
burst = 1
concurrent = 1
basis = { ja = "自選", en = "our own choice" }
terms = { ja = "条件", en = "terms" }
opt_in = true
sources = ["S1"]
confidence = "low"
""",
    "registries/ipv4.json": """\
{"version": "1.0", "publication": "2026-01-01T00:00:00Z", "services": [
  [["198.51.100.0/24"], ["https://rdap.one.example/"]],
  [["203.0.113.0/24", "192.0.2.0/24"], ["https://rdap.two.example/"]]
]}
""",
    "registries/ipv6.json": """\
{"version": "1.0", "publication": "2026-01-01T00:00:00Z", "services": [
  [["2001:db8::/32"], ["https://rdap.one.example/"]]
]}
""",
    "registries/asn.json": """\
{"version": "1.0", "publication": "2026-01-01T00:00:00Z", "services": [
  [["64496-64500"], ["https://rdap.one.example/"]],
  [["64501", "64502-64511"], ["https://rdap.two.example/"]]
]}
""",
}
SEALED = {
    "networks": ("prefixes.csv", "ases.csv", "areas.csv"),
    "special": ("ipv4.csv", "ipv6.csv"),
    "registries": ("servers.toml", "ipv4.json", "ipv6.json", "asn.json"),
}


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
            rows = _rows(name, data.decode())
            tables.append(
                f'[[table]]\nfile = "{name}"\nsource = "S1"\nas_of = "2026-01"\nrows = {rows}\n'
                f'sha256 = "{hashlib.sha256(data).hexdigest()}"\nlicence = "CC0-1.0"\n'
            )
        (root / folder / "manifest.toml").write_text("\n".join(tables), encoding="utf-8")


def _rows(name: str, text: str) -> int:
    """Count the rows of one table as far as it can be read: what is broken fails elsewhere, by its own message."""
    if name.endswith(".toml"):
        return text.count("[[server]]")
    if name.endswith(".json"):
        try:
            return sum(len(service[0]) for service in json.loads(text)["services"])
        except (ValueError, KeyError, TypeError):
            return 0
    return sum(1 for _ in csv.reader(text.splitlines())) - 1


def replaced(name: str, old: str, new: str) -> dict[str, str]:
    """Return the change of one file in which ``old`` reads ``new``; the old text must be there."""
    assert old in FILES[name], f"{name} has no {old!r}"
    return {name: FILES[name].replace(old, new)}
