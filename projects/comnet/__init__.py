# Copyright (c) COMNet contributors. All rights reserved.
"""COMNet: co-occurrent matching for weakly supervised segmentation.

``comnet.ops`` is the mathematics and needs no package of OpenMMLab;
``comnet.apis`` the method in Python. Importing
``comnet.datasets.components``, ``comnet.evaluation``, ``comnet.hooks`` and
``comnet.models`` registers the components with mmpretrain and mmseg: the
``custom_imports`` of the configs.
"""

from .version import __version__

__all__ = ['__version__']
