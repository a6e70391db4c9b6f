# Copyright (c) COMNet contributors. All rights reserved.
"""Images and their class activation maps."""

from pathlib import Path

from mmengine.dataset import BaseDataset
from torch.utils.data import Dataset

from .cam_file import CAMFile


class WithCAM(Dataset):
    """Items of a data set with the class activation maps of their images.

    A loader's workers read both ahead of whoever computes with them.

    Args:
        dataset: Data set whose data infos have an ``img_id``.
        cam_dir: Folder of the files that :class:`CAMHook` wrote.
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
