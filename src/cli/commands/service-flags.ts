/** Whose units are meant. */
export const scope = [
  ['--user', 'the unit of this user, in their own service manager (default unless run by root)'],
  ['--system', "the machine's unit; needs root (default for root)"],
] as const;
