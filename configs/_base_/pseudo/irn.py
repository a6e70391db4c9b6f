# From CAMs to affinity labels and pseudo masks, with IRN's settings.
# crf: the dense one of 'labels' or 'scores', 'par' (no compiler), or None,
# see docs/segmentation.md; affinity knows no 'scores'
affinity = dict(fg_threshold=0.30, bg_threshold=0.05, crf='labels')
random_walk = dict(
    radius=5,
    beta=10,
    num_steps=256,
    normalize='maximum',
    bg_threshold=0.25,
    crf='labels')
cam_crf = dict(bg_threshold=0.15, crf='labels')  # without an IRNet
