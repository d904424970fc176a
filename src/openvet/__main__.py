"""Where the command `openvet` and `python -m openvet` begin.

Importing the command line takes longer than a person takes to press Ctrl-C again, so
what an interruption does is settled before it.
"""

import os
import signal
import sys

# Python looks for modules in the working directory first, and that may be a model's.
if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]


def main() -> None:
    """Run the command line; an interruption before it stands ends it in silence."""
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if usual:  # a program started with `nohup` or `&` may have been told to ignore it
        signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))
    from openvet.cli import main as run

    if usual:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
