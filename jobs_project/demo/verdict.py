"""What a demo run says about itself: the last line of its output."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The facts of a run, counted from rows, files and the receiver's log; `faults` says what is missing."""

    jobs: dict[str, dict[str, int]] = field(default_factory=dict)
    items: int = 0
    webhooks_verified: int = 0
    reports: tuple[str, ...] = ()
    seconds: float = 0.0
    faults: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Return whether all of it truly happened."""
        return not self.faults

    def as_line(self) -> str:
        """Return the verdict as one line of JSON."""
        facts = asdict(self)
        if self.ok:
            del facts["faults"]
        return json.dumps({"ok": self.ok, **facts}, ensure_ascii=False)
