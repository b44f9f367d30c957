"""What answers at a server's address: found out with a socket of our own, as a driver only says that it cannot connect.

The Bolt handshake (neo4j.com/docs/bolt/current/bolt/handshake) is sent, encrypted as the scheme says and if need be
the other way, and the first four bytes of the answer are judged. No user and no password is sent.
"""

import socket
import ssl
from contextlib import suppress
from typing import NamedTuple

from kb.address import Address

WAIT = 5.0
"""Seconds for the connection, and again for the answer."""

_MANIFEST = bytes.fromhex("000001FF")
_HANDSHAKE = bytes.fromhex("6060B017") + _MANIFEST + bytes.fromhex("00080805 00020404 00000003")
_END_OF_REQUEST = b"\r\n\r\n"  # until then many an HTTP server is silent
_HTTP, _NO_VERSION = (b"HTTP", b"<!DO", b"<htm"), bytes(4)


class Fault(NamedTuple):
    """The step that fails, `address`, `bolt` or `encryption`, and one line that says why and what to do."""

    step: str
    text: str


def probe(address: Address) -> Fault | None:
    """What is wrong with what answers at an address; None where a server speaks Bolt as the scheme says."""
    place = address.place
    try:
        answer = _answer(address, encrypted=address.encrypted)
    except (socket.gaierror, UnicodeError):
        return Fault("address", f"no machine is called '{address.host}': correct the host in {address}")
    except ConnectionRefusedError:
        return Fault("bolt", f"nothing listens at {place}: start the server, or correct host and port of {address}")
    except TimeoutError:
        return Fault("bolt", f"{place} cannot be reached: a firewall stands between, or the host is off")
    except ssl.SSLCertVerificationError as error:
        taken = address.with_scheme(f"{address.scheme.split('+')[0]}+ssc")
        why = error.verify_message.rstrip(".")
        return Fault(
            "encryption", f"the certificate of {place} is not trusted, {why}: write {taken} to take it as it is"
        )
    except OSError as error:
        return Fault("bolt", f"{place} cannot be reached: {error.strerror or error}")
    return None if _is_bolt(answer) else _judged(answer, address)


def _judged(answer: bytes, address: Address) -> Fault:
    """The fault of an address that answers, but not as a Bolt server of this scheme does."""
    place, other = address.place, b""
    with suppress(OSError):
        other = _answer(address, encrypted=not address.encrypted)
    if _is_bolt(other) and address.encrypted:
        plain = address.with_scheme(address.scheme.split("+")[0])
        return Fault("encryption", f"{place} is not encrypted: write {plain}")
    if _is_bolt(other):
        safe, unsafe = (address.with_scheme(address.scheme + end) for end in ("+s", "+ssc"))
        text = f"{place} is encrypted: write {safe}, or {unsafe} if its certificate is self-signed"
        return Fault("encryption", text)
    if answer in _HTTP or other in _HTTP:
        host = place.rpartition(":")[0]
        text = f"{place} speaks HTTP, as the Browser's port 7474 does: give the Bolt port, by default 7687"
        return Fault("bolt", f"{text}: {address.scheme}://{host}:7687")
    if _NO_VERSION in (answer, other):
        return Fault("bolt", f"{place} speaks Bolt, but no version that we do: its Neo4j is too old")
    if not answer and not other:
        return Fault("bolt", f"{place} does not answer: the server is still starting, or this is no Bolt port")
    return Fault("bolt", f"what answers at {place} is no Neo4j server: correct host and port of {address}")


def _answer(address: Address, *, encrypted: bool) -> bytes:
    """The first four bytes of the answer; fewer where the other side hangs up or is silent.

    Raises OSError where there is no connection, ssl.SSLCertVerificationError, and UnicodeError for an impossible host.
    """
    with socket.create_connection((address.host, address.port), timeout=WAIT) as plain:
        if not encrypted:
            return _shaken(plain)
        context = ssl.create_default_context()
        if address.scheme.endswith("+ssc") or not address.encrypted:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with context.wrap_socket(plain, server_hostname=address.host) as safe:
                return _shaken(safe)
        except ssl.SSLCertVerificationError:
            raise
        except OSError:  # no TLS there: an error, a hang-up, silence
            return b""


def _shaken(connection: socket.socket) -> bytes:
    answer = b""
    for text in (_HANDSHAKE, _END_OF_REQUEST):
        try:
            connection.sendall(text)
            while len(answer) < 4 and (more := connection.recv(4 - len(answer))):
                answer += more
        except TimeoutError:
            continue
        except OSError:
            break
        break
    return answer


def _is_bolt(answer: bytes) -> bool:
    """Whether it names a version, as two zeros, minor and major, or begins a manifest of versions."""
    return answer == _MANIFEST or (len(answer) == 4 and answer[:2] == b"\0\0" and 3 <= answer[3] < 100)
