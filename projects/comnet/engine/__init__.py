# Copyright (c) COMNet contributors. All rights reserved.
