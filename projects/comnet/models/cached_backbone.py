# Copyright (c) COMNet contributors. All rights reserved.
import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor

from ..ops.numerics import is_traced
from ..utils.atomic_file import write_atomically
from ..utils.host import to_host


@MODELS.register_module()
class CachedBackbone(BaseModule):
    """A frozen backbone that sees each image once; its output is kept on disk.

    What it returned for an image, in half precision, is read again whenever
    the same pixels come with the same weights: in later epochs, trainings and
    CAMs. It pays where few views of an image occur: with
    ``Resize(scale=SIZE, keep_ratio=False)`` and flips, but without random
    sizes, crops and colours, and where a batch has no padding.

    A file a view: channels times positions times two bytes. Files of other
    weights are never read; delete the folder when the space is needed.

    It computes outside of autocast: files are the same whatever a training's
    precision is. A CPU's, a GPU's and those of a GPU with TF32 differ in their
    last digits, so that none reads another's.

    Args:
        backbone: Config of the backbone. Its batch norm keeps its statistics
            and nothing in it is trained.
        cache_dir: Folder of the files. None keeps nothing.
        init_cfg: The config to control the initialization.
    """

    def __init__(self,
                 backbone: dict,
                 cache_dir: str | None,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.backbone = MODELS.build(backbone).requires_grad_(False)
        self.cache_dir = None if cache_dir is None else Path(cache_dir)
        # the class by its name alone: 'mmpretrain.ResNet' is 'ResNet'
        self._cfg = {**backbone, 'type': type(self.backbone).__name__}
        self._cfg.pop('init_cfg', None)
        self._identity: bytes | None = None
        self.backbone.register_load_state_dict_post_hook(self._forget)

    def train(self, mode: bool = True) -> 'CachedBackbone':
        """Set the mode; the backbone stays in evaluation."""
        super().train(mode)
        self.backbone.eval()
        return self

    @torch.no_grad()
    def forward(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """Read the stages of images (B, 3, H, W), compute what is not there.

        Each is (B, c, h, w), rounded to half precision where it is kept.
        """
        with torch.autocast(inputs.device.type, enabled=False):
            # what is traced, to be counted or exported, is the network
            if self.cache_dir is None or is_traced():
                return tuple(self.backbone(inputs))
            return self._kept(inputs, self.cache_dir)

    @torch.compiler.disable  # of files and hashes
    def _kept(self, inputs: Tensor, cache_dir: Path) -> tuple[Tensor, ...]:
        """Return the stages of images (B, 3, H, W), (B, c, h, w) each."""
        images = self._stages(inputs, cache_dir)
        return tuple(
            torch.cat([torch.from_numpy(image[name]) for image in images])
            .to(inputs, non_blocking=True).permute(0, 3, 1, 2)
            for name in images[0])

    def _forget(self, *_: Any) -> None:
        """Take other weights into account, once they are loaded."""
        self._identity = None

    def _stages(self, inputs: Tensor,
                cache_dir: Path) -> list[Mapping[str, np.ndarray]]:
        """Return the stages of images (B, 3, H, W), (1, h, w, c) each."""
        paths = [cache_dir / f'{key}.npz' for key in self._keys(inputs)]
        found = {path: kept for path in {*paths}
                 if (kept := _read(path)) is not None}
        missing = {path: image[None]
                   for path, image in zip(paths, inputs, strict=True)
                   if path not in found}
        if missing:
            computed = self._computed([*missing.values()])
            for path, stages in zip(missing, computed, strict=True):
                write_atomically(path, partial(np.savez, **stages))
                found[path] = stages
        return [found[path] for path in paths]

    def _computed(self, images: Sequence[Tensor]) -> list[dict[str, Any]]:
        """Compute the stages of images (1, 3, H, W), (1, h, w, c) each."""
        # one by one: an image's output does not depend on its batch
        stages = [torch.cat(stage).permute(0, 2, 3, 1).half()
                  for stage in zip(*map(self.backbone, images), strict=True)]
        arrays = [stage.numpy() for stage in to_host(*stages)]
        return [{str(index): array[[place]]
                 for index, array in enumerate(arrays)}
                for place in range(len(images))]

    def _keys(self, images: Tensor) -> list[str]:
        """Return what is the same for the same pixels and weights, (B,)."""
        arithmetic = _arithmetic(images.device)
        state = self.backbone.state_dict() if self._identity is None else {}
        images, *weights = to_host(images, *state.values())
        if self._identity is None:
            settings = repr(sorted(self._cfg.items()))
            identity = hashlib.blake2b(settings.encode())
            for weight in weights:
                identity.update(_bytes(weight))
            self._identity = identity.digest()
        return [_key(self._identity, arithmetic, image[None])
                for image in images]


def _arithmetic(device: torch.device) -> str:
    """Return what is the same where convolutions round in the same way."""
    fast = device.type == 'cuda' and torch.backends.cudnn.allow_tf32
    return f'{device.type} tf32' if fast else device.type


def _key(identity: bytes, arithmetic: str, image: Tensor) -> str:
    key = hashlib.blake2b(identity, digest_size=16)
    key.update(repr((image.shape, image.dtype, arithmetic)).encode())
    key.update(_bytes(image))
    return key.hexdigest()


def _bytes(tensor: Tensor) -> memoryview:
    return tensor.detach().contiguous().view(-1).numpy().data


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """Return the arrays of a file, None where there is no readable one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file}
    except (FileNotFoundError, EOFError, ValueError, zipfile.BadZipFile):
        return None
