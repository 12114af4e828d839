import json
from pathlib import Path

import pytest

from egograph.cli.main import main
from egograph.data.easg import read_easg, read_easg_classes
from egograph.graph.scene_graph import RELATIONS
from egograph.nodes.nodes import LEFT_HAND, RIGHT_HAND, VERB


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


def test_actions_are_written_in_the_form_that_the_easg_loader_reads(
    untrained_model: Path, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "easg"
    assert main(["graph", str(video), f"model={untrained_model}", "least=0", f"easg={folder}"]) == 0
    clips = {json.loads(line)["clip"] for line in capsys.readouterr().out.splitlines()}
    actions = read_easg(folder / "easg.json", read_easg_classes(folder))
    assert {action.moment for action in actions} <= {f"squares_{clip:06d}" for clip in clips}
    assert actions
    for action in actions:
        nodes, graph = action.graph.nodes, action.graph
        assert nodes.kind[0] == VERB
        assert graph.edge_index[0].tolist() == [0] * len(graph.relation)
        assert {RELATIONS[relation] for relation in graph.relation} <= {"dobj", "with"}
        assert {int(kind) for kind in nodes.kind[1:]} & {LEFT_HAND, RIGHT_HAND}
