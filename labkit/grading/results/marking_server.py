"""The pages of `labkit mark`, served to one person on this machine."""

import hmac
import secrets
import socket
from collections.abc import Callable
from typing import Any

import tornado.httpserver
import tornado.ioloop
import tornado.netutil
import tornado.web

from labkit.grading.results import marking, pages

ADDRESS = "127.0.0.1"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class _Handler(tornado.web.RequestHandler):
    """Answers whoever knows the token and asks this address by its own name."""

    def initialize(self, work: marking.Marking, token: str, anonymous: bool) -> None:
        self.work, self.token, self.anonymous = work, token, anonymous

    def set_default_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        name = self.request.host.rsplit(":", 1)[0]
        # By another name: a page elsewhere that has its name point here.
        if name not in (ADDRESS, "localhost"):
            raise tornado.web.HTTPError(403)
        given = self.request.headers.get("X-Token") or self.get_query_argument("token", "")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            raise tornado.web.HTTPError(403)

    def write_error(self, status_code: int, **more: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        told = {403: "This address needs the token that labkit mark has printed."}
        error = more.get("exc_info", (None, None))[1]
        said = str(error) if isinstance(error, marking.MarkingError) else self._reason
        self.finish(f"{told.get(status_code, said)}\n")

    def show(self, template: str, values: dict[str, Any], script: str = "") -> None:
        """Answer with a page."""
        values |= {"lab": self.work.lab, "token": self.token, "anonymous": self.anonymous}
        self.finish(pages.render(template, values, script, connects=bool(script)))


class _Questions(_Handler):
    def get(self) -> None:
        names = [essay.name for essay in self.work.lab.essays]
        self.show("mark_questions.html", {"questions": [self.work.question(n) for n in names]})


class _Question(_Handler):
    def get(self, name: str) -> None:
        try:
            question = self.work.question(name)
        except marking.MarkingError as error:
            raise tornado.web.HTTPError(404) from error
        names = [essay.name for essay in self.work.lab.essays]
        after = names[names.index(name) + 1 :][:1]
        values = {
            "question": question,
            "comments": marking.earlier_comments(question),
            "after": after[0] if after else "",
        }
        self.show("mark.html", values, script="mark.js")


class _Mark(_Handler):
    def put(self) -> None:
        if "X-Token" not in self.request.headers:
            raise tornado.web.HTTPError(403)
        try:
            self.work.give(*marking.request(self.request.body))
        except marking.MarkingError as error:
            self.set_status(400)
            self.finish({"error": str(error)})
            return
        self.finish({"saved": True})


class Server:
    """Serves the answers of a class until it is stopped.

    Parameters
    ----------
    work : marking.Marking
    anonymous : bool
        Whether to leave out who wrote an answer.
    port : int
        0 takes a free one.

    Raises
    ------
    OSError
        If the port is taken.
    """

    def __init__(self, work: marking.Marking, anonymous: bool = False, port: int = 0) -> None:
        token = secrets.token_urlsafe(24)
        given = {"work": work, "token": token, "anonymous": anonymous}
        application = tornado.web.Application(
            [
                (r"/", _Questions, given),
                (r"/question/([\w-]+)", _Question, given),
                (r"/mark", _Mark, given),
            ],
            log_function=lambda handler: None,
        )
        sockets = tornado.netutil.bind_sockets(port, ADDRESS, family=socket.AF_INET)
        self._server = tornado.httpserver.HTTPServer(application, max_body_size=100_000)
        self._server.add_sockets(sockets)
        self.url = f"http://{ADDRESS}:{sockets[0].getsockname()[1]}/?token={token}"

    def run(self, when_ready: Callable[[], object] = lambda: None) -> None:
        """Serve until Ctrl-C; `when_ready` is called once it does."""
        loop = tornado.ioloop.IOLoop.current()
        loop.add_callback(when_ready)
        try:
            loop.start()
        finally:
            self._server.stop()
