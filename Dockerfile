# huixiang run, as a user of its own. Mount the config at /config and keep /data.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements-build.lock requirements.lock ./
RUN python -m venv /app/.venv \
    && /app/.venv/bin/python -m pip install --no-cache-dir --require-hashes --requirement requirements-build.lock \
    && /app/.venv/bin/uv pip install --python /app/.venv/bin/python --no-cache --compile-bytecode --require-hashes \
        --no-build-isolation --requirement requirements.lock \
    && /app/.venv/bin/python -m pip uninstall --yes uv
COPY LICENSE ./
COPY bot bot
COPY handlers handlers
COPY rituals rituals
COPY storage storage
COPY locales locales
RUN /app/.venv/bin/python -m compileall -q bot handlers rituals storage locales

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin huixiang \
    && install --directory --owner huixiang --group huixiang --mode 0700 /data
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONPATH=/app PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1
WORKDIR /data
USER huixiang
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run", "--config", "/config/config.toml"]
