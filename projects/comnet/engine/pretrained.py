# Copyright (c) COMNet contributors. All rights reserved.
"""Pretrained weights of a backbone, of a file or a URL."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy, deepcopy
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock
from mmengine.model import BaseModule
from mmengine.model.weight_init import PretrainedInit
from mmengine.runner.checkpoint import (
    get_external_models,
    get_torchvision_models,
)
from torch import nn

from ..utils import InputError
from ..utils.package_files import installed_file
from .checkpoint import read_checkpoint

CATALOGUES: dict[str, Callable[[], dict[str, str]]] = {
    'torchvision': get_torchvision_models, 'open-mmlab': get_external_models}
# of mmpretrain's networks of several outputs, which ImageNet's, of one, lack
OUTPUT_NORM = re.compile(r'norm\d\.(weight|bias)$')
ADVICE = ('set pretrained to a file, to a URL such as torchvision://resnet50, '
          'or to None')


def find_pretrained(model: nn.Module) -> list[tuple[BaseModule, dict]]:
    """Return each module that has pretrained weights, with their cfg."""
    return [(module, cfg) for module in model.modules()
            if isinstance(module, BaseModule)
            for cfg in _init_cfgs(module) if is_pretrained(cfg)]


def take_pretrained(model: nn.Module) -> list[tuple[BaseModule, dict]]:
    """Take the pretrained weights off the initialisation of a model.

    mmengine would load them with all of pickle, and keep what fits.

    Returns:
        What :func:`find_pretrained` found.
    """
    found = find_pretrained(model)
    for module, _ in found:
        module.init_cfg = [cfg for cfg in _init_cfgs(module)
                           if not is_pretrained(cfg)] or None
    return found


def _init_cfgs(module: BaseModule) -> list[dict]:
    cfgs = module.init_cfg
    return cfgs if isinstance(cfgs, list) else [cfgs] if cfgs else []


def is_pretrained(init_cfg: Mapping[str, Any]) -> bool:
    """Tell whether it loads weights: 'Pretrained', in whatever scope."""
    kind = init_cfg.get('type')
    return kind is PretrainedInit or (
        isinstance(kind, str) and kind.rsplit('.', 1)[-1] in (
            'Pretrained', 'PretrainedInit'))


def load_pretrained(module: nn.Module, init_cfg: dict) -> None:
    """Fill a module with pretrained weights, see :func:`read_pretrained`."""
    module.load_state_dict(read_pretrained(module, init_cfg))


def read_pretrained(module: nn.Module,
                    init_cfg: dict) -> dict[str, torch.Tensor]:
    """Read pretrained weights that fill a module.

    Args:
        module: What they are for.
        init_cfg: With ``checkpoint`` and optionally ``prefix``, the part of
            the names in the file that those of the module lack.

    Returns:
        All weights of the module, by its names. Norms of outputs that the
        file lacks are those of the module.

    Raises:
        InputError: There is no such file, it is no checkpoint, or of another
            network.
    """
    source, prefix = init_cfg['checkpoint'], init_cfg.get('prefix') or ''
    prefix = f'{prefix}.' if prefix and not prefix.endswith('.') else prefix
    content = read_checkpoint(pretrained_file(source))
    given = content.get('state_dict', content)
    convert = getattr(module, 'convert_pretrained', None)
    if callable(convert):  # other names, the same network
        given = convert(given)
    given = {name.removeprefix(prefix): value
             for name, value in given.items() if name.startswith(prefix)}
    _let_convert(module, given)
    weights = {}
    for name, value in module.state_dict().items():
        other: Any = given.get(name)
        if other is None and (name.endswith('num_batches_tracked')
                              or OUTPUT_NORM.match(name)):
            other = value
        if getattr(other, 'shape', None) != value.shape:
            raise InputError(
                f'{source}: weights of another network, {prefix + name} of '
                f'shape {tuple(value.shape)} is not in it; set pretrained to '
                'weights of this backbone')
        weights[name] = other
    parts = {name for name, _ in module.named_children()}
    for name in given:
        if name not in weights and name.split('.')[0] in parts:
            raise InputError(f'{source}: weights of a larger network, '
                             f'{prefix + name} has no place; set pretrained '
                             'to weights of this backbone')
    return weights


def _let_convert(module: nn.Module, weights: dict[str, torch.Tensor]) -> None:
    """Let a module rename and resize weights as whenever it is loaded.

    mmpretrain's transformers do: older names, positions of another size.
    """
    shell = copy(module)  # the module itself keeps its weights
    shell._parameters = deepcopy(module._parameters)
    shell._buffers = deepcopy(module._buffers)
    with suppress(AssertionError, RuntimeError):  # they do not fit
        # of the shell alone, not of its parts
        shell._load_from_state_dict(weights, '', {}, True, [], [], [])


def pretrained_file(source: str | Path) -> Path:
    """Return the file of pretrained weights, downloaded if need be.

    The source is a file, ``http(s)://…``, ``torchvision://NAME``,
    ``open-mmlab://NAME`` or ``package://PACKAGE/FILE``, a file in an
    installed package.

    Raises:
        InputError: There is no such file, or it cannot be had.
    """
    scheme, separator, name = str(source).partition('://')
    if not separator:
        if not Path(source).is_file():
            raise InputError(f'{source}: no such weights; {ADVICE}')
        return Path(source)
    if scheme in CATALOGUES:
        urls = CATALOGUES[scheme]()
        if name not in urls:
            raise InputError(f'{source}: no such weights; {ADVICE}')
        return _download(urls[name])
    if scheme == 'package':
        return installed_file(name)
    if scheme in ('http', 'https'):
        return _download(str(source))
    raise InputError(f'{source}: weights of an unknown kind; {ADVICE}')


def _download(url: str) -> Path:
    """Return the file of a URL in PyTorch's cache.

    Of processes that all want it one fetches it, while the others wait.
    """
    path = Path(torch.hub.get_dir()) / 'checkpoints' / Path(url).name
    if path.is_file():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f'.{path.name}.lock')):
            if not path.is_file():  # nor has another fetched it meanwhile
                digest = re.search(r'-([a-f0-9]{8,})\.', path.name)
                torch.hub.download_url_to_file(
                    url, str(path), digest and digest.group(1),
                    progress=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f'{url}: cannot be downloaded ({error}); '
                         'set pretrained to a file') from error
    return path
