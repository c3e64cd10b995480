/** Fills `{data.customer.name}` and `{type}` in texts of a subscription from the event's message. Nothing is evaluated: a placeholder is a path and no more. */
import { AppError } from '../../../../layers/kernel/errors/app-error.ts';
import type { EventMessage } from './reaction.ts';

const placeholder = /\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\}/g;
const maxValueLength = 1000;

/** A field that is not there becomes nothing; half a sentence still tells of the event. */
export function fillTemplate(template: string, event: EventMessage): string {
  return template.replace(placeholder, (_, path: string) => textAt(event, path) ?? '');
}

/** @throws AppError `unprocessable` when nothing is left: there is nobody to send to */
export function requiredText(template: string, event: EventMessage, what: string): string {
  const text = fillTemplate(template, event).trim();
  if (text === '') throw new AppError('unprocessable', `The event gives no ${what}: "${template}" is empty.`);
  return text;
}

function textAt(event: EventMessage, path: string): string | undefined {
  let value: unknown = event;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  if (value === null || value === undefined) return undefined;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.slice(0, maxValueLength);
}
