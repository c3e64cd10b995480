/**
 * A domain's table: on demand, one key pair, the declared indexes. Encryption at rest is with the key DynamoDB owns:
 * a key of our own would add a dollar a month per key and a KMS request per table, function and five minutes, which is
 * more than all else costs a small utility, and would keep nothing secret that IAM does not; what must stay secret from readers of a
 * table (webhook secrets) is sealed with the key `secrets` before it gets there.
 */

import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { TableSpec } from '../../layers/kernel/domain/manifest.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { removalPolicyOf } from './removal-policy.ts';

export interface DomainTableProps {
  spec: TableSpec;
  stage: StageConfig;
}

/** Attribute in which the data layer writes when an item may vanish, in seconds since the epoch. */
const timeToLiveAttribute = 'expiresAt';

const key = (name: string) => ({ name, type: AttributeType.STRING });

export class DomainTable extends Table {
  constructor(scope: Construct, id: string, { spec, stage }: DomainTableProps) {
    super(scope, id, {
      partitionKey: key('pk'),
      sortKey: key('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.deletionProtection,
      removalPolicy: removalPolicyOf(stage),
      // Outbox items are only ever inserted, so their new image is all the pipe needs.
      ...(spec.outbox ? { stream: StreamViewType.NEW_IMAGE } : {}),
    });
    for (const index of spec.indexes ?? [])
      this.addGlobalSecondaryIndex({
        indexName: index,
        partitionKey: key(`${index}pk`),
        sortKey: key(`${index}sk`),
        projectionType: ProjectionType.ALL,
      });
  }
}
