import { Document, isScalar, visit } from 'yaml';

/** Line breaks that only some parsers know, marks of byte order, and control characters: kubectl's parser breaks or drops them. */
const unsafe = /(?![\t\n])[\p{Cc}\u2028\u2029\ufeff]/gu;

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * YAML that kubectl reads as it is meant: words that YAML 1.1 takes for something else (`on`, `no`, 0123) and texts with characters
 * that it does not carry raw are in double quotes. No folded lines, no anchors.
 */
export function yaml(value: unknown): string {
  const document = new Document(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === 'string' && node.value.search(unsafe) >= 0)
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 }).replaceAll(unsafe, escaped);
}
