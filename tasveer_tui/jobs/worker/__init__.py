"""What runs the scan and read tasks: a worker process and its read processes."""
