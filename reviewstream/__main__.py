"""`python -m reviewstream` is the command line."""

from reviewstream.main import main

if __name__ == "__main__":
    main()
