# Copyright (c) COMNet contributors. All rights reserved.
"""The stages from labels to a segmentor, as commands of the tools."""

from dataclasses import dataclass
from pathlib import Path

from mmengine.config import Config

from ..engine.config import read_config
from ..utils.errors import InputError

STAGES = ('classifier', 'cam', 'affinity', 'irnet', 'pseudo', 'segmentor',
          'evaluation')


@dataclass
class Method:
    """One way through the stages, with or without the matching.

    Attributes:
        name: Of its folder.
        cfg: Pipeline config: data_root, pretrained, affinity (thresholds), the
            config file segmentor, and optionally pretrained_from_classifier
            and tta.
        classifier: Config file of the classifier.
        irnet: Config file of the IRNet.
        folder: Folder of its stages.
        tools: Folder of the tools.
        seed: Seed of the trainings.
        gpus: Number of processes of a training or test, one a GPU.
    """
    name: str
    cfg: Config
    classifier: str
    irnet: str
    folder: Path
    tools: Path
    seed: int = 0
    gpus: int = 1

    def command(self, stage: str) -> list[str]:
        """Return the command line of a stage, without the interpreter."""
        return getattr(self, f'_{stage}')()

    def config_of(self, stage: str) -> str | None:
        """Return the config file that a stage uses."""
        return dict(
            classifier=self.classifier,
            cam=self.classifier,
            irnet=self.irnet,
            pseudo=self.irnet,
            segmentor=self.cfg.segmentor,
            evaluation=self.cfg.segmentor).get(stage)

    def _classifier(self) -> list[str]:
        return self._train('classifier', self._pretrained())

    def _cam(self) -> list[str]:
        return self._test('cam', 'classifier')

    def _affinity(self) -> list[str]:
        dataset = read_config(self.classifier).test_dataloader.dataset
        return [
            str(self.tools / 'make_affinity_labels.py'), self.cfg.data_root,
            str(self.folder / 'cam/cam'), str(self.folder / 'affinity/labels'),
            '--image-set-path', dataset.image_set_path,
            '--fg-threshold', str(self.cfg.affinity.fg_threshold),
            '--bg-threshold', str(self.cfg.affinity.bg_threshold)
        ]

    def _irnet(self) -> list[str]:
        labels = (self.folder / 'affinity/labels').resolve()
        return self._train(
            'irnet', self._pretrained_later(),
            f'train_dataloader.dataset.seg_map_dir={labels}')

    def _pseudo(self) -> list[str]:
        return [
            *self._tool('make_pseudo_labels.py'), self.irnet,
            self._checkpoint('irnet'), str(self.folder / 'cam/cam'),
            str(self.folder / 'pseudo/masks'), '--out',
            str(self.folder / 'pseudo/metrics.json'), *self._launcher(),
            '--cfg-options', f'data_root={self.cfg.data_root}',
            self._pretrained_later()
        ]

    def _segmentor(self) -> list[str]:
        masks = (self.folder / 'pseudo/masks').resolve()
        return self._train(
            'segmentor', self._pretrained_later(),
            f'train_dataloader.dataset.seg_map_dir={masks}',
            '--no-validate')

    def _evaluation(self) -> list[str]:
        command = self._test('evaluation', 'segmentor')
        return [*command, '--tta'] if self.cfg.get('tta') else command

    def _train(self, stage: str, *options: str) -> list[str]:
        return [
            *self._tool('train.py'), self.config_of(stage), '--resume',
            '--work-dir', str(self.folder / stage), *self._launcher(),
            '--cfg-options', f'data_root={self.cfg.data_root}',
            f'randomness.seed={self.seed}', *options
        ]

    def _test(self, stage: str, trained: str) -> list[str]:
        pretrained = (self._pretrained() if trained == 'classifier' else
                      self._pretrained_later())
        return [
            *self._tool('test.py'), self.config_of(stage),
            self._checkpoint(trained), '--work-dir', str(self.folder / stage),
            '--out', str(self.folder / stage / 'metrics.json'),
            *self._launcher(), '--cfg-options',
            f'data_root={self.cfg.data_root}', pretrained
        ]

    def _tool(self, name: str) -> list[str]:
        tool = str(self.tools / name)
        if self.gpus == 1:
            return [tool]
        return ['-m', 'torch.distributed.run', '--standalone',
                f'--nproc_per_node={self.gpus}', tool]

    def _launcher(self) -> list[str]:
        return [] if self.gpus == 1 else ['--launcher', 'pytorch']

    def _pretrained(self) -> str:
        return f'pretrained={self.cfg.get("pretrained")}'

    def _pretrained_later(self) -> str:
        """Return the weights of the networks behind the classifier."""
        if self.cfg.get('pretrained_from_classifier'):
            return f'pretrained={self._checkpoint("classifier")}'
        return self._pretrained()

    def _checkpoint(self, stage: str) -> str:
        path = self.folder / stage / 'last_checkpoint'
        if not path.is_file():
            raise InputError(f'{path.parent}: not trained yet; run the stage '
                             f'{stage!r} first')
        return path.read_text().strip()
