/** From the words of the command line to the order the platform gets. Nothing is sent before all of it makes sense. */
import { parseArgs } from 'node:util';
import { type StageName, stageNames } from '../../infra/config/stage-config.ts';
import type { Locale } from '../../layers/kernel/i18n/locale.ts';
import { UsageError } from './exit-codes.ts';
import type { Target } from './invoke-function.ts';
import { type Messages, messages } from './texts.ts';

interface Owner {
  name: string;
  email: string;
  roles: string[];
  password?: string;
}

export interface Order {
  action: string;
  owner?: Owner;
  [field: string]: unknown;
}

export type Parsed =
  | { isHelp: true }
  | { isHelp: false; target: Target; json: boolean; order: Order; needsPassword: boolean };

const options = {
  stage: { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  json: { type: 'boolean' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  id: { type: 'string' },
  name: { type: 'string' },
  'name-ar': { type: 'string' },
  'time-zone': { type: 'string' },
  currency: { type: 'string' },
  locale: { type: 'string' },
  'owner-name': { type: 'string' },
  'owner-email': { type: 'string' },
  email: { type: 'string' },
  tenant: { type: 'string' },
  scope: { type: 'string', multiple: true },
  station: { type: 'string', multiple: true },
  expires: { type: 'string' },
  'password-stdin': { type: 'boolean' },
  'super-admin': { type: 'boolean' },
  stolen: { type: 'boolean' },
} as const;

type Option = keyof typeof options;
type Values = { [K in Option]?: string | boolean | string[] };

const general: Option[] = ['stage', 'region', 'endpoint', 'json', 'lang', 'help'];

interface CommandSpec {
  takes: Option[];
  needs?: Option[];
  /** Whether a word follows, such as the tenant's id. */
  takesId?: boolean;
  order(values: Record<Option, any>, id: string): Order;
}

const ownerOf = (name: string, email: string, superAdmin: boolean | undefined): Owner => ({
  name,
  email,
  roles: ['OWNER', ...(superAdmin ? ['SUPER_ADMIN'] : [])],
});

const commands: Record<string, CommandSpec> = {
  'tenants list': { takes: [], order: () => ({ action: 'list-tenants' }) },
  'tenants create': {
    takes: ['name-ar', 'time-zone', 'currency', 'locale', 'password-stdin', 'super-admin'],
    needs: ['id', 'name', 'owner-name', 'owner-email'],
    order: (v) => ({
      action: 'create-tenant',
      tenant: defined({
        id: v.id,
        name: v.name,
        nameAr: v['name-ar'],
        timeZone: v['time-zone'],
        currency: v.currency,
        locale: v.locale,
      }),
      owner: ownerOf(v['owner-name'], v['owner-email'], v['super-admin']),
    }),
  },
  'tenants suspend': { takes: [], takesId: true, order: (_, tenantId) => ({ action: 'suspend-tenant', tenantId }) },
  'tenants reactivate': {
    takes: [],
    takesId: true,
    order: (_, tenantId) => ({ action: 'reactivate-tenant', tenantId }),
  },
  'owners create': {
    takes: ['password-stdin', 'super-admin'],
    needs: ['tenant', 'name', 'email'],
    order: (v) => ({
      action: 'create-owner',
      tenantId: v.tenant,
      owner: ownerOf(v.name, v.email, v['super-admin']),
    }),
  },
  'keys create': {
    takes: ['station', 'expires'],
    needs: ['tenant', 'name', 'scope'],
    order: (v) => ({
      action: 'create-api-key',
      tenantId: v.tenant,
      key: defined({ name: v.name, scopes: v.scope, stationIds: v.station, expiresAt: v.expires }),
    }),
  },
  'signing-key status': { takes: [], order: () => ({ action: 'signing-key-status' }) },
  'signing-key rotate': {
    takes: ['stolen'],
    order: (v) => ({ action: 'rotate-signing-key', isStolen: v.stolen ?? false }),
  },
  'signing-key trust': { takes: [], order: () => ({ action: 'trust-signing-keys' }) },
};

/** @throws UsageError in one sentence */
export function parseArguments(args: readonly string[], locale: Locale): Parsed {
  const say = messages[locale];
  const { values, words } = split(args, say);
  if (values.help === true || args.length === 0) return { isHelp: true };
  const [group = '', act = '', ...rest] = words;
  const spec = Object.hasOwn(commands, `${group} ${act}`) ? commands[`${group} ${act}`] : undefined;
  if (spec === undefined) throw new UsageError(say.unknownCommand([group, act].filter(Boolean).join(' ')));
  const needs = spec.needs ?? [];
  const missing = needs.find((option) => values[option] === undefined || values[option] === '');
  if (missing !== undefined) throw new UsageError(say.missing(`--${missing}`));
  if (spec.takesId && rest.length === 0) throw new UsageError(say.missing('ID'));
  const known = new Set<string>([...general, ...spec.takes, ...needs]);
  const foreign = rest[spec.takesId ? 1 : 0] ?? Object.keys(values).find((option) => !known.has(option));
  if (foreign !== undefined) throw new UsageError(say.unexpected(foreign));
  const lang = choice('--lang', values.lang, ['en', 'ar'], say);
  if (lang !== undefined && lang !== locale) throw new UsageError(say.wrongChoice('--lang', lang, 'en, ar'));
  return {
    isHelp: false,
    target: {
      stage: (choice('--stage', values.stage, stageNames, say) ?? 'local') as StageName,
      ...defined({ region: values.region as string | undefined, endpoint: values.endpoint as string | undefined }),
    },
    json: values.json === true,
    order: spec.order(values as Record<Option, any>, rest[0] ?? ''),
    needsPassword: values['password-stdin'] === true,
  };
}

function split(args: readonly string[], say: Messages): { values: Values; words: string[] } {
  if (args.some((word) => /^--(?:owner-)?password(?:=|$)/.test(word))) throw new UsageError(say.passwordInArguments);
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Values, words: positionals };
  } catch (error) {
    const option = /'(-[^ '=]*)/.exec((error as Error).message)?.[1];
    throw new UsageError(option === undefined ? (error as Error).message : say.unexpected(option));
  }
}

function choice(option: string, value: unknown, choices: readonly string[], say: Messages): string | undefined {
  if (value === undefined) return undefined;
  if (!choices.includes(String(value)))
    throw new UsageError(say.wrongChoice(option, String(value), choices.join(', ')));
  return String(value);
}

/** Without what was not given: the platform has the defaults. */
const defined = <T extends Record<string, unknown>>(fields: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
