"""Fine-tuning spread over devices by accelerate: FSDP, or whatever its configuration says.

Run it as ``accelerate launch -m claimkit.cli.main finetune … --accelerate``. Every process draws
the same batches and learns from its own rows of them; accelerate does the rest. Nothing here moves
numbers between devices.
"""

from __future__ import annotations

import json
import shutil
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from claimkit.errors import InvalidInput, Unsupported
from claimkit.evidence.files import replace_file, told
from claimkit.models.choices import require_package
from claimkit.prompts.episodes import Episodes
from claimkit.training.course import LogLine
from claimkit.training.finetuning.course import FinetuneCourse
from claimkit.training.finetuning.lora import merged
from claimkit.training.finetuning.recipe import FinetuneRecipe
from claimkit.training.finetuning.running import Tell, write_descendant
from claimkit.training.folders import alone, claim, finished, forget_lines_after, tidy
from claimkit.training.logits import best
from claimkit.training.loop import Loop, finite, move, row_weights, shape_of
from claimkit.training.roots import ELSEWHERE
from claimkit.training.rows import Batch
from claimkit.training.state import restoring, weights_told

STATE: Final = "accelerate.json"
"""Says how far a run has come and in which folder accelerate keeps its state."""

_EXAMINED: Final = 50


@final
class Spread(Loop):
    """One run whose model and optimizers accelerate has prepared."""

    course: FinetuneCourse

    def __init__(self, course: FinetuneCourse, folder: Path) -> None:
        """Prepare a run, and continue where it stopped.

        Raises:
            Unsupported: If accelerate is not installed, or cannot spread the optimizer.
            InvalidInput: If a batch cannot be shared equally.
            ModelError: If the state that it is to continue from is damaged.
        """
        require_package("accelerate", "--accelerate")
        from accelerate import Accelerator  # type: ignore[import-untyped]
        from accelerate.utils import DistributedType  # type: ignore[import-untyped]

        recipe = course.recipe
        mixed = "bf16" if recipe.autocast == "bfloat16" else "no"
        self.accelerator = Accelerator(mixed_precision=mixed)
        many = self.accelerator.num_processes
        if recipe.learning.batch % many:
            raise InvalidInput(
                f"{recipe.learning.batch} strings of a step cannot be shared by {many} processes; "
                "launch a number that divides them"
            )
        whole = (DistributedType.NO, DistributedType.MULTI_CPU, DistributedType.MULTI_GPU)
        if recipe.learning.optimizer == "muon" and self.accelerator.distributed_type not in whole:
            raise Unsupported(
                f"preset {recipe.preset} moves matrices by Muon, which needs them whole, but "
                f"{self.accelerator.distributed_type.value} cuts them up; take --preset paper"
            )
        self.course, self.folder = course, folder
        model = course.build()
        self._added = model.config._attn_implementation == "eager"
        self.model, *self.optimizers = self.accelerator.prepare(model, *course.optimizers(model))
        self.step, self.passed = 0, None
        if (folder / STATE).exists():
            self._restore()
        if self.accelerator.is_main_process:
            forget_lines_after(folder, self.step)

    def _mine(self, batch: Batch) -> Batch:
        """Return this process's rows."""
        rows = slice(self.accelerator.process_index, None, self.accelerator.num_processes)
        parts: dict[str, Any] = {
            name: None if (value := getattr(batch, name)) is None else value[rows]
            for name in ("tokens", "learned", "tasks", "positions", "seen", "weights")
        }
        # Where rows hold several questions, each has one learned answer.
        asked = None if batch.questions is None else int(parts["learned"].sum())
        return replace(batch, **parts, questions=asked)

    def _learn(self, batch: Batch) -> tuple[Batch, float, npt.NDArray[np.bool_]]:
        """Take one step; the loss is this process's share, and so is what came out right."""
        total = float(row_weights(batch).sum())
        batch = self._mine(batch)
        learned = torch.from_numpy(batch.learned[:, 1:])
        tokens = torch.from_numpy(batch.tokens[:, :-1])
        logits = self._logits({"input_ids": tokens, **shape_of(batch, added=self._added)})[learned]
        gold = torch.from_numpy(batch.tokens[:, 1:])[learned].to(logits.device)
        weight = row_weights(batch).to(logits.device)
        losses = nn.functional.cross_entropy(logits.float(), gold, reduction="none")
        # Gradients are averaged over processes, the loss is over all of their tokens.
        loss = (losses * weight).sum() * self.accelerator.num_processes / total
        found = finite("loss", loss, self.folder, self.step)
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.model.parameters(), self.course.clip)
        move(self.optimizers, self.course.share(self.step, self.passed))
        return batch, found, (logits.argmax(-1) == gold).cpu().numpy()

    def _logits(self, given: dict[str, Tensor]) -> Tensor:
        device = self.accelerator.device
        fed = {name: part.to(device) for name, part in given.items()}
        logits: Tensor = self.model(**fed, use_cache=False).logits
        return logits

    def _examine(self, *, whole: bool = False) -> dict[str, float]:
        """Examine the model in every process alike."""
        return {
            name: round(float(strings.by_string(self._right).mean()), 4)
            for name, strings in self.course.exams.items()
        }

    def _right(self, episodes: Episodes) -> npt.NDArray[np.bool_]:
        parts = []
        for start in range(0, len(episodes), _EXAMINED):
            part = episodes[start : start + _EXAMINED]
            logits = self._logits({"input_ids": torch.from_numpy(part.tokens[:, :-1])})
            before = part.starts[:, None] + np.arange(part.width) - 1
            asked = logits[torch.arange(len(part))[:, None], torch.from_numpy(before)]
            chosen = best(asked, self.course.recipe.base_name)
            parts.append((chosen.cpu().numpy() == part.answers).all(axis=1))
        found: npt.NDArray[np.bool_] = np.concatenate(parts)
        return found

    def _log(self, line: LogLine) -> None:
        if self.accelerator.is_main_process:
            super()._log(line)

    def _save(self) -> None:
        """Keep accelerate's state in a new folder, then say that it holds, then drop the old."""
        name = f"accelerate-{self.step}"
        with weights_told(self.folder / name):
            self.accelerator.save_state(str(self.folder / name))
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            state = {"step": self.step, "passed": self.passed, "folder": name}
            with told("write", self.folder):
                replace_file(self.folder / STATE, json.dumps(state).encode())
            _drop_states(self.folder, but=name)

    def _restore(self) -> None:
        path = self.folder / STATE
        with told("read", path):
            content = path.read_bytes()
        with restoring(path):
            state = json.loads(content)
            self.step, self.passed = state["step"], state["passed"]
            self.accelerator.load_state(str(self.folder / state["folder"]))

    def write(self) -> None:
        """Gather the weights, and turn the run folder into a checkpoint."""
        weights = self.accelerator.get_state_dict(self.model)
        if self.accelerator.is_main_process:
            whole = self.course.build().cpu()
            whole.load_state_dict(weights)
            model = merged(whole) if self.course.recipe.method == "lora" else whole
            write_descendant(model, self.course, self.folder, self.step)
        self.accelerator.wait_for_everyone()


def _drop_states(folder: Path, but: str) -> None:
    for path in folder.glob("accelerate-*"):
        if path.name != but:
            shutil.rmtree(path)


def finetune_spread(course: FinetuneCourse, folder: Path, tell: Tell) -> None:
    """Fine-tune to the end on all of accelerate's processes; do nothing if it is done.

    Raises:
        ClaimkitError: As :func:`claimkit.training.finetuning.running.finetune` and :class:`Spread`.
    """
    require_package("accelerate", "--accelerate")
    from accelerate import PartialState

    processes = PartialState()
    recipe = course.recipe
    with alone(folder, recipe.name) if processes.is_main_process else nullcontext():
        if processes.is_main_process:
            claim(folder, recipe, FinetuneRecipe.load, ELSEWHERE)
        processes.wait_for_everyone()
        if finished(folder):
            tidy(folder)
            return
        run = Spread(course, folder)
        for line in run.run():
            # Every process has its own share of the loss; one of them talks.
            if processes.is_main_process:
                tell(line)
        run.write()
