/**
 * What the stacks of one deployment share. Data and foundations come first; nothing in here belongs to a function.
 * Tables, buckets, APIs and authorizers are exports and imports: CloudFormation then refuses to replace one that functions
 * or routes still use. All other references across stacks are weak (`Fn::GetStackOutput`), so that what is no longer used can go.
 */
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { TableSpec } from '../layers/kernel/domain/manifest.ts';
import type { StageConfig } from './config/stage-config.ts';

/** Logical names of the KMS keys that manifests may refer to. */
export const keyNames = ['signing', 'signing-next', 'secrets'] as const;
export type KeyName = (typeof keyNames)[number];

export interface DeployedTable {
  tableName: string;
  tableArn: string;
  /** Of tables with an outbox. */
  streamArn: string | undefined;
  spec: TableSpec;
}

export interface DeployedBucket {
  bucketName: string;
  bucketArn: string;
}

export interface WebSocketTarget {
  apiId: string;
  stageName: string;
  /** Where functions post messages to connections. */
  managementEndpoint: string;
  /** Where clients connect, `wss://…`. */
  publicUrl: string;
}

export interface Foundations {
  /** Identity of SES that stands for the stage's sender; undefined where none is named. */
  emailIdentityArn: string | undefined;
  bus: IEventBus;
  keys: Record<KeyName, IKey>;
  alarmTopic: ITopic;
}

export interface Deployment extends Foundations {
  stage: StageConfig;
  /** Folder with one folder per bundled function. */
  functionsDir: string;
  /** By logical name, of all domains. */
  tables: ReadonlyMap<string, DeployedTable>;
  buckets: ReadonlyMap<string, DeployedBucket>;
  webSocket: WebSocketTarget;
  /** Of the HTTP APIs. */
  apiIds: readonly string[];
}
