# Copyright (c) COMNet contributors. All rights reserved.
from mmcv.transforms import TRANSFORMS, BaseTransform

from comnet.utils import InputError

from ..voc_folder import IGNORE_INDEX, load_mask


@TRANSFORMS.register_module()
class LoadVOCMask(BaseTransform):
    """Load a mask, and say which file it is when it is not usable.

    **Required Keys:**

    - seg_map_path
    - num_classes (int): with background
    - ori_shape

    **Added Keys:**

    - gt_seg_map (np.ndarray): shape (H, W), uint8
    - seg_fields
    """

    def transform(self, results: dict) -> dict:
        """Add the mask.

        Raises:
            InputError: The file is missing or unreadable, of another size
                than the image, or holds a label outside of the classes.
        """
        path = results['seg_map_path']
        mask = load_mask(path)  # (H, W)
        if mask.shape != results['ori_shape']:
            raise InputError(
                f'{path}: {mask.shape[1]} x {mask.shape[0]} pixels, its image '
                f'has {results["ori_shape"][1]} x {results["ori_shape"][0]}; '
                'make the mask anew')
        labels = mask[mask != IGNORE_INDEX]
        if labels.size and labels.max() >= results['num_classes']:
            raise InputError(
                f'{path}: label {labels.max()}, but there are '
                f'{results["num_classes"]} classes with background; mend the '
                'mask or add the class to classes.txt')
        results['gt_seg_map'] = mask
        results.setdefault('seg_fields', []).append('gt_seg_map')
        return results
