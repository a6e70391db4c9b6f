# Copyright (c) COMNet contributors. All rights reserved.
"""Loading of masks, with errors that name the file."""

from mmcv.transforms import TRANSFORMS, BaseTransform

from ..voc_folder import check_mask, load_mask


@TRANSFORMS.register_module()
class LoadVOCMask(BaseTransform):
    """Load a mask, and say which file it is when it is not usable.

    In a test set an image may lack a mask, and nothing is added.

    **Required Keys:**

    - seg_map_path: where there is a mask
    - num_classes: with background
    - ori_shape

    **Added Keys:**

    - gt_seg_map: shape (H, W), uint8
    - seg_fields
    """

    def transform(self, results: dict) -> dict:
        """Add the mask.

        Raises:
            InputError: The file is missing or unreadable, of another size
                than the image, or holds a label outside of the classes.
        """
        path = results.get('seg_map_path')
        if path is None:
            return results
        mask = load_mask(path)  # (H, W)
        check_mask(path, mask, results['ori_shape'], results['num_classes'])
        results['gt_seg_map'] = mask
        results.setdefault('seg_fields', []).append('gt_seg_map')
        return results
