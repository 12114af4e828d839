"""The live demo as a web page on this machine's loopback address."""

import json
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import cv2

from egograph.errors import EgographError
from egograph.streaming.live_view import LiveView

_HOST = "127.0.0.1"
_PATIENCE = 2.0  # seconds that a request waits for the next picture
_JPEG_QUALITY = 85


class Page:
    """Serves `/` (the page), `/picture.jpg?after=N` (the next picture) and `/state` (JSON) while it is entered.

    Args:
        view: what is shown.
        port: where; 0 takes a free one.

    Raises:
        EgographError: the port is taken.
    """

    def __init__(self, view: LiveView, port: int) -> None:
        try:
            self._server = _Server((_HOST, port), _handler(view))
        except OSError as fault:
            raise EgographError(f"port={port}: cannot be served on ({fault.strerror}); give another, or 0") from None
        self._thread = Thread(target=self._server.serve_forever, name="page", daemon=True)

    @property
    def address(self) -> str:
        """The page's URL."""
        return f"http://{_HOST}:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that left before its answer came."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(view: LiveView) -> type[BaseHTTPRequestHandler]:
    page = Path(__file__).with_name("page.html").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            port = self.connection.getsockname()[1]
            if self.headers.get("Host") not in (f"{_HOST}:{port}", f"localhost:{port}"):
                return self.send_error(HTTPStatus.FORBIDDEN)  # another site's name that resolves to this machine
            url = urlsplit(self.path)
            answers: dict[str, Callable[[str], None]] = {
                "/": lambda _: self._answer("text/html; charset=utf-8", page),
                "/state": lambda _: self._answer("application/json", json.dumps(view.state()).encode()),
                "/picture.jpg": self._picture,
            }
            if url.path not in answers:
                return self.send_error(HTTPStatus.NOT_FOUND)
            return answers[url.path](url.query)

        def _picture(self, query: str) -> None:
            after = parse_qs(query).get("after", ["0"])[0]
            painting = view.picture(int(after) if after.isdecimal() else 0, _PATIENCE)
            if painting is None:
                self.send_response(HTTPStatus.NO_CONTENT)
                return self.end_headers()
            options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
            _, data = cv2.imencode(".jpg", painting.pixels[..., ::-1], options)
            return self._answer("image/jpeg", data.tobytes(), painting.number)

        def _answer(self, kind: str, content: bytes, number: int | None = None) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            if number is not None:
                self.send_header("X-Number", str(number))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    return Handler
