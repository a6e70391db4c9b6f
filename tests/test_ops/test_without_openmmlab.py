# Copyright (c) COMNet contributors. All rights reserved.
"""The mathematics works where no package of OpenMMLab is."""

import subprocess
import sys

SCRIPT = '''
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('mmcv', 'mmengine', 'mmpretrain', 'mmseg'):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import torch
from comnet import ops
vector = ops.matching_vector(torch.rand(1, 20, 4))
assert abs(vector.norm() - 1) < 1e-5
walked = ops.random_walk(torch.rand(2, 6, 7), torch.rand(6, 7), num_steps=4)
assert walked.shape == (2, 6, 7)
mask = ops.pseudo_mask(walked.numpy(), torch.tensor([0, 3]).numpy(), 0.1)
assert mask.shape == (6, 7)
'''


def test_ops_need_no_package_of_openmmlab() -> None:
    run = subprocess.run([sys.executable, '-c', SCRIPT], capture_output=True,
                         text=True, timeout=120)
    assert run.returncode == 0, run.stderr
