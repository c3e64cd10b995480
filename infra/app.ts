/** Entry of the CDK command line, and the only place that reads CDK context. */
import { App } from 'aws-cdk-lib';
import { stageConfig } from './config/stages.ts';
import { quietApp, synthesizeApp } from './synthesize.ts';

const app = new App(quietApp);
const stage: unknown = app.node.tryGetContext('stage') ?? 'dev';

try {
  synthesizeApp(app, { stage: stageConfig(String(stage)) });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
