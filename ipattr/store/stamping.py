"""RFC 3161 time stamps of a journal's head: the request to send, and what the response proves.

What is stamped is the SHA-256 of the 64 ASCII characters of the head, so that anybody can check it with
``printf %s HEAD | openssl ts -verify -data /dev/stdin …``. Sending is not done here.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ipattr.errors import AlteredError, IpattrError, UnreadableError, UsageError
from ipattr.model.keeping import StampInfo
from ipattr.store.der import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["StampInfo", "read_stamp", "stamp_request"]

_SHA256 = "2.16.840.1.101.3.4.2.1"
_STATUS = ("granted", "granted with modifications", "rejection", "waiting", "revocation warning", "revoked")


def stamp_request(head: str) -> bytes:
    """Return a TimeStampReq (DER) over ``head`` with a random nonce, asking for the certificate.

    UsageError when ``head`` is no SHA-256 in hex, or the ``timestamp`` extra is not installed.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", head):
        raise UsageError(
            ja="ハッシュは16進64桁の小文字である。", en="a head is 64 lower-case hexadecimal digits.", where=head
        )
    client = _client()
    builder = client.TimestampRequestBuilder(data=head.encode("ascii"), hash_algorithm=client.HashAlgorithm.SHA256)
    return bytes(builder.build().as_bytes())


def read_stamp(request: bytes, response: bytes, *, head: str = "", roots: Sequence[bytes] = ()) -> StampInfo:
    """Return what a TimeStampResp (DER) to ``request`` says.

    ``roots`` are PEM files of certificates that are trusted; without any the signature is not checked and ``verified``
    is false. UnreadableError when either is no such message or no stamp was granted; AlteredError when it stamps
    something else (imprint, nonce, policy, ``head`` when given) or the signature does not lead to a root; UsageError
    without the ``timestamp`` extra, or when ``roots`` hold no certificate.
    """
    client = _client()
    with _reading():
        return _read(client, _parsed(client, request, response), head=head, roots=roots)


@contextmanager
def _reading() -> Iterator[None]:
    """Turn whatever the parsers below raise on hostile bytes into one sentence; they raise many kinds, late."""
    try:
        yield
    except IpattrError:
        raise
    except Exception as error:
        raise UnreadableError(
            ja="タイムスタンプの要求又は応答として読めない。", en="this is no time stamp request or response."
        ) from error


def _read(client: Any, pair: tuple[Any, Any], *, head: str, roots: Sequence[bytes]) -> StampInfo:  # noqa: ANN401
    asked, answer = pair
    info = answer.tst_info
    imprint = bytes(info.message_imprint.message)
    same = (
        info.message_imprint.hash_algorithm.dotted_string == _SHA256
        and asked.message_imprint.hash_algorithm.dotted_string == _SHA256
        and imprint == bytes(asked.message_imprint.message)
        and asked.nonce is not None
        and info.nonce == asked.nonce
        and asked.policy in (None, info.policy)
        and (not head or imprint == hashlib.sha256(head.encode("ascii")).digest())
    )
    if not same:
        raise AlteredError(
            ja="このタイムスタンプは別の要求に対するものである。", en="this time stamp answers another request."
        )
    if roots:
        _verify(client, asked, answer, roots)
    return StampInfo(
        gen_time=info.gen_time,
        serial=f"{info.serial_number:x}",
        tsa=_name(info, answer),
        policy=info.policy.dotted_string,
        imprint=imprint.hex(),
        verified=bool(roots),
    )


def _client() -> Any:  # noqa: ANN401 - a module that may not be installed
    try:
        import rfc3161_client
    except ImportError as error:
        raise UsageError(
            ja="タイムスタンプには追加の部品が要る: pip install 'ipattr[timestamp]'",
            en="time stamps need an extra: pip install 'ipattr[timestamp]'",
        ) from error
    return rfc3161_client


def _parsed(client: Any, request: bytes, response: bytes) -> tuple[Any, Any]:  # noqa: ANN401 - as above
    from rfc3161_client import _rust

    asked = _rust.parse_timestamp_request(request)
    answer = client.decode_timestamp_response(in_order(response))
    status = int(answer.status)
    if status > 1:
        name = _STATUS[status] if status < len(_STATUS) else str(status)
        raise UnreadableError(
            ja=f"時刻認証局はタイムスタンプを発行しなかった（{name}）。", en=f"no time stamp was granted ({name})."
        )
    return asked, answer


def _verify(client: Any, asked: Any, answer: Any, roots: Sequence[bytes]) -> None:  # noqa: ANN401
    from cryptography import x509

    builder = client.VerifierBuilder.from_request(asked)
    try:
        certificates = [certificate for pem in roots for certificate in x509.load_pem_x509_certificates(pem)]
    except ValueError as error:
        raise UsageError(ja="ルート証明書（PEM）がない。", en="there is no root certificate (PEM).") from error
    for certificate in dict.fromkeys(certificates):
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify(answer, bytes(asked.message_imprint.message))
    except client.VerificationError as error:
        raise AlteredError(
            ja="タイムスタンプの署名が、与えたルート証明書につながらない。",
            en="the signature of this time stamp does not lead to the root certificates given.",
        ) from error


def _name(info: Any, answer: Any) -> str:  # noqa: ANN401 - as above
    """Return the authority's name: as the token states it, else the subject of the certificate that signed."""
    from cryptography import x509

    stated = getattr(info.name, "value", None)
    if isinstance(stated, x509.Name):
        return stated.rfc4514_string()
    for der in sorted(answer.signed_data.certificates):
        certificate = x509.load_der_x509_certificate(der)
        if any(
            certificate.issuer == signer.issuer and certificate.serial_number == signer.serial_number
            for signer in answer.signed_data.signer_infos
        ):
            return certificate.subject.rfc4514_string()
    return ""
