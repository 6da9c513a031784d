"""What every app of the tests would import, imported once: read by the process they fork from.

Decides that logging is set up first, as `bot.cli` does it, and that everything is read once: what
is kept between readings (the language profiles, the encoder) is then there in every app.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module

from bot.privacy import logs


def _prepare() -> None:
    logs.set_up("ERROR")  # before Rasa is imported
    for name in ("bot.app", "bot.cli", "bot.server", "uvicorn.lifespan.on", "uvicorn.loops.auto"):
        import_module(name)
    from bot.answers.tables import answers
    from bot.directory.gazetteer import gazetteer
    from bot.rasa_adapter.assistant import Assistant, ModelMissing, newest_model
    from bot.settings import Settings

    answers(), gazetteer()
    with suppress(ModelMissing):  # the first app that is started trains one
        model = newest_model(Settings.from_environment().model_dir)
        Assistant(model, None).read_now("zxcv qwer asdf uiop")  # in no language


os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
_prepare()
