/**
 * Substitution templates: `${expression}` inside the parameters of an action, evaluated against the
 * message that triggered the rule (never against the SELECT's aliases).
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-substitution-templates.html
 */
import { type Compiled, compileExpression, payloadScope } from './compiler.ts';
import type { RuleMessage } from './message.ts';
import { parseLoneExpression } from './parser.ts';
import { toText } from './values.ts';

/** A parameter ready to be filled in for each message. Undefined values become empty text. */
export type Template = (message: RuleMessage) => string;

export function compileTemplate(text: string): Template {
  const parts: (string | Compiled)[] = [];
  let position = 0;
  for (;;) {
    const start = text.indexOf('${', position);
    if (start < 0) break;
    const end = closingBrace(text, start + 2);
    parts.push(text.slice(position, start), compileExpression(parseLoneExpression(text.slice(start + 2, end))));
    position = end + 1;
  }
  parts.push(text.slice(position));
  if (parts.length === 1) return () => text;
  return (message) =>
    parts
      .map((part) => (typeof part === 'string' ? part : (toText(part(message, payloadScope(message))) ?? '')))
      .join('');
}

/** The brace that closes the template: object literals and strings inside may hold braces too. */
function closingBrace(text: string, start: number): number {
  let depth = 1;
  let quote: string | undefined;
  for (let position = start; position < text.length; position++) {
    const character = text[position]!;
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '{') depth += 1;
    else if (character === '}' && --depth === 0) return position;
  }
  throw new Error(`The substitution template "${text}" has no closing brace`);
}
