/** The start page: what the meters say now, what happened last, and where everything is. */
import { accessToken, get, isLoggedIn, logIn, logOut, refresh } from './api.ts';
import { drawChart, type Point } from './chart.ts';
import { connectLive } from './live.ts';
import { currentLanguage, formatNumber, formatTime, setUpLanguage, text } from './texts.ts';

interface Reading {
  meterId: string;
  time: string;
  registerKwh: string | number;
  voltage?: number;
  current?: number;
  powerFactor?: number;
}

const keptPoints = 240;
const keptRows = 12;
const pollMs = 3000;

const find = <T extends Element>(selector: string): T => document.querySelector<T>(selector)!;
const latest = new Map<string, Reading>();
const points: Point[] = [];
const alarms: any[] = [];
let readingCount = 0;
let stopLive: (() => void) | undefined;
let pollTimer: ReturnType<typeof setInterval> | undefined;

setUpLanguage(() => {
  showConnection(find<HTMLElement>('#connection').dataset['state'] as 'open' | 'closed');
  showReadings();
  showAlarms();
  if (isLoggedIn()) void poll();
});

find<HTMLFormElement>('#log-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  await tryLogIn(String(form.get('email')), String(form.get('password')));
});
find<HTMLButtonElement>('#log-out').addEventListener('click', async () => {
  await logOut();
  showBoard();
});

await start();

async function start(): Promise<void> {
  // A link may carry the demo log-in behind the #, which browsers keep to themselves.
  const link = new URLSearchParams(location.hash.slice(1));
  const email = link.get('email');
  if (email) {
    history.replaceState(null, '', location.pathname);
    await tryLogIn(email, link.get('password') ?? '');
  } else {
    showBoard();
  }
}

async function tryLogIn(email: string, password: string): Promise<void> {
  const error = find<HTMLElement>('#log-in-error');
  try {
    error.textContent = '';
    await logIn(email, password);
  } catch (thrown) {
    error.textContent = (thrown as Error).message;
  }
  showBoard();
}

function showBoard(): void {
  const loggedIn = isLoggedIn();
  find<HTMLElement>('#board').hidden = !loggedIn;
  find<HTMLElement>('#log-in').hidden = loggedIn;
  find<HTMLElement>('#log-in').style.display = loggedIn ? 'none' : '';
  find<HTMLElement>('#log-out').hidden = !loggedIn;
  stopLive?.();
  clearInterval(pollTimer);
  if (!loggedIn) return;
  stopLive = connectLive({ url: webSocketUrl, onMessage: receive, onState: showConnection });
  void loadLatest();
  void poll();
  pollTimer = setInterval(() => void poll(), pollMs);
}

/** What the meters said last, so that the page does not begin empty. */
async function loadLatest(): Promise<void> {
  const rows = (await get<{ reading: Reading | null }[]>('/api/scada/readings/live?limit=50')) ?? [];
  for (const { reading } of rows) if (reading && !latest.has(reading.meterId)) latest.set(reading.meterId, reading);
  showReadings();
}

async function webSocketUrl(): Promise<string> {
  const { webSocketUrl: address } = await (await fetch('/assets/settings.json')).json();
  await get('/api/v1/auth/me').catch(() => refresh());
  return `${address}?token=${encodeURIComponent(accessToken())}`;
}

function receive(message: any): void {
  if (message.type === 'readings') {
    for (const reading of message.data as Reading[]) latest.set(reading.meterId, reading);
    readingCount += message.data.length;
    points.push({ timeMs: Date.now(), value: totalKw() });
    if (points.length > keptPoints) points.shift();
    showReadings();
  } else if (message.type === 'alarm') {
    alarms.unshift(message);
    alarms.length = Math.min(alarms.length, 5);
    showAlarms();
  }
}

/** Active power of one phase, from what the meter measured. */
function powerKw({ voltage, current, powerFactor }: Reading): number | undefined {
  return voltage === undefined || current === undefined ? undefined : (voltage * current * (powerFactor ?? 1)) / 1000;
}

function totalKw(): number {
  return [...latest.values()].reduce((sum, reading) => sum + (powerKw(reading) ?? 0), 0);
}

function showReadings(): void {
  drawChart(find<SVGSVGElement>('#chart'), points, (value) => `${formatNumber(value, 1)} kW`);
  find<HTMLElement>('#total').textContent = formatNumber(totalKw(), 1);
  find<HTMLElement>('#meter-count').textContent = String(latest.size);
  find<HTMLElement>('#reading-count').textContent = String(readingCount);
  const rows = [...latest.values()].sort((a, b) => (a.time < b.time ? 1 : -1)).slice(0, keptRows);
  fill('#readings', rows, (reading) => [
    reading.meterId,
    formatNumber(Number(reading.registerKwh)),
    formatPower(powerKw(reading)),
    formatTime(reading.time),
  ]);
}

function formatPower(kw: number | undefined): string {
  return kw === undefined ? '–' : formatNumber(kw);
}

function showAlarms(): void {
  fill('#alarms', alarms, ({ data, timestamp }) => [
    data.meterId ?? data.sourceSystem ?? '',
    data.title?.[currentLanguage()] ?? data.message ?? data.alertType ?? '',
    data.severity ?? '',
    formatTime(timestamp),
  ]);
}

function showConnection(state: 'open' | 'closed'): void {
  const badge = find<HTMLElement>('#connection');
  badge.dataset['state'] = state;
  badge.textContent = text(state);
}

async function poll(): Promise<void> {
  const events = await get<any[]>('/api/v1/developer/events?limit=8');
  if (events)
    fill('#events', events, (event) => [
      event.eventType,
      `${event.aggregateType} ${event.aggregateId}`,
      formatTime(event.createdAt),
    ]);
  const webhooks = (await get<any[]>('/api/v1/developer/webhooks?limit=5')) ?? [];
  const lists = await Promise.all(
    webhooks.map(async (webhook) =>
      ((await get<any[]>(`/api/v1/developer/webhooks/${webhook.id}/deliveries?limit=5`)) ?? []).map((delivery) => ({
        ...delivery,
        webhook: webhook.name,
      })),
    ),
  );
  const deliveries = lists
    .flat()
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    .slice(0, 10);
  fill(
    '#deliveries',
    deliveries,
    (delivery) => [
      delivery.webhook,
      delivery.eventType ?? '',
      delivery.status,
      String(delivery.attemptNumber ?? ''),
      formatTime(delivery.createdAt),
    ],
    (delivery) => delivery.status,
  );
}

function fill<T>(
  selector: string,
  items: readonly T[],
  cells: (item: T) => string[],
  className?: (item: T) => string,
): void {
  if (items.length === 0) {
    const cell = document.createElement('td');
    cell.className = 'empty';
    cell.textContent = text('nothing');
    const row = document.createElement('tr');
    row.append(cell);
    find(selector).replaceChildren(row);
    return;
  }
  find(selector).replaceChildren(
    ...items.map((item) => {
      const row = document.createElement('tr');
      if (className) row.className = className(item);
      for (const cell of cells(item)) {
        const td = document.createElement('td');
        td.textContent = cell;
        row.append(td);
      }
      return row;
    }),
  );
}
