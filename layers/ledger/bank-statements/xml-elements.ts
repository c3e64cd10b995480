/**
 * As much XML as bank statements need: elements, attributes, text and entities. Document types are refused, so that no
 * file can make the reader expand entities or fetch anything.
 */

export interface XmlElement {
  /** Without its namespace prefix. */
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

/** Deeper nesting than any statement has. */
const maxDepth = 60;

const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

/** @throws SyntaxError for what is not well-formed */
export function readXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const text = source.replace(/^\ufeff/, '');
  token.lastIndex = 0;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    const match = token.exec(text);
    if (match === null) throw new SyntaxError(`Not well-formed at character ${at + 1}.`);
    const [, characters, isEnd, fullName, attributes = '', isEmpty, content] = match;
    const current = open.at(-1)!;
    if (content !== undefined) current.text += expandEntities(content);
    else if (characters !== undefined) current.text += characters;
    else if (fullName !== undefined) {
      const name = localName(fullName);
      if (isEnd) {
        if (open.length === 1 || current.name !== name)
          throw new SyntaxError(`Element "${name}" ends where it did not begin.`);
        open.pop();
        continue;
      }
      const element: XmlElement = { name, attributes: readAttributes(attributes), children: [], text: '' };
      current.children.push(element);
      if (!isEmpty) open.push(element);
      if (open.length > maxDepth) throw new SyntaxError('Elements are nested too deeply.');
    }
  }
  const [first, second] = root.children;
  if (open.length > 1) throw new SyntaxError(`Element "${open.at(-1)!.name}" does not end.`);
  if (first === undefined || second !== undefined || root.text.trim() !== '')
    throw new SyntaxError('Not one XML document.');
  return first;
}

/** The elements at a path below, e.g. `NtryRef` or `Amt.Value`. */
export function elementsAt(element: XmlElement, path: string): XmlElement[] {
  return path
    .split('.')
    .reduce(
      (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [element],
    );
}

export const textAt = (element: XmlElement, path: string): string | undefined =>
  elementsAt(element, path)[0]?.text.trim() || undefined;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function readAttributes(text: string): Record<string, string> {
  const found = text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  return Object.fromEntries([...found].map(([, name, a, b]) => [localName(name!), expandEntities(a ?? b ?? '')]));
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function expandEntities(text: string): string {
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (name !== undefined) return entities[name] ?? whole;
    if (code > 0x10_ff_ff) throw new SyntaxError(`There is no character ${whole}.`);
    return String.fromCodePoint(code);
  });
}
