# Copyright (c) COMNet contributors. All rights reserved.
"""COMNet: co-occurrent matching for weakly supervised segmentation.

Importing the package registers its components with mmpretrain and mmseg, so
configs need ``custom_imports = dict(imports=['comnet'])``.
"""

from . import datasets, evaluation, hooks, models
from .version import __version__

__all__ = ['__version__', 'datasets', 'evaluation', 'hooks', 'models']
