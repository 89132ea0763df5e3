"""What runs jobs: a process of an I/O thread, a waker, a recorder and worker threads, under a supervisor."""
