/** The station that tests, the benchmark and the replayed exchanges talk to: one of everything. */
import {
  analogueSetting,
  doublePointControl,
  harmonicValue,
  logicalNodeZero,
  measuredValue,
  singlePointControl,
  singlePointStatus,
} from '../server/common-data-classes.ts';
import type { ServerModel } from '../server/model.ts';

export const stationModel: ServerModel = {
  vendor: 'Mizan',
  modelName: 'station',
  revision: '1.0',
  devices: [
    {
      name: 'STATION1LD0',
      nodes: [
        logicalNodeZero({
          dataSets: [
            { name: 'Events', members: ['GGIO1.Ind1[ST]', 'GGIO1.Ind2[ST]', 'XCBR1.Pos[ST]'] },
            { name: 'Measurements', members: ['MMXU1.TotW[MX]', 'MMXU1.Hz.mag.f[MX]', 'MMXU1.Hz.q[MX]'] },
          ],
          reports: [
            { name: 'urcbA01', buffered: false, dataSet: 'Measurements' },
            { name: 'brcbA01', buffered: true, dataSet: 'Events', reportId: 'Events1' },
            { name: 'brcbB01', buffered: true, dataSet: 'Measurements', maxEntries: 5 },
          ],
          settingGroups: { count: 3, active: 1 },
        }),
        { name: 'MMXU1', objects: [measuredValue('TotW'), measuredValue('Hz')] },
        { name: 'MHAI1', objects: [harmonicValue('HA', 16)] },
        { name: 'PTOC1', objects: [analogueSetting('StrVal', 1.5)] },
        {
          name: 'GGIO1',
          objects: [
            singlePointStatus('Ind1'),
            singlePointStatus('Ind2'),
            singlePointControl('SPCSO1', 'direct-normal'),
            singlePointControl('SPCSO2', 'sbo-normal', { sboTimeoutMs: 2_000 }),
            singlePointControl('SPCSO3', 'direct-enhanced'),
            singlePointControl('SPCSO4', 'sbo-enhanced', { sboTimeoutMs: 2_000 }),
            singlePointControl('SPCSO5', 'direct-enhanced', { hasOperateTime: true }),
          ],
        },
        { name: 'XCBR1', objects: [doublePointControl('Pos', 'sbo-enhanced')] },
      ],
    },
    { name: 'STATION1LD1', nodes: [logicalNodeZero(), { name: 'GGIO2', objects: [singlePointStatus('Ind1')] }] },
  ],
};
