"""TFLite_Detection_PostProcess: both forms, with and without a background class, ties, few and many boxes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np

from tests.kernels.case import Case
from tests.model_builder import ModelBuilder


def _detect(
    boxes: int,
    classes: int,
    most: int,
    seed: int = 0,
    *,
    background: int = 1,
    regular: bool = False,
    per_detection: int = 1,
    per_class: int = 100,
    score: float = 0.0,
    overlap: float = 0.5,
    box_values: int = 4,
    ties: bool = False,
    room: int = 0,
    spread: float = 2.0,
) -> bytes:
    """Boxes at anchors `spread` over the picture. `ties` takes scores from a few values.

    The fast form leaves what is not detected undefined in TFLite Micro: its rows detect as much as there is `room` for.
    """
    draws = np.random.default_rng(seed)
    builder = ModelBuilder()
    encodings = builder.tensor("encodings", (1, boxes, box_values), "FLOAT32")
    constant = draws.integers(0, 4, (1, boxes, classes + background)) / 4 if ties else None
    scores = builder.tensor("scores", (1, boxes, classes + background), "FLOAT32", data=constant)
    places = draws.uniform(0, spread, (boxes, 2))
    sizes = draws.uniform(0.5, 2, (boxes, 2))
    anchors = builder.tensor("anchors", (boxes, 4), "FLOAT32", data=np.concatenate([places, sizes], axis=1))
    places_out = room or most * (1 if regular else min(per_detection, classes) ** 2)
    outputs = [
        builder.tensor(name, shape, "FLOAT32")
        for name, shape in (
            ("boxes", (1, places_out, 4)),
            ("classes", (1, places_out)),
            ("results", (1, places_out)),
            ("count", (1,)),
        )
    ]
    options = {
        "max_detections": most,
        "max_classes_per_detection": per_detection,
        "detections_per_class": per_class,
        "use_regular_nms": regular,
        "nms_score_threshold": score,
        "nms_iou_threshold": overlap,
        "num_classes": classes,
        "y_scale": 10.0,
        "x_scale": 10.0,
        "h_scale": 5.0,
        "w_scale": 5.0,
    }
    name = "TFLite_Detection_PostProcess"
    builder.node(name, [encodings, scores, anchors], outputs, custom=True, custom_options=options)
    inputs = (encodings,) if ties else (encodings, scores)
    if per_detection == 2:  # the second class of the first detection goes to place 3, places 1 and 2 stay undefined
        shown = [outputs[3]]
        for source, place in ((outputs[1], 0), (outputs[1], 3), (outputs[2], 0), (outputs[2], 3)):
            begin = builder.tensor("begin", (2,), "INT32", data=np.array([0, place]))
            size = builder.tensor("size", (2,), "INT32", data=np.array([1, 1]))
            shown.append(builder.tensor("shown", (1, 1), "FLOAT32"))
            builder.node("SLICE", [source, begin, size], [shown[-1]])
        outputs = shown
    return builder.inputs(*inputs).outputs(*outputs).build()


def cases() -> Iterator[Case]:
    rows = {
        "fast": _detect(60, 3, 5, spread=9, overlap=0.05),
        "fast_all": _detect(20, 3, 20, overlap=1.0, score=-100.0),
        "fast_no_background": _detect(60, 3, 5, background=0, spread=9, overlap=0.1),
        "fast_one_class": _detect(12, 1, 12, overlap=1.0, score=-100.0),
        "fast_many_boxes": _detect(300, 4, 20, spread=30, overlap=0.1),
        "fast_two_classes_each": _detect(10, 4, 3, per_detection=2, score=-100.0),
        "fast_ties": _detect(90, 3, 10, ties=True, spread=9),
        "fast_wide_boxes": _detect(60, 2, 4, box_values=7, spread=9),
        "regular": _detect(20, 3, 5, regular=True),
        "regular_no_background": _detect(20, 3, 5, background=0, regular=True),
        "regular_few_per_class": _detect(30, 4, 10, regular=True, per_class=2),
        "regular_ties": _detect(40, 3, 10, regular=True, ties=True),
        "regular_many": _detect(100, 5, 30, regular=True, overlap=0.9),
        "regular_nothing": _detect(10, 2, 5, regular=True, score=100.0),
        "overlap_of_1": _detect(10, 2, 5, overlap=1.0),
        "overlap_above_1": _detect(10, 2, 5, overlap=1.5),
        "overlap_of_0": _detect(10, 2, 5, overlap=0.0),
        "no_classes_per_detection": _detect(10, 2, 5, per_detection=0, room=5),
    }
    for name, model in rows.items():
        yield Case("TFLite_Detection_PostProcess", name, model)


def _random(rng: random.Random) -> bytes:
    regular = rng.random() < 0.5
    return _detect(
        rng.randint(2, 60) if regular else rng.randint(50, 90),
        rng.randint(1, 6),
        rng.randint(2, 20) if regular else rng.randint(1, 8),
        rng.getrandbits(30),
        background=rng.randint(0, 1),
        regular=regular,
        per_class=rng.choice((1, 3, 100)),
        score=rng.choice((0.0, -100.0, 0.5, 1.0)) if regular else -100.0,
        overlap=rng.uniform(0.05, 1.0),
        ties=rng.random() < 0.3,
        spread=rng.choice((2, 10, 30)) if regular else 30,
    )


GENERATORS: dict[str, Callable[[random.Random], bytes]] = {"TFLite_Detection_PostProcess": _random}
