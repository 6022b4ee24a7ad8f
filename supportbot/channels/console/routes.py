"""The console's pages put together."""

from fastapi import APIRouter

from supportbot.channels.console.admin import add_agents, add_audit
from supportbot.channels.console.answering import add_tickets
from supportbot.channels.console.desk import Desk, Pages
from supportbot.channels.console.doing import add_drafting, add_holding
from supportbot.channels.console.drafts import add_drafts
from supportbot.channels.console.office import add_asking, add_figures, add_office
from supportbot.channels.console.queue import add_queue
from supportbot.channels.console.sessions import Sessions
from supportbot.channels.console.way_in import add_way_in
from supportbot.channels.site import Site
from supportbot.store.agents import AgentStore
from supportbot.store.drafts import DraftStore
from supportbot.store.sending import Sending


def console_routes(site: Site) -> APIRouter:
    """Return the routes of the console, and those of drafts."""
    engine = site.turns.engine
    desk = Desk(site, AgentStore(engine), DraftStore(engine), Sending(engine))
    sessions, pages = Sessions(site, desk.agents), Pages()
    router = APIRouter(include_in_schema=False)
    add_way_in(router, desk, pages, sessions)
    add_queue(router, desk, pages, sessions)
    add_tickets(router, desk, pages, sessions)
    add_drafting(router, desk, pages, sessions)
    add_holding(router, desk, sessions)
    add_office(router, desk, pages, sessions)
    add_figures(router, desk, pages, sessions)
    add_asking(router, desk, pages, sessions)
    add_agents(router, desk, pages, sessions)
    add_audit(router, desk, pages, sessions)
    add_drafts(router, desk, sessions)
    return router
