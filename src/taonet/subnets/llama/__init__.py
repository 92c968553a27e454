"""
One Llama in JAX, for whoever trains, fine-tunes or checks one.

Read `shape`, what makes a Llama this Llama, then `forward`, what it computes, and `learning`, how
it gets better. `gguf_file` reads weights, `gguf_export` and `hugging_face` write them for the
programs of others; `safetensors_file` is the format of both checkpoints and exports.
"""
