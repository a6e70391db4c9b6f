# Copyright (c) COMNet contributors. All rights reserved.
"""Where everything of a pipeline lies."""

from dataclasses import dataclass
from pathlib import Path

from ..apis import checkpoint_in


@dataclass(frozen=True)
class Workspace:
    """The folder of a pipeline.

    ::

        ROOT
        ├── results.json, report.html
        └── METHOD
            ├── STAGE.log
            ├── classifier        checkpoints
            ├── cam               cams/ID.npz
            ├── affinity          labels/ID.png
            ├── irnet             checkpoints
            ├── pseudo            masks/ID.png
            ├── segmentor         checkpoints
            └── evaluation        masks/ID.png

    The folder of checkpoints or files of a stage holds its ``record.json``.

    Attributes:
        root: The folder.
    """
    root: Path

    def stage(self, method: str, stage: str) -> Path:
        """Return the folder of a stage."""
        return self.root / method / stage

    def made(self, method: str, stage: str) -> Path:
        """Return the folder of a stage's files and record."""
        inner = dict(cam=self.cams, affinity=self.affinity_labels,
                     pseudo=self.pseudo_masks)
        if stage in inner:
            return inner[stage](method)
        return self.stage(method, stage)

    def log(self, method: str, stage: str) -> Path:
        """Return what a stage has printed."""
        return self.root / method / f'{stage}.log'

    def checkpoint(self, method: str, stage: str) -> Path:
        """Return the last checkpoint of a training, see its errors."""
        return checkpoint_in(self.stage(method, stage))

    def cams(self, method: str) -> Path:
        """Return the folder of the CAMs."""
        return self.stage(method, 'cam') / 'cams'

    def affinity_labels(self, method: str) -> Path:
        """Return the folder of the affinity labels."""
        return self.stage(method, 'affinity') / 'labels'

    def pseudo_masks(self, method: str) -> Path:
        """Return the folder of the pseudo masks."""
        return self.stage(method, 'pseudo') / 'masks'

    def predicted_masks(self, method: str) -> Path:
        """Return the folder of the segmentor's masks of the val images."""
        return self.stage(method, 'evaluation') / 'masks'

    @property
    def results(self) -> Path:
        """What was measured."""
        return self.root / 'results.json'

    @property
    def report(self) -> Path:
        """Numbers, curves and pictures, as one page."""
        return self.root / 'report.html'
