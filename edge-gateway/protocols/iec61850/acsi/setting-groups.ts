/** Setting groups of a device (IEC 61850-7-2, 16): which is active, and an edit that counts when it is confirmed. */
import { AccessError } from '../errors.ts';
import type { MmsClient } from '../mms/client.ts';
import { inDomain } from '../mms/object-name.ts';
import { utcTimeToEpochMs } from '../mms/utc-time.ts';
import type { MmsValue } from '../mms/value.ts';
import { parseReference, variableOf } from './reference.ts';

export interface SettingGroupState {
  count: number;
  active: number;
  /** 0 when none is edited. */
  edited: number;
  lastActivatedMs: number | undefined;
}

export class SettingGroups {
  readonly #mms: MmsClient;
  readonly #device: string;

  constructor(mms: MmsClient, device: string) {
    this.#mms = mms;
    this.#device = device;
  }

  /** @throws AccessError when the device has none */
  async state(): Promise<SettingGroupState> {
    const names = ['NumOfSG', 'ActSG', 'EditSG', 'LActTm'];
    const results = await this.#mms.read(names.map((name) => this.#variable(name)));
    const [count, active, edited] = results.slice(0, 3).map((result, at) => {
      if (result.type === 'unsigned' || result.type === 'integer') return Number(result.value);
      throw new AccessError(`${this.#device}/LLN0.SGCB.${names[at]}`, 'error' in result ? result.error : result.type);
    });
    const time = results[3];
    return {
      count: count!,
      active: active!,
      edited: edited!,
      lastActivatedMs: time?.type === 'utc-time' ? utcTimeToEpochMs(time.value) : undefined,
    };
  }

  activate(group: number): Promise<void> {
    return this.#write('ActSG', { type: 'unsigned', value: group });
  }

  /**
   * Opens a group for editing, writes the settings and confirms them together; on any error the edit is given up.
   * @param settings by reference, e.g. `LD/PTOC1.StrVal.setMag.f`
   */
  async edit(group: number, settings: [reference: string, value: MmsValue][]): Promise<void> {
    await this.beginEdit(group);
    try {
      const variables = settings.map(([reference]) => variableOf(parseReference(reference, 'SE')));
      const errors = await this.#mms.write(
        variables,
        settings.map(([, value]) => value),
      );
      const failed = errors.findIndex((error) => error !== undefined);
      if (failed >= 0) throw new AccessError(settings[failed]![0], errors[failed]!);
      await this.confirmEdit();
    } catch (error) {
      if (this.#mms.isOpen) await this.abandonEdit().catch(() => {});
      throw error;
    }
  }

  /** @throws AccessError while another client edits */
  beginEdit(group: number): Promise<void> {
    return this.#write('EditSG', { type: 'unsigned', value: group });
  }

  confirmEdit(): Promise<void> {
    return this.#write('CnfEdit', { type: 'boolean', value: true });
  }

  abandonEdit(): Promise<void> {
    return this.#write('EditSG', { type: 'unsigned', value: 0 });
  }

  #variable(attribute: string) {
    return { name: inDomain(this.#device, `LLN0$SP$SGCB$${attribute}`) };
  }

  async #write(attribute: string, value: MmsValue): Promise<void> {
    const [error] = await this.#mms.write([this.#variable(attribute)], [value]);
    if (error) throw new AccessError(`${this.#device}/LLN0.SGCB.${attribute}`, error);
  }
}
