# reviewstream's own processes: workers, set-up, operators' commands. No server is in it.
# Python is of the minor version that all tests run on; tests/deploy compares the versions with pyproject.toml.
FROM python:3.11.15-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/reviewstream
COPY requirements/image.txt requirements/
RUN /opt/reviewstream/bin/pip install --require-hashes --only-binary :all: -r requirements/image.txt
COPY pyproject.toml README.md LICENSE ./
COPY telemetry telemetry
COPY schemas schemas
COPY aggregates aggregates
COPY connectors connectors
COPY nlp nlp
COPY eventstore eventstore
COPY services services
COPY sources sources
COPY streams streams
COPY projections projections
COPY debezium debezium
COPY operations operations
COPY cli cli
COPY embedded embedded
COPY reviewstream reviewstream
RUN /opt/reviewstream/bin/pip install --no-deps --no-build-isolation . \
    && REVIEWSTREAM_JARS_DIR=/opt/reviewstream/jars /opt/reviewstream/bin/python -m nlp.encoders \
    && /opt/reviewstream/bin/pip uninstall --yes pip

FROM python:3.11.15-slim-trixie
RUN groupadd --gid 10001 reviewstream \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin reviewstream
COPY --from=build /opt/reviewstream /opt/reviewstream
# Nothing is written but below /tmp, which is a tmpfs where the root file system is read-only.
ENV PATH=/opt/reviewstream/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    REVIEWSTREAM_DATA_DIR=/tmp/reviewstream \
    REVIEWSTREAM_JARS_DIR=/opt/reviewstream/jars \
    REVIEWSTREAM_HEALTH_ADDRESS=0.0.0.0:9100
USER 10001:10001
WORKDIR /tmp
EXPOSE 9100
HEALTHCHECK --interval=10s --timeout=8s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9100/readyz', timeout=6)"]
ENTRYPOINT ["reviewstream"]
CMD ["--help"]
