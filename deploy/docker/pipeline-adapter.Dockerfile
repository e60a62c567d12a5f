# The image of the pipelines' last container. At the top of the checkout:
#   docker build -f deploy/docker/pipeline-adapter.Dockerfile -t REGISTRY/kratix-ts/pipeline-adapter:TAG .
# Without Docker, `node scripts/image.mjs helper --out helper.tar` writes the same program as an OCI archive.
FROM node:24-trixie-slim AS build
WORKDIR /src
COPY . .
RUN node .yarn/releases/yarn-4.18.1.cjs workspaces focus @kratix-ts/pipeline-adapter \
  && node packages/pipeline-adapter/build.mjs

# Nothing but Node and what it needs: no shell, no package manager.
FROM gcr.io/distroless/cc-debian13
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /src/packages/pipeline-adapter/dist/pipeline-adapter.mjs /pipeline-adapter.mjs
USER 65532
ENTRYPOINT ["/usr/local/bin/node", "/pipeline-adapter.mjs"]
