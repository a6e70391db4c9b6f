# Copyright (c) COMNet contributors. All rights reserved.
"""What the folder of a pipeline says of its methods and their steps."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..utils.given import RUN_FILE, require_run
from .step import Measure


@dataclass(frozen=True)
class StepEntry:
    """A step of a method.

    Attributes:
        kind: Name of its class.
        files: Folder of its ``record.json``, relative to that of the method.
        makes: Pattern of the files that it makes there, one an image;
            '' for a training.
        measure: What is measured of them, if anything is.
        config: The config file of its network, '' where it has none.
    """
    kind: str
    files: str
    makes: str = ''
    measure: Measure | None = None
    config: str = ''

    @property
    def suffix(self) -> str:
        """The suffix of its files, such as '.npz' of CAMs."""
        return PurePosixPath(self.makes).suffix


@dataclass(frozen=True)
class RunFile:
    """The file ``run.json`` in the folder of a pipeline.

    Attributes:
        data_root: Folder of the images in VOC layout.
        methods: Steps by name, in order, by method.
    """
    data_root: str
    methods: Mapping[str, Mapping[str, StepEntry]]

    @property
    def steps(self) -> list[str]:
        """The steps of all methods, in order."""
        order: list[str] = []
        for steps in self.methods.values():
            place = 0
            for name in steps:
                if name not in order:
                    order.insert(place, name)
                place = order.index(name) + 1
        return order

    @property
    def measures(self) -> dict[str, Measure]:
        """What is measured by step, in order, of the first that does."""
        found: dict[str, Measure] = {}
        for step in self.steps:
            for method in self.methods:
                if measure := self.measure(method, step):
                    found.setdefault(step, measure)
        return found

    def measure(self, method: str, step: str) -> Measure | None:
        """Return what is measured of a method's step, if anything is."""
        entry = self.methods.get(method, {}).get(step)
        return entry.measure if entry else None

    def folder(self, work_dir: str | Path, method: str, step: str) -> Path:
        """Return the folder of a step's record and files."""
        return Path(work_dir) / method / self.methods[method][step].files

    def write(self, work_dir: str | Path) -> None:
        """Write the file, whole or not at all."""
        text = json.dumps(asdict(self), indent=1) + '\n'
        write_bytes(Path(work_dir) / RUN_FILE, text.encode())

    @classmethod
    def read(cls, work_dir: str | Path) -> 'RunFile':
        """Read the file.

        Raises:
            InputError: It is missing or no good.
        """
        path = require_run(work_dir) / RUN_FILE
        try:
            content = json.loads(path.read_text(encoding='utf-8'))
            return cls(**{**content, 'methods': {
                method: {name: _entry(**step) for name, step in steps.items()}
                for method, steps in content['methods'].items()}})
        except (OSError, ValueError, TypeError, KeyError, AttributeError
                ) as error:
            raise InputError(
                f'{path}: not what a pipeline writes ({error!r}); run the '
                'pipeline again, which skips what is done') from error


def _entry(measure: dict | None = None, **fields: str) -> StepEntry:
    return StepEntry(
        **fields, measure=None if measure is None else Measure(**measure))
