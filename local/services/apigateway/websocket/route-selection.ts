/**
 * Evaluates a WebSocket API's route selection expression against a message.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html#apigateway-websocket-api-route-selection-expressions
 */
import { ConfigurationError } from '../../../runtime/types.ts';

/** Route key for a message, or undefined when the expression cannot be evaluated (the `$default` route takes it). */
export type RouteSelection = (message: string) => string | undefined;

type Part = string | string[];

const VARIABLE = /\$\{request\.body\.([^}]+)\}/g;

export function compileRouteSelection(expression: string): RouteSelection {
  const parts = parse(expression);
  if (parts.every((part) => typeof part === 'string')) return () => parts.join('');
  return (message) => {
    let body: unknown;
    try {
      body = JSON.parse(message);
    } catch {
      return undefined; // "Non-JSON messages are directed to a $default route."
    }
    if (typeof body !== 'object' || body === null) return undefined;
    return parts.map((part) => (typeof part === 'string' ? part : text(body, part))).join('');
  };
}

/** `$request.body.a`, `${request.body.a}-${request.body.b}`, `\$default` or a static value. */
function parse(expression: string): Part[] {
  const single = /^\$request\.body\.(.+)$/.exec(expression);
  if (single) return [path(single[1]!, expression)];
  const parts: Part[] = [];
  let at = 0;
  for (const match of expression.matchAll(VARIABLE)) {
    if (match.index > at) parts.push(expression.slice(at, match.index));
    parts.push(path(match[1]!, expression));
    at = match.index + match[0].length;
  }
  if (at < expression.length) parts.push(expression.slice(at));
  const rest = parts.filter((part) => typeof part === 'string').join('');
  if (/(^|[^\\])\$/.test(rest))
    throw new ConfigurationError(
      `Route selection expression "${expression}" is not understood; write it like "$request.body.action".`,
    );
  return parts.map((part) => (typeof part === 'string' ? part.replaceAll('\\$', '$') : part));
}

function path(text: string, expression: string): string[] {
  if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(text))
    throw new ConfigurationError(
      `Route selection expression "${expression}" uses JSONPath beyond plain property names, which does not run locally.`,
    );
  return text.split('.');
}

/** "If the JSONPath is not found, the variable is resolved as ''." */
function text(body: unknown, names: string[]): string {
  let value: any = body;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return '';
    value = value[name];
  }
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
