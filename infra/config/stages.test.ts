import { describe, expect, it } from 'vitest';
import { sampleStage } from '../test-support/synthesize-sample.ts';
import { parseStageConfig, stageNames } from './stage-config.ts';
import { fillStageSettings } from './stage-settings.ts';
import { stageConfig } from './stages.ts';

describe('the stages', () => {
  it.each(stageNames)('"%s" is a valid configuration', (name) => {
    expect(stageConfig(name).name).toBe(name);
  });

  it('of another name do not exist', () => {
    expect(() => stageConfig('production')).toThrow(/no stage "production".*-c stage=prod/);
  });

  it('are frozen', () => {
    expect(Object.isFrozen(stageConfig('dev'))).toBe(true);
  });

  it.each([
    [
      'loopback webhooks outside local',
      { name: 'dev', webhooksMayReachLoopback: true },
      /webhooksMayReachLoopback: Only the local/,
    ],
    [
      'anonymous devices outside local',
      { name: 'staging', anonymousDevicesTenant: 't' },
      /anonymousDevicesTenant: Only the local/,
    ],
    [
      'production without protection',
      { name: 'prod', deletionProtection: false, removalPolicy: 'retain' },
      /deletionProtection/,
    ],
    ['production that destroys', { name: 'prod', deletionProtection: true, removalPolicy: 'destroy' }, /removalPolicy/],
    ['a retention CloudWatch does not know', { logRetentionDays: 8 }, /logRetentionDays/],
    ['an origin with a path', { corsOrigins: ['https://a.example/path'] }, /origin such as/],
    ['an unknown setting', { colour: 'red' }, /colour/],
    ['an account that is none', { account: '12' }, /12 digits/],
    [
      'a public network for providers',
      { privateProviderNetworks: ['8.8.8.0/24'] },
      /privateProviderNetworks.*private range/,
    ],
    ['metadata for providers', { privateProviderNetworks: ['169.254.169.254/32'] }, /private range/],
    ['a network that is none', { privateProviderNetworks: ['192.168.1.1'] }, /not a network/],
  ])('refuse %s', (_, changes, message) => {
    expect(() => parseStageConfig({ ...sampleStage(), ...changes })).toThrow(message);
  });
});

describe('stage settings in an environment', () => {
  it('are filled in as text', () => {
    const filled = fillStageSettings(
      { A: '${stage.logLevel}', B: 'at ${stage.name}!', C: 'plain' },
      sampleStage(),
      'f',
    );
    expect(filled).toEqual({ A: 'INFO', B: 'at dev!', C: 'plain' });
  });

  it('that are lists are separated by commas', () => {
    const stage = { ...sampleStage(), privateProviderNetworks: ['10.1.0.0/16', 'fd12:3456::/32'] };
    expect(fillStageSettings({ A: '${stage.privateProviderNetworks}' }, stage, 'f')).toEqual({
      A: '10.1.0.0/16,fd12:3456::/32',
    });
  });

  it('that the stage does not have leave no variable', () => {
    expect(fillStageSettings({ A: '${stage.alarmEmail}' }, sampleStage(), 'f')).toEqual({});
  });

  it('that do not exist are an error with the place', () => {
    expect(() => fillStageSettings({ A: '${stage.colour}' }, sampleStage(), 'd-f')).toThrow(
      /d-f: A refers to \$\{stage.colour\}/,
    );
  });
});
