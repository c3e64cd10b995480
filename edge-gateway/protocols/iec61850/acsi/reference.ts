/**
 * References of IEC 61850-7-2 and their names in MMS (8-1, 7.3): `LD/LN.DO.DA[FC]` is item `LN$FC$DO$DA` of domain
 * `LD`; an index in parentheses, `har(3)`, becomes an alternate access.
 */
import { Iec61850Error } from '../errors.ts';
import type { AlternateAccess } from '../mms/alternate-access.ts';
import { inDomain, type ObjectName } from '../mms/object-name.ts';
import type { Variable } from '../mms/variable-access.ts';
import { type FunctionalConstraint, isFunctionalConstraint } from './functional-constraint.ts';

export interface Reference {
  device: string;
  node: string;
  /** Data object, sub-objects and attributes; empty for the whole constraint of a node. */
  path: string[];
  fc: FunctionalConstraint;
}

const shape = /^([^/.$()[\]\s]{1,64})\/([^/.$()[\]\s]+)((?:\.[^/.$()[\]\s]+(?:\(\d+\))?)*)(?:\[([A-Z]{2})\])?$/;

/** @throws Iec61850Error when it is no reference, or has no constraint in itself and none is given */
export function parseReference(text: string, fc?: FunctionalConstraint): Reference {
  const parts = shape.exec(text);
  if (!parts) throw new Iec61850Error(`${text} is not a reference such as LD0/MMXU1.TotW.mag.f[MX].`);
  const [, device, node, path, ownFc] = parts;
  const constraint = ownFc ?? fc;
  if (constraint === undefined || !isFunctionalConstraint(constraint)) {
    throw new Iec61850Error(`${text} has no functional constraint${constraint ? ` (${constraint} is none)` : ''}.`);
  }
  if (fc && ownFc && fc !== ownFc) throw new Iec61850Error(`${text} names another constraint than ${fc}.`);
  return { device: device!, node: node!, path: path ? path.slice(1).split('.') : [], fc: constraint };
}

export const formatReference = ({ device, node, path, fc }: Reference): string =>
  `${device}/${[node, ...path].join('.')}[${fc}]`;

/** The variable to read or write. */
export function variableOf({ device, node, fc, path }: Reference): Variable {
  const firstIndexed = path.findIndex((step) => step.endsWith(')'));
  if (firstIndexed < 0) return { name: inDomain(device, [node, fc, ...path].join('$')) };
  const plain = path.slice(0, firstIndexed);
  const part: AlternateAccess = [];
  let array = '';
  for (const [at, step] of path.slice(firstIndexed).entries()) {
    const [, name, index] = /^(.*?)(?:\((\d+)\))?$/.exec(step)!;
    if (at === 0) array = name!;
    else part.push({ kind: 'component', name: name! });
    if (index !== undefined) part.push({ kind: 'index', index: Number(index) });
  }
  return { name: inDomain(device, [node, fc, ...plain, array].join('$')), part };
}

/** The reference of a variable, e.g. a member of a data set. @throws Iec61850Error when the name is none of IEC 61850 */
export function referenceOf({ name, part }: Variable): Reference {
  if (name.scope !== 'domain') throw new Iec61850Error(`${name.item} is no name of IEC 61850.`);
  const [node, fc, ...path] = name.item.split('$');
  if (!node || !fc || !isFunctionalConstraint(fc)) {
    throw new Iec61850Error(`${name.domain}/${name.item} is no name of IEC 61850.`);
  }
  for (const step of part ?? []) {
    if (step.kind === 'component') path.push(step.name);
    else if (step.kind === 'index') path.push(`${path.pop() ?? ''}(${step.index})`);
    else throw new Iec61850Error(`${name.domain}/${name.item} by a range is no reference.`);
  }
  return { device: name.domain, node, fc, path };
}

/** `LD/LN.name` of a data set or control block, `LD/LN$name` as reports write it, or `@name` of this association. */
export function parseListName(text: string): ObjectName {
  if (text.startsWith('@')) return { scope: 'association', item: text.slice(1) };
  const slash = text.indexOf('/');
  if (slash < 1 || slash === text.length - 1) {
    throw new Iec61850Error(`${text} is not the name of a data set such as LD0/LLN0.Events.`);
  }
  return inDomain(text.slice(0, slash), text.slice(slash + 1).replaceAll('.', '$'));
}
