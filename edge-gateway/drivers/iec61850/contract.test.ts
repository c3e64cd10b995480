/** The driver behind the contract that all drivers share, read by polling and told by reports. */
import { fromPlain } from '../../protocols/iec61850/acsi/plain-value.ts';
import {
  logicalNodeZero,
  measuredValue,
  singlePointControl,
} from '../../protocols/iec61850/server/common-data-classes.ts';
import type { ServerModel } from '../../protocols/iec61850/server/model.ts';
import { Iec61850Server } from '../../protocols/iec61850/server/server.ts';
import { describeDriverContract, type Input, type LoopbackDevice } from '../contract-suite.ts';
import { iec61850Driver } from './index.ts';

const model = (controlModel: Parameters<typeof singlePointControl>[1]): ServerModel => ({
  vendor: 'Mizan',
  modelName: 'contract',
  revision: '1',
  devices: [
    {
      name: 'IED1LD0',
      nodes: [
        logicalNodeZero({
          dataSets: [{ name: 'All', members: ['MMXU1.TotW[MX]', 'GGIO1.SPCSO1.stVal[ST]'] }],
          reports: [{ name: 'brcbA01', buffered: true, dataSet: 'All' }],
        }),
        { name: 'MMXU1', objects: [measuredValue('TotW')] },
        { name: 'GGIO1', objects: [singlePointControl('SPCSO1', controlModel)] },
      ],
    },
  ],
});

const point = (id: string, address: unknown, writable = false) => ({
  id,
  deviceId: 'ied',
  address,
  dataType: 'float32',
  scanRateMs: 500,
  writable,
});

function openDevice(controlModel: Parameters<typeof singlePointControl>[1], reports: unknown[]) {
  return async (): Promise<LoopbackDevice> => {
    let mode: 'usual' | 'swallow' | 'refuse' = 'usual';
    const taken: unknown[] = [];
    const server = new Iec61850Server(model(controlModel), {
      controls: {
        check: () => (mode === 'refuse' ? 'blocked-by-interlocking' : undefined),
        operate: ({ value }) => {
          taken.push('value' in value ? value.value : undefined);
          return mode === 'swallow' ? new Promise<undefined>(() => {}) : undefined;
        },
      },
    });
    const port = await server.listen({ port: 0 });
    const set = (value: unknown): void =>
      server.update(
        'IED1LD0/MMXU1.TotW.mag.f[MX]',
        fromPlain(value as number, { kind: 'float', width: 32, exponentWidth: 8 }),
      );
    set(21.5);
    const points = [
      point('power', { reference: 'IED1LD0/MMXU1.TotW.mag.f', fc: 'MX' }),
      point('switch', 'IED1LD0/GGIO1.SPCSO1[CO]', true),
    ];
    const connection = {
      host: '127.0.0.1',
      port,
      timeoutMs: 1_000,
      terminationTimeoutMs: 5_000,
      reconnectMaxMs: 5_000,
    };
    const input: Input = { connection, devices: [{ id: 'ied', settings: { reports } }], points };
    const withPoint = (address: unknown, writable = false): Input => ({
      ...input,
      points: [point('p', address, writable)],
    });
    const withConnection = (more: object): Input => ({ ...input, connection: { ...connection, ...more } });
    return {
      input,
      reading: { pointId: 'power', deviceId: 'ied', initial: 21.5, changed: 48.25, set },
      control: {
        pointId: 'switch',
        action: { kind: 'operate', code: 'close' },
        mode: controlModel.startsWith('sbo') ? 'select_before_operate' : 'direct',
        taken: () => taken,
        expected: true,
        swallowAnswers: () => {
          mode = 'swallow';
        },
        refuse: () => {
          mode = 'refuse';
        },
      },
      wrongInputs: [
        { name: 'no host', input: { ...input, connection: {} }, field: /connection\.host/ },
        { name: 'unknown setting', input: withConnection({ hosts: 'a' }), field: /hosts/ },
        { name: 'selector', input: withConnection({ calledTsel: 'xyz' }), field: /connection\.calledTsel/ },
        { name: 'no password', input: withConnection({ authType: 'basic' }), field: /credentials\.password/ },
        {
          name: 'certificate without TLS',
          input: withConnection({ authType: 'certificate' }),
          field: /connection\.tls/,
        },
        { name: 'no reference', input: withPoint({ fc: 'MX' }), field: /points\[p\]\.address\.reference/ },
        { name: 'no constraint', input: withPoint('IED1LD0/MMXU1.TotW.mag.f'), field: /functional constraint/ },
        { name: 'no attribute', input: withPoint('IED1LD0/MMXU1[MX]'), field: /points\[p\]\.address\.reference/ },
        { name: 'description of a command', input: withPoint('IED1LD0/MMXU1.TotW.d[EX]', true), field: /address\.fc/ },
        {
          name: 'report without its kind',
          input: { ...input, devices: [{ id: 'ied', settings: { reports: [{ control: 'IED1LD0/LLN0.brcbA01' }] } }] },
          field: /devices\[ied\]\.settings\.reports\.0\.control/,
        },
        {
          name: 'device unknown',
          input: { ...input, points: [{ ...points[0]!, deviceId: 'other' }] },
          field: /points\[power\]\.deviceId/,
        },
      ],
      goOffline: () => server.close(),
      comeBack: async () => void (await server.listen({ port })),
      openLines: () => server.associations,
      close: () => server.close(),
    };
  };
}

const reports = [{ control: 'IED1LD0/LLN0.BR.brcbA01', integrityMs: 1_000 }];
describeDriverContract(iec61850Driver, openDevice('direct-enhanced', []), { name: 'iec61850 (polling)' });
describeDriverContract(iec61850Driver, openDevice('sbo-enhanced', reports), { name: 'iec61850 (reports)' });
