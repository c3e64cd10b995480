/** What the simulated providers received and did, for tests and for a person who looks. */
import type { Mode, SimRequest } from './types.ts';

export interface ReceivedRequest {
  provider: string;
  at: string;
  method: string;
  path: string;
  body: string;
  mode: Mode;
}

export interface DoneAct {
  provider: string;
  at: string;
  /** E.g. `payment`, `refund`, `message`, `token`. */
  kind: string;
  data: Record<string, unknown>;
}

export interface Journal {
  requests(provider?: string): readonly ReceivedRequest[];
  acts(provider?: string, kind?: string): readonly DoneAct[];
  clear(): void;
}

const kept = 2_000;
const keptBodyLength = 20_000;

export class JournalOfProviders implements Journal {
  private readonly now: () => number;
  private readonly received_: ReceivedRequest[] = [];
  private readonly done: DoneAct[] = [];

  constructor(now: () => number) {
    this.now = now;
  }

  received(provider: string, { method, path, query, body }: SimRequest, mode: Mode): void {
    const search = query.size === 0 ? '' : `?${query}`;
    const text = body.toString('utf8').slice(0, keptBodyLength);
    push(this.received_, { provider, at: this.time(), method, path: path + search, body: text, mode });
  }

  record(provider: string, kind: string, data: Record<string, unknown>): void {
    push(this.done, { provider, at: this.time(), kind, data });
  }

  requests(provider?: string): readonly ReceivedRequest[] {
    return this.received_.filter((entry) => provider === undefined || entry.provider === provider);
  }

  acts(provider?: string, kind?: string): readonly DoneAct[] {
    return this.done.filter(
      (entry) => (provider === undefined || entry.provider === provider) && (kind === undefined || entry.kind === kind),
    );
  }

  clear(): void {
    this.received_.length = 0;
    this.done.length = 0;
  }

  private time(): string {
    return new Date(this.now()).toISOString();
  }
}

function push<T>(list: T[], entry: T): void {
  list.push(entry);
  if (list.length > kept) list.shift();
}
