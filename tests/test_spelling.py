from egograph.spelling import did_you_mean


def test_a_slip_of_the_fingers_is_named():
    assert did_you_mean("stream.fsp", ["stream.fps", "stream.frames"]) == "; did you mean stream.fps?"


def test_a_key_without_its_group_is_named_whole():
    assert did_you_mean("fps", ["model", "stream.fps"]) == "; did you mean stream.fps?"


def test_nothing_is_named_where_nothing_is_near():
    assert did_you_mean("zebra", ["stream.fps", "model"]) == ""
