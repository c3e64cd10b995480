/** Shapes of the integration routes: the columns of the documented tables in camelCase, and what Mizan adds. */
import * as z from 'zod/mini';
import { healthStatuses } from '../../../layers/integrations/engine/health-score.ts';
import { providerKinds } from '../../../layers/integrations/provider.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId, label, queryInteger, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { logStatuses } from '../provider-calls/exchange-log.ts';
import { logRetentionBounds } from '../provider-calls/log-settings.ts';
import { authTypes, categories, environments, integrationTypes, valueTypes } from './integration-entity.ts';

export const integrationParams = z.object({ id: generatedId('int') });
const environment = z.enum(environments);
export const environmentQuery = z.object({ environment: z.optional(environment) });
const configKey = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_]{0,99}$/, fieldMessage('Not the key of a setting.', 'ليس مفتاح إعداد.')));
export const configParams = z.object({ id: generatedId('int'), configKey });

const cidr = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

const fields = {
  nameAr: label(200),
  nameEn: z.optional(z.nullable(label(200))),
  description: z.optional(z.nullable(label(2000))),
  integrationType: z.optional(z.enum(integrationTypes)),
  category: z.optional(z.enum(categories)),
  baseUrl: z.optional(z.nullable(z.string().check(z.maxLength(500), z.regex(/^https?:\/\/[^\s]+$/)))),
  apiVersion: z.optional(z.nullable(label(20))),
  authType: z.optional(z.enum(authTypes)),
  isActive: z._default(z.boolean(), true),
  isPrimary: z._default(z.boolean(), false),
  priority: z._default(z.int().check(z.gte(1), z.lte(1000)), 1),
  allowedIps: z._default(z.array(cidr).check(z.maxLength(50)), []),
};

export const createIntegrationBody = z.strictObject({
  code: z
    .string()
    .check(
      z.regex(
        /^[a-z][a-z0-9_-]{0,49}$/,
        fieldMessage('Use a code such as "sms_local_1".', 'استخدم رمزًا مثل "sms_local_1".'),
      ),
    ),
  provider: label(100),
  ...fields,
});

export const updateIntegrationBody = z.strictObject({
  ...fields,
  nameAr: z.optional(fields.nameAr),
  isActive: z.optional(z.boolean()),
  isPrimary: z.optional(z.boolean()),
  priority: z.optional(z.int().check(z.gte(1), z.lte(1000))),
  allowedIps: z.optional(z.array(cidr).check(z.maxLength(50))),
});

export const integrationView = z.object({
  id: z.string(),
  code: z.string(),
  nameAr: z.string(),
  nameEn: z.nullable(z.string()),
  description: z.nullable(z.string()),
  integrationType: z.enum(integrationTypes),
  category: z.enum(categories),
  provider: z.string(),
  kind: z.nullable(z.enum(providerKinds)),
  baseUrl: z.nullable(z.string()),
  apiVersion: z.nullable(z.string()),
  authType: z.enum(authTypes),
  isActive: z.boolean(),
  isPrimary: z.boolean(),
  priority: z.int(),
  allowedIps: z.array(z.string()),
  hasCallback: z.boolean(),
  lastHealthCheck: z.nullable(utcTime()),
  healthStatus: z.enum(healthStatuses),
  healthScore: z.nullable(z.int()),
  createdAt: utcTime(),
  createdBy: z.string(),
  updatedAt: utcTime(),
  updatedBy: z.string(),
  version: z.int(),
});

export const listIntegrationsQuery = z.object({
  integrationType: z.optional(z.enum(integrationTypes)),
  provider: z.optional(label(100)),
  isActive: z.optional(z.stringbool()),
});

