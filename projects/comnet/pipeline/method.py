# Copyright (c) COMNet contributors. All rights reserved.
"""The methods that a pipeline's config names, and their stages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

from ..apis import AffinitySettings, MaskSettings, WalkSettings
from ..engine.config import override, read_config
from ..ops import crf_settings
from ..utils import InputError
from ..utils.package_files import find_config, package_folder
from .stage import Stage
from .stages import (
    Affinity,
    CAMMasks,
    CAMs,
    Classifier,
    Evaluation,
    ImportedCAMs,
    IRNetTraining,
    Segmentor,
    WalkedMasks,
)

STAGES = ('classifier', 'cam', 'affinity', 'irnet', 'pseudo', 'segmentor',
          'evaluation')
NETWORKS = ('classifier', 'irnet', 'segmentor')  # config files
SETTINGS = frozenset((
    'cams', 'data_root', 'train_list', 'val_list', 'labels', 'group_size',
    'pretrained', 'affinity', 'random_walk', 'cam_crf', 'tta',
    'test_crf', 'options', *NETWORKS))


def read_methods(path: str | Path,
                 options: Mapping[str, Any] | None = None
                 ) -> dict[str, ConfigDict]:
    """Read a pipeline's config.

    ::

        data_root, train_list, val_list = …
        irnet, segmentor = 'irnet_r50_voc.py', …   # beside this, or packaged
        methods = dict(
            cam=dict(classifier='cam_r50_voc.py'),
            crf=dict(classifier='cam_r50_voc.py', irnet=None),
            theirs=dict(cams='folder/of/cams'),
            strong=dict(
                classifier='comnet_r50_voc.py',
                options=dict(classifier={'model.neck.0.alpha': 2})))

    A method has all settings of the config, with its own on top. It takes its
    CAMs from a ``classifier`` or a folder ``cams``; without ``irnet`` its
    pseudo masks are CAMs and CRF, and without ``segmentor`` it ends there.
    Its ``options`` override what a network's config says, as ``--cfg-options``
    of a single tool do.

    Args:
        path: Config file.
        options: Settings that override those of the config.

    Returns:
        The settings of each method by its name.

    Raises:
        InputError: The file is no such config, or has settings that are not
            known.
    """
    path = find_config(path)
    cfg = read_config(path)
    for key in options or {}:
        if key.split('.')[0] not in {*cfg, *SETTINGS}:
            raise InputError(f'{path}: no setting {key!r}; it has '
                             f'{", ".join(cfg)}')
    override(cfg, options)
    methods = cfg.get('methods')
    if not methods:
        raise InputError(f'{path}: no methods; name at least one, such as '
                         'methods = dict(cam=dict(classifier=FILE))')
    for name, own in methods.items():
        unknown = sorted({*own} - SETTINGS)
        if unknown:
            raise InputError(f'{path}: methods.{name}.{unknown[0]}: no such '
                             f'setting; there are {", ".join(SETTINGS)}')
    return {name: _settings(path, cfg, name) for name in methods}


def _settings(path: str | Path, cfg: Config, name: str) -> ConfigDict:
    """Return a method's settings, its own on top, its files found."""
    own = Config(dict(cfg.methods[name]))
    merged = Config({key: cfg[key] for key in SETTINGS if key in cfg})
    merged.merge_from_dict(own._cfg_dict)
    settings = merged._cfg_dict
    for key in ('data_root', 'train_list'):
        if key not in settings:
            raise InputError(f'{path}: no {key}; set it')
    if ('classifier' in settings) == ('cams' in settings):
        raise InputError(f'{path}: methods.{name}: give either classifier, a '
                         'config file, or cams, a folder of CAMs')
    for key in NETWORKS:
        if settings.get(key) is not None:
            settings[key] = str(_network(path, settings[key]))
    _check(path, name, settings)
    return settings


def _network(path: str | Path, name: str) -> Path:
    """Return a network's config: beside the pipeline's, as a path or packaged.

    A name without a folder may be in any of the package's folders.
    """
    for found in (Path(path).parent / name, find_config(name)):
        if found.is_file():
            return found
    packaged = [] if Path(name).parent.parts else [
        path for path in sorted(package_folder('configs').rglob(name))
        if '_base_' not in path.parts]
    return packaged[0] if packaged else Path(name)


def _check(path: str | Path, name: str, settings: ConfigDict) -> None:
    """Raise an InputError where a method's settings cannot work."""
    for key in NETWORKS:
        if settings.get(key) and not Path(settings[key]).is_file():
            raise InputError(f'{path}: methods.{name}: {settings[key]}: no '
                             f'such config file; set {key}')
    crf_settings(settings.get('test_crf'), 'test_crf')
    weights = settings.get('pretrained')
    for key in weights if isinstance(weights, Mapping) else ():
        if key not in NETWORKS:
            raise InputError(f'{path}: methods.{name}.pretrained.{key}: no '
                             f'such network; there are {", ".join(NETWORKS)}')
    _check_options(f'{path}: methods.{name}.options',
                   settings.get('options', {}))
    if 'cams' in settings and not Path(settings.cams).is_dir():
        raise InputError(f'{settings.cams}: no such folder of CAMs; set '
                         f'methods.{name}.cams')
    walks = settings.get('irnet') is not None
    for key in ('affinity', 'random_walk') if walks else ('cam_crf', ):
        if key not in settings:
            raise InputError(f'{path}: no {key} for the method {name!r}; take '
                             'a base of _base_/pseudo')
    if walks:
        WalkSettings.of(settings.random_walk, 'random_walk')
        AffinitySettings.of(settings.affinity, 'affinity')
    else:
        MaskSettings.of(settings.cam_crf, 'cam_crf')


def _check_options(place: str, options: Any) -> None:
    """Raise an InputError where ``options`` are not those of networks."""
    if not isinstance(options, Mapping) or not all(
            isinstance(own, Mapping) for own in options.values()):
        raise InputError(f'{place}: not a dict of settings a network; give '
                         "one, such as dict(classifier={'model.neck.0.alpha'"
                         ': 2})')
    for network, own in options.items():
        if network not in NETWORKS:
            raise InputError(f'{place}.{network}: no such network; there are '
                             f'{", ".join(NETWORKS)}')
        for key in own:
            if key.split('.')[0] in SETTINGS:
                raise InputError(f'{place}.{network}.{key}: a setting of the '
                                 'method; set it beside the options')


def stages_of(settings: ConfigDict) -> list[Stage]:
    """Return the stages of a method, in order."""
    stages: list[Stage] = []
    if settings.get('cams') is not None:
        stages += [ImportedCAMs()]
    else:
        stages += [Classifier(), CAMs()]
    if settings.get('irnet') is not None:
        stages += [Affinity(), IRNetTraining(), WalkedMasks()]
    else:
        stages += [CAMMasks()]
    if settings.get('segmentor') is not None:
        stages += [Segmentor(), Evaluation()]
    return stages
