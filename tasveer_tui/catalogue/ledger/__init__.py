"""The ledger: jobs, leases, scans and results, written by one recorder."""
