"""From scratch: one task, one small model, and strings longer than those it was trained on.

Source: arXiv:2505.21785, Appendix B.
"""
