"""Many fits: the same or other models on many data sets, on workers of any kind, resumed where they were killed."""

from unfunnel.many.fit_many import fit_many
from unfunnel.many.fits import Fits
from unfunnel.many.specification import Fit

__all__ = ["Fit", "Fits", "fit_many"]
