# Intra-matching alone: its best value in the paper is that of Table II.
title = 'Table IV: k of intra-matching'
stages = ['cam']
rows = dict(
    k6=dict(
        title='k = 6',
        necks=dict(IntraMatching=dict(num_neighbors=6)),
        paper=dict(cam=49.3)),
    k8=dict(
        title='k = 8',
        necks=dict(IntraMatching=dict(num_neighbors=8)),
        paper=dict(cam=49.6)),
    k10=dict(
        title='k = 10',
        necks=dict(IntraMatching=dict(num_neighbors=10)),
        paper=dict(cam=49.2)),
    k12=dict(
        title='k = 12',
        necks=dict(IntraMatching=dict(num_neighbors=12)),
        paper=dict(cam=49.0)),
    k16=dict(
        title='k = 16',
        necks=dict(IntraMatching=dict(num_neighbors=16)),
        paper=dict(cam=49.4)),
    k32=dict(
        title='k = 32',
        necks=dict(IntraMatching=dict(num_neighbors=32)),
        paper=dict(cam=49.2)))
