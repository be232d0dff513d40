import type { Duplex } from 'node:stream';

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Opens a fresh stream to the server; called once per connection. */
  readonly stream: () => Promise<Duplex>;
}

/** Why a login or query failed: `code` is the SQLSTATE where the server gave one. */
export interface DatabaseError {
  readonly code?: string;
  readonly message: string;
}

/** Rows of the last statement, every value as the server's text (no type parsing), NULL as null. */
export type QueryResult =
  | { readonly ok: true; readonly rows: readonly Readonly<Record<string, string | null>>[] }
  | { readonly ok: false; readonly error: DatabaseError };

/** Speaks the PostgreSQL protocol; never throws for what the server answers. */
export interface SqlClient {
  /** Logs in over TLS where the server offers it, runs the statements in order on one connection (simple protocol), closes. */
  query(login: Login, statements: readonly string[], deadlineMs: number): Promise<QueryResult>;
}
