/** What can be set of an MQTT broker's connection, of the devices behind it, and of the places of their values. */
import * as z from 'zod/mini';
import { messageFields } from '../messages/message-point.ts';
import { credentialsSchema, serverNameSetting } from '../secret-setting.ts';

const integer = (min: number, max: number) => z.number().check(z.int(), z.gte(min), z.lte(max));
/** A topic that is one: wildcards would make two devices one point (MQTT 5.0, section 4.7). */
const topic = z.string().check(z.minLength(1), z.maxLength(1_000), z.regex(/^[^+#\0]+$/, 'A topic without wildcards.'));
const scalar = z.union([z.string().check(z.maxLength(200)), z.number(), z.boolean()]);
const qos = z._default(z.union([z.literal(0), z.literal(1)]), 1);

export const connectionSchema = z.strictObject({
  host: z.string().check(z.regex(/^[A-Za-z0-9._:-]{1,255}$/, 'Not a host name or address.')),
  /** @default 1883, and 8883 with `tls` */
  port: z.optional(integer(1, 65_535)),
  tls: z._default(z.boolean(), false),
  serverName: serverNameSetting,
  version: z._default(z.enum(['3.1.1', '5']), '5'),
  authType: z._default(z.enum(['none', 'basic', 'certificate']), 'none'),
  credentials: z.optional(credentialsSchema),
  /** @default one of its own for each start */
  clientId: z.optional(z.string().check(z.regex(/^[A-Za-z0-9._:-]{1,128}$/, 'Not an id of a client.'))),
  /** The broker keeps messages while the gateway is away; needs a `clientId`. */
  isPersistent: z._default(z.boolean(), false),
  keepAliveS: z._default(integer(5, 1_200), 60),
  connectTimeoutMs: z._default(integer(100, 60_000), 10_000),
  reconnectMinMs: z._default(integer(100, 60_000), 1_000),
  reconnectMaxMs: z._default(integer(100, 600_000), 60_000),
  /** How long a read on demand waits for an answer. */
  refreshTimeoutMs: z._default(integer(100, 60_000), 3_000),
});

export type MqttConnection = z.infer<typeof connectionSchema>;

export const deviceSchema = z.strictObject({
  /** Put before every topic of the device that does not begin with `/`. */
  baseTopic: z.optional(topic),
  /** Where the device, or its last will, says whether it is there. */
  availability: z.optional(
    z.strictObject({
      topic,
      path: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
      online: z._default(z.array(scalar).check(z.minLength(1), z.maxLength(10)), () => [
        'online',
        'true',
        true,
        '1',
        1,
      ]),
    }),
  ),
  /** Silence on all topics after which the device counts as offline; 0 is never. */
  offlineAfterMs: z._default(integer(0, 604_800_000), 0),
  /** What to publish so that the device tells its values. */
  request: z.optional(z.strictObject({ topic, payload: z._default(z.string().check(z.maxLength(10_000)), '') })),
});

export type MqttDevice = z.infer<typeof deviceSchema>;

const commandSchema = z.strictObject({
  topic,
  /** With `{value}`, `{id}` and `{expires}` filled in; left out, the value alone. */
  payload: z.optional(z.unknown()),
  /** Words of the device for values and codes. */
  words: z.optional(z.record(z.string(), z.unknown())),
  qos,
  /** Where the device says what became of it. Without, nothing but the broker's receipt is known. */
  confirm: z.optional(
    z.strictObject({
      topic,
      /** Path of the command's id, where the device repeats it: then another's confirmation is never taken for this one's. */
      idPath: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
      /** Path of the result; left out where the whole message is it. */
      path: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
      success: z._default(z.array(scalar).check(z.minLength(1), z.maxLength(20)), () => [
        'ok',
        'OK',
        'success',
        'done',
        true,
        'true',
      ]),
      timeoutMs: z._default(integer(100, 600_000), 10_000),
    }),
  ),
});

export type MqttCommand = z.infer<typeof commandSchema>;

export const addressSchema = z.strictObject({
  topic,
  ...messageFields,
  command: z.optional(commandSchema),
});
