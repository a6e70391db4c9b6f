# Copyright (c) COMNet contributors. All rights reserved.
"""mmcv's loading of images, under the name that mmseg looks for."""

from mmcv import transforms
from mmseg.registry import TRANSFORMS

from .load_voc_image import LoadVOCImage

BACKEND = 'comnet'


@TRANSFORMS.register_module()
class LoadImageFromFile(transforms.LoadImageFromFile):
    """Load an image as mmcv does, or as :class:`LoadVOCImage` does.

    :class:`mmseg.apis.MMSegInferencer` puts an array or a file in place of
    the step ``LoadImageFromFile``, which a pipeline must have. With
    ``imdecode_backend='comnet'`` it reads what :class:`LoadVOCImage` reads;
    with any other it is mmcv's, so that other configs do not change.
    """

    def transform(self, results: dict) -> dict | None:
        """Add the image, see the base class.

        Raises:
            InputError: The file is missing, cut off or no image.
        """
        if self.imdecode_backend == BACKEND:
            return LoadVOCImage()(results)
        return super().transform(results)
