# Copyright (c) COMNet contributors. All rights reserved.
"""What the pixel classifier's step has fitted, as a segmentor's checkpoint."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from mmengine.model import BaseModel
from torch import Tensor

from ..datasets.voc_folder import voc_palette
from ..engine.checkpoint import NOTE, check_finite, read_checkpoint
from ..engine.model import BACKGROUND
from ..utils.atomic_file import write_atomically, write_bytes

FILE_NAME = 'pixel_classifier.pth'


@dataclass
class Fitted:
    """A linear classifier of positions, and one of images.

    Attributes:
        components: Directions that positions are projected on, (c, d).
        weight: Of positions, shape (L, d).
        bias: Shape (L,).
        image_weight: Of images, shape (L - 1, c).
        image_bias: Shape (L - 1,).
    """
    components: Tensor
    weight: Tensor
    bias: Tensor
    image_weight: Tensor
    image_bias: Tensor

    def save(self, folder: Path, model: BaseModel,
             classes: Sequence[str]) -> None:
        """Write a checkpoint of mmseg's EncoderDecoder with a PixelHead.

        It is the last one of the folder, as after a training.

        Args:
            folder: Where to.
            model: The network whose backbone the features are of.
            classes: Without background.

        Raises:
            InputError: A weight is not finite.
        """
        weight = self.weight @ self.components.T  # (L, c)
        labels = (BACKGROUND, *classes)
        state = {
            **model.backbone.state_dict(prefix='backbone.'),
            'decode_head.conv_seg.weight': weight[:, :, None, None],
            'decode_head.conv_seg.bias': self.bias,
            'decode_head.image_classifier.weight': self.image_weight,
            'decode_head.image_classifier.bias': self.image_bias}
        content = dict(
            meta=dict(dataset_meta=dict(
                classes=labels, palette=voc_palette(len(labels)))),
            state_dict={key: value.cpu() for key, value in state.items()},
            fitted=asdict(self))
        check_finite(content, folder / FILE_NAME)
        write_atomically(folder / FILE_NAME, partial(torch.save, content),
                         durable=True)
        write_bytes(folder / NOTE, FILE_NAME.encode(), durable=True)

    @classmethod
    def load(cls, folder: Path) -> 'Fitted | None':
        """Read it from a folder; None where there is none yet.

        Raises:
            InputError: The file is no such checkpoint.
        """
        path = folder / FILE_NAME
        return cls(**read_checkpoint(path)['fitted']) if (
            path.is_file()) else None
