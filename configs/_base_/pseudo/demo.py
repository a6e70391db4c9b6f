# The walk is far shorter than VOC's, as the maps are small.
affinity = dict(bg_threshold=0.15)
pseudo = dict(num_steps=16)
