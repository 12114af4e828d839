import json

from egograph.cli.main import main


def test_every_tick_has_its_line(untrained_model, video, capsys):
    assert main(["graph", str(video), f"model={untrained_model}", "least=0", "--json"]) == 0
    *lines, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert last == {"exit_code": 0, "streams": 1, "failed": 0, "frames": 18}
    assert [(line["clip"], line["frame"]) for line in lines] == [divmod(tick, 8) for tick in range(18)]
    assert [line["time"] for line in lines] == [tick / 8 for tick in range(18)]
    triplets = [triplet for line in lines for triplet in line["triplets"]]
    assert triplets
    assert {relation for _, relation, _, _ in triplets} <= {"contact", "overlap", "proximity"}


def test_least_leaves_the_doubtful_out(untrained_model, video, capsys):
    assert main(["graph", str(video), f"model={untrained_model}", "least=0.6"]) == 0
    triplets = [one for line in capsys.readouterr().out.splitlines() for one in json.loads(line)["triplets"]]
    assert all(confidence >= 0.6 for *_, confidence in triplets)
