# Copyright (c) COMNet contributors. All rights reserved.
"""What every layer may use."""

from .errors import InputError, first_few, one_line_errors

__all__ = ['InputError', 'first_few', 'one_line_errors']
