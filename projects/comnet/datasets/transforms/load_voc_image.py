# Copyright (c) COMNet contributors. All rights reserved.
"""Loading of images, with errors that name the file."""

from mmcv.transforms import TRANSFORMS, BaseTransform

from ..voc_folder import load_image


@TRANSFORMS.register_module()
class LoadVOCImage(BaseTransform):
    """Load an image, and say which file it is when it cannot be read.

    An image that somebody has loaded already is left as it is.

    **Required Keys:**

    - img_path, or img: BGR, shape (H, W, 3)

    **Added Keys:**

    - img: BGR, shape (H, W, 3), uint8
    - img_shape
    - ori_shape
    """

    def transform(self, results: dict) -> dict:
        """Add the image.

        Raises:
            InputError: The file is missing, cut off or no image.
        """
        if 'img' not in results:
            # OpenMMLab's transforms expect BGR
            results['img'] = load_image(results['img_path'])[..., ::-1].copy()
        results['img_shape'] = results['img'].shape[:2]
        results['ori_shape'] = results['img'].shape[:2]
        return results
