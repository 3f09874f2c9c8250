"""The demo's site in one process: web server, Celery worker, beat and the mailbox."""

import os
import signal
import sys
import threading
from decimal import Decimal
from types import FrameType

import django
from celery.beat import Scheduler, Service
from celery.worker import WorkController
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string
from waitress.server import create_server

from returns_portal.celery import app
from returns_portal.demo.environment import HOST, STAFF_PASSWORD, STAFF_USER, Demo
from returns_portal.demo.mailbox import Mailbox

WEB_THREADS = 8
WORKER_THREADS = 4
# What beat would otherwise begin with only after its first interval.
FIRST_TASKS = (
    "returns_portal.returns.tasks.sync_orders",
    "returns_portal.returns.tasks.sync_webhooks",
)


def main() -> None:
    """Prepare what the site needs, then serve until SIGTERM."""
    signal.signal(signal.SIGTERM, stop)
    demo = Demo.from_environ(os.environ)
    django.setup()
    prepare()
    serve(get_wsgi_application(), demo.port, WEB_THREADS)
    serve(Mailbox(demo.mail_folder, demo.site_url), demo.mailbox_port, 2)
    beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
    threading.Thread(target=beat.start, daemon=True, name="beat").start()
    # The stand-in forgets its tokens when it stops.
    call_command("connect_tiktok", code="demo-code", verbosity=0)
    for task in FIRST_TASKS:
        app.send_task(task)
    # It knows models, which may be imported only now that Django is set up.
    fill_history = import_string("returns_portal.demo.history.fill_history")
    threading.Thread(target=fill_history, daemon=True, name="history").start()
    work()
    beat.stop()


def prepare() -> None:
    """Bring the database, the static files, the defaults and the staff user up to date."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_defaults", verbosity=0)
    offer_other_outcomes()
    users = get_user_model()
    if not users.objects.filter(username=STAFF_USER).exists():
        users.objects.create_superuser(STAFF_USER, password=STAFF_PASSWORD)


def offer_other_outcomes() -> None:
    """Let shoppers of the web shop in the United States choose credit, or keep small things.

    Their parcels go to the shop itself: TikTok makes no label for them.
    """
    policies = apps.get_model("returns", "ReturnPolicy").objects
    untouched = policies.filter(name="United States", offers_store_credit=False)
    untouched.update(
        offers_store_credit=True,
        store_credit_bonus_percent=10,
        keep_item_up_to=Decimal(30),
        return_address="Demo shop returns\n12 Harbor Street\nPortland, OR 97201\nUnited States",
    )


def serve(application: object, port: int, threads: int) -> None:
    """Answer on `port` from a thread that ends with the process."""
    server = create_server(application, host=HOST, port=port, threads=threads, ident="")
    threading.Thread(target=server.run, daemon=True, name=f"web-{port}").start()


def work() -> None:
    """Carry out tasks in this thread until SIGTERM."""
    worker = WorkController(
        app=app,
        pool="threads",
        concurrency=WORKER_THREADS,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    worker.start()


def stop(number: int, frame: FrameType | None) -> None:
    """End here; a worker that runs finishes first what it has in hand."""
    sys.exit(0)


if __name__ == "__main__":
    main()
