import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../src/record/redact.ts';

/** Secrets as generators make them, and any others; the mark itself is no secret. */
const secret = fc
  .oneof(
    fc.string({ minLength: 4, maxLength: 40, unit: 'binary' }),
    fc.string({ minLength: 4, maxLength: 40 }),
  )
  .filter((value) => value.trim().length >= 4 && !'[redacted]'.includes(value.trim()));
const context = fc.string({ maxLength: 30 });

function redactorOf(...values: readonly string[]): Redactor {
  const redactor = new Redactor();
  for (const value of values) redactor.register(value);
  return redactor;
}

const forms: readonly (readonly [string, (value: string) => string])[] = [
  ['the value itself', (value) => value],
  ['base64', (value) => Buffer.from(value).toString('base64')],
  ['base64 for URLs', (value) => Buffer.from(value).toString('base64url').padEnd(8, '=')],
  ['URL-encoded', (value) => encodeURIComponent(value.toWellFormed())],
  ['a form field', (value) => new URLSearchParams({ v: value }).toString().slice('v='.length)],
  ['a JSON string', (value) => JSON.stringify(value)],
  ['an SQL literal', (value) => `'${value.replaceAll("'", "''")}'`],
];

describe('redact', () => {
  it.each(forms.filter(([name]) => name !== 'base64 for URLs'))(
    'takes out %s, wherever it stands',
    (_name, form) => {
      fc.assert(
        fc.property(secret, context, context, (value, before, after) => {
          const redacted = redactorOf(value).redact(`${before}${form(value)}${after}`);
          expect(redacted).toContain('[redacted]');
          expect(`${before}${after}`.includes(value) || !redacted.includes(value)).toBe(true);
        }),
      );
    },
  );

  it.each(forms)('takes out %s of an ordinary password', (_name, form) => {
    const value = "pa ss/w+rd'1?ü~long";
    const redacted = redactorOf(value).redact(`<${form(value)}>`);
    expect(redacted).toMatch(/^<.{0,2}\[redacted\].{0,2}>$/u);
  });

  it('takes out a value inside a longer base64 text, whatever stands before it', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 9 }),
        fc.base64String({ minLength: 12, maxLength: 40 }),
        (user, value) => {
          const header = Buffer.from(`${user}:${value}`).toString('base64');
          const rest = redactorOf(value).redact(header).split('[redacted]');
          expect(rest.length).toBeGreaterThan(1);
          // At most the characters that share bits with the neighbours stay.
          expect((rest.at(-1) ?? '').length).toBeLessThanOrEqual(4);
        },
      ),
    );
  });

  it('leaves no rest of values that overlap', () => {
    expect(redactorOf('abcdef', 'defghi').redact('xabcdefghix')).toBe('x[redacted]x');
    expect(redactorOf('secret', 'secret-long').redact('a secret-long b')).toBe('a [redacted] b');
  });

  it('changes nothing that holds no secret', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(redactorOf('\u{10ffff}\u{10fffe}\u{10fffd}').redact(text)).toBe(text);
        expect(redactorOf().redact(text)).toBe(text);
      }),
    );
  });

  it('ignores values that are too short to be secrets', () => {
    expect(redactorOf('', ' ', 'abc', ' a \n').redact('abc a b c')).toBe('abc a b c');
  });

  it('takes out single lines of a private key', () => {
    const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
    const key = `-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n`;
    const redactor = redactorOf(key);
    expect(redactor.redact(`bad line ${line}!`)).toBe('bad line [redacted]!');
    expect(redactor.redact('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });
});
