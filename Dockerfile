# The program for `docker run`. docs/publishing.md shows how to use it.
# The tag of the base is not pinned by digest: the base's security updates come with the next build.
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY src src
COPY scripts/compact.mjs scripts/
RUN npm run build && npm ci --omit=dev --ignore-scripts

FROM node:24-slim
# Nothing is installed or built in this image, so it needs no package manager of Node.js.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
  && mkdir /work /config /state && chown node:node /work /config /state && chmod 700 /config /state
COPY --from=build /src/node_modules /opt/migrator/node_modules
COPY --from=build /src/dist /opt/migrator/dist
COPY --from=build /src/package.json /opt/migrator/
COPY LICENSE /opt/migrator/
COPY bin /opt/migrator/bin
COPY docs /opt/migrator/docs
COPY examples/custom-adapter /opt/migrator/examples/custom-adapter
ENV MIGRATOR_CONFIG_DIR=/config MIGRATOR_STATE_DIR=/state
USER node
WORKDIR /work
ENTRYPOINT ["node", "/opt/migrator/bin/migrator.mjs"]
CMD ["--help"]
