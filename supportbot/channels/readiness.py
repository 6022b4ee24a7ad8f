"""Routes by which a load balancer and an operator see how it is: /healthz and /readyz."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import Engine, insert

from supportbot.accounts.source import AccountSource
from supportbot.channels.reloading import Serving
from supportbot.errors import StoreUnavailable
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import turns

PROBE: Final = ("conversation", "key", "text", "answer_id", "answer", "outcome")


def health_routes(
    engine: Engine, serving: Callable[[], Serving], leaving: threading.Event
) -> APIRouter:
    """Return both routes; ``leaving`` is set when the process is about to end."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    async def get_health() -> dict[str, str]:
        """Say that the process lives; nothing else is looked at."""
        return {"status": "ok"}

    @router.get(
        "/readyz", responses={503: {"description": "Nothing can be stored, or it is about to end."}}
    )
    def get_readiness() -> JSONResponse:
        """Say what works; 503 only when nothing can be stored, or it is about to end."""
        if leaving.is_set():
            return JSONResponse({"status": "leaving", "components": {}}, 503)
        now = serving()
        store = _store(engine)
        parts = {
            "store": store,
            "knowledge": _knowledge(now),
            "encoder": _encoder(now),
            "accounts": _accounts(now.bot.accounts),
        }
        states = {each["status"] for each in parts.values()}
        down = store["status"] == "down"
        overall = "down" if down else "degraded" if "degraded" in states else "ok"
        return JSONResponse({"status": overall, "components": parts}, 503 if down else 200)

    return router


def _store(engine: Engine) -> dict[str, Any]:
    """Write a turn that is taken back."""
    values = {**dict.fromkeys(PROBE, "-"), "asked_at": datetime.now(UTC), "context": {}}
    try:
        with plain_faults(engine), writing(engine).connect() as connection:
            connection.execute(insert(turns).values(values))
            connection.rollback()
    except StoreUnavailable:
        return {"status": "down"}  # where it lies is nobody's business here; `doctor` says it
    return {"status": "ok"}


def _knowledge(now: Serving) -> dict[str, Any]:
    told: dict[str, Any] = {
        "status": "degraded" if now.faults else "ok",
        "version": now.bot.library.version[:12],
        "since": now.since.astimezone(UTC).isoformat(),
    }
    return {**told, "faults": list(now.faults)} if now.faults else told


def _encoder(now: Serving) -> dict[str, Any]:
    return {"status": "ok" if now.bot.matcher.has_encoder else "degraded"}


def _accounts(accounts: AccountSource) -> dict[str, Any]:
    left_alone = [f"{source}: {endpoint}" for source, endpoint in resting(accounts)]
    if not left_alone:
        return {"status": "ok"}
    return {"status": "degraded", "resting": left_alone}


def resting(accounts: AccountSource) -> Iterator[tuple[str, str]]:
    """Yield the source and the endpoint of every open breaker."""
    for name, source in getattr(accounts, "sources", {}).items():
        guard = getattr(getattr(source, "source", source), "guard", None)
        for endpoint in guard.resting() if guard else ():
            yield name, endpoint
