/** Data together with its type: components by name instead of by place. */
import type { AlternateAccess } from '../mms/alternate-access.ts';
import type { MmsType } from '../mms/type-specification.ts';
import type { MmsValue } from '../mms/value.ts';

/** The component at the end of a path of names and indexes; undefined when it is not there. */
export function componentOf(
  value: MmsValue,
  type: MmsType,
  path: readonly (string | number)[],
): { value: MmsValue; type: MmsType } | undefined {
  let at: { value: MmsValue; type: MmsType } | undefined = { value, type };
  for (const step of path) {
    if (!at) return undefined;
    at = child(at.value, at.type, step);
  }
  return at;
}

function child(value: MmsValue, type: MmsType, step: string | number) {
  if (value.type === 'structure' && type.kind === 'structure') {
    const place = type.components.findIndex(({ name }) => name === step);
    const item = value.items[place];
    return item && { value: item, type: type.components[place]!.type };
  }
  if (value.type === 'array' && type.kind === 'array' && typeof step === 'number') {
    const item = value.items[step];
    return item && { value: item, type: type.element };
  }
  return undefined;
}

/** The type at the end of a path of names. */
export function typeAt(type: MmsType, path: readonly string[]): MmsType | undefined {
  let at: MmsType | undefined = type;
  for (const step of path) {
    const [, name, index] = /^(.*?)(?:\((\d+)\))?$/.exec(step)!;
    at = at?.kind === 'structure' ? at.components.find((component) => component.name === name)?.type : undefined;
    if (index !== undefined) at = at?.kind === 'array' ? at.element : undefined;
  }
  return at;
}

/** The type of the part of a variable that an alternate access means. */
export function typeOfPart(type: MmsType, part: AlternateAccess): MmsType | undefined {
  let at: MmsType | undefined = type;
  for (const step of part) {
    if (step.kind === 'index') at = at?.kind === 'array' ? at.element : undefined;
    else if (step.kind === 'component') {
      at = at?.kind === 'structure' ? at.components.find(({ name }) => name === step.name)?.type : undefined;
    } else if (step.kind === 'range') at = at?.kind === 'array' ? { ...at, count: step.count } : undefined;
  }
  return at;
}
