# Measured on MSRC14's training images, see docs/results.md. A walk of VOC's
# 256 steps goes too far in pictures of 320 pixels.
affinity = dict(fg_threshold=0.22, bg_threshold=0.15)
pseudo = dict(
    num_steps=64,
    normalize='mean',
    bg_threshold=0.24,
    refine=dict(  # knows how sure each pixel is
        type='DenseCRF', gt_prob=None, power=4, num_steps=3,
        bilateral_sxy=30, bilateral_srgb=8, bilateral_compat=8))
