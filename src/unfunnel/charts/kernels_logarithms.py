"""Natural logarithms of many numbers, compiled by numba to a loop that runs in vector registers."""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.charts.kernels import bare_kernel, literal_kernel
from unfunnel.charts.pointers import of_bits

FRACTION = np.int64(0x000F_FFFF_FFFF_FFFF)
ROOT_OF_HALF = np.int64(0x3FE6_A09E_667F_3BCD)
TO_ONE = np.int64(0x3FF0_0000_0000_0000 - 0x3FE6_A09E_667F_3BCD)
SMALLEST_NORMAL = np.int64(0x0010_0000_0000_0000)
WHOLE = np.int64(0x4330_0000_0000_0000)
"""The number 2⁵²: with a small integer as its fraction it is their sum."""
BIAS = float(2**52 + 1023)
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
L1, L2, L3, L4 = 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01
L5, L6, L7 = 1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01


@bare_kernel
def logarithms(values: Any, out: Any, factor: float) -> None:
    """Natural logarithms of positive numbers, as fdlibm has them (within 1 unit in the last place), times a factor.

    The library's own takes one number at a time, and that was half of what a gradient cost at 10 000 groups. Where
    there is infinity, NaN, zero or a number too small for a full mantissa, all are left to it. `out` is another array
    than `values`.
    """
    if _logarithms(values.view(np.int64), out, factor) < 0:
        for k in range(values.size):
            out[k] = factor * np.log(values[k])


@literal_kernel
def _logarithms(bits: Any, out: Any, factor: float) -> Any:
    """Fill `out`, and give a negative number where that is not all of the truth.

    Sums in another order would put 2⁵² beside a logarithm, and lose its digits.
    """
    odd = np.int64(0)
    for k in range(out.size):
        odd |= (bits[k] - SMALLEST_NORMAL) | (bits[k] + SMALLEST_NORMAL)
        # The fraction lies between the root of a half and that of two.
        moved = bits[k] + TO_ONE
        exponent = of_bits((moved >> 52) | WHOLE) - BIAS
        g = of_bits((moved & FRACTION) + ROOT_OF_HALF) - 1.0
        s = g / (2.0 + g)
        z = s * s
        w = z * z
        R = w * (L2 + w * (L4 + w * L6)) + z * (L1 + w * (L3 + w * (L5 + w * L7)))
        half = 0.5 * g * g
        out[k] = factor * (exponent * LN2_HIGH - ((half - (s * (half + R) + exponent * LN2_LOW)) - g))
    return odd
