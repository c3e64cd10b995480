/**
 * Where a point lives in the model of the server: the innermost part of its data object that has a quality beside the
 * value. That part is read whole, so that value, quality and time belong together.
 */
import type { Iec61850Client } from '../../protocols/iec61850/acsi/client.ts';
import { componentOf, typeAt } from '../../protocols/iec61850/acsi/named-value.ts';
import { formatReference, type Reference } from '../../protocols/iec61850/acsi/reference.ts';
import { AccessError, RejectedError, ServiceError } from '../../protocols/iec61850/errors.ts';
import type { MmsType } from '../../protocols/iec61850/mms/type-specification.ts';
import type { MmsValue } from '../../protocols/iec61850/mms/value.ts';
import type { Reading } from './sample.ts';

export interface Binding {
  /** What is read. */
  container: Reference;
  /** `LD/LN.DO[FC]`, by which members of reports are found. */
  key: string;
  type: MmsType;
  /** From the container to the value. */
  path: (string | number)[];
  valueType: MmsType;
}

/** Names and indexes of a path: `har(3)` is two steps. */
export const stepsOf = (path: readonly string[]): (string | number)[] =>
  path.flatMap((step) => {
    const [, name, index] = /^(.*?)(?:\((\d+)\))?$/.exec(step)!;
    return index === undefined ? [name!] : [name!, Number(index)];
  });

const has = (type: MmsType | undefined, name: string): boolean =>
  type?.kind === 'structure' && type.components.some((component) => component.name === name);

/** @returns undefined when the server has no such attribute */
export async function bind(
  reference: Reference,
  typeOf: (object: Reference) => Promise<MmsType | undefined>,
): Promise<Binding | undefined> {
  const object: Reference = { ...reference, path: [reference.path[0]!.replace(/\(\d+\)$/, '')] };
  const objectType = await typeOf(object);
  const typeWithin = (path: readonly string[]) =>
    objectType && typeAt({ kind: 'structure', components: [{ name: object.path[0]!, type: objectType }] }, path);
  const valueType = typeWithin(reference.path);
  if (!valueType) return undefined;
  for (let length = reference.path.length - 1; length >= 1; length--) {
    const path = reference.path.slice(0, length);
    const type = typeWithin(path);
    if (!type || !has(type, 'q')) continue;
    const container = { ...reference, path };
    return { container, key: formatReference(container), type, path: stepsOf(reference.path.slice(length)), valueType };
  }
  return { container: reference, key: formatReference(reference), type: valueType, path: [], valueType };
}

/** Types of data objects, each asked for once. */
export function typeCache(client: Iec61850Client): (object: Reference) => Promise<MmsType | undefined> {
  const types = new Map<string, Promise<MmsType | undefined>>();
  return (object) => {
    const key = formatReference(object);
    const known = types.get(key);
    if (known) return known;
    const asked = client.typeOf(object).catch((error) => {
      // It said no; without any answer nothing is known about the point.
      if (error instanceof ServiceError || error instanceof RejectedError || error instanceof AccessError)
        return undefined;
      throw error;
    });
    types.set(key, asked);
    return asked;
  };
}

/** The reading of a point out of what its container, or something around it, is made of. */
export function readingOf(
  value: MmsValue,
  type: MmsType,
  path: readonly (string | number)[],
  toContainer: readonly (string | number)[] = [],
): Reading | undefined {
  const container = componentOf(value, type, toContainer);
  const found = container && componentOf(container.value, container.type, path);
  if (!container || !found) return undefined;
  return {
    value: found.value,
    quality: path.length > 0 ? componentOf(container.value, container.type, ['q'])?.value : undefined,
    time: path.length > 0 ? componentOf(container.value, container.type, ['t'])?.value : undefined,
  };
}
