"""Our little HTTP client reads what a server may write, and trusts nothing that is not whole."""

import asyncio
import gc
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.errors import OutageError, UnansweredError
from bot.adapters.telegram.http1 import StreamLine, parse_head


class Server:
    """Answers each request with the next of some bytes, then closes if told."""

    def __init__(self, *answers: bytes, closes: bool = False) -> None:
        self.answers = list(answers)
        self.closes = closes
        self.requests: list[bytes] = []
        self.connections = 0
        self.came = asyncio.Event()
        self.gone = asyncio.Event()
        self.tasks: set[asyncio.Task[object]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.connections += 1
        self.came.set()
        with suppress(EOFError, OSError, asyncio.LimitOverrunError, asyncio.CancelledError):
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                writer.write(self.answers.pop(0))
                await writer.drain()
                if self.closes:
                    break
            else:
                await reader.read()
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()
        self.gone.set()


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[str]:
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}/bot1:x/getMe"
    finally:
        listener.close()
        for task in server.tasks:
            task.cancel()
        await asyncio.gather(*server.tasks)


async def asked(*answers: bytes, closes: bool = False, times: int = 1) -> tuple[int, bytes, str]:
    line = StreamLine()
    async with serving(Server(*answers, closes=closes)) as url:
        for _ in range(times):
            found = await line.post(url, b"{}", 5)
        await line.close()
    return found


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Sat, 21 Nov 2026 09:00:00 GMT\r\n\r\n{}"


async def test_a_request_is_whole_and_its_answer_read() -> None:
    server = Server(WHOLE)
    async with serving(server) as url:
        line = StreamLine()
        assert await line.post(url, b'{"timeout":40}', 5) == (200, b"{}", "Sat, 21 Nov 2026 09:00:00 GMT")
        await line.close()
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /bot1:x/getMe HTTP/1.1\r\nHost: 127.0.0.1:")
    assert body == b'{"timeout":40}'


@pytest.mark.parametrize(
    ("answer", "closes"),
    [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nTrailer: 1\r\n\r\n",
            False,
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\n{}", False),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", True),
        (b"HTTP/1.0 200 OK\r\n\r\n{}", True),
    ],
)
async def test_every_way_to_say_how_long_a_body_is(answer: bytes, closes: bool) -> None:
    assert (await asked(answer, closes=closes))[:2] == (200, b"{}")


async def test_a_connection_is_used_again_unless_the_server_closed_it() -> None:
    kept = Server(WHOLE, WHOLE, WHOLE)
    async with serving(kept) as url:
        line = StreamLine()
        for _ in range(3):
            await line.post(url, b"{}", 5)
        await line.close()
    assert kept.connections == 1
    closed = Server(WHOLE, WHOLE, closes=True)
    async with serving(closed) as url:
        line = StreamLine()
        await line.post(url, b"{}", 5)
        await closed.gone.wait()
        await asyncio.wait_for(line._idle[0][1].reader.read(), 5)  # until the end of the stream has arrived
        assert (await line.post(url, b"{}", 5))[0] == 200
        await line.close()
    assert closed.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}",
        CHUNKED + b"zz\r\n", b"HTTP/2 200\r\n\r\n",
        CHUNKED + b"1\r\n{}}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 2_000_000,
    ],
)  # fmt: skip
async def test_an_answer_that_is_not_whole_is_none(answer: bytes) -> None:
    with pytest.raises(UnansweredError):
        await asked(answer, closes=True)


async def test_silence_ends_after_the_time_given() -> None:
    line = StreamLine()
    async with serving(Server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"")) as url:
        with pytest.raises(UnansweredError):
            await line.post(url, b"{}", 0.1)
    assert not line._idle


async def test_a_server_without_tls_is_an_outage_for_https() -> None:
    def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(refuse, "127.0.0.1", 0)
    with pytest.raises(OutageError):
        await StreamLine().post(f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}/x", b"{}", 5)
    listener.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_stop_just_as_the_server_lets_us_in_leaks_nothing(host: str) -> None:
    line = StreamLine()
    server = Server(WHOLE)
    async with serving(server) as url:
        work = asyncio.create_task(line.post(url.replace("127.0.0.1", host), b"{}", 5))
        async with asyncio.timeout(5):
            await server.came.wait()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await line.close()
    gc.collect()  # a socket left open warns, and a warning is an error


def certified(folder: Path) -> ssl.SSLContext:
    """Make a server's context with a certificate of its own, which is in `folder` afterwards."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "own.pem").write_bytes(secret + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem")
    return context


async def test_over_tls_only_a_trusted_server_is_spoken_to(tmp_path: Path) -> None:
    server = Server(WHOLE, WHOLE)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=certified(tmp_path))
    url = f"https://localhost:{listener.sockets[0].getsockname()[1]}/bot1:x/getMe"
    trusting = ssl.create_default_context(cafile=str(tmp_path / "own.pem"))
    known, unknown = StreamLine(trusting), StreamLine()
    assert (await known.post(url, b"{}", 5))[:2] == (200, b"{}")
    with pytest.raises(OutageError):
        await unknown.post(url, b"{}", 5)
    await known.close()
    listener.close()
    await asyncio.gather(*server.tasks)
    assert len(server.requests) == 1


@given(st.binary())
def test_no_bytes_make_the_head_anything_but_read_or_refused(raw: bytes) -> None:
    try:
        head = parse_head(raw)
    except ValueError:
        return
    assert 0 <= head.status <= 999
