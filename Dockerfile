# shopwatch as an image with nothing in it but the binary.
# The binary brings its own time zones and CA roots.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN mkdir /data && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /shopwatch .

FROM scratch
COPY --from=build /shopwatch /shopwatch
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
VOLUME ["/data"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/shopwatch", "healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/shopwatch"]
CMD ["serve", "-c", "/data/config.yaml"]
