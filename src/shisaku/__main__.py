"""``python -m shisaku``."""

from shisaku.cli import main

if __name__ == "__main__":
    main()
