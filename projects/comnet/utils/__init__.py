# Copyright (c) COMNet contributors. All rights reserved.
from .errors import InputError, one_line_errors

__all__ = ['InputError', 'one_line_errors']
