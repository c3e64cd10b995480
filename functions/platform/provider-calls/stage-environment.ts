/** Which of the documented environments this installation is, so that a development stage never uses production's secrets. */
import { stageName } from '../../../layers/kernel/config/resource-names.ts';
import type { Environment } from '../integrations/integration-entity.ts';

export function stageEnvironment(stage = stageName()): Environment {
  if (/^prod/.test(stage)) return 'production';
  return /^stag/.test(stage) ? 'staging' : 'development';
}
