# Copyright (c) COMNet contributors. All rights reserved.
"""What every layer may use."""

from .errors import (
    InputError,
    check_choice,
    did_you_mean,
    first_few,
    one_line_errors,
)

__all__ = [
    'InputError', 'check_choice', 'did_you_mean', 'first_few',
    'one_line_errors'
]
