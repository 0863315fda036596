"""Jobs: live progress, workers, failures and watches."""
