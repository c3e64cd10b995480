/** The stages. Copy one and change it to run Mizan for your utility; `docs/deploy.md` walks through it. */
import { parseStageConfig, type StageConfig, type StageName, stageNames } from './stage-config.ts';

const stages: Record<StageName, Omit<StageConfig, 'name'>> = {
  /** One machine: `npm start`. Nothing here reaches AWS. */
  local: {
    deletionProtection: false,
    removalPolicy: 'destroy',
    logRetentionDays: 1,
    logLevel: 'INFO',
    webhooksMayReachLoopback: true,
    anonymousDevicesTenant: 'tenant-demo',
    publicSignUpTenant: 'tenant-demo',
    operatorTenant: 'tenant-demo',
    emailSender: 'no-reply@mizan.example',
    corsOrigins: ['*'],
    throttling: { ratePerSecond: 10_000, burst: 5_000 },
  },
  /** One developer's sandbox: may be thrown away. */
  dev: {
    deletionProtection: false,
    removalPolicy: 'destroy',
    logRetentionDays: 7,
    logLevel: 'DEBUG',
    webhooksMayReachLoopback: false,
    corsOrigins: ['*'],
    throttling: { ratePerSecond: 100, burst: 200 },
  },
  /** Production's twin with test data. */
  staging: {
    deletionProtection: true,
    removalPolicy: 'retain',
    logRetentionDays: 30,
    logLevel: 'INFO',
    webhooksMayReachLoopback: false,
    corsOrigins: [],
    throttling: { ratePerSecond: 1_000, burst: 2_000 },
  },
  prod: {
    deletionProtection: true,
    removalPolicy: 'retain',
    logRetentionDays: 365,
    logLevel: 'INFO',
    webhooksMayReachLoopback: false,
    corsOrigins: [],
    throttling: { ratePerSecond: 2_000, burst: 4_000 },
  },
};

/** @throws Error for a name that is no stage, with those that are */
export function stageConfig(name: string): Readonly<StageConfig> {
  if (!stageNames.includes(name as StageName))
    throw new Error(`There is no stage "${name}": use ${stageNames.map((stage) => `-c stage=${stage}`).join(', ')}.`);
  return parseStageConfig({ name, ...stages[name as StageName] });
}
