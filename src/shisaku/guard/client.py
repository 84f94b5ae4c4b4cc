"""One endpoint over HTTP: sends one attempt, and says in one word what came of it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from shisaku.core.back_end import BackEnd
from shisaku.guard.call import Attachment, Call
from shisaku.guard.hosts import Host
from shisaku.guard.pace import Clock, retry_after
from shisaku.guard.pinned import pinned
from shisaku.guard.reply import Refused
from shisaku.guard.secret import secret_of
from shisaku.message import Message, say

if TYPE_CHECKING:
    import aiohttp

LARGEST_ANSWER: Final = 64 * 2**20
KEEP_ALIVE: Final = 30.0
JSON: Final = "application/json"
SERVER_FAULT, GOOD, REDIRECT = 500, 200, 300
PATIENCE: Final = frozenset({429, 503})
LATE: Final = frozenset({408, 504})


@dataclass(frozen=True, slots=True)
class Request:
    """What goes out: a JSON body or a form."""

    path: str
    json: bytes
    form: tuple[Attachment, ...]
    names: tuple[str, ...] = ()  # of its parameters

    @property
    def content(self) -> bytes:
        """What leaves besides headers and the form's frame."""
        return b"".join([self.json, *(one.data for one in self.form)])


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one attempt. `kind` is empty for an answer; `reason` says why there is none.

    `maybe_paid` where the endpoint may have done the work although no whole answer came; `again` where another attempt
    has a chance; `slow_down` are the seconds that the endpoint asked to be left alone (None: it did not ask).
    """

    kind: Refused | None = None
    reason: Message | None = None
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    parsed: Any = None
    received: int = 0
    seconds: float = 0.0
    maybe_paid: bool = False
    again: bool = False
    slow_down: float | None = None


def request_of(call: Call) -> Request:
    """Return the bytes of a call. Raises TypeError for a body that is no JSON."""
    import orjson

    body = b"" if call.body is None else orjson.dumps(dict(call.body))
    return Request(call.path, body, call.form, (*(call.body or {}), *(one.name for one in call.form)))


class Client:
    """Speaks to one back end at the addresses that were approved, and nowhere else.

    No redirect is followed, no cookie is kept, no proxy of the environment is used, certificates are verified. Belongs
    to one asyncio loop.
    """

    def __init__(self, back_end: BackEnd, host: Host, wall: Clock = time.time, largest: int = LARGEST_ANSWER) -> None:
        self._back_end, self._host, self._wall, self._largest = back_end, host, wall, largest
        self._session: aiohttp.ClientSession | None = None

    async def post(self, request: Request, key: str, deadline: float) -> Came:
        """Send one attempt; it ends within `deadline` seconds, whatever the endpoint does."""
        import aiohttp

        began = time.perf_counter()
        told = _Progress()
        try:
            async with asyncio.timeout(deadline):
                return await self._post(request, key, told, began)
        except TimeoutError:
            reason = say("{model} gave no whole answer within {seconds:.3g} s", model=self._name, seconds=deadline)
            return Came("timeout", reason, maybe_paid=True, again=True, received=told.received)
        except aiohttp.ClientPayloadError:
            reason = say("The answer of {model} broke off", model=self._name)
            return Came("truncated", reason, maybe_paid=True, again=True, received=told.received)
        except aiohttp.ClientConnectorCertificateError:
            return Came("connection", say("The certificate of {model} is not valid for its host", model=self._name))
        except aiohttp.ClientConnectorError as error:
            return Came("connection", self._unreachable(error), again=True)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # Only the kind of the error: its text may hold what was sent.
            reason = say("The connection to {model} broke off ({cause})", model=self._name, cause=type(error).__name__)
            return Came("connection", reason, maybe_paid=True, again=True, received=told.received)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @property
    def _name(self) -> str:
        return self._back_end.name

    async def _post(self, request: Request, key: str, told: _Progress, began: float) -> Came:
        session = self._opened()
        url = self._back_end.url.rstrip("/") + "/" + request.path.lstrip("/")
        content: Any = _form(request.form) if request.form else request.json
        async with session.post(url, data=content, headers=self._headers(request, key), allow_redirects=False) as got:
            body = bytearray()
            async for piece in got.content.iter_any():
                body += piece
                told.received = len(body)
                if len(body) > self._largest:
                    got.close()
                    return self._too_large(got.status)
            return self._came(got.status, got.headers, bytes(body), time.perf_counter() - began, request.names)

    def _came(
        self, status: int, headers: Mapping[str, str], body: bytes, seconds: float, names: tuple[str, ...]
    ) -> Came:
        content_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not GOOD <= status < REDIRECT:
            return self._no(status, headers, body, names)
        parsed = None
        if content_type == JSON or content_type.endswith("+json"):
            import orjson

            try:
                parsed = orjson.loads(body)
            except ValueError:
                reason = say("The answer of {model} is no whole JSON", model=self._name)
                return Came(
                    "truncated", reason, status, maybe_paid=True, again=True, received=len(body), seconds=seconds
                )
        return Came(None, None, status, content_type, body, parsed, len(body), seconds)

    def _no(self, status: int, headers: Mapping[str, str], body: bytes, names: tuple[str, ...]) -> Came:
        # The body of a refusal is not repeated: it may quote what was sent.
        received = len(body)
        reason = say("{model} answered with status {status}", model=self._name, status=status)
        if status in PATIENCE:
            asked = retry_after(headers.get("Retry-After", ""), self._wall)
            return Came("rate", reason, status, received=received, again=True, slow_down=asked)
        if status in LATE:
            return Came("timeout", reason, status, received=received, again=True, maybe_paid=True)
        if status >= SERVER_FAULT:
            return Came("server", reason, status, received=received, again=True)
        # But which parameters of the request it names may be told: whoever asked can then leave them out.
        if named := ", ".join(name for name in names if re.search(rf"\b{re.escape(name)}\b".encode(), body)):
            reason = say("{cause}, about its {names}", cause=reason, names=named)
        return Came("rejected", reason, status, received=received)

    def _too_large(self, status: int) -> Came:
        reason = say("The answer of {model} is longer than {limit:.3g} MB", model=self._name, limit=self._largest / 1e6)
        return Came("too_large", reason, status, received=self._largest, maybe_paid=True)

    def _unreachable(self, error: OSError) -> Message:
        cause = error.strerror or type(error).__name__
        return say("There is no connection to {model}: {cause}", model=self._name, cause=cause)

    def _headers(self, request: Request, key: str) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "Idempotency-Key": key}
        if not request.form:
            headers["Content-Type"] = JSON
        if self._back_end.key_env:
            headers["Authorization"] = f"Bearer {secret_of(self._back_end)}"
        return headers

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            import aiohttp

            connector = aiohttp.TCPConnector(
                limit=self._back_end.concurrency, keepalive_timeout=KEEP_ALIVE, resolver=pinned(self._host)
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
                auto_decompress=True,
            )
        return self._session


@dataclass(slots=True)
class _Progress:
    received: int = 0


def _form(fields: tuple[Attachment, ...]) -> aiohttp.FormData:
    import aiohttp

    form = aiohttp.FormData()
    for one in fields:
        if one.filename:
            form.add_field(one.name, one.data, filename=one.filename, content_type=one.content_type or None)
        else:
            form.add_field(one.name, one.data.decode())
    return form
