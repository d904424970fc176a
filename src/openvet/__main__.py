"""`python -m openvet`."""

from openvet.cli import main

if __name__ == "__main__":
    main()
