"""The training loop: resumable, seeded, logged as JSON lines.

A run folder holds ``recipe.json``, ``log.jsonl`` and ``state.pt`` (weights, optimizers, step, the
state of torch's random numbers; replaced atomically). Batch t depends on the recipe and t alone, so
a run that was killed continues as if it had not been, on as many threads of the same kind of
machine: on another one it goes on as well, with other last digits.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from claimkit.errors import ModelError
from claimkit.evidence.files import told
from claimkit.training.course import Course, LogLine
from claimkit.training.folders import LOG, STATE, forget_lines_after
from claimkit.training.logits import logits_at
from claimkit.training.meter import Meter
from claimkit.training.rows import Batch
from claimkit.training.state import read_state, write_state

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


def shape_of(batch: Batch, *, added: bool = False) -> dict[str, Tensor]:
    """Return positions and mask of a batch, its last token left out, where it has any.

    Args:
        batch: What is fed.
        added: Whether the model adds its mask to the scores, as eager attention does, and does not
            take it for yes and no.
    """
    given: dict[str, Tensor] = {}
    seen = batch.seen
    if batch.positions is not None:
        given["position_ids"] = torch.from_numpy(batch.positions[:, :-1])
        if seen is None and (np.diff(batch.positions, axis=1) != 1).any():
            # Without a mask transformers takes positions that skip for several strings.
            width = batch.tokens.shape[1]
            seen = np.tri(width, dtype=np.bool_)[None, None].repeat(len(batch.tokens), 0)
    if seen is not None:
        mask = torch.from_numpy(seen[:, :, :-1, :-1])
        least = torch.finfo(torch.float32).min
        given["attention_mask"] = torch.where(mask, 0.0, least) if added else mask
    return given


def finite(what: str, value: Tensor, folder: Path, step: int) -> float:
    """Return a loss, or the norm of a gradient, that weights may be moved by.

    Raises:
        ModelError: If it is no number.
    """
    found = float(value.detach())
    if not np.isfinite(found):
        raise ModelError(
            f"the {what} of {folder} is {found} at step {step + 1}; lower the learning rate, and "
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


class Loop(ABC):
    """The steps of one run, whoever takes them.

    Attributes:
        model: What is trained.
        course: The recipe, as the loop sees it.
        folder: The run folder.
        step: Optimizer steps done.
        passed: After how many of them an exam was passed; None before.
    """

    model: PreTrainedModel
    course: Course
    folder: Path
    step: int
    passed: int | None

    @property
    def last(self) -> int:
        """The step at which this run ends, as far as is known."""
        if self.passed is None:
            return self.course.steps
        return min(self.course.steps, self.course.last_step(self.passed))

    def run(self, until: int | None = None) -> Iterator[LogLine]:
        """Train up to a step (default: the last), yielding a log line every ``LOG_EVERY`` steps.

        Raises:
            ModelError: If loss, gradient or logits are no numbers.
            StoreError: If the disk is full.
        """
        self.model.train()
        meter = Meter()
        while self.step < self._end(until):
            meter.add(*self._learn(self.course.batch(self.step)))
            self.step += 1
            exam = self._exam()
            if exam or self.step % LOG_EVERY == 0 or self.step == self._end(until):
                line = meter.line(self.step, exam)
                self._log(line)
                yield line
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
            ends = self.step == self.last
            found = self._examine(whole=ends)
            if self.passed is None and self.course.passes(found):
                self.passed = self.step
            if self.step == self.last and not ends:
                # A pass that ends the run at once was not known to be its last exam.
                found = self._examine(whole=True)
        self.model.train()
        return found

    def _log(self, line: LogLine) -> None:
        with told("write", self.folder), (self.folder / LOG).open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _examine(self, *, whole: bool = False) -> Mapping[str, float]:
        """Return accuracies by name; see :meth:`claimkit.training.course.Course.examine`."""
        return self.course.examine(self.model, whole=whole)

    @abstractmethod
    def _learn(self, batch: Batch) -> tuple[Batch, float, npt.NDArray[np.bool_]]:
        """Take one step; return what was learned from, the loss, and what came out right."""

    @abstractmethod
    def _save(self) -> None:
        """Keep the state, so that a kill from here on costs nothing."""


@final
class Trainer(Loop):
    """One run in one process: a course, its folder, and what has been learned so far."""

    def __init__(self, course: Course, folder: Path) -> None:
        """Build the model, and continue where the folder's state stopped, if it has one.

        Raises:
            ModelError: If that state is damaged.
            InvalidInput: If the log is.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.course, self.folder = course, folder
        self._how = course.machinery
        self._device = torch.device(self._how.device)
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

    def _learn(self, batch: Batch) -> tuple[Batch, float, npt.NDArray[np.bool_]]:
        device = self._device
        tokens = torch.from_numpy(batch.tokens).to(device)
        learned = torch.from_numpy(batch.learned)[:, 1:].to(device)
        kind = torch.bfloat16 if self._how.autocast == "bfloat16" else torch.float32
        given = {"input_ids": tokens[:, :-1], **self._shape(batch)}
        with torch.autocast(device.type, kind, enabled=kind is torch.bfloat16):
            logits = logits_at(self.model, given, learned, self._body)
        gold = tokens[:, 1:][learned]
        weight = row_weights(batch).to(device)
        losses = nn.functional.cross_entropy(logits.float(), gold, reduction="none")
        loss = (losses * weight).sum() / weight.sum()
        found = finite("loss", loss, self.folder, self.step)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.course.clip)
        finite("gradient's norm", norm, self.folder, self.step)
        move(self.optimizers, self.course.share(self.step, self.passed))
        return batch, found, (logits.argmax(-1) == gold).cpu().numpy()

    def _shape(self, batch: Batch) -> dict[str, Tensor]:
        added = self.model.config._attn_implementation == "eager"
        return {name: fed.to(self._device) for name, fed in shape_of(batch, added=added).items()}

    def _compiled(self, body: nn.Module) -> Callable[..., Any]:
        if not self._how.compile:
            return body
        mode = "reduce-overhead" if self._device.type == "cuda" else None
        compiled: Callable[..., Any] = torch.compile(body, mode=mode)
        return compiled

    def _save(self) -> None:
        state = {
            "step": self.step,
            "passed": self.passed,
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "random": torch.get_rng_state(),
            "random_on_gpu": self._random_on_gpu(),
        }
        write_state(self.folder / STATE, state)

    def _random_on_gpu(self) -> list[Tensor]:
        """Return the random numbers' state on this run's GPU; those of others are not its own."""
        on_gpu = self._device.type == "cuda"
        return [torch.cuda.get_rng_state(self._device)] if on_gpu else []

    def _restore(self) -> None:
        state = read_state(self.folder / STATE)
        self.step, self.passed = state["step"], state.get("passed")
        forget_lines_after(self.folder, self.step)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        if "random" in state:
            torch.set_rng_state(state["random"])
        if self._device.type == "cuda" and state.get("random_on_gpu"):
            torch.cuda.set_rng_state(state["random_on_gpu"][0], self._device)
