"""The production web server: `granian` and all its options, as docs/deploy/web.sh gives them.

The portal is loaded once and the workers are forked from it, so that they share what they all hold:
two of them want a third less memory than two that load it each for themselves.
"""

import gc
import multiprocessing
from importlib import import_module

from django.conf import settings
from django.template import engines
from granian.cli import entrypoint

from returns_portal import wsgi as wsgi


def main() -> None:
    """Serves until it is told to stop."""
    load()
    multiprocessing.set_start_method("fork")
    entrypoint()  # type: ignore[no-untyped-call]


def load() -> None:
    """Everything that pages need is there before the fork, and collections leave it alone."""
    # Without this, Django puts off loading views until the first page, and Jinja its templates.
    import_module(settings.ROOT_URLCONF)
    pages = engines["jinja2"]
    for name in pages.env.list_templates():  # type: ignore[attr-defined]  # Jinja's engine has it
        pages.get_template(name)
    gc.collect()
    # A collection writes into whatever it looks at, and what is written is shared no more.
    gc.freeze()
    # What a page makes is gone with its answer, by reference counting; few cycles are left to find.
    gc.set_threshold(20_000, 20, 50)


if __name__ == "__main__":
    main()
