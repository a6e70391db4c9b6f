# Copyright (c) COMNet contributors. All rights reserved.
"""A trained model as a file to give away."""

import io
from hashlib import sha256
from pathlib import Path

import torch

from ..engine.checkpoint import read_checkpoint
from ..utils.atomic_file import write_bytes

KEPT = ('dataset_meta', 'epoch', 'iter')  # of the checkpoint's meta
NUM_DIGITS = 8  # of the hash, as OpenMMLab and torch.hub have it


def publish_model(checkpoint: str | Path, out: str | Path) -> Path:
    """Write the weights of a checkpoint and the names of its classes.

    What a training needs to go on, its log and its config, which names
    folders of yours, are left out.

    Args:
        checkpoint: Checkpoint of a classifier, an IRNet or a segmentor.
        out: File to write, such as ``deeplabv2.pth``.

    Returns:
        The file, with the first digits of its SHA-256 in its name:
        ``deeplabv2-0123abcd.pth``.

    Raises:
        InputError: The checkpoint is missing or none.
    """
    content = read_checkpoint(checkpoint)
    meta = content.get('meta', {})
    buffer = io.BytesIO()
    torch.save(
        dict(meta={key: meta[key] for key in KEPT if key in meta},
             state_dict=content.get('state_dict', content)), buffer)
    digest = sha256(buffer.getbuffer()).hexdigest()[:NUM_DIGITS]
    out = Path(out)
    path = out.with_name(f'{out.stem}-{digest}{out.suffix or ".pth"}')
    write_bytes(path, buffer.getbuffer())
    return path
