"""`python -m unpoison` is the command line."""

from unpoison.cli import main

if __name__ == "__main__":
    main()
