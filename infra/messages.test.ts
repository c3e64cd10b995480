/** What a deployment needs to write to people, with a sender and without. */
import { describe, expect, it } from 'vitest';
import type { DomainManifest } from '../layers/kernel/domain/manifest.ts';
import { access } from './test-support/sample-domains.ts';
import { sampleStage, synthesizeSample } from './test-support/synthesize-sample.ts';

const writing: DomainManifest = {
  ...access,
  functions: [
    ...(access.functions ?? []),
    {
      name: 'write-to-people',
      entry: 'infra/test-support/sample-handler.ts',
      access: { email: true, textMessages: true },
    },
  ],
};
const synthesized = (emailSender?: string) =>
  synthesizeSample(sampleStage(emailSender === undefined ? {} : { emailSender }), [writing]);
const environmentOf = (sample: ReturnType<typeof synthesized>) =>
  sample
    .ofType('AWS::Lambda::Function')
    .map(({ Properties }) => Properties)
    .find(({ FunctionName }) => FunctionName.endsWith('write-to-people'))!.Environment.Variables;

describe('writing to people', () => {
  it('makes the sender’s domain an identity, tells its DNS records and names the sender to functions', () => {
    const sample = synthesized('no-reply@mail.a.example');
    expect(sample.ofType('AWS::SES::EmailIdentity').map(({ Properties }) => Properties.EmailIdentity)).toEqual([
      'mail.a.example',
    ]);
    expect(Object.keys(sample.outputs['mizan-dev-foundation']!)).toEqual(
      expect.arrayContaining(['EmailDkimRecord1', 'EmailDkimRecord2', 'EmailDkimRecord3']),
    );
    expect(environmentOf(sample)).toMatchObject({ EMAIL_SENDER: 'no-reply@mail.a.example' });
    const statements = JSON.stringify(sample.ofType('AWS::IAM::Role'));
    expect(statements).toContain(':identity/mail.a.example');
  });

  it('by e-mail is nothing without a sender: no identity, no right, no name', () => {
    const sample = synthesized();
    expect(sample.ofType('AWS::SES::EmailIdentity')).toEqual([]);
    expect(JSON.stringify(sample.ofType('AWS::IAM::Role'))).not.toContain('ses:SendEmail');
    expect(environmentOf(sample).EMAIL_SENDER).toBeUndefined();
  });
});
