/**
 * The contract between the local runtime and the AWS services it plays.
 * A service is one folder under `local/services/`; it says which CloudFormation resource types it
 * can create and which AWS API it answers. The runtime knows nothing else about it.
 */
import type { CostMeter } from './cost-meter.ts';
import type { FaultInjector } from './faults.ts';

/** Time that tests can turn. Services never call `Date.now` or `setTimeout` for modelled time. */
export interface Clock {
  /** Milliseconds since the epoch, modelled time. */
  now(): number;
  /** Calls back once `delayMs` of modelled time have passed; turning the clock forward fires what fell due, in order. */
  setTimer(delayMs: number, callback: () => void): ClockTimer;
  /** Resolves after `delayMs` of modelled time, or rejects when `signal` aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Moves modelled time forward. */
  advance(byMs: number): void;
  /** The same at one leap, as after a machine's sleep: what fell due fires once, however often it would have. */
  leap(byMs: number): void;
  /** Offset of modelled from real time in milliseconds, shared with Lambda workers. */
  readonly offset: SharedArrayBuffer;
}

export interface ClockTimer {
  cancel(): void;
}

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** What every service gets. One object per running platform; nothing is global. */
export interface RuntimeContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: CostMeter;
  readonly faults: FaultInjector;
  /** Folder for durable state, or `undefined` to keep everything in memory. */
  readonly dataDir: string | undefined;
  readonly region: string;
  readonly accountId: string;
  /** Ports and addresses asked for on the command line. */
  readonly ports: { rest: number; mqtt: number; aws: number };
  /** Finds another running service by its signing name, e.g. `service<LambdaService>('lambda')`. */
  service<T extends AwsService>(signingName: string): T;
  /** Delivers to any ARN that can be a target: Lambda function, SQS queue, event bus, SNS topic, log group. */
  readonly targets: TargetRouter;
  /** Who may do what. */
  readonly access: AccessControl;
}

/** What IAM decides, for everything that calls on somebody's behalf. */
export interface AccessControl {
  /**
   * Credentials that stand for a role in the AWS endpoint.
   * @returns the access key id
   * @throws ConfigurationError when no such role is declared
   */
  credentials(roleArn: string, sessionName: string): string;
  /** @throws AwsError in the shape of the service, when the caller's policies do not allow the request */
  checkRequest(accessKeyId: string, signingName: string, request: AwsRequest): void;
  /** @throws AwsError `AccessDeniedException`, when nothing lets the caller do this to the resource */
  checkCaller(caller: Caller, action: string, resourceArn: string): void;
}

/** Who acts beside the functions: an AWS service for one of the account's resources, or in a role that it was given. */
export type Caller =
  /** Resource policies decide, e.g. a queue policy that lets `events.amazonaws.com` send for a rule. */
  | { service: string; sourceArn: string }
  /** The role's own policies decide. */
  | { roleArn: string; sessionName: string };

/** One call of the AWS API that reached the local endpoint. */
export interface AwsRequest {
  method: string;
  /** Decoded path without query string, e.g. `/@connections/abc`. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
  /** For JSON-protocol services, the operation after the dot in `x-amz-target`, e.g. `PutItem`. */
  operation: string | undefined;
  /** The signing region and service of the credential scope. */
  region: string;
  /** The JSON object in the body, where access control had to read it already. */
  input?: Record<string, any>;
}

export interface AwsResponse {
  status: number;
  headers?: Record<string, string>;
  /** Objects are written as JSON with the service's content type. */
  body?: object | string | Buffer;
}

export interface AwsService {
  /** The SigV4 signing name: `dynamodb`, `sqs`, `events`, `pipes`, `scheduler`, `lambda`, `execute-api`, `iotdata`, `iot`, `s3`, `secretsmanager`, `kms`, `timestream`, `ses`, `sns`, `logs`, `monitoring`, `ssm`. */
  readonly signingName: string;
  /** Further signing names the same service answers, e.g. `iotdata` beside `iot`, `logs` beside `monitoring`. @default none */
  readonly signingAliases?: readonly string[];
  /** CloudFormation resource types this service creates. */
  readonly resources: Record<string, ResourceProvider>;
  /** Answers one API call; throws `AwsError` for a modelled error. */
  handle?(request: AwsRequest): Promise<AwsResponse>;
  /** After every resource exists: start pollers, listeners, servers. */
  start?(): Promise<void>;
  /** Takes nothing new and gives what is under way a short, bounded time. All services do so side by side before the first is stopped. */
  drain?(): Promise<void>;
  /** Stops all activity and flushes state. Called once, in reverse order of start. */
  stop?(): Promise<void>;
}

