"""The network as an ONNX file, written once: weights of eight bits, activations as they come.

Decides the precision: the file's four bits become eight with a scale for each column, of which
seven are used, since processors without VNNI add two products in sixteen bits; so a model reads
alike on each. What enters a layer is balanced before it is rounded (`bot.nlu.encoder.balance`).
Against the engine that was here before, the cosine of the vectors is 0.999 (median). Only the
training, or the first start, needs `onnx`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder.balance import factors, reaches
from bot.nlu.encoder.weights import Weights, unpacked

VERSION = 2
"""Of what is written here; another one is written anew."""

LARGEST = 64
"""Of a weight in the file: 255 × 64 × 2 fits into sixteen bits."""

INPUT, OUTPUT = "embedded", "vector"
_OPERATORS, _MICROSOFT = 20, "com.microsoft"
_FORMAT = 9
"""Of the file; both as onnxruntime and onnx of the lock know them."""


class _Graph:
    """Nodes and constants as they are added; each method gives the name of its result."""

    def __init__(self, weights: Weights) -> None:
        import onnx

        self._onnx = onnx
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(self._onnx.numpy_helper.from_array(value, name))
        return name

    def add(self, operator: str, inputs: list[str], name: str, domain: str = "", **how: Any) -> str:
        node = self._onnx.helper.make_node(operator, inputs, [name], domain=domain, **how)
        self._nodes.append(node)
        return name

    def linear(self, entered: str, layers: list[str], width: int, reach: str) -> str:
        """Layers that read the same, as one multiplication.

        Args:
            entered: What they read.
            layers: Their names.
            width: Channels of what they read.
            reach: Under which name it is known how far those reach.
        """
        name = f"{reach}.linear"
        rows = [unpacked(self._weights.blocks(f"{layer}.w", width)) for layer in layers]
        whole = np.concatenate(rows).T
        larger = factors(reaches()[reach], whole)
        whole = whole * larger[:, None]
        scales = np.abs(whole).max(axis=0) / LARGEST
        small = np.round(whole / np.where(scales == 0, 1.0, scales)).astype(np.int8)
        offset = np.concatenate([self._weights.floats(f"{layer}.b") for layer in layers])
        smaller = self.constant(f"{name}.smaller", (1 / larger).astype(np.float32))
        inputs = [
            self.add("Mul", [entered, smaller], f"{name}.balanced"),
            self.constant(f"{name}.weights", np.ascontiguousarray(small)),
            self.constant(f"{name}.scales", scales.astype(np.float32)),
            self.constant(f"{name}.zero", np.zeros(len(scales), np.int8)),
            self.constant(f"{name}.offset", offset),
        ]
        return self.add("DynamicQuantizeMatMul", inputs, name, _MICROSOFT)

    def normalised(self, entered: str, layer: str) -> str:
        inputs = [
            entered,
            self.constant(f"{layer}.w", self._weights.floats(f"{layer}.w")),
            self.constant(f"{layer}.b", self._weights.floats(f"{layer}.b")),
        ]
        epsilon = self._weights.shape.epsilon
        return self.add("LayerNormalization", inputs, layer, axis=-1, epsilon=epsilon)

    def sum(self, one: str, other: str, name: str) -> str:
        return self.add("Add", [one, other], name)

    def written(self, entered: str, left: str) -> bytes:
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        width = self._weights.shape.width
        graph = helper.make_graph(
            self._nodes,
            "e5",
            [helper.make_tensor_value_info(entered, kinds.FLOAT, ["pieces", width])],
            [helper.make_tensor_value_info(left, kinds.FLOAT, [width])],
            self._constants,
        )
        operators = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=operators)
        model.ir_version = _FORMAT
        written: bytes = model.SerializeToString()
        return written


def write(weights: Weights) -> bytes:
    """The network, from the embedded pieces of one text to its vector (of any length).

    Returns:
        An ONNX file: `INPUT` is pieces × width, `OUTPUT` the mean of what the last layer says.
    """
    shape, graph = weights.shape, _Graph(weights)
    of_head = shape.width // shape.heads
    graph.constant("apart", np.array([0, 3, shape.heads, of_head], np.int64))
    graph.constant("together", np.array([0, shape.width], np.int64))
    graph.constant("scale", np.array([1 / np.sqrt(of_head)], np.float32))
    for number, part in enumerate("qkv"):
        graph.constant(part, np.array(number, np.int64))
    state = graph.normalised(INPUT, "emb.ln")
    for number in range(shape.layers):
        state = _layer(graph, state, f"l{number}", shape.width, shape.inner)
    graph.constant("over", np.array([0], np.int64))
    graph.add("ReduceMean", [state, "over"], OUTPUT, keepdims=0)
    return graph.written(INPUT, OUTPUT)


def _layer(graph: _Graph, state: str, layer: str, width: int, inner: int) -> str:
    seen = _attention(graph, state, layer, width)
    state = graph.normalised(graph.sum(state, seen, f"{layer}.seen"), f"{layer}.aln")
    bent = graph.add(
        "Gelu", [graph.linear(state, [f"{layer}.fi"], width, f"{layer}.fi")], f"{layer}.bent"
    )
    out = graph.linear(bent, [f"{layer}.fo"], inner, f"{layer}.fo")
    return graph.normalised(graph.sum(state, out, f"{layer}.left"), f"{layer}.oln")


def _attention(graph: _Graph, state: str, layer: str, width: int) -> str:
    name = f"{layer}.attention"
    three = graph.linear(state, [f"{layer}.{part}" for part in "qkv"], width, name)
    parts = graph.add("Reshape", [three, "apart"], f"{name}.parts")

    def part(which: str, order: list[int]) -> str:
        one = graph.add("Gather", [parts, which], f"{name}.{which}", axis=1)
        return graph.add("Transpose", [one], f"{name}.{which}.turned", perm=order)

    alike = graph.add("MatMul", [part("q", [1, 0, 2]), part("k", [1, 2, 0])], f"{name}.alike")
    scaled = graph.add("Mul", [alike, "scale"], f"{name}.scaled")
    shares = graph.add("Softmax", [scaled], f"{name}.shares", axis=-1)
    mixed = graph.add("MatMul", [shares, part("v", [1, 0, 2])], f"{name}.mixed")
    back = graph.add("Transpose", [mixed], f"{name}.back", perm=[1, 0, 2])
    joined = graph.add("Reshape", [back, "together"], f"{name}.joined")
    return graph.linear(joined, [f"{layer}.ao"], width, f"{layer}.ao")
