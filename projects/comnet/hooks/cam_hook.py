# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from pathlib import Path

import torch
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.registry import HOOKS
from mmengine.runner import Runner

from ..datasets.cam_file import CAMFile
from ..ops import multi_scale_cam


@HOOKS.register_module()
class CAMHook(Hook):
    """Write the class activation maps of the test images.

    One ``OUT_DIR/IMG_ID.npz`` an image, see
    :class:`comnet.datasets.cam_file.CAMFile`, with the maps of the classes of
    its label. The file's name is kept in the data sample as ``cam_path``,
    where :class:`CAMMetric` finds it.

    Args:
        out_dir (str, optional): Folder of the files. Defaults to ``cam`` in
            the runner's work_dir.
        scales (Sequence[float]): Factors of the image's size.
            Defaults to (1.0, 0.5, 1.5, 2.0).
        flip (bool): Whether to add the mirrored image. Defaults to True.
    """

    def __init__(self,
                 out_dir: str | None = None,
                 scales: Sequence[float] = (1.0, 0.5, 1.5, 2.0),
                 flip: bool = True) -> None:
        self.out_dir = out_dir
        self.scales = tuple(scales)
        self.flip = flip

    def before_test_iter(self,
                         runner: Runner,
                         batch_idx: int,
                         data_batch: dict | None = None) -> None:
        """Compute and write the maps of a batch."""
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        out_dir = Path(self.out_dir or Path(runner.work_dir) / 'cam')
        for image, sample in zip(
                data_batch['inputs'], data_batch['data_samples'], strict=True):
            path = out_dir / f'{sample.img_id}.npz'
            self._write(model, image, sample.gt_label.tolist(), path)
            sample.set_field(str(path), 'cam_path', field_type='metainfo')

    def _write(self, model: torch.nn.Module, image: torch.Tensor,
               class_ids: list[int], path: Path) -> None:
        """Write the maps of an image (3, H, W), uint8."""
        # one by one: the images of a batch have several sizes
        data = model.data_preprocessor(dict(inputs=[image]), training=False)
        cam, high_res = multi_scale_cam(
            cam=lambda images: model.head.cam(model.extract_feat(images)),
            image=data['inputs'][0],
            class_ids=class_ids,
            scales=self.scales,
            flip=self.flip)
        CAMFile(
            keys=torch.tensor(class_ids).numpy(),
            cam=cam.cpu().numpy(),
            high_res=high_res.cpu().numpy()).save(path)
