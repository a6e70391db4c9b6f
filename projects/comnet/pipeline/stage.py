# Copyright (c) COMNet contributors. All rights reserved.
"""What a stage of the pipeline is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mmengine.config import Config, ConfigDict

from ..engine.config import dotted, load_config
from ..ops import require_crf
from ..utils.record import Record
from .workspace import Workspace

CLASSIFIER = 'classifier'  # as pretrained weights: the trained classifier's


@dataclass(frozen=True)
class Job:
    """One method's way through the stages.

    Attributes:
        method: Its name.
        settings: Those of the pipeline's config, the method's own on top.
        workspace: Where everything lies.
        seed: Seed of the trainings.
        launcher: How the process was started: 'none' or 'pytorch'.
    """
    method: str
    settings: ConfigDict
    workspace: Workspace
    seed: int = 0
    launcher: str = 'none'

    def options(self, network: str, **more: Any) -> dict[str, Any]:
        """Return the options of a network's config, the method's own last.

        Args:
            network: 'classifier', 'irnet' or 'segmentor'.
            more: Further options.
        """
        shared = {key: self.settings[key]
                  for key in ('data_root', 'train_list', 'val_list')
                  if key in self.settings}
        options = {**shared, 'randomness.seed': self.seed, **more}
        own = dotted(self.settings.get('options', {}).get(network, {}))
        if network == 'classifier':
            options.update((key, self.settings[key])
                           for key in ('group_size', 'labels')
                           if key in self.settings)
        weights = self.settings.get('pretrained', {})
        if isinstance(weights, dict):
            if network not in weights:
                return {**options, **own}  # weights of its config
            weights = weights[network]
        if weights == CLASSIFIER:
            weights = str(self.workspace.checkpoint(self.method, CLASSIFIER))
        return {**options, 'pretrained': weights, **own}

    def config(self, network: str, **more: Any) -> Config:
        """Read a network's config with its options."""
        return load_config(self.settings[network],
                           self.options(network, **more))

    def uses_classifier(self, network: str) -> bool:
        """Tell whether a network starts from the trained classifier."""
        weights = self.settings.get('pretrained', {})
        return CLASSIFIER in (
            weights, isinstance(weights, dict) and weights.get(network))


class Stage(ABC):
    """A step that reads files and writes files, with one record of them.

    Attributes:
        name: Of the stage and its folder.
        shared: Whether several processes share the work, one a GPU.
        makes: What there is once it has begun, a pattern in its folder.
    """
    name: ClassVar[str]
    shared: ClassVar[bool] = True
    makes: ClassVar[str]

    @abstractmethod
    def needs(self, job: Job) -> tuple[str, ...]:
        """Return the names of the stages whose output it reads."""

    @abstractmethod
    def folder(self, job: Job) -> Path:
        """Return the folder of its files and record."""

    @abstractmethod
    def record(self, job: Job) -> Record:
        """Return what it would be made of now that its needs are there."""

    def crf(self, job: Job) -> Any:
        """Return its setting ``crf``, None where it takes none."""
        return None

    def check(self, job: Job) -> None:
        """Check that what it needs is installed or at hand, before any runs.

        Raises:
            InputError: It is not.
        """
        require_crf(self.crf(job))

    @abstractmethod
    def run(self, job: Job) -> None:
        """Run it, or go on with it where it was cut off."""
