# Measured on MSRC14's training images, see docs/results.md: CAMs of a frozen
# EfficientNet-Lite0 in pictures of some 300 pixels.
_base_ = './msrc14.py'
affinity = dict(fg_threshold=0.35, bg_threshold=0.20)
pseudo = dict(bg_threshold=0.36)
