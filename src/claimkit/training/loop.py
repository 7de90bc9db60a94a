"""The training loop: resumable, seeded, logged as JSON lines.

A run folder holds ``recipe.json``, ``log.jsonl`` and ``state.pt`` (weights, optimizers, step, the
state of torch's random numbers; replaced atomically). Batch t depends on the recipe and t alone, so
a run that was killed continues as if it had not been.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from claimkit.errors import ModelError
from claimkit.training.course import Course, LogLine
from claimkit.training.folders import LOG, STATE, forget_lines_after
from claimkit.training.meter import Meter
from claimkit.training.rows import Batch

SAVE_EVERY = 250
LOG_EVERY = 50


def row_weights(batch: Batch) -> Tensor:
    """Return the weight of every learned token: one over the root of their number in its row.

    Copying documents hold four times as many answers as retrieval ones and would drown them.
    """
    rows, columns = np.nonzero(batch.learned[:, 1:])
    if batch.weights is not None:
        return torch.from_numpy(batch.weights[:, 1:][rows, columns]).float()
    counts = batch.learned[:, 1:].sum(axis=1)
    return torch.from_numpy(1 / np.sqrt(counts[rows])).float()


def output_head(model: PreTrainedModel) -> Callable[[Tensor], Tensor]:
    """Return what turns hidden states into logits."""
    head: Callable[[Tensor], Tensor] = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    return head


def shape_of(batch: Batch) -> dict[str, Tensor]:
    """Return positions and mask of a batch, its last token left out, where it has any."""
    given: dict[str, Tensor] = {}
    seen = batch.seen
    if batch.positions is not None:
        given["position_ids"] = torch.from_numpy(batch.positions[:, :-1])
        if seen is None and (np.diff(batch.positions, axis=1) != 1).any():
            # Without a mask transformers takes positions that skip for several strings.
            width = batch.tokens.shape[1]
            seen = np.tri(width, dtype=np.bool_)[None, None].repeat(len(batch.tokens), 0)
    if seen is not None:
        given["attention_mask"] = torch.from_numpy(seen[:, :, :-1, :-1])
    return given


def finite(loss: Tensor, folder: Path, step: int) -> float:
    """Return a loss that weights may be moved by.

    Raises:
        ModelError: If it is no number.
    """
    found = float(loss.detach())
    if not np.isfinite(found):
        raise ModelError(
            f"the loss of {folder} is {found} at step {step + 1}; lower the learning rate, and "
            "remove the folder to begin anew"
        )
    return found


def move(optimizers: Sequence[torch.optim.Optimizer], share: float) -> None:
    """Take a step with this share of the peak learning rates, and forget the gradients."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * share
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)


class Trainer:
    """One run: a course, its folder, and what has been learned so far.

    Attributes:
        step: Optimizer steps done.
        passed: After how many of them an exam was passed; None before.
    """

    passed: int | None

    def __init__(self, course: Course, folder: Path) -> None:
        """Build the model, and continue where the folder's state stopped, if it has one."""
        folder.mkdir(parents=True, exist_ok=True)
        self.course, self.folder = course, folder
        self._how = course.machinery
        torch.set_num_threads(self._how.threads)
        self.model = course.build()
        self.model.to(self._how.device)  # type: ignore[arg-type]
        self.optimizers = course.optimizers(self.model)
        self.step, self.passed = 0, None
        if (folder / STATE).exists():
            self._restore()
        else:
            forget_lines_after(folder, 0)
        self._body = self._compiled(self.model.base_model)

    @property
    def last(self) -> int:
        """The step at which this run ends, as far as is known."""
        if self.passed is None:
            return self.course.steps
        return min(self.course.steps, self.course.last_step(self.passed))

    def run(self, until: int | None = None) -> Iterator[LogLine]:
        """Train up to a step (default: the last), yielding a log line every ``LOG_EVERY`` steps."""
        self.model.train()
        meter = Meter()
        while self.step < self._end(until):
            batch = self.course.batch(self.step)
            meter.add(batch, *self._learn(batch))
            self.step += 1
            exam = self._exam()
            if exam or self.step % LOG_EVERY == 0 or self.step == self._end(until):
                yield self._log(meter.line(self.step, exam))
                meter = Meter()
            if self.step % SAVE_EVERY == 0 or self.step == self._end(until):
                self._save()

    def _end(self, until: int | None) -> int:
        return self.last if until is None else min(until, self.last)

    def _exam(self) -> Mapping[str, float]:
        """Examine the model where the course says so and at the end; remember if it passed."""
        if not self.course.is_exam(self.step) and self.step != self.last:
            return {}
        self.model.eval()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            found = self.course.examine(self.model)
        self.model.train()
        if self.passed is None and self.course.passes(found):
            self.passed = self.step
        return found

    def _learn(self, batch: Batch) -> tuple[float, npt.NDArray[np.bool_]]:
        """Take one step; return the loss, and for each learned token whether it was right."""
        device = self._how.device
        tokens = torch.from_numpy(batch.tokens).to(device)
        learned = torch.from_numpy(batch.learned)[:, 1:].to(device)
        kind = torch.bfloat16 if self._how.autocast == "bfloat16" else torch.float32
        with torch.autocast(device, kind, enabled=kind is torch.bfloat16):
            hidden = self._body(
                input_ids=tokens[:, :-1], use_cache=False, **self._shape(batch)
            ).last_hidden_state
            logits = self._head(hidden[learned])
        gold = tokens[:, 1:][learned]
        weight = row_weights(batch).to(device)
        losses = nn.functional.cross_entropy(logits.float(), gold, reduction="none")
        loss = (losses * weight).sum() / weight.sum()
        found = finite(loss, self.folder, self.step)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), self.course.clip)
        move(self.optimizers, self.course.share(self.step, self.passed))
        return found, (logits.argmax(-1) == gold).cpu().numpy()

    def _shape(self, batch: Batch) -> dict[str, Tensor]:
        return {name: fed.to(self._how.device) for name, fed in shape_of(batch).items()}

    def _head(self, hidden: Tensor) -> Tensor:
        return output_head(self.model)(hidden)

    def _compiled(self, body: nn.Module) -> Callable[..., Any]:
        if not self._how.compile:
            return body
        mode = "reduce-overhead" if self._how.device == "cuda" else None
        compiled: Callable[..., Any] = torch.compile(body, mode=mode)
        return compiled

    def _log(self, line: LogLine) -> LogLine:
        with (self.folder / LOG).open("a") as file:
            file.write(json.dumps(line) + "\n")
        return line

    def _save(self) -> None:
        """Replace the state in one move, so a kill leaves the old one whole."""
        state = {
            "step": self.step,
            "passed": self.passed,
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "random": torch.get_rng_state(),
            "random_on_gpu": torch.cuda.get_rng_state_all(),
        }
        part = self.folder / (STATE + ".part")
        torch.save(state, part)
        os.replace(part, self.folder / STATE)

    def _restore(self) -> None:
        state = torch.load(self.folder / STATE, weights_only=True)
        self.step, self.passed = state["step"], state.get("passed")
        forget_lines_after(self.folder, self.step)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        if "random" in state:
            torch.set_rng_state(state["random"])
            torch.cuda.set_rng_state_all(state["random_on_gpu"])
