# Copyright (c) COMNet contributors. All rights reserved.
"""What steps that run a network have in common."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch
from mmengine.config import Config, ConfigDict
from mmengine.dataset import BaseDataset, pseudo_collate
from mmengine.model import BaseModel
from mmpretrain.structures import DataSample
from mmseg.registry import DATASETS
from mmseg.structures import SegDataSample
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Subset

from ..datasets.cam_file import CAMFile
from ..datasets.identity import images_identity
from ..datasets.image_labels import ANNOTATIONS
from ..engine.checkpoint import find_checkpoint
from ..engine.config import load_config
from ..engine.model import scope_of, trained_model
from ..engine.runner import dist_settings
from ..ops import resize_images
from ..utils.loading import loading_workers
from ..utils.record import file_identity


class Network:
    """A trained network, of its config and checkpoint.

    Attributes:
        loader: Loader of its images in the config.
    """
    loader: ClassVar[str] = 'test_dataloader'
    config: Any
    checkpoint: Any
    options: Mapping[str, Any]

    @cached_property
    def cfg(self) -> Config:
        """The config with its options; to be copied before it is changed."""
        if isinstance(self.config, Config):  # that was read already
            return self.config
        return load_config(self.config, self.options)

    @cached_property
    def weights(self) -> Path:
        """The file of the checkpoint; an InputError where there is none."""
        return find_checkpoint(self.checkpoint)

    @property
    def dataset(self) -> ConfigDict:
        """The config's data set."""
        return self.cfg[self.loader].dataset

    @property
    def data_root(self) -> str:
        """Folder of the images in VOC layout."""
        root: str = self.dataset.data_root
        return root

    @property
    def image_list(self) -> str:
        """List of image ids, relative to ``data_root``."""
        name: str = self.dataset.image_set_path
        return name

    def scope(self) -> AbstractContextManager:
        return scope_of(self.cfg)

    def dist_settings(self) -> dict[str, Any]:
        return dist_settings(self.cfg)


class ClassifierNetwork(Network):
    """A trained classifier, and the labelled images that it is to see."""

    def inputs(self) -> dict[str, str]:
        return dict(
            checkpoint=file_identity(self.weights),
            images=images_identity(self.data_root, self.image_list,
                                   self.dataset.get('labels', ANNOTATIONS)))


@torch.no_grad()
def predict_features(model: BaseModel,
                     dataset: BaseDataset,
                     indices: Sequence[int],
                     scale: float = 1.0,
                     workers: int = 0
                     ) -> Iterator[tuple[DataSample, Tensor]]:
    """Run a backbone over images, as they are seen at CAM time.

    Args:
        model: The classifier, in evaluation mode.
        dataset: Images with labels, through a test pipeline.
        indices: Positions of the images in it.
        scale: Factor of an image's size.
        workers: Processes that read images ahead.

    Yields:
        For each image its data sample and the last stage, (c, h, w), on the
        model's device.
    """
    loader = DataLoader(  # one by one: images have several sizes
        Subset(dataset, indices), batch_size=None,
        num_workers=loading_workers(workers))
    for item in loader:
        images = model.data_preprocessor(
            dict(inputs=[item['inputs']]), training=False)['inputs']
        if scale != 1:
            images = resize_images(images, [
                max(1, round(side * scale)) for side in images.shape[2:]])
        stages = model.extract_feat(images, stage='backbone')
        yield item['data_samples'], stages[-1][0]


def predict_boundaries(
        cfg: Config,
        checkpoint: str | Path,
        cam_dir: str | Path,
        indices: Sequence[int] | None = None
) -> Iterator[tuple[SegDataSample, CAMFile]]:
    """Run an IRNet over the images of its config's ``predict_dataloader``.

    Args:
        cfg: Config of the IRNet.
        checkpoint: Its checkpoint.
        cam_dir: Folder of the CAMs.
        indices: Positions of the images in their list, by default all.

    Yields:
        For each image its sample with the field ``boundary``, a PixelData of
        shape (1, h, w) on the model's device, and its CAMs.

    Raises:
        InputError: Something given is missing or wrong.
    """
    with scope_of(cfg):
        dataset = DATASETS.build(cfg.predict_dataloader.dataset)
        model = trained_model(cfg, checkpoint)
    if indices is not None:
        dataset.get_subset_(list(indices))
    loader = DataLoader(  # one by one: images have several sizes
        WithCAM(dataset, cam_dir),
        batch_size=None,
        num_workers=loading_workers(cfg.predict_dataloader.num_workers))
    for item, cam in loader:
        sample, = model.test_step(pseudo_collate([item]))
        yield sample, cam


class WithCAM(Dataset):
    """Items of a data set with the class activation maps of their images.

    A loader's workers read both ahead of whoever computes with them.

    Args:
        dataset: Data set whose data infos have an ``img_id``.
        cam_dir: Folder of the CAMs.
    """

    def __init__(self, dataset: BaseDataset, cam_dir: str | Path) -> None:
        self.dataset = dataset
        self.cam_dir = Path(cam_dir)

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, idx: int) -> tuple[dict, CAMFile]:
        """Load an image, as the data set's pipeline says, and its maps."""
        image_id = self.dataset.get_data_info(idx)['img_id']
        return self.dataset[idx], CAMFile.load(
            self.cam_dir / f'{image_id}.npz')
