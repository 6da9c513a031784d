"""Chaski: orientation about trafficking, protection and services for refugees and migrants in Peru.

Decides, before anything loads a library for numbers, that none of them starts threads of its own:
two messages are read at once, each on one core (`bot.rasa_adapter.assistant`). A library reads
these variables once, when it is first imported, so they are set here and nowhere else.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
