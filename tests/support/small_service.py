"""A stand-in for a service: what the supervisor starts in its own tests.

    python -m tests.support.small_service migrate|api

`migrate` counts its runs in a table as the owner; `api` says that it is ready once a writer can read the table, and
ends itself when somebody asks for /crash.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg

PREFIX = "SOCAI_SMALL_SERVICE_"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/crash":
            os._exit(7)
        with psycopg.connect(os.environ[f"{PREFIX}WRITER_DSN"]) as connection:
            row = connection.execute("select count(*) from started").fetchone()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(row[0] if row else 0).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server uses
        return


def main() -> None:
    if sys.argv[1] == "migrate":
        with psycopg.connect(os.environ[f"{PREFIX}OWNER_DSN"]) as connection:
            connection.execute("create table if not exists started (at timestamptz default now())")
            connection.execute("insert into started default values")
        return
    HTTPServer(("127.0.0.1", int(os.environ[f"{PREFIX}PORT"])), Answer).serve_forever()


if __name__ == "__main__":
    main()
