"""A rehearsal of production on this machine: the whole topology, load, a rolling restart, a failover, a restart."""
