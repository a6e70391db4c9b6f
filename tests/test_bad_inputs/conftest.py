# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

import pytest
from helpers.bad_inputs import make_workshop


@pytest.fixture(scope='session')
def workshop(demo_root: Path, tmp_path_factory: pytest.TempPathFactory
             ) -> Path:
    """Return data, configs and checkpoints that each row has a copy of."""
    return make_workshop(tmp_path_factory.mktemp('rows') / 'w', demo_root)
