"""C-RASP[pos]: which tasks a program computes, and the programs, run.

A program is a list of operations over the positions of a string; see
:mod:`claimkit.crasp.operations`. Importing this package imports neither torch nor a parser.

Source: Huang et al. 2025, arXiv:2410.02140; Jobanputra et al. 2025, arXiv:2505.21785, section 2.
"""
