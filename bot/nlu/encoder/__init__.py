"""The sentence encoder: multilingual-e5-small, from weights in a package's file to a vector.

`weights` reads the file as data, `tokens` turns a text into numbers, `graph` writes the network
once as an ONNX file with weights of eight bits, `session` runs it by onnxruntime. Nothing here is
native code that parses people's text (law 8): what a native library gets is an array of numbers.
"""
