"""Settings: environment variables REVIEWSTREAM_*, each also as REVIEWSTREAM_*_FILE that names a file with the value.

What `up` was given is kept in the data directory, and counts where the environment says nothing (reviewstream.kept).
A URL that is not set is filled in by the embedded stack of the data directory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, create_model, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from aggregates.review.deadlines import WAITED_FOR, checked, deadlines
from connectors import url_files
from connectors.databases import DATABASES
from nlp.profiles import Profile, checked_name, profile, tenant_tiers
from nlp.tiers import DEFAULT, VERSIONS, Tier
from reviewstream import environment, kept
from schemas.errors import InvalidInput, Unavailable

PREFIX = environment.PREFIX
Url = Annotated[SecretStr | None, AfterValidator(lambda url: url or None)]
"""An empty URL counts as unset: compose files pass on what an operator may leave out."""


def _tenant_tiers(text: str) -> str:
    tenant_tiers(text)
    return text


if TYPE_CHECKING:
    DatabaseUrls = BaseSettings
else:
    _fields = {f"{each.name}_url": (Url, Field(None, description=each.description)) for each in DATABASES.values()}
    DatabaseUrls = create_model("DatabaseUrls", __base__=BaseSettings, **_fields)
"""A URL for each database of the registry. Code asks for one by `Settings.url`, since no type checker knows these fields."""


class Settings(DatabaseUrls):
    """Every setting with its default. docs/settings.md lists them, and a test compares."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    data_dir: Path = Field(
        Path(".reviewstream"), description="Directory of the embedded stack and of workers' scratch files."
    )
    kafka_url: Url = Field(
        None, description="Kafka, `kafka://host:port[,host:port]`, `kafka+ssl://…`, `kafka+sasl_ssl://user:password@…`."
    )
    mongo_url: Url = Field(None, description="MongoDB of the raw store, `mongodb://…`.")
    clickhouse_url: Url = Field(
        None, description="ClickHouse, `clickhouse://user:password@host:port/database`, with TLS `clickhouses://…`."
    )
    redis_url: Url = Field(
        None, description="Redis or Valkey of the cache, `redis://…`, with TLS `rediss://…`, or `unix://…`."
    )
    schema_registry_url: Url = Field(
        None,
        description="Confluent-compatible schema registry, `https://[user:password@]host[/contexts/.reviewstream]`: "
        "contracts are registered there under their pinned ids, and publishers may use schemas of their own. "
        "Needs the extra `registry`.",
    )
    connect_url: Url = Field(
        None,
        description="Kafka Connect with Debezium's connectors, `http://[user:password@]host:port`, with TLS "
        "`https://…?ssl.ca.location=FILE`; the embedded one runs by `reviewstream up --cdc`.",
    )
    connect_secrets: str | None = Field(
        None,
        description="Properties file on Connect's workers from which its FileConfigProvider `file` reads passwords by the "
        "keys `postgres` and `mongo`; if not set they stand in the connectors' configurations, for all who can read those.",
    )
    cdc_login: SecretStr | None = Field(
        None,
        description="`user:password` of change capture in PostgreSQL; the login of each database's URL if not set.",
    )
    jars_dir: Path | None = Field(
        None,
        description="Where the jars of the broker and of the models of text analysis are kept; the user's cache directory if not set.",
    )
    kafka_jvm_flags: str = Field("", description="Flags of the embedded broker's JVM, instead of the default ones.")
    connect_jvm_flags: str = Field("", description="The same for the embedded Connect.")
    mongo_database: str = Field("collection", description="Database of the raw store.")
    clickhouse_cluster: str = Field("", description="ClickHouse cluster; if set, tables are replicated.")
    partitions: Annotated[int, Field(ge=1, le=1000)] = Field(
        10, description="Partitions of each topic when it is created."
    )
    steps: str = Field(
        ",".join(("collect", *WAITED_FOR, "deadletters")),
        description="Which steps a streams worker runs, separated by commas.",
    )
    subscriptions: str = Field(
        "steps,public,raw_store,postgres,clickhouse,sweeper,raw_reviews",
        description="What a tailer feeds, separated by commas, and what else it runs: the `sweeper`, and `raw_reviews`, which "
        "publishes what other clients write into the raw store. `raw_store` corrects and withdraws what is there of ours.",
    )
    public_topics: Literal["tailer", "debezium", "off"] = Field(
        "tailer",
        description="Who publishes the public topics: the tailer, or Debezium (docs/cdc.md says how to switch).",
    )
    retry_attempts: Annotated[int, Field(ge=1, le=1000)] = Field(
        5, description="How often a review is tried before it is abandoned."
    )
    retry_backoff_seconds: Annotated[float, Field(gt=0, le=86_400)] = Field(
        10, description="Seconds before the first retry; each later one waits twice as long."
    )
    retry_longest_seconds: Annotated[float, Field(gt=0, le=604_800)] = Field(
        3600, description="Longest wait before a retry, in seconds."
    )
    step_deadline_seconds: Annotated[float, Field(gt=0)] = Field(
        300, description="Seconds after which a review that waits for a step counts as stuck."
    )
    step_deadlines: Annotated[str, AfterValidator(checked)] = Field(
        "", description="The same for single steps, for example `nlp=900,notify=60`."
    )
    nlp_workers: Annotated[int, Field(ge=1, le=64)] = Field(2, description="Processes that analyse texts.")
    nlp_in_flight: Annotated[int, Field(ge=1, le=32)] = Field(3, description="NLP batches in flight.")
    nlp_decoder: Literal["bulk", "spacy"] = Field(
        "bulk", description="How entities are decoded: bulk (ours) or spacy (the library's own; same results, slower)."
    )
    nlp_gemm: Literal["auto", "numpy", "blis"] = Field(
        "auto", description="What multiplies matrices: numpy (OpenBLAS), blis (spaCy's own), or the faster one (auto)."
    )
    nlp_max_characters: Annotated[int, Field(ge=1)] = Field(20_000, description="How much of a text is analysed.")
    nlp_tier: Tier = Field(
        DEFAULT,
        description="How texts are analysed: lexicon (English by rules), quick (a light encoder, eight languages and more), precise.",
    )
    nlp_tenant_tiers: Annotated[str, AfterValidator(_tenant_tiers)] = Field(
        "", description="Another tier for single tenants, for example `blue-harbour=precise,red-harbour=lexicon`."
    )
    processing_version: str = Field(
        "",
        max_length=64,
        description="Name of the analysis that this release and these settings define; every result carries it. "
        "Empty is this release's own name for the tier: "
        + ", ".join(f"`{version}` ({tier})" for tier, version in VERSIONS.items())
        + ".",
    )
    health_address: str = Field(
        "127.0.0.1:0",
        description="Where a worker serves `/livez`, `/readyz` and `/metrics`; port 0 is any free one, empty is nowhere.",
    )
    watchdog_seconds: Annotated[float, Field(ge=0)] = Field(
        12.0, description="A worker with work exits after this many seconds without progress; 0 means never."
    )
    otlp_endpoint: str = Field(
        "", description="Where OpenTelemetry spans go, `http://host:4318/v1/traces`; needs the extra `tracing`."
    )
    log_bytes: Annotated[int, Field(ge=10_000)] = Field(
        10_000_000, description="Size in bytes at which the embedded stack rotates each log."
    )
    log_files: Annotated[int, Field(ge=1, le=1000)] = Field(
        3, description="How many rotated files of each log the embedded stack keeps."
    )
    keep_handled_messages_days: Annotated[float, Field(ge=0, le=36_500)] = Field(
        7,
        description="Days for which messages that were handled stay in the topics that only reviewstream reads (`reviews.inbound`, "
        "`reviews.deadletter`, `steps.*`); 0 keeps them for ever. What was not handled is never removed.",
    )
    keep_retired_versions_days: Annotated[float, Field(ge=0, le=36_500)] = Field(
        14,
        description="Days for which the version of a read model before a switch is kept for `replay --rollback`; 0 keeps it until "
        "the next replay.",
    )
    keep_settled_dead_letters_days: Annotated[float, Field(ge=0, le=36_500)] = Field(
        90,
        description="Days for which dead letters are kept after they were replayed or discarded; 0 keeps them for ever. Open ones "
        "are never removed.",
    )
    alarm_hours: Annotated[float, Field(ge=0, le=8_760)] = Field(
        1,
        description="Hours between two looks for alarms in the last days' numbers, by the tailer that feeds `clickhouse`; 0 leaves "
        "it to `reviewstream alarms detect`.",
    )
    actor: str = Field(
        "", description="Who works with dead letters, for the audit; the user of the operating system if not set."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe level logged.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Explicit arguments first, then the environment, then files named by the environment, then what is kept."""
        del dotenv_settings, file_secret_settings
        files = _Files(settings_cls, os.environ)
        named = (source().get("data_dir") for source in (init_settings, env_settings, files))
        directory = next(filter(None, named), settings_cls.model_fields["data_dir"].default)
        kept_here = kept.read(Path(directory))
        return init_settings, env_settings, files, _Kept(settings_cls, kept_here), _Files(settings_cls, kept_here)

    def url(self, name: str) -> str:
        """The URL of that name, for example `kafka`. Raises Unavailable when it is not set, InvalidInput for missing files."""
        value: SecretStr | None = getattr(self, f"{name}_url")
        if value is None:
            raise Unavailable(
                f"no {name} is known: start the embedded stack with `reviewstream up`, or set {PREFIX}{name.upper()}_URL"
            )
        found = value.get_secret_value()
        url_files.check(f"{PREFIX}{name.upper()}_URL", found)
        return found

    def profile(self, tier: Tier | None = None) -> Profile:
        """How a tier's reviews are analysed, those of the default tier if none is given."""
        return profile(tier or self.nlp_tier, default=self.nlp_tier, named=self.processing_version)

    @field_validator("processing_version")
    @classmethod
    def _is_free(cls, name: str, info: ValidationInfo) -> str:
        return checked_name(name, info.data.get("nlp_tier", DEFAULT))

    def deadlines(self) -> Mapping[str, float]:
        """How many seconds a review may wait for each step."""
        return deadlines(self.step_deadline_seconds, self.step_deadlines)


class _Kept(PydanticBaseSettingsSource):
    """Variables that `up` was given before."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str]) -> None:
        super().__init__(settings_cls)
        self.variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value that is kept."""
        del field
        return self.variables.get(variable(field_name)), field_name, False

    def __call__(self) -> dict[str, Any]:
        """The fields that this source knows."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class _Files(_Kept):
    """A variable that ends with _FILE names a file with the value, so that the environment holds no secret."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The file's text without its trailing line break."""
        del field
        path = self.variables.get(variable(field_name) + kept.SUFFIX)
        return (None if path is None else _text(field_name, path)), field_name, False


def _text(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise InvalidInput(f"{PREFIX}{name.upper()}_FILE cannot be read: {error.strerror}", field=name) from None


def variable(name: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{name.upper()}"


def load(**explicit: Any) -> Settings:
    """The settings. Raises InvalidInput that names the variable, never its value; also for a name that no setting has."""
    environment.check_names(os.environ, Settings.model_fields)
    try:
        return Settings(**explicit)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        raise InvalidInput(f"{variable(name)}: {first['msg']}{_whence(name, explicit)}", field=name) from None


def data_directory(explicit: Path | None) -> Path:
    """The data directory, whatever other settings are like."""
    default: Path = Settings.model_fields["data_dir"].default
    return Path(explicit or os.environ.get(variable("data_dir")) or default)


def _whence(name: str, explicit: Mapping[str, Any]) -> str:
    """Where a wrong value comes from that stands in no environment."""
    forms = {variable(name), variable(name) + kept.SUFFIX}
    known = kept.read(data_directory(explicit.get("data_dir")))
    if forms & os.environ.keys() or not forms & known.keys():
        return ""
    return f"; it is kept from an earlier start, and `reviewstream settings forget {name}` ends that"
