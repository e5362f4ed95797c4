"""Limits libraries to one thread."""

import cv2
from threadpoolctl import threadpool_limits


def use_one_thread() -> None:
    """Make OpenCV and the linear algebra library use one thread each in this process.

    At the sizes of one face, more threads cost more than they gain, and on a shared machine they wait for
    each other's cores: a matrix product of 15 µs was seen to take 16 ms. The caller runs things in parallel:
    one process for each session, or one thread that renders and one that encodes.
    """
    cv2.setNumThreads(1)
    threadpool_limits(1)
