import { poolerImage } from '../pooler.ts';
import type { Files } from '../overlay.ts';

const dockerfile = `# PgBouncer for the managed database: docker build -t ${poolerImage} images/pgbouncer
# openssl makes the certificate that its clients see, at each start.
FROM debian:bookworm-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends pgbouncer openssl ca-certificates \\
 && rm -rf /var/lib/apt/lists/*
USER 65534
`;

/** What has to be built besides the stack's own images. */
export function imageFiles(images: ReadonlyMap<string, string>): Files {
  return images.has(poolerImage) ? { 'pgbouncer/Dockerfile': dockerfile } : {};
}
