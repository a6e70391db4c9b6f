# Copyright (c) COMNet contributors. All rights reserved.
"""What the folder of a pipeline says of its methods and their steps."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..utils.errors import one_line
from ..utils.given import RUN_FILE, require_run
from ..utils.record import Record
from ..utils.schema import check_fields
from ..utils.strict_json import load_json
from ..utils.text_file import require_regular
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

    def best(self, records: Mapping[str, Mapping[str, Record]]
             ) -> str | None:
        """Return the method of the highest mIoU of a segmentation.

        Args:
            records: Of the steps of one or more methods.

        Returns:
            None where there are several and some were not measured.
        """
        if len(records) == 1:
            return next(iter(records))
        scores = {
            method: record.results[measure.metric]
            for method, steps in records.items()
            for step, record in steps.items()
            if (measure := self.measure(method, step))
            and measure.split == 'val' and measure.metric in record.results}
        if len(scores) < len(records):
            return None
        return max(records, key=lambda method: scores[method])

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
        require_regular(path)
        try:
            content = load_json(path.read_text(encoding='utf-8'))
            found = cls(**{**content, 'methods': {
                method: {name: _entry(**step) for name, step in steps.items()}
                for method, steps in content['methods'].items()}})
            check_fields(found)
            return found
        except (OSError, ValueError, TypeError, KeyError, AttributeError,
                RecursionError) as error:
            raise InputError(
                f'{path}: not what a pipeline writes ({one_line(error)}); '
                'delete it and run the pipeline again, which skips what is '
                'done') from error


def run_data_root(folder: str | Path) -> str:
    """Return the data root of the run that a folder is of.

    Raises:
        InputError: It is of none.
    """
    for parent in Path(folder).absolute().parents:
        if (parent / RUN_FILE).is_file():
            return RunFile.read(parent).data_root
    raise InputError(f'{folder}: lies in no work dir of a pipeline; name the '
                     'folder of its images, --data-root')


def _entry(measure: dict | None = None, **fields: str) -> StepEntry:
    entry = StepEntry(
        **fields, measure=None if measure is None else Measure(**measure))
    for each in (entry, entry.measure):
        if each is not None:
            check_fields(each)
    return entry
