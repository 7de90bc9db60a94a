"""Audits of bundled models in a store of their own."""

import shutil

import pytest

from claimkit.auditing.natural.audit import TextAudit
from claimkit.auditing.subject import Subject
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec


@pytest.fixture(scope="session")
def opened():
    """Return what opens an audit of a bundled model, or of one in a folder."""

    def open_(model, evidence, *, texts=64, alpha=0.05, **options):
        folder = bundled_models() / model if isinstance(model, str) else model
        prepared = Subject.prepare(ModelSpec(model=str(folder)), evidence)
        subject = Subject.open(prepared, evidence)
        return TextAudit.open(
            subject,
            alpha=alpha,
            margin=0.02,
            max_samples=texts,
            **{"chat": "auto", "thinking": 64, **options},
        )

    return open_


@pytest.fixture(scope="session")
def chatting(tmp_path_factory):
    """Return what makes an instructed model of a bundled one, by a chat template."""

    def make(model, template):
        folder = tmp_path_factory.mktemp("chatting") / model
        shutil.copytree(bundled_models() / model, folder)
        (folder / "chat_template.jinja").write_text(template)
        return folder

    return make
