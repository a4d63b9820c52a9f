"""Serves the page to this machine's browser, and tells it of changes: `http.server` of the standard library.

Three addresses and one reader need no framework. What is asked under another name than this machine's own (a page that
has its name point here: DNS rebinding), or from a page of another origin, is refused; there is nothing but GET.
"""

from __future__ import annotations

import html
import json
import socketserver
import threading
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from viz.destination import Refused
from viz.live.shown import Shown
from viz.shell import filled, shell

HOST = "127.0.0.1"
PULSE = 10.0  # seconds after which something is sent, so that who has gone is noticed
STREAMS = 30  # pages that may be open at a time
SLOW = 20.0  # seconds that a request may take to arrive
_FILES = Path(__file__).parents[1] / "web" / "live"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline' data: blob:; frame-ancestors 'none'",
}


class Server(ThreadingHTTPServer):
    """Serves what there is to see. Raises Refused where the port is taken.

    port   0 for any that is free; `url` tells which it is
    """

    daemon_threads = True

    def __init__(self, shown: Shown, port: int = 0) -> None:
        self.shown = shown
        self.ended = threading.Event()
        self.streams = threading.BoundedSemaphore(STREAMS)
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise Refused(
                f"--port needs a port that is free, but {port} cannot be used: {error.strerror or error}. "
                "Choose another, or leave --port away."
            ) from None
        self.names = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}
        if self.server_port == 80:
            self.names |= {HOST, "localhost"}
        self.url = f"http://{HOST}:{self.server_port}/"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """As of any server: that of http.server asks the network for this machine's name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def close(self) -> None:
        """Serve no more."""
        self.ended.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who has gone is no error; everything else is told, as always."""
        import sys

        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = SLOW

    def do_GET(self) -> None:
        """Answer, or refuse."""
        if not self._is_allowed():
            self._send(HTTPStatus.FORBIDDEN, "text/plain", "This server is for pages of this machine only.\n")
            return
        match urlsplit(self.path).path:
            case "/":
                self._send(HTTPStatus.OK, "text/html", page(self.server.shown))
            case "/steps":
                newest = self.server.shown.page
                self._send(HTTPStatus.OK, "application/json", json.dumps({"shown": newest.id, "steps": newest.steps}))
            case "/events":
                self._stream()
            case _:
                self._send(HTTPStatus.NOT_FOUND, "text/plain", "There is nothing here.\n")

    def _is_allowed(self) -> bool:
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        own = {f"http://{name}" for name in self.server.names}
        return len(hosts) == 1 and hosts[0].lower() in self.server.names and own.issuperset(origins)

    def _send(self, status: HTTPStatus, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self._head(kind)
        self.wfile.write(data)

    def _head(self, kind: str) -> None:
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self) -> None:
        """Tell how things stand, and again whenever that changes, as long as the reader is there."""
        if not self.server.streams.acquire(blocking=False):
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", "Too many pages are open.\n")
            return
        try:
            self.send_response(HTTPStatus.OK)
            self._head("text/event-stream")
            version = -1
            while not self.server.ended.is_set():
                now = self.server.shown.wait(version, PULSE)
                told = f"data: {json.dumps(self.server.shown.status())}\n\n" if now != version else ": still here\n\n"
                self.wfile.write(told.encode())
                version = now
        finally:
            self.server.streams.release()

    def version_string(self) -> str:
        """What the server calls itself."""
        return "chalkgrad"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is for what the script says."""


def page(shown: Shown) -> str:
    """The page of the last run that succeeded, with the program that follows the next ones; without such a run, an
    empty page with that program."""
    newest = shown.page
    name = html.escape(shown.name)
    text = newest.text or shell(name, "chalk-live-empty", filled("live/empty.html", name=name))
    given = json.dumps({"shown": newest.id, "name": shown.name}).replace("<", "\\u003c")
    program = f"{_read('live.mjs')}follow({given});"
    before, end, after = text.rpartition("</body>")
    style = f"<style>\n{_read('live.css')}</style>\n"
    return f'{before}{style}<script type="module">\n{program}\n</script>\n{end}{after}'


@cache
def _read(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")