const bilingual = z.object({ en: z.string(), ar: z.string() });
export const providerView = z.object({
  provider: z.string(),
  kind: z.enum(providerKinds),
  name: bilingual,
  category: z.enum(categories),
  authType: z.enum(authTypes),
  documentation: z.nullable(z.string()),
  settings: z.array(
    z.object({
      key: z.string(),
      valueType: z.enum(valueTypes),
      isSecret: z.boolean(),
      isRequired: z.boolean(),
      label: bilingual,
      default: z.nullable(z.string()),
      pattern: z.nullable(z.string()),
    }),
  ),
});
export const listProvidersQuery = z.object({ kind: z.optional(z.enum(providerKinds)) });

export const configView = z.object({
  id: z.string(),
  integrationId: z.string(),
  configKey: z.string(),
  /** Secrets are masked; at most their last four characters are shown. */
  configValue: z.string(),
  isEncrypted: z.boolean(),
  valueType: z.enum(valueTypes),
  environment,
  /** Until when the value before this one is used where this one is refused. */
  previousValidUntil: z.nullable(utcTime()),
  createdAt: utcTime(),
  updatedAt: utcTime(),
});

const configValue = z.string().check(z.minLength(1), z.maxLength(16_384));

export const setConfigsBody = z.strictObject({
  environment: z._default(environment, 'production'),
  /** Setting → value. A secret sent as it was shown, masked, stays what it is; `null` removes one. */
  values: z
    .record(configKey, z.nullable(configValue))
    .check(z.refine((v) => Object.keys(v).length > 0 && Object.keys(v).length <= 50)),
  /** How long the values before these stay usable, unless a check with the new ones passes first. */
  overlapSeconds: z._default(z.int().check(z.gte(0), z.lte(7 * 86_400)), 86_400),
});

export const callbackView = z.object({
  /** Where the provider sends its notifications, after the address of this API. */
  callbackPath: z.string(),
  /** For `x-integration-token`, where the path is fixed. */
  token: z.string(),
});

export const listLogsQuery = z.object({
  status: z.optional(z.enum(logStatuses)),
  direction: z.optional(z.enum(['outgoing', 'incoming'])),
  requestId: z.optional(z.string().check(z.maxLength(128))),
  from: z.optional(timestamp()),
  to: z.optional(timestamp()),
});

export const logView = z.object({
  id: z.string(),
  integrationId: z.string(),
  requestId: z.nullable(z.string()),
  direction: z.enum(['outgoing', 'incoming']),
  method: z.nullable(z.string()),
  endpoint: z.nullable(z.string()),
  requestHeaders: z.record(z.string(), z.string()),
  requestBody: z.nullable(z.unknown()),
  responseStatus: z.nullable(z.int()),
  responseHeaders: z.record(z.string(), z.string()),
  responseBody: z.nullable(z.unknown()),
  durationMs: z.int(),
  status: z.enum(logStatuses),
  errorMessage: z.nullable(z.string()),
  retryCount: z.int(),
  createdAt: utcTime(),
});

const daysWithin = ({ least, most }: { least: number; most: number }) => z.int().check(z.gte(least), z.lte(most));
export const logSettings = z.strictObject({
  /** Days an exchange is kept. */
  logRetentionDays: daysWithin(logRetentionBounds.logRetentionDays),
  /** Days the counts by day are kept. */
  usageRetentionDays: daysWithin(logRetentionBounds.usageRetentionDays),
});

const totals = {
  successes: z.int(),
  failures: z.int(),
  successRate: z.nullable(z.number()),
  averageDurationMs: z.nullable(z.int()),
};
export const statsQuery = z.object({ days: z._default(queryInteger(1, 366), 30) });
export const statsView = z.object({ ...totals, days: z.array(z.object({ day: z.string(), ...totals })) });

export const testBody = z.strictObject({ environment: z.optional(environment) });
export const testView = z.object({
  id: z.string(),
  integrationId: z.nullable(z.string()),
  integrationType: z.string(),
  environment,
  status: z.enum(['success', 'failed']),
  message: bilingual,
  errorCode: z.nullable(z.string()),
  durationMs: z.int(),
  testedBy: z.nullable(z.string()),
  createdAt: utcTime(),
});
