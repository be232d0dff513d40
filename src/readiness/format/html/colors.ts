/** Colours by what they are for; every text colour has a contrast of 4.5 or more on its ground (WCAG 2.2, 1.4.3). A test computes it. */
export interface Theme {
  readonly ground: string;
  readonly raised: string;
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly link: string;
  readonly code: string;
  readonly bad: Pair;
  readonly warn: Pair;
  readonly mild: Pair;
  readonly calm: Pair;
  readonly good: Pair;
}

/** A text on its own ground. */
export interface Pair {
  readonly text: string;
  readonly ground: string;
}

export const light: Theme = {
  ground: '#f7f7f5',
  raised: '#ffffff',
  text: '#1d2125',
  faint: '#565d66',
  line: '#d9dbdd',
  link: '#0b57b0',
  code: '#eeefec',
  bad: { text: '#8f1414', ground: '#fbe4e1' },
  warn: { text: '#7a4100', ground: '#fdeccf' },
  mild: { text: '#4b4a00', ground: '#f3f1c9' },
  calm: { text: '#3c4650', ground: '#e6e9ec' },
  good: { text: '#13572b', ground: '#dcf1e1' },
};

export const dark: Theme = {
  ground: '#14171a',
  raised: '#1d2125',
  text: '#e6e8ea',
  faint: '#a3abb4',
  line: '#3a4149',
  link: '#8ec1ff',
  code: '#2a3037',
  bad: { text: '#ffb4ab', ground: '#4a1512' },
  warn: { text: '#ffcf8a', ground: '#46290a' },
  mild: { text: '#e8e48a', ground: '#36340b' },
  calm: { text: '#c7d0d9', ground: '#2e363e' },
  good: { text: '#9fe0b3', ground: '#12361f' },
};

/** Names of the pairs. */
export const tones = ['bad', 'warn', 'mild', 'calm', 'good'] as const;
export type Tone = (typeof tones)[number];

/** A theme as custom properties of CSS. */
export function properties(theme: Theme): string {
  const plain = (['ground', 'raised', 'text', 'faint', 'line', 'link', 'code'] as const).map(
    (name) => `--${name}:${theme[name]}`,
  );
  const pairs = tones.flatMap((tone) => [
    `--${tone}:${theme[tone].text}`,
    `--${tone}-ground:${theme[tone].ground}`,
  ]);
  return [...plain, ...pairs].join(';');
}
