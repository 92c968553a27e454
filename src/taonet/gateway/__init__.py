"""
People's way in: OpenAI's API over the network's miners.

In reading order: `miners` (the seam to whoever answers), `limits` and `errors`, `questions`
(bodies in), `replies` (bodies out), `router` and `breaker` (who answers, and what happens when
they don't), `quota` (keys), `receipts` (the ledger), `service_levels` (numbers for operators),
`api` (the HTTP surface), `network` (miners that the chain lists), `service` (the process).
"""
