"""`make run`: train if the data changed, start the stores, serve, and say what is where.

Decides the order of the start, that one process holds the embedded stores for all workers, that
stores and a data folder which cannot be used stop the start, and that Ctrl-C ends everything that
was started.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from types import FrameType

import uvicorn

from bot.channels import whatsapp
from bot.http import limits
from bot.http.addresses import cannot_listen
from bot.rasa_adapter import training
from bot.settings import Settings
from bot.stores import folder
from bot.stores.embedded import EmbeddedStore, sole_user, unused_store
from bot.stores.kinds import RELAY, STATE, Kind, StoreError, check_stores

KEEP_ALIVE_SECONDS = 15
GRACE_SECONDS = 8


def run(settings: Settings) -> int:
    """Serve until told to stop.

    Returns:
        The exit status.
    """
    os.umask(folder.PRIVATE_UMASK)
    limits.harden()  # before the stores are started, which inherit it
    if limits.warning():
        print(limits.warning(), file=sys.stderr)
    reason = cannot_listen(settings.host, settings.port)
    if reason:
        print(reason, file=sys.stderr)
        return 1
    try:
        said = [
            *settings.warnings,
            *folder.secure(settings.data_dir),
            *unused_store(settings.redis_url, settings.data_dir),
        ]
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    for line in said:
        print(line, file=sys.stderr)
    if not training.is_current(settings.model_dir):
        training.train(settings.model_dir)
    signal.signal(signal.SIGTERM, _interrupt)  # else it ends us before the stores are ended
    with ExitStack() as started:
        try:
            settings = _with_stores(settings, started)
        except StoreError as error:
            print(error, file=sys.stderr)
            return 1
        os.environ["CHASKI_REDIS_URL"] = settings.redis_url  # for the workers
        os.environ["CHASKI_RELAY_REDIS_URL"] = settings.relay_redis_url
        os.environ["CHASKI_SECRET"] = settings.secret
        _say_what_is_where(settings)
        return _serve(settings)


def _with_stores(settings: Settings, started: ExitStack) -> Settings:
    """The settings with the addresses of both stores, embedded ones started.

    Raises:
        StoreError: One cannot be used.
    """

    def embedded(kind: Kind) -> str:
        store = EmbeddedStore(settings.data_dir, kind)
        store.start()
        started.callback(store.stop)
        return store.url

    if not (settings.redis_url and settings.relay_redis_url):
        started.enter_context(sole_user(settings.data_dir))
    relay_url = settings.relay_redis_url or embedded(RELAY)
    state_url = settings.redis_url or embedded(STATE)
    check_stores(state_url, relay_url)
    return settings.copy(update={"redis_url": state_url, "relay_redis_url": relay_url})


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def _serve(settings: Settings) -> int:
    try:
        uvicorn.run(
            "bot.app:create_app",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            http="bot.http.connections:BoundedProtocol",  # type: ignore[arg-type]
            ws="none",
            access_log=False,  # it would hold people's addresses
            log_config=None,  # ours: codes only
            proxy_headers=True,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            server_header=False,
        )
    except KeyboardInterrupt:
        pass
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def _say_what_is_where(settings: Settings) -> None:
    base = f"http://{settings.host}:{settings.port}"
    public = settings.public_url or base
    lines = [
        "Chaski is starting.",
        f"  Demo page          {base}/",
        f"  Widget for sites   {base}/embed",
        f"  WhatsApp webhook   {public}{whatsapp.PATH}",
        f"  Operators' desk    {public}/console/",
        f"  Health page        {base}/healthz",
    ]
    if not settings.twilio_auth_token:
        lines.append(
            "  CHASKI_TWILIO_AUTH_TOKEN is not set: the WhatsApp webhook answers 503 until it is."
        )
    elif not settings.public_url:
        lines.append(
            "  CHASKI_PUBLIC_URL is not set: signatures are checked for the address that a request "
            "names."
        )
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()
