"""Nothing touches what is not there."""

import torch

from egograph.nodes.contacts import lasting_contacts
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE

KIND = torch.tensor([[LEFT_HAND, RIGHT_HAND, OBJECT, OBJECT, SCENE] * 2])
FRAME = torch.tensor([[0] * 5 + [1] * 5])
# In both frames the left hand touches the first object, the right hand both, the second half as surely.
CONTACT = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.5], [0.0, 0.0]] * 2])


def left(*gone: int) -> torch.Tensor:
    before = torch.ones_like(KIND, dtype=torch.bool)
    after = before.clone()
    after[:, list(gone)] = False
    return lasting_contacts(KIND, FRAME, CONTACT, before, after)[0]


def test_where_all_stay_all_contacts_last() -> None:
    assert torch.equal(left(), CONTACT[0])
    assert torch.equal(left(4), CONTACT[0])


def test_an_object_loses_the_contact_of_a_hand_that_is_gone() -> None:
    assert left(0)[2].tolist() == [0.0, 1.0]
    assert left(0)[7].tolist() == [1.0, 1.0]  # another frame
    assert left(1)[2].tolist() == [1.0, 0.0]


def test_a_hand_touches_what_stays() -> None:
    assert left(2)[0].tolist() == [0.0, 0.0]
    torch.testing.assert_close(left(2)[1], torch.tensor([0.0, 0.5 / 1.5]))
    assert left(2, 3)[1].tolist() == [0.0, 0.0]
    assert left(2)[5].tolist() == [1.0, 0.0]


def test_a_hand_that_touches_what_is_no_object_goes_on_touching_it() -> None:
    contact = CONTACT.clone()
    contact[:, 2:4] = 0
    before = torch.ones_like(KIND, dtype=torch.bool)
    after = before & (torch.arange(10) != 2)
    assert lasting_contacts(KIND, FRAME, contact, before, after)[0, 0].tolist() == [1.0, 0.0]
