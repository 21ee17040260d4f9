"""Xtensa LX7 as in ESP32-S3: LX6's pipeline as far as its public description tells; its vector unit is not modelled."""

from __future__ import annotations

from edgegen.estimate.cores.lx6 import CORE as LX6
from edgegen.estimate.issue import Core

CORE = Core(name="lx7", timings=LX6.timings, branches=LX6.branches, behind=LX6.behind)
