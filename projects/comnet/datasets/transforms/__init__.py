# Copyright (c) COMNet contributors. All rights reserved.
"""Steps of a data set's pipeline."""

from .load_image_from_file import LoadImageFromFile
from .load_voc_image import LoadVOCImage
from .load_voc_mask import LoadVOCMask

__all__ = ['LoadImageFromFile', 'LoadVOCImage', 'LoadVOCMask']
