# Copyright (c) COMNet contributors. All rights reserved.
"""``package://PACKAGE/FILE`` for the checkpoints of any OpenMMLab tool."""

from typing import Any

import torch
from mmengine.runner.checkpoint import CheckpointLoader

from ..utils.package_files import installed_file

SCHEME = 'package://'


@CheckpointLoader.register_scheme(prefixes=SCHEME)
def load_from_package(filename: str,
                      map_location: Any = None) -> dict[str, Any]:
    """Return the weights in a file of an installed package.

    Raises:
        InputError: There is no such file.
    """
    content: dict[str, Any] = torch.load(
        installed_file(filename.removeprefix(SCHEME)),
        map_location=map_location, weights_only=True)
    return content
