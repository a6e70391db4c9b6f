# Copyright (c) COMNet contributors. All rights reserved.
import hashlib
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor

from ..utils.atomic_file import write_atomically


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
    precision is.

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
            if self.cache_dir is None:
                return tuple(self.backbone(inputs))
            # one by one: an image's output does not depend on its batch
            images = [self._stages(image[None], self.cache_dir)
                      for image in inputs]
            return tuple(
                torch.cat([torch.from_numpy(image[name]) for image in images])
                .to(inputs).permute(0, 3, 1, 2)
                for name in images[0])

    def _forget(self, *_: Any) -> None:
        """Take other weights into account, once they are loaded."""
        self._identity = None

    def _stages(self, image: Tensor,
                cache_dir: Path) -> Mapping[str, np.ndarray]:
        """Return the stages of an image (1, 3, H, W), (1, h, w, c) each."""
        path = cache_dir / f'{self._key(image)}.npz'
        stages: dict[str, Any] | None = _read(path)
        if stages is None:
            stages = {
                str(index): stage.permute(0, 2, 3, 1).half().cpu().numpy()
                for index, stage in enumerate(self.backbone(image))}
            write_atomically(path, partial(np.savez, **stages))
        return stages

    def _key(self, image: Tensor) -> str:
        """Return what is the same for the same pixels and weights."""
        if self._identity is None:
            settings = repr(sorted(self._cfg.items()))
            identity = hashlib.blake2b(settings.encode())
            for value in self.backbone.state_dict().values():
                identity.update(_bytes(value))
            self._identity = identity.digest()
        key = hashlib.blake2b(self._identity, digest_size=16)
        key.update(repr((image.shape, image.dtype)).encode())
        key.update(_bytes(image))
        return key.hexdigest()


def _bytes(tensor: Tensor) -> memoryview:
    return tensor.detach().cpu().contiguous().view(-1).numpy().data


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """Return the arrays of a file, None where there is no readable one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file}
    except (FileNotFoundError, EOFError, ValueError, zipfile.BadZipFile):
        return None
