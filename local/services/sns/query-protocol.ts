/** The AWS Query protocol, which SNS speaks: parameters in a form, answers in XML. @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
import { AwsError } from '../../runtime/types.ts';

export interface FormNode {
  [name: string]: string | FormNode;
}

/** `A.member.1.B=x` becomes `{ A: { member: { 1: { B: 'x' } } } }`. */
export function readForm(body: string): FormNode {
  const root: FormNode = Object.create(null);
  for (const [path, value] of new URLSearchParams(body)) {
    const steps = path.split('.');
    let node = root;
    for (const step of steps.slice(0, -1)) {
      const next = node[step] ?? Object.create(null);
      if (typeof next === 'string') throw new AwsError('MalformedInput', `The parameter ${path} contradicts another.`);
      node[step] = next;
      node = next;
    }
    node[steps.at(-1)!] = value;
  }
  return root;
}

/** The elements below `member` or `entry`, in order of their numbers. */
export function listOf(node: string | FormNode | undefined, wrapper: 'member' | 'entry'): FormNode[] {
  const elements = typeof node === 'object' ? node[wrapper] : undefined;
  if (typeof elements !== 'object') return [];
  return Object.entries(elements)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, element]) => element as FormNode);
}

export type XmlValue = string | number | XmlValue[] | { [name: string]: XmlValue };

/** The answer of an operation; lists become `<member>` elements. */
export function renderResult(operation: string, result: { [name: string]: XmlValue }, requestId: string): string {
  return `<${operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${operation}Result>${render(result)}</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
}

function render(value: XmlValue): string {
  if (Array.isArray(value)) return value.map((element) => `<member>${render(element)}</member>`).join('');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, child]) => `<${name}>${render(child)}</${name}>`)
      .join('');
  return String(value).replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
