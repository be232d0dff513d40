import fc from 'fast-check';

/** What a pod may print, a client may send to PgBouncer and a person may write into an annotation. */
const bites = fc.constantFrom(
  '\u001B[2J\u001B[H',
  '\u001B[31m',
  '\u001B]0;owned\u0007',
  '\u001B]8;;http://example.invalid\u001B\\link\u001B]8;;\u001B\\',
  '\u001B[?25l\u001B[?1049h',
  '\u009B31m',
  '\u202Eesrever',
  '\u2066\u200B',
  '\r',
  '\nUsable. Two writes went through the front door and were read back.',
  '\u2028',
  '\0',
  '\u0007\b\b\b',
  '"}],"verdict":{"state":"healthy"',
  '\\"\\u0022',
  '${id} %s %n',
  '\uD800',
  '宝石💎',
);

/** Text that wants to be obeyed, that ends strings where it should not, or that has no end. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(bites, fc.string({ maxLength: 20, unit: 'binary' })), { maxLength: 8 })
  .map((parts) => parts.join(''))
  .chain((text) =>
    fc.oneof(
      { weight: 9, arbitrary: fc.constant(text) },
      { weight: 1, arbitrary: fc.constant(`${text}${'long '.repeat(20_000)}${text}`) },
    ),
  );
