"""The part of ONNX's protobuf schema for class names, weight files and the encoding of texts.

The package `onnx` has the whole schema, but takes 55 MB. Names, numbers and types are those of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; a message that is written again keeps the
other fields.
"""

from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

_SCHEMA = """
name: "onnx.proto"
package: "onnx"
message_type {
  name: "ModelProto"
  field { name: "graph" number: 7 label: LABEL_OPTIONAL type_name: "GraphProto" }
  field { name: "functions" number: 25 label: LABEL_REPEATED type: TYPE_BYTES }
}
message_type {
  name: "GraphProto"
  field { name: "node" number: 1 label: LABEL_REPEATED type_name: "NodeProto" }
  field { name: "initializer" number: 5 label: LABEL_REPEATED type_name: "TensorProto" }
  field { name: "input" number: 11 label: LABEL_REPEATED type_name: "ValueInfoProto" }
  field { name: "output" number: 12 label: LABEL_REPEATED type_name: "ValueInfoProto" }
  field { name: "value_info" number: 13 label: LABEL_REPEATED type_name: "ValueInfoProto" }
  field { name: "sparse_initializer" number: 15 label: LABEL_REPEATED type: TYPE_BYTES }
}
message_type {
  name: "ValueInfoProto"
  field { name: "name" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "type" number: 2 label: LABEL_OPTIONAL type_name: "TypeProto" }
}
message_type {
  name: "TypeProto"
  field { name: "tensor_type" number: 1 label: LABEL_OPTIONAL type_name: "TensorType" }
}
message_type {
  name: "TensorType"
  field { name: "elem_type" number: 1 label: LABEL_OPTIONAL type: TYPE_INT32 }
  field { name: "shape" number: 2 label: LABEL_OPTIONAL type_name: "Shape" }
}
message_type {
  name: "Shape"
  field { name: "dim" number: 1 label: LABEL_REPEATED type_name: "Dimension" }
}
message_type {
  name: "Dimension"
  field { name: "dim_value" number: 1 label: LABEL_OPTIONAL type: TYPE_INT64 }
}
message_type {
  name: "NodeProto"
  field { name: "input" number: 1 label: LABEL_REPEATED type: TYPE_STRING }
  field { name: "output" number: 2 label: LABEL_REPEATED type: TYPE_STRING }
  field { name: "op_type" number: 4 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "domain" number: 7 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "attribute" number: 5 label: LABEL_REPEATED type_name: "AttributeProto" }
}
message_type {
  name: "AttributeProto"
  field { name: "name" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "f" number: 2 label: LABEL_OPTIONAL type: TYPE_FLOAT }
  field { name: "i" number: 3 label: LABEL_OPTIONAL type: TYPE_INT64 }
  field { name: "t" number: 5 label: LABEL_OPTIONAL type_name: "TensorProto" }
  field { name: "g" number: 6 label: LABEL_OPTIONAL type_name: "GraphProto" }
  field { name: "floats" number: 7 label: LABEL_REPEATED type: TYPE_FLOAT }
  field { name: "ints" number: 8 label: LABEL_REPEATED type: TYPE_INT64 }
  field { name: "strings" number: 9 label: LABEL_REPEATED type: TYPE_BYTES }
  field { name: "tensors" number: 10 label: LABEL_REPEATED type_name: "TensorProto" }
  field { name: "graphs" number: 11 label: LABEL_REPEATED type_name: "GraphProto" }
  field { name: "type" number: 20 label: LABEL_OPTIONAL type: TYPE_INT32 }
}
message_type {
  name: "TensorProto"
  field { name: "dims" number: 1 label: LABEL_REPEATED type: TYPE_INT64 }
  field { name: "data_type" number: 2 label: LABEL_OPTIONAL type: TYPE_INT32 }
  field {
    name: "float_data" number: 4 label: LABEL_REPEATED type: TYPE_FLOAT options { packed: true }
  }
  field {
    name: "int32_data" number: 5 label: LABEL_REPEATED type: TYPE_INT32 options { packed: true }
  }
  field { name: "string_data" number: 6 label: LABEL_REPEATED type: TYPE_BYTES }
  field {
    name: "int64_data" number: 7 label: LABEL_REPEATED type: TYPE_INT64 options { packed: true }
  }
  field { name: "name" number: 8 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "raw_data" number: 9 label: LABEL_OPTIONAL type: TYPE_BYTES }
  field {
    name: "double_data" number: 10 label: LABEL_REPEATED type: TYPE_DOUBLE options { packed: true }
  }
  field { name: "external_data" number: 13 label: LABEL_REPEATED type_name: "Entry" }
  field { name: "data_location" number: 14 label: LABEL_OPTIONAL type: TYPE_INT32 }
}
message_type {
  name: "Entry"
  field { name: "key" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
  field { name: "value" number: 2 label: LABEL_OPTIONAL type: TYPE_STRING }
}
"""


def parse_graph(model: bytes) -> Any:
    """Parses the graph of a model. Takes and raises the same as `parse_model`."""
    return parse_model(model).graph


def parse_model(model: bytes) -> Any:
    """Parses a model, with the fields above.

    Args:
        model: the ONNX file's content.

    Raises:
        google.protobuf.message.DecodeError: the content is not a protobuf message.
    """
    return _get_model_class().FromString(model)


@cache
def _get_model_class() -> Any:
    pool = descriptor_pool.DescriptorPool()  # the default pool may have the schema of `onnx`
    pool.Add(text_format.Parse(_SCHEMA, descriptor_pb2.FileDescriptorProto()))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("onnx.ModelProto"))
