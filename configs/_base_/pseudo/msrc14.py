# Measured on MSRC14's training images, see docs/results.md. A walk of VOC's
# 256 steps goes too far in pictures of 320 pixels.
_base_ = './irn.py'
affinity = dict(fg_threshold=0.22, bg_threshold=0.15)
random_walk = dict(
    num_steps=64, normalize='mean', bg_threshold=0.24, crf='scores')
