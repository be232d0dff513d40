/** Something that a person should hear of although they look at nothing. */
export interface Notice {
  readonly kind: 'needs-human' | 'recovered';
  readonly stack: string;
  /** One line. */
  readonly title: string;
  /** What happened and what to do next, plain text. */
  readonly text: string;
  /** ms since the epoch. */
  readonly at: number;
}

/** One way to reach a person. Throws with one line when the notice could not be handed over. */
export interface Notifier {
  /** For messages: `desktop`, `webhook`, `command`. */
  readonly way: string;
  readonly notify: (notice: Notice) => Promise<void>;
}
