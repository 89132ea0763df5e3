"""What can be done with PAMs, batches, results and approvals: one verb a module."""
