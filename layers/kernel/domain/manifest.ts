/**
 * What a domain is made of, as pure data: infrastructure reads it to create tables, functions, roles, queues and
 * routes. Permissions are what the manifest grants and nothing more.
 */
import type { EventDefinition } from '../events/define-event.ts';
import type { Resource } from '../http/route.ts';

export type TableMode = 'read' | 'write' | 'readWrite';

/** What a function may touch; each entry becomes an IAM statement and an environment variable. */
export interface Access {
  tables?: Record<string, TableMode>;
  /** Queues it may send to. */
  queues?: string[];
  /** KMS keys by logical name and use. */
  keys?: Record<string, 'sign' | 'publicKey' | 'encrypt' | 'decrypt' | 'encryptDecrypt'>;
  buckets?: Record<string, TableMode>;
  /** Posting to and closing WebSocket connections. */
  webSocket?: boolean;
  /** Knowing the public address of the WebSocket API (`WEBSOCKET_URL`). */
  webSocketUrl?: boolean;
  /** Publishing to MQTT topics through the IoT data plane, e.g. `acrel/*`. */
  publishTopics?: string[];
  /** The same with messages that the broker retains, which is a right of its own. */
  retainTopics?: string[];
  /** Sending e-mail from the stage's sender. */
  email?: boolean;
  /** Sending text messages to phones. */
  textMessages?: boolean;
  /** Reading metrics of the installation (`HTTP_API_IDS` names its HTTP APIs). */
  metrics?: boolean;
  /** Searching the log groups of the installation's functions (`LOG_GROUP_PREFIX`). */
  logs?: boolean;
  /** Looking into the dead-letter queues of all domains and sending what is in them round again (`QUEUE_PREFIX`). */
  deadLetters?: boolean;
  /** Outgoing calls to the internet are a property of the network, listed here for the reader and the review. */
  internet?: boolean;
}

export interface FunctionSpec {
  /** Unique in the domain, kebab-case. */
  name: string;
  /** Path of the module that exports `handler`, from the repository root. */
  entry: string;
  access: Access;
  /** @default 256 */
  memoryMb?: number;
  /** @default 15 for HTTP, 60 for everything else */
  timeoutSeconds?: number;
  /** Settings that are not secrets. Values may refer to stage settings with `${stage.name}`. */
  environment?: Record<string, string>;
  /** Upper bound of parallel executions. @default the account's */
  reservedConcurrency?: number;
  /** Files or folders, from the repository root, that lie beside the bundled code at run time. @default none */
  assets?: string[];
}

export interface TableSpec {
  /** Global secondary indexes, keyed `<name>pk`/`<name>sk`. @default none */
  indexes?: ('gsi1' | 'gsi2')[];
  /** Whether the table carries outbox items to the bus. @default false */
  outbox?: boolean;
}

export interface BucketSpec {
  /** Objects vanish after this many days. @default never */
  expireAfterDays?: number;
  /** Whether browsers upload and download by presigned URL, from the origins of the stage. @default false */
  browserAccess?: boolean;
  /** Whether what is deleted, replaced or expired can be brought back for a while, in stages that keep data. @default true */
  recoverable?: boolean;
}

export interface QueueSpec {
  name: string;
  /** @default 5 */
  maxReceiveCount?: number;
  /** @default 6 × the consumer's timeout, as Lambda recommends */
  visibilityTimeoutSeconds?: number;
  /** Age of the oldest message that raises the alarm. @default 60 for queues fed by topic rules, 1800 for those functions send to, 900 for others */
  alarmAgeSeconds?: number;
}

/** A function fed by a queue. */
export interface QueueConsumerSpec extends FunctionSpec {
  queue: QueueSpec;
  /** @default 10 */
  batchSize?: number;
  /** Longest wait to fill a batch. @default 0 */
  batchWindowSeconds?: number;
  /** @default 20 */
  maxConcurrency?: number;
}

/** A function that reacts to bus events, through a queue of its own. */
export interface SubscriberSpec extends Omit<QueueConsumerSpec, 'queue'> {
  /** Event types, or patterns such as `invoice.*` or `*`. */
  events: string[];
  /** @default a queue named after the function */
  queue?: QueueSpec;
}

/** MQTT messages that go to a queue. */
export interface TopicRuleSpec {
  name: string;
  /** AWS IoT SQL, version 2016-03-23. */
  sql: string;
  /** Queue of a consumer of this domain. */
  queue: string;
}

export interface ScheduleSpec extends FunctionSpec {
  /** `rate(1 minute)` or `cron(…)`, UTC. */
  schedule: string;
}

/** An alarm on a metric that the domain's functions count (`countMetric`). */
export interface MetricAlarmSpec {
  metric: string;
  /** Raised when the sum of five minutes reaches it. */
  threshold: number;
  /** What it means, one sentence. */
  description: string;
  /** Name of the file in `docs/runbooks/` that says what to do, without extension. */
  runbook: string;
}

export interface ResourceSpec extends Omit<FunctionSpec, 'name'> {
  resource: Resource<any>;
}

export interface DomainManifest {
  name: string;
  tables: Record<string, TableSpec>;
  /** Object stores, by names that are unique in the product like those of tables. */
  buckets?: Record<string, BucketSpec>;
  /** Every event the domain publishes. */
  events: EventDefinition<string, any>[];
  resources: ResourceSpec[];
  subscribers?: SubscriberSpec[];
  consumers?: QueueConsumerSpec[];
  topicRules?: TopicRuleSpec[];
  schedules?: ScheduleSpec[];
  /** Functions that the shared infrastructure calls: authorizers, WebSocket routes. */
  functions?: FunctionSpec[];
  alarms?: MetricAlarmSpec[];
}

export function defineDomain(manifest: DomainManifest): DomainManifest {
  return manifest;
}

/** The functions of a part of a large domain. */
export type DomainPart = Partial<Pick<DomainManifest, 'resources' | 'subscribers' | 'consumers' | 'schedules'>>;

/** What a domain's manifest lists, when its parts list their own. */
export const joinParts = (parts: readonly DomainPart[]): Required<DomainPart> => ({
  resources: parts.flatMap(({ resources = [] }) => resources),
  subscribers: parts.flatMap(({ subscribers = [] }) => subscribers),
  consumers: parts.flatMap(({ consumers = [] }) => consumers),
  schedules: parts.flatMap(({ schedules = [] }) => schedules),
});
