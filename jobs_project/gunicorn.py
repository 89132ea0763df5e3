"""How gunicorn serves the web: threads, since requests wait for the database; `-b` chooses the address."""

worker_class = "gthread"
workers = 2
threads = 8
timeout = 60  # seconds without a sign of life of the whole worker, not of one request
graceful_timeout = 20
max_requests = 10_000
max_requests_jitter = 1_000
control_socket_disable = True
