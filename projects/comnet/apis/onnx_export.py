# Copyright (c) COMNet contributors. All rights reserved.
"""A segmentor, or a classifier with its CAMs, as one ONNX file."""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from torch import Tensor, nn
from torch.nn import functional as F

from ..engine.model import load_trained
from ..models import CAMExtractor
from ..models.feature_info import feature_info
from ..ops import normalize_cam, resize_cam
from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..utils.constants import MIN_EXPORT_SIDE

PACKAGES = ('onnx', 'onnxscript')
EXAMPLE_SIZE = (96, 128)  # any does


def export_onnx(config: str | Path | None,
                checkpoint: str | Path,
                out: str | Path,
                options: Mapping[str, Any] | None = None) -> Path:
    """Write a trained network that takes pictures as they are.

    The input is ``image``, RGB, uint8, (1, 3, H, W), of any size from 64
    pixels on. The outputs of a segmentor are ``probs``, the probabilities of
    background and classes, (1, C + 1, H, W), and ``labels``, uint8,
    (1, H, W). Those of a classifier are ``scores`` in [0, 1], (1, C), and
    ``maps``, its CAMs in [0, 1], (1, C, H, W): those of a ``CAMHook`` with
    ``scales=(1, ), flip=False, matching='nothing'``.

    Where the config's test resizes all pictures to one size, so does the
    file. Those for a network of patches, such as a transformer, are stretched
    to whole patches, where PyTorch fills them up. The names of the classes,
    without background, are in its metadata as ``classes``, a list in JSON.

    Args:
        config: Config file; None for the one that the checkpoint carries.
        checkpoint: Checkpoint of its model, which names the classes.
        out: File to write.
        options: Settings that override those of the config.

    Returns:
        The file.

    Raises:
        InputError: Something given is missing or wrong, or a package is.
    """
    for package in PACKAGES:
        if find_spec(package) is None:
            raise InputError(f'export_onnx: no package {package}; pip install '
                             f'{" ".join(PACKAGES)}')
    cfg, model, classes = load_trained(config, checkpoint, options)
    program = exported(_deployed(model.cpu(), cfg, len(classes)).eval())
    program.model.metadata_props['classes'] = json.dumps(classes)
    write_bytes(out, program.model_proto.SerializeToString())
    return Path(out)


def exported(network: '_Deployed') -> torch.onnx.ONNXProgram:
    """Return a network in evaluation mode as ONNX, for all sizes.

    Raises:
        InputError: PyTorch exports it for pictures of one size alone.
    """
    image = torch.zeros(1, 3, *EXAMPLE_SIZE, dtype=torch.uint8)
    sides = {axis: torch.export.Dim(name, min=MIN_EXPORT_SIDE)
             for axis, name in ((2, 'height'), (3, 'width'))}
    with torch.no_grad():
        program = torch.onnx.export(
            network, (image, ), input_names=['image'],
            output_names=list(network.outputs), dynamo=True,
            dynamic_shapes=dict(image=sides), verbose=False)
    assert program is not None  # there is one with dynamo
    shape = program.model.graph.inputs[0].shape
    if shape is None or any(isinstance(side, int) for side in shape[2:]):
        raise InputError(
            f'{type(network.model.backbone).__name__} is exported for '
            'pictures of one size alone; let the test of its config resize '
            "them to one, dict(type='Resize', scale=(512, 512), "
            'keep_ratio=False)')
    return program


def _deployed(model: BaseModel, cfg: Config, num_classes: int
              ) -> '_Deployed':
    """Return what is exported of a model.

    Raises:
        InputError: It is neither a segmentor nor a classifier with CAMs.
    """
    if hasattr(model, 'decode_head'):
        if model.test_cfg.get('mode') != 'whole':
            raise InputError(f'{cfg.filename}: tests by sliding windows, '
                             'which are not exported; set '
                             'model.test_cfg.mode=whole')
        return _Segmentor(model, cfg)
    if hasattr(model, 'score_maps'):
        return _Classifier(model, cfg, num_classes)
    raise InputError(f'{cfg.filename}: {type(model).__name__} is not '
                     'exported; give the config of a segmentor or a COMNet '
                     'classifier')


class _Deployed(nn.Module):
    """A model behind its normalisation.

    Attributes:
        outputs: Names of the outputs.
    """
    outputs: tuple[str, ...]
    mean: Tensor
    std: Tensor

    def __init__(self, model: BaseModel, cfg: Config) -> None:
        super().__init__()
        self.model = model
        settings = cfg.model.data_preprocessor
        # the names in mmseg and in mmpretrain
        self.takes_rgb = any(
            settings.get(name) for name in ('bgr_to_rgb', 'to_rgb'))
        for name, default in (('mean', (0, )), ('std', (1, ))):
            value = torch.tensor(settings.get(name) or default).float()
            self.register_buffer(name, value.view(-1, 1, 1))
        self.size = _fixed_size(cfg)
        self.step = feature_info(model.backbone).step

    def _whole(self, side: int) -> int:
        """Return a side that is cut into whole patches."""
        return (side + self.step - 1) // self.step * self.step

    def normalized(self, image: Tensor) -> Tensor:
        """Return what the network sees of an image, (1, 3, H, W)."""
        if not self.takes_rgb:
            image = image.flip(1)
        image = image.float()
        size = self.size
        if size is None and self.step > 1:
            height, width = image.shape[2:]
            size = (self._whole(height), self._whole(width))
        if size is not None:
            image = F.interpolate(image, size=size, mode='bilinear')
        return (image - self.mean) / self.std


def _fixed_size(cfg: Config) -> tuple[int, int] | None:
    """Return the height and width that a test resizes all pictures to."""
    for step in cfg.test_dataloader.dataset.pipeline:
        kind = str(getattr(step['type'], '__name__', step['type']))
        if kind.rsplit('.', 1)[-1] == 'Resize' and 'scale' in step and (
                not step.get('keep_ratio', False)):
            width, height = (step['scale'] if isinstance(
                step['scale'], list | tuple) else [step['scale']] * 2)
            return height, width
    return None


class _Segmentor(_Deployed):
    """An mmseg segmentor."""
    outputs = ('probs', 'labels')

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Segment an image, see :func:`export_onnx`."""
        scores = self.model(self.normalized(image), mode='tensor')
        scores = F.interpolate(
            scores, size=image.shape[2:], mode='bilinear',
            align_corners=self.model.align_corners)
        return scores.softmax(1), scores.argmax(1).to(torch.uint8)


class _Classifier(_Deployed):
    """A classifier that tells where it sees its classes."""
    outputs = ('scores', 'maps')

    def __init__(self, model: BaseModel, cfg: Config,
                 num_classes: int) -> None:
        super().__init__(model, cfg)
        self.extractor = CAMExtractor(
            model, scales=(1.0, ), flip=False, matching='nothing')
        self.labels = range(num_classes)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Classify an image and its positions, see :func:`export_onnx`."""
        height, width = image.shape[2:]
        cam, scores = self.extractor.maps(
            self.normalized(image)[0], self.labels, size=(height, width))
        maps = normalize_cam(resize_cam(cam, (height, width)))
        return scores.sigmoid()[None], maps[None]
