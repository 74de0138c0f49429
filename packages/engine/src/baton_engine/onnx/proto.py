"""The part of ONNX's protobuf schema that names the attributes of nodes.

The package `onnx` has all of the schema, and brings 55 MB. Names, numbers and types are those of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; other fields are passed over.
"""

from collections.abc import Sequence
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

_SCHEMA = """
name: "onnx.proto"
package: "onnx"
message_type {
  name: "ModelProto"
  field { name: "graph" number: 7 label: LABEL_OPTIONAL type_name: "GraphProto" }
}
message_type {
  name: "GraphProto"
  field { name: "node" number: 1 label: LABEL_REPEATED type_name: "NodeProto" }
}
message_type {
  name: "NodeProto"
  field { name: "attribute" number: 5 label: LABEL_REPEATED type_name: "AttributeProto" }
}
message_type {
  name: "AttributeProto"
  field { name: "name" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "ints" number: 8 label: LABEL_REPEATED type: TYPE_INT64 }
  field { name: "strings" number: 9 label: LABEL_REPEATED type: TYPE_BYTES }
}
"""


def parse_nodes(model: bytes) -> Sequence[Any]:
    """The nodes of a model's graph; each has `attribute`, whose items have the fields above.

    Args:
        model: the ONNX file's content.

    Raises:
        google.protobuf.message.DecodeError: it is no protobuf message.
    """
    pool = descriptor_pool.DescriptorPool()  # not the process's own, where `onnx` has its schema
    pool.Add(text_format.Parse(_SCHEMA, descriptor_pb2.FileDescriptorProto()))
    kind: Any = message_factory.GetMessageClass(pool.FindMessageTypeByName("onnx.ModelProto"))
    nodes: Sequence[Any] = kind.FromString(model).graph.node
    return nodes
