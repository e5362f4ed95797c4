"""The rig: the photo of a face, split into parts that can move.

A rig is built once from a photo (`build.py`), stored in one file (`file.py`), and drawn frame by frame from
rows of weights (`frame.py`).
"""
