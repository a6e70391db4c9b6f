# Copyright (c) COMNet contributors. All rights reserved.
"""Tensors that say they are on a GPU and hold their values on the CPU.

In ``with GhostCUDA() as gpu:`` everything on the device 'cuda' is such a
tensor, and PyTorch finds a GPU. What a GPU would refuse, an operation on
tensors of two devices, is an error. What makes the host wait for the GPU is
counted by the line that asks for it. Autograd and what depends on values
work, because the values are real.
"""

import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import mmengine.device.utils
import numpy as np
import torch
from torch import Tensor
from torch import __future__ as future
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

CUDA = torch.device('cuda:0')
# whose kernels copy a size or a value to the host; bincount's two
WAITING = dict(
    _local_scalar_dense=1, nonzero=1, masked_select=1, _unique2=1,
    unique_dim=1, unique_consecutive=1, repeat_interleave=1, bincount=2)
COPIES = ('_to_copy', 'copy_')  # between devices on purpose
INDEXING = ('index', 'index_put', 'index_put_', '_index_put_impl_')
LIBRARIES = ('mmengine', 'mmpretrain', 'mmseg')


class Ghost(Tensor):
    """A tensor on the GPU that is none.

    Attributes:
        held: Its values, on the CPU.
    """
    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> 'Ghost':
        held = held.detach()
        shell = torch.empty_strided(
            held.shape, held.stride(), dtype=held.dtype, device='meta')
        # Dispatched as on CUDA. Python sees CUDA, C++ what the mode says.
        ghost = torch.Tensor._make_subclass(
            cls, shell, False, dispatch_device=True,
            device_for_backend_keys=CUDA)
        ghost.held = held
        return ghost

    device = property(lambda self: CUDA)
    is_cuda = property(lambda self: True)
    is_meta = property(lambda self: False)
    is_cpu = property(lambda self: False)

    def __repr__(self) -> str:
        return f'Ghost({tuple(self.shape)}, {self.dtype})'

    def __getitem__(self, index: Any) -> Tensor:
        # C++ would make a meta tensor of a list
        parts = index if isinstance(index, tuple) else (index, )
        return super().__getitem__(tuple(
            torch.from_numpy(np.array(x, dtype=np.int64))
            if isinstance(x, list) else x for x in parts))

    def __deepcopy__(self, memo: dict) -> 'Ghost':
        return Ghost(self.held.clone())

    def numpy(self) -> None:
        raise TypeError('a tensor on the GPU is no array')

    def tolist(self) -> list:
        return self.cpu().tolist()

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Sequence[type],
                           args: tuple = (),
                           kwargs: Mapping[str, Any] | None = None) -> None:
        raise RuntimeError(f'{func} of a ghost outside of its mode')


