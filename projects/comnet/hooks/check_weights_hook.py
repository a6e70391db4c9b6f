# Copyright (c) COMNet contributors. All rights reserved.
from typing import Any

from mmengine.hooks import Hook
from mmengine.model import BaseTTAModel, is_model_wrapper
from mmengine.registry import HOOKS
from mmengine.runner import BaseLoop, Runner

from ..engine.checkpoint import check_finite, fill
from ..engine.pretrained import find_pretrained, read_pretrained
from ..engine.runner import SafeRunner


@HOOKS.register_module()
class CheckWeightsHook(Hook):
    """Stop where weights are not those of the network that they are for.

    mmengine's own Runner, which OpenMMLab's tools build, keeps what fits and
    leaves the rest to chance, with a warning. This hook looks at pretrained
    weights before a training, and at the checkpoint of a test or a training
    that goes on. ``load_from`` of a training may still fit in parts.
    """

    def before_run(self, runner: Runner) -> None:
        """Look at the pretrained weights.

        Raises:
            InputError: They do not fill the network that they are for.
        """
        if _trains(runner) and not isinstance(runner, SafeRunner):
            for module, init_cfg in find_pretrained(runner.model):
                read_pretrained(module, init_cfg)

    def after_load_checkpoint(self, runner: Runner,
                              checkpoint: dict[str, Any]) -> None:
        """Look at a checkpoint, before its weights are taken over.

        Raises:
            InputError: It is of another model, or has diverged.
        """
        source = runner._load_from or runner.work_dir
        safe = isinstance(runner, SafeRunner)  # looks at most of it itself
        if not safe:
            check_finite(checkpoint, source)
        if not _trains(runner) or runner._resume and not safe:
            model = runner.model
            while is_model_wrapper(model) or isinstance(model, BaseTTAModel):
                model = model.module
            weights = checkpoint.get('state_dict', checkpoint)
            fill(model, {name.removeprefix('module.'): value
                         for name, value in weights.items()}, source)


def _trains(runner: Runner) -> bool:
    """Tell whether it trains: a test's loop of a training stays a config."""
    return isinstance(runner._train_loop, BaseLoop)
