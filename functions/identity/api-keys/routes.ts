/** API keys: made, listed, rotated and revoked; the key itself is shown once. */

import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import {
  externalId,
  generatedId,
  label,
  queryInteger,
  timestamp,
  utcTime,
} from '../../../layers/kernel/schema/common.ts';

import { mqttPathsSchema, mqttReaches } from './mqtt-reach-schema.ts';

const cidr = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** As browsers send it in `Origin` (RFC 6454, section 6.2): anything else would never match. */
const origin = z
  .string()
  .check(
    z.maxLength(200),
    z.refine(
      isOrigin,
      fieldMessage(
        'Write an origin such as "https://console.example.com", without a path.',
        'اكتب مصدرًا مثل "https://console.example.com" دون مسار.',
      ),
    ),
  );

export const createApiKeyBody = z.object({
  name: label(),
  description: z.optional(label(1000)),
  scopes: z
    .array(
      z
        .string()
        .check(
          z.maxLength(100),
          z.regex(
            /^(\*|[a-z_-]+)(:(\*|[a-z_-]+)){0,2}$/,
            fieldMessage(
              'Use permissions such as "metering:readings:read" or "billing:*".',
              'استخدم صلاحيات مثل "metering:readings:read" أو "billing:*".',
            ),
          ),
        ),
    )
    .check(z.minLength(1), z.maxLength(50)),
  allowedIps: z._default(z.array(cidr).check(z.maxLength(50)), []),
  allowedOrigins: z._default(z.array(origin).check(z.maxLength(50)), []),
  rateLimitPerMinute: z._default(z.int().check(z.gte(1), z.lte(100_000)), 60),
  rateLimitPerDay: z._default(z.int().check(z.gte(1), z.lte(100_000_000)), 10_000),
  /** Stations a device key may publish for. @default every station of the tenant */
  stationIds: z._default(z.array(externalId()).check(z.maxLength(40)), []),
  /** What it reaches below its stations, e.g. `meter/M-1/*`. @default everything */
  mqttPaths: z.optional(mqttPathsSchema),
  expiresAt: z.optional(timestamp()),
});

const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  description: z.optional(z.string()),
  keyPrefix: z.string(),
  scopes: z.array(z.string()),
  allowedIps: z.array(z.string()),
  allowedOrigins: z.array(z.string()),
  rateLimitPerMinute: z.int(),
  rateLimitPerDay: z.int(),
  stationIds: z.array(z.string()),
  /** Null: everything below its stations. */
  mqttPaths: z.nullable(z.array(z.string())),
  /** How much it reaches at the MQTT broker: some paths, whole stations, or all of them; null: nothing. */
  mqttReach: z.nullable(z.enum(mqttReaches)),
  /** Those of the maker when the key was made; `*` is all of them. */
  workspaces: z.array(z.string()),
  expiresAt: z.nullable(utcTime()),
  isActive: z.boolean(),
  createdAt: utcTime(),
  createdBy: z.string(),
  /** Until when the key before the last rotation is still good. */
  previousValidUntil: z.nullable(utcTime()),
  revokedAt: z.nullable(utcTime()),
  revokedBy: z.nullable(z.string()),
  version: z.int(),
});

const withKey = z.extend(apiKey, { key: z.string() });
const params = z.object({ id: generatedId('key') });

const rotateBody = z.strictObject({
  /** How long the old key stays good beside the new one. */
  overlapSeconds: z._default(z.int().check(z.gte(0), z.lte(30 * 86_400)), 86_400),
});

const usage = z.object({
  usageCount: z.int(),
  lastUsedAt: z.nullable(utcTime()),
  days: z.array(
    z.object({
      day: z.string(),
      usageCount: z.int(),
      /** Requests by operation. */
      endpoints: z.record(z.string(), z.int()),
      /** Requests that were answered with 400 to 499, and with 500 and above. */
      clientErrors: z.int(),
      serverErrors: z.int(),
      averageResponseMs: z.nullable(z.int()),
      operations: z.array(
        z.object({
          operation: z.string(),
          usageCount: z.int(),
          clientErrors: z.int(),
          serverErrors: z.int(),
          averageResponseMs: z.nullable(z.int()),
        }),
      ),
    }),
  ),
});

