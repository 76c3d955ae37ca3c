"""Which headers must a request carry that somebody types by hand?"""

import sys
from argparse import Namespace

from socai.client import TokenError, header_lines
from socai.session import Failure, Session
from socai.wording import say


def headers(session: Session, chosen: Namespace) -> int:
    """Print a fresh token and a proof for one request, as `curl -H @-` reads them."""
    client = session.client(chosen.client)
    try:
        made = client.headers(chosen.method.upper(), chosen.url)
    except TokenError as refused:
        raise Failure(say(session.language, "no-token", reason=refused)) from None
    sys.stdout.write(header_lines(made))
    return 0
