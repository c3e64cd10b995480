/** A living station on a running platform for system tests: enrolled, online, with ways to ask what was recorded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStation, startStation } from '../../local/station/start-station.ts';
import { apiWith, eventually, expectOk, type Mizan } from './mizan.ts';

export interface TestStation extends LocalStation {
  /** Last values by point. */
  live(): Promise<Map<string, Recorded | null>>;
  /** Everything recorded of a point since the station was made, in order of time. */
  history(pointId: string): Promise<Recorded[]>;
}

export interface Recorded {
  value: number | boolean | string | null;
  quality: string;
  time: string;
  reason?: string;
}

/** @param mqttUrl where the gateway connects, when that is not the broker itself */
export async function startTestStation(
  { platform, north }: Mizan,
  mqttUrl = platform.endpoints.mqttUrl,
): Promise<TestStation> {
  const folder = mkdtempSync(join(tmpdir(), 'station-'));
  const { stationId, apiKey, api } = north;
  const from = new Date(Date.now() - 60_000).toISOString();
  const station = await startStation({
    stationId,
    folder,
    baseUrl: platform.endpoints.restUrl,
    mqttUrl,
    token: apiKey,
  });
  const stop = async (): Promise<void> => {
    await station.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await station.alive();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...station,
    get gateway() {
      return station.gateway;
    },
    stop,
    live: async () => {
      const path = `/api/scada/readings/live?stationId=${stationId}&kind=point&limit=200`;
      const rows: { pointId: string; value: Recorded | null }[] = expectOk(await api('GET', path)).data;
      return new Map(rows.map(({ pointId, value }) => [pointId, value]));
    },
    history: async (pointId) => {
      const path = `/api/scada/readings/history?pointIds=${pointId}&from=${from}&limit=10000`;
      return expectOk(await api('GET', path)).data[0].values;
    },
  };
}

/** Who signs what the first one asked for: a user with a password of their own. */
export async function addColleague({ platform, north }: Mizan): Promise<ReturnType<typeof apiWith>> {
  const owner = apiWith(platform.endpoints.restUrl, north.token);
  const email = 'shift-leader@north.example';
  const given = 'given by the owner at first';
  const chosen = 'another correct horse battery';
  const made = expectOk(
    await owner('POST', '/api/core/users', { email, name: 'Shift leader', password: given, roles: ['OWNER'] }),
  );
  const logIn = async (password: string) => {
    const url = platform.endpoints.restUrl;
    const { accessToken } = expectOk(await apiWith(url)('POST', '/api/v1/auth/login', { email, password }));
    return apiWith(url, accessToken);
  };
  const path = `/api/core/users/${made.data.id}/password`;
  expectOk(await (await logIn(given))('PUT', path, { currentPassword: given, newPassword: chosen }));
  return logIn(chosen);
}

/** The command once nothing more comes of it. */
export const settled = ({ north }: Mizan, id: string): Promise<any> =>
  eventually(
    async () => expectOk(await north.api('GET', `/api/scada/commands/${id}`)).data,
    ({ final }) => final,
  );
