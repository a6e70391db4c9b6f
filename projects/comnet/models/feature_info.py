# Copyright (c) COMNet contributors. All rights reserved.
"""What a backbone returns, asked of the backbone itself."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..utils import InputError
from .cached_backbone import CachedBackbone

# they differ by a multiple of all usual strides, those of patches of 14 too:
# what a network loses at its borders does not matter to a difference
HEIGHT, WIDTH = 32, 256
SLACK = 2  # positions that may be lost so

# settings of mmpretrain's backbones by which they return maps
MAP_OPTIONS = dict(
    gap_before_final_norm='gap_before_final_norm=False',
    gap_before_output='gap_before_output=False',
    out_type="out_type='featmap'",
    timm_model='features_only=True')

TIMM_SIZE = ' A ViT of timm takes dynamic_img_size=True.'


@dataclass(frozen=True)
class FeatureInfo:
    """The maps of a backbone, a number a stage.

    Attributes:
        channels: Their channels.
        strides: Pixels from one position to the next.
        signed: Whether there are negative values.
        step: Pixels that an image's sides have to be multiples of, or the
            last of it would be seen in part or not at all; 1 but for networks
            of patches, such as transformers and ConvNeXt.
    """
    channels: tuple[int, ...]
    strides: tuple[int, ...]
    signed: tuple[bool, ...]
    step: int

    def filled_up(self, images: Tensor, least: int = 1) -> Tensor:
        """Add zeros on the right and below, up to whole patches.

        Args:
            images: Shape (B, 3, H, W).
            least: What sides are to be multiples of, too, where there are no
                patches; with patches the step is at least that.
        """
        step = least if self.step == 1 else -(-least // self.step) * self.step
        down, right = (-side % step for side in images.shape[2:])
        # which would copy what is large enough, too
        return (F.pad(images, (0, right, 0, down)) if down or right
                else images)


@torch.no_grad()
def feature_info(backbone: nn.Module) -> FeatureInfo:
    """Show a small random picture to a backbone and look at its maps.

    The backbone stays as it is; one that keeps features keeps none of this.

    Raises:
        InputError: It takes no such picture, or returns something else than
            maps.
    """
    while isinstance(backbone, CachedBackbone):
        backbone = backbone.backbone
    # some remember the last size; weights are not copied
    asked = deepcopy(backbone, {id(weight): weight
                                for weight in backbone.parameters()})
    asked.eval()
    generator = torch.Generator().manual_seed(0)
    picture = torch.rand(1, 3, HEIGHT, WIDTH, generator=generator) - 0.5
    for weight in backbone.parameters():
        picture = picture.to(weight)
        break
    name = type(backbone).__name__
    try:
        stages = asked(picture)
    except (AssertionError, RuntimeError, ValueError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(
            f'{name}: takes no picture of {WIDTH} x {HEIGHT} pixels, but CAMs '
            f'are of all sizes; change its settings ({reason}'
            f'{TIMM_SIZE if hasattr(backbone, "timm_model") else ""})'
        ) from error
    strides = [_stride(stage) for stage in stages]
    if not strides or not all(strides):
        shapes = ', '.join(str(tuple(stage.shape)) for stage in stages)
        option = next((text for key, text in MAP_OPTIONS.items()
                       if hasattr(backbone, key) and len(stages) == 1),
                      'another backbone')
        raise InputError(
            f'{name}: returns no maps (1, channels, height, width) of a '
            f'picture of {WIDTH} x {HEIGHT} pixels but {shapes or "nothing"}; '
            f'set {option} in the config of the backbone')
    return FeatureInfo(
        tuple(stage.shape[1] for stage in stages), tuple(strides),
        tuple(bool((stage < 0).any()) for stage in stages),
        max(strides) if _sees_patches(backbone) else 1)


def _stride(stage: Tensor) -> int:
    """Return the stride of what the backbone made, 0 where it is no map."""
    if stage.dim() != 4 or stage.shape[2] >= stage.shape[3]:
        return 0
    stride = (WIDTH - HEIGHT) / (stage.shape[3] - stage.shape[2])
    is_map = abs(HEIGHT / stride - stage.shape[2]) <= SLACK
    return round(stride) if is_map else 0


def _sees_patches(backbone: nn.Module) -> bool:
    """Tell whether a backbone first cuts an image into patches."""
    first = next((module for module in backbone.modules()
                  if isinstance(module, nn.Conv2d)), None)
    return first is not None and (
        1 < first.kernel_size[0] == first.stride[0])
