/** Policies that belong to queues, topics, buckets, keys, buses and functions instead of to roles. */
import type { CreatedResource, DeclaredResource } from '../../runtime/types.ts';
import { compilePolicy, listOf, type Statement } from './policy.ts';

export class ResourcePolicies {
  readonly #statements = new Map<string, Statement[]>();
  readonly #place: { region: string; accountId: string };

  constructor(place: { region: string; accountId: string }) {
    this.#place = place;
  }

  of(resourceArn: string): readonly Statement[] {
    return this.#statements.get(resourceArn) ?? [];
  }

  /** Notes the policy that a resource carries or is; every other resource is none of its business. */
  note({ type, properties }: DeclaredResource, { ref, attributes }: CreatedResource): void {
    const { region, accountId } = this.#place;
    switch (type) {
      case 'AWS::SQS::QueuePolicy':
        for (const url of listOf<string>(properties['Queues']))
          this.#add(`arn:aws:sqs:${region}:${accountId}:${url.split('/').at(-1)}`, properties['PolicyDocument']);
        return;
      case 'AWS::SNS::TopicPolicy':
        for (const arn of listOf<string>(properties['Topics'])) this.#add(arn, properties['PolicyDocument']);
        return;
      case 'AWS::S3::BucketPolicy':
        this.#add(`arn:aws:s3:::${properties['Bucket']}`, properties['PolicyDocument']);
        return;
      case 'AWS::KMS::Key':
        this.#add(String(attributes?.['Arn']), properties['KeyPolicy']);
        return;
      case 'AWS::SecretsManager::ResourcePolicy':
        this.#add(ref, properties['ResourcePolicy']);
        return;
      case 'AWS::Events::EventBus':
        if (properties['Policy'] !== undefined) this.#add(String(attributes?.['Arn']), properties['Policy']);
        return;
      case 'AWS::Lambda::Permission':
        this.#add(functionArn(properties['FunctionName'], this.#place), { Statement: permission(properties) });
        return;
      default:
        return;
    }
  }

  #add(resourceArn: string, document: unknown): void {
    this.#statements.set(resourceArn, [...this.of(resourceArn), ...compilePolicy(document)]);
  }
}

/** The statement that AddPermission makes. @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
function permission({ Action, Principal, SourceArn, SourceAccount }: Record<string, any>): object {
  const isService = /\.amazonaws\.com(\.cn)?$/.test(Principal);
  return {
    Effect: 'Allow',
    Action,
    Principal: isService ? { Service: Principal } : { AWS: Principal },
    Resource: '*',
    Condition: {
      ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
      ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
    },
  };
}

/** Without version or alias: a permission on one qualifier is taken as one on the function, which runs the same code here. */
function functionArn(reference: string, { region, accountId }: { region: string; accountId: string }): string {
  const name = /^(?:.*?function:)?([A-Za-z0-9-_]+)/.exec(reference)?.[1];
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}
