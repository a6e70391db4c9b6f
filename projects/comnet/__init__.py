# Copyright (c) COMNet contributors. All rights reserved.
"""COMNet: co-occurrent matching for weakly supervised segmentation.

Importing the package registers its components with mmpretrain and mmseg, so
configs need ``custom_imports = dict(imports=['comnet'])``.
"""

import warnings

# mmcv's compiled operators are not used here, and not missed
warnings.filterwarnings('ignore', 'Fail to import ``MultiScaleDeform')

from . import datasets, evaluation, hooks, models  # noqa: E402
from .version import __version__  # noqa: E402

__all__ = ['__version__', 'datasets', 'evaluation', 'hooks', 'models']
