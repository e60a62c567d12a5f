# The engine and the `kratix-ts` command, with the git and ssh programs that git state stores are written through.
# At the top of the checkout:
#   docker build -f deploy/docker/engine.Dockerfile -t REGISTRY/kratix-ts/engine:TAG .
# The container's arguments are those of `kratix-ts`; `docker run --rm IMAGE --help` lists them.
FROM node:24-trixie-slim AS build
WORKDIR /src
COPY . .
RUN node .yarn/releases/yarn-4.18.1.cjs workspaces focus kratix-ts @kratix-ts/cli @kratix-ts/pipeline-adapter \
  && node packages/pipeline-adapter/build.mjs \
  && node scripts/lib/bundle.mjs cli

FROM node:24-trixie-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/*
# The bundled command looks for the helper beside itself, as in the checkout.
COPY --from=build /src/packages/cli/dist/kratix-ts.mjs /app/packages/cli/dist/kratix-ts.mjs
COPY --from=build /src/packages/pipeline-adapter/dist/pipeline-adapter.mjs /app/packages/pipeline-adapter/dist/pipeline-adapter.mjs
USER node
# The flags of engine-flags.json: without them Node keeps more memory for rubbish than for what the engine holds.
ENTRYPOINT ["node", "--max-semi-space-size=2", "--heap-growing-percent=20", "/app/packages/cli/dist/kratix-ts.mjs"]
