"""The Voilà server, made narrow: this machine only, one page, nothing without the key.

One rule stands before all handlers: who comes without the key, from another host name or from another page,
gets 403, whatever is asked: page, websocket, API or file. With the key there are the page, its kernel and
its static files; no notebooks folder, no log-in page, no contents, no terminals.
"""

from __future__ import annotations

import hmac
import logging
import webbrowser
from html import escape
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import RequestHandler, decode_signed_value
from traitlets.config import Config
from voila.app import Voila  # type: ignore[import-untyped]

from memokit.resources import data_path
from memokit.texts import say

HOST = "127.0.0.1"
TEMPLATE = "memo"
CLOSED = ("/voila/files/", "/login", "/logout", "/api/me")
IDLE_SECONDS, LOOK_SECONDS = 1800, 300
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws://{hosts}; "
    "frame-ancestors 'self'; form-action 'none'; base-uri 'self'"
)


class Stranger(Matcher):
    """Matches each request that has no right to be here."""

    def __init__(self, port: int, token: str, secret: bytes) -> None:
        self.port, self.token, self.secret = port, token, secret
        self.hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return None for a request that may pass on to the other rules."""
        return None if self._near(request) and self._has_key(request) else {}

    def _near(self, request: HTTPServerRequest) -> bool:
        origin = request.headers.get("Origin", "")
        return request.host in self.hosts and (not origin or origin.removeprefix("http://") in self.hosts)

    def _has_key(self, request: HTTPServerRequest) -> bool:
        given = request.query_arguments.get("token", [b""])[-1]
        if hmac.compare_digest(given, self.token.encode()):
            return True
        cookie = request.cookies.get(cookie_name(self.port))
        return cookie is not None and bool(
            decode_signed_value(self.secret, cookie_name(self.port), cookie.value, max_age_days=1)
        )


class Refused(RequestHandler):
    """Answers a stranger, for every method."""

    def prepare(self) -> None:
        """Say in words that the key is missing."""
        self.set_status(403)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        words = escape(say("app.server.refused"))
        self.finish(f'<!doctype html><html lang="nl"><title>memokit</title><p>{words}</p></html>')


class Missing(RequestHandler):
    """Answers for what Voilà could do and this page does not."""

    def prepare(self) -> None:
        """Say that it is not there."""
        self.set_status(404)
        self.finish()


def cookie_name(port: int) -> str:
    """Return the name of the cookie that holds the log-in, one for each port."""
    return f"memokit-{port}"


class Server(Voila):  # type: ignore[misc]
    """Voilà with the settings of this module and no others."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(ip=HOST, port_retries=0, log_level=logging.ERROR, **settings)
        self.update_config(_settings(self.port))
        logging.getLogger("tornado.access").setLevel(logging.CRITICAL)
        hosts = f"{HOST}:{self.port} ws://localhost:{self.port}"
        headers = {
            "Content-Security-Policy": POLICY.format(hosts=hosts),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        # The rule for strangers and a strict cookie do what Jupyter's xsrf cookie would. Voilà does not set
        # that cookie, and then no page could stop its kernel on leaving.
        self.tornado_settings = {"headers": headers, "allow_remote_access": False, "disable_check_xsrf": True}

    @property
    def address(self) -> str:
        """The address of the page, with its key."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Read no settings that happen to lie about on this machine."""

    def setup_template_dirs(self) -> None:
        """Put our template before those of Voilà."""
        super().setup_template_dirs()
        found: list[str] = self.template_paths
        self.template_paths: list[str] = [str(data_path("templates", "voila", TEMPLATE)), *found]

    def init_handlers(self) -> list[Any]:
        """Return the rules: strangers first, then what is closed, then Voilà's own."""
        stranger = Stranger(self.port, self.token, self.cookie_secret)
        closed = [(f"{path}.*", Missing) for path in CLOSED]
        *files, (_, *page) = super().init_handlers()
        return [(stranger, Refused), *closed, *files, ("/()", *page)]

    def listen(self) -> None:
        """Listen on the one port that was asked, and say in words when it is taken."""
        try:
            super().listen()
        except SystemExit:
            raise SystemExit(say("app.server.port_taken", port=self.port)) from None

    def launch_browser(self) -> None:
        """Open the page."""
        webbrowser.open(self.address)


def page_words(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add what the page says before its kernel speaks, in the language in force."""
    names = ("lang", "title", "loading", "late", "reload", "script")
    return {**page_config, "memokit": {name: say(f"page_top.page.{name}") for name in names}}


def _settings(port: int) -> Config:
    return Config(
        {
            "VoilaConfiguration": {
                "template": "lab",
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "show_tracebacks": False,
                "page_config_hook": page_words,
                "preheat_kernel": True,
                "default_pool_size": 1,
                "file_allowlist": [],
                "extension_allowlist": [
                    "@jupyter-widgets/jupyterlab-manager",
                    "@voila-dashboards/widgets-manager8",
                    "anywidget",
                ],
            },
            "IdentityProvider": {
                "cookie_name": cookie_name(port),
                "cookie_options": {"samesite": "Strict"},
            },
            "MappingKernelManager": {
                "cull_idle_timeout": IDLE_SECONDS,
                "cull_interval": LOOK_SECONDS,
                "cull_connected": False,
            },
        }
    )
