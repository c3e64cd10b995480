/** What every domain stands on: the keys, the event bus with its archive, and the topic that alarms go to. */

import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnArchive, EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { removalPolicyOf } from '../constructs/removal-policy.ts';
import type { Foundations, KeyName } from '../deployment.ts';
import { busName, stackName } from '../naming.ts';
import { stackProps } from './stack-props.ts';

/** Events can be replayed this long from the bus's own archive; the event log keeps them longer, by tenant. */
const archiveDays = 30;

export class FoundationStack extends Stack implements Foundations {
  readonly bus: EventBus;
  readonly keys: Record<KeyName, Key>;
  readonly alarmTopic: Topic;

  constructor(scope: Construct, stage: StageConfig) {
    super(scope, 'Foundation', stackProps(stage, 'foundation', 'keys, event bus, alarm topic'));
    const removalPolicy = removalPolicyOf(stage);
    this.keys = {
      signing: new Key(this, 'SigningKey', {
        description: 'Signs access tokens; its private half never leaves KMS.',
        alias: `alias/${stackName(stage, 'signing')}`,
        keySpec: KeySpec.ECC_NIST_P256,
        keyUsage: KeyUsage.SIGN_VERIFY,
        removalPolicy,
      }),
      secrets: new Key(this, 'SecretsKey', {
        description: 'Seals secrets before they are stored, such as those of webhooks.',
        alias: `alias/${stackName(stage, 'secrets')}`,
        enableKeyRotation: true,
        removalPolicy,
      }),
    };
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: busName(stage),
      description: 'Every event of the product, from the outboxes of the domains.',
    });
    new CfnArchive(this, 'BusArchive', {
      sourceArn: this.bus.eventBusArn,
      description: 'Every event, for replay after a mistake in a subscriber.',
      retentionDays: archiveDays,
    });
    this.alarmTopic = new Topic(this, 'Alarms', { displayName: `Mizan ${stage.name}`, enforceSSL: true });
    // A policy of its own takes the place of SNS's default one, by which alarms of the account may publish.
    this.alarmTopic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.alarmTopic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    if (stage.alarmEmail !== undefined) this.alarmTopic.addSubscription(new EmailSubscription(stage.alarmEmail));
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarmTopic.topicArn });
    new CfnOutput(this, 'BusName', { value: this.bus.eventBusName });
  }
}
