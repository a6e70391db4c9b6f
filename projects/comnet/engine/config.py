# Copyright (c) COMNet contributors. All rights reserved.
"""Configs whose data, weights and classes are set in one place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

from ..datasets.voc_folder import read_classes
from ..utils import InputError
from .config_file import override, read_config
from .names import check_components, check_options
from .pretrained import is_pretrained

DRAWING = dict(type='mmseg.SegVisualizationHook', draw=True)
LIST = re.compile(r'^(train_list|val_list)\s*=\s*([\'"])(.+?)\2', re.M)
LABELLED = ('PairedVOCDataset', 'VOCLabelDataset')
MASKED = ('VOCSegmentationDataset', 'mmseg.VOCSegmentationDataset')


def load_config(path: str | Path,
                options: Mapping[str, Any] | None = None,
                classes: Sequence[str] | None = None) -> Config:
    """Read the config of a model and make its top-level settings take effect.

    A config of this project names its folder, lists, weights and group size
    once, at the top level: ``data_root`` goes to every data set,
    ``train_list`` and ``val_list`` to those that read the file's own,
    ``labels`` to those that read labels, ``mask_dir`` to the one that masks
    are learnt from, ``corrected_dir``, masks that take their place, there,
    too, ``group_size`` to the training groups and ``pretrained``
    to the backbone's ``init_cfg``, ``cache_dir`` to a backbone that keeps its
    features; the number of classes of the head is that
    of the folder's ``classes.txt``. So ``--cfg-options data_root=DIR`` is all
    it takes to use other data.

    Args:
        path: Config file.
        options: What ``--cfg-options`` gave. Where its ``mask_dir`` is no
            folder here, it is one in ``data_root``.
        classes: Those of a trained model, without background, whose data
            need not be there; by default those of ``data_root``.

    Returns:
        The config.

    Raises:
        InputError: No such file, or not a valid config.
    """
    return completed(read_config(path), options, classes)


def completed(cfg: Config,
              options: Mapping[str, Any] | None = None,
              classes: Sequence[str] | None = None) -> Config:
    """Change a config that was read as :func:`load_config` does.

    It is returned, too.
    """
    lists = _lists(cfg)
    options = _find_masks(options or {})
    check_options(cfg, options)
    override(cfg, options)
    if not isinstance(cfg.get('model'), Mapping):
        raise InputError(f'{cfg.filename}: no model; give the config of a '
                         'model (that of a pipeline is for comnet pipeline)')
    if 'data_root' in cfg:
        _set_num_classes(cfg, len(read_classes(cfg.data_root)
                                  if classes is None else classes))
    _set_data(cfg, {before: cfg[name] for before, name in lists.items()})
    if 'group_size' in cfg:
        cfg.train_dataloader.dataset.group_size = cfg.group_size
    if 'pretrained' in cfg:
        if not isinstance(cfg.model.get('backbone'), Mapping):
            raise InputError(f'{cfg.filename}: its model has no backbone for '
                             'pretrained; set model.backbone to a dict')
        _set_pretrained(cfg, cfg.pretrained)
    if 'cache_dir' in cfg and 'cache_dir' in (cfg.model.get('backbone') or {}):
        cfg.model.backbone.cache_dir = cfg.cache_dir
    for node in _dicts(cfg._cfg_dict):
        if node.get('num_workers') == 0:
            node.pop('persistent_workers', None)  # there are none to keep
    override(cfg, options)  # what is set in one place only wins
    check_components(cfg)
    return cfg


def default_work_dir(cfg: Config) -> Path:
    """Return a config's work_dir, or ``work_dirs/CONFIG_NAME``."""
    return Path(
        cfg.get('work_dir') or f'work_dirs/{Path(cfg.filename).stem}')


def cam_hook(cfg: Config) -> ConfigDict:
    """Return the hook of a classifier's config that writes its CAMs.

    Raises:
        InputError: It has none.
    """
    hook: ConfigDict | None = (cfg.get('default_hooks') or {}).get('cam')
    if hook is None:
        raise InputError(f'{cfg.filename}: no CAMHook in default_hooks.cam; '
                         'give the config of a classifier')
    return hook


def augment_test(cfg: Config) -> None:
    """Test with the augmentations of a config's ``tta_pipeline``.

    Raises:
        InputError: It has none.
    """
    if 'tta_pipeline' not in cfg:
        raise InputError(f'{cfg.filename}: no tta_pipeline; do not give --tta')
    cfg.test_dataloader.dataset.pipeline = cfg.tta_pipeline
    cfg.model = dict(**cfg.tta_model, module=cfg.model)


