"""A time stamp proves what it should: made by a real authority (openssl), read by us, checked by openssl again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keepsakes import VERSION, clock, filled

from ipattr.errors import AlteredError, UnreadableError, UsageError
from ipattr.store import open_case, read_stamp, stamp_request, verify
from ipattr.store.der import in_order

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("rfc3161_client", reason="the timestamp extra is not installed")

HEAD = "0123456789abcdef" * 4
POLICY = "1.2.3.4.1"
CONFIG = f"""
[tsa]
default_tsa = t
[t]
serial = serial
signer_digest = sha256
default_policy = {POLICY}
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class Authority(NamedTuple):
    """A time-stamping authority in a folder."""

    openssl: str
    folder: Path

    def call(self, *arguments: str) -> str:
        """Run openssl here and return what it printed."""
        done = subprocess.run(
            [self.openssl, *arguments], cwd=self.folder, capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def root(self) -> bytes:
        """Return its root certificate."""
        return (self.folder / "root.pem").read_bytes()

    def reply(self, request: bytes) -> bytes:
        """Return its response to a request."""
        (self.folder / "q").write_bytes(request)
        self.call("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q", "-signer", "signer.pem",
                  "-inkey", "signer.key", "-chain", "root.pem", "-out", "r")  # fmt: skip
        return (self.folder / "r").read_bytes()


def make_authority(folder: Path) -> Authority:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    authority = Authority(openssl, folder)
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("0A\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")
    authority.call("req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Test Root",
                   "-extensions", "root", "-days", "30")  # fmt: skip
    authority.call("req", "-new", *key, "-keyout", "signer.key", "-out", "signer.csr", "-subj", "/CN=Test TSA")
    authority.call("x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
                   "-extfile", "tsa.cnf", "-extensions", "signer", "-days", "30", "-out", "signer.pem")  # fmt: skip
    return authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority with its own root."""
    return make_authority(tmp_path_factory.mktemp("tsa"))


def test_a_stamp_says_when_by_whom_and_of_what(authority: Authority) -> None:
    request = stamp_request(HEAD)
    response = authority.reply(request)
    stamp = read_stamp(request, response, head=HEAD, roots=(authority.root(),))
    assert stamp.verified
    assert stamp.policy == POLICY
    assert stamp.tsa == "CN=Test TSA"
    assert abs(stamp.gen_time - datetime.now(UTC)) < timedelta(minutes=1)
    assert not read_stamp(request, response).verified
    (authority.folder / "head").write_text(HEAD)
    (authority.folder / "ours.tsr").write_bytes(response)
    said = authority.call("ts", "-verify", "-data", "head", "-in", "ours.tsr", "-CAfile", "root.pem")
    assert "Verification: OK" in said
    assert f"0x{stamp.serial.zfill(2).upper()}" in authority.call("ts", "-reply", "-in", "ours.tsr", "-text")


def test_openssl_reads_our_request(authority: Authority) -> None:
    (authority.folder / "ours.tsq").write_bytes(stamp_request(HEAD))
    text = authority.call("ts", "-query", "-in", "ours.tsq", "-text")
    assert "Hash Algorithm: sha256" in text
    assert "Certificate required: yes" in text
    assert "Nonce: 0x" in text
    assert stamp_request(HEAD) != stamp_request(HEAD)


def test_a_stamp_for_another_request_is_refused(authority: Authority) -> None:
    request = stamp_request(HEAD)
    other = "f" * 64
    for wrong in (stamp_request(HEAD), stamp_request(other)):
        with pytest.raises(AlteredError):
            read_stamp(request, authority.reply(wrong))
    with pytest.raises(AlteredError):
        read_stamp(request, authority.reply(request), head=other)


def test_a_stamp_of_another_authority_is_refused(authority: Authority, tmp_path: Path) -> None:
    request = stamp_request(HEAD)
    stranger = make_authority(tmp_path)
    with pytest.raises(AlteredError, match="does not lead to the root"):
        read_stamp(request, stranger.reply(request), roots=(authority.root(),))


def test_no_byte_of_a_verified_stamp_can_change_what_it_says(authority: Authority) -> None:
    request = stamp_request(HEAD)
    response = authority.reply(request)
    good = read_stamp(request, response, head=HEAD, roots=(authority.root(),))
    for at in range(0, len(response), 7):
        damaged = bytearray(response)
        damaged[at] ^= 1
        try:
            found = read_stamp(request, bytes(damaged), head=HEAD, roots=(authority.root(),))
        except (AlteredError, UnreadableError):
            continue
        assert found == good, at


def test_what_is_no_stamp_is_unreadable(authority: Authority) -> None:
    request = stamp_request(HEAD)
    response = authority.reply(request)
    for asked, answer in ((b"", response), (request, b""), (request, b"<html>"), (request, response[:-9])):
        with pytest.raises(UnreadableError):
            read_stamp(asked, answer)
    rejection = bytes.fromhex("3009300702010203020520")
    with pytest.raises(UnreadableError, match="rejection"):
        read_stamp(request, rejection)


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda data: b"\x30\x80" + data))
def test_putting_certificates_in_order_refuses_nothing_and_loses_nothing(data: bytes) -> None:
    assert sorted(in_order(data)) == sorted(data)


def test_certificates_out_of_order_are_read_all_the_same(authority: Authority) -> None:
    # openssl sends the signer first; one of the two orders is not that of DER.
    request = stamp_request(HEAD)
    response = authority.reply(request)
    ordered = in_order(response)
    assert in_order(ordered) == ordered
    assert len(ordered) == len(response)
    assert read_stamp(request, response) == read_stamp(request, ordered)


def test_a_token_without_a_name_is_called_by_its_certificate(tmp_path: Path) -> None:
    nameless = make_authority(tmp_path)
    (tmp_path / "tsa.cnf").write_text(CONFIG.replace("tsa_name = yes", "tsa_name = no"))
    request = stamp_request(HEAD)
    stamp = read_stamp(request, nameless.reply(request), roots=(nameless.root(),))
    assert stamp.tsa == "CN=Test TSA"


def test_roots_without_a_certificate_and_heads_that_are_none_are_refused(authority: Authority) -> None:
    request = stamp_request(HEAD)
    with pytest.raises(UsageError):
        read_stamp(request, authority.reply(request), roots=(b"no certificate",))
    with pytest.raises(UsageError):
        stamp_request("abc")


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    with pytest.raises(UsageError, match=r"ipattr\[timestamp\]"):
        stamp_request(HEAD)


def test_a_stamp_lies_in_the_case_and_is_checked_with_it(authority: Authority, tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    with open_case(case, clock=clock, tool_version=VERSION) as folder:
        head = folder.head
        request = stamp_request(head)
        response = folder.add_stamp(request, authority.reply(request), head=head)
        with pytest.raises(UsageError):
            folder.add_stamp(request, b"", head="f" * 64)
    assert verify(case).changes == ()
    assert read_stamp(response.with_suffix(".tsq").read_bytes(), response.read_bytes(), head=head)
    response.write_bytes(response.read_bytes() + b"\0")
    assert [change.where for change in verify(case).changes] == [f"stamps/{response.name}"]
