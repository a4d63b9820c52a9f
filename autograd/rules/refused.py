"""What takes no Tensor, and why: each refusal names the alternative where there is one.

`t.data` in a refusal is the plain array, which any function takes where no gradient is needed. Families that have rows
of their own refuse their own functions; these are the others. What neither has a rule nor is refused fails the suite:
see tools/coverage.py.
"""

import numpy as np

from autograd.rules.declare import refuse

# --- integers, dates, dtypes -------------------------------------------------------------------------------
refuse(
    "it works on the bits of integers, and a Tensor holds real ones. For booleans: np.logical_and(t > 0, …).",
    *(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.bitwise_count, np.invert, np.left_shift, np.right_shift),
    *(np.packbits, np.unpackbits),
)
refuse("it is defined for integers only.", np.gcd, np.lcm, np.bincount, np.unravel_index, np.ravel_multi_index)
refuse("it makes an index, which consists of integers.", np.ix_)
refuse(
    "it takes dates, and a Tensor holds real numbers.",
    *(np.isnat, np.busday_count, np.busday_offset, np.is_busday, np.datetime_as_string),
)
refuse("it takes apart how a number is stored. For its magnitude: np.log2(np.abs(t)).", np.frexp)
refuse("it steps to the next number in memory, not along a function. np.spacing(t) is a constant.", np.nextafter)
refuse("it takes dtypes: pass `t.dtype`.", np.can_cast)

# --- in place ---------------------------------------------------------------------------------------------------
refuse(
    "it writes into an array, which is not recorded; np.where(mask, values, t) gives a new Tensor.",
    *(np.putmask, np.place),
)
refuse(
    "it writes into an array, which is not recorded (np.full and np.full_like call it, too); t * np.ones(shape) or "
    "np.broadcast_to(t, shape) gives a Tensor filled with t, np.where(mask, t, c) one that takes some entries from t.",
    np.copyto,
)
refuse("it writes into an array, which is not recorded; autograd.put(t, index, values) gives a new Tensor.", np.put)
refuse(
    "it writes into an array, which is not recorded; np.where(np.eye(n, dtype=bool), value, t) gives a new Tensor.",
    np.fill_diagonal,
)

# --- reading, writing, showing ------------------------------------------------------------------------------------
refuse("it writes to a file: pass `t.data`.", np.save, np.savez, np.savez_compressed, np.savetxt)
refuse("it writes numbers as text: use repr(t), or pass `t.data`.", np.array2string, np.array_repr, np.array_str)

# --- sets and counts: the result jumps, or its shape depends on the values ------------------------------------------
refuse(
    "which entries are equal changes in jumps: there is no derivative. Find the indices on `t.data`, then take t[i].",
    *(np.unique, np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values),
    *(np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d),
)
refuse(
    "counts change in jumps, so there is no derivative: pass `t.data`. A smooth count is a sum of autograd.sigmoid.",
    *(np.histogram, np.histogram2d, np.histogramdd, np.histogram_bin_edges),
)
refuse("the shape of the result depends on the values; cut it yourself: t[start:stop].", np.trim_zeros)

# --- polynomials ------------------------------------------------------------------------------------------------
refuse("roots are complex numbers, and derivatives here are of real ones.", np.roots)
refuse("it cuts leading zeros off, by the values; np.convolve(p, q) does not.", np.polymul)
refuse("it is a product of linear factors: np.convolve them one after the other.", np.poly)
refuse("long division has no rule here; divide the values of the polynomials instead.", np.polydiv)
refuse("solve the least-squares problem itself: np.linalg.lstsq(np.vander(x, degree + 1), y)[0].", np.polyfit)

# --- functions of functions, and without a derivative in NumPy ------------------------------------------------------
refuse("it calls Python for each slice; write it with axis=, or np.stack([f(row) for row in t]).", np.apply_along_axis)
refuse("call the function with the axes itself: np.sum(t, axis=(0, 2), keepdims=True).", np.apply_over_axes)
refuse("its derivative is I₁, which NumPy lacks. A rule of your own is one line: autograd.primitive.", np.i0)
refuse("it gives complex numbers. For real ones in order: np.sort.", np.sort_complex)
refuse("it only plans a contraction; np.einsum itself takes Tensors.", np.einsum_path)
