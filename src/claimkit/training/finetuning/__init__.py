"""Fine-tuning: a pretrained model learns one task, and is asked about longer strings.

Source: arXiv:2505.21785, §4.3.
"""
