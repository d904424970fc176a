# docker build --tag openvet .
# docker run --rm --network none --read-only --tmpfs /tmp \
#   --volume "$PWD/model:/model:ro" openvet audit /model
FROM python:3.11.14-slim-trixie AS build
WORKDIR /source
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY src ./src
RUN python -m venv /opt/openvet \
    && /opt/openvet/bin/pip install --no-cache-dir --no-compile \
      --constraint constraints.txt ".[hub]"

FROM python:3.11.14-slim-trixie
COPY --from=build /opt/openvet /opt/openvet
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin openvet
USER 10001
ENV PATH=/opt/openvet/bin:$PATH \
    OPENVET_CACHE_DIR=/tmp/openvet \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /model
ENTRYPOINT ["openvet"]
CMD ["--help"]