def draw_test(cfg: Config, show_dir: str | Path, visualizer: str,
              hook: Mapping[str, Any] = DRAWING) -> None:
    """Draw what a test finds, by the config's backends, into a folder.

    ``visualizer`` is a type, to which ``hook`` gives what is to be drawn.
    """
    cfg.visualizer = {
        'vis_backends': [dict(type='LocalVisBackend')],
        **(cfg.get('visualizer') or {}),
        'type': visualizer, 'save_dir': str(show_dir)}
    cfg.default_hooks = dict(
        cfg.get('default_hooks') or {}, visualization=dict(hook))


def _find_masks(options: Mapping[str, Any]) -> dict[str, Any]:
    """Make the path of a folder of masks absolute if it is one from here."""
    if options.get('mask_dir') is None:
        return dict(options)
    path = Path(options['mask_dir'])
    return dict(
        options, mask_dir=str(path.absolute() if path.is_dir() else path))


def _lists(cfg: Config) -> dict[str, str]:
    """Return the name of each list of images: train_list or val_list.

    A data set holds the one of the file that it stands in, where another file
    that inherits from it may name another list.
    """
    named: dict[str, str] = {}
    for name, _, path in LIST.findall(cfg.text):  # of bases first
        named.setdefault(path, name)
    for name in ('train_list', 'val_list'):
        if name in cfg:
            named.setdefault(cfg[name], name)
    return {path: name for path, name in named.items() if name in cfg}


def _set_data(cfg: Config, lists: Mapping[str, str]) -> None:
    """Let the data sets read what the top level names, other lists, too."""
    for node in _dicts(cfg._cfg_dict):
        if 'data_root' in cfg and 'data_root' in node:
            node.data_root = cfg.data_root
        if node.get('image_set_path') in lists:
            node.image_set_path = lists[node.image_set_path]
        if 'labels' in cfg and node.get('type') in LABELLED:
            node.labels = cfg.labels
    for node in _dicts(cfg.get('train_dataloader')):
        if 'mask_dir' in cfg and 'seg_map_dir' in node:
            node.seg_map_dir = cfg.mask_dir
        if 'corrected_dir' in cfg and node.get('type') in MASKED:
            node.corrected_dir = cfg.corrected_dir


def _set_num_classes(cfg: Config, num_classes: int) -> None:
    """Set the number of classes, without background, in the heads."""
    if 'head' in cfg.model:
        cfg.model.head.num_classes = num_classes
    for name in ('decode_head', 'auxiliary_head'):  # of mmseg, perhaps several
        heads = cfg.model.get(name) or []
        for head in [heads] if isinstance(heads, dict) else heads:
            head['num_classes'] = num_classes + 1
            if head.get('out_channels') not in (None, num_classes + 1):
                raise InputError(
                    f'{cfg.filename}: out_channels of its {name} is '
                    f'{head["out_channels"]}; leave it out, {num_classes + 1} '
                    'scores are needed, one for the background')


def _initialised_backbone(cfg: Config) -> ConfigDict:
    """Return the backbone that has the ``init_cfg``, within a cached one."""
    backbone = cfg.model.get('backbone') or ConfigDict()
    return backbone.get('backbone', backbone)


def initial_weights(cfg: Config) -> dict[str, str]:
    """Return the files or URLs that a model's weights come from, by a name."""
    init_cfg = _initialised_backbone(cfg).get('init_cfg')
    backbone = (init_cfg.get('checkpoint') if isinstance(init_cfg, dict)
                else None)
    weights = {} if backbone is None else dict(pretrained=backbone)
    others = {str(node.checkpoint) for node in _dicts(cfg.model)
              if is_pretrained(node) and node.checkpoint != backbone}
    return weights | {f'pretrained {number}': path for number, path
                      in enumerate(sorted(others), start=2)}


def _set_pretrained(cfg: Config, pretrained: str | None) -> None:
    """Initialise the backbone from a file or URL, or not at all."""
    backbone = _initialised_backbone(cfg)
    init_cfg = backbone.get('init_cfg') or dict(type='Pretrained')
    backbone.init_cfg = None if pretrained is None else dict(
        init_cfg, checkpoint=pretrained)


def _dicts(node: object) -> Iterator[ConfigDict]:
    """Walk over all dicts of a config, however deep."""
    if isinstance(node, ConfigDict):
        yield node
        node = list(node.values())
    if isinstance(node, list | tuple):
        for child in node:
            yield from _dicts(child)
