# Copyright (c) COMNet contributors. All rights reserved.
"""A pipeline's config, and the methods that it names."""

import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

from ..engine.config_file import override, read_config
from ..registry import STEPS
from ..utils import InputError, did_you_mean
from ..utils.package_files import find_config, package_folder
from .expected import SETTING, Expected
from .features import features_setting
from .method import Method

NAME = re.compile(r'\w[\w.-]*')  # of a folder, in any script
WAY = '_base_/steps.py'  # that every pipeline starts from
SHARED = ('data_root', 'train_list', 'val_list', 'labels', 'group_size',
          'pretrained', 'corrected_dir', 'cache_dir')


def read_pipeline(path: str | Path,
                  options: Mapping[str, Any] | None = None) -> Config:
    """Read a pipeline's config.

    ::

        data_root, train_list, val_list = …
        irnet, segmentor = 'irnet_r50_voc.py', …   # beside this, or packaged
        pseudo = dict(bg_threshold=0.24)
        default_methods = ['cam', 'strong']   # all, where it is left out
        expected = dict(num_images=294, …)    # see Expected
        methods = dict(
            cam=dict(classifier='cam_r50_voc.py'),
            crf=dict(classifier='cam_r50_voc.py', affinity=None, irnet=None,
                     pseudo=dict(type='CAMMasks')),
            theirs=dict(classifier=None, cam=dict(
                type='ImportedCAMs', source='folder/of/cams')),
            strong=dict(classifier=dict(
                config='comnet_r50_voc.py',
                options={'model.neck.0.alpha': 2})))

    The steps are those of ``_base_/steps.py`` and any other dict with the
    ``type`` of a step. A step is a dict of its settings; a name alone is its
    ``config``, and None leaves it out. A method has all of these, with its own
    on top; a step of another ``type`` takes the place of the one before.
    ``options`` override what a network's config says, as ``--cfg-options`` of
    a single tool do.

    Args:
        path: Config file.
        options: Settings that override those of the config.

    Returns:
        The config, with the file's name.

    Raises:
        InputError: The file is no such config.
    """
    path = find_config(path)
    cfg = read_config(path)
    steps = {*read_config(WAY)}
    known = {*cfg, *SHARED, 'default_methods', *steps}
    for key in options or {}:
        if key.split('.')[0] not in known:
            raise InputError(
                f'{path}: no setting {key!r}; it has {", ".join(cfg)}'
                f'{did_you_mean(key.split(".")[0], known)}')
    _check_methods(cfg, path)
    for settings in (cfg, *(cfg.get('methods') or {}).values()):
        for key in steps.intersection(settings):
            settings[key] = _as_dict(settings[key])
    override(cfg, {
        f'{key}.config' if isinstance(value, str)
        and key.split('.')[-1] in steps else key: value
        for key, value in (options or {}).items()})
    _check_methods(cfg, path)
    _check_names(cfg, path, {
        *SHARED, *steps, SETTING, 'methods', 'custom_imports'})
    return cfg


def _check_methods(cfg: Config, path: Path) -> None:
    """Raise an InputError unless methods are dicts, if there are any."""
    methods = cfg.get('methods')
    if methods is not None and not (isinstance(methods, Mapping) and all(
            isinstance(each, Mapping) for each in methods.values())):
        raise InputError(f'{path}: methods is {methods!r}; give a dict of '
                         'dicts, such as dict(cam=dict(classifier=FILE))')


def _check_names(cfg: Config, path: Path, known: Collection[str]) -> None:
    """Raise an InputError unless methods and settings have sound names."""
    if not cfg.get('methods'):
        raise InputError(f'{path}: no methods; name at least one, such as '
                         'methods = dict(cam=dict(classifier=FILE))')
    for name in cfg.methods:
        if not NAME.fullmatch(name):
            raise InputError(f'{path}: methods.{name}: a name is that of a '
                             'folder; give letters, digits and . _ - only')
    for key, value in cfg.items():
        if isinstance(value, Mapping) and not is_step(value) and (
                key not in known):
            raise InputError(f'{path}: {key}: no such step or setting'
                             f'{did_you_mean(key, known)}')


def read_methods(path: str | Path,
                 options: Mapping[str, Any] | None = None,
                 work_dir: str | Path = '.',
                 seed: int = 0) -> dict[str, Method]:
    """Return the methods of a pipeline's config, their steps checked.

    ``path`` and ``options`` are those of :func:`read_pipeline`, ``work_dir``
    and ``seed`` those of :class:`Method`. An InputError tells what is wrong.
    """
    cfg, way = read_pipeline(path, options), read_config(WAY)
    defaults = _default_methods(cfg)
    expected = Expected.of(cfg, cfg.filename)
    methods = {}
    for name, own in cfg.methods.items():
        place = f'{path}: methods.{name}'
        settings = {key: source[key] for source in (cfg, own)
                    for key in (*SHARED, 'custom_imports') if key in source}
        methods[name] = Method(
            name, _steps(way, cfg, own, place),
            {**features_setting(work_dir), **settings, 'resume': True,
             'total_batch': True},
            Path(work_dir).absolute(), seed, place,
            Path(cfg.filename), name in defaults, expected)
        methods[name].built  # noqa: B018  # what is wrong is told now
    return methods


