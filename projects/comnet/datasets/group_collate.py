# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

from mmengine.registry import FUNCTIONS


@FUNCTIONS.register_module()
def group_collate(groups: Sequence[dict]) -> dict:
    """Join groups to a batch, the images of a group side by side.

    Args:
        groups: Items of :class:`PairedVOCDataset`, each a dict of lists of
            length N.

    Returns:
        dict: The same keys with lists of length N * len(groups): all of the
        first group, all of the second, …
    """
    return {
        key: [value for group in groups for value in group[key]]
        for key in groups[0]
    }
