# Copyright (c) COMNet contributors. All rights reserved.
"""What a field of a step is: a setting, or a place that a pipeline fills in.

A field without more is a setting, which stands in the record. The functions
below make the others: where things are, which a pipeline knows.
"""

from dataclasses import MISSING, Field, dataclass, field
from typing import Any

KEY = 'place'  # in a field's metadata


@dataclass(frozen=True)
class Place:
    """Where a pipeline takes the value of a field from.

    Attributes:
        setting: Name of a setting of the method, such as 'data_root'.
        step: Name of the step that makes it or has it.
        of_step: Field of that step; empty for the folder that it fills.
        options: Names of the settings of the method that become options of a
            config.
        names_step: Whether a step's name stands for the folder that it fills.
        optional: Whether a method may leave that step out; the field has its
            default then.
        is_read: Whether it is a folder or file that the step reads.
    """
    setting: str = ''
    step: str = ''
    of_step: str = ''
    options: tuple[str, ...] = ()
    names_step: bool = False
    optional: bool = False
    is_read: bool = False


def place(default: Any = MISSING, **where: Any) -> Any:
    """Return a field that says where something is.

    Args:
        default: Its value without a pipeline; by default it has to be given.
        where: Fields of :class:`Place`.
    """
    metadata = {KEY: Place(**where)}
    if isinstance(default, dict):  # an empty one
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


def given(setting: str, default: Any = MISSING) -> Any:
    """Return a field that is a setting of the method, such as 'data_root'."""
    return place(default, setting=setting, is_read=setting == 'data_root')


def made_by(step: str, default: Any = MISSING, optional: bool = False
            ) -> Any:
    """Return a field that is the folder which another step fills.

    Args:
        step: Name of that step. Where a pipeline's config sets the field, the
            name of a step stands for its folder, too.
        default: As in :func:`place`.
        optional: Whether a method may leave that step out.
    """
    return place(default, step=step, names_step=True, optional=optional,
                 is_read=True)


def same_as(step: str, name: str, default: Any = MISSING) -> Any:
    """Return a field that is another step's field."""
    return place(default, step=step, of_step=name)


def network_options(*more: str) -> Any:
    """Return a field of a network's options, the method's settings first.

    ``more`` are names of such settings beside those that all networks take.
    """
    return place({}, options=(
        'data_root', 'train_list', 'val_list', 'pretrained', 'cache_dir',
        *more))


def place_of(one: Field) -> Place | None:
    """Return where a pipeline takes a field from, None for a setting."""
    found: Place | None = one.metadata.get(KEY)
    return found
