"""The engine: one process for each catalogue that dispatches tasks and records their results."""
