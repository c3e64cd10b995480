/**
 * The tables and buckets of one domain, apart from its functions: code is deployed and rolled back daily, data never,
 * and other domains' functions may read these tables without either stack waiting for the other.
 */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { DomainBucket } from '../constructs/domain-bucket.ts';
import { DomainTable } from '../constructs/domain-table.ts';
import type { DeployedBucket, DeployedTable } from '../deployment.ts';
import { constructId } from '../naming.ts';
import { stackProps } from './stack-props.ts';

export class DataStack extends Stack {
  readonly tables = new Map<string, DeployedTable>();
  readonly buckets = new Map<string, DeployedBucket>();

  constructor(scope: Construct, stage: StageConfig, manifest: DomainManifest) {
    super(
      scope,
      `${constructId(manifest.name)}Data`,
      stackProps(stage, `${manifest.name}-data`, `data of ${manifest.name}`),
    );
    for (const [name, spec] of Object.entries(manifest.tables)) {
      const table = new DomainTable(this, `${constructId(name)}Table`, { spec, stage });
      this.tables.set(name, {
        tableName: this.exportValue(table.tableName),
        tableArn: this.exportValue(table.tableArn),
        streamArn: table.tableStreamArn && this.exportValue(table.tableStreamArn),
        spec,
      });
      new CfnOutput(this, `${constructId(name)}TableName`, { value: table.tableName });
    }
    for (const [name, spec] of Object.entries(manifest.buckets ?? {})) {
      const bucket = new DomainBucket(this, `${constructId(name)}Bucket`, { spec, stage });
      this.buckets.set(name, {
        bucketName: this.exportValue(bucket.bucketName),
        bucketArn: this.exportValue(bucket.bucketArn),
      });
      new CfnOutput(this, `${constructId(name)}BucketName`, { value: bucket.bucketName });
    }
  }
}
