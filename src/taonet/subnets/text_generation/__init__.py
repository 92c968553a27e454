"""
Text generation: miners go on with a chat; validators check every token's log-probability.

Read `messages`, `miner`, `validator`; then `reference`, how a validator knows what the model would
have said. `language_model` is the seam to whatever runs the model: `llama_server` in this process,
`openai_server` anywhere. `catalogue` fetches the default model. `process` starts it all.
"""
