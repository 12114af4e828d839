import pytest
from omegaconf import DictConfig, OmegaConf

from egograph.cli.commands import COMMANDS
from egograph.cli.compose import compose, keys
from egograph.cli.main import main


def test_the_overview_lists_every_command(capsys):
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in COMMANDS.values():
        assert f"  {command.name} " in shown
        assert command.summary in " ".join(shown.split())  # a narrow terminal wraps it


def test_without_a_word_the_overview_comes_and_the_words_are_wrong(capsys):
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out


def composed_keys(command):
    composed = compose(command, [])
    leaves = [
        key for key in keys(composed.config) if not isinstance(OmegaConf.select(composed.config, key), DictConfig)
    ]
    names_of_choices = {f"{group}.name" for group in composed.groups}
    return [key for key in leaves if key not in names_of_choices]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_its_keys(command, capsys):
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"usage: egograph {command}" in shown
    for key in composed_keys(command):
        assert f"  {key}=" in shown


def test_keys_come_with_meaning_and_default(capsys):
    main(["stream", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "stream.fps=8.0 ticks a second" in shown
    assert "encoder=null" in shown
    assert "one of dinov2, tiny" in shown


def test_help_follows_the_choice(capsys):
    main(["stream", "encoder=dinov2", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "encoder.checkpoint=facebook/dinov2-small a hub id or a local folder" in shown
