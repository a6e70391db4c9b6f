# IRNet on a frozen EfficientNet-Lite0, for photographs on a CPU.
_base_ = ['../_base_/irnet_lite0.py', '../_base_/pseudo/lite0.py']
