# Copyright (c) COMNet contributors. All rights reserved.
"""The trained networks in the folder of a pipeline, by what they are for."""

from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar

from ..engine.checkpoint import find_checkpoint
from ..engine.config_file import import_from
from ..steps.run_file import RunFile, StepEntry
from ..utils import InputError, did_you_mean
from ..utils.given import alone
from ..utils.progress import tell
from ..utils.record import Record

Role = Literal['classifier', 'segmentor']
T = TypeVar('T', bound='OfRun')
# kinds of steps
CAM, PIXEL, PIXEL_TEST = 'CAMs', 'PixelClassifier', 'PixelEvaluation'


class RunNetwork(NamedTuple):
    """A trained network.

    Attributes:
        config: Its config, as the run has used it.
        checkpoint: Its last checkpoint.
    """
    config: Path
    checkpoint: Path


def find_network(work_dir: str | Path, role: Role = 'segmentor',
                 method: str | None = None) -> RunNetwork:
    """Find a trained network of a pipeline.

    Where a method has a pixel classifier and no segmentor, that is its
    segmentor.

    Args:
        work_dir: The ``--work-dir`` of the pipeline.
        role: What is wanted.
        method: Name of the method. Of several that have such a network it is
            by default the one whose segmentation was measured best.

    Returns:
        Its config and checkpoint: ``load_trained(*find_network(work_dir))``.

    Raises:
        InputError: The folder is none of a pipeline, or there is no such
            network.
    """
    run = RunFile.read(work_dir)
    if method is not None and method not in run.methods:
        raise InputError(
            f'{work_dir}: no method {method!r}; there are '
            f'{", ".join(run.methods)}{did_you_mean(method, run.methods)}')
    found = _networks(work_dir, run, role, method)
    if not found:
        raise InputError(
            f'{work_dir}: no {role} is finished'
            f'{"" if method is None else f" of the method {method!r}"}; run '
            'the pipeline again, which goes on')
    best = _best(work_dir, run, list(found))
    if len(found) > 1:
        tell(f'{work_dir}: method {best}, of {", ".join(found)}')
    return found[best]


class OfRun:
    """Base of what is made of a config and its checkpoint.

    Attributes:
        role: What the network has to be.
    """
    role: ClassVar[Role]

    @classmethod
    def from_run(cls: type[T], work_dir: str | Path,
                 method: str | None = None, **settings: Any) -> T:
        """Take the network of a pipeline's run.

        Args:
            work_dir: The ``--work-dir`` of the pipeline.
            method: See :func:`find_network`.
            settings: The other arguments of the class.

        Raises:
            InputError: See :func:`find_network`.
        """
        return cls(  # type: ignore[call-arg]  # of the classes
            *find_network(work_dir, cls.role, method), **settings)


def segment_command(work_dir: str | Path) -> str | None:
    """Return the command that segments by a run, None where none can."""
    run = RunFile.read(work_dir)
    found = list(_networks(work_dir, run, 'segmentor'))
    if not found:
        return None
    command = f'comnet segment PICTURES --out-dir masks --run {work_dir}'
    try:
        _best(work_dir, run, found)
    except InputError:
        command += f' --method {found[-1]}'
    return command


def given_network(config: str | Path | None, checkpoint: str | Path | None,
                  run: str | Path | None, method: str | None,
                  role: Role = 'segmentor',
                  model: str | None = None
                  ) -> tuple[str | Path | None, Path | None]:
    """Return the network that a command line names, in one of three ways.

    Returns:
        Its config and checkpoint. A checkpoint in place of both carries its
        config; the name of a model that comes with this package has none.

    Raises:
        InputError: It names several or none, or see :func:`find_network`.
    """
    if sum(each is not None for each in (
            run, model, config or checkpoint)) > 1:
        raise InputError('give one of config with checkpoint, --run and '
                         '--model')
    if method is not None and run is None:
        raise InputError(f'--method {method}: of which run? give --run, too')
    if run is not None:
        return find_network(run, role, method)
    if model is not None:
        return model, None
    config, checkpoint = alone(config, checkpoint)
    if checkpoint is None:
        raise InputError('give a checkpoint, or the folder of a pipeline '
                         'with --run, or where there is a --model its name, '
                         'such as lite0-voc')
    return config, Path(checkpoint)


def _networks(work_dir: str | Path, run: RunFile, role: Role,
              method: str | None = None) -> dict[str, RunNetwork]:
    """Return the networks of all methods, or of one, that have one."""
    names = list(run.methods) if method is None else [method]
    return {name: network for name in names
            if (network := _network(work_dir, run, name, role))}


def _network(work_dir: str | Path, run: RunFile, method: str,
             role: Role) -> RunNetwork | None:
    """Return a network of a method, None where it is not finished."""
    steps = run.methods[method]
    kinds = {entry.kind: name for name, entry in steps.items()}
    if role in steps and _is_done(run.folder(work_dir, method, role)):
        folder = run.folder(work_dir, method, role)
        configs = folder
        if role == 'classifier' and CAM in kinds:
            cams = run.folder(work_dir, method, kinds[CAM])
            if _is_done(cams):  # its config names the class directions
                configs = cams.parent
        return RunNetwork(_config_in(configs, steps[role]),
                          find_checkpoint(folder))
    if role == 'classifier':
        return None
    if not {PIXEL, PIXEL_TEST} <= {*kinds}:
        return None
    folders = [run.folder(work_dir, method, kinds[kind])
               for kind in (PIXEL, PIXEL_TEST)]
    if not all(map(_is_done, folders)):
        return None
    return RunNetwork(_config_in(folders[1], steps[kinds[PIXEL_TEST]]),
                      find_checkpoint(folders[0]))


def _is_done(folder: Path) -> bool:
    record = Record.read(folder)
    return record is not None and record.finished


def _config_in(folder: Path, step: StepEntry) -> Path:
    """Return the config that mmengine has written into a step's folder.

    Modules beside the one that the pipeline was given can be imported.

    Raises:
        InputError: There is none.
    """
    if step.config:
        import_from(Path(step.config).parent)
    found = sorted(folder.glob('*.py'), key=lambda path: (
        path.name == Path(step.config).name, path.stat().st_mtime))
    if not found:
        raise InputError(f'{folder}: no config beside the checkpoints; give '
                         '--config and --checkpoint')
    return found[-1]


def _best(work_dir: str | Path, run: RunFile, methods: list[str]) -> str:
    """Return the method of the highest mIoU of a segmentation.

    Raises:
        InputError: Some of them were not measured.
    """
    records = {method: {
        step: record for step in run.methods[method]
        if (record := Record.read(run.folder(work_dir, method, step)))}
        for method in methods}
    best = run.best(records)
    if best is None:
        raise InputError(f'{work_dir}: has the methods '
                         f'{", ".join(methods)}; give the one that is meant '
                         f'(--method {methods[-1]})')
    return best
