"""`python -m openvet`."""

import sys

# Python looks for modules in the working directory first, and that may be a model's.
if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]

from openvet.cli import main

if __name__ == "__main__":
    main()
