"""Mixed load: people over HTTP, programs by `enqueue_many`; keeps what was promised, to see whether it was done."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import requests
from django.db import Error, connections

from jobs import enqueue_many
from jobs.models import Job
from tests.rehearsal.actors import Call, Compute, Print

HEAD = "seriesCode,asOfDate,value,versionTag\n"
CHUNK = 1_000


@dataclass(slots=True)
class Ledger:
    """What happened so far; appended to by several threads."""

    jobs: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    answers_ms: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    refused: int = 0

    def unfinished(self) -> int:
        """Return how many promised jobs have not completed."""
        connections.close_all()
        ids = list(self.jobs)
        done = sum(
            Job.objects.filter(pk__in=ids[at : at + CHUNK], state="completed").count()
            for at in range(0, len(ids), CHUNK)
        )
        names = list(self.uploads)
        done += sum(
            Job.objects.filter(queue="ingestion", job_id__in=names[at : at + CHUNK], state="completed").count()
            for at in range(0, len(names), CHUNK)
        )
        return len(ids) + len(names) - done


class Load:
    """Two people and one program, from threads, until stopped."""

    def __init__(self, webs: Sequence[str], token: str) -> None:
        self.webs, self.token, self.ledger = webs, token, Ledger()
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._person, args=(number,), name=f"person-{number}") for number in range(2)
        ]
        self._threads.append(threading.Thread(target=self._program, name="program"))

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and wait for the last answer."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _person(self, number: int) -> None:
        session = requests.Session()
        session.trust_env = False
        session.headers.update({"Authorization": f"Bearer {self.token}"})
        for turn in itertools.count():
            if self._stopped.wait(0.15):
                return
            if turn % 3 == 0:
                body = f"{HEAD}R-{number}-{turn},2024-01-15,{turn}.5,final\n"
                answer = self._ask(session, "POST", "/api/ingestion/csv-upload", turn, body=body)
                if answer is not None:
                    self.ledger.uploads.append(answer.json()["jobId"])
            else:
                self._ask(session, "GET", ("/api/jobs/metrics", "/api/jobs/figures")[turn % 2], turn)

    def _ask(
        self, session: requests.Session, method: str, path: str, turn: int, *, body: str = ""
    ) -> requests.Response | None:
        """Ask one web, the other if that one takes no connection; None without a good answer."""
        sent = {"csvData": body, "createMissingSeries": True} if body else None
        begun = time.monotonic()
        problem = ""
        for web in (self.webs[turn % 2], self.webs[1 - turn % 2]):
            try:
                answer = session.request(method, web + path, json=sent, timeout=30)
            except requests.ConnectionError as error:
                problem = f"{method} {path}: {type(error).__name__}"
                continue
            except requests.RequestException as error:
                problem = f"{method} {path}: {type(error).__name__}"
                break
            self.ledger.answers_ms.append((time.monotonic() - begun) * 1000)
            if answer.ok:
                return answer
            problem = f"{method} {path}: {answer.status_code}"
            break
        self.ledger.failed.append(problem)
        return None

    def _program(self) -> None:
        chance = random.Random(7)
        while not self._stopped.wait(0.5):
            payloads = [
                *(Call(ms=chance.randint(1, 80), fails_once=chance.random() < 0.05) for _ in range(12)),
                *(Compute(ms=chance.randint(1, 20)) for _ in range(6)),
                *(Print(ms=chance.randint(10, 300)) for _ in range(2)),
            ]
            try:
                made = enqueue_many(payloads, delay=chance.choice((None, None, 300)))
            except Error:
                self.ledger.refused += len(payloads)  # told so, nothing is promised
                connections.close_all()
                continue
            self.ledger.jobs += [job.id for job in made]
