/** What every domain stands on: the keys, the event bus with its archive, and the topic that alarms go to. */

import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnArchive, EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
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
  readonly emailIdentityArn: string | undefined;

  constructor(scope: Construct, stage: StageConfig) {
    super(scope, 'Foundation', stackProps(stage, 'foundation', 'keys, event bus, alarm topic'));
    const removalPolicy = removalPolicyOf(stage);
    this.keys = {
      // Two, of which a row in the identity table names the one that signs: the other is published ahead of its turn.
      signing: signingKey(this, stage, 'signing'),
      'signing-next': signingKey(this, stage, 'signing-next'),
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
    this.emailIdentityArn = this.#createEmailIdentity(stage);
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarmTopic.topicArn });
    new CfnOutput(this, 'BusName', { value: this.bus.eventBusName });
  }

  /**
   * The sender's domain, to be confirmed with the DNS records that are put out.
   * @see https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
   */
  #createEmailIdentity({ emailSender }: StageConfig): string | undefined {
    if (emailSender === undefined) return undefined;
    const domain = emailSender.slice(emailSender.indexOf('@') + 1);
    const identity = new EmailIdentity(this, 'EmailIdentity', { identity: Identity.domain(domain) });
    identity.dkimRecords.forEach(({ name, value }, i) => {
      new CfnOutput(this, `EmailDkimRecord${i + 1}`, { value: `${name} CNAME ${value}` });
    });
    // Written out, since the domain is known: other stacks then need no reference to this one.
    return `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:identity/${domain}`;
  }
}

/** A key with a later generation is a new one: CloudFormation makes it before it lets the old one go, under another alias. */
function signingKey(scope: Construct, stage: StageConfig, name: 'signing' | 'signing-next'): Key {
  const generation = stage.signingKeyGenerations?.[name] ?? 1;
  const suffix = generation === 1 ? '' : String(generation);
  return new Key(scope, `${name === 'signing' ? 'SigningKey' : 'SigningNextKey'}${suffix}`, {
    description: 'Signs access tokens; its private half never leaves KMS.',
    alias: `alias/${stackName(stage, name)}${suffix && `-${suffix}`}`,
    keySpec: KeySpec.ECC_NIST_P256,
    keyUsage: KeyUsage.SIGN_VERIFY,
    removalPolicy: removalPolicyOf(stage),
  });
}
