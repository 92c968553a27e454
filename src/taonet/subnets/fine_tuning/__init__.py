"""
A market for adapters: people post jobs, miners train LoRA, validators judge on a hidden test.

Read `dataset`, what a job is made from, and `hidden_test`, how it is divided; then `lora` and
`adapter`, what a miner makes; then `judgement`, what it is worth.
"""
