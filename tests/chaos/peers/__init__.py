"""The same faults for stock Dramatiq and for BullMQ: one driver, one ledger, one rule of judgement."""
