# Copyright (c) COMNet contributors. All rights reserved.
"""What every layer may use."""

from .errors import InputError, one_line_errors

__all__ = ['InputError', 'one_line_errors']
