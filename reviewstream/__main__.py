"""`python -m reviewstream` is the command line."""

from reviewstream.cli.main import main

if __name__ == "__main__":
    main()