/** Creates one CloudFormation resource. Throws `ConfigurationError` for a property it cannot honour. */
export type ResourceProvider = (resource: DeclaredResource) => CreatedResource | Promise<CreatedResource>;

export interface DeclaredResource {
  logicalId: string;
  stackName: string;
  type: string;
  /** All intrinsics are resolved. */
  properties: Record<string, any>;
  /** Metadata of the resource, e.g. `aws:asset:path`; asset paths are absolute. */
  metadata: Record<string, any>;
  /** A stable physical name for resources that do not name themselves. */
  defaultName: string;
}

export interface CreatedResource {
  /** What `Ref` gives. */
  ref: string;
  /** What `Fn::GetAtt` gives, by attribute name. */
  attributes?: Record<string, unknown>;
}

/** Sends one payload to the target behind an ARN; rejects if the target refuses it. */
export interface TargetRouter {
  register(service: 'lambda' | 'sqs' | 'events' | 'sns' | 'logs' | 'states', deliver: TargetDelivery): void;
  deliver(request: TargetRequest): Promise<void>;
}

export interface TargetRequest {
  arn: string;
  /** On whose behalf; without one the runtime itself delivers and nothing is checked. */
  caller?: Caller | undefined;
  /** The exact JSON text (or raw text) that the target receives. */
  payload: string;
  /** Target-specific parameters: `messageGroupId` for FIFO queues, `messageAttributes` for queues, `subject` for topics, `detailType` and `source` for event buses. */
  parameters?: {
    messageGroupId?: string;
    messageDeduplicationId?: string;
    messageAttributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
    subject?: string;
    detailType?: string;
    source?: string;
    resources?: string[];
    time?: string;
  };
}

export type TargetDelivery = (request: TargetRequest) => Promise<void>;

/** A modelled AWS error: `name` is the error code the SDK turns into an exception class. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly extra: Record<string, unknown>;
  constructor(code: string, message: string, status = 400, extra: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.extra = extra;
  }
}

/** A template or setting the runtime cannot honour; its message is one clear sentence for the person at the terminal. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** What pollers, APIs and brokers need of the Lambda service (`ctx.service<LambdaInvoker>('lambda')`). */
export interface LambdaInvoker extends AwsService {
  /**
   * Runs a function to its end.
   * @param functionName name or any ARN form of the function
   * @param payload the event as JSON text
   * @param caller who needs the function's permission; without one the runtime itself invokes
   * @returns what the Invoke API would return; never rejects for an error inside the function
   * @throws AwsError `TooManyRequestsException` when throttled, `ResourceNotFoundException` when unknown,
   * `AccessDeniedException` when the caller may not invoke it
   */
  invoke(functionName: string, payload: string, caller?: Caller): Promise<InvokeResult>;
  /** Asynchronous invocation: queued, retried twice on error (1 min, 2 min of modelled time), then to the on-failure destination or dead-letter queue. */
  invokeAsync(functionName: string, payload: string): Promise<void>;
}

export interface InvokeResult {
  /** Set when the function failed. @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  functionError?: 'Unhandled';
  /** The answer, or the error object, as JSON text. */
  payload: string;
  /** Own CPU time of the invocation in milliseconds, as the worker measured it. */
  cpuMs: number;
  durationMs: number;
}

/** What stream consumers need of the DynamoDB service (`ctx.service<DynamoDbStreams>('dynamodb')`). */
export interface DynamoDbStreams extends AwsService {
  /** Shard ids of a stream; records of one partition key always land in the same shard, in order. */
  shards(streamArn: string): string[];
  /** Records after a position, oldest first; `after` undefined means from the oldest kept. */
  read(streamArn: string, shardId: string, after: string | undefined, limit: number): StreamRecord[];
  /** The newest position of a shard, or undefined when it is empty. */
  latest(streamArn: string, shardId: string): string | undefined;
  /** Calls back (at most once per event-loop turn) after records were appended; returns the unsubscribe function. */
  onAppend(streamArn: string, listener: () => void): () => void;
}

/** A stream record in the shape Lambda and Pipes hand out. */
export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: '1.1';
  eventSource: 'aws:dynamodb';
  awsRegion: string;
  eventSourceARN: string;
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Record<string, unknown>;
    NewImage?: Record<string, unknown>;
    OldImage?: Record<string, unknown>;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: string;
  };
  /** Present when the service itself removed the item (time to live). */
  userIdentity?: { type: 'Service'; principalId: 'dynamodb.amazonaws.com' };
}
