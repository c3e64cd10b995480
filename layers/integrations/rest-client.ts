/**
 * One way to call an HTTP API: an adapter says what is special about its provider (address, authorisation, where errors
 * are written) and what it asks for; encoding of bodies, reading of answers and meanings of failures are shared.
 */
import { beforeActing } from './before-acting.ts';
import type { HttpAnswer, HttpRequest, ProviderContext } from './provider.ts';
import { type AnswerRules, type Effect, readAccepted, readJson } from './read-answer.ts';

export interface RestProfile {
  baseUrl: string;
  /** Headers of every call, such as authorisation; may ask for a token first. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  errorPaths?: AnswerRules['errorPaths'];
  codes?: AnswerRules['codes'];
}

export interface RestCall {
  method: HttpRequest['method'];
  /** After the base; its variable parts are encoded by the caller. */
  path: string;
  /** What the call does, for the meaning of a failure. */
  effect: Effect;
  query?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string | undefined>;
  /** A body that is encoded already; its content type is in `headers`. */
  body?: string | Uint8Array;
  timeoutMs?: number;
}

export interface RestClient {
  /** @throws ProviderError */
  json(call: RestCall): Promise<unknown>;
  /** @throws ProviderError */
  text(call: RestCall): Promise<{ body: string; headers: Record<string, string> }>;
}

export function restClient(context: ProviderContext, profile: RestProfile): RestClient {
  const send = async (call: RestCall) => {
    const headers = await profile.headers?.();
    const request: HttpRequest = {
      method: call.method,
      url: joinUrl(profile.baseUrl, call.path, call.query),
      headers: { accept: 'application/json', ...headers, ...encodingOf(call), ...call.headers },
      ...bodyOf(call),
      ...(call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs }),
    };
    const answer = await sendFor(context, request, call.effect);
    const rules: AnswerRules = {
      effect: call.effect,
      nowMs: context.now(),
      ...(profile.errorPaths ? { errorPaths: profile.errorPaths } : {}),
      ...(profile.codes ? { codes: profile.codes } : {}),
    };
    return { answer, rules };
  };
  return {
    async json(call) {
      const { answer, rules } = await send(call);
      return readJson(answer, rules);
    },
    async text(call) {
      const { answer, rules } = await send(call);
      return { body: readAccepted(answer, rules), headers: answer.headers };
    },
  };
}

/** What only reads cannot have acted, however it ends: it may be tried again. */
async function sendFor(context: ProviderContext, request: HttpRequest, effect: Effect): Promise<HttpAnswer> {
  return effect === 'read' ? beforeActing(() => context.http(request)) : context.http(request);
}

export function joinUrl(base: string, path: string, query: Record<string, string | undefined> = {}): string {
  const search = formBody(query);
  const url = `${base.replace(/\/+$/, '')}${path === '' || /^[/.]/.test(path) ? '' : '/'}${path}`;
  return search === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${search}`;
}

/** `application/x-www-form-urlencoded`; what is undefined is left out. */
function formBody(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given).toString();
}

export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function bodyOf({ json, form, body }: RestCall): Pick<HttpRequest, 'body'> {
  if (json !== undefined) return { body: JSON.stringify(json) };
  if (form !== undefined) return { body: formBody(form) };
  return body === undefined ? {} : { body };
}

function encodingOf({ json, form }: RestCall): Record<string, string> {
  if (json !== undefined) return { 'content-type': 'application/json' };
  return form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
}
