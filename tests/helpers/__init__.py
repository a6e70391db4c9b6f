# Copyright (c) COMNet contributors. All rights reserved.
"""What several test files use."""
