"""One thread for JAX: with more, threads that wait for a busy core slow everything down."""

import os

# Read when JAX first computes, not when it is imported.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
