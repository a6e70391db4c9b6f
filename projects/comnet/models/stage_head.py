# Copyright (c) COMNet contributors. All rights reserved.
from mmseg.models.decode_heads.decode_head import BaseDecodeHead
from torch import Tensor

from ..utils import InputError


class StageHead(BaseDecodeHead):
    """A segmentor's head on one stage, which tells if it is for another."""

    def _transform_inputs(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """Return the stage (B, c, h, w) that it is on.

        Raises:
            InputError: There is no such stage, or it is no map of
                ``in_channels``.
        """
        name, index = type(self).__name__, self.in_index
        if not -len(inputs) <= index < len(inputs):
            raise InputError(
                f'{name}: in_index is {index}, but the backbone returns '
                f'{len(inputs)} stages; set in_index=-1 for the last')
        feat = inputs[index]
        if feat.dim() != 4:
            raise InputError(
                f'{name}: the backbone returns no maps (images, channels, '
                f'height, width) but {tuple(feat.shape)}; set it to return '
                "them, such as by out_type='featmap' or "
                'gap_before_final_norm=False')
        if feat.shape[1] != self.in_channels:
            raise InputError(
                f'{name}: in_channels is {self.in_channels}, but stage '
                f'{index} of the backbone has {feat.shape[1]} channels; set '
                f'in_channels={feat.shape[1]}')
        return feat
