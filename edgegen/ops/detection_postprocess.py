"""TFLite_Detection_PostProcess: boxes of a detector decoded, and those that overlap better ones suppressed."""

from __future__ import annotations

from edgegen.ir import DType, Graph, Node
from edgegen.ops.base import (
    Argument,
    KernelCall,
    Lowering,
    Operator,
    Scratch,
    Struct,
    Target,
    TensorArg,
    TensorList,
    constraint,
    takes,
)
from edgegen.options_custom import DetectionPostProcessOptions

_PARTS = ("eg_detection_decode_f32.c", "eg_detection_select_f32.c", "eg_exp.c")
_DAMAGED = "export the model again; its shapes contradict each other"
_MAX_VALUES = 1 << 28


class DetectionPostProcess(Operator):
    name = "TFLite_Detection_PostProcess"
    types = ("float32",)
    counts = takes(3, outputs=4)

    @constraint("dequantise boxes, scores and anchors before this operator")
    def element_types(graph: Graph, node: Node) -> str | None:
        """Boxes, scores, anchors and all outputs are float32."""
        kinds = [graph.tensors[i].dtype for i in (*node.inputs, *node.outputs)]
        return None if set(kinds) == {DType.FLOAT32} else "types " + ", ".join(kind.value for kind in kinds)

    @constraint(_DAMAGED)
    def shapes(graph: Graph, node: Node) -> str | None:
        """Boxes are [1,N,4 or more], scores [1,N,classes, with or without a background], anchors [N,4]."""
        options = _options(node)
        boxes, scores, anchors = (graph.tensors[i].shape for i in node.inputs)
        if len(boxes) != 3 or len(scores) != 3 or len(anchors) != 2:
            return f"shapes {list(boxes)}, {list(scores)}, {list(anchors)}"
        if boxes[0] != 1 or boxes[1] < 1 or boxes[2] < 4 or scores[:2] != boxes[:2]:
            return f"shapes {list(boxes)}, {list(scores)}"
        if anchors[0] * anchors[1] < boxes[1] * 4:
            return f"{anchors[0] * anchors[1]} values of anchors for {boxes[1]} boxes"
        if options.num_classes < 1 or scores[2] - options.num_classes not in (0, 1):
            return f"{scores[2]} scores for {options.num_classes} classes"
        return None

    @constraint("export the model again; its options are damaged")
    def limits(graph: Graph, node: Node) -> str | None:
        """The overlap threshold is above 0 and at most 1; detections and classes per detection are 1 or more."""
        options = _options(node)
        if not 0 < options.nms_iou_threshold <= 1:
            return f"nms_iou_threshold is {options.nms_iou_threshold:g}"
        per = options.detections_per_class if options.use_regular_nms else options.max_classes_per_detection
        if per < 1 or not 1 <= options.max_detections <= _MAX_VALUES:
            return f"max_detections is {options.max_detections}, per class or detection {per}"
        return None

    @constraint(_DAMAGED)
    def results(graph: Graph, node: Node) -> str | None:
        """The outputs hold every detection that there can be."""
        options = _options(node)
        most = options.max_detections
        if not options.use_regular_nms:
            most = (
                min(most, graph.tensors[node.inputs[0]].shape[1])
                * min(options.max_classes_per_detection, options.num_classes) ** 2
            )
        room = _room(graph, node)
        if room < most or graph.tensors[node.outputs[3]].elements < 1:
            return f"room for {room} of {most}"
        return None

    def lower(self, graph: Graph, node: Node, target: Target) -> Lowering:
        options = _options(node)
        boxes, scores, _ = (graph.tensors[i].shape for i in node.inputs)
        params = Struct(
            "eg_detection_params",
            (
                ("boxes", boxes[1]),
                ("box_stride", boxes[2]),
                ("score_stride", scores[2]),
                ("first_class", scores[2] - options.num_classes),
                ("classes", options.num_classes),
                ("max_detections", options.max_detections),
                ("max_classes_per_detection", min(options.max_classes_per_detection, options.num_classes)),
                ("detections_per_class", options.detections_per_class),
                ("score_threshold", options.nms_score_threshold),
                ("overlap_threshold", options.nms_iou_threshold),
                ("y_scale", options.y_scale),
                ("x_scale", options.x_scale),
                ("h_scale", options.h_scale),
                ("w_scale", options.w_scale),
                ("room", _room(graph, node)),
            ),
        )
        arguments: tuple[Argument, ...] = (params, *(TensorArg(i) for i in node.inputs))
        arguments += (Scratch(4 * (8 * boxes[1] + options.max_detections)), TensorList(node.outputs, written=True))
        kernel = f"eg_detection_postprocess_{'regular' if options.use_regular_nms else 'fast'}_f32"
        call = KernelCall(kernel, "eg_detection_postprocess.h", (f"{kernel}.c", *_PARTS), arguments)
        return Lowering((call,))


def _room(graph: Graph, node: Node) -> int:
    """How many detections the outputs can hold."""
    boxes, classes, scores, _ = (graph.tensors[i].elements for i in node.outputs)
    return min(boxes // 4, classes, scores)


def _options(node: Node) -> DetectionPostProcessOptions:
    assert isinstance(node.options, DetectionPostProcessOptions)
    return node.options
