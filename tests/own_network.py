"""Run as a script in a network namespace of its own: nsd at a public address there, unbound before it, and a capture.

What ``--authoritative`` does cannot be shown on 127.0.0.1, since only globally reachable name servers are asked. In a
namespace without any way out, loopback may bear such an address. Arguments: an empty folder.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import dns.exception
import dns.message
import dns.query

NAME_SERVER = "104.244.42.53"
RESOLVER = "127.0.0.1"
ZONE = """\
$ORIGIN x.com.
$TTL 300
@ IN SOA ns hostmaster 1 3600 600 86400 60
@ IN NS ns
@ IN NS inside
ns IN A {server}
inside IN A 10.0.0.53
@ IN A 162.159.140.229
@ IN A 172.66.0.227
"""
NSD = """\
server:
  ip-address: {server}
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  database: ""
  xfrdfile: "{folder}/xfrd"
  zonelistfile: "{folder}/zones"
zone:
  name: x.com
  zonefile: x.com.zone
"""
UNBOUND = """\
server:
  interface: {resolver}
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/unbound.pid"
  use-syslog: no
  do-not-query-localhost: no
  do-daemonize: no
  module-config: "iterator"
stub-zone:
  name: x.com
  stub-addr: {server}
remote-control:
  control-enable: no
"""


def wait_for(server: str) -> None:
    """Return once a server answers."""
    for _ in range(100):
        with contextlib.suppress(OSError, dns.exception.DNSException):
            dns.query.udp(dns.message.make_query("x.com", "A"), server, timeout=0.2)
            return
        time.sleep(0.05)
    sys.exit(f"{server} does not answer")


def main(folder: Path) -> int:
    """Start both servers, capture from them, and return the exit code of the capture."""
    for words in (["link", "set", "lo", "up"], ["addr", "add", f"{NAME_SERVER}/32", "dev", "lo"]):
        subprocess.run(["ip", *words], check=True)  # noqa: S607 - in whatever folder the system has it
    values = {"folder": folder, "server": NAME_SERVER, "resolver": RESOLVER}
    for name, text in (("x.com.zone", ZONE), ("nsd.conf", NSD), ("unbound.conf", UNBOUND)):
        (folder / name).write_text(text.format(**values))
    with contextlib.ExitStack() as servers:
        for command, server in (("nsd", NAME_SERVER), ("unbound", RESOLVER)):
            path = f"/usr/sbin/{command}"
            process = subprocess.Popen([path, "-d", "-c", str(folder / f"{command}.conf")], stderr=subprocess.DEVNULL)
            servers.callback(process.wait)
            servers.callback(process.terminate)
            wait_for(server)
        capture = [sys.executable, "-m", "ipattr", "destinations", "capture", "x", "--host", "x.com"]
        options = ["--resolver", RESOLVER, "--authoritative", "--rounds", "1", "--ledger", str(folder / "ledger")]
        return subprocess.run([*capture, *options, "--format", "json", "--lang", "en"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
