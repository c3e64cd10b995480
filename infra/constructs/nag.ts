/** What everything else needs of cdk-nag: check an app, and accept one finding with a reason beside the construct. */
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** Every synthesis fails on a finding of the AWS Solutions pack that nobody accepted with a reason. */
export function checkWithNag(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

/** @param rule without the pack's name, e.g. `SQS3` */
export function accept(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Accepts one resource with a `*` in the policies of a role; its other wildcards stay findings. */
export function acceptWildcard(construct: IConstruct, resource: string, reason: string): void {
  accept(construct, `IAM5[Resource::${flatten(Stack.of(construct).resolve(resource))}]`, reason);
}

/** cdk-nag names a finding by its resource in one line: references as `<Name>`, imports by their export's name. */
function flatten(value: any): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  if (value['Fn::Join']) return value['Fn::Join'][1].map(flatten).join(value['Fn::Join'][0]);
  if (value['Fn::GetAtt']) return `<${value['Fn::GetAtt'].join('.')}>`;
  if (value['Fn::ImportValue']) return flatten(value['Fn::ImportValue']);
  if (value.Ref) return `<${value.Ref}>`;
  throw new Error(`A wildcard resource of a form that cdk-nag does not name: ${JSON.stringify(value)}`);
}
