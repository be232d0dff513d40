/** What stands in the place of a secret. */
const mark = '[redacted]';

/** Shorter values occur by chance in ordinary text: replacing them would destroy the text and protect nothing. */
const shortest = 4;

/** Lines of a value with several lines (a private key) are secrets of their own from this length on. */
const shortestLine = 16;

/** A piece of base64 shorter than this is too likely to be part of something else. */
const shortestBase64 = 8;

/**
 * Knows the values of Secrets that this process has read and takes them out of texts. It replaces the value
 * itself and the forms in which it usually travels: base64 (also inside a longer base64 text, and the URL-safe
 * alphabet), URL-encoded, escaped for JSON and quoted for SQL.
 */
export class Redactor {
  readonly #values = new Set<string>();
  readonly #needles = new Set<string>();

  /** Registers one value; ignores values of fewer than 4 characters. */
  register(value: string): void {
    if (this.#values.has(value)) return;
    this.#values.add(value);
    for (const part of [value, value.trim(), ...longLines(value)]) {
      if (part.length < shortest) continue;
      for (const form of formsOf(part)) this.#needles.add(form);
    }
  }

  /** The text without any registered value. Overlapping values are taken out as one piece, so that no rest stays. */
  redact(text: string): string {
    const spans = this.#spans(text);
    let result = '';
    let kept = 0;
    for (const [start, end] of spans) {
      result += text.slice(kept, start) + mark;
      kept = end;
    }
    return result + text.slice(kept);
  }

  #spans(text: string): readonly (readonly [number, number])[] {
    const found: [number, number][] = [];
    for (const needle of this.#needles) {
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
        found.push([at, at + needle.length]);
      }
    }
    found.sort((a, b) => a[0] - b[0]);
    const merged: [number, number][] = [];
    for (const [start, end] of found) {
      const last = merged.at(-1);
      if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
      else merged.push([start, end]);
    }
    return merged;
  }
}

/** The values that this process has read: one registry, because a secret of one cluster is also none of another's business. */
const ofThisProcess = new Redactor();

/** Registers a secret value for `redact`, for the life of the process. */
export function registerSecret(value: string): void {
  ofThisProcess.register(value);
}

/** The text without any secret value that this process has read. */
export function redact(text: string): string {
  return ofThisProcess.redact(text);
}

/**
 * `://user:password@` as RFC 3986, 3.2.1, has it: whatever else stands there would be percent-encoded. It begins at the colon and
 * has bounds: a line of a log may be megabytes long, and what could begin anywhere would be tried everywhere.
 */
const passwordInUrl = /(:\/\/[^\s:/@]{0,256}:)[^\s/@]{1,1024}@/g;

/**
 * The text without secrets, those that nobody has read among them where a URL shows them: what a program says of its connections may
 * hold the password of a server that this process never asks.
 */
export function redactUrls(text: string): string {
  return redact(text).replaceAll(passwordInUrl, `$1${mark}@`);
}

function longLines(value: string): readonly string[] {
  if (!value.includes('\n')) return [];
  const lines = value.split('\n').map((line) => line.trim());
  // The frame of a PEM block is the same in every key and no secret.
  return lines.filter((line) => line.length >= shortestLine && !line.startsWith('-----'));
}

/** The value itself and the forms in which it usually travels: URL-encoded, escaped for JSON, quoted for SQL, base64. */
export function formsOf(value: string): readonly string[] {
  const url = encodeURIComponent(value.toWellFormed());
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    value.replaceAll("'", "''"),
    url,
    new URLSearchParams([['', value]]).toString().slice(1),
    url.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    ...base64Forms(value),
  ];
}

/**
 * Base64 of the value as it appears when 0, 1 or 2 bytes stand before it, cut to the characters that do not
 * depend on the neighbours.
 */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const whole = bytes.toString('base64');
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const firstOwn = Math.ceil((before * 8) / 6);
    const ownUntil = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(firstOwn, ownUntil);
  });
  const all = [whole, ...inside.filter((piece) => piece.length >= shortestBase64)];
  return all.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
