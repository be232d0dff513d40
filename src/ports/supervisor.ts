/** Whoever keeps the agent running (systemd): told how it is. None of these throws or waits. */
export interface Supervisor {
  /** The agent has read its inputs and begins its work. */
  ready(): void;
  /** One line on how things are, for `systemctl status`. */
  status(text: string): void;
  /** The agent's loop goes on; when this stays away too long, the agent is started anew. */
  watchdog(): void;
  stopping(): void;
}

/** Nobody keeps this process running. */
export const noSupervisor: Supervisor = {
  ready: () => undefined,
  status: () => undefined,
  watchdog: () => undefined,
  stopping: () => undefined,
};
