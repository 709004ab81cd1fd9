"""Which library multiplies the matrices of the entity model.

spaCy's own (BLIS) is built for any processor; numpy brings OpenBLAS, which picks kernels for the one it runs on. The
answer is the same up to float32 rounding. benchmarks/nlp_gemm.py measures the ratio and compares the entities.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from thinc.api import NumpyOps

from nlp.settings import Gemm

_FAST_LIBRARIES = ("openblas", "mkl", "accelerate")


class NumpyGemmOps(NumpyOps):  # type: ignore[misc]  # thinc ships no types
    """thinc's CPU operations with numpy's matrix product."""

    name = "numpy"

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        """Product x @ y (each transposed on demand) into `out` when given; float32 matrices of two dimensions."""
        left = x.T if trans1 else x
        right = y.T if trans2 else y
        return np.dot(left, right) if out is None else np.dot(left, right, out=out)


def choose_gemm(wanted: Gemm) -> Gemm:
    """`auto` becomes `numpy` where numpy is linked to a tuned library, else `blis`."""
    if wanted != "auto":
        return wanted
    return "numpy" if any(name in numpy_library() for name in _FAST_LIBRARIES) else "blis"


def numpy_library() -> str:
    """The name of the BLAS that numpy was built with, lower case, such as `scipy-openblas`."""
    built_with: Any = np.show_config(mode="dicts")
    return str(built_with["Build Dependencies"]["blas"]["name"]).lower()


def install_gemm(model: Any, gemm: Gemm) -> None:
    """Make every layer of a thinc model use that library; `blis` leaves it as it is."""
    if choose_gemm(gemm) == "numpy":
        operations = NumpyGemmOps()
        for layer in model.walk():
            layer.ops = operations
