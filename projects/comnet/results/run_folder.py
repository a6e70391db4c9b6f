# Copyright (c) COMNet contributors. All rights reserved.
"""What the folder of a pipeline tells of itself, finished or not."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from ..steps import Measure
from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..utils.errors import one_line
from ..utils.record import Record
from ..utils.schema import check_fields
from ..utils.strict_json import load_json
from ..utils.text_file import require_regular
from ..visualization import Point

FILE_NAME = 'run.json'
Records = Mapping[str, Mapping[str, Record]]  # by method and step
VALIDATED = 'mIoU', 'mAP'  # last part of the names that are drawn


@dataclass(frozen=True)
class StepEntry:
    """A step of a method.

    Attributes:
        kind: Name of its class.
        files: Folder of its ``record.json``, relative to that of the method.
        makes: Pattern of the files that it makes there, one an image;
            '' for a training.
        measure: What is measured of them, if anything is.
    """
    kind: str
    files: str
    makes: str = ''
    measure: Measure | None = None

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
        write_bytes(Path(work_dir) / FILE_NAME, text.encode())

    @classmethod
    def read(cls, work_dir: str | Path) -> 'RunFile':
        """Read the file.

        Raises:
            InputError: It is missing or no good.
        """
        path = Path(work_dir) / FILE_NAME
        require_regular(path)
        try:
            content = load_json(path.read_text(encoding='utf-8'))
            found = cls(**{**content, 'methods': {
                method: {name: _entry(**step) for name, step in steps.items()}
                for method, steps in content['methods'].items()}})
            check_fields(found)
            return found
        except (FileNotFoundError, NotADirectoryError) as error:
            raise InputError(
                f'{work_dir}: no {FILE_NAME} of a pipeline; give the folder '
                'of its --work-dir') from error
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
        if (parent / FILE_NAME).is_file():
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


@dataclass(frozen=True)
class Curve:
    """How a quantity went in a training.

    Attributes:
        unit: What it is counted in: 'iteration' or 'epoch'.
        points: Step and value.
    """
    unit: str
    points: Sequence[Point]


def read_records(work_dir: str | Path) -> dict[str, dict[str, Record]]:
    """Read the records of all steps, in order, by method and step.

    Raises:
        InputError: There is none, or a file is no good.
    """
    run = RunFile.read(work_dir)
    found: dict[str, dict[str, Record]] = {}
    for method, steps in run.methods.items():
        for step in steps:
            record = Record.read(run.folder(work_dir, method, step))
            if record is not None:
                found.setdefault(method, {})[step] = record
    if not found:
        raise InputError(f'{work_dir}: no step of the pipeline has begun; run '
                         'it first')
    return found


def read_curves(work_dir: str | Path,
                method: str) -> dict[tuple[str, str], Curve]:
    """Read the learning curves of a method by training and quantity.

    These are 'loss', 'lr' and, where it was validated, mIoU and mAP.
    """
    run = RunFile.read(work_dir)
    return {(step, name): curve for step in run.methods[method]
            for name, curve in _curves(
                run.folder(work_dir, method, step)).items()}


def _curves(folder: Path) -> dict[str, Curve]:
    """Read the curves of a step by quantity, none where nothing is trained."""
    points: dict[str, dict[float, float]] = {}
    epochs = False
    for row in _scalars(folder):
        trained = 'lr' in row
        epochs |= 'epoch' in row
        for name, value in row.items():
            drawn = name in ('loss', 'lr') if trained else name.split(
                '/')[-1] in VALIDATED
            if drawn:  # a training that was resumed says some again
                points.setdefault(name, {})[row['step']] = value
    if 'lr' not in points:
        return {}
    return {name: Curve(
        'epoch' if epochs and name not in ('loss', 'lr') else 'iteration',
        sorted(points[name].items())) for name in sorted(points, key=_place)}


def _place(name: str) -> tuple[bool, bool, str]:
    """Return where a quantity stands: the loss first, the rate last."""
    return name != 'loss', name == 'lr', name


def _scalars(folder: Path) -> Iterator[dict]:
    """Read what MMEngine has logged, in order, but for lines cut off."""
    for path in sorted(folder.glob('*/vis_data/scalars.json')):
        for line in path.read_text(encoding='utf-8').splitlines():
            try:
                row = json.loads(line)
            except ValueError:  # killed while it was written
                continue
            if isinstance(row, dict) and 'step' in row:
                yield row
