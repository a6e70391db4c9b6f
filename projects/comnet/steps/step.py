# Copyright (c) COMNet contributors. All rights reserved.
"""What a step of the method is."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import Field, dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from mmengine.dist import barrier

from ..engine.runner import init_distributed
from ..utils import schema
from ..utils.errors import naming
from ..utils.folder_lock import writing
from ..utils.processes import on_main, require_shared
from ..utils.record import Record, claim, making
from .fields import place_of


@dataclass(frozen=True)
class Measure:
    """What of a step's results stands in a table.

    Attributes:
        title: Of its row.
        split: The images it is measured on, 'train' or 'val'.
        metric: Name of the mIoU, in per cent.
        count: Name of the number of images.
    """
    title: str
    split: str
    metric: str = 'mIoU'
    count: str = 'num_images'

    def beside(self, name: str) -> str:
        """Return the name of another result: 'IoU' is 'cam/IoU' there."""
        return str(PurePosixPath(self.metric).with_name(name))


class Step(ABC):
    """Reads files and fills a folder, which has one record of them.

    A subclass is a frozen dataclass, registered in
    :data:`comnet.registry.STEPS`. Its fields are its settings, and the places
    of what it reads and writes (:mod:`comnet.steps.fields`); one of them is
    ``out_dir``. It is the same object in a pipeline, in a tool of its own and
    in Python: ``AffinityLabels(root, images, 'cams', 'labels').run()``.

    Attributes:
        files: Folder of its record in the step's folder of a pipeline.
        makes: Pattern of what there is once it has begun, below ``files``.
        measure: What of its results stands in a table, None for nothing.
        shared: Whether several processes share its work, one a GPU.
        kind: Name of what fills the folder, in its record.
    """
    files: ClassVar[str] = ''
    makes: ClassVar[str]
    measure: ClassVar[Measure | None] = None
    shared: ClassVar[bool] = True
    kind: ClassVar[str]
    out_dir: Any

    def __init_subclass__(cls) -> None:
        if 'kind' not in vars(cls):
            cls.kind = cls.__name__

    def __post_init__(self) -> None:
        schema.check_fields(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields: workers need nothing that was worked out."""
        return {one.name: getattr(self, one.name) for one in _fields(self)}

    def settings(self) -> dict[str, Any]:
        """Return what the result depends on, beside its inputs."""
        return {name: getattr(self, name) for name in self.setting_names()}

    @classmethod
    def setting_names(cls) -> list[str]:
        """Return the names of its settings, its places left out."""
        return [one.name for one in _fields(cls) if place_of(one) is None]

    @abstractmethod
    def inputs(self) -> dict[str, str]:
        """Return the identity of each input, by its name.

        Raises:
            InputError: One is missing or no good.
        """

    def record(self) -> Record:
        """Return what it would be made of now."""
        return Record(self.settings(), self.inputs(), kind=self.kind)

    def check(self) -> None:  # noqa: B027  # most need nothing more
        """Check that what it needs is installed or at hand, before any runs.

        Raises:
            InputError: It is not.
        """

    def note(self) -> str:
        """Return what to tell of it before it runs, if anything."""
        return ''

    def check_processes(  # noqa: B027  # most take any number
            self, number: int) -> None:
        """Check that so many processes can share its work, before any runs.

        Raises:
            InputError: They cannot.
        """

    def scope(self) -> AbstractContextManager:
        """Return the registry that names in its config belong to."""
        return nullcontext()

    def done(self, remake: bool) -> Record | None:
        """Return the record if it is known at once that all is made.

        In the main process, before anything is built. Most look later.

        Raises:
            InputError: What is there is in the way.
        """
        return None

    def prepare(self, launcher: str) -> Any:
        """Build what can fail before anything that is there is touched."""
        init_distributed(launcher, self.dist_settings())

    def dist_settings(self) -> dict[str, Any]:
        """Return how its processes join: those of its config, if any."""
        return {}

    def begin(self, remake: bool) -> Record:
        """Begin the folder, or go on with one that was begun likewise.

        The main process does so for all.
        """
        sources = [
            getattr(self, one.name) for one in _fields(self)
            if (where := place_of(one)) is not None and where.is_read]
        return claim(self.out_dir, self.record(), remake,
                     [path for path in sources if path is not None])

    def missing(self) -> Sequence[str]:
        """Return what is not there of its files, by name, if one can tell."""
        return []

    def todo(self) -> Sequence[str]:
        """Return what is left to make, by name; in the main process."""
        return [self.kind]

    @abstractmethod
    def make(self, built: Any, todo: Sequence[str],
             workers: int | None) -> dict[str, Any]:
        """Make what is left.

        Args:
            built: What :meth:`prepare` has returned.
            todo: What is left, the same in all processes.
            workers: Worker processes, by default one a core.

        Returns:
            What was measured on the way.
        """

    def evaluate(self) -> dict[str, Any]:
        """Measure all that was made, in the main process."""
        return {}

    def run(self, workers: int | None = None, launcher: str = 'none',
            remake: bool = False) -> dict[str, Any]:
        """Make what is not there yet, and return what was measured.

        Args:
            workers: Worker processes, by default one a core.
            launcher: 'none', 'pytorch', 'slurm' or 'mpi'.
            remake: Whether to set the folder aside if it was made otherwise.

        Raises:
            InputError: Something given is missing or wrong.
        """
        self.check()
        with self.scope(), naming(self.folder):
            init_distributed(launcher, self.dist_settings())
            with writing(self.folder):
                return self._run(workers, launcher, remake)

    def _run(self, workers: int | None, launcher: str,
             remake: bool) -> dict[str, Any]:
        """Make what is not there yet, in a folder that is this run's."""
        done = on_main(lambda: self.done(remake))
        if done is not None:
            return done.results
        built = self.prepare(launcher)
        require_shared(self.folder)
        record = on_main(lambda: self.begin(remake))
        todo = on_main(self.todo)
        if record.finished and not todo:
            return record.results
        with making(self.out_dir, record) as results:
            results.update(self.make(built, todo, workers))
            barrier()
            results.update(on_main(self.evaluate))
        return results

    @property
    def folder(self) -> Path:
        """The folder of its files and record."""
        return Path(self.out_dir)


def _fields(step: Any) -> tuple[Field, ...]:
    return fields(step)
