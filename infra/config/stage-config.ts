/** What differs between deployments of the same code, checked when the app starts so that a typing error never deploys. */
import * as z from 'zod';
import { privateNetworkProblem } from '../../layers/kernel/http/private-networks.ts';

export const stageNames = ['local', 'dev', 'staging', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

const origin = z
  .string()
  .refine(
    (text) => text === '*' || (URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text),
    'Write an origin such as "https://console.example.com", or "*".',
  );

const privateNetwork = z.string().superRefine((cidr, context) => {
  const problem = privateNetworkProblem(cidr);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** Retention periods that CloudWatch Logs accepts, in days. */
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827] as const;

export const stageConfigSchema = z
  .strictObject({
    name: z.enum(stageNames),
    /** @default the account and region of the credentials that deploy */
    account: z.optional(z.string().regex(/^\d{12}$/, 'An AWS account has 12 digits.')),
    region: z.optional(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'Not a region such as "eu-central-1".')),
    /** Tables refuse to be deleted. The first of two switches that both must be off before data can be destroyed. */
    deletionProtection: z.boolean(),
    /** What becomes of tables, buckets and keys that leave a template. The second switch. */
    removalPolicy: z.enum(['retain', 'destroy']),
    logRetentionDays: z.literal(retentionDays),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    /** Gets every alarm, after confirming AWS's message. */
    alarmEmail: z.optional(z.email()),
    /**
     * Codes and invitations come from this address; its domain becomes an identity of SES. Without it no e-mail is sent,
     * and sign-up by e-mail refuses.
     */
    emailSender: z.optional(z.email()),
    /**
     * Tenant of the people who run the installation: alerts about the installation itself are theirs. Without it there are
     * CloudWatch's alarms only.
     */
    operatorTenant: z.optional(z.string().min(1)),
    /** Tenant whose users sign themselves up, with role USER. Without it nobody can. */
    publicSignUpTenant: z.optional(z.string().min(1)),
    /** Country of phone numbers that are written without one, ISO 3166-1, e.g. `YE`. */
    phoneCountry: z.optional(z.enum(['YE', 'SA', 'AE', 'IR', 'KZ'])),
    /** Raised by one, the key that does not sign is replaced by a new one; see docs/runbooks/signing-key.md. */
    signingKeyGenerations: z.optional(z.strictObject({ signing: z.int().min(1), 'signing-next': z.int().min(1) })),
    /** Partners' webhooks may be on this machine. Never true where others can register webhooks. */
    webhooksMayReachLoopback: z.boolean(),
    /**
     * Networks of the utility's own that integrations may reach, such as an Acrel platform on the premises. Every tenant that
     * may set an integration can then call what listens there. @default none
     */
    privateProviderNetworks: z.optional(z.array(privateNetwork).max(20)),
    /** Tenant of devices that connect without credentials. */
    anonymousDevicesTenant: z.optional(z.string().min(1)),
    /** Where the APIs are reached by name: the HTTP API at `name`, the WebSocket API at `live.<name>`. */
    domain: z.optional(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'Not a host name such as "api.example.com".'),
        /** In AWS Certificate Manager, same region, for the name and `*.<name>`. */
        certificateArn: z.string().regex(/^arn:aws[a-z-]*:acm:/, 'Not the ARN of a certificate.'),
      }),
    ),
    /** Routes AWS grants one HTTP API: 300 unless you asked for more. Integrations are 300 and cannot be raised. */
    httpApiRouteQuota: z.optional(z.int().min(300)),
    /** Origins whose pages may call the API. */
    corsOrigins: z.array(origin).max(20),
    /** Of the whole HTTP API; per-credential limits are the application's. */
    throttling: z.strictObject({ ratePerSecond: z.int().min(1).max(10_000), burst: z.int().min(1).max(5_000) }),
  })
  .superRefine((config, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (config.name !== 'local') {
      if (config.anonymousDevicesTenant !== undefined)
        refuse('anonymousDevicesTenant', 'Only the local stage may accept devices without credentials.');
      if (config.webhooksMayReachLoopback)
        refuse('webhooksMayReachLoopback', 'Only the local stage may call webhooks on its own machine.');
    }
    if (config.name === 'prod') {
      if (!config.deletionProtection) refuse('deletionProtection', 'Production keeps deletion protection on.');
      if (config.removalPolicy !== 'retain') refuse('removalPolicy', 'Production keeps "retain".');
      if (config.corsOrigins.includes('*')) refuse('corsOrigins', 'Production names its origins.');
    }
  });

export type StageConfig = z.infer<typeof stageConfigSchema>;

/** @throws Error that names every wrong setting */
export function parseStageConfig(input: unknown): Readonly<StageConfig> {
  const parsed = stageConfigSchema.safeParse(input);
  if (parsed.success) return Object.freeze(parsed.data);
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'stage'}: ${message}`).join('; ');
  throw new Error(`The stage configuration is wrong: ${wrong}`);
}
