# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..registry import STEPS
from .fields import network_options
from .training import Training


@STEPS.register_module()
@dataclass(frozen=True)
class Classifier(Training):
    """Training of a classifier from image-level labels.

    The attributes are those of :class:`Training`.
    """
    options: Mapping[str, Any] = network_options('labels', 'group_size')
