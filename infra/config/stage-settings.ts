/** Fills `${stage.…}` in the environment that manifests declare, e.g. `${stage.webhooksMayReachLoopback}`. */
import { type StageConfig, stageConfigSchema } from './stage-config.ts';

const placeholder = /\$\{stage\.([^}]*)\}/g;

/** Settings that cannot be written as one text. */
const notText = new Set(['corsOrigins', 'throttling', 'domain']);
const settings = new Set(Object.keys(stageConfigSchema.shape).filter((name) => !notText.has(name)));

/**
 * A variable that is nothing but a setting this stage does not have is left out, so that the function sees it unset.
 * @throws Error naming the variable when it refers to a setting that does not exist
 */
export function fillStageSettings(
  environment: Readonly<Record<string, string>>,
  stage: StageConfig,
  owner: string,
): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [variable, template] of Object.entries(environment)) {
    let hasValue = false;
    const value = template.replace(placeholder, (_, name: string) => {
      if (!settings.has(name))
        throw new Error(`${owner}: ${variable} refers to \${stage.${name}}, which is not a setting of a stage.`);
      const setting = stage[name as keyof StageConfig];
      hasValue ||= setting !== undefined;
      return setting === undefined ? '' : String(setting);
    });
    if (value !== '' || hasValue || template === '') filled[variable] = value;
  }
  return filled;
}
