import pytest

from egograph.cli.compose import compose, plain
from egograph.errors import UsageError


def test_overrides_reach_their_keys():
    composed = compose("stream", ["stream.fps=4", "encoder=dinov2", "encoder.checkpoint=here"])
    assert composed.config.stream.fps == 4
    assert composed.config.encoder.checkpoint == "here"
    assert composed.groups["encoder"] == "dinov2"


def test_a_folder_of_any_name_can_be_the_output():
    for name in ("küche (1)", "a=b", "it's", 'say "hi"'):
        assert compose("demo", [f"output={name}"]).config.output == name


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("stream.fsp=4", "stream.fsp: no such key; did you mean stream.fps?"),
        ("fps=4", "fps: no such key; did you mean stream.fps?"),
        ("+speed=4", "speed: no such key"),
        ("encoder=dino2", "encoder=dino2: no such option of encoder; did you mean dinov2?; there is dinov2, tiny"),
        ("encoder=3", "encoder=3: no such option of encoder; there is dinov2, tiny"),
        ("encoder.checkpoint=x", "encoder.checkpoint: no encoder is chosen; choose one too: encoder=dinov2|tiny"),
        ("stream.fps=4,8", "stream.fps=4,8: a sweep; one run takes one value (a list is [a,b])"),
        ("hydra.run.dir=x", "hydra.run.dir: no such key"),
        ("encoder._target_=os.system", "encoder._target_: _target_ is refused"),
        ("+encoder._target_=os.system", "encoder._target_: _target_ is refused"),
        ("encoder={name:tiny,_target_:os.system}", "encoder: _target_ is refused"),
        ("_target_=os.system", "_target_: _target_ is refused"),
    ],
)
def test_a_wrong_override_is_one_line(override, line):
    with pytest.raises(UsageError) as caught:
        compose("stream", [override])
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_an_experiment_of_another_command_says_so():
    compose("train", ["experiment=toy_kitchen_control"])
    with pytest.raises(UsageError, match=r"is not for `egograph evaluate`; there is .*toy_kitchen"):
        compose("evaluate", ["experiment=toy_kitchen_control"])


def test_a_command_without_experiments_keeps_the_group_that_is_called_as_it_is():
    assert compose("stream", []).groups["stream"] == "default"
    with pytest.raises(UsageError, match=r"stream=foo: no such option of stream; there is default"):
        compose("stream", ["stream=foo"])


def test_an_interpolation_that_names_nothing_is_one_line():
    config = compose("stream", ["output=${nowhere.at.all}"]).config
    with pytest.raises(UsageError, match=r"Interpolation key .* not found"):
        plain(config)
