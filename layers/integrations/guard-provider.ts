/**
 * What is done around every adapter, so that no adapter can forget it: settings get their documented defaults, missing
 * ones are named before anything is sent, and no secret is left in the text of an error, even where the provider echoes it.
 */
import { secretForms } from './engine/redact.ts';
import { type ProviderContext, type ProviderDefinition, ProviderError, type ProviderKind } from './provider.ts';

export function guardProvider<K extends ProviderKind>(definition: ProviderDefinition<K>): ProviderDefinition<K> {
  const secretKeys = definition.settings.filter(({ isSecret }) => isSecret).map(({ key }) => key);
  const hide = (error: unknown, context: ProviderContext): unknown =>
    withoutSecrets(
      error,
      secretKeys.map((key) => context.settings[key] ?? ''),
    );
  const inbound = definition.inbound?.bind(definition);
  return {
    ...definition,
    check: (context) => hiding(context, hide, async () => definition.check(complete(definition, context))),
    operations: (context) => {
      let operations: Record<string, (...args: unknown[]) => Promise<unknown>>;
      try {
        operations = definition.operations(complete(definition, context)) as never;
      } catch (error) {
        throw hide(error, context);
      }
      const guarded = Object.entries(operations)
        .filter(([, operation]) => operation !== undefined)
        .map(([name, operation]) => [
          name,
          (...args: unknown[]) => hiding(context, hide, async () => operation.apply(operations, args)),
        ]);
      return Object.fromEntries(guarded) as never;
    },
    ...(inbound
      ? {
          inbound: (context, request) =>
            hiding(context, hide, async () => inbound(complete(definition, context), request)),
        }
      : {}),
  };
}

/** @throws ProviderError `configuration` that names every required setting that has no value */
function complete(definition: ProviderDefinition, context: ProviderContext): ProviderContext {
  const defaults = definition.settings.flatMap(({ key, default: value }) =>
    value === undefined ? [] : [[key, value]],
  );
  const given = Object.entries(context.settings).filter(([, value]) => value !== '');
  const settings: Record<string, string> = Object.fromEntries([...defaults, ...given]);
  const missing = definition.settings
    .filter(({ key, isRequired }) => isRequired && !settings[key])
    .map(({ key }) => key);
  if (missing.length > 0)
    throw new ProviderError('configuration', `${definition.provider} lacks the settings ${missing.join(', ')}.`);
  const { connect } = context;
  return {
    settings,
    environment: context.environment,
    http: (request) => context.http(request),
    ...(connect ? { connect: (target) => connect.call(context, target) } : {}),
    now: () => context.now(),
  };
}

async function hiding<T>(
  context: ProviderContext,
  hide: (error: unknown, context: ProviderContext) => unknown,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hide(error, context);
  }
}

const mask = '••••';

/** The same error with secrets masked in every form; its cause is dropped if it held one. */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof Error)) return error;
  const forms = secretForms(secrets);
  const clean = (text: string): string => {
    const masked = forms.reduce((result, form) => result.replaceAll(form, mask), text);
    // Basic credentials are one Base64 text of user and password.
    return masked.replace(/\bBasic [A-Za-z0-9+/=]{8,}/g, `Basic ${mask}`);
  };
  const hasSecret = (text: string): boolean => clean(text) !== text;
  const message = clean(error.message);
  const cause =
    error.cause instanceof Error && hasSecret(`${error.cause.message} ${error.cause.stack}`) ? undefined : error.cause;
  const code = error instanceof ProviderError ? error.providerCode : undefined;
  if (message === error.message && cause === error.cause && (code === undefined || !hasSecret(code))) return error;
  if (!(error instanceof ProviderError)) return new Error(message, { cause });
  return new ProviderError(error.code, message, {
    ...(error.providerCode === undefined ? {} : { providerCode: clean(error.providerCode) }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    cause,
  });
}
