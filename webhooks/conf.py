"""Reads `settings.WEBHOOKS`, with the defaults for everything it leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookConf:
    """How webhooks behave; each field is a key of `settings.WEBHOOKS` in capitals. Timeouts and delays in seconds."""

    encryption_keys: tuple[str, ...] = ()
    """Fernet keys for the secrets at rest, newest first; keys derived from SECRET_KEY follow them."""
    allow_http: bool = False
    allowed_networks: tuple[str, ...] = ()
    """Networks that may be called although they are not public, such as `127.0.0.0/8` for local use."""
    allowed_ports: tuple[int, ...] | None = (80, 443)
    """None allows every port."""
    connect_timeout: float = 5.0
    """For each address of the name; two are tried at most."""
    total_timeout: float = 15.0
    """From the start of the call to the last byte of the answer."""
    answer_limit: int = 65_536
    """Bytes read of an answer; what follows is not waited for."""
    kept_answer: int = 1_024
    """Bytes of an answer that the attempt's log row keeps."""
    attempts: int = 3
    retry_delays: tuple[float, ...] = ()
    """Waits after attempt 1, 2, …; one more attempt than waits. Empty: 5 s times 5^(n-1) and `attempts`."""
    rotation_overlap: timedelta = timedelta(hours=24)
    """How long a replaced secret still signs."""
    keep_days: float = 90.0
    """How long messages are kept with their deliveries and log, once nothing of them is pending."""
    user_agent: str = "job-queue-webhooks/1"

    @property
    def max_attempts(self) -> int:
        """How often a delivery is tried, the first try included."""
        return len(self.retry_delays) + 1 if self.retry_delays else self.attempts


def webhook_conf() -> WebhookConf:
    """Return the configuration as the settings stand now; raises ImproperlyConfigured for a key it does not know."""
    given: Mapping[str, object] = getattr(settings, "WEBHOOKS", {})
    known = {field.name.upper(): field.name for field in fields(WebhookConf)}
    if unknown := sorted(given.keys() - known.keys()):
        raise ImproperlyConfigured(f"WEBHOOKS has unknown keys: {', '.join(unknown)}")
    values = {known[key]: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    return WebhookConf(**values)  # type: ignore[arg-type]  # settings are untyped; the fields say what they must be
