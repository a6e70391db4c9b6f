# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmpretrain.registry import DATASETS

from ..utils import InputError
from ..utils.schema import Limits, check_value
from .draws import current_seed_and_epoch
from .voc_labels import VOCLabelDataset

NEGATIVE = -1  # in place of a class, the last of a list


@DATASETS.register_module()
class PairedVOCDataset(VOCLabelDataset):
    """Groups of images that share a class (COMNet, Sec. III-A and III-C).

    Item i is image i followed by ``group_size - 1`` partners that show one of
    its classes. The partners depend on the seed, the epoch and i alone, not on
    the number of workers or processes, where :class:`SampleSeedHook` tells
    seed and epoch; elsewhere both are 0. The only image of a class is its own
    partner, augmented differently. ``group_collate`` keeps the images of a
    group adjacent. In test mode an item is the image alone, its partners
    lying beside it under another key.

    The partners of an image that shows no class are others that show none,
    so that each takes part as often as any image. They have nothing in
    common, and :class:`COMNet` lets their features pass unmatched.

    Args:
        data_root: Folder in VOC layout.
        group_size: Images in a group, N of the paper.
        kwargs: As in :class:`VOCLabelDataset`.
    """

    def __init__(self,
                 data_root: str,
                 group_size: int = 2,
                 **kwargs: Any) -> None:
        check_value('PairedVOCDataset: group_size', group_size, (int, ),
                    Limits(at_least=2))
        self.group_size = group_size
        super().__init__(data_root, **kwargs)

    def full_init(self) -> None:
        """Read the labels and note which images show each class."""
        if self._fully_initialized:
            return
        super().full_init()
        self._note_members()
        if not any(map(len, self.members)):
            raise InputError(
                f'{self.image_set_path}: none of its {len(self)} images shows '
                f'a class, as {self.labels} has it; add images that do')

    def get_subset_(self, indices: Sequence[int] | int) -> None:
        """Keep a part of the images, see the base class."""
        super().get_subset_(indices)
        self._note_members()

    def get_subset(self, indices: Sequence[int] | int) -> 'PairedVOCDataset':
        """Return a part of the images, whose partners are of that part."""
        subset: PairedVOCDataset = super().get_subset(indices)
        subset._note_members()
        return subset

    def _note_members(self) -> None:
        """Note the images that show each class, and those of none."""
        members: list[list[int]] = [[] for _ in (*self.CLASSES, NEGATIVE)]
        for idx in range(len(self)):
            for label in self.get_cat_ids(idx) or [NEGATIVE]:
                members[label].append(idx)
        *self.members, self.negatives = (
            np.array(group, dtype=np.int64) for group in members)

    def group_indices(self, idx: int, seed: int = 0,
                      epoch: int = 0) -> list[int]:
        """Return the images of item ``idx`` in an epoch, itself first."""
        rng = np.random.default_rng([seed, epoch, idx])
        labels = self.get_cat_ids(idx)
        alike = self.members[rng.choice(labels)] if labels else self.negatives
        others = alike[alike != idx]
        if len(others) == 0:
            return [idx] * self.group_size
        partners = rng.permutation(others)[:self.group_size - 1]
        missing = self.group_size - 1 - len(partners)
        repeated = rng.choice(others, missing)  # of a class with few images
        return [idx, *partners.tolist(), *repeated.tolist()]

    def __getitem__(self, idx: int) -> dict:
        """Load a group.

        Returns:
            dict: ``inputs``, a list of ``group_size`` image tensors
            (3, h, w), and ``data_samples``, a list of as many data samples.
            In test mode the image's own of both, and ``partners``, a list of
            ``group_size - 1`` dicts with those of its partners.
        """
        group = self.group_indices(idx, *current_seed_and_epoch())
        items = [super(PairedVOCDataset, self).__getitem__(member)
                 for member in group]
        if self.test_mode:
            return dict(**items[0], partners=items[1:])
        return {key: [item[key] for item in items] for key in items[0]}
