"""Measuring: `make bench`. Figures are ratios within one run, on the machine at hand."""
