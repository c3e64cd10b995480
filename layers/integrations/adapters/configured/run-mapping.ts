/** Sends one operation of a mapping and reads its answer: the engine behind every provider that is configuration. */
import { accessToken } from '../../access-tokens.ts';
import { type ProviderContext, ProviderError } from '../../provider.ts';
import { type Effect, reportedError } from '../../read-answer.ts';
import { at, optionalTextAt } from '../../read-path.ts';
import { basicAuth, type RestCall, restClient } from '../../rest-client.ts';
import type { OperationMapping } from './mapping.ts';
import { escapes, fillJson, fillText, type Values } from './template.ts';

export interface MappedAnswer {
  /** Our fields, as far as the answer has them. */
  fields: Record<string, string>;
  body: unknown;
}

/** @throws ProviderError */
export async function runMapping(
  context: ProviderContext,
  mapping: OperationMapping,
  parameters: Values,
  effect: Effect,
): Promise<MappedAnswer> {
  const values = { ...settingValues(context), ...parameters };
  const errorPaths = {
    code: [...(mapping.error.code ? [mapping.error.code] : []), 'code', 'error.code'],
    message: [...(mapping.error.message ? [mapping.error.message] : []), 'message', 'error.message'],
  };
  const client = restClient(context, {
    baseUrl: context.settings['api_url']!,
    headers: () => authorization(context),
    errorPaths,
    codes: mapping.errors,
  });
  const call = callOf(mapping, values, effect);
  const body = mapping.answer === 'text' ? { text: (await client.text(call)).body.trim() } : await client.json(call);
  requireSuccess(mapping, body);
  const fields = Object.entries(mapping.result).flatMap(([field, path]) => {
    const value = optionalTextAt(body, path);
    if (value === undefined) return [];
    const known = mapping.values[field];
    if (known === undefined) return [[field, value]];
    if (!Object.hasOwn(known, value))
      throw new ProviderError('unreadable_answer', `The mapping knows no ${field} "${value.slice(0, 60)}".`);
    return [[field, known[value]!]];
  });
  return { fields: Object.fromEntries(fields), body };
}

/** Settings may stand in a mapping, such as the number of a merchant or a password that goes into the body. */
function settingValues({ settings }: ProviderContext): Values {
  const entries = Object.entries(settings).filter(
    ([key]) => !['operations', 'inbound', 'webhook_secret'].includes(key),
  );
  return Object.fromEntries(entries.map(([key, value]) => [`settings.${key}`, value]));
}

function callOf(mapping: OperationMapping, values: Values, effect: Effect): RestCall {
  const filled = (texts: Record<string, string> | undefined, encode: (text: string) => string) =>
    Object.fromEntries(Object.entries(texts ?? {}).map(([key, text]) => [key, fillText(text, values, encode)]));
  return {
    method: mapping.method,
    path: fillText(mapping.path, values, escapes.url),
    effect,
    query: filled(mapping.query, escapes.none),
    ...bodyOf(mapping, values, filled(mapping.headers, escapes.header)),
  };
}

function bodyOf(
  { encoding, body, method }: OperationMapping,
  values: Values,
  headers: Record<string, string>,
): Pick<RestCall, 'json' | 'form' | 'body' | 'headers'> {
  if (method === 'GET' || body === undefined || encoding === 'none') return { headers };
  if (encoding === 'json') return { headers, json: fillJson(body, values) };
  if (encoding === 'xml')
    return {
      headers: { 'content-type': 'text/xml; charset=utf-8', ...headers },
      body: fillText(String(body), values, escapes.xml),
    };
  const fields = Object.entries(fillJson(body, values) as Record<string, unknown>);
  return { headers, form: Object.fromEntries(fields.map(([name, value]) => [name, String(value)])) };
}

function requireSuccess({ success, error, errors, answer }: OperationMapping, body: unknown): void {
  if (success === undefined) return;
  const found = at(body, success.path);
  if (found === undefined) throw new ProviderError('unreadable_answer', `The answer has no "${success.path}".`);
  const isOneOf = success.in?.some((value) => String(value) === String(found)) ?? false;
  const starts = success.startsWith !== undefined && String(found).startsWith(success.startsWith);
  if (isOneOf || starts) return;
  if (answer === 'text') throw refusalInText(String(found), error.startsWith, errors);
  throw reportedError(
    optionalTextAt(body, error.code ?? success.path),
    error.message === undefined ? undefined : optionalTextAt(body, error.message),
    { codes: errors },
  );
}

/** A text that is neither success nor a refusal may be anything, such as the page of a proxy. */
function refusalInText(text: string, start: string | undefined, errors: OperationMapping['errors']): ProviderError {
  const known = Object.keys(errors).find((code) => text.startsWith(code));
  if (known !== undefined) return reportedError(known, undefined, { codes: errors });
  if (start !== undefined && text.startsWith(start)) return reportedError(undefined, text, {});
  return new ProviderError('unreadable_answer', 'The answer is neither a success nor a refusal.');
}

async function authorization(context: ProviderContext): Promise<Record<string, string>> {
  const { settings } = context;
  const needed = (key: string): string => {
    const value = settings[key];
    if (!value) throw new ProviderError('configuration', `${key} is not set, and ${settings['auth_scheme']} needs it.`);
    return value;
  };
  switch (settings['auth_scheme']) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${needed('api_key')}` };
    case 'basic':
      return { authorization: basicAuth(needed('username'), needed('password')) };
    case 'api_key':
      return { [settings['api_key_header']!.toLowerCase()]: needed('api_key') };
    case 'oauth2': {
      const form = {
        grant_type: 'client_credentials',
        client_id: needed('client_id'),
        client_secret: needed('client_secret'),
      };
      return { authorization: `Bearer ${await accessToken(context, { url: needed('token_url'), form })}` };
    }
    default:
      throw new ProviderError('configuration', 'auth_scheme is none of none, bearer, basic, api_key and oauth2.');
  }
}
