import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from egograph.data.classes import Vocabulary
from egograph.data.epic import read_video_info
from egograph.data.faults import Faults
from egograph.data.visor import read_frame_mapping, read_visor
from egograph.errors import EgographError
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND

NAME = "P01_03_frame_0000000422.jpg"


def annotation(name: str, class_id: int, box: tuple[float, float, float, float], **more: Any) -> dict[str, Any]:
    left, top, right, bottom = box
    outline = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return {"id": name, "name": name, "class_id": class_id, "exhaustive": "y", "segments": [outline], **more}


def written(folder: Path, *annotations: dict[str, Any]) -> Path:
    image = {"image_path": f"P01_03/{NAME}", "name": NAME, "subsequence": "P01_03_seq_00001", "video": "P01_03"}
    content = {"info": {}, "video_annotations": [{"image": image, "annotations": list(annotations)}]}
    path = folder / "P01_03.json"
    path.write_text(json.dumps(content))
    return path


MAPPING = {"P01_03": {NAME: "frame_0000000417.jpg"}}


def test_time_is_the_original_number_over_fps(tmp_path: Path) -> None:
    (frame,) = read_visor(written(tmp_path, annotation("pan", 5, (0, 0, 10, 10))), MAPPING, fps=60.0)
    assert frame.time == pytest.approx(417 / 60)


def test_boxes_are_clipped_to_the_frame(tmp_path: Path) -> None:
    (frame,) = read_visor(written(tmp_path, annotation("pan", 5, (-20, 540, 960, 1100))), MAPPING, fps=60.0)
    np.testing.assert_allclose(frame.box, [[0.0, 0.5, 0.5, 1.0]])


def test_a_hand_points_at_the_row_it_touches(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        annotation("hand", 301, (0, 0, 10, 10), in_contact_object="knife"),
        annotation("pan", 5, (0, 0, 10, 10)),
        annotation("knife", 4, (0, 0, 10, 10)),
        annotation("other", 300, (0, 0, 10, 10), in_contact_object="hand-not-in-contact"),
    )
    (frame,) = read_visor(path, MAPPING, fps=60.0)
    assert frame.kind.tolist() == [RIGHT_HAND, OBJECT, OBJECT, LEFT_HAND]
    assert frame.noun.tolist() == [-1, 5, 4, -1]
    assert frame.contact.tolist() == [2, -1, -1, -1]
    assert frame.contact_known.tolist() == [True, False, False, True]


@pytest.mark.parametrize("said", ["inconclusive", "none-of-the-above", None])
def test_what_annotators_could_not_say_is_not_known(tmp_path: Path, said: str | None) -> None:
    path = written(tmp_path, annotation("hand", 300, (0, 0, 10, 10), in_contact_object=said))
    (frame,) = read_visor(path, MAPPING, fps=60.0)
    assert (frame.contact[0], bool(frame.contact_known[0])) == (-1, False)


def test_a_worn_glove_and_its_hand_are_one_row(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        annotation("arm", 300, (0, 540, 192, 1080), in_contact_object="glove"),
        annotation("glove", 303, (96, 432, 384, 540), in_contact_object="cup", on_which_hand=["left hand"]),
        annotation("cup", 13, (300, 400, 500, 500)),
        annotation("spare", 304, (900, 400, 950, 500), on_which_hand=None),
    )
    (frame,) = read_visor(path, MAPPING, fps=60.0)
    assert frame.kind.tolist() == [LEFT_HAND, OBJECT, OBJECT]
    np.testing.assert_allclose(frame.box[0], [0.0, 0.4, 0.2, 1.0])
    assert frame.contact[0] == 1


def test_a_frame_without_its_original_number_is_refused(tmp_path: Path) -> None:
    message = r"video_annotations\[0\]: a frame that the mapping lacks; give the mapping that came with it"
    with pytest.raises(EgographError, match=message):
        read_visor(written(tmp_path, annotation("pan", 5, (0, 0, 1, 1))), {}, fps=60.0)


def test_frames_that_cannot_be_read_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, annotation("pan", 5, (0, 0, 10, 10)))
    content = json.loads(path.read_text())
    [good] = content["video_annotations"]
    other = good | {"image": good["image"] | {"name": "P01_03_frame_0000000999.jpg"}}
    broken = good | {"annotations": [{"id": "x", "class_id": 5, "segments": [["a"]]}]}
    content["video_annotations"] = [good, other, broken, {"image": None}]
    path.write_text(json.dumps(content))
    faults = Faults(strict=False)
    assert len(read_visor(path, MAPPING, fps=60.0, faults=faults)) == 1
    assert faults.summary() == (
        f"3 left out: 2 × a frame that can't be read (first {path}, video_annotations[2]), "
        f"1 × a frame that the mapping lacks (first {path}, video_annotations[1])"
    )


def test_another_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[1, 2]")
    with pytest.raises(EgographError, match=r"x.json: no JSON object; give a VISOR sparse JSON"):
        read_visor(path, MAPPING, fps=60.0)
    path.write_text('{"images": []}')
    with pytest.raises(EgographError, match=r"x.json: no list 'video_annotations'; give a VISOR sparse JSON"):
        read_visor(path, MAPPING, fps=60.0)


def test_official_files_are_read(shared_data: Path) -> None:
    epic, visor = shared_data / "epic100", shared_data / "visor"
    info = read_video_info(epic / "EPIC_100_video_info.csv")
    mapping = read_frame_mapping(visor / "frame_mapping.json")
    nouns = Vocabulary.from_csv(epic / "EPIC_100_verb_classes.csv", epic / "EPIC_100_noun_classes.csv").nouns
    frames = []
    for path in sorted((visor / "annotations").glob("*/*.json"))[::4]:
        frames += read_visor(path, mapping, info[path.stem].numbering_fps)
        assert all(frame.time <= info[path.stem].duration for frame in frames if frame.video == path.stem)
    assert len(frames) > 1600
    box = np.concatenate([frame.box for frame in frames])
    assert (box[:, 2:] >= box[:, :2]).all()
    assert 0.0 <= box.min() <= box.max() <= 1.0
    # Few outlines lie outside the frame altogether and have no area within it.
    assert ((box[:, 2:] - box[:, :2]).prod(1) > 0).mean() > 0.995
    noun = np.concatenate([frame.noun for frame in frames])
    kind = np.concatenate([frame.kind for frame in frames])
    assert ((noun == -1) == (kind != OBJECT)).all()
    # Classes from 300 on are hands, feet and gloves that nobody wears.
    assert (noun < len(nouns)).mean() > 0.99
    contact = np.concatenate([frame.contact for frame in frames])
    assert (contact[kind != OBJECT] >= 0).mean() > 0.7
    for frame in frames:
        left, right = frame.box[frame.kind == LEFT_HAND], frame.box[frame.kind == RIGHT_HAND]
        assert len(left) <= 1
        assert len(right) <= 1
