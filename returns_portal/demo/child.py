"""Runs a module as a child that ends when its parent is gone, however it went."""

import os
import runpy
import signal
import sys
import threading
import time


def main() -> None:
    """Run the module named in the arguments: the parent's process id, module, its arguments."""
    parent, module, *arguments = sys.argv[1:]
    threading.Thread(target=follow, args=(int(parent),), daemon=True, name="follow").start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def follow(parent: int) -> None:
    """End this process as soon as `parent` is no longer its parent."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
