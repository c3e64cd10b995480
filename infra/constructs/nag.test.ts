import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Aws, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acceptWildcard, checkWithNag } from './nag.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mizan-nag-'));
  // CDK prints its report there.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const report = (): string => readFileSync(join(folder, 'validation-report.json'), 'utf8');

function checkedStack(): { app: App; stack: Stack } {
  const app = new App({ outdir: folder, analyticsReporting: false, builtinCloudFormationValidation: false });
  checkWithNag(app);
  return { app, stack: new Stack(app, 'Stack') };
}

function roleFor(stack: Stack, resource: string): Role {
  const statements = [new PolicyStatement({ actions: ['s3:GetObject'], resources: [resource] })];
  return new Role(stack, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { access: new PolicyDocument({ statements }) },
  });
}

describe('cdk-nag', () => {
  it('fails the synthesis of what nobody accepted', () => {
    const { app, stack } = checkedStack();
    new Queue(stack, 'Queue');
    expect(() => app.synth()).toThrow();
    expect(report()).toContain('AwsSolutions-SQS3');
  });

  it('accepts one wildcard by its resource, references in it included', () => {
    const { app, stack } = checkedStack();
    const resource = `arn:${Aws.PARTITION}:s3:::${Aws.ACCOUNT_ID}-files/*`;
    acceptWildcard(roleFor(stack, resource), resource, 'Objects are named at run time.');
    expect(() => app.synth()).not.toThrow();
  });

  it('keeps finding other wildcards of the same role', () => {
    const { app, stack } = checkedStack();
    acceptWildcard(roleFor(stack, 'arn:aws:s3:::other/*'), 'arn:aws:s3:::files/*', 'Objects are named at run time.');
    expect(() => app.synth()).toThrow();
    expect(report()).toContain('AwsSolutions-IAM5[Resource::arn:aws:s3:::other/*]');
  });
});
