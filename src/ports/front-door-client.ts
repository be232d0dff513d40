import type { Duplex } from 'node:stream';

export interface DoorRequest {
  /** What the user types; its host is sent as Host and SNI. */
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM certificates that are trusted besides the system's CAs. */
  readonly trust: readonly string[];
  /** `host:port` to connect to, or a stream that is already open (a tunnel to a pod). */
  readonly via: { readonly address: string } | { readonly stream: Duplex };
  readonly deadlineMs: number;
}

export interface DoorAnswer {
  readonly status: number;
  readonly body: string;
  readonly location?: string;
}

/** HTTP(S) through the front door. Certificates are always checked. Throws with a one-line reason when no answer came. */
export interface FrontDoorClient {
  request(request: DoorRequest): Promise<DoorAnswer>;
}
