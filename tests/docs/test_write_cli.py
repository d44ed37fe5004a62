"""The page on the command line says what `--help` says."""

from __future__ import annotations

import click

from docs.write_cli import PAGE, write_page
from unpoison.cli.app import COMMANDS, every_command


def test_the_page_is_up_to_date() -> None:
    assert write_page() == PAGE.read_text(), "repair it with: python docs/write_cli.py"


def test_every_command_has_an_example_or_takes_nothing() -> None:
    for name, command in every_command().items():
        takes_arguments = any(isinstance(p, click.Argument) for p in command.params)
        assert "Example" in (command.help or "") or not takes_arguments, name


def test_every_command_documents_its_exit_codes() -> None:
    assert all("Exit codes" in (c.epilog or "") for c in every_command().values())


def test_the_help_of_the_group_says_what_each_command_says() -> None:
    said = {name: command.get_short_help_str(200) for name, command in every_command().items()}
    assert said == dict(COMMANDS)
