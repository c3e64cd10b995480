/** What is sent for a command: the value alone, or a document in which `{value}`, `{id}` and `{expires}` are filled in. */
import type { Command, PointValue } from '../../runtime/driver.ts';

/** Why a control cannot be said: nothing was sent. */
export class UnsayableError extends Error {
  override readonly name = 'UnsayableError';
}

const statesOfCodes: Readonly<Record<string, boolean>> = { latch_on: true, close: true, latch_off: false, trip: false };

/**
 * @param words of the device for values and codes: `{ "true": "ON", "trip": "OPEN" }`
 * @throws UnsayableError
 */
export function commandValue({ action }: Command, words: Readonly<Record<string, unknown>> | undefined): unknown {
  const key = action.kind === 'write' ? String(action.value) : action.code;
  if (words && Object.hasOwn(words, key)) return words[key];
  if (action.kind === 'operate') {
    const state = statesOfCodes[action.code];
    if (state === undefined) throw new UnsayableError(`The device has no word for "${action.code}".`);
    return words && Object.hasOwn(words, String(state)) ? words[String(state)] : state;
  }
  return jsonValue(action.value);
}

function jsonValue(value: PointValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** @returns the text to send */
export function commandPayload(command: Command, value: unknown, template: unknown): string {
  if (template === undefined) return typeof value === 'string' ? value : JSON.stringify(value);
  const filled = fill(template, {
    '{value}': value,
    '{id}': command.id,
    '{expires}': new Date(command.expiresAtMs).toISOString(),
  });
  return typeof filled === 'string' ? filled : JSON.stringify(filled);
}

function fill(template: unknown, fields: Readonly<Record<string, unknown>>): unknown {
  if (typeof template === 'string') {
    // Alone it keeps its type; within a text it becomes text.
    if (Object.hasOwn(fields, template)) return fields[template];
    return template.replace(/\{(value|id|expires)\}/g, (name) => String(fields[name]));
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, fields));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, fill(item, fields)]));
}