export const apiKeys = defineResource({
  name: 'api-keys',
  base: '/api/v1/developer/api-keys',
  title: 'API keys',
  routes: {
    getApiKeyHistory: historyRoute('identity:api_keys:read', 'key', params),
    listApiKeys: {
      method: 'GET',
      path: '',
      access: 'identity:api_keys:read',
      summary: 'List API keys.',
      description:
        'With `mqttReach` those of one reach, such as the broad ones (`stations`, `all_stations`) that could be narrowed; a page may hold fewer than its limit then.',
      query: z.object({ mqttReach: z.optional(z.enum(mqttReaches)) }),
      response: z.array(apiKey),
      paginated: true,
    },
    getApiKey: {
      method: 'GET',
      path: '/{id}',
      access: 'identity:api_keys:read',
      summary: 'Get one API key.',
      params,
      response: apiKey,
      errors: ['not_found'],
    },
    createApiKey: {
      method: 'POST',
      path: '',
      access: 'identity:api_keys:write',
      summary: 'Create an API key.',
      description:
        'The answer holds the key; it cannot be shown again. A key can hold no permission its creator does not hold, and a key made by another key is bound at least as tightly as that one.',
      body: createApiKeyBody,
      response: withKey,
      errors: ['forbidden', 'not_found', 'unprocessable'],
      // A repeated answer would have to keep the key readable for a day.
      idempotent: false,
    },
    narrowApiKey: {
      method: 'POST',
      path: '/{id}/narrow',
      access: 'identity:api_keys:write',
      summary: 'Let an API key reach less at the MQTT broker; its secret stays.',
      description:
        'Some of its stations, some paths below them, or both. It cannot be taken back: who needs more makes another key. A key for all stations whose scopes are a gateway’s is not bound to stations, since it would become one. An open connection notices within an hour.',
      params,
      body: z
        .strictObject({
          stationIds: z.optional(z.array(externalId()).check(z.minLength(1), z.maxLength(40))),
          mqttPaths: z.optional(mqttPathsSchema),
        })
        .check(
          z.refine(
            ({ stationIds, mqttPaths }) => stationIds !== undefined || mqttPaths !== undefined,
            fieldMessage('Name stations or paths.', 'اذكر محطات أو مسارات.'),
          ),
        ),
      response: apiKey,
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    rotateApiKey: {
      method: 'POST',
      path: '/{id}/rotate',
      access: 'identity:api_keys:write',
      summary: 'Give an API key a new secret; the old one stays good for a while.',
      description:
        'The answer holds the new key; it cannot be shown again. Only who could create the key can rotate it. With `overlapSeconds: 0` the old key ends at once, except where a decision is cached for up to five minutes.',
      params,
      body: rotateBody,
      response: withKey,
      status: 200,
      errors: ['forbidden', 'not_found', 'conflict'],
      // A repeated answer would have to keep the key readable for a day.
      idempotent: false,
    },
    getApiKeyUsage: {
      method: 'GET',
      path: '/{id}/usage',
      access: 'identity:api_keys:read',
      summary: 'How often a key was used, by day and operation, with errors and response times; kept for three months.',
      description:
        'Requests and errors are counted one by one. Response times are measured at every error and, for each instance of a function, at one success a minute. Single requests are access logs: `GET /api/v1/developer/logs?kind=access&userId=<id of the key>`.',
      params,
      query: z.object({ days: z._default(queryInteger(1, 92), 30) }),
      response: usage,
      errors: ['not_found'],
    },
    revokeApiKey: {
      method: 'DELETE',
      path: '/{id}',
      access: 'identity:api_keys:write',
      summary: 'Revoke an API key.',
      description: 'Cached decisions run out within five minutes.',
      params,
      response: apiKey,
      status: 200,
      errors: ['not_found'],
    },
  },
});

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}
