/**
 * The report control blocks of one association: which points they tell, and which blocks cannot be had. Those are tried
 * again, for they may belong to an association of ours that the server has not given up yet.
 */
import { ResumePoint } from '../../protocols/iec61850/acsi/resume-point.ts';
import type { DriverContext, Sample } from '../../runtime/driver.ts';
import type { IecPlan } from './driver.ts';
import type { Session } from './session.ts';
import type { ReportSettings } from './settings.ts';

export interface ReportingListener {
  samples(samples: Sample[]): void | Promise<void>;
  trouble(reason: string): void;
  /** Other points are told than before, or other blocks are in trouble. */
  changed(): void;
}

interface Block {
  deviceId: string;
  pointIds: string[];
  settings: ReportSettings;
  told: ReadonlySet<string> | undefined;
  trouble: string | undefined;
}

export class Reporting {
  readonly #session: Session;
  readonly #resume: Map<string, ResumePoint>;
  readonly #listener: ReportingListener;
  readonly #context: DriverContext;
  readonly #retryMs: number;
  readonly #blocks: Block[] = [];
  #timer: { cancel(): void } | undefined;
  #isStopped = false;

  /** @param resume how far each block was handled, beyond the association */
  constructor(
    session: Session,
    plan: IecPlan,
    resume: Map<string, ResumePoint>,
    listener: ReportingListener,
    context: DriverContext,
  ) {
    this.#session = session;
    this.#resume = resume;
    this.#listener = listener;
    this.#context = context;
    this.#retryMs = plan.connection.reportRetryMs;
    for (const [deviceId, { reports }] of plan.devices) {
      const pointIds = [...plan.points].filter(([, point]) => point.deviceId === deviceId).map(([id]) => id);
      for (const settings of reports) {
        this.#blocks.push({ deviceId, pointIds, settings, told: undefined, trouble: undefined });
      }
    }
  }

  get told(): Set<string> {
    return new Set(this.#blocks.flatMap(({ told }) => [...(told ?? [])]));
  }

  troubleOf(deviceId: string): string | undefined {
    return this.#blocks.find((block) => block.deviceId === deviceId && block.trouble)?.trouble;
  }

  /** @throws the error that ended the association */
  async begin(): Promise<void> {
    for (const block of this.#blocks) {
      if (!block.told) await this.#subscribe(block);
    }
    if (this.#isStopped || this.#blocks.every(({ told }) => told)) return;
    this.#timer = this.#context.setTimer(() => void this.#again(), this.#retryMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #again(): Promise<void> {
    const before = this.told.size;
    try {
      await this.begin();
    } catch {
      // The end of the association is told by itself.
      return;
    }
    if (!this.#isStopped && this.told.size !== before) this.#listener.changed();
  }

  async #subscribe(block: Block): Promise<void> {
    const { control } = block.settings;
    const resume = this.#resume.get(control) ?? new ResumePoint();
    this.#resume.set(control, resume);
    try {
      block.told = await this.#session.subscribe(
        block.settings,
        block.pointIds,
        resume,
        (samples) => this.#listener.samples(samples),
        (error) => this.#listener.trouble(`${control}: ${error.message}`),
      );
      block.trouble = undefined;
    } catch (error) {
      if (!this.#session.client.isOpen) throw error;
      const trouble = `${control}: ${(error as Error).message}`;
      if (block.trouble !== trouble) this.#listener.trouble(trouble);
      block.trouble = trouble;
    }
  }
}
