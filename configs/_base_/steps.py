# The paper's way from labels to a segmentor: its steps, in order, with IRN's
# settings. Every pipeline starts from these; it names the networks' configs
# and what else is special, and None leaves a step out.
classifier = dict(type='Classifier')
cam = dict(type='CAMs')
affinity = dict(type='AffinityLabels')
irnet = dict(type='IRNetTraining')
pseudo = dict(type='WalkedMasks')
segmentor = dict(type='SegmentorTraining')
evaluation = dict(type='Evaluation')
