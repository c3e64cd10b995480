/** What the engine knows of a table. */
import type { KeyType } from '../values/attribute-value.ts';

export interface KeyAttribute {
  name: string;
  type: KeyType;
}

export interface IndexDefinition {
  name: string;
  kind: 'global' | 'local';
  hash: KeyAttribute;
  range: KeyAttribute | undefined;
  projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  nonKeyAttributes: string[];
}

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

export interface TableDefinition {
  name: string;
  hash: KeyAttribute;
  range: KeyAttribute | undefined;
  indexes: IndexDefinition[];
  streamViewType: StreamViewType | undefined;
  billingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
  deletionProtection: boolean;
}

/** The properties that CreateTable and `AWS::DynamoDB::Table` share. */
export interface TableProperties {
  KeySchema?: { AttributeName: string; KeyType: string }[];
  AttributeDefinitions?: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes?: IndexProperties[];
  LocalSecondaryIndexes?: IndexProperties[];
  BillingMode?: string;
  StreamSpecification?: { StreamEnabled?: boolean; StreamViewType?: string };
  DeletionProtectionEnabled?: boolean;
}

export interface IndexProperties {
  IndexName: string;
  KeySchema: { AttributeName: string; KeyType: string }[];
  Projection: { ProjectionType?: string; NonKeyAttributes?: string[] };
}
