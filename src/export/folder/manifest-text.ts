import { Document, isScalar, visit } from 'yaml';

/** Characters that parsers refuse, drop or take for line breaks, also within quotes: control characters and their like. */
const odd = /(?![\t\n])[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/gu;

/** Texts that some parser takes for something else: two marks of YAML 1.1, and numbers with the underscores of Go. */
const ambiguous = /^(=|<<|[-+.]?\d\w*_\w*)$/;

/**
 * Characters that kustomize cannot carry although a file can hold them: it writes them raw and then refuses to read them, or reads a
 * blank (seen with 5.7 in kubectl 1.34).
 */
const uncarried = /[\u007f-\u009f]/;

/** Whether kustomize can carry the value as it is. */
export function isCarried(value: unknown): boolean {
  return !uncarried.test(JSON.stringify(value));
}

const mustBeQuoted = (text: string) => ambiguous.test(text) || text.search(odd) >= 0;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * A value as YAML that programs written for version 1.1 (kubectl, kustomize) and 1.2 read alike: `no`, `0o14` and `12:30`
 * stay texts. `comment` goes above it, line by line.
 */
export function manifestText(value: unknown, comment?: string): string {
  const document = new Document(value, { compat: 'yaml-1.1' });
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'string' && mustBeQuoted(node.value))
        node.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 0 }).replaceAll(odd, escaped);
  return `${commentText(comment)}${text}`;
}

/** Lines of a comment; nothing for none. */
export function commentText(comment: string | undefined): string {
  if (comment === undefined || comment === '') return '';
  return comment
    .split('\n')
    .map((line) => (line === '' ? '#\n' : `# ${line}\n`))
    .join('');
}
