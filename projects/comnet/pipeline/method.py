# Copyright (c) COMNet contributors. All rights reserved.
"""The methods that a pipeline's config names, and their steps."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from mmengine.config import ConfigDict

from ..engine.config_file import dotted
from ..registry import STEPS
from ..steps import Step
from ..steps.fields import Place, place_of
from ..utils import InputError
from .expected import Expected


@dataclass(frozen=True)
class Method:
    """One method's way through the steps.

    Attributes:
        name: Its name.
        steps: Settings of its steps with their ``type``, in order.
        settings: Those that steps share, such as 'data_root'.
        root: Folder of the pipeline. The method's is in there, with a folder
            a step.
        seed: Of the trainings.
        place: Where it stands, for messages.
        config: The pipeline's config file.
        by_default: Whether it is run where no methods are named.
        expected: How long its steps may take.
    """
    name: str
    steps: Mapping[str, ConfigDict]
    settings: Mapping[str, Any]
    root: Path
    seed: int = 0
    place: str = ''
    config: Path = Path()
    by_default: bool = True
    expected: Expected = Expected()

    def folder(self, step: str) -> Path:
        """Return the folder of a step."""
        return self.root / self.name / step

    def log(self, step: str) -> Path:
        """Return what a step has printed."""
        return self.root / self.name / f'{step}.log'

    def needs(self, step: str) -> list[str]:
        """Return the names of the steps whose output a step reads."""
        needed = {*self._links(step)}
        return [name for name in self.steps if name in needed]

    def required(self, step: str) -> list[str]:
        """Return all steps that have to be done before a step, and itself."""
        needed = {step}
        for name in reversed(list(self.steps)):
            if name in needed:
                needed.update(self.needs(name))
        return [name for name in self.steps if name in needed]

    @cached_property
    def built(self) -> dict[str, Step]:
        """The steps, all places filled in.

        Raises:
            InputError: A setting is missing or wrong.
        """
        for name in self.steps:
            for needed in self._links(name):
                if needed not in self.steps:
                    raise InputError(f'{self.place}.{name}: needs the step '
                                     f'{needed!r}, which is left out')
        return {name: STEPS.build(
            dict(self._values(name), type=settings.type),
            f'{self.place}.{name}') for name, settings in self.steps.items()}

    def _links(self, step: str) -> Iterator[str]:
        """Yield the names of the steps that the fields come from."""
        own = self.steps[step]
        for one in fields(STEPS.get(own.type)):
            where = place_of(one)
            if where is None:
                continue
            if self._names_step(where, own.get(one.name)):
                yield own[one.name]
            elif where.step and one.name not in own and (
                    where.step in self.steps or not where.optional):
                yield where.step

    def _names_step(self, where: Place, value: Any) -> bool:
        """Whether what is set stands for the folder of a step."""
        return where.names_step and isinstance(value, str) and (
            value in self.steps)

    def _values(self, step: str) -> dict[str, Any]:
        """Return the fields of a step: its own, and those a pipeline knows."""
        values = deepcopy(dict(self.steps[step]))
        kind = STEPS.get(values.pop('type'))
        for one in fields(kind):
            where = place_of(one)
            if where is None:
                continue
            if where.options:
                values[one.name] = self._options(
                    where, values.get(one.name, {}))
            elif self._names_step(where, values.get(one.name)):
                values[one.name] = self._product(values[one.name])
            elif one.name in values:
                self._check_name(step, one.name, where, values[one.name])
            elif where.optional and where.step not in self.steps:
                continue
            elif one.name == 'out_dir':
                values[one.name] = str(self.folder(step) / kind.files)
            elif where.of_step:
                values[one.name] = self._values(where.step)[where.of_step]
            elif where.step:
                values[one.name] = self._product(where.step)
            elif where.setting in self.settings:
                values[one.name] = self.settings[where.setting]
            elif where.setting and one.default is MISSING:
                raise InputError(f'{self.place}: no {where.setting}; set it')
        return values

    def _check_name(self, step: str, name: str, where: Place,
                    value: Any) -> None:
        """Raise an InputError for a name that is neither a step's nor a file.

        A path may be made by another method, before the step runs.
        """
        if where.names_step and isinstance(value, str) and (
                Path(value).name == value and not Path(value).exists()):
            raise InputError(
                f'{self.place}.{step}.{name} is {value!r}; give a step '
                f'({", ".join(self.steps)}) or a path that is there')

    def _product(self, step: str) -> str:
        """Return the folder of a step's files."""
        kind = STEPS.get(self.steps[step].type)
        return str(self.folder(step) / kind.files)

    def _options(self, where: Place, own: Mapping[str, Any]
                 ) -> dict[str, Any]:
        """Return the options of a network's config, the step's own last."""
        shared = {key: self.settings[key] for key in where.options
                  if key in self.settings}
        return {**shared, 'randomness.seed': self.seed, **dotted(own)}
