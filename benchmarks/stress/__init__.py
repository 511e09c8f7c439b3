"""Many small meta-analyses at default settings: how often sampling goes wrong, centered, noncentered and by us."""
