# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

from mmengine.registry import FUNCTIONS

from ..utils import InputError


@FUNCTIONS.register_module()
def group_collate(groups: Sequence[dict]) -> dict:
    """Join groups to a batch, the images of a group side by side.

    The data samples' ``group_size`` says how many images are a group.

    Args:
        groups: Items of :class:`PairedVOCDataset`, each a dict of lists of
            length N.

    Returns:
        dict: The same keys with lists of length N * len(groups): all of the
        first group, all of the second, …

    Raises:
        InputError: The items are no groups.
    """
    for group in groups:
        if not isinstance(group['data_samples'], Sequence):
            raise InputError('group_collate: the data set gives images alone; '
                             'use dataset.type="PairedVOCDataset", or another '
                             'collate_fn for a test')
        size = len(group['data_samples'])
        for sample in group['data_samples']:
            sample.set_metainfo(dict(group_size=size))
    return {key: [value for group in groups for value in group[key]]
            for key in groups[0]}