def _default_methods(cfg: Config) -> list[str]:
    """Return the methods that are run where none are named."""
    names = cfg.get('default_methods', [*cfg.methods])
    if not names or not isinstance(names, list) or not {*names} <= {
            *cfg.methods}:
        raise InputError(f'{cfg.filename}: default_methods is {names!r}; give '
                         f'a list of methods, of {", ".join(cfg.methods)}')
    return names


def _steps(way: Config, cfg: Config, own: Mapping[str, Any],
           place: str) -> dict[str, ConfigDict]:
    """Return the settings of a method's steps, in order."""
    names = dict.fromkeys((*way, *(key for source in (cfg, own)
                                   for key in source if is_step(source[key]))))
    for key in own:
        if key not in names and key not in SHARED:
            known = (*names, *SHARED)
            raise InputError(
                f'{place}.{key}: no such step or setting; there are '
                f'{", ".join(known)}{did_you_mean(key, known)}')
    steps: dict[str, ConfigDict] = {}
    for name in names:
        settings = way.get(name)
        for source in (cfg, own):
            if name in source:
                settings = merge_step(f'{place}.{name}', settings or way.get(
                    name), source[name])
        if settings is not None:
            if not is_step(settings):
                raise InputError(
                    f'{place}.{name}.type is {settings.get("type")!r}; there '
                    f'are {", ".join(sorted(STEPS.module_dict))}')
            _find_network(cfg.filename, f'{place}.{name}', settings)
            steps[name] = settings
    return _in_order(steps, place)


def is_step(value: Any) -> bool:
    """Tell a step from a config's other settings."""
    kind = value.get('type') if isinstance(value, Mapping) else None
    return isinstance(kind, str) and kind in STEPS.module_dict


def _as_dict(value: Any) -> Any:
    """Return a step's settings where its config alone is named."""
    return ConfigDict(config=value) if isinstance(value, str) else value


def merge_step(place: str, base: Mapping[str, Any] | None,
               own: Any) -> ConfigDict | None:
    """Return a step's settings with others on top; None leaves it out."""
    own = _as_dict(own)
    if own is None:
        return None
    if not isinstance(own, Mapping):
        raise InputError(f'{place} is {own!r}; give a config file, a dict of '
                         'settings, or None to leave the step out')
    base = base or {}
    if own.get('type', base.get('type')) != base.get('type'):
        base = {}  # those of another class
    merged = Config(dict(step=deepcopy(dict(base))))
    merged.merge_from_dict(dict(step=deepcopy(dict(own))))
    settings: ConfigDict = merged.step
    return settings


def _find_network(path: str | Path, place: str, settings: ConfigDict) -> None:
    """Find the config of a step's network, and check its options.

    It lies beside the pipeline's, is a path, or packaged. A name without a
    folder may be in any of the package's folders.
    """
    options = settings.get('options', {})
    if not isinstance(options, Mapping):
        raise InputError(f'{place}.options is {options!r}; give a dict, such '
                         "as {'model.neck.0.alpha': 2}")
    for key in options:
        if key.split('.')[0] in SHARED and key != 'pretrained':
            raise InputError(f'{place}.options.{key}: a setting of the '
                             'method; set it beside the steps')
    if 'config' not in settings:
        return
    name = settings.config
    found = [file for file in (Path(path).parent / name, find_config(name))
             if file.is_file()]
    if not found and not Path(name).parent.parts:
        found = [file for file in sorted(
            package_folder('configs').rglob(name))
            if '_base_' not in file.parts]
    if not found:
        raise InputError(f'{place}: {name}: no such config file; '
                         'name one of your own, or of the package')
    settings.config = str(found[0])


def _in_order(steps: dict[str, ConfigDict],
              place: str) -> dict[str, ConfigDict]:
    """Put each step behind those that it needs, else as they stand."""
    method = Method('', steps, {}, Path(), place=place)
    ordered: dict[str, ConfigDict] = {}
    while len(ordered) < len(steps):
        ready = next((name for name in steps if name not in ordered
                      and {*method.needs(name)} <= {*ordered}), None)
        if ready is None:
            raise InputError(f'{place}: steps that need each other: '
                             f'{", ".join({*steps} - {*ordered})}')
        ordered[ready] = steps[ready]
    return ordered
