# Copyright (c) COMNet contributors. All rights reserved.
"""Files of different settings do not mix."""

from pathlib import Path

import pytest

from comnet.utils import InputError
from comnet.utils.folder_settings import claim_folder


def test_same_settings_go_on_and_others_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / 'masks'
    settings = dict(cam_dir=Path('/cams'), walk=dict(beta=10, crf=None))
    claim_folder(folder, settings)
    claim_folder(folder, settings)
    with pytest.raises(InputError, match="masks: made with walk = .*'beta': "
                                         "10.*delete the folder"):
        claim_folder(folder, dict(settings, walk=dict(beta=5, crf=None)))
    with pytest.raises(InputError, match='threshold = None, now it is 0.3'):
        claim_folder(folder, dict(settings, threshold=0.3))
