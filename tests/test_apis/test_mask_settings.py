# Copyright (c) COMNet contributors. All rights reserved.
"""Settings of a config that have no meaning are named."""

import pytest

from comnet.apis import AffinitySettings, MaskSettings, WalkSettings
from comnet.utils import InputError


def test_what_is_not_set_is_as_in_irn() -> None:
    assert WalkSettings.of(dict(beta=5), 'random_walk') == WalkSettings(
        radius=5, beta=5, num_steps=256, normalize='maximum',
        bg_threshold=0.25, crf='labels')


@pytest.mark.parametrize('kind, settings, problem', [
    (WalkSettings, dict(bta=5), 'walk.bta: no such setting; there are radius'),
    (WalkSettings, dict(num_steps=2.5), 'walk.num_steps is 2.5; give a whole'),
    (WalkSettings, dict(radius='5'), "walk.radius is '5'; give a whole"),
    (MaskSettings, dict(bg_threshold=None), 'bg_threshold is None; give a nu'),
    (MaskSettings, dict(crf='mean'), "walk.crf is 'mean'; give one of"),
    (AffinitySettings, dict(crf='scores'), "walk.crf is 'scores'; give one"),
    (AffinitySettings, dict(fg_threshold=True), 'fg_threshold is True; give'),
])
def test_settings_without_a_meaning(kind: type, settings: dict,
                                    problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        kind.of(settings, 'walk')
