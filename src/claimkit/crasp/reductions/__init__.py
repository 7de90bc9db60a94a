"""Why some tasks have no program: the reductions of the papers, as functions that run.

That no program exists cannot be shown by running one. What is run here is each reduction: a program
for the task would give one for a language that is proven to have none
(:mod:`~claimkit.crasp.reductions.last_retrieval`), or would send more through a cut than a program
can (:mod:`~claimkit.crasp.reductions.copying`, :mod:`~claimkit.crasp.reductions.reversal`). The
modules say which lemma is cited and what is checked.
"""
