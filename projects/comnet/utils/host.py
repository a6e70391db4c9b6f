# Copyright (c) COMNet contributors. All rights reserved.
"""The way from a GPU to the host, which waits for it."""

import torch
from torch import Tensor


def to_host(*tensors: Tensor) -> list[Tensor]:
    """Copy tensors of one device to the CPU, all at once.

    Each copy waits until a GPU has done all it was asked for: one for all of
    them waits once.

    Args:
        tensors: One or more, of any types and shapes.

    Returns:
        The tensors, on the CPU; where they are there, they themselves.
    """
    if tensors[0].device.type == 'cpu':
        return list(tensors)
    parts = [each.contiguous().view(-1).view(torch.uint8) for each in tensors]
    copied = torch.cat(parts).cpu().split([len(part) for part in parts])
    return [  # cloned, as any type wants its values aligned
        part.clone().view(each.dtype).view(each.shape)
        for part, each in zip(copied, tensors, strict=True)]
