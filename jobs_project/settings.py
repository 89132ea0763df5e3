"""All settings. What differs between machines is read from the environment; .env.example lists every variable."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from jobs_project import addresses, environment, logs, navigation

BASE_DIR = Path(__file__).resolve().parent.parent
environment.read_files(BASE_DIR)

# --- Who may reach us, and how ---------------------------------------------------------------------------------------
DEBUG = environment.boolean("DEBUG", default=False)
HTTPS = environment.boolean("HTTPS", default=not DEBUG)  # False: plain http on this machine only
SECRET_KEY = environment.secret_key("SECRET_KEY", development=DEBUG)
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = environment.integer("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.boolean("HSTS_INCLUDE_SUBDOMAINS", default=False)
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: they are not ours, their owner sets HSTS_INCLUDE_SUBDOMAINS
    "security.W021",  # HSTS preload: for the owner of the domain to apply for
]
if environment.boolean("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # only if the proxy sets it on every request

# --- What it is made of ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "jobs",  # before django_dramatiq, whose commands it replaces, and the admin, whose index it shapes
    "ingestion",
    "calculations",
    "webhooks",
    "reports",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_dramatiq",
]
if environment.boolean("DEMO", default=False):
    INSTALLED_APPS.append("jobs_project.incident")
MIDDLEWARE = [
    "jobs.api.probes.Probes",  # first: probes come by plain http, and to an address that is no host of ours
    "jobs_project.request_counts.CountRequests",
    "django.middleware.security.SecurityMiddleware",
    "jobs_project.content_policy.content_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jobs.api.origins.RememberOrigin",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "jobs_project.urls"
WSGI_APPLICATION = "jobs_project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it, also where nothing is collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HTTPS
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HTTPS  # `make up` and the tests serve files without collectstatic
UNFOLD = navigation.UNFOLD

# --- Where things are kept -------------------------------------------------------------------------------------------
DATABASES = {
    "default": addresses.database(
        "DATABASE_URL",
        default="sqlite:///var/db.sqlite3",
        root=BASE_DIR,
        pool_size=environment.integer("DATABASE_POOL_SIZE", default=20),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = addresses.redis("REDIS_URL", default="redis://127.0.0.1:6379/0")

# --- The engine ------------------------------------------------------------------------------------------------------
JOBS: dict[str, Any] = {
    "QUEUES": {
        "ingestion": {"concurrency": 3, "timeout": 300_000},
        "calculation": {"concurrency": 2, "timeout": 300_000},
        "webhooks": {"concurrency": 5, "timeout": 300_000},
        "reports": {"concurrency": 2, "timeout": 300_000},
    },
    "PREFIX": environment.text("JOBS_PREFIX", "jobs"),
    "VERSION": environment.text("APP_VERSION", ""),
    "METRICS_TOKEN": environment.text("METRICS_TOKEN", ""),
    "PREPARE": environment.boolean(
        "DATABASE_PREPARE", default=DATABASES["default"].get("DISABLE_SERVER_SIDE_CURSORS") is not True
    ),
    "ALERT_SECRET": environment.text("ALERT_SECRET", ""),
    "TRACING": environment.boolean("TRACING", default=False),
    "WORKER_ADDRESS": environment.text("WORKER_ADDRESS", ""),
}
DRAMATIQ_BROKER = {"BROKER": "jobs.broker.JobBroker", "OPTIONS": {}, "MIDDLEWARE": []}
DRAMATIQ_AUTODISCOVER_MODULES = ["actors"]
WEBHOOKS = {
    "ENCRYPTION_KEYS": environment.words("WEBHOOKS_ENCRYPTION_KEYS"),
    **(
        {"ALLOW_HTTP": True, "ALLOWED_NETWORKS": ["127.0.0.0/8"], "ALLOWED_PORTS": None}
        if environment.boolean("WEBHOOKS_ALLOW_LOCAL", default=False)
        else {}
    ),
}

EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
EMAIL_PORT = environment.integer("EMAIL_PORT", default=25, least=1)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = environment.boolean("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "jobs@localhost")

# --- The doors -------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "jobs.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "jobs.api.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105  (a model; knox has it as default, makemigrations asks for it)
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": timedelta(days=environment.integer("API_TOKEN_DAYS", default=365, least=1)),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jobs",
    "DESCRIPTION": "Queues, jobs, and the ingestion, calculation, webhook and report doors.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- What it says ----------------------------------------------------------------------------------------------------
LOGGING = logs.configuration(
    form=environment.choice("LOG_FORMAT", ("human", "json")),
    level=environment.choice("LOG_LEVEL", ("info", "debug", "warning", "error")).upper(),
)
