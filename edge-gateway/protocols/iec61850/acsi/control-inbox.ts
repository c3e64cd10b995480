/** What a server tells about controls beside the answers to requests: causes of refusals, and how operations ended. */
import type { AccessResult } from '../mms/access-result.ts';
import type { InformationReport } from '../mms/information-report.ts';
import { nameText } from '../mms/object-name.ts';
import type { AdditionalCause } from './additional-cause.ts';
import { decodeControl, decodeLastApplicationError, lastApplicationErrorName } from './control-message.ts';

export interface Termination {
  isPositive: boolean;
  cause?: AdditionalCause;
}

export interface ControlListener {
  /** `LD/LN$CO$DO` */
  object: string;
  /** Number of the command. */
  number: number;
  error(cause: AdditionalCause): void;
  terminated(termination: Termination): void;
}

export class ControlInbox {
  readonly #listeners = new Set<ControlListener>();

  listen(listener: ControlListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @throws ProtocolError for a control that makes no sense. @returns whether the report was about a control */
  receive({ access, results }: InformationReport): boolean {
    if (access.kind !== 'variables') return false;
    const names = access.variables.map(({ name }) => nameText(name));
    const errorAt = names.indexOf(lastApplicationErrorName);
    const operAt = names.findIndex((name) => name.endsWith('$Oper'));
    if (errorAt < 0 && operAt < 0) return false;
    const error = errorAt >= 0 && results[errorAt] ? decodeLastApplicationError(results[errorAt]) : undefined;
    if (operAt < 0) {
      for (const listener of this.#listeners) {
        if (error && error.number === listener.number && isAbout(error.control, listener.object)) {
          listener.error(error.cause);
        }
      }
      return true;
    }
    const object = names[operAt]!.slice(0, -'$Oper'.length);
    const number = numberOf(results[operAt]) ?? error?.number;
    for (const listener of this.#listeners) {
      if (listener.object !== object || (number !== undefined && number !== listener.number)) continue;
      listener.terminated(error ? { isPositive: false, cause: error.cause } : { isPositive: true });
    }
    return true;
  }
}

/** Servers name the object with or without its service; those of the first edition at times without its device. */
const isAbout = (control: string, object: string): boolean => {
  const own = object.slice(object.indexOf('/') + 1);
  const told = control.slice(control.indexOf('/') + 1);
  return told === own || told.startsWith(`${own}$`) || control === '';
};

function numberOf(result: AccessResult | undefined): number | undefined {
  return result?.type === 'structure' ? decodeControl(result).number : undefined;
}