class GhostCUDA(TorchDispatchMode):
    """Lets the device 'cuda' be one of ghosts.

    Args:
        autocast: Whether autocast is to be seen, and no gradient computed:
            C++ takes a device of meta tensors for the latter, of CUDA for the
            former.

    Attributes:
        waits: What makes the host wait, by place.
        uploads: Copies to the GPU that make it wait, by place: those that are
            not ``non_blocking``.
        launches: Number of operations on the GPU, without views.
    """

    def __init__(self, autocast: bool = False) -> None:
        super().__init__()
        self.cpp_device = CUDA if autocast else torch.device('meta')
        self.reset()

    def reset(self) -> None:
        """Count from 0 on."""
        self.waits: Counter[str] = Counter()
        self.uploads: Counter[str] = Counter()
        self.launches = 0

    def __enter__(self) -> 'GhostCUDA':
        self.stack = ExitStack()
        for patch in (
                (torch.cuda, '_lazy_init', lambda: None),
                (torch.cuda, 'is_available', lambda: True),
                (torch.cuda, 'is_initialized', lambda: False),
                (torch.cuda, 'device_count', lambda: 1),
                (torch.cuda, 'current_device', lambda: 0),
                (torch.cuda, 'is_bf16_supported', lambda: True),
                (mmengine.device.utils, 'DEVICE', 'cuda')):
            self.stack.enter_context(mock.patch.object(*patch))
        self.stack.enter_context(torch.backends.cudnn.flags(enabled=False))
        for setter, value in (
                (torch._C._set_only_lift_cpu_tensors,
                 torch._C._only_lift_cpu_tensors()),
                # Module.to would swap the data of its parameters
                (future.set_overwrite_module_params_on_conversion,
                 future.get_overwrite_module_params_on_conversion())):
            setter(True)
            self.stack.callback(setter, value)
        torch._C._ensureCUDADeviceGuardSet()  # one that does nothing
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self.stack.close()

    def __torch_dispatch__(self, func: Any, types: Sequence[type],
                           args: tuple = (),
                           kwargs: Mapping[str, Any] | None = None) -> Any:
        if not torch.is_inference_mode_enabled():
            return self._run(func, args, dict(kwargs or {}))
        with torch.inference_mode(False), torch.no_grad():
            if func._schema.name.startswith('aten::'):
                with self._again():  # not decomposed in inference mode
                    out = func.decompose(*args, **(kwargs or {}))
                if out is not NotImplemented:
                    return out
            return self._run(func, args, dict(kwargs or {}))

    @contextmanager
    def _again(self) -> Iterator[None]:
        TorchDispatchMode.__enter__(self)
        try:
            yield
        finally:
            TorchDispatchMode.__exit__(self, None, None, None)

    def _run(self, func: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Run an operation on the values, and count it."""
        if func is torch.ops.prim.device.default:
            return self.cpp_device
        name = func._schema.name.split('::')[-1]
        flat, spec = pytree.tree_flatten((args, kwargs))
        ghosts = {id(x.held): x for x in flat if isinstance(x, Ghost)}
        on_gpu = bool(ghosts)
        if kwargs.get('device') is not None:
            on_gpu = torch.device(kwargs['device']).type != 'cpu'
        elif name == 'copy_':
            on_gpu = isinstance(args[0], Ghost)
        if ghosts:
            _check(func, name, args, flat)
        if ghosts and not _is_view(func):
            self.launches += 1
        self._count_waits(name, args, kwargs, on_gpu, bool(ghosts))
        args, kwargs = pytree.tree_unflatten(
            [x.held if isinstance(x, Ghost) else x for x in flat], spec)
        if kwargs.get('device') is not None:
            kwargs['device'] = torch.device('cpu')
        if name in ('_softmax', '_log_softmax') and args[2]:  # half to float
            args = (args[0].float(), args[1], False)
        out = func(*args, **kwargs)
        if not on_gpu:
            return out
        return pytree.tree_map_only(
            Tensor, lambda x: ghosts[id(x)] if id(x) in ghosts else Ghost(x),
            out)

    def _count_waits(self, name: str, args: tuple, kwargs: dict[str, Any],
                     on_gpu: bool, from_gpu: bool) -> None:
        """Count what an operation lets the host wait for."""
        if name in COPIES:
            waits = from_gpu and not on_gpu
            source = args[-1] if name == '_to_copy' else args[1]
            blocks = not kwargs.get('non_blocking', args[2:3] == (True, ))
            uploads = on_gpu and blocks and not isinstance(source, Ghost)
        elif name in INDEXING and from_gpu:
            indices = [x for x in args[1] if x is not None]
            # with one value it is masked_fill
            waits = any(x.dtype == torch.bool for x in indices) and not (
                len(args) > 2 and args[2].numel() == 1)
            uploads = any(not isinstance(x, Ghost) for x in indices)
        else:
            waits, uploads = from_gpu * WAITING.get(name, 0), False
        if waits:
            self.waits[f'{name} at {_place()}'] += int(waits)
        if uploads:
            self.uploads[f'{name} at {_place()}'] += 1


def _is_view(func: Any) -> bool:
    """Tell whether an operation returns the values it was given."""
    return any(each.alias_info is not None and not each.alias_info.is_write
               for each in func._schema.returns)


def _check(func: Any, name: str, args: tuple, flat: Sequence[Any]) -> None:
    """Raise an error where a GPU would refuse tensors of the CPU."""
    if name in COPIES:
        return
    others = [x for x in flat if isinstance(x, Tensor)
              and not isinstance(x, Ghost)]
    assert not any(x.is_meta for x in others), f'{func}: values are lost'
    if name in INDEXING and isinstance(args[0], Ghost):
        # indices may be on the CPU, values may not
        others = [x for x in args[2:3] if not isinstance(x, Ghost)]
    written = func._schema.is_mutable and not isinstance(args[0], Ghost)
    if written or any(x.dim() for x in others):
        raise RuntimeError(
            f'{func} of tensors on cuda:0 and cpu, the latter of shapes '
            f'{[tuple(x.shape) for x in others]}')


def _place() -> str:
    """Return the line of the package, else of a library, that is at work."""
    found = ''
    for frame, line in traceback.walk_stack(None):
        module = frame.f_globals.get('__name__', '')
        library = module.split('.')[0]
        if library == 'comnet' or library in LIBRARIES and not found:
            found = f'{module}:{line}'
        if library == 'comnet':
            break
    return found or 'a test'
