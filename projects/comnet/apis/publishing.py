# Copyright (c) COMNet contributors. All rights reserved.
"""A trained model as a file to give away."""

import io
from hashlib import sha256
from pathlib import Path

import torch

from ..engine.carried_config import CARRIED
from ..engine.checkpoint import read_checkpoint
from ..engine.model import load_trained
from ..engine.model_weights import PRETRAINED, without_pretrained
from ..utils.atomic_file import write_bytes

# of the checkpoint's meta
KEPT = ('dataset_meta', 'epoch', 'iter', PRETRAINED, CARRIED)
NUM_DIGITS = 8  # of the hash, as OpenMMLab and torch.hub have it


def publish_model(checkpoint: str | Path, out: str | Path,
                  config: str | Path | None = None) -> Path:
    """Write the weights of a checkpoint and what it takes to use them.

    That is the names of its classes, and the config of its network. What a
    training needs to go on, its log and all that names folders of yours are
    left out.

    Args:
        checkpoint: Checkpoint of a classifier, an IRNet or a segmentor.
        out: File to write, such as ``deeplabv2.pth``.
        config: Its config file, where pretrained weights that the training
            has left as they were are to be left out, too: whoever uses the
            checkpoint gets them from where the config does.

    Returns:
        The file, with the first digits of its SHA-256 in its name:
        ``deeplabv2-0123abcd.pth``.

    Raises:
        InputError: The checkpoint is missing or none, or its config has no
            pretrained weights or is of another model.
    """
    content = read_checkpoint(checkpoint)
    meta = content.get('meta', {})
    published = dict(meta={key: meta[key] for key in KEPT if key in meta},
                     state_dict=content.get('state_dict', content))
    if config is not None:
        _, model, _ = load_trained(config, checkpoint)
        published['state_dict'], published['meta'][PRETRAINED] = (
            without_pretrained(model.cpu(), checkpoint))
    buffer = io.BytesIO()
    torch.save(published, buffer)
    digest = sha256(buffer.getbuffer()).hexdigest()[:NUM_DIGITS]
    out = Path(out)
    path = out.with_name(f'{out.stem}-{digest}{out.suffix or ".pth"}')
    write_bytes(path, buffer.getbuffer())
    return path
