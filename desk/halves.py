"""How do the two halves of a desk run side by side?

The supervisor opens the listening socket and takes the crawl lock; its children inherit them, so that both outlive the
death of a child.
"""

import click

from desk.assembly import Desk
from desk.lifeline import heartbeat_of
from desk.serve import address_of, listen
from desk.supervisor import Child, run_command, stop_on_signals, supervise


def supervise_desk(desk: Desk) -> None:
    """Run the two halves as children of this process."""
    data_dir, search = desk.config.data_dir, desk.config.search
    with desk.locks.crawl() as lock, listen(search.host, search.port) as listener:
        desk.store.close()  # made and migrated here once, before two children want it
        handles = (str(listener.fileno()), str(lock.fileno()))
        web = run_command(desk.path, "serve", "--listener", handles[0], "--supervised")
        crawler = run_command(desk.path, "schedule", "--lock", handles[1], "--supervised")
        click.echo(f"Wiredesk answers at {address_of(listener)} (stop it with Ctrl-C)")
        children = (
            Child("web", web, heartbeat_of(data_dir, "web"), (listener.fileno(),)),
            Child("crawler", crawler, heartbeat_of(data_dir, "crawler"), (lock.fileno(),)),
        )
        supervise(children, stop_on_signals())
