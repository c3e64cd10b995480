/** The address of a point: a reference with its constraint, and what a command to it means. */
import type * as z from 'zod/mini';
import { parseReference, type Reference } from '../../protocols/iec61850/acsi/reference.ts';
import type { IssueCollector } from '../configuration-error.ts';
import { addressSchema } from './settings.ts';

export interface IecPoint {
  /** What is read: a single value. */
  reference: Reference;
  /** How it is commanded: through the control of its data object, or by writing the attribute. */
  command: 'control' | 'write' | undefined;
  check: { synchro: boolean; interlock: boolean };
}

/** Attributes that are set by writing them (IEC 61850-7-2); the others of an object move through its control. */
const writtenConstraints = new Set(['SP', 'SV', 'CF', 'DC', 'BL']);
const controlledConstraints = new Set(['ST', 'MX', 'CO', 'OR']);

/** @returns undefined with the faults noted */
export function parseAddress(
  address: unknown,
  writable: boolean,
  place: string,
  issues: IssueCollector,
): IecPoint | undefined {
  const given = typeof address === 'string' ? { reference: address } : address;
  const parsed = issues.parse(addressSchema, given, place);
  if (!parsed) return undefined;
  let reference: Reference;
  try {
    reference = parseReference(parsed.reference, parsed.fc as Reference['fc'] | undefined);
  } catch (error) {
    issues.add(`${place}.reference`, (error as Error).message);
    return undefined;
  }
  return pointOf(reference, writable, parsed, place, issues);
}

function pointOf(
  given: Reference,
  writable: boolean,
  { synchroCheck, interlockCheck }: z.infer<typeof addressSchema>,
  place: string,
  issues: IssueCollector,
): IecPoint | undefined {
  if (given.path.length === 0) {
    issues.add(`${place}.reference`, 'A point is one value: name a data object and its attribute.');
    return undefined;
  }
  // A control has no value of its own to read: its object's status shows it.
  const isControl = given.fc === 'CO';
  const reference: Reference = isControl ? { ...given, fc: 'ST', path: [...given.path, 'stVal'] } : given;
  const check = { synchro: synchroCheck, interlock: interlockCheck };
  if (!writable) return { reference, command: undefined, check };
  if (writtenConstraints.has(given.fc)) return { reference, command: 'write', check };
  if (controlledConstraints.has(given.fc)) return { reference, command: 'control', check };
  issues.add(`${place}.fc`, `An attribute of ${given.fc} cannot be commanded.`);
  return undefined;
}
