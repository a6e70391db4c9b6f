# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

import torch
import torchvision
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..utils import InputError


@MODELS.register_module()
class TorchvisionBackbone(BaseModule):
    """Any convolutional classification network of torchvision.

    The stages are the parts of the network's ``features``, or, in networks
    without it such as ResNet, its children up to the pooling layer, but not
    its auxiliary classifiers.

    Args:
        arch: Name in ``torchvision.models``, such as 'squeezenet1_1'.
        out_indices: Parts whose outputs are returned; negative ones count from
            the end.
        norm_eval: Whether batch norm keeps its statistics in training.
        init_cfg: The config to control the initialization.
            ``dict(type='Pretrained', checkpoint=FILE)`` takes the names of the
            parts: '0.weight', … of ``features``, for which torchvision's own
            files need ``prefix='features.'``, or 'conv1.weight', ….

    Example:
        >>> from mmpretrain.registry import MODELS
        >>> backbone = MODELS.build(dict(
        ...     type='TorchvisionBackbone', arch='squeezenet1_1'))
        >>> backbone(torch.rand(1, 3, 224, 224))[0].shape
        torch.Size([1, 512, 13, 13])

    Raises:
        InputError: There is no such network, or it has no such parts.
    """

    def __init__(self,
                 arch: str,
                 out_indices: Sequence[int] = (-1, ),
                 norm_eval: bool = True,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        if arch not in torchvision.models.list_models(torchvision.models):
            raise InputError(f'TorchvisionBackbone: arch {arch!r} is no '
                             'classification network; give a name of '
                             'torchvision.models')
        network = torchvision.models.get_model(arch, weights=None)
        parts = self._parts(arch, network)
        if not all(-len(parts) <= index < len(parts)
                   for index in out_indices):
            raise InputError(
                f'TorchvisionBackbone: out_indices is {tuple(out_indices)}, '
                f'but {arch} has {len(parts)} parts; give indices of these')
        self.out_indices = tuple(
            index % len(parts) for index in out_indices)
        self.norm_eval = norm_eval
        for name, part in parts[:max(self.out_indices) + 1]:
            self.add_module(name, part)
        # as the images: DDP wants gradients that are laid out like weights
        self.to(memory_format=torch.channels_last)

    @staticmethod
    def _parts(arch: str,
               network: nn.Module) -> list[tuple[str, nn.Module]]:
        features = getattr(network, 'features', None)
        # those of Swin are (B, h, w, c), which another part permutes
        if isinstance(features, nn.Sequential) and not hasattr(
                network, 'permute'):
            parts = list(features.named_children())
            if isinstance(network, torchvision.models.DenseNet):
                parts.append(('relu', nn.ReLU()))  # in its forward
            return parts
        parts = []
        for name, child in network.named_children():
            if name == 'avgpool' or isinstance(child, nn.AdaptiveAvgPool2d):
                return parts
            if not name.lower().startswith('aux'):
                parts.append((name, child))
        raise InputError(f'TorchvisionBackbone: arch {arch!r} has neither '
                         'features nor a pooling layer; give a plain '
                         'convolutional network')

    def forward(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """Return a map (B, c, h, w) of images (B, 3, H, W) for each index."""
        outs = {}
        # a pixel's channels side by side: faster, most of all in pooling
        feat = inputs.contiguous(memory_format=torch.channels_last)
        for index, part in enumerate(self.children()):
            feat = part(feat)
            outs[index] = feat
        return tuple(outs[index] for index in self.out_indices)

    def train(self, mode: bool = True) -> 'TorchvisionBackbone':
        """Set the mode, and keep batch norm's statistics if asked to."""
        super().train(mode)
        if self.norm_eval:
            for module in self.modules():
                if isinstance(module, _BatchNorm):
                    module.eval()
        return self
