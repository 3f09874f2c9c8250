"""Worker threads and beat in one process over a broker in memory, as in the demo."""

import threading

import django
from celery.beat import Scheduler, Service

from returns_portal.celery import app
from returns_portal.demo.site import work


def main() -> None:
    """Work until killed."""
    django.setup()
    beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
    threading.Thread(target=beat.start, daemon=True).start()
    work()


if __name__ == "__main__":
    main()
